"""The zip of a REFI-QDA project (.qdpx), taken for hostile: members are read by name and counted while streaming.

A project is a zip with one root-level .qde and a folder ``sources/``. Nothing is ever unpacked to the
disk. Source: REFI-QDA standard 1.5, section 4; seen in files of ATLAS.ti, NVivo, MAXQDA, QualCoder.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from omnistudy.errors import StudyError

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_AGAIN = "Export the project again from the program it comes from."
_FOREIGN = "A project of a coding program has no such member: ask where the file comes from."
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
_BLOCK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a .qdpx may hold at most, in bytes; a member above ``ratio_from`` may not unpack beyond ``ratio``."""

    members: int = 10_000
    project: int = 256 * 2**20
    text: int = 64 * 2**20
    whole: int = 4 * 2**30
    ratio: int = 200
    ratio_from: int = 10 * 2**20


LIMITS = Limits()


class Container:
    """The members of an open .qdpx, found by base name whatever their case and folder."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
        self._archive = archive
        self._path = path
        self._limits = limits
        self._members = _checked(archive.infolist(), path, limits)
        self._by_name = {
            PurePosixPath(_unix(info.filename)).name.casefold(): info
            for info in self._members
            if not _is_hidden(info)
        }

    def project(self) -> bytes:
        """Return the bytes of the one .qde at the root.

        Raises
        ------
        StudyError
            If there is none, or more than one, or it cannot be read.
        """
        found = [info for info in self._members if _is_project(info)]
        if len(found) != 1:
            names = ", ".join(f"'{info.filename}'" for info in found) or "none"
            raise StudyError.of(
                f"A project holds one .qde at its root; this one holds {names}.", _AGAIN, file=str(self._path)
            )
        data = self._read(found[0], self._limits.project)
        if isinstance(data, str):
            raise StudyError.of(f"'{found[0].filename}' {data}.", _AGAIN, file=str(self._path))
        return data

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._by_name

    def source(self, name: str) -> bytes | str:
        """Return the bytes of the member with this base name, or in words why they cannot be read."""
        info = self._by_name.get(name.casefold())
        return "is not in the archive" if info is None else self._read(info, self._limits.text)

    def _read(self, info: zipfile.ZipInfo, most: int) -> bytes | str:
        """Read a member in blocks, trusting no size of the archive's own."""
        blocks, size = [], 0
        try:
            with self._archive.open(info) as stream:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    if size > most:
                        return f"is larger than {most // 2**20} MiB"
                    if size > self._limits.ratio_from and size > self._limits.ratio * info.compress_size:
                        return f"unpacks to more than {self._limits.ratio} times its size"
                    blocks.append(block)
        except _DAMAGE as error:
            return f"is damaged ({error})"
        return b"".join(blocks)


@contextmanager
def open_container(path: Path, limits: Limits = LIMITS) -> Iterator[Container]:
    """Open a .qdpx for reading.

    Raises
    ------
    StudyError
        For damaged or truncated archives, and for members that leave the archive (``..``, absolute
        names, drives, links), are encrypted, have equal names, or are too many or too large.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise StudyError.of(
            f"The archive is damaged or cut off ({error}).", _AGAIN, file=str(path)
        ) from error
    with archive:
        yield Container(archive, path, limits)


def is_refi_project(path: Path) -> bool:
    """Tell whether the file is a zip with a .qde, or a damaged zip that is called .qdpx."""
    with path.open("rb") as stream:
        if stream.read(4) not in _MAGIC:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            if any(info.filename.casefold().endswith(".qde") for info in archive.infolist()):
                return True
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        pass
    return path.suffix.casefold() == ".qdpx"


def _unix(name: str) -> str:
    return name.replace("\\", "/")


def _is_hidden(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(_unix(info.filename))
    return info.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts


def _is_project(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(_unix(info.filename))
    return len(path.parts) == 1 and path.suffix.casefold() == ".qde" and not _is_hidden(info)


def _checked(members: list[zipfile.ZipInfo], path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """Return the members, having refused the whole archive for any that an honest program never writes."""
    if len(members) > limits.members:
        raise StudyError.of(f"The archive has {len(members)} members.", _FOREIGN, file=str(path))
    if sum(info.file_size for info in members) > limits.whole:
        what = f"The archive unpacks to more than {limits.whole // 2**30} GiB."
        raise StudyError.of(what, _FOREIGN, file=str(path))
    taken: set[str] = set()
    for info in members:
        fault = _fault(info)
        key = _unix(info.filename).casefold().rstrip("/")
        if fault is None and not info.is_dir() and key in taken:
            fault = "has the name of another member"
        if fault is not None:
            raise StudyError.of(f"'{info.filename[:80]}' {fault}.", _FOREIGN, file=str(path))
        taken.add(key)
    return members


def _fault(info: zipfile.ZipInfo) -> str | None:
    name = _unix(info.filename)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "is an absolute path"
    if ".." in PurePosixPath(name).parts:
        return "leaves the archive"
    if "\0" in info.orig_filename or not name.strip():
        return "has no proper name"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & 0x1:
        return "is encrypted"
    return None
