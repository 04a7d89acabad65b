"""export: a study for other programs, or its model for later studies."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.files import write_outputs
from omnistudy.cli.messages import say_wrote
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    StudyArgument,
    one_of,
    provenance,
)
from omnistudy.cli.output import emit

if TYPE_CHECKING:
    from omnistudy.formats.exported import KeptTables
    from omnistudy.study.model import Study


def _reference(study: Study) -> bytes:
    from omnistudy.replication.export_reference import reference_of

    return reference_of(study)


TARGETS: Mapping[str, Callable[[Study], bytes]] = MappingProxyType({"reference": _reference})
"""Target to the function that makes its bytes from a study."""

FILE_TARGETS = ("qdpx", "qdc", "csv", "xlsx")
"""Targets for other programs: the rows of ``formats.targets.EXPORT_TARGETS``."""

PROGRAMS = ("nvivo",)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("export")(export)


def _target(value: str) -> str:
    return one_of(value, (*FILE_TARGETS, *TARGETS))


def _program(value: str | None) -> str | None:
    return None if value is None else one_of(value, PROGRAMS)


def export(
    study: StudyArgument = None,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            callback=_target,
            metavar="|".join((*FILE_TARGETS, *TARGETS)),
            help="What to make of it.",
        ),
    ] = "reference",
    program: Annotated[
        str | None,
        typer.Option("--for", callback=_program, metavar="|".join(PROGRAMS), help="Write qdpx as it does."),
    ] = None,
    output: OutputOption = None,
    format: FormatOption = "table",
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a study for other programs; reference makes its model one that later studies are compared with.

    A file for other programs goes to --output, else to reports/<study id>/, and what it cannot hold is
    reported.
    """
    if program is not None and to != "qdpx":
        raise typer.BadParameter("--for goes with --to qdpx only.")
    loaded = open_study(study, quiet=quiet, lang=lang)
    if to in FILE_TARGETS:
        _write_file(
            loaded, study, to, program, OutputOptions(format=format, output=output, lang=lang, quiet=quiet)
        )
        return
    data = TARGETS[to](loaded)
    if output is not None:
        write_outputs({Path(output): data})
        say_wrote(output, lang, quiet=quiet)
    if format != "table":
        _emit_model(loaded, data, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    elif output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _emit_model(study: Study, data: bytes, options: OutputOptions) -> None:
    """Answer a program: the model stands inside the answer where no file was named."""
    from omnistudy.replication.model_export import ModelExport

    result = ModelExport(
        provenance=provenance(study.inputs, seed=None, synthetic=study.synthetic),
        text=data.decode("utf-8"),
        file=None if options.output is None else options.output.as_posix(),
    )
    emit(result, OutputOptions(format=options.format, lang=options.lang, quiet=options.quiet))


def _write_file(
    study: Study, given: Path | None, to: str, program: str | None, options: OutputOptions
) -> None:
    from omnistudy.formats.export_result import ExportResult
    from omnistudy.formats.targets import EXPORT_TARGETS
    from omnistudy.study.load import find_study

    target = next(each for each in EXPORT_TARGETS if each.name == to)
    write = target.write if program is None else dict(target.programs)[program]
    exported = write(study, _kept(find_study(given, Path.cwd())))
    file = options.output or Path("reports") / study.id / f"{study.id}{target.suffix}"
    write_outputs({file: exported.data})
    say_wrote(file, options.lang, quiet=options.quiet)
    shared = provenance(study.inputs, seed=None, synthetic=study.synthetic)
    result = ExportResult(target=to, file=file.as_posix(), exported=exported, provenance=shared)
    emit(result, OutputOptions(format=options.format, lang=options.lang, quiet=options.quiet))


def _kept(folder: Path) -> KeptTables:
    """Read the tables of a study that imports write and analyses do not read."""
    from omnistudy.formats.exported import KeptTables
    from omnistudy.formats.into_study.csv_text import parse_csv
    from omnistudy.formats.into_study.existing import QUOTATIONS, SETS

    def rows(name: str) -> tuple[Mapping[str, str], ...]:
        path = folder / name
        return parse_csv(path.read_bytes()).rows if path.is_file() else ()

    return KeptTables(quotations=rows(QUOTATIONS), sets=rows(SETS))
