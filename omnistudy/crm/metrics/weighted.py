"""Survey scores with declared weights: the weighted value, and how many answers it is worth.

Kish, L. (1965). Survey sampling: the effective sample size is the square of the sum of the weights
over the sum of their squares, so that unequal weights widen the interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import sqrt

from omnistudy.crm.metrics.answers import _one_scale
from omnistudy.crm.metrics.case import Case, Metric
from omnistudy.crm.metrics.rows import NOBODY, Found
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.statistics.intervals import Interval, normal_quantile, wilson
from omnistudy.results import Message, msg

# One pass: weights, their squares, and both for the two groups and the score.
WEIGHTED_SQL = """
select grp, count(*),
    cast(sum(cast(weight as decimal(20, 6))) as double) as total,
    cast(sum(cast(weight * weight as decimal(24, 6))) as double) as squares,
    cast(sum(case when score >= top then cast(weight as decimal(20, 6)) else 0 end) as double) as best,
    cast(sum(case when score <= bottom then cast(weight as decimal(20, 6)) else 0 end) as double) as worst,
    cast(sum(cast(weight * score as decimal(24, 6))) as double) as scored,
    cast(sum(cast(weight * score * score as decimal(26, 6))) as double) as scored_squares
from (select grp, score, weight, {top} as top, {bottom} as bottom from m_survey
      where lower(instrument) = ? and weight > 0) as answers
group by grp order by grp
"""
UNWEIGHTED_SQL = "select count(*) from m_survey where lower(instrument) = ? and weight is null"


def weighted(instrument: str, top: str, bottom: str, case: Case) -> Iterator[Found]:
    """Weighted net score, share of the top, or mean, with the effective number of answers as a row."""
    found = case.rows(WEIGHTED_SQL.format(top=top, bottom=bottom), instrument)
    if not found:
        yield Found(n=0, denominator=0, reason=NOBODY)
    for group, n, total, squares, best, worst, scored, scored_squares in found:
        whole, size = as_number(total), as_count(n)
        effective = whole**2 / float(squares or 1)
        name, p, q = str(group), as_number(best) / whole, as_number(worst) / whole
        level = "top_two" if instrument == "csat" else "five_to_seven"
        if instrument == "nps":
            yield Found(
                group=name, value=100 * (p - q), n=size, denominator=size, unit="score", level="weighted",
                interval=_net(p, q, effective, case.confidence),
            )  # fmt: skip
        else:
            yield Found(
                group=name, value=p, n=size, denominator=size, level=level,
                interval=wilson(p * effective, effective, case.confidence),
            )  # fmt: skip
            mean = as_number(scored) / whole
            spread = max(0.0, as_number(scored_squares) / whole - mean * mean)
            yield Found(
                group=name, value=mean, n=size, denominator=size, unit="mean", level="mean",
                interval=_mean(mean, spread, effective, case.confidence),
            )  # fmt: skip
        yield Found(group=name, value=effective, n=size, unit="answers", level="effective_n")


def _net(p: float, q: float, effective: float, confidence: float) -> Interval:
    half = 100 * normal_quantile(confidence) * sqrt(max(0.0, p + q - (p - q) ** 2) / effective)
    value = 100 * (p - q)
    return Interval(max(-100.0, value - half), min(100.0, value + half), "wald_effective_n")


def _mean(mean: float, variance: float, effective: float, confidence: float) -> Interval | None:
    from scipy.special import stdtrit

    if effective <= 1.0:
        return None
    half = float(stdtrit(effective - 1, 0.5 + confidence / 2)) * sqrt(variance / (effective - 1))
    return Interval(mean - half, mean + half, "student_t_effective_n")


def refused(instrument: str, low: float | None, high: float | None, case: Case) -> Message | None:
    """Weights are all or nothing: an answer without one has no known share of the customers."""
    scale = _one_scale(case, instrument, low, high)
    if scale is not None:
        return scale
    if case.rows(UNWEIGHTED_SQL, instrument)[0][0]:
        return msg("some answers to {instrument} have no weight", instrument=instrument)
    return None


KISH = "Kish, L. (1965). Survey sampling. Wiley"
WEIGHTED_METRICS = (
    Metric(
        name="nps_weighted",
        title=msg("Net promoter score, weighted"),
        definition=msg(
            "100 × (weighted share of 9 and 10 − weighted share of 0 to 6); weights as declared in the survey, "
            "interval by the effective number of answers"
        ),
        table="survey",
        needs=("weight",),
        compute=partial(weighted, "nps", "9", "6"),
        refused=partial(refused, "nps", 0.0, 10.0),
        source=KISH,
    ),
    Metric(
        name="csat_weighted",
        title=msg("Customer satisfaction, weighted"),
        definition=msg("weight of the answers in the two best boxes / weight of all; and the weighted mean"),
        table="survey",
        needs=("weight",),
        compute=partial(weighted, "csat", "scale_max - 1", "scale_min - 1"),
        refused=partial(refused, "csat", None, None),
        source=KISH,
    ),
    Metric(
        name="ces_weighted",
        title=msg("Customer effort score, weighted"),
        definition=msg("weighted share of 5 to 7 on seven points, 7 meaning easy; and the weighted mean"),
        table="survey",
        needs=("weight",),
        compute=partial(weighted, "ces", "5", "scale_min - 1"),
        refused=partial(refused, "ces", 1.0, 7.0),
        source=KISH,
    ),
)
