"""Files that come from anybody: read where they are files, and no larger and deeper than can be used.

A pipe would be waited for without end and a device read without end, so neither is opened. What the
parsers of TOML and JSON raise for hostile nesting and numbers becomes the one error of their syntax.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

LARGEST_TABLE = 256 * 2**20
LARGEST_SETTINGS = 16 * 2**20
MOST_DEPTH = 64


class UnusableFileError(OSError):
    """What lies there is no file, or a file that is too large; ``remedy`` says what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(errno.EINVAL, reason)
        self.reason = reason
        self.remedy = remedy


def read_input(path: Path, most: int = LARGEST_TABLE) -> bytes:
    """Return the bytes of a regular file.

    Parameters
    ----------
    path
        The file.
    most
        Bytes that are read at most; a larger file is not opened.

    Raises
    ------
    OSError
        When there is no such file, it cannot be read, is a pipe or a device (:class:`UnusableFileError`),
        or is larger than ``most`` (the same).
    """
    check_input(path, most)
    with path.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:  # it grew, or its file system tells no sizes
        raise _too_large(most, len(data))
    return data


def check_input(path: Path, most: int | None = None) -> None:
    """Raise like :func:`read_input` unless ``path`` is a regular file of at most ``most`` bytes."""
    if "\0" in str(path):
        raise UnusableFileError("has a NUL character in its name, as no file has", "Correct its name.")
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise UnusableFileError("is a pipe or a device", "Save what it gives in a file, and name that.")
    if most is not None and found.st_size > most:
        raise _too_large(most, found.st_size)


def _too_large(most: int, size: int) -> UnusableFileError:
    return UnusableFileError(
        f"has {size / 2**20:,.0f} MiB, more than the {most // 2**20} MiB that are read",
        "Divide it, or remove from it what is not needed, such as pictures and sound.",
    )


def fault_of(error: OSError) -> str:
    """Return what is wrong with a file, to stand after its name."""
    if isinstance(error, UnusableFileError):
        return error.reason
    return f"cannot be read ({error.strerror or type(error).__name__})"


def remedy_of(error: OSError) -> str:
    """Return what can be done about a file that cannot be read."""
    return error.remedy if isinstance(error, UnusableFileError) else "Check its permissions."


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file of any size in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def loads_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises
    ------
    tomllib.TOMLDecodeError
        For every fault, also for lists and tables that lie too deep in each other and for numbers of
        more digits than can be read.
    """
    deep = f"lists or tables lie more than {MOST_DEPTH} deep in each other"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(deep) from None
    except ValueError as error:
        reason = "a number has too many digits" if "digits" in str(error) else str(error)
        raise tomllib.TOMLDecodeError(reason) from None
    if _is_deep(data):
        raise tomllib.TOMLDecodeError(deep)
    return data


def loads_json(text: str | bytes) -> Any:
    """Parse JSON.

    Raises
    ------
    ValueError
        For every fault: :class:`json.JSONDecodeError`, also where values lie too deep in each other, a
        number has too many digits or is none, or a text holds half a character.
    """
    try:
        data = json.loads(text, parse_constant=_no_number)
        if _is_deep(data):
            raise RecursionError
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError:
        raise
    except RecursionError:
        reason = f"values lie more than {MOST_DEPTH} deep in each other"
        raise json.JSONDecodeError(reason, "", 0) from None
    except UnicodeEncodeError:
        raise json.JSONDecodeError("a text holds half of a character", "", 0) from None
    except UnicodeDecodeError:
        raise json.JSONDecodeError("it is not UTF-8 text", "", 0) from None
    except ValueError as error:
        reason = "a number has too many digits" if "digits" in str(error) else str(error)
        raise json.JSONDecodeError(reason, "", 0) from None
    return data


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _is_deep(data: object) -> bool:
    level: list[object] = [data]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
