"""agreement: coefficients with intervals, for a study or a bare table."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from omnistudy.cli.agreement_fit import fit_spans, fit_study, fit_table
from omnistudy.cli.exit_codes import ExitCode
from omnistudy.cli.files import write_outputs
from omnistudy.cli.messages import say, say_wrote
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
from omnistudy.results import Number, msg

if TYPE_CHECKING:
    from collections.abc import Callable

    from omnistudy.agreement.options import AgreementOptions
    from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
    from omnistudy.agreement.result.result import AgreementResult
    from omnistudy.study.model import Study
    from omnistudy.study.settings import LevelName, UnitName

KINDS = ("agreement", "disagreement")
LEVELS = "code|subcategory|category"
UNITS = "character|token|sentence|paragraph|turn|quotation|interview"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("agreement")(agreement)


def _threshold(value: float | None) -> float | None:
    if value is not None and not isfinite(value):
        raise typer.BadParameter(f"{value} is not a threshold; write for example 0.8.")
    return value


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
        str,
        typer.Option(
            metavar="jackknife|jackknife_z|bca|percentile|analytic|kalpha|none", help="Kind of interval."
        ),
    ] = "jackknife",
    cluster: Annotated[
        str | None, typer.Option(metavar="interview|unit", help="What intervals leave out or draw.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="SCOPE,…", help="overall, code, pair, interview, category, without_coder."),
    ] = None,
    confidence: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(max=MOST_DRAWS, help="Bootstrap resamples; 0 for none.")] = 10_000,
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
    units: Annotated[
        str | None, typer.Option(metavar="UNIT,…", help="Units of analysis to show side by side.")
    ] = None,
    compare_rounds: Annotated[
        str | None, typer.Option(metavar="A,B", help="Difference between two rounds, second minus first.")
    ] = None,
    compare_coders: Annotated[
        str | None, typer.Option(metavar="a,b:c,d", help="Difference between two groups of coders.")
    ] = None,
    retest: Annotated[
        bool, typer.Option("--retest", help="Compare each coder with their own earlier round.")
    ] = False,
    ratings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the unit × coder table as CSV for SPSS or R.")
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xlsx", help="Write the disagreements to be decided; import reads it back."
        ),
    ] = None,
    cross_check: Annotated[
        bool, typer.Option("--cross-check", help="Recompute with krippendorff, statsmodels and scikit-learn.")
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option(callback=_threshold, help="Exit with 1 when an overall value is below this."),
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
    from omnistudy.agreement.ratings.weights import WEIGHT_SETS
    from omnistudy.cli.agreement_files import disagreement_sheet, ratings_csv, read_categories, read_weights

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
        disagreements=disagreements or sheet is not None,
        units=_units(units),
        compare_rounds=_rounds(compare_rounds),
        compare_coders=_groups(compare_coders),
        retest=retest,
    )
    layout = TableLayout(counts=counts, length=length)
    computed = _computed(given, options, layout, cross_check=cross_check, lang=lang, quiet=quiet)
    result = computed.result
    files = {} if ratings is None else {ratings: ratings_csv(computed.ratings())}
    if sheet is not None:
        files[sheet] = disagreement_sheet(result, computed.study)
    if files:
        write_outputs(files)
        for path in files:
            say_wrote(path, lang, quiet=quiet)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    _check_threshold(result, fail_under, lang, quiet=quiet)


def _unit(value: str | None) -> UnitName | None:
    return None if value is None else cast("UnitName", one_of(value, UNITS.split("|")))


def _units(value: str | None) -> tuple[UnitName, ...]:
    names = [part.strip() for part in (value or "").split(",") if part.strip()]
    return tuple(cast("UnitName", one_of(name, UNITS.split("|"))) for name in dict.fromkeys(names))


def _rounds(value: str | None) -> tuple[str, str] | None:
    """Read ``A,B``."""
    if value is None:
        return None
    names = [part.strip() for part in value.split(",")]
    if len(names) != 2 or not all(names):
        raise typer.BadParameter(f"'{value}' does not name two rounds; write --compare-rounds A,B.")
    return names[0], names[1]


def _groups(value: str | None) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Read ``a,b:c,d``."""
    if value is None:
        return None
    groups = [tuple(name.strip() for name in part.split(",") if name.strip()) for part in value.split(":")]
    if len(groups) != 2:
        raise typer.BadParameter(f"'{value}' does not name two groups; write --compare-coders a,b:c,d.")
    return groups[0], groups[1]


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


@dataclass(frozen=True, slots=True)
class Computed:
    """A result with what the files that it may be asked to write are made of."""

    result: AgreementResult
    ratings: Callable[[], Ratings | SetRatings]
    study: Study | None = None


def _computed(
    given: Path | None,
    options: AgreementOptions,
    layout: TableLayout,
    *,
    cross_check: bool,
    lang: str,
    quiet: bool,
) -> Computed:
    from omnistudy.study.bare_table import is_table

    if given is not None and is_table(given):
        return _of_table(given, options, layout, cross_check=cross_check)
    from omnistudy.agreement.analysis import agreement_of_study
    from omnistudy.agreement.programs.cross_check_result import cross_check_of_study, raise_faults
    from omnistudy.agreement.sources.from_study import ratings_of_study

    if layout != TableLayout():
        raise typer.BadParameter("--counts and --length say how a TABLE is laid out; a study has none.")
    study = open_study(given, quiet=quiet, lang=lang)
    fit_study(study, options)
    shared = provenance(study.inputs, seed=options.seed, synthetic=study.synthetic)
    if cross_check:
        raise_faults(cross_check_of_study(study, options, shared))
    result = agreement_of_study(study, options, shared)
    return Computed(result, lambda: ratings_of_study(study, options).ratings, study)


def _of_table(path: Path, options: AgreementOptions, layout: TableLayout, *, cross_check: bool) -> Computed:
    from omnistudy.agreement.analysis import agreement_of_spans, agreement_of_table
    from omnistudy.agreement.passages.spans import as_characters, spans_of_table
    from omnistudy.agreement.programs.cross_check_result import cross_check_of_table, raise_faults
    from omnistudy.agreement.sources.from_table import (
        TableRatings,
        is_span_table,
        ratings_of_counts,
        ratings_of_table,
    )
    from omnistudy.study.bare_table import read_bare_table

    table = read_bare_table(path)
    shared = provenance([table.source], seed=options.seed, synthetic=False)
    if is_span_table(table) and not layout.counts:
        fit_spans(options)
        spans = spans_of_table(table, layout.length)
        return Computed(agreement_of_spans(spans, options, shared), lambda: as_characters(spans))
    if layout.length is not None:
        raise typer.BadParameter("--length is the length of a text; this table has no columns start and end.")

    def of_round(name: str | None) -> TableRatings:
        return ratings_of_table(table, options.categories, round_wanted=name)

    read = TableRatings(ratings_of_counts(table)) if layout.counts else of_round(options.round)
    rounds = None
    if options.compare_rounds is not None:
        if layout.counts or not any(name.casefold().strip() == "round" for name in table.columns):
            raise typer.BadParameter("--compare-rounds needs a long table with a column round, or a study.")
        first, second = (of_round(name).ratings for name in options.compare_rounds)
        rounds = (first, second)
    fit_table(table, read.ratings, options, counts=layout.counts)
    if cross_check:
        raise_faults(cross_check_of_table(read.ratings, shared))
    result = agreement_of_table(read.ratings, options, shared, notes=read.notes, rounds=rounds)
    return Computed(result, lambda: read.ratings)


def _check_threshold(result: AgreementResult, least: float | None, lang: str, *, quiet: bool) -> None:
    """End with the code for a missed threshold when an overall value is below ``least``."""
    if least is None:
        return
    from omnistudy.agreement.result.methods import measured_by
    from omnistudy.agreement.result.tables import AGGREGATES

    overall = [row for row in result.rows if row.scope == "overall"]
    below = [row for row in overall if row.value is not None and row.value < least]
    if all(row.value is None for row in overall):
        say(msg("No overall value exists, so the threshold could not be judged."), lang, quiet=quiet)
    for row in below:
        found = msg(
            "{coefficient} ({aggregate}) is {value}, below {least}.",
            coefficient=measured_by(row),
            aggregate=AGGREGATES[row.aggregate],
            value=Number(row.value),
            least=Number(least),
        )
        say(found, lang, quiet=quiet)
    if below:
        raise typer.Exit(ExitCode.MISSED)
