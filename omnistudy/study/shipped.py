"""Codebooks that a study may name without a path: beside it, above it, or shipped with the package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from omnistudy.errors import StudyError, did_you_mean

FOLDER = "codebooks"
SUFFIXES = (".toml", ".csv")
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_codebooks() -> Path | None:
    """Return the folder of the shipped codebooks; ``None`` where an installation has none.

    An installed package holds them itself; a checkout has them beside the package.
    """
    for folder in (_PACKAGE / FOLDER, _PACKAGE.parent / FOLDER):
        if folder.is_dir():
            return folder
    return None


def find_codebook(name: str, study: Path | None, current: Path) -> Path:
    """Return the file that a study or a user means by the name of a codebook.

    Parameters
    ----------
    name
        A path relative to the study or to the current folder, or a name with or without suffix in a
        folder ``codebooks``.
    study
        The folder of the study, if there is one.
    current
        The current folder.

    Returns
    -------
    Path
        The first that exists: the path as given, a ``codebooks`` folder from the study upwards, one
        from the current folder upwards, the shipped ones.

    Raises
    ------
    StudyError
        When nothing has that name; the nearest known name is suggested.
    """
    starts = [folder.resolve() for folder in (study, current) if folder is not None]
    for start in starts:
        if (start / name).is_file():
            return start / name
    folders = list(dict.fromkeys(_folders(starts)))
    for folder in folders:
        for candidate in (name, *(name + suffix for suffix in SUFFIXES)):
            if (folder / candidate).is_file():
                return folder / candidate
    known = sorted({path.stem for folder in folders for path in folder.iterdir() if path.suffix in SUFFIXES})
    remedy = did_you_mean(name, known)
    if not remedy:
        remedy = f"Known here: {', '.join(known)}; or give a path." if known else "Give the path of its file."
    raise StudyError.of("There is no codebook or reference model of this name.", remedy, file=name)


def _folders(starts: list[Path]) -> Iterator[Path]:
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / FOLDER).is_dir():
                yield folder / FOLDER
    shipped = shipped_codebooks()
    if shipped is not None:
        yield shipped
