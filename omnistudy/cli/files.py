"""Writing files: everything is rendered first, then written beside its target and renamed over it.

A command that fails or is killed leaves either the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from omnistudy.errors import StudyError


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
    write_all(files)


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
