"""The demonstration study as it is shipped, for people who installed the package and have no checkout."""

from __future__ import annotations

import re
from pathlib import Path

from omnistudy.errors import StudyError
from omnistudy.study.shipped import shipped_codebooks

NAME = "maskan-demo"
PARTS = ("study.toml", "README.md", "answers.toml", "*.csv", "transcripts/*.txt", "crm/**/*")
"""Files of the study, as patterns; what its makers keep beside them is no part of it."""

_PACKAGE = Path(__file__).resolve().parent.parent
_CODEBOOK_LINE = re.compile(r'^file = "(?:\.\./)+(codebooks/[^"/]+)"$', re.MULTILINE)


def shipped_study() -> Path | None:
    """Return the folder of the demonstration study; ``None`` where an installation has none.

    An installed package holds it itself; a checkout has it beside the package.
    """
    for folder in (_PACKAGE / "interviews" / NAME, _PACKAGE.parent / "interviews" / NAME):
        if (folder / "study.toml").is_file():
            return folder
    return None


def demonstration_study() -> dict[str, bytes]:
    """Return a copy of the demonstration study that works wherever it lies.

    Returns
    -------
    dict
        Path relative to the new folder to content. The codebook, which the shipped study names outside
        its folder, comes inside; nothing else differs, so its results are those of the shipped study.

    Raises
    ------
    StudyError
        When the installation was made without it.
    """
    source, codebooks = shipped_study(), shipped_codebooks()
    if source is None or codebooks is None:
        raise StudyError.of(
            "This installation has no demonstration study.",
            "Install omnistudy again from its wheel or source.",
        )
    paths = sorted({path for part in PARTS for path in source.glob(part) if path.is_file()})
    files = {path.relative_to(source).as_posix(): path.read_bytes() for path in paths}
    settings = files["study.toml"].decode("utf-8")
    named = _CODEBOOK_LINE.search(settings)
    if named is not None:
        files["study.toml"] = _CODEBOOK_LINE.sub(r'file = "\1"', settings).encode("utf-8")
        files[named[1]] = (codebooks / Path(named[1]).name).read_bytes()
    return files
