"""explain: what a coefficient, measure or term means, when to use it, its formula and source."""

from __future__ import annotations

from typing import Annotated

import typer

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


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("explain")(explain)


def explain(
    term: Annotated[
        str | None, typer.Argument(metavar="[TERM]", help="A term; omitted, all are listed.")
    ] = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Explain a coefficient, measure or term: meaning, use, formula, source."""
    from omnistudy.explain import explain as explained

    result = explained(term, provenance((), seed=None, synthetic=False))
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
