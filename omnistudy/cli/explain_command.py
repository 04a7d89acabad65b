"""explain: what a coefficient, measure or term means, and what the JSON of a command holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.files import write_outputs
from omnistudy.cli.messages import say_wrote
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
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema",
            metavar="COMMAND",
            help="Print the JSON Schema of a command's output, for example 'crm clv'; 'all' names them.",
        ),
    ] = None,
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Explain a coefficient, measure or term: meaning, use, formula, source."""
    if schema is not None:
        if term is not None:
            raise typer.BadParameter("Ask for a term or for a schema, not for both.")
        _show_schema(schema, output, lang, quiet=quiet)
        return
    from omnistudy.explain import explain as explained

    result = explained(term, provenance((), seed=None, synthetic=False))
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _show_schema(command: str, output: Path | None, lang: str, *, quiet: bool) -> None:
    """Print a schema as it is shipped: it is JSON whatever format was asked for."""
    from omnistudy.cli.schemas import INDEX, schema_bytes

    data = schema_bytes(INDEX if command == "all" else command)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_outputs({output: data})
        say_wrote(output, lang, quiet=quiet)
