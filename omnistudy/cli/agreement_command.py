"""agreement: coefficients with intervals, for a study or a bare table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from omnistudy.cli.exit_codes import ExitCode
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
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
from omnistudy.cli.output import emit, say

if TYPE_CHECKING:
    from omnistudy.agreement.options import AgreementOptions
    from omnistudy.agreement.result import AgreementResult
    from omnistudy.study.settings import LevelName, UnitName

KINDS = ("agreement", "disagreement")
LEVELS = "code|subcategory|category"
UNITS = "character|token|sentence|paragraph|turn|quotation|interview"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("agreement")(agreement)


def agreement(
    given: Annotated[
        Path | None,
        typer.Argument(metavar="[STUDY|TABLE]", help="A study, or a CSV, TSV, XLSX or Parquet table."),
    ] = None,
    coefficient: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A coefficient; repeatable. See: omnistudy explain."),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(metavar="nominal|ordinal|interval|ratio|masi|jaccard", help="Metric of alpha."),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(metavar="NAME|FILE", help="identity, linear, quadratic, …, or a labelled square CSV."),
    ] = "identity",
    weights_kind: Annotated[
        str, typer.Option(metavar="agreement|disagreement", help="What the cells of a weights FILE say.")
    ] = "agreement",
    categories: Annotated[
        str | None,
        typer.Option(metavar="N|FILE", help="How many categories there were, or a file with one a line."),
    ] = None,
    length: Annotated[
        int | None, typer.Option(min=1, metavar="L", help="Length of the text, for a TABLE of spans.")
    ] = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="The TABLE is a contingency table of two coders.")
    ] = False,
    ci: Annotated[
        str, typer.Option(metavar="jackknife|bca|percentile|analytic|kalpha|none", help="Kind of interval.")
    ] = "jackknife",
    cluster: Annotated[
        str | None, typer.Option(metavar="interview|unit", help="What intervals leave out or draw.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="SCOPE,…", help="overall, code, pair, interview, category, without_coder."),
    ] = None,
    confidence: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples; 0 for none.")] = 10_000,
    unit: Annotated[
        str | None, typer.Option(metavar=UNITS, help="Unit of analysis, instead of study.toml's.")
    ] = None,
    level: Annotated[str | None, typer.Option(metavar=LEVELS, help="Level, instead of study.toml's.")] = None,
    min_overlap: Annotated[
        str | None, typer.Option(metavar="N|N%", help="Least overlap for a quotation to rate a unit.")
    ] = None,
    round: Annotated[
        str | None, typer.Option(metavar="NAME", help="Round, instead of the last independent one.")
    ] = None,
    disagreements: Annotated[
        bool,
        typer.Option("--disagreements", help="List the passages that coders disagree on, with the words."),
    ] = False,
    cross_check: Annotated[
        bool, typer.Option("--cross-check", help="Recompute with krippendorff, statsmodels and scikit-learn.")
    ] = False,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 when an overall value is below this.")
    ] = None,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Measure how far coders agree: coefficients with intervals, per code, pair and interview."""
    from omnistudy.agreement.options import AgreementOptions
    from omnistudy.agreement.weights import WEIGHT_SETS
    from omnistudy.cli.agreement_files import read_categories, read_weights

    is_file = weights not in WEIGHT_SETS and Path(weights).is_file()
    matrix = read_weights(Path(weights), one_of(weights_kind, KINDS)) if is_file else None
    options = AgreementOptions(
        coefficients=tuple(coefficient or ()),
        metric=metric,
        weights="identity" if matrix is not None else weights,
        weight_matrix=matrix,
        categories=read_categories(categories),
        ci=ci,
        cluster=cluster,
        by=tuple(part.strip() for part in by.split(",") if part.strip()) if by else (),
        confidence=confidence,
        resamples=resamples,
        seed=seed,
        unit=_unit(unit),
        level=_level(level),
        min_overlap=_overlap(min_overlap),
        round=round,
        disagreements=disagreements,
    )
    layout = TableLayout(counts=counts, length=length)
    result = _computed(given, options, layout, cross_check=cross_check, quiet=quiet)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    _check_threshold(result, fail_under, quiet=quiet)


def _unit(value: str | None) -> UnitName | None:
    return None if value is None else cast("UnitName", one_of(value, UNITS.split("|")))


def _level(value: str | None) -> LevelName | None:
    return None if value is None else cast("LevelName", one_of(value, LEVELS.split("|")))


def _overlap(value: str | None) -> int | str | None:
    """Read ``3`` as characters and ``50%`` as a share."""
    if value is None or value.endswith("%"):
        return value
    if not value.isdecimal() or int(value) < 1:
        raise typer.BadParameter(
            f"'{value}' is neither a number of characters from 1 nor a share such as 50%."
        )
    return int(value)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """What the command line says of a bare table: a contingency table, or the length of a text of spans."""

    counts: bool = False
    length: int | None = None


def _computed(
    given: Path | None, options: AgreementOptions, layout: TableLayout, *, cross_check: bool, quiet: bool
) -> AgreementResult:
    from omnistudy.study.bare_table import is_table

    if given is not None and is_table(given):
        return _of_table(given, options, layout, cross_check=cross_check)
    from omnistudy.agreement.analysis import agreement_of_study
    from omnistudy.agreement.cross_check_result import cross_check_of_study, raise_faults

    if layout != TableLayout():
        raise typer.BadParameter("--counts and --length say how a TABLE is laid out; a study has none.")
    study = open_study(given, quiet=quiet)
    shared = provenance(study.inputs, seed=options.seed, synthetic=study.synthetic)
    if cross_check:
        raise_faults(cross_check_of_study(study, options, shared))
    return agreement_of_study(study, options, shared)


def _of_table(
    path: Path, options: AgreementOptions, layout: TableLayout, *, cross_check: bool
) -> AgreementResult:
    from omnistudy.agreement.analysis import agreement_of_spans, agreement_of_table
    from omnistudy.agreement.cross_check_result import cross_check_of_table, raise_faults
    from omnistudy.agreement.from_table import (
        TableRatings,
        is_span_table,
        ratings_of_counts,
        ratings_of_table,
    )
    from omnistudy.agreement.spans import spans_of_table
    from omnistudy.study.bare_table import read_bare_table

    table = read_bare_table(path)
    shared = provenance([table.source], seed=options.seed, synthetic=False)
    if is_span_table(table) and not layout.counts:
        return agreement_of_spans(spans_of_table(table, layout.length), options, shared)
    if layout.length is not None:
        raise typer.BadParameter("--length is the length of a text; this table has no columns start and end.")
    read = (
        TableRatings(ratings_of_counts(table))
        if layout.counts
        else ratings_of_table(table, options.categories, round_wanted=options.round)
    )
    if cross_check:
        raise_faults(cross_check_of_table(read.ratings, shared))
    return agreement_of_table(read.ratings, options, shared, notes=read.notes)


def _check_threshold(result: AgreementResult, least: float | None, *, quiet: bool) -> None:
    """End with the code for a missed threshold when an overall value is below ``least``."""
    if least is None:
        return
    below = [
        row for row in result.rows if row.scope == "overall" and row.value is not None and row.value < least
    ]
    for row in below:
        say(f"{row.coefficient} ({row.aggregate}) is {row.value:.4g}, below {least:g}.", quiet=quiet)
    if below:
        raise typer.Exit(ExitCode.MISSED)
