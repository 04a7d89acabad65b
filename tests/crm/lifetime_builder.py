"""Purchases of made-up customers, their histories, and a comparison of whole objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.bgnbd import Histories
from omnistudy.crm.lifetime.buyers import Buyers
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.result import ClvResult

FIRST_DAY = date(2023, 1, 1)


def same(found: Any, wanted: Any, rel: float = 1e-9) -> bool:
    """Whether two nested objects are alike, floats within a tolerance; says where they differ."""
    if isinstance(wanted, Mapping):
        assert list(found) == list(wanted)
        return all(same(found[key], wanted[key], rel) for key in wanted)
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        assert len(found) == len(wanted), (found, wanted)
        return all(same(one, other, rel) for one, other in zip(found, wanted, strict=True))
    if isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=rel, abs=1e-12)
    else:
        assert found == wanted
    return True


def clv(folder: Path, tables: Mapping[str, Any], /, columns: Any = None, **options: Any) -> ClvResult:
    """Lifetime values of tables given as CSV text."""
    with records_of(folder, columns=columns, **tables) as records:
        return clv_of_records(records, ClvOptions(**options), PROVENANCE)


@cache
def purchases() -> pd.DataFrame:
    """160 customers over 400 days as both purchase models imagine them: columns customer, day, value.

    Each buys at a rate of its own, may leave after every repeat purchase, and spends around a mean of its own.
    """
    random = np.random.default_rng(2)
    size, days = 160, 400
    rate, leaving = random.gamma(1.2, 1 / 40, size), random.beta(1.2, 3.0, size)
    born, scale = random.integers(0, 60, size), random.gamma(5, 1 / 100, size)
    rows = []
    for customer in range(size):
        day, repeats = float(born[customer]), 0
        while day < days:
            value = round(float(random.gamma(4, 1 / scale[customer])), 2) + 0.5
            rows.append((f"c{customer:03d}", int(day), value))
            if repeats and random.random() < leaving[customer]:
                break
            day, repeats = day + random.exponential(1 / rate[customer]), repeats + 1
    return pd.DataFrame(rows, columns=["customer", "day", "value"])


def as_transactions(frame: pd.DataFrame) -> str:
    """The purchases as CSV text."""
    columns = (frame[name].tolist() for name in ("customer", "day", "value"))
    lines = [
        f"{name},{FIRST_DAY + timedelta(day)},{value}" for name, day, value in zip(*columns, strict=True)
    ]
    return "\n".join(["customer_id,ts,value", *lines]) + "\n"


def summarised(frame: pd.DataFrame, end: int, unit: float) -> pd.DataFrame:
    """Columns x, tx, t, mean per customer up to the day ``end``, by pandas."""
    days = frame[frame.day <= end].groupby(["customer", "day"], as_index=False).value.sum()
    first = days.groupby("customer").day.transform("min")
    by = days.groupby("customer").day
    again = days[days.day > first].groupby("customer").value.mean()
    table = pd.DataFrame({"x": by.size() - 1.0, "tx": (by.max() - by.min()) / unit})
    table["t"] = (end - by.min()) / unit
    table["mean"] = again.reindex(table.index).fillna(0.0)
    return table


def histories(table: pd.DataFrame, weight: Any = None) -> Histories:
    """One history per row of a summary."""
    weight = np.ones(len(table)) if weight is None else weight
    x, tx, t = (table[name].to_numpy(dtype=float) for name in ("x", "tx", "t"))
    return Histories(x=x, tx=tx, t=t, weight=weight)


def buyers(table: pd.DataFrame) -> Buyers:
    """Customers of a summary, each with a history of its own."""
    ids = tuple(str(name) for name in table.index)
    at = np.arange(len(table))
    return Buyers(ids=ids, mean=table["mean"].to_numpy(dtype=float), histories=histories(table), at=at)
