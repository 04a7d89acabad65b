"""paradigm: the model with its evidence, the lint, the diagram, the stability."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.files import write_outputs
from omnistudy.cli.messages import say_wrote
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    MOST_DRAWS,
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
from omnistudy.cli.output import emit

if TYPE_CHECKING:
    from omnistudy.theory.paradigm.result import ParadigmResult

SUFFIXES = (".svg", ".png", ".dot", ".graphml")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("paradigm")(paradigm)


def paradigm(
    study: StudyArgument = None,
    strict: Annotated[bool, typer.Option("--strict", help="Read the table of arrows as written.")] = False,
    resamples: Annotated[
        int, typer.Option(min=0, max=MOST_DRAWS, help="Resamples of interviews for the stability.")
    ] = 2000,
    diagram: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write the diagram: FILE.svg, FILE.png, FILE.dot or FILE.graphml."
        ),
    ] = None,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Build the paradigm model from roles, relations and codings, and check it."""
    from omnistudy.theory.paradigm.result import ParadigmOptions, paradigm_of

    loaded = open_study(study, quiet=quiet, lang=lang)
    options = ParadigmOptions(strict=strict, resamples=resamples, seed=seed)
    result = paradigm_of(loaded, options, provenance(loaded.inputs, seed=seed, synthetic=loaded.synthetic))
    if diagram is not None:
        write_outputs({diagram: _drawn(result, diagram, lang)})
        say_wrote(diagram, lang, quiet=quiet)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _drawn(result: ParadigmResult, diagram: Path, lang: str) -> bytes:
    """Return the diagram in the format that the file's name asks for."""
    suffix = diagram.suffix.casefold()
    if suffix not in SUFFIXES:
        raise typer.BadParameter(
            f"The diagram is written as {', '.join(SUFFIXES)}; '{diagram.name}' is none of them."
        )
    if not result.model.nodes:
        raise typer.BadParameter("The study has no category with a role, so there is no diagram to write.")
    if suffix in {".svg", ".png"}:
        from omnistudy.cli.figures import figure_files

        return figure_files((result,), lang, "png" if suffix == ".png" else "svg")["paradigm"]
    from omnistudy.render.language import language
    from omnistudy.render.words import SYNTHETIC
    from omnistudy.theory.paradigm.graph_files import dot, graphml

    write = dot if suffix == ".dot" else graphml
    mark = SYNTHETIC if result.provenance.synthetic else None
    return write(result.model, language=lang, words=language(lang).text, synthetic=mark).encode("utf-8")
