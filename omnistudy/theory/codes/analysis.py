"""The analysis of codes: frequencies, density, co-occurrence, cross tables, coverage, retrieval."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Message, Provenance, msg
from omnistudy.study.model import Level, Study
from omnistudy.theory.codes.result import AttributeCount, CodeCount, CodesResult
from omnistudy.theory.counts.co_occurrence import co_occurrences
from omnistudy.theory.counts.coverage import coverage_of, participants_speech
from omnistudy.theory.counts.frequencies import (
    Incidence,
    in_order,
    incidence,
    level_targets,
    tree_density,
    tree_targets,
)
from omnistudy.theory.counts.history import code_history
from omnistudy.theory.counts.retrieval import QuoteFilter, check_attribute, find_quotes
from omnistudy.theory.counts.unit_presence import unit_presence
from omnistudy.theory.terms import analysis_set_words

MOST_VALUES = 6
"""An attribute with more values than this (a date, a name) is cross-tabulated only on request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesOptions:
    """What `codes` counts.

    Parameters
    ----------
    level
        Restricts the table of codes to one level, to which everything below is rolled up, and is the
        level of the cross tables and of co-occurrence. ``None``: the table shows every level of the
        tree and the others the level of the codes themselves.
    attributes
        Participants' attributes for the cross tables; empty means every attribute that has between 2
        and 6 values and fewer values than interviews.
    every_pair
        Co-occurrence also lists pairs that share interviews but never overlap.
    exact_p
        Co-occurrence also tests the common interviews.
    quotes
        Which quotations to retrieve; ``None`` retrieves none.
    unit
        Text unit of the co-occurrence by unit; ``None`` takes the unit of the study's agreement.
    gaps
        How many uncoded stretches to list.
    """

    level: Level | None = None
    attributes: tuple[str, ...] = ()
    every_pair: bool = False
    exact_p: bool = False
    quotes: QuoteFilter | None = None
    gaps: int = 10
    unit: str | None = None


def codes_of(study: Study, options: CodesOptions, provenance: Provenance) -> CodesResult:
    """Count what the codes of ``study`` carry, on its analysis set.

    Parameters
    ----------
    study
        The study; only :attr:`Study.analysed` is counted, coders are those of all codings.
    options
        Level, attributes, co-occurrence and the quotations to retrieve.
    provenance
        Where the result comes from.

    Returns
    -------
    CodesResult
        For every code its groundedness (distinct quotations), interviews, coders and density; pairs that
        stand together; codes by interview and by attribute; codes to review.

    Raises
    ------
    StudyError
        If the options name a code, interview, coder or attribute that the study lacks.

    Examples
    --------
    The best grounded subcategory of the shipped demonstration study, which is synthetic:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> from omnistudy.study.model import Level
    >>> result = codes_of(study, CodesOptions(level=Level.SUBCATEGORY), provenance_of(study))
    >>> best = max(result.codes, key=lambda row: row.quotations)
    >>> best.code, best.quotations, best.interviews
    ('one-relationship', 56, 12)
    """
    level = options.level or Level.CODE
    unit = options.unit or study.settings.agreement.unit
    at_level = incidence(study, *level_targets(study, level))
    shown, targets = tree_targets(study) if options.level is None else level_targets(study, level)
    rows = _rows(study, incidence(study, shown, targets))
    tree = rows if options.level is None else _rows(study, incidence(study, *tree_targets(study)))
    return CodesResult(
        provenance=provenance,
        language=study.language,
        analysis_set=study.analysis_set,
        analysis_words=analysis_set_words(study),
        n_coders=len({coding.coder for coding in study.analysed}),
        level=level,
        all_levels=options.level is None,
        interviews=at_level.interviews,
        codes=rows,
        matrix_codes=at_level.codes,
        matrix=tuple(tuple(int(n) for n in column) for column in at_level.by_interview.T),
        labels={code.id: code.label for code in study.codebook},
        attributes=_by_attribute(study, at_level, options),
        co_occurrence=co_occurrences(
            at_level,
            every=options.every_pair,
            exact_p=options.exact_p,
            by_unit=unit_presence(study, at_level, unit),
        ),
        unit=unit,
        history=code_history(study),
        singletons=tuple(row.code for row in tree if row.quotations == 1 and _is_leaf(study, row.code)),
        unused=tuple(row.code for row in tree if row.quotations == 0),
        undefined_codes=tuple(code.id for code in study.codebook if not any(code.definition.texts.values())),
        coverage=coverage_of(study, participants_speech(study), options.gaps),
        speakers=study.settings.analysis.speakers,
        quotes=None if options.quotes is None else find_quotes(study, options.quotes),
        searched=_searched(options.quotes),
        totals=(len(at_level.quotations), len(study.analysed)),
    )


def _searched(wanted: QuoteFilter | None) -> Message | None:
    if wanted is None or wanted.coder is None:
        return None
    return msg("all codings of {coder}, of every round", coder=wanted.coder)


def _is_leaf(study: Study, code: str) -> bool:
    return not study.codebook.children(code)


def _rows(study: Study, counts: Incidence) -> tuple[CodeCount, ...]:
    density = tree_density(study)
    direct: dict[str, int] = {}
    for coding in study.analysed:
        direct[coding.code] = direct.get(coding.code, 0) + 1
    return tuple(
        CodeCount(
            code=code,
            label=study.codebook[code].label,
            level=study.codebook[code].level,
            parent=study.codebook[code].parent,
            role=study.codebook.role_of(code),
            quotations=int(counts.grounding[at]),
            codings=int(counts.codings[at]),
            direct_codings=direct.get(code, 0),
            interviews=int(counts.n_interviews[at]),
            coders=int(counts.coders[at]),
            density=density[code],
        )
        for at, code in enumerate(counts.codes)
    )


def _by_attribute(study: Study, counts: Incidence, options: CodesOptions) -> tuple[AttributeCount, ...]:
    rows: list[AttributeCount] = []
    for name in _attributes(study, options.attributes):
        values = [interview.attributes.get(name, "") for interview in in_order(study)]
        for value in sorted(set(values) - {""}):
            held = [place for place, own in enumerate(values) if own == value]
            quotations = counts.by_interview[held].sum(axis=0)
            interviews = counts.present[held].sum(axis=0)
            rows += [
                AttributeCount(
                    attribute=name,
                    value=value,
                    code=code,
                    quotations=int(quotations[at]),
                    interviews=int(interviews[at]),
                    of_interviews=len(held),
                )
                for at, code in enumerate(counts.codes)
            ]
    return tuple(rows)


def _attributes(study: Study, asked: tuple[str, ...]) -> tuple[str, ...]:
    for name in asked:
        check_attribute(study, name)
    if asked:
        return asked
    names = dict.fromkeys(name for interview in in_order(study) for name in interview.attributes)
    return tuple(name for name in names if _is_group(study, name))


def _is_group(study: Study, name: str) -> bool:
    values = [interview.attributes.get(name, "") for interview in study.interviews]
    known = [value for value in values if value]
    return 2 <= len(set(known)) <= MOST_VALUES and len(set(known)) < len(known)
