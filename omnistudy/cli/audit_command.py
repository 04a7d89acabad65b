"""audit: where a printed coefficient comes from."""

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
    """Add the commands to the command line."""
    group = typer.Typer(
        help="Find the formula behind a printed coefficient.", no_args_is_help=True, rich_markup_mode=None
    )
    # With a callback the only command keeps its name: omnistudy audit kappa.
    group.callback()(_group)
    group.command("kappa")(kappa)
    app.add_typer(group, name="audit")


def _group() -> None:
    """Find the formula behind a printed coefficient."""


def kappa(
    a: Annotated[str, typer.Argument(metavar="A", help="Units that both coders coded.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Units that only the first coded.")],
    c: Annotated[str, typer.Argument(metavar="C", help="Units that only the second coded.")],
    d: Annotated[
        str, typer.Argument(metavar="D", help="Units that neither coded; - where nobody counted them.")
    ],
    printed: Annotated[
        str | None, typer.Option(metavar="K", help="The printed value, with the digits as printed.")
    ] = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Evaluate every known formula on a 2 × 2 table, and name those that give the printed kappa."""
    from omnistudy.agreement.audit import audit_kappa

    cells = [_count(cell, name) for cell, name in zip((a, b, c), "ABC", strict=True)]
    fourth = None if d.strip() == "-" else _count(d, "D")
    shared = provenance((), seed=None, synthetic=False)
    result = audit_kappa(cells[0], cells[1], cells[2], fourth, shared, printed)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _count(text: str, name: str) -> int:
    """Read a whole number in any script's digits."""
    if not text.strip().isdecimal():
        raise typer.BadParameter(f"{name} is '{text}', and a count is a whole number from 0.")
    return int(text)
