"""merge: further coders' files into a study, every coding counted."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.files import refuse_if_changed, writing
from omnistudy.cli.import_command import (
    EncodingOption,
    MapOption,
    OffsetsOption,
    SplitOption,
    StrictOption,
    read_options,
)
from omnistudy.cli.messages import say
from omnistudy.cli.next_step import command_line, say_next
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    provenance,
)
from omnistudy.cli.output import emit
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import msg

if TYPE_CHECKING:
    from omnistudy.formats.reading.imported import ImportedProject
    from omnistudy.formats.reading.options import ReadOptions


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("merge")(merge_files)


def merge_files(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="The study that takes them in.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of its coders.")],
    coder: Annotated[
        list[str] | None, typer.Option("--coder", metavar="FILE=NAME", help="Who coded a file.")
    ] = None,
    coder_map: Annotated[
        Path | None,
        typer.Option("--coder-map", metavar="FILE", help="Table of file, name in it (native_id), and coder."),
    ] = None,
    coding_round: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Round of codings whose file names none.")
    ] = "",
    offsets: OffsetsOption = "",
    strict: StrictOption = False,
    split: SplitOption = None,
    encoding: EncodingOption = None,
    map_: MapOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Unite the work of several coders: texts matched by content, count in = count out."""
    from omnistudy.formats.into_study.existing import existing_study
    from omnistudy.formats.merging.merge import merge
    from omnistudy.formats.merging.result import MergeResult
    from omnistudy.results import InputFile
    from omnistudy.study.load import find_study

    folder = find_study(study, Path.cwd())
    aliases = _coder_map(coder_map)
    named = _coders_of(files, coder or [])
    with writing(folder) as write:
        existing = existing_study(folder)
        options = read_options(
            existing, offsets=offsets, strict=strict, split=split, encoding=encoding, columns=map_
        )
        projects = [_read(path, named.get(path), aliases, options) for path in files]
        for path, project in zip(files, projects, strict=True):
            if path in named and len(project.coders) == 1:
                aliases[project.file, project.coders[0]] = named[path]
        merged = merge(projects, existing, aliases=aliases, coding_round=coding_round)
        if not dry_run:
            refuse_if_changed(folder, existing.files, merged.plan.files)
            write({folder / path: data for path, data in merged.plan.files.items()})
    inputs = [InputFile(str(path), project.sha256) for path, project in zip(files, projects, strict=True)]
    shared = provenance(inputs, seed=None, synthetic=existing.settings.study.synthetic)
    result = MergeResult(plan=merged.plan, merged=merged, dry_run=dry_run, provenance=shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    if existing.settings.codings.seen and any(row.how == "new" for row in merged.coders):
        seen = str(existing.settings.codings.seen)
        say(msg("Add the new coders to {file}: who saw which interview.", file=seen), lang, quiet=quiet)
    if merged.plan.files and not dry_run:
        say_next(msg("Next: {command}", command=command_line("check", study)), lang, quiet=quiet)


def _read(
    path: Path, coder: str | None, aliases: dict[tuple[str, str], str], options: ReadOptions
) -> ImportedProject:
    """Read a file; a stock name that the alias table lists is the coder of the file."""
    from dataclasses import replace

    from omnistudy.formats.reading.coders import is_stock
    from omnistudy.formats.registry import read_project

    listed = [name for (file, native), name in aliases.items() if file == path.name and is_stock(native)]
    return read_project(path, options=replace(options, coder=coder or (listed[0] if listed else None)))


def _coders_of(files: list[Path], written: list[str]) -> dict[Path, str]:
    """Return the coder of every file that is named; a file may be named without its folder."""
    found: dict[Path, str] = {}
    for each in written:
        file, equals, name = each.rpartition("=")
        matching = [path for path in files if file in {str(path), path.name}]
        if not equals or not name.strip() or len(matching) != 1:
            near = did_you_mean(file, [path.name for path in files])
            raise typer.BadParameter(f"'{each}' is not FILE=NAME with one of the files. {near}".rstrip())
        found[matching[0]] = " ".join(name.split())
    return found


def _coder_map(path: Path | None) -> dict[tuple[str, str], str]:
    """Read the alias table: file, native_id (or name), coder."""
    if path is None:
        return {}
    from omnistudy.study.input_files import fault_of, read_input

    try:
        text = read_input(path).decode("utf-8-sig")
    except OSError as error:
        raise StudyError.of(f"The file {fault_of(error)}.", "Name the alias table.", file=str(path)) from None
    except UnicodeDecodeError:
        raise StudyError.of("This is not UTF-8 text.", "Save the table as UTF-8.", file=str(path)) from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = [column.strip().casefold() for column in rows.fieldnames or ()]
    native = "native_id" if "native_id" in columns else "name"
    if not {"file", native, "coder"} <= set(columns):
        raise StudyError.of(
            "The alias table needs the columns file, native_id and coder.",
            "Write a row for every name in every file.",
            file=str(path),
            row=1,
        )
    rows.fieldnames = columns
    return {
        (row["file"].strip(), (row[native] or "").strip()): row["coder"].strip()
        for row in rows
        if (row["coder"] or "").strip()
    }
