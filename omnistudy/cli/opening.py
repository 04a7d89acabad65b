"""Opening the study that a command means, with its warnings said once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.cli.output import warn

if TYPE_CHECKING:
    from omnistudy.study.model import Study


def open_study(given: Path | None, *, quiet: bool = False) -> Study:
    """Find and load a study.

    Raises
    ------
    StudyError
        With all problems of all its files.
    """
    from omnistudy.study.load import find_study, load_study

    study = load_study(find_study(given, Path.cwd()))
    warn(study.warnings, quiet=quiet)
    return study
