"""Agreement of a study or of a table: which scopes, which tables, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import combinations
from typing import TypeVar

import numpy as np

from omnistudy.agreement.coefficients.registry import COEFFICIENTS, DEFAULT_SPANS, defaults
from omnistudy.agreement.options import SCOPES, AgreementOptions
from omnistudy.agreement.passages.span_rows import rows_of_spans
from omnistudy.agreement.passages.spans import SpanRatings, as_characters, merge_notes, spans_of_study
from omnistudy.agreement.ratings.counts import tally
from omnistudy.agreement.ratings.rating_table import MISSING, Ratings, SetRatings
from omnistudy.agreement.ratings.threads import one_thread
from omnistudy.agreement.result.disagreements import Disagreement, disagreements_of
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.agreement.result.side_tables import side_tables_of_study, side_tables_of_table
from omnistudy.agreement.result.subject import Subject
from omnistudy.agreement.scopes.cases import build_case, coefficients_for
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.scopes.scope import Scope, row_of, run, sampling_for
from omnistudy.agreement.scopes.set_rows import code_outcomes, code_rows, codes_in_use, overall_rows
from omnistudy.agreement.sources.from_study import StudyRatings, ratings_of_study
from omnistudy.errors import StudyError
from omnistudy.results import Kind, Message, Number, Provenance, msg
from omnistudy.study.model import Level, Study

_AnyRatings = TypeVar("_AnyRatings", Ratings, SetRatings)

STUDY_SCOPES = ("overall", "code", "pair", "interview")


@one_thread
def agreement_of_study(study: Study, options: AgreementOptions, provenance: Provenance) -> AgreementResult:
    """Measure how far the coders of a study agree.

    Parameters
    ----------
    study
        The study.
    options
        What to compute; unit, level, round and overlap come from the study where they are not given.
    provenance
        Where the result comes from.

    Returns
    -------
    AgreementResult
        With fewer than two coders or no double-coded interview, a result that says so.

    Raises
    ------
    StudyError
        Settings that do not fit the study.

    Examples
    --------
    Krippendorff's alpha of the shipped demonstration study, which is synthetic, with the interval of leaving
    out one interview at a time:

    >>> from omnistudy.agreement.options import AgreementOptions
    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> from omnistudy.study.provenance import provenance_of
    >>> study = load_study(shipped_study())
    >>> options = AgreementOptions(coefficients=("krippendorff_alpha",), by=("overall",), resamples=0)
    >>> result = agreement_of_study(study, options, provenance_of(study))
    >>> alpha = result.headline
    >>> round(alpha.value, 3), round(alpha.ci_low, 3), round(alpha.ci_high, 3), alpha.cluster
    (0.751, 0.703, 0.798, 'interview')
    """
    found = ratings_of_study(study, options)
    labels = {code.id: code.label for code in study.codebook}
    subject = Subject(
        unit=found.unit,
        level=str(found.level),
        round=found.round,
        coders=found.ratings.coders,
        interviews=found.interviews,
        of_interviews=found.of_interviews,
        labels=labels,
        language=study.language,
    )
    beside = side_tables_of_study(study, found, options)
    notes: tuple[Message, ...] = (*found.notes, *beside.notes)
    if any(COEFFICIENTS[name].spans for name in options.coefficients):
        notes = (*notes, *merge_notes(spans_of_study(study, options)))
    rows: list[AgreementRow] = []
    if len(found.ratings.coders) >= 2 and found.ratings.codes:
        rows = _study_rows(study, found, options)
    else:
        subject, notes = subject.without_answer(_why_not(study, found)), beside.notes
    listed: tuple[Disagreement, ...] = ()
    if options.disagreements:
        texts = {interview.id: interview.text for interview in study.interviews}
        listed = disagreements_of(found.ratings, options.metric or "masi", texts)
    return AgreementResult(
        provenance=provenance,
        subject=subject,
        rows=tuple(rows),
        notes=notes,
        disagreements=listed,
        beside=beside,
        options=options,
    )


def _study_rows(study: Study, found: StudyRatings, options: AgreementOptions) -> list[AgreementRow]:
    wanted = options.by or STUDY_SCOPES
    scope = Scope(name="overall", unit=found.unit, assumed_seen=found.assumed_seen)
    of_spans = [name for name in options.coefficients if COEFFICIENTS[name].spans]
    rows: list[AgreementRow] = []
    if len(of_spans) < len(options.coefficients) or not options.coefficients:
        rows += _rows_of_sets(found.ratings, scope, options, wanted)
    if of_spans:
        rows += rows_of_spans(spans_of_study(study, options), scope, options, wanted)
    if "category" in wanted:
        categories = ratings_of_study(study, options, Level.CATEGORY).ratings
        upper = Scope(name="category", unit=found.unit, assumed_seen=found.assumed_seen)
        rows += code_rows(categories, code_outcomes(categories, options), upper, options)
    return ordered(rows, found.interviews)


def _why_not(study: Study, found: StudyRatings) -> Message:
    humans = study.human_coders
    who = [coder for coder in humans if any(seen.coder == coder for seen in study.seen)]
    if not who:
        return msg("Agreement cannot be computed: no human coder has coded anything yet.")
    if len(who) == 1:
        return msg(
            "Agreement cannot be computed with one coder ({coder}): a second person has to code some of the"
            " interviews independently.",
            coder=who[0],
        )
    if not found.interviews:
        return msg(
            "Agreement cannot be computed: {coders} coders coded, but no interview was coded by two of them in the"
            " same round.",
            coders=Number(len(who), Kind.COUNT),
        )
    if len(found.ratings.coders) < 2:
        return msg(
            "Agreement cannot be computed: fewer than two of the chosen coders coded the same interviews."
        )
    return msg(
        "Agreement cannot be computed: no code was applied in the interviews that several coders coded."
    )


def _measures_of_spans(
    options: AgreementOptions, scope: Scope, ratings: Ratings | SetRatings
) -> list[AgreementRow]:
    """Rows without a value for measures that a table of ratings cannot have: it holds no passages."""
    reason = msg("it measures passages of a text, and the table holds ratings of units")
    empty = {item.name: None for item in fields(AgreementRow)}
    return [
        AgreementRow(
            **{  # type: ignore[arg-type]
                **empty,
                "scope": "overall",
                "aggregate": "direct",
                "coders": ratings.coders,
                "coefficient": name,
                "metric": "nominal",
                "weights": "identity",
                "unit": scope.unit,
                "reason": reason,
                "ci_method": options.ci,
                "cluster": "unit",
                "n_clusters": 0,
                "n_units": ratings.frame.n_units,
                "n_pairable": 0,
                "n_coders": len(ratings.coders),
                "flag": (),
            }
        )
        for name in options.coefficients
        if COEFFICIENTS[name].spans
    ]


@one_thread
def agreement_of_table(
    ratings: Ratings | SetRatings,
    options: AgreementOptions,
    provenance: Provenance,
    *,
    notes: Sequence[Message] = (),
    rounds: tuple[Ratings | SetRatings, Ratings | SetRatings] | None = None,
) -> AgreementResult:
    """Measure how far the coders of a bare table agree.

    Parameters
    ----------
    ratings
        One category, or a set of codes, per unit and coder.
    options
        What to compute.
    provenance
        Where the result comes from.
    notes
        What the reader of the table has to say about it.
    rounds
        The two rounds to compare, where the options ask for it.

    Returns
    -------
    AgreementResult
        One row per scope and coefficient; with fewer than two coders a result that says so.

    Raises
    ------
    StudyError
        A metric or weights that the categories do not allow.

    Examples
    --------
    Ordinal ratings of forty units by five coders: Hayes & Krippendorff (2007), Answering the call for a
    standard reliability measure for coding data, p. 84, doi:10.1080/19312450709336664, alpha = .7598.

    >>> from omnistudy.agreement.matrices import ratings_of_matrix
    >>> from omnistudy.agreement.options import AgreementOptions
    >>> from omnistudy.study.provenance import provenance_of
    >>> units = (
    ...     "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 "
    ...     "111.1 111.1 212.2 1233. 1101. 000.0 0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. "
    ...     "1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1"
    ... ).split()
    >>> ratings = ratings_of_matrix([[None if x == "." else x for x in coder] for coder in zip(*units)])
    >>> options = AgreementOptions(coefficients=("krippendorff_alpha",), metric="ordinal", resamples=0)
    >>> row = agreement_of_table(ratings, options, provenance_of()).headline
    >>> round(row.value, 4), row.n_units, row.n_coders
    (0.7598, 40, 5)

    Its interval, from leaving out one unit at a time:

    >>> round(row.ci_low, 2), round(row.ci_high, 2)
    (0.65, 0.87)
    """
    unit = options.unit or "unit"
    wanted = options.by or ("overall",)
    if "category" in wanted:
        raise StudyError.of("A bare table has no code tree.", "Use --by code, or a study with a codebook.")
    _refuse_too_few_categories(ratings, options)
    frame = ratings.frame
    subject = Subject(
        unit=unit, coders=ratings.coders, interviews=frame.interviews, of_interviews=len(frame.interviews)
    )
    scope = Scope(name="overall", unit=unit)
    if len(ratings.coders) < 2:
        rows = []
        subject = subject.without_answer(_TOO_FEW_CODERS)
    elif isinstance(ratings, SetRatings):
        rows = _rows_of_sets(ratings, scope, options, wanted)
    else:
        rows = _rows_of_values(ratings, scope, options, wanted)
    rows = [*rows, *_measures_of_spans(options, scope, ratings)]
    if "without_coder" in wanted and len(ratings.coders) == 2:
        notes = (*notes, msg("Leaving out one of two coders leaves nobody to compare with."))
    listed = disagreements_of(ratings, options.metric, {}) if options.disagreements else ()
    return AgreementResult(
        provenance=provenance,
        subject=subject,
        rows=tuple(ordered(rows, frame.interviews)),
        notes=tuple(notes),
        disagreements=listed,
        beside=side_tables_of_table(ratings, options, rounds),
        options=options,
    )


def _refuse_too_few_categories(ratings: Ratings | SetRatings, options: AgreementOptions) -> None:
    declared = options.categories
    if isinstance(ratings, Ratings) and isinstance(declared, int) and declared < len(ratings.categories):
        raise StudyError.of(
            f"The table has {len(ratings.categories)} categories and {declared} were declared.",
            "Declare at least the categories that were used.",
        )


@one_thread
def agreement_of_spans(
    spans: SpanRatings, options: AgreementOptions, provenance: Provenance, *, notes: Sequence[Message] = ()
) -> AgreementResult:
    """Measure how far coders agree on passages of continuous texts.

    The unitizing family on the passages, and the coefficients of ratings with the character as unit.

    Parameters
    ----------
    spans
        Who marked what.
    options
        What to compute; without coefficients, the unitizing family and the defaults on characters with
        Holsti's coefficient.
    provenance
        Where the result comes from.
    notes
        What the reader of the table has to say about it.

    Returns
    -------
    AgreementResult
        Rows of the passages together and of each code; ``unit`` is ``span`` or ``character``.

    Raises
    ------
    StudyError
        Options that only a study can answer.

    Examples
    --------
    Three coders on a text of 60 characters: Krippendorff (2019), Content Analysis, 4th ed., p. 340,
    doi:10.4135/9781071878781, prints .510 for all distinctions, .413 for relevant or not, and .724 for which
    code.

    >>> from omnistudy.agreement.options import AgreementOptions
    >>> from omnistudy.agreement.passages.spans import spans_of_table
    >>> from omnistudy.study.bare_table import table_of_columns
    >>> from omnistudy.study.provenance import provenance_of
    >>> alex = [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")]
    >>> paul = [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")]
    >>> suzan = [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")]
    >>> rows = [
    ...     ("text", coder, *passage)
    ...     for coder, passages in (("Alex", alex), ("Paul", paul), ("Suzan", suzan))
    ...     for passage in passages
    ... ]
    >>> names = ("interview", "coder", "start", "end", "code")
    >>> table = table_of_columns(dict(zip(names, zip(*rows))))
    >>> options = AgreementOptions(
    ...     coefficients=("u_alpha", "u_alpha_relevance", "cu_alpha"), by=("overall",), resamples=0
    ... )
    >>> result = agreement_of_spans(spans_of_table(table, length=60), options, provenance_of(table))
    >>> {row.coefficient: round(row.value, 4) for row in result.rows if row.aggregate == "direct"}
    {'u_alpha': 0.51, 'u_alpha_relevance': 0.4136, 'cu_alpha': 0.7242}

    Where at least two coders agree that something is code 1, they agree on it; of code 7 nothing is shared:

    >>> codes = AgreementOptions(coefficients=("ku_alpha",), by=("code",), resamples=0)
    >>> rows = agreement_of_spans(spans_of_table(table, length=60), codes, provenance_of(table)).rows
    >>> {row.code: row.value for row in rows if row.code in "17"}
    {'1': 1.0, '7': None}
    """
    wanted = options.by or ("overall", "code")
    _refuse_side_tables(options)
    subject = Subject(
        unit="span", coders=spans.coders, interviews=spans.interviews, of_interviews=len(spans.interviews)
    )
    notes = (*notes, *merge_notes(spans))
    rows: list[AgreementRow] = []
    listed: tuple[Disagreement, ...] = ()
    if len(spans.coders) < 2:
        subject = subject.without_answer(_TOO_FEW_CODERS)
    else:
        characters = as_characters(spans)
        on_characters = Scope(name="overall", unit="character")
        if not options.coefficients:
            named = (*defaults(len(spans.coders)), "holsti", *DEFAULT_SPANS)
            options = replace(options, coefficients=named)
        rows = rows_of_spans(spans, on_characters, options, wanted)
        if any(not COEFFICIENTS[name].spans for name in options.coefficients):
            rows += _rows_of_sets(characters, on_characters, options, wanted)
        if options.disagreements:
            listed = disagreements_of(characters, options.metric, {})
    return AgreementResult(
        provenance=provenance,
        subject=subject,
        rows=tuple(ordered(rows, spans.interviews)),
        notes=notes,
        disagreements=listed,
        options=options,
    )


def _refuse_side_tables(options: AgreementOptions) -> None:
    if options.units or options.retest or options.compare_rounds or options.compare_coders:
        raise StudyError.of(
            "A table of passages has neither texts nor rounds, and its passages are no common units.",
            "Use --units, --retest and --compare-rounds with a study.",
        )


_TOO_FEW_CODERS = msg("Agreement cannot be computed: there is one coder, and it takes two.")


def ordered(rows: Sequence[AgreementRow], interviews: Sequence[str]) -> list[AgreementRow]:
    """Return the rows by scope, then codebook, coder names and registry; ties stay as they were made."""
    where = {name: i for i, name in enumerate(interviews)}

    def key(row: AgreementRow) -> tuple[int, int, tuple[str, ...]]:
        pair = row.coders if row.scope in {"pair", "without_coder"} else ()
        return SCOPES.index(row.scope), where.get(row.interview or "", -1), pair

    return sorted(rows, key=key)


def _parts(ratings: _AnyRatings, scope: Scope, wanted: Sequence[str]) -> Iterator[tuple[_AnyRatings, Scope]]:
    """Yield the sub-tables of the scopes that are made of fewer coders or fewer units."""
    m = len(ratings.coders)
    if "pair" in wanted:
        for pair in combinations(sorted(range(m), key=lambda g: ratings.coders[g]), 2):
            yield ratings.of_coders(sorted(pair)), replace(scope, name="pair")
    if "interview" in wanted and ratings.frame.interview is not None:
        for i, name in enumerate(ratings.frame.interviews):
            part = ratings.of_units(ratings.frame.interview == i)
            yield part, replace(scope, name="interview", interview=name)
    if "without_coder" in wanted and m > 2:
        for g in range(m):
            yield ratings.of_coders([h for h in range(m) if h != g]), replace(scope, name="without_coder")


def _rows_of_values(
    ratings: Ratings, scope: Scope, options: AgreementOptions, wanted: Sequence[str]
) -> list[AgreementRow]:
    rows: list[AgreementRow] = []
    if "overall" in wanted:
        rows += _rows_of_one(ratings, scope, options)
    if "code" in wanted:
        for category, label in enumerate(ratings.categories):
            code_scope = replace(scope, name="code", code=label)
            rows += _rows_of_one(ratings.against_the_rest(category), code_scope, options)
    for part, part_scope in _parts(ratings, scope, wanted):
        rows += _rows_of_one(_present_coders(part, part_scope), part_scope, options)
    return rows


def _present_coders(ratings: _AnyRatings, scope: Scope) -> _AnyRatings:
    """In an interview, leave out the coders who did not rate it."""
    if scope.name != "interview":
        return ratings
    table = ratings.index if isinstance(ratings, SetRatings) else ratings.codes
    active = np.flatnonzero((table != MISSING).any(axis=1))
    return ratings.of_coders([int(g) for g in active])


def _rows_of_one(ratings: Ratings, scope: Scope, options: AgreementOptions) -> list[AgreementRow]:
    counted = tally(ratings)
    cases = [
        build_case(row, ratings, counted, options) for row in coefficients_for(options, len(ratings.coders))
    ]
    sampling = sampling_for(ratings, counted, options)
    return [row_of(outcome, scope, sampling, options) for outcome in run(cases, sampling, options)]


def _rows_of_sets(
    ratings: SetRatings, scope: Scope, options: AgreementOptions, wanted: Sequence[str]
) -> list[AgreementRow]:
    rows: list[AgreementRow] = []
    if "overall" in wanted or "code" in wanted:
        outcomes = code_outcomes(ratings, options)
        if "overall" in wanted:
            rows += overall_rows(outcomes, scope, options)
        if "code" in wanted:
            rows += code_rows(ratings, outcomes, replace(scope, name="code"), options)
    for part, part_scope in _parts(ratings, scope, wanted):
        used = codes_in_use(_present_coders(part, part_scope))
        rows += overall_rows(code_outcomes(used, options), part_scope, options)
    return rows
