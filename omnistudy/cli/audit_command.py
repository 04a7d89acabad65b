"""audit: where a printed coefficient comes from, and what a study can show for its quality."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    StudyArgument,
    provenance,
)
from omnistudy.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(
        help="Check what is printed or claimed: kappa, Holsti, content validity, trustworthiness.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("kappa")(kappa)
    group.command("holsti")(holsti)
    group.command("cvr")(cvr)
    group.command("trustworthiness")(trustworthiness)
    app.add_typer(group, name="audit")


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


def holsti(
    first: Annotated[str, typer.Argument(metavar="N1", help="Codes of the first pass or coder.")],
    second: Annotated[str, typer.Argument(metavar="N2", help="Codes of the second pass or coder.")],
    agreements: Annotated[str, typer.Argument(metavar="M", help="Codes that both gave.")],
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Give the per cent of agreement of a test–retest or of two coders from three counts."""
    from omnistudy.agreement.rounds.two_passes import audit_passes

    result = audit_passes(
        _count(first, "N1"),
        _count(second, "N2"),
        _count(agreements, "M"),
        provenance((), seed=None, synthetic=False),
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def cvr(
    sheet: Annotated[
        Path, typer.Argument(metavar="SHEET", help="A table of item, expert and rating (CSV, TSV, XLSX).")
    ],
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Compute the content validity ratio of each item of an experts' sheet, and the index."""
    from omnistudy.study.bare_table import read_bare_table
    from omnistudy.theory.trustworthiness.validity_result import validity_of

    table = read_bare_table(sheet)
    result = validity_of(table, provenance([table.source], seed=None, synthetic=False))
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def trustworthiness(
    study: StudyArgument = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List member checks and what was done under each criterion of trustworthiness; gaps are named."""
    from omnistudy.theory.trustworthiness.analysis import trustworthiness_of

    loaded = open_study(study, quiet=quiet, lang=lang)
    result = trustworthiness_of(loaded, provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic))
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _count(text: str, name: str) -> int:
    """Read a whole number in any script's digits."""
    if not text.strip().isdecimal():
        raise typer.BadParameter(f"{name} is '{text}', and a count is a whole number from 0.")
    return int(text)
