"""What fitted purchase models say of every customer, with intervals by delta method or bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.crm.lifetime.bootstrap import resampled
from omnistudy.crm.lifetime.buyers import Buyers
from omnistudy.crm.lifetime.delta_method import NOT_COMPUTED, by_delta
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.quantities import Bands, Quantities
from omnistudy.crm.lifetime.result import CustomerValue, Estimate
from omnistudy.results import Kind, Message, Number, msg


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """Estimates of the models and of every customer."""

    parameters: tuple[Estimate, ...]
    spend: tuple[Estimate, ...]
    totals: tuple[Estimate, ...]
    customers: tuple[CustomerValue, ...]
    notes: tuple[Message, ...]


def valued(buyers: Buyers, fit: Fit, spend: Fit | None, options: ClvOptions) -> Valuation:
    """Value every customer; the two models are taken as independent, as they assume themselves."""
    quantities = Quantities(buyers, options)
    limits = resampled if options.ci == "bootstrap" else by_delta
    bands = limits(quantities, fit, spend)
    notes: list[Message] = []
    if options.ci == "hessian":
        if spend is not None and quantities.too_many:
            notes.append(NOT_COMPUTED)
        notes.append(
            msg(
                "Intervals say how well the expectations are known ({confidence}, delta method on the observed "
                "information); what single customers will do varies more.",
                confidence=Number(options.confidence, Kind.SHARE),
            )
        )
    return Valuation(
        parameters=bands.parameters,
        spend=bands.spend,
        totals=bands.totals,
        customers=_customers(buyers, bands),
        notes=tuple(notes),
    )


def _customers(buyers: Buyers, bands: Bands) -> tuple[CustomerValue, ...]:
    h, found = buyers.histories, []
    for place, (name, at) in enumerate(zip(buyers.ids, buyers.at.tolist(), strict=True)):
        expected, expected_low, expected_high = bands.expected.at(at)
        alive, alive_low, alive_high = bands.alive.at(at)
        value = (None, None, None) if bands.value is None else bands.value.at(place)
        found.append(
            CustomerValue(
                customer_id=name,
                frequency=int(h.x[at]),
                recency=float(h.tx[at]),
                age=float(h.t[at]),
                expected=expected,
                expected_low=expected_low,
                expected_high=expected_high,
                p_alive=alive,
                p_alive_low=alive_low,
                p_alive_high=alive_high,
                mean_value=None if bands.mean is None else float(bands.mean[place]),
                value=value[0],
                value_low=value[1],
                value_high=value[2],
            )
        )
    return tuple(found)
