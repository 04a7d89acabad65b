"""One row of the result: a coefficient in a scope, with everything needed to judge it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from omnistudy.agreement.intervals.unanimous import FULL
from omnistudy.agreement.scopes.coverage import Simulated
from omnistudy.results import Message, msg

ONE_CLUSTER = msg("an interval needs two units that can be drawn, for example two interviews")
NO_INTERVAL = msg("no interval was asked for, or there is none of this kind for the row")
NO_RESAMPLES = msg("no resamples were drawn")
LEFT_UNDEFINED = msg("the value does not exist without one of the units, or in too few resamples")
NEVER_DIFFERED = msg("the coders never differed here, so nothing shows how far the value would move")

Scalar = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """A coefficient in one scope; the fields are the contract's, in its order.

    Parameters
    ----------
    scope
        ``overall``, ``code``, ``category``, ``pair``, ``interview`` or ``without_coder``.
    aggregate
        ``direct``, or ``mean_of_codes`` for the mean of the per-code values.
    code, coders, interview
        What the scope is about; ``coders`` are those whose ratings enter.
    coefficient, metric, weights, unit
        What was computed. ``metric`` is that of alpha and nominal for everything else.
    value, reason
        The value, or why there is none.
    observed, expected
        Observed and chance agreement; for metrics with a scale, relative to the largest difference.
    k
        Number of categories that could be chosen; ``None`` for code sets.
    se, ci_low, ci_high, ci_method, cluster, n_clusters, resamples
        Uncertainty and how it was found; ``resamples`` counts those in which the value exists.
    p_below_667, p_below_80
        Share of resamples below .667 and .80.
    n_units, n_pairable, n_coders, n_codes
        Units, units that two or more coders rated, coders, and codes behind a mean.
    missing_share
        Share of the unit × coder cells without a rating.
    prevalence
        Share of pairable ratings that carry the code; with ``prevalence_index`` (share with minus
        share without) and, for two coders, ``bias_index`` (difference of their shares).
    coverage
        Share of the text that a measure of spans rests on.
    flag
        Any of paradox, small_n, few_clusters, no_variation, assumed_seen.
    simulated
        How often intervals of this kind held the true value in simulations; ``None`` where there is no
        interval or none of its kind was simulated.
    """

    scope: str
    aggregate: str
    code: str | None
    coders: tuple[str, ...]
    interview: str | None
    coefficient: str
    metric: str
    weights: str
    unit: str
    value: float | None
    reason: Message | None
    observed: float | None
    expected: float | None
    k: int | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    ci_method: str
    cluster: str
    n_clusters: int
    resamples: int | None
    p_below_667: float | None
    p_below_80: float | None
    n_units: int
    n_pairable: int
    n_coders: int
    n_codes: int | None
    missing_share: float | None
    prevalence: float | None
    prevalence_index: float | None
    bias_index: float | None
    coverage: float | None
    flag: tuple[str, ...]
    simulated: Simulated | None = None

    @property
    def ci_reason(self) -> Message | None:
        """Why an error, a limit, the resamples or a share of them does not exist; ``None`` where all do."""
        limits = (self.se, self.ci_low, self.ci_high)
        if None not in (*limits, self.resamples, self.p_below_667, self.p_below_80):
            return None
        if self.value is None and self.reason is not None:
            return self.reason
        if None not in limits:
            return NO_RESAMPLES
        if self.ci_method == "none":
            return NO_INTERVAL
        if self.n_clusters < 2:
            return ONE_CLUSTER
        return NEVER_DIFFERED if self.observed is not None and self.observed >= FULL else LEFT_UNDEFINED

    def as_json(self) -> dict[str, object]:
        """The row as JSON values; reasons in plain English."""
        out: dict[str, object] = {}
        for item in fields(self):
            if item.name == "simulated":
                continue
            value = getattr(self, item.name)
            if isinstance(value, tuple):
                value = list(value)
            elif isinstance(value, Message):
                value = str(value)
            out[item.name] = value
        why = self.ci_reason
        return {
            **out,
            "ci_reason": None if why is None else str(why),
            "simulated_coverage": None if self.simulated is None else self.simulated.as_json(),
        }
