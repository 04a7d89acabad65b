"""The sentence for the methods section: who compared what, with which coefficient, how surely."""

from __future__ import annotations

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.intervals.limits import FIRM, TENTATIVE
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.result.subject import Subject
from omnistudy.agreement.result.words import (
    CLUSTERS,
    INTERVALS,
    LEVELS,
    METRICS,
    ROUNDS,
    UNITS,
    WEIGHTS,
    word,
)
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.results import Kind, Message, Number, msg


def methods_sentence(subject: Subject, row: AgreementRow | None, options: AgreementOptions) -> Message | None:
    """Return unit, coders, share double-coded, coefficient, metric, interval and rule for missing ratings.

    Parameters
    ----------
    subject
        What was compared.
    row
        The headline; without one there is nothing to report.
    options
        Level of the interval.
    """
    if row is None or subject.answer is not None:
        return None
    return msg(
        "{material} {coefficient} {missing}",
        material=_material(subject, row),
        coefficient=_coefficient(row, options),
        missing=_missing(subject, row),
    )


def _material(subject: Subject, row: AgreementRow) -> Message:
    unit = word(UNITS, row.unit)
    if subject.level is None:
        return msg(
            "The ratings of {coders} coders were compared on {units} units that at least two of them rated (unit of"
            " analysis: {unit}).",
            coders=Number(row.n_coders, Kind.COUNT),
            units=Number(row.n_pairable, Kind.COUNT),
            unit=unit,
        )
    return msg(
        "{coders} coders coded {count} of {all} interviews ({share}) independently of each other (round: {round})."
        " Unit of analysis: {unit}; level of the code tree: {level}.",
        coders=Number(row.n_coders, Kind.COUNT),
        count=Number(len(subject.interviews), Kind.COUNT),
        all=Number(subject.of_interviews, Kind.COUNT),
        share=Number(len(subject.interviews) / max(subject.of_interviews, 1), Kind.SHARE),
        round=word(ROUNDS, subject.round or "—"),
        unit=unit,
        level=word(LEVELS, subject.level),
    )


def measured_by(row: AgreementRow) -> Message:
    """Return the name of a coefficient with its metric or weights."""
    title = COEFFICIENTS[row.coefficient].title
    if row.weights != "identity":
        return msg("{name} ({metric})", name=title, metric=word(WEIGHTS, row.weights))
    if row.metric != "nominal":
        return msg("{name} ({metric})", name=title, metric=word(METRICS, row.metric))
    return title


def _coefficient(row: AgreementRow, options: AgreementOptions) -> Message:
    name = measured_by(row)
    if row.value is None:
        return msg("{name} is undefined: {reason}.", name=name, reason=row.reason)
    value = Number(row.value, Kind.COEFFICIENT)
    if row.ci_low is None:
        return msg("{name} was {value}; no interval was computed.", value=value, name=name)
    return msg(
        "{name} was {value}, {level} interval {low} to {high} ({method}, by {cluster}, {count} of them); the lower"
        " limit is read against {tentative} and {firm}.",
        value=value,
        name=name,
        level=Number(options.confidence, Kind.SHARE),
        low=Number(row.ci_low, Kind.COEFFICIENT),
        high=Number(row.ci_high, Kind.COEFFICIENT),
        method=word(INTERVALS, row.ci_method),
        cluster=word(CLUSTERS, row.cluster),
        count=Number(row.n_clusters, Kind.COUNT),
        tentative=Number(TENTATIVE, Kind.COEFFICIENT),
        firm=Number(FIRM, Kind.COEFFICIENT),
    )


def _missing(subject: Subject, row: AgreementRow) -> Message:
    share = Number(row.missing_share or 0.0, Kind.SHARE)
    if subject.level is None:
        return msg(
            "Missing ratings ({share}) count for nothing; a unit enters when two coders rated it.",
            share=share,
        )
    return msg(
        "A coder who saw an interview and applied no code counts as absent; one who did not see it is missing"
        " ({share} of the ratings) and counts for nothing.",
        share=share,
    )
