"""Opening the study that a command means, with its warnings said once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.cli.messages import warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omnistudy.study.model import Interview, Study
    from omnistudy.study.settings import CodingFile
    from omnistudy.study.tables import CsvTable, Door


def open_study(given: Path | None, *, quiet: bool = False, lang: str = "en") -> Study:
    """Find and load a study.

    Raises
    ------
    StudyError
        With all problems of all its files.
    """
    from omnistudy.cli.files import reading
    from omnistudy.cli.stopping import stop_cleanly
    from omnistudy.study.load import find_study, load_study

    stop_cleanly()
    folder = find_study(given, Path.cwd())
    with reading(folder):
        study = load_study(folder, _foreign)
    warn(study.warnings, quiet=quiet, lang=lang)
    return study


def _foreign(door: Door, entry: CodingFile, interviews: Sequence[Interview]) -> CsvTable | None:
    """Read another program's file; its reader is imported only where a study names one."""
    from omnistudy.formats.as_codings import coding_table

    return coding_table(door, entry, interviews)
