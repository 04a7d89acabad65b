"""Branches by months against a regression written with dummies, and what the panel refuses."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from links_builder import GROUPS
from numpy.typing import NDArray
from records_builder import records_of
from scipy.stats import t as student

from omnistudy.crm.links.panel import Cell, Panel, panel_of, two_way
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.refusals import Refusal

Vector = NDArray[np.float64]
NEEDED = (
    "at least 6 branches with coded interviews and the metric in months before and after the date; 30 for clustered "
    "errors without a bootstrap."
)


def cells_of(
    branches: int, months: int, seed: int, *, holes: bool = True
) -> tuple[list[Cell], dict[str, float]]:
    random = np.random.default_rng(seed)
    exposure = {f"b{at:02d}": float(at % 4) / 3 for at in range(branches)}
    cells = [
        Cell(name, f"2024-{month + 1:02d}", random.normal() + 0.4 * exposed * (month >= months // 2))
        for name, exposed in exposure.items()
        for month in range(months)
        if not holes or random.uniform() > 0.15
    ]
    return cells, exposure


class Dummies:
    """The same regression with a dummy for every branch and month, projected out at once."""

    def __init__(self, cells: list[Cell], exposure: dict[str, float], first: str) -> None:
        self.names = sorted({cell.branch for cell in cells})
        months = sorted({cell.month for cell in cells})
        self.branch = np.array([[cell.branch == name for name in self.names] for cell in cells], dtype=float)
        dummies = np.column_stack([self.branch, [[cell.month == one for one in months] for cell in cells]])
        self.rest = np.eye(len(cells)) - dummies @ np.linalg.pinv(dummies)
        self.x = self.rest @ [exposure[cell.branch] * (cell.month >= first) for cell in cells]
        self.y = self.rest @ [cell.value for cell in cells]
        n, groups = len(cells), len(self.names)
        self.factor = groups / (groups - 1) * (n - 1) / (n - groups - len(months))

    def fit(self, y: Vector) -> tuple[float, float]:
        """The coefficient and its error clustered by branch."""
        scale = self.x @ self.x
        effect = float(self.x @ y / scale)
        scores = self.branch.T @ (self.x * (y - effect * self.x))
        return effect, float(np.sqrt(self.factor * (scores**2).sum()) / scale)

    def under_the_null(self) -> Vector:
        """|t| for every way to turn the branches' signs."""
        found = []
        for signs in product((-1.0, 1.0), repeat=len(self.names)):
            effect, error = self.fit(self.rest @ (self.y * (self.branch @ signs)))
            found.append(abs(effect / error))
        return np.array(found)


@pytest.mark.parametrize(("branches", "confidence"), [(6, 0.95), (9, 0.95), (9, 0.5)])
def test_few_branches_by_every_turn_of_signs(branches: int, confidence: float) -> None:
    cells, exposure = cells_of(branches, 5, 3)
    model = Dummies(cells, exposure, "2024-03")
    effect, error = model.fit(model.y)
    drawn = model.under_the_null()
    half = float(np.quantile(drawn, confidence)) * error
    p = (1 + int((drawn >= abs(effect / error) - 1e-9).sum())) / (1 + 2**branches)
    found = two_way(cells, exposure, "2024-03", (1, confidence))
    assert isinstance(found, Panel)
    assert 0.01 < p < 1
    assert asdict(found) == {
        "effect": pytest.approx(effect),
        "low": pytest.approx(effect - half),
        "high": pytest.approx(effect + half),
        "p": pytest.approx(p),
        "branches": branches,
        "months": 5,
        "observations": len(cells),
        "method": "wild_cluster_bootstrap",
    }


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_thirty_branches_by_clustered_errors(confidence: float) -> None:
    cells, exposure = cells_of(30, 4, 5)
    model = Dummies(cells, exposure, "2024-03")
    effect, error = model.fit(model.y)
    half = student.ppf(0.5 + confidence / 2, 29) * error
    found = two_way(cells, exposure, "2024-03", (1, confidence))
    assert isinstance(found, Panel)
    assert asdict(found) == {
        "effect": pytest.approx(effect),
        "low": pytest.approx(effect - half),
        "high": pytest.approx(effect + half),
        "p": pytest.approx(2 * student.sf(abs(effect / error), 29)),
        "branches": 30,
        "months": 4,
        "observations": len(cells),
        "method": "clustered_by_branch",
    }


def test_the_difference_of_two_months_by_hand() -> None:
    """Exposed branches rise by 1, 2 and 3, the others by 0, 1 and -1: 2 - 0."""
    steps = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 0.0, "e": 1.0, "f": -1.0}
    exposure = {name: float(name in "abc") for name in steps}
    cells = [Cell(name, "2024-01", 5.0 + len(name)) for name in steps]
    cells += [Cell(name, "2024-02", 6.0 + step) for name, step in steps.items()]
    found = two_way(cells, exposure, "2024-02", (1, 0.95))
    assert isinstance(found, Panel)
    assert (found.branches, found.months, found.observations) == (6, 2, 12)
    assert found.effect == pytest.approx(2.0)
    assert found.high - found.effect == pytest.approx(found.effect - found.low)


def test_means_are_taken_out_until_nothing_moves_anywhere() -> None:
    """Three branches of other months are done after one round; the others, with holes, take many more."""
    cells, exposure = cells_of(4, 5, 8)
    random = np.random.default_rng(1)
    apart = [Cell(f"z{at}", f"2024-{month}", random.normal()) for at in range(3) for month in (10, 11)]
    exposure |= {"z0": 0.0, "z1": 0.5, "z2": 1.0}
    assert len(cells) < 20
    model = Dummies([*cells, *apart], exposure, "2024-03")
    found = two_way([*cells, *apart], exposure, "2024-03", (1, 0.95))
    assert isinstance(found, Panel)
    assert found.effect == pytest.approx(model.fit(model.y)[0], rel=1e-10)


def test_another_unit_is_the_same_panel() -> None:
    """Neither the unit of the metric nor that of the exposure decides on p, however small they are."""
    cells, exposure = cells_of(8, 5, 3)
    plain = two_way(cells, exposure, "2024-03", (1, 0.95))
    small = [replace(cell, value=1e-9 * cell.value) for cell in cells]
    tiny = two_way(small, {name: 1e-8 * value for name, value in exposure.items()}, "2024-03", (1, 0.95))
    assert isinstance(plain, Panel)
    assert isinstance(tiny, Panel)
    assert tiny.p == plain.p
    assert (tiny.effect, tiny.low, tiny.high) == pytest.approx(
        tuple(0.1 * value for value in (plain.effect, plain.low, plain.high))
    )


def test_from_thirteen_branches_on_signs_are_drawn() -> None:
    """All 4,096 ways up to twelve branches, then 9,999 drawn from the seed, near all 8,192 of thirteen."""
    all_ways = two_way(*cells_of(12, 2, 1, holes=False), "2024-02", (1, 0.95))
    assert isinstance(all_ways, Panel)
    assert all_ways.p * 4097 == pytest.approx(round(all_ways.p * 4097), abs=1e-9)
    cells, exposure = cells_of(13, 2, 7, holes=False)
    found = two_way(cells, exposure, "2024-02", (1, 0.95))
    assert isinstance(found, Panel)
    assert found.method == "wild_cluster_bootstrap"
    assert found.p * 10_000 == pytest.approx(round(found.p * 10_000), abs=1e-9)
    model = Dummies(cells, exposure, "2024-02")
    effect, error = model.fit(model.y)
    drawn = model.under_the_null()
    p = float(np.mean(drawn >= abs(effect / error) - 1e-9))
    assert 0.02 < p < 0.98
    assert found.p == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 9999))
    assert (found.high - effect) / error == pytest.approx(float(np.quantile(drawn, 0.95)), rel=0.05)
    assert found.high - effect == pytest.approx(effect - found.low)


def test_the_seed_decides_on_the_signs() -> None:
    cells, exposure = cells_of(29, 2, 2, holes=False)
    first, again, other = (two_way(cells, exposure, "2024-02", (seed, 0.95)) for seed in (1, 1, 2))
    assert isinstance(first, Panel)
    assert isinstance(other, Panel)
    # One branch below thirty still takes the bootstrap.
    assert first.method == "wild_cluster_bootstrap"
    assert first == again
    assert first.effect == other.effect
    assert first.low != other.low


def refused(found: Panel | Refusal) -> str:
    assert isinstance(found, Refusal)
    data = found.as_json()
    assert (data["subject"], data["needed"]) == ("panel", NEEDED)
    return f"{data['code']}: {data['reason']}"


def test_a_panel_without_enough_to_compare_is_refused() -> None:
    few = two_way(*cells_of(5, 6, 1), "2024-03", (1, 0.95))
    assert refused(few) == (
        "panel_too_few_branches: only 5 branches carry both coded interviews and the metric by month."
    )
    cells, exposure = cells_of(8, 6, 1)
    alike = "panel_constant: exposure after the date does not differ between branches and months."
    assert refused(two_way(cells, dict.fromkeys(exposure, 0.5), "2024-03", (1, 0.95))) == alike
    assert refused(two_way(cells, dict.fromkeys(exposure, 0.0), "2024-03", (1, 0.95))) == alike
    assert refused(two_way(cells, exposure, "2025-01", (1, 0.95))) == alike
    assert refused(two_way(cells, exposure, "2024-01", (1, 0.95))) == alike


def test_a_panel_needs_more_cells_than_branches_and_months() -> None:
    """Six branches and three months ask for ten cells."""
    exposure = {f"b{at}": float(at == 0) for at in range(6)}
    places = [(0, 1), (0, 2), (0, 3), (1, 1), (1, 3), (2, 2), (3, 2), (4, 2), (5, 2)]
    cells = [Cell(f"b{branch}", f"2024-0{month}", float(branch * month % 5)) for branch, month in places]
    assert refused(two_way(cells, exposure, "2024-02", (1, 0.95))) == (
        "panel_constant: there are not more branch months than branches and months together."
    )
    found = two_way([*cells, Cell("b1", "2024-02", 4.0)], exposure, "2024-02", (1, 0.95))
    assert isinstance(found, Panel)
    assert found.observations == 10


def test_a_metric_without_anything_beside_the_effects_is_refused() -> None:
    """The same metric everywhere, and one that is exposure and nothing else, have no error."""
    cells, exposure = cells_of(8, 4, 1)
    still = [Cell(cell.branch, cell.month, 0.3) for cell in cells]
    exact = [
        Cell(cell.branch, cell.month, 0.3 + 2 * exposure[cell.branch] * (cell.month >= "2024-03"))
        for cell in cells
    ]
    for made in (still, exact):
        assert refused(two_way(made, exposure, "2024-03", (1, 0.95))) == (
            "panel_constant: the metric does not vary beside the means of branches and months and the exposure, so "
            "there is no error to measure against."
        )


def link(**changes: str) -> Link:
    stated = {"metric": "digital_share", "date": "2024-02-20", **changes}
    return Link(id="a", category="access", role="effect", direction="+", **stated)


# Digital events of four in the month before and after 2024-02-20, which is the first day of Esfand 1402.
DIGITAL = {"b0": (1, 3), "b1": (2, 3), "b2": (1, 4), "b3": (2, 2), "b4": (1, 2), "b5": (3, 3), "b6": (0, 4)}


def events(day: tuple[str, str]) -> str:
    rows = ["customer_id,ts,channel,event,branch_id"]
    for branch, counts in DIGITAL.items():
        for start, digital in zip(day, counts, strict=True):
            rows += [f"c,{start},{'app' if at < digital else 'branch'},v,{branch}" for at in range(4)]
    return "\n".join(rows) + "\n"


EXPOSED = {"b0": 1.0, "b1": 1.0, "b2": 1.0, "b3": 0.0, "b4": 0.0, "b5": 0.0}


@pytest.mark.parametrize(
    ("calendar", "days"),
    [("gregorian", ("2024-01-30", "2024-02-01")), ("jalali", ("2024-02-19", "2024-02-20"))],
)
def test_branches_and_months_of_the_records(tmp_path: Path, calendar: str, days: tuple[str, str]) -> None:
    """The month of the date counts as after; the branch without coded interviews is left out."""
    with records_of(tmp_path, columns=GROUPS, events=events(days), calendar=calendar) as records:
        found = panel_of(records, link(), EXPOSED, MetricsOptions(), (1, 0.95))
        early = panel_of(records, link(date="2025-06-01"), EXPOSED, MetricsOptions(), (1, 0.95))
    assert isinstance(found, Panel)
    assert (found.branches, found.months, found.observations) == (6, 2, 12)
    # Exposed: +2, +1 and +3 of four events; the others 0, +1 and 0.
    assert found.effect == pytest.approx((6 / 3 - 1 / 3) / 4)
    assert isinstance(early, Refusal)


def test_what_a_panel_of_records_needs(tmp_path: Path) -> None:
    lacking = "panel_constant: a panel needs records, a metric of them, and the date of the strategy."
    assert refused(panel_of(None, link(), EXPOSED, MetricsOptions(), (1, 0.95))) == lacking
    with records_of(tmp_path, columns=GROUPS, events=events(("2024-01-30", "2024-02-01"))) as records:
        for one in (link(date=""), link(metric="own:metric")):
            assert refused(panel_of(records, one, EXPOSED, MetricsOptions(), (1, 0.95))) == lacking
        absent = panel_of(records, link(level="nowhere"), EXPOSED, MetricsOptions(), (1, 0.95))
        assert refused(absent).startswith("panel_too_few_branches: only 0 branches")


def test_a_metric_of_several_rows_asks_for_a_level(tmp_path: Path) -> None:
    """Median and 90th percentile of one branch month are not two observations of one metric."""
    rows = ["ticket_id,customer_id,channel,opened,first_response,resolved,branch_id"]
    for branch in EXPOSED:
        for day in ("2024-01-30", "2024-02-20"):
            rows += [
                f"{branch}{day}{at},c,app,{day} 08:00,{day} 08:{5 + at * (3 + int(branch[1])):02d},{day} 10:00,{branch}"
                for at in range(1, 5)
            ]
    with records_of(tmp_path, columns=GROUPS, tickets="\n".join(rows) + "\n") as records:
        asked = link(metric="response_time")
        found = panel_of(records, asked, EXPOSED, MetricsOptions(), (1, 0.95))
        assert isinstance(found, Refusal)
        assert found.as_json() == {
            "code": "several_rows",
            "subject": "a",
            "reason": "Response time has several rows: name a level in the link.",
            "needed": 'one value for every case or branch month: name the row with level = "…".',
        }
        named = panel_of(
            records, link(metric="response_time", level="median"), EXPOSED, MetricsOptions(), (1, 0.95)
        )
    assert isinstance(named, Refusal)  # the same in both months
    assert named.code == "panel_constant"
