"""import: other programs' files into a study, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.files import refuse_if_changed, writing
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
from omnistudy.results import msg

if TYPE_CHECKING:
    from omnistudy.formats.into_study.existing import ExistingStudy
    from omnistudy.formats.reading.options import ReadOptions

OffsetsOption = Annotated[
    str,
    typer.Option(
        "--offsets",
        metavar="unit=…,newline=…,bom=…,end=…",
        help="How the files count: unit=codepoint|utf16|utf8, newline=1|2, bom=skip|count, end=exclusive|inclusive.",
    ),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Refuse a file unless every stored snippet is found in its place.")
]
SplitOption = Annotated[
    str | None,
    typer.Option("--split", metavar="TEXT", help="Split code names into paths at TEXT, for example ::"),
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="How old text tables are written: cp1256, …")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help='Which column holds what: --map quote="Passage".'),
]
TwinsOption = Annotated[
    bool, typer.Option("--keep-twins", help="QualCoder: keep a category and its code of the same name apart.")
]
FillDownOption = Annotated[
    bool,
    typer.Option("--fill-down", help="Sheets: an empty interview, coder or code repeats the one above."),
]
CoderFromOption = Annotated[
    str | None,
    typer.Option("--coder-from", metavar="group", help="Take the document group for the coder (MAXQDA)."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("import")(import_files)


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of other programs.")],
    into: Annotated[Path, typer.Option("--into", metavar="STUDY", help="The study that takes them in.")],
    coder: Annotated[
        str | None, typer.Option("--coder", metavar="NAME", help="Who coded, for files that do not say.")
    ] = None,
    offsets: OffsetsOption = "",
    strict: StrictOption = False,
    split: SplitOption = None,
    encoding: EncodingOption = None,
    map_: MapOption = None,
    keep_twins: TwinsOption = False,
    coder_from: CoderFromOption = None,
    fill_down: FillDownOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring other programs' files into a study: what was read, left out, verified."""
    from dataclasses import replace

    from omnistudy.formats.into_study.existing import existing_study
    from omnistudy.formats.into_study.growth import into_study
    from omnistudy.formats.into_study.result import ImportResult
    from omnistudy.formats.registry import read_project
    from omnistudy.results import InputFile
    from omnistudy.study.load import find_study

    folder = find_study(into, Path.cwd())
    with writing(folder) as write:
        study = existing_study(folder)
        options = replace(
            read_options(study, offsets=offsets, strict=strict, split=split, encoding=encoding, columns=map_),
            coder=coder,
            keep_twins=keep_twins,
            coder_from_group=_from_group(coder_from),
            fill_down=fill_down,
        )
        projects = [read_project(path, options=options) for path in files]
        plan = into_study(projects, study)
        if not dry_run:
            refuse_if_changed(folder, study.files, plan.files)
            write({folder / path: data for path, data in plan.files.items()})
    inputs = [InputFile(str(path), project.sha256) for path, project in zip(files, projects, strict=True)]
    shared = provenance(inputs, seed=None, synthetic=False)
    result = ImportResult(plan=plan, dry_run=dry_run, provenance=shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    if plan.files and not dry_run:
        say_next(msg("Next: {command}", command=command_line("check", into)), lang, quiet=quiet)


def read_options(
    study: ExistingStudy,
    *,
    offsets: str,
    strict: bool,
    split: str | None,
    encoding: str | None,
    columns: list[str] | None,
) -> ReadOptions:
    """Build what all files of one command line are read with."""
    from omnistudy.formats.into_study.existing import excerpt_names, texts_by_name
    from omnistudy.formats.reading.options import ReadOptions, parsed_offsets

    return ReadOptions(
        offsets=parsed_offsets(offsets),
        strict=strict,
        split=split,
        encoding=encoding,
        columns=dict(_pair(written, "FIELD=COLUMN") for written in columns or ()),
        texts=texts_by_name(study),
        excerpts=excerpt_names(study),
    )


def _pair(written: str, form: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise typer.BadParameter(f"'{written}' is not of the form {form}.")
    return name.strip(), value.strip()


def _from_group(value: str | None) -> bool:
    if value not in {None, "group"}:
        raise typer.BadParameter(f"'{value}' is not a place of the coder's name: group.")
    return value == "group"
