"""plan: how much to double-code and how many interviews to hold."""

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

PowerOption = Annotated[float, typer.Option(help="Probability of succeeding.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(
        help="Plan a study: units to double-code, interviews to hold.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("agreement")(agreement)
    group.command("themes")(themes)
    app.add_typer(group, name="plan")


def agreement(
    kappa: Annotated[float, typer.Option(help="Agreement that you expect.")] = 0.80,
    above: Annotated[float, typer.Option(help="Agreement that it is to be shown to exceed.")] = 0.667,
    prevalence: Annotated[float, typer.Option(help="Share of units that carry the code.")] = 0.30,
    half_width: Annotated[float, typer.Option(help="Wanted half width of the interval.")] = 0.10,
    power: PowerOption = 0.80,
    confidence: Annotated[float, typer.Option(help="Level of the interval.")] = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say how many units two coders have to code both, for a narrow interval and for a firm verdict."""
    from omnistudy.agreement.planning import AgreementPlan

    result = AgreementPlan(
        provenance=provenance((), seed=None, synthetic=False),
        kappa=kappa,
        above=above,
        prevalence=prevalence,
        half_width=half_width,
        power=power,
        confidence=confidence,
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def themes(
    prevalence: Annotated[float, typer.Option(help="Share of such people who hold the theme.")] = 0.20,
    power: PowerOption = 0.80,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say how many interviews show a theme at least once, twice and three times."""
    from omnistudy.agreement.planning import ThemePlan

    result = ThemePlan(
        provenance=provenance((), seed=None, synthetic=False), prevalence=prevalence, power=power
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
