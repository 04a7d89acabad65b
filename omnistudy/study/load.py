"""The one door in: a study folder becomes an immutable Study, or one report of all its problems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from omnistudy.errors import StudyError, did_you_mean
from omnistudy.study.analysis_set import chosen_set, select
from omnistudy.study.codebook import read_codebook
from omnistudy.study.codings import (
    CodingTables,
    ForeignReader,
    Names,
    implicit_codebook,
    open_coding_tables,
    read_codings,
)
from omnistudy.study.input_files import LARGEST_SETTINGS, loads_toml
from omnistudy.study.interviews import read_interviews
from omnistudy.study.model import Codebook, Interview, Study
from omnistudy.study.quality_tables import read_member_checks, read_trustworthiness
from omnistudy.study.settings import CrmSection, StudySettings
from omnistudy.study.synthetic import is_synthetic
from omnistudy.study.tables import CsvTable, Door
from omnistudy.study.theory_tables import (
    read_crosswalk,
    read_memos,
    read_propositions,
    read_relations,
    read_role_votes,
)
from omnistudy.text.direction import direction

STUDY_FILE = "study.toml"
CRM_WORDS = frozenset({"calendar", "goal", "inactive_days"})
"""Keys of ``[crm]`` that say how records are read and name no file."""


def find_study(given: str | Path | None, current: Path) -> Path:
    """Return the folder of the study that a command means.

    Parameters
    ----------
    given
        A study folder or its study.toml; ``None`` means the one study of the current folder, or of
        its ``interviews`` folder.
    current
        The current folder.

    Raises
    ------
    StudyError
        When there is no study there, or more than one.
    """
    if given is not None:
        path = Path(given)
        folder = path.parent if path.name == STUDY_FILE else path
        if (folder / STUDY_FILE).is_file():
            return folder
        if not folder.exists():
            near = did_you_mean(folder.name, _folders(folder.parent))
            raise StudyError.of("There is no such study.", near or "Name a study folder.", file=str(given))
        raise StudyError.of(
            "This folder has no study.toml.",
            "Name a study folder, or make one: omnistudy new NAME.",
            file=str(given),
        )
    found = [
        folder
        for folder in (current, *_subfolders(current / "interviews"))
        if (folder / STUDY_FILE).is_file()
    ]
    if not found:
        below = [folder.name for folder in _subfolders(current) if (folder / STUDY_FILE).is_file()]
        near = f"Name one of those below it, for example {below[0]}." if below else ""
        raise StudyError.of(
            "There is no study in the current folder.",
            near or "Name a study folder, or make one: omnistudy new NAME.",
        )
    if len(found) > 1 and found[0] != current:
        names = ", ".join(str(folder.relative_to(current)) for folder in found)
        raise StudyError.of(f"There are several studies here: {names}.", "Name the one you mean.")
    return found[0]


def _subfolders(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []


def _folders(folder: Path) -> list[str]:
    return [entry.name for entry in _subfolders(folder)]


def load_study(folder: str | Path, foreign: ForeignReader | None = None) -> Study:
    """Read and check everything that study.toml names.

    Parameters
    ----------
    folder
        The folder that holds study.toml. Nothing in it is modified.
    foreign
        Reads other programs' files among the codings, as :func:`omnistudy.formats.as_codings.coding_table`
        does; without it they are problems.

    Returns
    -------
    Study
        With warnings, if there were any, in ``warnings``.

    Raises
    ------
    StudyError
        With all problems of all files at once: file, row, what, remedy.

    Examples
    --------
    The shipped demonstration study, which is synthetic:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> study = load_study(shipped_study())
    >>> study.id, len(study.interviews), len(study.codings), study.human_coders
    ('maskan-demo', 14, 1237, ('c1', 'c2', 'c3'))
    """
    door = Door(Path(folder))
    settings = read_settings(door)
    if settings is None:
        raise StudyError(door.problems)
    interviews = read_interviews(door, settings.interviews)
    _check_language(door, settings, interviews)
    tables = open_coding_tables(door, settings.codings, interviews, foreign)
    codebook = _codebook(door, settings, [table for table, _ in tables])
    coded = read_codings(door, settings.codings, tables, interviews, codebook)
    return _assembled(door, settings, interviews, codebook, coded)


def _codebook(door: Door, settings: StudySettings, tables: list[CsvTable]) -> Codebook:
    """Return the codebook; where it is missing or unreadable its codes are those that the codings use.

    An unreadable codebook is an error of its own, and the other files can still be checked.
    """
    if settings.codebook.file is None:
        codebook = implicit_codebook(tables)
        if codebook.codes:
            door.warning(
                f"The study names no codebook: its {len(codebook.codes)} codes are taken from the codings.",
                "Name one under [codebook] file in study.toml to give codes definitions and roles.",
            )
        return codebook
    read = read_codebook(door, settings.codebook.file, settings.study.language)
    door.codes_unknown = read is None
    return implicit_codebook(tables) if read is None else read


def _assembled(
    door: Door,
    settings: StudySettings,
    interviews: tuple[Interview, ...],
    codebook: Codebook,
    coded: CodingTables,
) -> Study:
    aliases = [(text, code.id) for code in codebook for text in (*code.label.texts.values(), *code.aliases)]
    codes = Names((code.id for code in codebook), aliases)
    votes = read_role_votes(door, settings.codebook.roles, codes)
    relations = read_relations(door, settings.theory.relations, codes)
    propositions = read_propositions(door, settings.theory.propositions, codes)
    memos = read_memos(door, settings.theory.memos, codes, {i.id for i in interviews})
    crosswalk = read_crosswalk(door, settings.reference.crosswalk, codes)
    checks = read_member_checks(
        door, settings.theory.member_checks, codes, {i.id for i in interviews}, {p.id for p in propositions}
    )
    trust = read_trustworthiness(door, settings.theory.trustworthiness)
    _check_agreement_names(door, settings, interviews, coded)
    _check_records(door, settings)
    chosen = chosen_set(door, settings.analysis.codings, coded.coders, coded.codings)
    door.raise_if_failed()
    return Study(
        settings=settings,
        interviews=interviews,
        codebook=codebook,
        coders=coded.coders,
        codings=coded.codings,
        analysed=select(chosen, coded.coders, coded.codings, coded.rounds, coded.seen),
        analysis_set=chosen,
        rounds=coded.rounds,
        seen=coded.seen,
        seen_assumed=coded.seen_assumed,
        role_votes=votes,
        relations=relations,
        propositions=propositions,
        memos=memos,
        crosswalk=crosswalk,
        member_checks=checks,
        trustworthiness=trust,
        inputs=door.input_files(),
        synthetic=settings.study.synthetic or is_synthetic(i.transcript.sha256 for i in interviews),
        quotes_checked=coded.quotes_checked,
        warnings=door.warnings,
    )


def read_settings(door: Door) -> StudySettings | None:
    """Read study.toml; ``None`` when it cannot be used, with the problems in ``door``."""
    text = door.read_text(STUDY_FILE, most=LARGEST_SETTINGS)
    if text is None:
        return None
    try:
        data = loads_toml(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        row = int(place.group(1)) if place else None
        door.problem(f"This is not valid TOML: {error}.", "Correct the syntax.", file=STUDY_FILE, row=row)
        return None
    try:
        return StudySettings.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            _settings_problem(door, text, detail)
        return _without_faults(data, error)


def _without_faults(data: dict[str, Any], error: ValidationError) -> StudySettings | None:
    """Return the settings with the faulty keys taken out, so that the other files are checked too."""
    for detail in error.errors():
        section: Any = data
        for key in detail["loc"][:-1]:
            section = section[key] if isinstance(section, dict) and key in section else {}
        if isinstance(section, dict):
            section.pop(detail["loc"][-1], None)
    if isinstance(data.setdefault("study", {}), dict):
        data["study"].setdefault("id", "unnamed")
    try:
        return StudySettings.model_validate(data)
    except ValidationError:
        return None


def _settings_problem(door: Door, text: str, detail: ErrorDetails) -> None:
    path = [str(part) for part in detail["loc"]]
    key = ".".join(path)
    row = _row_of_key(text, path)
    match detail["type"]:
        case "extra_forbidden":
            known = _known_keys(path[:-1])
            remedy = did_you_mean(path[-1], known) or f"Known here: {', '.join(known)}."
            door.problem(
                f"'{path[-1]}' is not a key of study.toml.", remedy, file=STUDY_FILE, row=row, column=key
            )
        case "missing":
            door.problem(
                f"'{key}' is missing.",
                f"Add {path[-1]} to [{'.'.join(path[:-1])}].",
                file=STUDY_FILE,
                column=key,
            )
        case _:
            reason = detail["msg"].removeprefix("Value error, ")
            door.problem(
                f"'{detail['input']}' cannot be used: {reason}.",
                "Correct the value.",
                file=STUDY_FILE,
                row=row,
                column=key,
            )


def _known_keys(path: Iterable[str]) -> list[str]:
    model: Any = StudySettings
    for part in path:
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
        model = fields[part].annotation if part in fields else None
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _row_of_key(text: str, path: list[str]) -> int | None:
    section = ""
    for at, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            section = header.group(1).strip()
            if section == ".".join(path):
                return at
        elif section == ".".join(path[:-1]) and re.match(rf"\s*{re.escape(path[-1])}\s*=", line):
            return at
    return None


def _check_language(door: Door, settings: StudySettings, interviews: tuple[Interview, ...]) -> None:
    """Warn where the letters of the transcripts are not those of the declared language."""
    declared = direction(settings.study.language)
    others = [interview.id for interview in interviews if direction(interview.text) != declared]
    if others:
        names = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
        door.warning(
            f"The language is '{settings.study.language}', but its letters are not those of {names}.",
            'Set language under [study], for example language = "fa".',
            file=STUDY_FILE,
            column="study.language",
        )


def _check_records(door: Door, settings: StudySettings) -> None:
    """Warn of customer records that study.toml names and that are not there.

    Only the commands that read records need them, and an anonymised copy has none.
    """
    for key, name in record_files(settings.crm):
        if not (door.folder / name).exists():
            door.warning(
                "There are no such customer records.",
                "Put them there, or correct the path in study.toml.",
                file=name,
                column=f"crm.{key}",
            )


def record_files(section: CrmSection) -> Iterator[tuple[str, str]]:
    """Yield the keys of ``[crm]`` that name files, with the files; its other keys are no paths."""
    for key, value in section:
        if key not in CRM_WORDS and isinstance(value, str):
            yield key, value


def _check_agreement_names(
    door: Door, settings: StudySettings, interviews: tuple[Interview, ...], coded: CodingTables
) -> None:
    known: dict[str, list[str]] = {
        "coders": [coder.id for coder in coded.coders],
        "double_coded": [interview.id for interview in interviews],
    }
    for key, names in known.items():
        for written in getattr(settings.agreement, key) or ():
            if written not in names and written not in door.unreadable:
                remedy = did_you_mean(written, names) or f"Known: {', '.join(names) or 'none yet'}."
                what = f"'{written}' is not {'a coder' if key == 'coders' else 'an interview'} of this study."
                door.problem(what, remedy, file=STUDY_FILE, column=f"agreement.{key}")
    wanted = settings.agreement.round
    if wanted is not None and coded.codings and wanted not in coded.rounds:
        remedy = (
            did_you_mean(wanted, coded.rounds)
            or f"Rounds here: {', '.join(filter(None, coded.rounds)) or 'none'}."
        )
        door.problem(
            f"No coding was made in round '{wanted}'.", remedy, file=STUDY_FILE, column="agreement.round"
        )
