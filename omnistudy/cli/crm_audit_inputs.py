"""What an audit works on: a study, the records and the sheet, whichever the command line names."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.cli.crm_records import RecordChoice, open_records
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import provenance
from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from omnistudy.crm.records.model import Records
    from omnistudy.results import InputFile, Provenance
    from omnistudy.study.bare_table import BareTable
    from omnistudy.study.model import Study

RECORD_KEYS = ("events", "transactions", "survey", "tickets", "ops", "identity_map", "preferences", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditChoice:
    """What a command line says about an audit's inputs; ``audit`` is the key of study.toml."""

    audit: str
    given: Path | None
    sheet: Path | None
    records: Path | None
    record_options: RecordChoice
    lang: str
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditInputs:
    """What an audit works on; whatever was not given is ``None``."""

    study: Study | None
    records: Records | None
    sheet: BareTable | None
    provenance: Provenance


@contextlib.contextmanager
def opened(choice: AuditChoice) -> Iterator[AuditInputs]:
    """Open study, records and sheet of an audit: whichever of them there are.

    Raises
    ------
    StudyError
        When there is neither a sheet nor a record, or one of them cannot be read.
    """
    from omnistudy.study.bare_table import read_bare_table

    found = _located(choice)
    sheet = None if found.sheet is None else read_bare_table(found.sheet)
    with _records(found, choice) as (records, files, synthetic):
        inputs = (
            *(() if found.study is None else found.study.inputs),
            *(() if sheet is None else (sheet.source,)),
            *files,
        )
        made_up = synthetic or (found.study is not None and found.study.synthetic)
        shared = provenance(dict.fromkeys(inputs), seed=None, synthetic=made_up)
        yield AuditInputs(study=found.study, records=records, sheet=sheet, provenance=shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Located:
    """Which of study, sheet and records a command line means."""

    study: Study | None
    sheet: Path | None
    records: Path | None


def _located(choice: AuditChoice) -> _Located:
    if choice.given is not None and not _is_study(choice.given):
        if choice.given.is_file() and _is_sheet(choice.given, choice.record_options):
            return _Located(study=None, sheet=choice.given, records=choice.records)
        return _Located(study=None, sheet=choice.sheet, records=choice.records or choice.given)
    if (
        choice.given is None
        and (choice.sheet is not None or choice.records is not None)
        and not _study_here()
    ):
        return _Located(study=None, sheet=choice.sheet, records=choice.records)
    study, folder = _opened_study(choice.given, lang=choice.lang, quiet=choice.quiet)
    crm = study.settings.crm
    named = getattr(crm, choice.audit)
    sheet = choice.sheet or (None if named is None else folder / str(named))
    records = choice.records
    if records is None and any(getattr(crm, key) is not None for key in RECORD_KEYS):
        records = folder
    if sheet is None and records is None:
        raise _nothing(choice.audit, folder)
    return _Located(study=study, sheet=sheet, records=records)


def _nothing(audit: str, folder: Path) -> StudyError:
    return StudyError.of(
        f"The study names neither records nor a sheet for crm {audit}.",
        f'Add [crm] to study.toml, for example {audit} = "crm/{audit}.csv", or give --sheet FILE.',
        file=str(folder / "study.toml"),
    )


def _is_study(given: Path) -> bool:
    from omnistudy.study.load import STUDY_FILE

    return given.name == STUDY_FILE or (given / STUDY_FILE).is_file()


def _study_here() -> bool:
    from omnistudy.study.load import find_study

    try:
        find_study(None, Path.cwd())
    except StudyError:
        return False
    return True


def _opened_study(given: Path | None, *, lang: str, quiet: bool) -> tuple[Study, Path]:
    from omnistudy.study.load import find_study

    return open_study(given, quiet=quiet, lang=lang), find_study(given, Path.cwd())


def _is_sheet(path: Path, wanted: RecordChoice) -> bool:
    """Whether a table is the sheet of an audit: records fit a table of records, or are mapped to one."""
    from omnistudy.crm.records.tables import kinds_of

    if path.suffix.casefold() == ".xlsx":
        return True
    if path.suffix.casefold() not in {".csv", ".tsv", ".txt"} or wanted.pairs or wanted.columns is not None:
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        line = stream.readline()
    delimiter = max(",;\t|", key=line.count)
    names = [name.strip().casefold() for name in next(csv.reader([line], delimiter=delimiter), [])]
    return "item" in names or not kinds_of(names)


@contextlib.contextmanager
def _records(
    found: _Located, choice: AuditChoice
) -> Iterator[tuple[Records | None, Sequence[InputFile], bool]]:
    from omnistudy.crm.metrics.registry import PREFERRED

    if found.records is None:
        yield None, (), False
        return
    wanted = replace(choice.record_options, given=found.records)
    with open_records(wanted, PREFERRED, lang=choice.lang, quiet=choice.quiet) as records:
        yield records.records, records.inputs, records.synthetic


def sheet_alone(
    given: Path | None, key: str, *, lang: str, quiet: bool
) -> tuple[BareTable, Study | None, Provenance]:
    """The sheet of `crm gap` or `crm funnel`: a table, or the one that a study names."""
    from omnistudy.study.bare_table import is_table, read_bare_table

    if given is not None and not _is_study(given) and (is_table(given) or not given.is_dir()):
        sheet = read_bare_table(given)
        return sheet, None, provenance([sheet.source], seed=None, synthetic=False)
    study, folder = _opened_study(given, lang=lang, quiet=quiet)
    named = getattr(study.settings.crm, key)
    if named is None:
        raise StudyError.of(
            f"The study names no sheet for crm {key}.",
            f'Add [crm] to study.toml, for example {key} = "crm/{key}.csv".',
            file=str(folder / "study.toml"),
        )
    sheet = read_bare_table(folder / str(named))
    files = dict.fromkeys((*study.inputs, sheet.source))
    return sheet, study, provenance(files, seed=None, synthetic=study.synthetic)
