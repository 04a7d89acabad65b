"""Documents, interviews and members that are called like paths: nothing is written outside of the study."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fuzz_judge import Case, run, verdict
from fuzz_material import Files, foreign_files, study_files
from refi_builder import QUALCODER, Project, zipped

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="limits are set as Linux sets them"
)

NAMES = (
    "../../evil",
    "/etc/omnistudy-evil",
    "..\\..\\evil",
    "C:\\evil",
    "..",
    "con",
    "a/b/c",
    "x\u202etxt.exe",
    "-rf",
    "~/evil",
    "P" * 400,
)
PLACE = "a/b/c"
"""Deep enough that a name that climbs out of the study can be found."""
DATABASES = {
    "a.sqlite3": "UPDATE documents SET name = ?1, filename = ?1",
    "a.rqda": "UPDATE source SET name = ?1",
    "a.qda": "UPDATE source SET name = ?1 WHERE id = 2",
    "a.requal": "UPDATE documents SET doc_name = ?1",
}


def renamed(kind: str, name: str) -> bytes:
    """A file of a program whose document has this name."""
    if kind == "a.qdpx":
        qde = Project(QUALCODER).qde().replace('name="مصاحبه ۱.docx"', f"name={quoteattr(name)}")
        return zipped({**Project(QUALCODER).members(), "project.qde": qde.encode()})
    if kind == "sheet.csv":
        quoted = name.replace('"', '""')
        return f'interview,coder,code,quote\n"{quoted}",mina,trust,"Something that was said, and at length."\n'.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        path.write_bytes(foreign_files()[kind])
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(DATABASES[kind], (name,))
        return path.read_bytes()


def only_in_the_study(root: Path, ran_after: Files, before: Files) -> None:
    new = ran_after.keys() - before.keys()
    assert all(
        name.startswith(("study/transcripts/", "study/quotations", "study/")) and ".." not in Path(name).parts
        for name in new
    )
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if "work" not in path.relative_to(root).parts
    }
    assert found == {"a", "a/b", "a/b/c", "a/b/c/out", "a/b/c/err"}
    assert not Path("/etc/omnistudy-evil.txt").exists()


@pytest.mark.parametrize(
    "name", NAMES[:1] + tuple(pytest.param(each, marks=pytest.mark.slow) for each in NAMES[1:])
)
@pytest.mark.parametrize("kind", ["a.qdpx", "sheet.csv", *DATABASES])
def test_documents_named_like_paths(kind: str, name: str, tmp_path: Path) -> None:
    files = {**study_files(), kind: renamed(kind, name)}
    case = Case(
        arguments=("import", kind, "--into", "study", "--coder", "mina"), files=files, writes=("study/",)
    )
    ran = run(case, tmp_path / PLACE)
    assert verdict(case, ran) == []
    only_in_the_study(tmp_path, dict(ran.after), dict(ran.before))
    if ran.code == 0:
        again = Case(arguments=("check", "study"), files=ran.after)
        assert run(again, tmp_path / PLACE).code == 0


@pytest.mark.parametrize(
    "name", NAMES[:1] + tuple(pytest.param(each, marks=pytest.mark.slow) for each in NAMES[1:])
)
def test_interviews_renamed_like_paths(name: str, tmp_path: Path) -> None:
    files = {**study_files(), "r.csv": f'find,replace,kind\nP1,"{name}",interview\n'.encode()}
    case = Case(
        arguments=("anonymize", "study", "--table", "r.csv", "--into", "copy"), files=files, writes=("copy/",)
    )
    ran = run(case, tmp_path / PLACE)
    assert verdict(case, ran) == []
    assert all(path.parent.name == "transcripts" for path in tmp_path.rglob("*evil*"))
    assert not [path for path in tmp_path.rglob("*evil*") if "copy" not in path.parts]
    assert not Path("/etc/omnistudy-evil.txt").exists()
