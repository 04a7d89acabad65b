"""Lifetime value of customers who buy when they please: BG/NBD or Pareto/NBD, with Gamma–Gamma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime import gamma_gamma
from omnistudy.crm.lifetime.buyers import Buyers, buyers_of
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.purchase_models import purchase_model
from omnistudy.crm.lifetime.result import CustomerValue, Estimate, Holdout
from omnistudy.crm.lifetime.valuation import valued
from omnistudy.crm.records.engine import Scalar
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEAST_REPEATERS = 100
LARGEST_CORRELATION = 0.3

_AFTER = """
select p.customer_id, count(distinct case when t.day_ix > ? then t.day_ix end) as later
from purchases p left join transactions t on t.customer_id = p.customer_id
    and (t.kind is null or t.kind = 'discretionary')
group by p.customer_id order by p.customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseValue:
    """The outcome of both models."""

    parameters: tuple[Estimate, ...] = ()
    log_likelihood: float | None = None
    spend: tuple[Estimate, ...] = ()
    spend_log_likelihood: float | None = None
    totals: tuple[Estimate, ...] = ()
    customers: tuple[CustomerValue, ...] = ()
    holdout: Holdout | None = None
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()


def purchase_value(records: Records, options: ClvOptions) -> PurchaseValue:
    """Fit both models and value every customer, or say why not."""
    last = records.window("transactions")[1]
    end = last if options.calibration_end is None else day_of(options.calibration_end)
    unit = 7.0 if options.unit == "week" else 1.0
    refused = _refused_purchases(records, end, options.model)
    if refused:
        return PurchaseValue(refusals=(refused,))
    buyers = buyers_of(records, end, unit)
    few = int(buyers.repeaters.sum())
    if few < LEAST_REPEATERS:
        return PurchaseValue(refusals=(_too_few(few, options.model),))
    model = purchase_model(options.model)
    fit = model.fit(buyers.histories)
    unidentified = _unidentified(fit, model.name)
    if unidentified:
        return PurchaseValue(refusals=(unidentified,))
    spend, spend_refusal = _spend_fit(buyers)
    found = valued(buyers, fit, spend, options)
    held = (
        _holdout(
            records,
            buyers,
            model.expected_purchases(fit.log_parameters, buyers.histories, (last - end) / unit),
            end,
            last,
            unit,
        )
        if options.calibration_end and last > end
        else None
    )
    return PurchaseValue(
        parameters=found.parameters,
        log_likelihood=fit.log_likelihood,
        spend=found.spend,
        spend_log_likelihood=None if spend is None else spend.log_likelihood,
        totals=found.totals,
        customers=found.customers,
        holdout=held,
        refusals=() if spend_refusal is None else (spend_refusal,),
        notes=found.notes,
    )


def _spend_fit(buyers: Buyers) -> tuple[Fit | None, Refusal | None]:
    import numpy as np

    refused = _refused_spend(buyers)
    if refused:
        return None, refused
    chosen = buyers.repeaters
    fit = gamma_gamma.fit(buyers.x[chosen], buyers.mean[chosen], np.ones(int(chosen.sum())))
    if not fit.converged or fit.at_bound or fit.covariance is None:
        return None, _spend_unidentified()
    # Without q > 1 the mean of the population is infinite, and so is the value of one-time buyers.
    if gamma_gamma.population_mean(fit.log_parameters) is None:
        return None, _spend_endless()
    return fit, None


def _refused_purchases(records: Records, end: int, model: str) -> Refusal | None:
    sql = "select min(day_ix) from transactions where kind is null or kind = 'discretionary'"
    ((first,),) = records.engine.rows(sql).rows
    if first is None:
        return Refusal(
            code="scheduled",
            subject=purchase_model(model).name,
            reason=msg(
                "every transaction is scheduled or a fee, so its rhythm says nothing about the customer."
            ),
            needed=msg("purchases that customers decide on, or contracts with their ends."),
        )
    if end > int(first):
        return None
    return Refusal(
        code="empty_period",
        subject=purchase_model(model).name,
        reason=msg("no time passes between the first transaction and the end of calibration."),
        needed=msg("a later --calibration-end, or records of a longer period."),
    )


def _too_few(repeaters: int, model: str) -> Refusal:
    return Refusal(
        code="too_few_repeaters",
        subject=purchase_model(model).name,
        reason=msg("only {n} customers bought on a second day.", n=Number(repeaters, Kind.COUNT)),
        needed=msg("at least {n} of them.", n=Number(LEAST_REPEATERS, Kind.COUNT)),
    )


def _unidentified(fit: Fit, model: str) -> Refusal | None:
    if not fit.converged:
        return Refusal(
            code="not_converged",
            subject=purchase_model(model).name,
            reason=msg("the likelihood has no maximum that the optimiser can find."),
            needed=msg("more customers, or a longer period."),
        )
    if fit.at_bound or fit.covariance is None:
        return Refusal(
            code="boundary",
            subject=purchase_model(model).name,
            reason=msg(
                "the likelihood is flat or highest at the edge: the data do not identify when customers leave."
            ),
            needed=msg("a longer period, in which some customers fall silent and others do not."),
        )
    return None


def _refused_spend(buyers: Buyers) -> Refusal | None:
    import numpy as np

    chosen = buyers.repeaters
    mean, x = buyers.mean[chosen], buyers.x[chosen]
    not_positive = int((mean <= 0).sum())
    if not_positive:
        return Refusal(
            code="values_not_positive",
            subject="gamma_gamma",
            reason=msg(
                "the repeat purchases of {n} customers are worth nothing or less on average.",
                n=Number(not_positive, Kind.COUNT),
            ),
            needed=msg("values above zero, refunds netted beforehand."),
        )
    if x.std() == 0 or mean.std() == 0:
        return None
    correlation = float(np.corrcoef(x, mean)[0, 1])
    if abs(correlation) <= LARGEST_CORRELATION:
        return None
    return Refusal(
        code="spend_correlated",
        subject="gamma_gamma",
        reason=msg(
            "frequency and value of purchases correlate ({r}), which the model rules out.",
            r=Number(correlation, Kind.COEFFICIENT),
        ),
        needed=msg("a correlation between -{most} and {most}.", most=Number(LARGEST_CORRELATION)),
    )


def _spend_unidentified() -> Refusal:
    return Refusal(
        code="not_identified",
        subject="gamma_gamma",
        reason=msg("the likelihood of the values has no maximum inside its bounds."),
        needed=msg("values that differ between customers and within them."),
    )


def _spend_endless() -> Refusal:
    return Refusal(
        code="infinite_mean",
        subject="gamma_gamma",
        reason=msg("the values have no finite mean (q ≤ 1), so customers get no value."),
        needed=msg("values without a few that outweigh all others."),
    )


def _holdout(
    records: Records, buyers: Buyers, by_history: Vector, end: int, last: int, unit: float
) -> Holdout:
    import numpy as np

    parameters: tuple[Scalar, ...] = (end,)
    later = np.array([row[1] for row in records.engine.rows(_AFTER, parameters).rows], dtype=np.float64)
    span = (last - end) / unit
    predicted = by_history[buyers.at]
    band = np.minimum(buyers.x, 7)
    bands = tuple(
        (
            f"{int(x)}" if x < 7 else "7+",
            float(predicted[band == x].mean()),
            float(later[band == x].mean()),
            int((band == x).sum()),
        )
        for x in np.unique(band)
    )
    varied = predicted.std() > 0 and later.std() > 0
    return Holdout(
        span=span,
        predicted=float(predicted.sum()),
        actual=int(later.sum()),
        mean_absolute_error=float(np.abs(predicted - later).mean()),
        correlation=float(np.corrcoef(predicted, later)[0, 1]) if varied else None,
        bands=bands,
    )
