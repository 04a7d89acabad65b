"""A study as an import finds it: what is in it already, and the tables that it may add to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from omnistudy.errors import Problem, StudyError
from omnistudy.formats.into_study.csv_text import parse_csv
from omnistudy.study.codebook import read_codebook
from omnistudy.study.interviews import read_interviews
from omnistudy.study.load import read_settings
from omnistudy.study.model import Codebook
from omnistudy.study.settings import CodingFile, StudySettings
from omnistudy.study.tables import Door

CODINGS = "codings.csv"
PARTICIPANTS = "participants.csv"
CODEBOOK = "codebook.csv"
MEMOS = "memos.csv"
QUOTATIONS = "quotations.csv"
RELATIONS = "relations.csv"
SETS = "sets.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingStudy:
    """What an import needs to know of a study.

    Parameters
    ----------
    settings
        study.toml.
    interviews
        Interview id to the hash of its canonical text.
    codebook
        The codes known so far; ``None`` if the study has no codebook.
    files
        Bytes of the tables inside the study, by path relative to its folder; absent ones are missing.
    texts
        Interview id to its canonical text.
    excerpts
        Interviews that are single statements and no running text.
    """

    settings: StudySettings
    interviews: Mapping[str, str]
    codebook: Codebook | None
    files: Mapping[str, bytes]
    texts: Mapping[str, str] = field(default_factory=dict)
    excerpts: frozenset[str] = frozenset()

    @property
    def participants(self) -> str:
        """Path of the participants table."""
        return self.settings.interviews.attributes or PARTICIPANTS

    @property
    def memos(self) -> str:
        """Path of the table of memos."""
        return self.settings.theory.memos or MEMOS

    @property
    def relations(self) -> str:
        """Path of the table of relations that may be added to: the study's own, never one outside."""
        named = self.settings.theory.relations
        return named if named is not None and lies_inside(named) else RELATIONS

    @property
    def codebook_file(self) -> str:
        """Path of the codebook that may be added to: the study's own, never a shared one."""
        named = self.settings.codebook.file
        return named if named is not None and lies_inside(named) else CODEBOOK


def lies_inside(path: str) -> bool:
    """Tell whether a path of study.toml stays inside the study's folder."""
    pure = PurePosixPath(path.replace("\\", "/"))
    return not pure.is_absolute() and ".." not in pure.parts and ":" not in pure.parts[0]


def existing_study(folder: Path) -> ExistingStudy:
    """Read what an import must know of the study in ``folder``; nothing is written.

    A study that was given a copy of its shared codebook by an earlier import is matched against the
    copy, also before study.toml names it.

    Raises
    ------
    StudyError
        With all problems of study.toml, transcripts, participants and codebook, and if one of the
        tables that an import adds to lies outside the study.
    """
    door = Door(folder)
    settings = read_settings(door)
    if settings is None:
        raise StudyError(door.problems)
    interviews = read_interviews(door, settings.interviews)
    named = settings.codebook.file
    known = named
    if (named is None or not lies_inside(named)) and (folder / CODEBOOK).is_file():
        known = CODEBOOK
    codebook = read_codebook(door, known, settings.study.language) if known else None
    door.raise_if_failed()
    study = ExistingStudy(
        settings=settings,
        interviews={interview.id: interview.transcript.sha256 for interview in interviews},
        codebook=codebook,
        files={},
    )
    tables = {
        CODINGS,
        QUOTATIONS,
        study.participants,
        study.memos,
        study.relations,
        SETS,
        study.codebook_file,
        *(entry.file for entry in settings.codings.files if lies_inside(entry.file)),
    }
    outside = [path for path in (settings.interviews.transcripts, *tables) if not lies_inside(path)]
    if outside:
        raise StudyError(
            Problem(
                what="This lies outside the study, where an import does not write.",
                remedy="Name a path inside the study in study.toml.",
                file=path,
            )
            for path in outside
        )
    return ExistingStudy(
        settings=settings,
        interviews=study.interviews,
        texts={interview.id: interview.text for interview in interviews},
        excerpts=frozenset(interview.id for interview in interviews if interview.excerpt),
        codebook=codebook,
        files={path: (folder / path).read_bytes() for path in sorted(tables) if (folder / path).is_file()},
    )


def texts_by_name(study: ExistingStudy) -> Mapping[str, str]:
    """Return the texts of the study by interview id, and by the names that documents had elsewhere."""
    found: dict[str, str] = {}
    for row in parse_csv(study.files.get(study.participants, b"")).rows:
        interview, original = row.get("interview", "").strip(), row.get("original_name", "").strip()
        if original and interview in study.texts:
            found[original] = study.texts[interview]
    return {**found, **study.texts}


def excerpt_names(study: ExistingStudy) -> frozenset[str]:
    """Return the names in :func:`texts_by_name` whose text is single statements."""
    excerpts = {study.texts[interview] for interview in study.excerpts}
    return frozenset(name for name, text in texts_by_name(study).items() if text in excerpts)


def settings_lines(study: ExistingStudy, written: Iterable[str]) -> tuple[str, ...]:
    """Return the lines that study.toml needs before it names every table of the study.

    Parameters
    ----------
    study
        The study as it is; its study.toml is never edited.
    written
        Paths of the files that an import writes.
    """
    return tuple(_settings_lines(study, {*written, *study.files}))


def _settings_lines(study: ExistingStudy, present: set[str]) -> Iterator[str]:
    settings = study.settings
    if settings.interviews.attributes is None and PARTICIPANTS in present:
        yield from ("[interviews]", f'attributes = "{PARTICIPANTS}"')
    if CODINGS in present and CODINGS not in {entry.file for entry in settings.codings.files}:
        entries = [_entry(entry) for entry in settings.codings.files]
        yield from ("[codings]", f"files = [{', '.join([*entries, json.dumps(CODINGS)])}]")
    if study.codebook_file in present and study.codebook_file != settings.codebook.file:
        yield from ("[codebook]", f'file = "{study.codebook_file}"')
    theory = []
    if study.relations in present and study.relations != settings.theory.relations:
        theory.append(f'relations = "{study.relations}"')
    if settings.theory.memos is None and MEMOS in present:
        theory.append(f'memos = "{MEMOS}"')
    if theory:
        yield from ("[theory]", *theory)


def _entry(entry: CodingFile) -> str:
    file = json.dumps(entry.file, ensure_ascii=False)
    return (
        file
        if entry.coder is None
        else f"{{ file = {file}, coder = {json.dumps(entry.coder, ensure_ascii=False)} }}"
    )
