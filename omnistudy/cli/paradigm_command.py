"""paradigm: the model with its evidence, the lint, the diagram, the stability."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    SeedOption,
    StudyArgument,
    provenance,
)
from omnistudy.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("paradigm")(paradigm)


def paradigm(
    study: StudyArgument = None,
    strict: Annotated[bool, typer.Option("--strict", help="Read the table of arrows as written.")] = False,
    resamples: Annotated[int, typer.Option(min=0, help="Resamples of interviews for the stability.")] = 2000,
    diagram: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also write the diagram of the model as SVG.")
    ] = None,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Build the paradigm model from roles, relations and codings, and check it."""
    from omnistudy.theory.paradigm_result import ParadigmOptions, paradigm_of

    loaded = open_study(study, quiet=quiet)
    options = ParadigmOptions(strict=strict, resamples=resamples, seed=seed)
    result = paradigm_of(loaded, options, provenance(loaded.inputs, seed=seed, synthetic=loaded.synthetic))
    if diagram is not None:
        from omnistudy.cli.figures import figure_files

        files = figure_files((result,), lang)
        if not files:
            raise typer.BadParameter(
                "The study has no category with a role, so there is no diagram to write."
            )
        write_all({diagram: next(iter(files.values()))})
        say(f"Wrote {diagram}", quiet=quiet)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
