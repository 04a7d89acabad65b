"""Branches by months: a metric on exposure after a date, with fixed effects of branch and month.

Errors are clustered by branch from 30 branches on; below, they come from the wild cluster bootstrap
with the null imposed (Cameron, Gelbach & Miller, 2008, doi:10.1162/rest.90.3.414).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import sqrt
from typing import TYPE_CHECKING

from omnistudy.crm.links.metrics import several
from omnistudy.crm.links.refusals import several_rows
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, Provenance, msg
from omnistudy.text.jalali import to_jalali

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEAST_BRANCHES, LEAST_CLUSTERS = 6, 30
DRAWS, MOST_EXACT = 9_999, 12
# Below this share of the metric's own size, what is left beside the effects is rounding.
EXACT = 1e-11
_NOWHERE = Provenance(version="", command="", seed=None, inputs=(), synthetic=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The coefficient of exposure × after; ``method`` says where its errors come from."""

    effect: float
    low: float
    high: float
    p: float
    branches: int
    months: int
    observations: int
    method: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One branch in one month."""

    branch: str
    month: str
    value: float


def panel_of(
    records: Records | None,
    link: Link,
    exposure: Mapping[str, float],
    options: MetricsOptions,
    choice: tuple[int, float],
) -> Panel | Refusal:
    """Regress the link's metric by branch and month on exposure after the link's date.

    Parameters
    ----------
    exposure
        How present the category is in the interviews of every branch.
    choice
        Seed of the bootstrap and level of the interval.
    """
    change = link.change
    if records is None or change is None or link.metric not in METRICS:
        return _refused(
            "panel_constant", msg("a panel needs records, a metric of them, and the date of the strategy")
        )
    asked = replace(options, metrics=(link.metric,), by=By.PANEL)
    found = metrics_of_records(records, asked, _NOWHERE).rows
    rows = [row for row in found if not link.level or row.level == link.level]
    ambiguous = several(rows, link)
    if ambiguous is not None:
        return several_rows(link, ambiguous)
    cells = []
    for row in rows:
        branch, _, month = row.group.rpartition("|")
        if row.value is not None and branch in exposure:
            cells.append(Cell(branch, month, row.value))
    first = _month(change, records.calendar)
    return two_way(cells, exposure, first, choice)


def two_way(
    cells: list[Cell], exposure: Mapping[str, float], first: str, choice: tuple[int, float]
) -> Panel | Refusal:
    """Fit branch and month effects and the coefficient of exposure in months from ``first`` on."""
    import numpy as np
    from scipy.special import stdtr, stdtrit

    branches = sorted({cell.branch for cell in cells})
    months = sorted({cell.month for cell in cells})
    if len(branches) < LEAST_BRANCHES:
        return _few(len(branches))
    at_branch = np.array([branches.index(cell.branch) for cell in cells])
    at_month = np.array([months.index(cell.month) for cell in cells])
    x = np.array([exposure[cell.branch] * (cell.month >= first) for cell in cells], dtype=np.float64)
    y = np.array([cell.value for cell in cells])
    within_x, within_y = _without_means(x, at_branch, at_month), _without_means(y, at_branch, at_month)
    scale = float(within_x @ within_x)
    if scale <= 1e-12 * float(x @ x):
        return _refused(
            "panel_constant", msg("exposure after the date does not differ between branches and months")
        )
    effect = float(within_x @ within_y) / scale
    groups, n = len(branches), len(cells)
    used = groups + len(months)
    if n <= used:
        return _refused(
            "panel_constant", msg("there are not more branch months than branches and months together")
        )
    left = within_y - effect * within_x
    if float(left @ left) <= EXACT**2 * float(y @ y):
        return _refused(
            "panel_constant",
            msg(
                "the metric does not vary beside the means of branches and months and the exposure, so there is no "
                "error to measure against"
            ),
        )
    factor = groups / (groups - 1) * (n - 1) / (n - used)
    error = _clustered(within_x, left, at_branch, groups) * sqrt(factor) / scale
    if groups >= LEAST_CLUSTERS:
        half = float(stdtrit(groups - 1, 0.5 + choice[1] / 2)) * error
        p, method = 2 * float(stdtr(groups - 1, -abs(effect / error))), "clustered_by_branch"
    else:
        drawn = _wild(within_x, within_y, at_branch, at_month, (groups, factor, choice[0]))
        p = (1 + int((drawn >= abs(effect / error) - 1e-12).sum())) / (1 + len(drawn))
        half, method = float(np.quantile(drawn, choice[1])) * error, "wild_cluster_bootstrap"
    return Panel(
        effect=effect, low=effect - half, high=effect + half, p=p, branches=groups, months=len(months),
        observations=n, method=method,
    )  # fmt: skip


def _few(branches: int) -> Refusal:
    return _refused(
        "panel_too_few_branches",
        msg(
            "only {n} branches carry both coded interviews and the metric by month",
            n=Number(branches, Kind.COUNT),
        ),
    )


def _without_means(values: Vector, branch: Vector, month: Vector) -> Vector:
    """Take branch and month means out in turn until nothing moves; one round does for a full panel."""
    import numpy as np

    left = values.astype(np.float64)
    for _ in range(1000):
        old = left
        for index in (branch, month):
            sizes = np.bincount(index)
            left = left - (np.bincount(index, weights=left) / sizes)[index]
        if float(np.abs(left - old).max()) <= 1e-12 * float(np.abs(values).max()):
            break
    return left


def _clustered(x: Vector, residual: Vector, branch: Vector, groups: int) -> float:
    import numpy as np

    scores = np.bincount(branch, weights=x * residual, minlength=groups)
    return sqrt(float(scores @ scores))


def _wild(x: Vector, y: Vector, branch: Vector, month: Vector, choice: tuple[int, float, int]) -> Vector:
    """|t| under the null: every branch's residuals keep or change their sign, all ways or 9,999 of them."""
    import numpy as np

    groups, factor, seed = choice
    if groups <= MOST_EXACT:
        signs = np.array(list(product((-1.0, 1.0), repeat=groups)))
    else:
        signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(DRAWS, groups))
    scale = float(x @ x)
    found = np.empty(len(signs))
    for at, sign in enumerate(signs):
        made = _without_means(y * sign[branch], branch, month)
        effect = float(x @ made) / scale
        error = _clustered(x, made - effect * x, branch, groups) * sqrt(factor) / scale
        found[at] = abs(effect / error) if error > 0 else 0.0
    return found


def _month(day: date, calendar: str) -> str:
    year, month = to_jalali(day)[:2] if calendar == "jalali" else (day.year, day.month)
    return f"{year:04d}-{month:02d}"


def _refused(code: str, reason: Message) -> Refusal:
    return Refusal(
        code=code,
        subject="panel",
        reason=msg("{reason}.", reason=reason),
        needed=msg(
            "at least 6 branches with coded interviews and the metric in months before and after the date; 30 for "
            "clustered errors without a bootstrap."
        ),
    )
