"""Faults from outside: commands that are killed, stopped, denied, starved of room, or run at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from command_line import omnistudy
from killing import Server, contents, copied, is_leftover, killed_often, server
from small_study import small_study

from omnistudy.cli.files import JOURNAL, finish_interrupted, write_all
from omnistudy.errors import StudyError
from omnistudy.formats import registry

ALMIGHTY = "-dac_override,-dac_read_search"
# Signals, permissions and limits of this kind are those of POSIX.
resource = pytest.importorskip("resource")
IMPORT = ("import", "statements.csv", "--into", "study", "--quiet")
MERGE = ("merge", "study", "further.csv", "--quiet")
REPORT = ("report", "study", "--to", "md", "--quotes", "none", "--quiet")
RUN = ("run", "study", "--to", "md", "--quiet")


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    """Take the keyboard's interrupt as in a terminal: programs started in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def host() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def process(
    *arguments: str, command: Sequence[str] = (), **options: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*command, sys.executable, "-m", "omnistudy", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "times"), [(IMPORT, 24), (MERGE, 24), (REPORT, 8), (RUN, 6)])
def test_a_killed_command_leaves_nothing_half(
    arguments: tuple[str, ...], times: int, host: Server, tmp_path: Path
) -> None:
    small_study(tmp_path)
    tried = killed_often(host, copied(tmp_path), arguments, range(times), seed=20261122)
    assert tried.faults == []
    assert tried.killed > times // 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_says_so_and_leaves_nothing(number: int, host: Server, tmp_path: Path) -> None:
    small_study(tmp_path / "whole")
    before = contents(tmp_path / "whole")
    stopped = 0
    for at in range(8):
        folder = tmp_path / str(at)
        copied(tmp_path / "whole")(folder)
        end = host.run(folder, *REPORT, delay=0.05 + 0.1 * at, signal=number)
        if end.code == 0:
            continue
        stopped += 1
        if number == signal.SIGINT:
            assert (end.code, "Interrupted" in end.err) == (130, True), end.err
        else:
            assert end.code in {143, -signal.SIGTERM}, (end.code, end.err)
        assert "Traceback" not in end.err
        left = contents(folder)
        assert {name: left[name] for name in before} == before
        assert not [name for name in left if is_leftover(name)]
    assert stopped


def test_a_stop_while_files_are_put_in_place_waits_for_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.replace

    def stopped(path: Path, target: Path) -> Path:
        signal.raise_signal(signal.SIGINT)
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_all({tmp_path / "a": b"1", tmp_path / "b" / "c": b"2"})
    assert contents(tmp_path) == {"a": b"1", "b/c": b"2"}


def test_a_stop_before_that_takes_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        write_all({tmp_path / "a": b"1", tmp_path / "b" / "c": b"2"})
    assert contents(tmp_path) == {"a": b"old"}


def test_an_interrupted_command_is_finished_by_the_next(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    study = place / "study"
    book = (study / "codebook.csv").read_text("utf-8") + "fees,Fees,,,subcategory,\n"
    (study / ".omnistudy-abcdefgh.part").write_text(book, encoding="utf-8")
    (study / JOURNAL).write_text(json.dumps([[".omnistudy-abcdefgh.part", "codebook.csv"]]), encoding="utf-8")
    assert omnistudy(capfd, "check", "study", "--format", "json").json["codes"] == 3
    assert not [name for name in contents(study) if is_leftover(name)]


@pytest.mark.parametrize(
    "moves",
    [
        [[".omnistudy-abcdefgh.part", "../stolen"]],
        [["../outside", "codings.csv"]],
        [["codings.csv", "codebook.csv"]],
        [[".omnistudy-abcdefgh.part", "/tmp/stolen"]],  # noqa: S108
        {"a": 1},
        [[1, 2]],
        "x",
    ],
)
def test_a_journal_from_anybody_moves_nothing_out_or_over(moves: object, place: Path) -> None:
    study = place / "study"
    (study / ".omnistudy-abcdefgh.part").write_text("x")
    (place / "outside").write_text("x")
    before = contents(place)
    (study / JOURNAL).write_text(json.dumps(moves), encoding="utf-8")
    finish_interrupted(study)
    assert contents(place) == before


def test_a_target_that_is_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(StudyError, match="there is a folder of this name"):
        write_all({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("arguments", [IMPORT, MERGE, REPORT], ids=lambda x: str(x[0]))
def test_a_full_disk(arguments: tuple[str, ...], place: Path) -> None:
    before = contents(place)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150, 150))

    ran = process(*arguments, cwd=place, preexec_fn=little_room)
    assert ran.returncode == 2, ran.stderr
    assert "It cannot be written (File too large)" in ran.stderr
    assert contents(place) == before
    assert not (place / "reports" / "small").exists()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [IMPORT, REPORT], ids=lambda x: str(x[0]))
def test_a_disk_that_is_really_full(arguments: tuple[str, ...], place: Path) -> None:
    disk = place / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small disk needs rights that this user has not")
    try:
        small_study(disk)
        (disk / "filler").write_bytes(b"x" * (64 * 1024 - sum(4096 for _ in disk.rglob("*")) - 4096))
        before = contents(disk)
        ran = process(*arguments, cwd=disk)
        assert (ran.returncode, "No space left" in ran.stderr) == (2, True), ran.stderr
        assert contents(disk) == before
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.fixture
def guarded(place: Path) -> Iterator[Path]:
    yield place
    for path in (place, *place.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def bound() -> tuple[str, ...]:
    """Return the command that takes from root its right to pass over permissions; nothing for others."""
    if os.getuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and setpriv, which takes that right away, is not here")
    return ("setpriv", f"--bounding-set={ALMIGHTY}", f"--inh-caps={ALMIGHTY}")


def test_a_folder_that_is_read_only(guarded: Path) -> None:
    for path in (guarded, *guarded.rglob("*")):
        if path.is_dir():
            path.chmod(0o555)
    before = contents(guarded)
    assert process("check", "study", cwd=guarded, command=bound()).returncode == 0
    for arguments in (IMPORT, MERGE, REPORT):
        ran = process(*arguments, cwd=guarded, command=bound())
        assert (ran.returncode, "Permission denied" in ran.stderr) == (2, True), ran.stderr
        assert ran.stderr.count("\n") == 1
    assert contents(guarded) == before


def test_files_that_may_not_be_read(guarded: Path) -> None:
    for name in ("codings.csv", "transcripts/P1.txt"):
        (guarded / "study" / name).chmod(0)
    ran = process("check", "study", "--format", "json", cwd=guarded, command=bound())
    assert ran.returncode == 2
    found = {one["file"]: one["what"] for one in json.loads(ran.stdout)["problems"]}
    assert found.keys() >= {"codings.csv", "transcripts/P1.txt"}
    assert all("Permission denied" in found[name] for name in ("codings.csv", "transcripts/P1.txt"))


def test_a_table_saved_while_it_is_imported_into_is_not_written_over(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    table = place / "study" / "codings.csv"
    edited = table.read_text("utf-8") + 'P2,0,11,a,slow,"Interviewer"\n'
    read: Callable[..., object] = registry.read_project

    def meanwhile(*arguments: object, **named: object) -> object:
        table.write_text(edited, encoding="utf-8")
        return read(*arguments, **named)

    monkeypatch.setattr(registry, "read_project", meanwhile)
    ran = omnistudy(capfd, *IMPORT)
    assert ran.code == 2
    assert "changed while it was being read" in ran.err
    assert table.read_text("utf-8") == edited


def test_a_table_that_changes_while_it_is_read_is_hashed_as_it_was_read(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table = place / "study" / "codings.csv"
    lines = table.read_bytes().splitlines(keepends=True)
    known = {sha256(b"".join(lines[:stop])).hexdigest(): stop - 1 for stop in range(2, len(lines) + 1)}
    done = threading.Event()

    def writer() -> None:
        while not done.is_set():
            for stop in (2, 3, len(lines)):
                waiting = table.with_name("waiting")
                waiting.write_bytes(b"".join(lines[:stop]))
                waiting.replace(table)
                time.sleep(0.001)

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        for _ in range(5):
            found = omnistudy(capfd, "check", "study", "--format", "json").json
            hashes = {one["path"]: one["sha256"] for one in found["provenance"]["inputs"]}
            assert known[hashes["codings.csv"]] == found["codings"]
    finally:
        done.set()
        thread.join()


@pytest.mark.slow
def test_two_imports_at_once_lose_nothing(place: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "omnistudy", *arguments],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for arguments in (IMPORT, MERGE)
    ]
    assert [one.wait(120) for one in running] == [0, 0]
    held = (place / "study" / "codings.csv").read_text("utf-8")
    assert held.count("\n") == 1 + 3 + 4 + 3
    assert process("check", "study", cwd=place).returncode == 0


@pytest.mark.slow
def test_two_reports_at_once_leave_one_whole_report(place: Path) -> None:
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "omnistudy",
                "report",
                "study",
                "--to",
                "md",
                "--quiet",
                "--lang",
                language,
            ],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for language in ("en", "fa")
    ]
    assert [one.wait(120) for one in running] == [0, 0]
    folder = place / "reports" / "small"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for one in manifest["outputs"]:
        assert sha256((folder / one["path"]).read_bytes()).hexdigest() == one["sha256"], one["path"]
    assert not [name for name in contents(folder) if is_leftover(name)]
