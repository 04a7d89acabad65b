"""Transcripts that lie in a folder, for a study that is being made: their files, and their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from omnistudy.errors import Problem, StudyError
from omnistudy.study.interviews import natural_order
from omnistudy.study.transcripts import LARGEST_TRANSCRIPT, TRANSCRIPT_SUFFIXES, read_transcript
from omnistudy.text.canonical import NotTextError

_PERSIAN_LETTERS = frozenset("ابپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهیيآئ")


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtTranscripts:
    """The transcripts of a folder as they stand there.

    Parameters
    ----------
    files
        File name to content, in the order of the names (P2 before P10).
    language
        ``fa`` where more letters are Persian than not, else ``en``.
    """

    files: Mapping[str, bytes]
    language: str

    @property
    def interviews(self) -> tuple[str, ...]:
        """The ids that the interviews get: the names without their endings."""
        return tuple(Path(name).stem for name in self.files)


def transcripts_of(folder: Path) -> BroughtTranscripts:
    """Read the transcripts of a folder.

    Raises
    ------
    StudyError
        If it is no folder, holds no transcript, or holds one that cannot be read: all of them at once.
    """
    if not folder.is_dir():
        raise StudyError.of(
            "There is no such folder.", "Name the folder of the transcripts.", file=str(folder)
        )
    paths = sorted(
        (
            path
            for path in folder.iterdir()
            if path.suffix.casefold() in TRANSCRIPT_SUFFIXES and path.is_file()
        ),
        key=lambda path: natural_order(path.name),
    )
    if not paths:
        known = " ".join(sorted(TRANSCRIPT_SUFFIXES))
        raise StudyError.of("The folder holds no transcript.", f"Formats: {known}.", file=str(folder))
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    letters = persian = 0
    for path in paths:
        try:
            if path.stat().st_size > LARGEST_TRANSCRIPT:
                raise NotTextError("The transcript is too large to be read.", "Divide it.")
            files[path.name] = path.read_bytes()
            text = read_transcript(path, files[path.name], encoding=None).text
        except NotTextError as error:
            problems.append(Problem(what=error.reason, remedy=error.remedy, file=str(path)))
        else:
            letters += sum(character.isalpha() for character in text)
            persian += sum(character in _PERSIAN_LETTERS for character in text)
    if problems:
        raise StudyError(problems)
    return BroughtTranscripts(files=files, language="fa" if persian * 2 > letters else "en")
