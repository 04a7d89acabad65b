"""Customers who buy when they please, by how often, how lately and for how much they bought again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime import bgnbd
from omnistudy.crm.records.engine import QuerySource
from omnistudy.crm.records.model import Records

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

# Purchases of one day are one purchase; sums run over decimals, so that their order cannot matter.
_PURCHASES = """
select customer_id, count(*) - 1 as x, max(day_ix) - min(day_ix) as tx, ? - min(day_ix) as t,
    cast(sum(case when day_ix > first_day then value end) as double) / nullif(count(*) - 1, 0) as mean
from (
    select customer_id, day_ix, sum(value) as value,
        min(day_ix) over (partition by customer_id) as first_day
    from (
        select customer_id, day_ix, cast(value as decimal(20, 6)) as value from transactions
        where day_ix <= ? and (kind is null or kind = 'discretionary')
    ) as purchases_as_recorded
    group by customer_id, day_ix
) as purchase_days
group by customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyers:
    """All customers, and their distinct histories; ``at`` is the history of each customer."""

    ids: tuple[str, ...]
    mean: Vector
    histories: bgnbd.Histories
    at: NDArray[np.int64]

    @property
    def x(self) -> Vector:
        """Repeat purchases of each customer."""
        return self.histories.x[self.at]

    @property
    def repeaters(self) -> NDArray[np.bool_]:
        """Which customers bought again."""
        return self.x > 0


def buyers_of(records: Records, end: int, unit: float) -> Buyers:
    """Customers with their repeat purchases up to the day ``end``, times in units of ``unit`` days."""
    import numpy as np

    records.engine.register("purchases", QuerySource(sql=_PURCHASES, parameters=(end, end)))
    answer = records.engine.rows("select customer_id, x, tx, t, mean from purchases order by customer_id")
    ids, *numbers = zip(*answer.rows, strict=True)
    x, tx, t = (np.array(column, dtype=np.float64) for column in numbers[:3])
    mean = np.array([0.0 if value is None else value for value in numbers[3]], dtype=np.float64)
    # Whole days below 2^17 fit one integer with the count, which sorts far faster than rows do.
    keys = (x.astype(np.int64) << 34) | (tx.astype(np.int64) << 17) | t.astype(np.int64)
    _, first, at = np.unique(keys, return_index=True, return_inverse=True)
    distinct = np.stack([x, tx, t])[:, first]
    weight = np.bincount(at.ravel()).astype(np.float64)
    histories = bgnbd.Histories(x=distinct[0], tx=distinct[1] / unit, t=distinct[2] / unit, weight=weight)
    return Buyers(ids=tuple(str(one) for one in ids), mean=mean, histories=histories, at=at.ravel())
