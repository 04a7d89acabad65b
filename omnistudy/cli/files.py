"""Writing files: all of one command or none, also when it is killed.

Every file of a study or report is first written completely under a passing name at the top of its
folder. When all are on disk a journal names them, and only then are they renamed to their targets: a
command killed before the journal has changed nothing, one killed after it is finished by the next
command that opens the folder. What else a killed command leaves is removed by the next one that writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from omnistudy.cli.folder_lock import held
from omnistudy.cli.stopping import finished_first, stop_cleanly
from omnistudy.errors import Problem, StudyError

JOURNAL = ".omnistudy-journal.json"
_PREFIX, _SUFFIX = ".omnistudy-", ".part"
_OURS = re.compile(r"\.omnistudy-[a-z0-9_]{8}\.part")
Write = Callable[[Mapping[Path, bytes]], None]


def write_outputs(files: Mapping[Path, bytes], inputs: Iterable[str] = ()) -> None:
    """Write files that the user named, never over an input.

    Parameters
    ----------
    files
        Target to content.
    inputs
        Files that the command read, relative to the current folder.

    Raises
    ------
    StudyError
        When a target is one of them, or a file that a study is made of.
    """
    read = {Path(name).resolve() for name in inputs}
    for target in files:
        if target.resolve() in read or _belongs_to_a_study(target.resolve()):
            raise StudyError.of(
                "This file is an input, and inputs are never changed.",
                "Choose another place.",
                file=str(target),
            )
    stop_cleanly()
    passages = [target for target in files if _is_passage(target)]
    for target in passages:
        try:
            target.write_bytes(files[target])
        except OSError as error:
            raise _unwritable(target, error) from error
    files = {target: data for target, data in files.items() if target not in passages}
    with ExitStack() as holding:
        made = [made for target in files for made in _make_folder(target.parent)]
        for folder in sorted({target.parent.resolve() for target in files}):
            if holding.enter_context(held(folder)):
                _remove_leftovers(folder)
        _write(files, made)


def _is_passage(target: Path) -> bool:
    """Tell whether a target leads elsewhere, as ``/dev/null`` does: it is written into, and never replaced."""
    elsewhere = target.exists() and not target.is_file() and not target.is_dir()
    return elsewhere or target.absolute().parts[:2] in {("/", "dev"), ("/", "proc")}


def refuse_if_changed(folder: Path, read: Mapping[str, bytes], written: Iterable[str]) -> None:
    """Refuse to write over a table that somebody saved since it was read.

    Parameters
    ----------
    folder
        The study.
    read
        Its tables as they were read, by path relative to it.
    written
        The files that are to be written; only those that were read are compared.

    Raises
    ------
    StudyError
        Naming each of them.
    """
    changed = [
        name
        for name in written
        if name in read and (not (folder / name).is_file() or (folder / name).read_bytes() != read[name])
    ]
    if changed:
        raise StudyError(
            Problem(
                what="The file was changed while it was being read.",
                remedy="Close it elsewhere and run the command again.",
                file=name,
            )
            for name in changed
        )


def _belongs_to_a_study(target: Path) -> bool:
    """Tell whether a file is study.toml, or is named by the study.toml above it, itself or its folder."""
    for folder in target.parents:
        settings = folder / "study.toml"
        if not settings.is_file():
            continue
        name = target.relative_to(folder).as_posix()
        named = re.findall(r'"([^"]+)"', settings.read_text(encoding="utf-8", errors="replace"))
        inside = [path.rstrip("/") for path in named if (folder / path).is_dir()]
        return name in {"study.toml", *named} or any(name.startswith(f"{path}/") for path in inside)
    return False


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files, all or none.

    Raises
    ------
    StudyError
        When a folder or file cannot be written; nothing is left of the attempt.
    """
    if not files:
        return
    folder = Path(os.path.commonpath([target.parent for target in files]))
    made = _make_folder(folder)
    try:
        with writing(folder) as write:
            write(files)
    except BaseException:
        _remove_empty(made)
        raise


@contextmanager
def writing(folder: Path) -> Iterator[Write]:
    """Hold a folder from reading what is in it until it is written, and give the function that writes.

    No other command changes the folder meanwhile; what a killed one left there is finished first. The
    function writes all of its files or none; they lie in the folder or below it.
    """
    stop_cleanly()
    with held(folder) as alone:
        finish_interrupted(folder)

        def write(files: Mapping[Path, bytes]) -> None:
            if alone:
                _remove_leftovers(folder)
            _write(files, [], folder)

        yield write


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Hold a folder while it is read, so that no command that writes there is seen half-way."""
    if (folder / JOURNAL).is_file():
        with held(folder):
            finish_interrupted(folder)
    with held(folder, shared=True):
        yield


def finish_interrupted(folder: Path) -> None:
    """Carry out the journal that a killed command left: its files were complete when it was written.

    Raises
    ------
    StudyError
        When a file cannot be put in its place.
    """
    journal = folder / JOURNAL
    try:
        entries = json.loads(journal.read_bytes())
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        entries = []  # not a journal of ours; a real one is whole
    moves = [(folder / temporary, folder / target) for temporary, target in _trusted(entries)]
    try:
        with finished_first():
            for temporary, target in moves:
                if temporary.exists():  # else it is in its place already
                    target.parent.mkdir(parents=True, exist_ok=True)
                    temporary.replace(target)
            journal.unlink(missing_ok=True)
    except OSError as error:
        raise StudyError.of(
            f"An earlier command was interrupted, and its files cannot be put in place"
            f" ({error.strerror or type(error).__name__}).",
            "Make the folder writable and run any command on it.",
            file=str(folder),
        ) from error


def _trusted(entries: object) -> Iterator[tuple[str, str]]:
    """Yield the moves of a journal that stay inside the folder: a folder may come from anybody."""
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case [str(temporary), str(target)]:
                if (
                    ".." not in (*Path(temporary).parts, *Path(target).parts)
                    and not any(Path(name).is_absolute() for name in (temporary, target))
                    and _OURS.fullmatch(Path(temporary).name)
                ):
                    yield temporary, target
            case _:
                continue


def _write(files: Mapping[Path, bytes], made: list[Path], folder: Path | None = None) -> None:
    """Write files; with ``folder``, by a journal there. ``made`` are folders that were made for them."""
    waiting: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for target, data in files.items():
            made += _make_folder(target.parent)
            waiting.append((_temporary(_place(target.parent, folder), target, data), target))
        with finished_first():
            _commit(waiting, folder)
    except OSError as error:
        _take_back(waiting, made, folder)
        raise _unwritable(Path(error.filename2 or error.filename or target), error) from error
    except BaseException:
        _take_back(waiting, made, folder)
        raise


def _place(parent: Path, folder: Path | None) -> Path:
    """Return where a file waits: in the folder that is held, unless its target lies on another disk."""
    if folder is None or parent.stat().st_dev != folder.stat().st_dev:
        return parent
    return folder


def _unwritable(target: Path, error: OSError) -> StudyError:
    reason = error.strerror or type(error).__name__
    return StudyError.of(
        f"It cannot be written ({reason}).", "Choose another place, or free it.", file=str(target)
    )


def _commit(waiting: Sequence[tuple[Path, Path]], folder: Path | None) -> None:
    """Put complete files in their places; from the journal on there is only one way, forward."""
    for _, target in waiting:
        if target.is_dir():
            raise IsADirectoryError(None, "there is a folder of this name", str(target))
    if folder is not None and len(waiting) > 1:
        top = folder.absolute()
        moves = [[path.absolute().relative_to(top).as_posix() for path in move] for move in waiting]
        content = json.dumps(moves, ensure_ascii=False).encode("utf-8")
        _temporary(folder, folder / JOURNAL, content).replace(folder / JOURNAL)
    for temporary, target in waiting:
        temporary.replace(target)
    if folder is not None:
        (folder / JOURNAL).unlink(missing_ok=True)


def _take_back(waiting: Sequence[tuple[Path, Path]], made: Iterable[Path], folder: Path | None) -> None:
    """Remove what an attempt made, unless a part of it is in its place: then the journal stands."""
    if any(not temporary.exists() for temporary, _ in waiting):
        return
    journal = [] if folder is None else [folder / JOURNAL]
    for path in (*journal, *(temporary for temporary, _ in waiting)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    _remove_empty(made)


def _remove_leftovers(folder: Path) -> None:
    """Remove temporary files of commands that were killed; the folder is held, so nobody needs them."""
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if _OURS.fullmatch(entry.name):
                entry.unlink(missing_ok=True)


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder with those above it; return the new ones, the innermost first."""
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return missing


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _temporary(place: Path, target: Path, data: bytes) -> Path:
    """Write a complete file under a passing name in ``place``, with the permissions of its target."""
    handle, name = tempfile.mkstemp(dir=place, prefix=_PREFIX, suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
