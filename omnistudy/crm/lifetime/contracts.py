"""Lifetime value of contracts: survival as observed, simple value, and the shifted beta-geometric model.

Gupta, S., & Lehmann, D. R. (2003). Customers as assets. Journal of Interactive Marketing, 17(1), 9-24.
doi:10.1002/dir.10045
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from omnistudy.crm.lifetime import sbg
from omnistudy.crm.lifetime.likelihood import STEP, Fit, delta_variance, derivatives
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.result import Estimate, SegmentChurn, SurvivalPoint
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import normal_quantile, wilson
from omnistudy.crm.statistics.survival import kaplan_meier
from omnistudy.results import Message, msg

ALL = "all"
SHORT = msg("the contracts lasted less than a period each")
_SPELLS = """
select segment, duration, sum(case when churned then 1 else 0 end), sum(case when churned then 0 else 1 end)
from (select '' as segment, duration, churned from contracts
      union all select segment, duration, churned from contracts where segment is not null) as spells
group by segment, duration order by segment, duration
"""
_VALUES = """
select segment, cast(sum(cast(value as decimal(20, 6))) as double) / nullif(count(value), 0)
from (select '' as segment, value from contracts
      union all select segment, value from contracts where segment is not null) as valued
group by segment
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractValue:
    """The outcome for contracts."""

    parameters: tuple[Estimate, ...] = ()
    log_likelihood: float | None = None
    totals: tuple[Estimate, ...] = ()
    segments: tuple[SegmentChurn, ...] = ()
    survival: tuple[SurvivalPoint, ...] = ()
    forecast: tuple[tuple[float, float], ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()


def survival_value(records: Records, options: ClvOptions) -> ContractValue:
    """Kaplan–Meier per segment, churn with Wilson's interval, value by m r / (1 + i − r)."""
    spells: dict[str, list[tuple[float, int, int]]] = {}
    for segment, duration, ended, going in records.engine.rows(_SPELLS).rows:
        spells.setdefault(str(segment), []).append((as_number(duration), as_count(ended), as_count(going)))
    values = {str(name): value for name, value in records.engine.rows(_VALUES).rows}
    segments, points = [], []
    for name, rows in spells.items():
        shown = name or ALL
        mean = values.get(name)
        segments.append(_segment(shown, rows, None if mean is None else float(mean), options))
        for step in kaplan_meier(rows).steps:
            limits = step.interval(options.confidence)
            points.append(
                SurvivalPoint(
                    segment=shown,
                    time=step.time,
                    survival=step.survival,
                    se=step.se,
                    ci_low=None if limits is None else limits.low,
                    ci_high=None if limits is None else limits.high,
                    at_risk=step.at_risk,
                )
            )
    note = msg(
        "Retention per period is 1 − ends / periods at risk, constant over time; the value is m r / (1 + i − r) "
        "(Gupta and Lehmann), with the discount rate i per period and the limits of r carried over."
    )
    return ContractValue(segments=tuple(segments), survival=tuple(points), notes=(note,))


def _segment(
    name: str, spells: list[tuple[float, int, int]], mean: float | None, options: ClvOptions
) -> SegmentChurn:
    churned = sum(ended for _, ended, _ in spells)
    customers = churned + sum(going for _, _, going in spells)
    periods = sum(time * (ended + going) for time, ended, going in spells)
    limits = wilson(churned, customers, options.confidence)
    kept = _kept(churned, periods, options.confidence)
    return SegmentChurn(
        segment=name,
        customers=customers,
        churned=churned,
        churn=churned / customers,
        ci_low=limits.low,
        ci_high=limits.high,
        retention=_estimate("retention", kept)
        if kept
        else Estimate(name="retention", value=None, reason=SHORT),
        value=_simple_value(kept, mean, options),
    )


def _kept(ended: int, periods: float, confidence: float) -> tuple[float, float, float] | None:
    """Share kept per period with its limits; ``None`` for contracts of less than a period each."""
    if periods < ended or periods <= 0:
        return None
    limits = wilson(ended, periods, confidence)
    return 1 - ended / periods, 1 - limits.high, 1 - limits.low


def _estimate(name: str, limited: tuple[float, float, float]) -> Estimate:
    value, low, high = limited
    return Estimate(name=name, value=value, low=low, high=high)


def _simple_value(
    kept: tuple[float, float, float] | None, mean: float | None, options: ClvOptions
) -> Estimate:
    if mean is None:
        return Estimate(name="value", value=None, reason=msg("the contracts have no column value"))
    if kept is None:
        return Estimate(name="value", value=None, reason=SHORT)
    if options.discount <= 0 and max(kept) >= 1:
        return Estimate(name="value", value=None, reason=msg("nothing ends and nothing is discounted"))

    def worth(share: float) -> float:
        return mean * options.margin * share / (1 + options.discount - share)

    value, low, high = kept
    return _estimate("value", (worth(value), worth(low), worth(high)))


def renewal_value(records: Records, options: ClvOptions) -> ContractValue:
    """Fit the shifted beta-geometric model to contracts or to a table of survivors."""
    counted = _lost_and_kept(records)
    if isinstance(counted, Refusal):
        return ContractValue(refusals=(counted,))
    import numpy as np

    lost, kept = (np.array(column, dtype=np.float64) for column in counted)
    if np.count_nonzero(lost) < 2:
        return ContractValue(refusals=(_flat(),))
    fit = sbg.fit(lost, kept)
    if not fit.converged or fit.at_bound or fit.covariance is None:
        return ContractValue(refusals=(_flat(),))
    horizon = options.horizon or 12
    periods = np.arange(1, int(horizon) + 1, dtype=np.float64)
    return ContractValue(
        parameters=_estimates(fit, options),
        log_likelihood=fit.log_likelihood,
        totals=(_residual(fit, options),),
        forecast=tuple(
            zip(periods.tolist(), sbg.survival(fit.log_parameters, periods).tolist(), strict=True)
        ),
    )


def _estimates(fit: Fit, options: ClvOptions) -> tuple[Estimate, ...]:
    import numpy as np

    assert fit.covariance is not None  # noqa: S101 - the caller looked
    by = np.exp(normal_quantile(options.confidence) * np.sqrt(np.diag(fit.covariance)))
    values = np.exp(fit.log_parameters)
    return tuple(
        Estimate(name=name, value=float(v), low=float(v / b), high=float(v * b))
        for name, v, b in zip(("alpha", "beta"), values, by, strict=True)
    )


def _residual(fit: Fit, options: ClvOptions) -> Estimate:
    import numpy as np

    def logged(theta: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
        return np.log([sbg.discounted_residual_lifetime(theta, options.renewals, options.discount)])

    # Limits need the neighbourhood too, where the slopes are taken.
    if options.discount <= 0 and fit.log_parameters[0] <= STEP:
        reason = msg("without discounting the expected lifetime has no end (α ≤ 1)")
        return Estimate(name="discounted_residual_lifetime", value=None, reason=reason)
    value = sbg.discounted_residual_lifetime(fit.log_parameters, options.renewals, options.discount)
    assert fit.covariance is not None  # noqa: S101 - the caller looked
    slopes = derivatives(logged, fit.log_parameters)
    by = float(
        np.exp(normal_quantile(options.confidence) * np.sqrt(delta_variance(slopes, fit.covariance)[0]))
    )
    return Estimate(name="discounted_residual_lifetime", value=value, low=value / by, high=value * by)


def _flat() -> Refusal:
    return Refusal(
        code="not_identified",
        subject="sbg",
        reason=msg(
            "the ends do not show whether customers differ: the likelihood has no maximum inside its bounds."
        ),
        needed=msg("ends in at least two periods, with a rate that falls over time."),
    )


def _lost_and_kept(records: Records) -> tuple[list[int], list[int]] | Refusal:
    if records.has("survivors"):
        return _of_survivors(records)
    rows = records.engine.rows(
        "select duration, sum(case when churned then 1 else 0 end), sum(case when churned then 0 else 1 end) "
        "from contracts group by duration order by duration"
    ).rows
    if not all(as_number(duration).is_integer() for duration, _, _ in rows):
        return Refusal(
            code="not_whole_periods",
            subject="sbg",
            reason=msg("the durations are not whole numbers of periods."),
            needed=msg("durations counted in renewal periods."),
        )
    ends = {as_count(duration): (as_count(ended), as_count(going)) for duration, ended, going in rows}
    # A contract of duration 0 that goes on has not met a renewal yet: it says nothing about renewals.
    if ends.pop(0, (0, 0))[0]:
        return Refusal(
            code="ended_before_renewal",
            subject="sbg",
            reason=msg("some contracts ended with a duration of 0 periods."),
            needed=msg("durations that count the period in which the contract ended."),
        )
    last = max(ends, default=0)
    pairs = [ends.get(period, (0, 0)) for period in range(1, last + 1)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _of_survivors(records: Records) -> tuple[list[int], list[int]] | Refusal:
    rows = records.engine.rows("select period, customers from survivors order by period").rows
    counts = [as_count(customers) for _, customers in rows]
    if [period for period, _ in rows] != list(range(len(rows))) or len(rows) < 3:
        return Refusal(
            code="periods_missing",
            subject="sbg",
            reason=msg("the periods are not 0, 1, 2, … without a gap."),
            needed=msg("one row per period from 0, at least three."),
        )
    if any(later > earlier for earlier, later in pairwise(counts)):
        return Refusal(
            code="survivors_rise",
            subject="sbg",
            reason=msg("the number of survivors rises."),
            needed=msg("how many of the first customers are left after each period."),
        )
    lost = [earlier - later for earlier, later in pairwise(counts)]
    return lost, [0] * (len(lost) - 1) + [counts[-1]]
