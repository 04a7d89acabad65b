"""The formats that can be imported: one row each, found by what a file holds, not by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from omnistudy.errors import StudyError
from omnistudy.formats.programs.label_studio import is_label_studio, read_label_studio
from omnistudy.formats.programs.qualcoder import DATABASE, is_qualcoder, read_qualcoder
from omnistudy.formats.programs.requal import is_requal, read_requal
from omnistudy.formats.programs.rqda import is_rqda, read_rqda
from omnistudy.formats.programs.sqlite_file import is_database, table_names
from omnistudy.formats.programs.taguette import is_taguette, read_taguette
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.refi.codebook import is_qdc, read_qdc
from omnistudy.formats.refi.container import is_refi_project
from omnistudy.formats.refi.project import read_refi_project
from omnistudy.formats.sheets.adjudication import is_adjudication, read_adjudication
from omnistudy.formats.sheets.tables import read_table
from omnistudy.formats.sheets.tabular import is_table_file
from omnistudy.study.input_files import check_input, fault_of, remedy_of
from omnistudy.study.transcripts import TRANSCRIPT_SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One program's file format.

    Parameters
    ----------
    name
        Short name for the command line.
    title
        Name for people.
    suffixes
        Usual endings of its files.
    sniff
        Tells from the content whether a file is of this format.
    read
        Reads a file, with what the caller knows beside it.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    sniff: Callable[[Path], bool]
    read: Callable[[Path, ReadOptions], ImportedProject]


FORMATS: tuple[Format, ...] = (
    Format(
        name="refi-qda",
        title="REFI-QDA project (ATLAS.ti, MAXQDA, NVivo, QualCoder, …)",
        suffixes=(".qdpx",),
        sniff=is_refi_project,
        read=read_refi_project,
    ),
    Format(
        name="refi-qda-codebook",
        title="REFI-QDA codebook",
        suffixes=(".qdc",),
        sniff=is_qdc,
        read=read_qdc,
    ),
    Format(
        name="taguette",
        title="Taguette",
        suffixes=(".sqlite3", ".sqlite"),
        sniff=is_taguette,
        read=read_taguette,
    ),
    Format(name="rqda", title="RQDA", suffixes=(".rqda",), sniff=is_rqda, read=read_rqda),
    Format(name="qualcoder", title="QualCoder", suffixes=(".qda",), sniff=is_qualcoder, read=read_qualcoder),
    Format(name="requal", title="requal", suffixes=(".requal",), sniff=is_requal, read=read_requal),
    Format(
        name="label-studio",
        title="Label Studio",
        suffixes=(".json",),
        sniff=is_label_studio,
        read=read_label_studio,
    ),
    Format(
        name="adjudication",
        title="adjudication sheet of omnistudy agreement",
        suffixes=(".xlsx",),
        sniff=is_adjudication,
        read=read_adjudication,
    ),
    Format(
        name="table",
        title="tables of ATLAS.ti, MAXQDA, NVivo, Taguette and others",
        suffixes=(".csv", ".tsv", ".xlsx"),
        sniff=is_table_file,
        read=read_table,
    ),
)

_DATABASES = frozenset({".sqlite3", ".sqlite", ".rqda", ".qda", ".requal"})


def read_project(path: Path, coder: str | None = None, options: ReadOptions | None = None) -> ImportedProject:
    """Read another program's file, whatever it is called.

    Parameters
    ----------
    path
        The file; nothing is written to it or beside it.
    coder
        Who coded, for formats that do not say; the same as ``options.coder``.
    options
        Everything else that the caller knows.

    Raises
    ------
    StudyError
        If the file cannot be read, is of no known format, or is damaged.
    """
    options = options or ReadOptions()
    if coder is not None:
        options = replace(options, coder=coder)
    if path.is_dir() and (path / DATABASE).is_file():
        path = path / DATABASE
    formats = ", ".join(f"{known.title} ({' '.join(known.suffixes)})" for known in FORMATS)
    try:
        check_input(path)
        for candidate in FORMATS:
            if candidate.sniff(path):
                return candidate.read(path, options)
        what = _what_it_is(path)
    except FileNotFoundError:
        raise StudyError.of("There is no such file.", "Correct its name.", file=str(path)) from None
    except IsADirectoryError:
        raise StudyError.of("This is a folder.", "Name a file.", file=str(path)) from None
    except OSError as error:
        raise StudyError.of(f"The file {fault_of(error)}.", remedy_of(error), file=str(path)) from error
    if path.suffix.casefold() in TRANSCRIPT_SUFFIXES:
        raise StudyError.of(
            "This looks like a transcript, which needs no import.",
            "Put it into the study's folder of transcripts; an import brings the codings.",
            file=str(path),
        )
    raise StudyError.of(what, f"Formats that can be imported: {formats}.", file=str(path))


def _what_it_is(path: Path) -> str:
    if is_database(path):
        tables = ", ".join(sorted(table_names(path))[:6]) or "none"
        return f"This is a database of another program (its tables: {tables})."
    if path.suffix.casefold() in _DATABASES:
        return f"This is not an SQLite database, although it is called {path.suffix}."
    return "This is not a file of a known program."
