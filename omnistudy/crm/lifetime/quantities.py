"""What is asked of fitted purchase models, as functions of their parameters; and answers with limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime import gamma_gamma
from omnistudy.crm.lifetime.buyers import Buyers
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.purchase_models import purchase_model
from omnistudy.crm.lifetime.result import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_CELLS = 20_000_000


class Quantities:
    """The quantities of interest as functions of the log-parameters of both models."""

    def __init__(self, buyers: Buyers, options: ClvOptions) -> None:
        import numpy as np

        self.buyers, self.options = buyers, options
        self.model = purchase_model(options.model)
        whole = int(options.span)
        self.ends = np.arange(1, whole + 1, dtype=np.float64)
        if whole < options.span:
            self.ends = np.append(self.ends, options.span)

    def expected(self, theta: Vector) -> Vector:
        """Expected purchases over the horizon, per history."""
        return self.model.expected_purchases(theta, self.buyers.histories, self.options.span)

    def logit_alive(self, theta: Vector) -> Vector:
        """Log-odds of being alive, per history; 0 where the model takes it for certain."""
        import numpy as np

        alive = self.model.p_alive(theta, self.buyers.histories)
        with np.errstate(divide="ignore"):
            odds = np.log(alive) - np.log1p(-alive)
        return np.where(alive < 1, np.nan_to_num(odds), 0.0)

    def discounted(self, theta: Vector) -> Vector:
        """Expected purchases over the horizon, discounted at the end of each time unit, per history."""
        import numpy as np

        rate = self.options.discount_per_unit
        total = np.zeros_like(self.buyers.histories.t)
        before = np.zeros_like(total)
        for end in self.ends:
            upto = self.model.expected_purchases(theta, self.buyers.histories, float(end))
            total += (upto - before) / (1 + rate) ** end
            before = upto
        return total

    def spend(self, eta: Vector) -> Vector:
        """Expected value of a purchase times the margin, per customer."""
        return self.options.margin * gamma_gamma.expected_value(eta, self.buyers.x, self.buyers.mean)

    @property
    def too_many(self) -> bool:
        """Whether values have too many cells for the derivatives of an interval."""
        return len(self.buyers.histories.t) * len(self.ends) * 8 > MOST_CELLS


@dataclass(frozen=True, slots=True)
class Band:
    """Values with lower and upper limits; limits are ``None`` where none were computed."""

    value: Vector
    low: Vector | None = None
    high: Vector | None = None

    def at(self, place: int) -> tuple[float, float | None, float | None]:
        """The value and limits of one customer."""
        low = None if self.low is None else float(self.low[place])
        high = None if self.high is None else float(self.high[place])
        return float(self.value[place]), low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Everything with limits; ``expected`` and ``alive`` per history, ``mean`` and ``value`` per customer."""

    parameters: tuple[Estimate, ...]
    spend: tuple[Estimate, ...]
    totals: tuple[Estimate, ...]
    expected: Band
    alive: Band
    mean: Vector | None
    value: Band | None
