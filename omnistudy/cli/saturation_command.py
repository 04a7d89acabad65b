"""saturation: when new codes stop coming, over orders, and how many more there may be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    one_of,
    provenance,
)
from omnistudy.cli.output import emit

if TYPE_CHECKING:
    from omnistudy.theory.saturation.result import SaturationOptions, SaturationResult

LEVELS = ("code", "subcategory", "category")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("saturation")(saturation)


def _level(value: str | None) -> str | None:
    return None if value is None else one_of(value, LEVELS)


def _shares(values: list[float] | None) -> list[float]:
    if any(not 0 <= value < 1 for value in values or ()):
        raise typer.BadParameter("A threshold is a share of new codes from 0 to below 1.")
    # Older versions of typer take the length of what comes back, also where no threshold was given.
    return values or []


def saturation(
    given: Annotated[
        Path | None,
        typer.Argument(metavar="[STUDY|TABLE]", help="A study, or a table of interview,code or of 0 and 1."),
    ] = None,
    base: Annotated[
        list[int] | None, typer.Option(min=1, help="Interviews of the base; repeatable. Default 4, 5, 6.")
    ] = None,
    run: Annotated[
        list[int] | None, typer.Option(min=1, help="Interviews of a run; repeatable. Default 2, 3.")
    ] = None,
    threshold: Annotated[
        list[float] | None,
        typer.Option(
            callback=_shares, help="Share of new codes that is still saturated; repeatable. Default 0.05, 0."
        ),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(callback=_level, metavar="|".join(LEVELS), help="Count a study at this level: code."),
    ] = None,
    permutations: Annotated[
        int,
        typer.Option(
            min=0, max=MOST_DRAWS, help="Random orders of the interviews; up to 8 interviews all orders."
        ),
    ] = 10_000,
    frame: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Leave out this code and those under it, as given; repeatable."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the curve of the codes: FILE.svg or FILE.png."),
    ] = None,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Judge the saturation of codes: new codes per interview, Guest's rule, order sensitivity, richness."""
    from omnistudy.study.model import Level
    from omnistudy.theory.saturation.result import SaturationOptions

    defaults = SaturationOptions()
    options = SaturationOptions(
        bases=tuple(dict.fromkeys(base or ())) or defaults.bases,
        runs=tuple(dict.fromkeys(run or ())) or defaults.runs,
        thresholds=tuple(dict.fromkeys(threshold or ())) or defaults.thresholds,
        level=Level.CODE if level is None else Level(level),
        orders=permutations,
        seed=seed,
        frame=frozenset(frame or ()),
    )
    result = _computed(given, options, study_only=level is not None or bool(frame), lang=lang, quiet=quiet)
    if plot is not None:
        _write_plot(result, plot, lang, quiet=quiet)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _computed(
    given: Path | None, options: SaturationOptions, *, study_only: bool, lang: str, quiet: bool
) -> SaturationResult:
    from omnistudy.study.bare_table import is_table, read_bare_table
    from omnistudy.theory.saturation.occurrence_table import occurrence_of_table
    from omnistudy.theory.saturation.result import saturation_of, saturation_of_table

    if given is not None and is_table(given):
        if study_only:
            raise typer.BadParameter("--level and --frame need a codebook; a TABLE has none.")
        table = read_bare_table(given)
        shared = provenance([table.source], seed=options.seed, synthetic=False)
        return saturation_of_table(occurrence_of_table(table), options, shared)
    study = open_study(given, quiet=quiet, lang=lang)
    return saturation_of(
        study, options, provenance(study.inputs, seed=options.seed, synthetic=study.synthetic)
    )


def _write_plot(result: SaturationResult, plot: Path, lang: str, *, quiet: bool) -> None:
    from omnistudy.cli.figures import figure_files
    from omnistudy.cli.files import write_outputs

    if plot.suffix.casefold() not in {".svg", ".png"}:
        raise typer.BadParameter("The plot is written as SVG or PNG: name it FILE.svg or FILE.png.")
    drawn = figure_files((result,), lang, "png" if plot.suffix.casefold() == ".png" else "svg")
    if "saturation" not in drawn:
        raise typer.BadParameter("A curve needs two interviews and one code, so there is no plot to write.")
    write_outputs({plot: drawn["saturation"]})
    say_wrote(plot, lang, quiet=quiet)
