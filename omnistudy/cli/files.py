"""Writing files: everything is rendered first, then written beside its target and renamed over it.

A command that fails or is killed leaves either the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from omnistudy.errors import StudyError


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files, all or none.

    Every file is first written completely under a temporary name in its target's folder; only when
    all of them are on disk are they renamed over their targets.

    Raises
    ------
    StudyError
        When a folder or file cannot be written; temporary files are removed.
    """
    waiting: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for target, data in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting.append((_temporary(target, data), target))
        for temporary, target in waiting:
            temporary.replace(target)
    except OSError as error:
        raise StudyError.of(
            f"It cannot be written ({error.strerror or type(error).__name__}).",
            "Choose another place, or free it.",
            file=str(target),
        ) from error
    finally:
        for temporary, _ in waiting:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _temporary(target: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
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
