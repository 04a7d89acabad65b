"""Intervals of 95 % hold the truth in about 95 % of populations drawn with the seeds 1 to 100, which nobody chose.

Of 100 intervals that cover with probability .95 fewer than 87 hold once in 2,000 times, so 87 is the bound for
one quantity (test below). The mean over the quantities of a family lies between the 90 % and 98 % that users are
promised; a family of fewer than five may reach 99 %, because 99 or 100 of 100 hold once in 27 times.
``pytest -s`` prints the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from demo_records import generator, loaded, written
from records_builder import PROVENANCE, records_of

from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records
from omnistudy.crm.lifetime import bgnbd, gamma_gamma, sbg
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.links.grades import difference
from omnistudy.crm.links.interrupted import Interrupted, interrupted_series
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.engine import QuerySource
from omnistudy.crm.records.model import Records

pytestmark = pytest.mark.slow

SEEDS = range(1, 101)
LEAST = 87
PEOPLE = {"survey": 800, "events": 300, "tickets": 300, "transactions": 300}
SMALL = 30


@dataclass(frozen=True)
class Drawn:
    """One population per seed, told apart by segment, in one engine."""

    records: Records
    make: ModuleType
    truth: dict[str, Any]


def people(seed: int, size: int) -> pd.DataFrame:
    ids = [f"{seed:03d}-{at:05d}" for at in range(size)]
    return pd.DataFrame({"customer_id": ids, "segment": f"s{seed:03d}"})


def stacked(name: str, draw: Callable[[np.random.Generator, pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for seed in SEEDS:
        part = draw(np.random.default_rng(seed), people(seed, PEOPLE[name]))
        part["segment"] = f"s{seed:03d}"  # strangers too
        for key in {"journey_id", "ticket_id", "respondent_id"} & set(part.columns):
            part[key] = part[key].map(lambda text, seed=seed: None if pd.isna(text) else f"{seed}-{text}")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def drawn(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawn]:
    make, folder = generator(demo), tmp_path_factory.mktemp("drawn")
    frames = {
        "survey": stacked("survey", make.survey),
        "events": stacked("events", make.events),
        "tickets": stacked("tickets", make.tickets),
        "transactions": stacked(
            "transactions",
            lambda random, who: pd.concat([part for _, part in make.transactions(random, who)]),
        ),
    }
    answers = frames["survey"]
    few = answers[answers["instrument"] == "nps"].groupby("segment").head(SMALL)
    frames["survey"] = pd.concat([answers, few.assign(segment=few["segment"].str.replace("s", "t"))])
    files = {name: (written(frame, folder / f"{name}.parquet"),) for name, frame in frames.items()}
    with loaded(demo / "crm" / "columns.toml", files) as records:
        yield Drawn(records, make, make.truth())


def by_seed(records: Records, *names: str) -> list[MetricRow]:
    options = MetricsOptions(metrics=names, by=By.SEGMENT)
    return list(metrics_of_records(records, options, PROVENANCE).rows)


def covered(rows: list[MetricRow], name: str, level: str | None, value: float, first: str = "s") -> float:
    found = [row for row in rows if row.metric == name and row.level == level and row.group[0] == first]
    assert len(found) == len(SEEDS), (name, level, len(found), found[:1])
    hits = [
        row.ci_low is not None and row.ci_high is not None and row.ci_low <= value <= row.ci_high
        for row in found
    ]
    return float(np.mean(hits))


def judged(title: str, shares: dict[str, float]) -> None:
    """Every quantity passes the bound of one, and the family that of the promise."""
    for name, share in shares.items():
        print(f"{title:28} {name:32} {share:.3f}")
    assert min(shares.values()) >= LEAST / 100, shares
    most = 0.98 if len(shares) >= 5 else 0.99
    assert 0.90 - 1e-9 <= np.mean(list(shares.values())) <= most + 1e-9, shares


def test_the_bound_follows_from_the_binomial() -> None:
    from scipy.stats import binom

    assert binom.cdf(LEAST - 1, 100, 0.95) < 1 / 2000 < binom.cdf(LEAST, 100, 0.95)


def test_shares_of_customers_journeys_and_tickets(drawn: Drawn) -> None:
    make, shares = drawn.make, drawn.truth["shares"]
    day = np.arange(make.DAYS)
    settled = make.RESOLVED["base"] + make.RESOLVED["slope"] * day / 30.44
    settled = settled + (day >= make.TRAINING) * make.RESOLVED["level_change"]
    wanted = {
        ("repeat_rate", "days"): shares["repeat_rate"],
        ("conversion", "journey"): shares["conversion"],
        ("continuity", None): shares["continuity"],
        ("stitch_rate", None): shares["stitch_rate"],
        ("repeat_information", None): shares["repeat_information"],
        ("personalised_share", None): shares["personalised_share"],
        ("csat", "top_two"): shares["csat"],
        ("ces", "five_to_seven"): shares["ces"],
        ("first_contact_resolution", None): float(settled.mean()),
    }
    rows = by_seed(drawn.records, *dict.fromkeys(name for name, _ in wanted))
    judged("Wilson", {name: covered(rows, name, level, value) for (name, level), value in wanted.items()})


def test_shares_of_events_that_hang_together_by_customer(drawn: Drawn) -> None:
    """The events of one customer are alike, so a plain Wilson interval would hold in 80 of 100 only."""
    shares = drawn.truth["shares"]
    rows = by_seed(drawn.records, "digital_share", "identity_match")
    found = {name: covered(rows, name, None, shares[name]) for name in ("digital_share", "identity_match")}
    judged("Wilson, clustered", found)


def test_scores_rates_means_and_waits(drawn: Drawn) -> None:
    truth = drawn.truth
    rows = by_seed(drawn.records, "nps", "viral_k", "response_time")
    hours = truth["response_hours"]
    found = {
        "nps, Wald, n about 128": covered(rows, "nps", None, truth["nps"]["all"]),
        "nps, adjusted Wald, n = 30": covered(rows, "nps", None, truth["nps"]["all"], first="t"),
        "viral_k": covered(rows, "viral_k", None, truth["viral_k"]),
        "response_time, median": covered(rows, "response_time", "median", hours["median"] * 3600),
        "response_time, p90": covered(rows, "response_time", "p90", hours["p90"] * 3600),
    }
    judged("scores and waits", found)


def test_scales(drawn: Drawn) -> None:
    engine = drawn.records.engine
    held: dict[str, list[bool]] = {"scale_mean": [], "scale_alpha": []}
    engine.register("all_survey", QuerySource(sql="select * from survey"))
    options = MetricsOptions(metrics=tuple(held))
    for seed in SEEDS:
        sql = f"select * from all_survey where segment = 's{seed:03d}'"
        engine.register("survey", QuerySource(sql=sql, stored=False))
        for row in metrics_of_records(replace(drawn.records, memo={}), options, PROVENANCE).rows:
            wanted = drawn.truth["scales"][f"scale:{row.level}"][row.metric.removeprefix("scale_")]
            assert row.ci_low is not None, row.reason
            assert row.ci_high is not None
            held[row.metric].append(row.ci_low <= wanted <= row.ci_high)
    engine.register("survey", QuerySource(sql="select * from all_survey"))
    assert {len(found) for found in held.values()} == {2 * len(SEEDS)}
    judged("scales", {name: float(np.mean(found)) for name, found in held.items()})


def test_difference_of_a_score_before_and_after(drawn: Drawn) -> None:
    make, nps = drawn.make, drawn.truth["nps"]
    start = int((make.FIRST_DAY - np.datetime64("1970-01-01")).astype(int)) + make.ONE_RECORD
    sides = (replace(drawn.records, until=start - 1), replace(drawn.records, since=start))
    found = [{row.group: row for row in by_seed(side, "nps")} for side in sides]
    hits = []
    for seed in SEEDS:
        rows = [side[f"s{seed:03d}"] for side in found]
        limits = [(float(row.value or 0), float(row.ci_low or 0), float(row.ci_high or 0)) for row in rows]
        shown = difference(limits[0], limits[1])
        hits.append(shown.low <= nps["after"] - nps["before"] <= shown.high)
    judged("difference", {"nps after minus before": float(np.mean(hits))})


def test_retention(tmp_path: Path) -> None:
    """Each seed is a cohort of its own month, and so is the seed's month after it."""
    kept, size = 0.6, 60
    lines = ["customer_id,ts,value"]
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        month, following = (f"{1990 + at // 12}-{at % 12 + 1:02d}" for at in (seed, seed + 1))
        for customer in range(size):
            lines.append(f"{seed}-{customer},{month}-10,1")
            if random.random() < kept:
                lines.append(f"{seed}-{customer},{following}-20,1")
    table = "\n".join(lines) + "\n"
    since, until = date(1990, 1, 1), date(1999, 12, 31)
    with records_of(tmp_path, transactions=table, since=since, until=until) as records:
        rows = metrics_of_records(records, MetricsOptions(metrics=("retention",)), PROVENANCE).rows
    first = [row for row in rows if row.k == 1]
    assert len(first) == len(SEEDS)
    hits = [
        row.ci_low is not None and row.ci_high is not None and row.ci_low <= kept <= row.ci_high
        for row in first
    ]
    judged("Wilson", {"retention, month 1": float(np.mean(hits))})


def test_switching_and_peak_end(drawn: Drawn) -> None:
    truth, engine = drawn.truth, drawn.records.engine
    cells: dict[str, list[bool]] = {}
    peaks = []
    engine.register("all_events", QuerySource(sql="select * from events"))
    for seed in SEEDS:
        sql = f"select * from all_events where segment = 's{seed:03d}'"
        engine.register("events", QuerySource(sql=sql, stored=False))
        found = journeys_of_records(drawn.records, JourneysOptions(), PROVENANCE)
        for one in found.switches:
            assert one.low is not None
            assert one.high is not None
            held = one.low <= truth["switching"][one.source][one.target] <= one.high
            cells.setdefault(f"{one.source} > {one.target}", []).append(held)
        assert found.peak_end is not None
        assert found.peak_end.limits is not None
        peaks.append(found.peak_end.limits.low <= truth["peak_end"] <= found.peak_end.limits.high)
    assert len(cells) == 25
    judged("Dirichlet", {name: float(np.mean(held)) for name, held in cells.items()})
    judged("Student", {"peak-end": float(np.mean(peaks))})


def holds(fit: Fit, wanted: dict[str, float]) -> list[bool]:
    assert fit.converged
    assert fit.covariance is not None
    errors = 1.959964 * np.sqrt(np.diag(fit.covariance))
    return [bool(held) for held in np.abs(fit.log_parameters - np.log(list(wanted.values()))) <= errors]


def test_parameters_of_the_purchase_models(drawn: Drawn) -> None:
    make, size = drawn.make, 1_500
    buying, spending = [], []
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        age = make.WINDOW - 1 - random.integers(0, make.LATEST_START, size)
        owner, day = make.purchases(random, age)
        x, last = np.bincount(owner, minlength=size).astype(float), np.zeros(size)
        np.maximum.at(last, owner, day.astype(float))
        histories = bgnbd.Histories(x=x, tx=last / 7, t=age / 7, weight=np.ones(size))
        buying.append(holds(bgnbd.fit(histories), make.BGNBD))
        spent = np.bincount(owner, weights=make.spending(random, owner, size), minlength=size)
        again = x > 0
        fit = gamma_gamma.fit(x[again], spent[again] / x[again], np.ones(int(again.sum())))
        spending.append(holds(fit, make.GAMMA_GAMMA))
    judged("BG/NBD, information", dict(zip(make.BGNBD, np.mean(buying, axis=0).tolist(), strict=True)))
    judged(
        "Gamma-Gamma, information",
        dict(zip(make.GAMMA_GAMMA, np.mean(spending, axis=0).tolist(), strict=True)),
    )


def test_parameters_of_the_renewal_model(drawn: Drawn) -> None:
    found = []
    for seed in SEEDS:
        contracts = drawn.make.deposits(np.random.default_rng(seed), 20_000)
        ended = contracts["churned"].to_numpy()
        years = contracts["duration"].to_numpy()
        lost, kept = (np.bincount(years[part], minlength=9)[1:].astype(float) for part in (ended, ~ended))
        found.append(holds(sbg.fit(lost, kept), drawn.make.SBG))
    judged("sBG, information", dict(zip(drawn.make.SBG, np.mean(found, axis=0).tolist(), strict=True)))


@pytest.mark.parametrize(("side", "least", "most"), [(24, 86, 14), (12, 80, 20)])
def test_interrupted_series(side: int, least: int, most: int) -> None:
    """REML finds too much in short series: 93 % and 90 % of 1,000 series held the step, as its note says.

    The bounds allow for 100 draws around these. The placebo dates keep their level; with 12 points a side
    they cannot reject at all, because there are fewer than 20 dates.
    """
    rho, step, spread = 0.4, 0.09, 0.03
    held = rejected = placebo = 0
    for seed in SEEDS:
        noise = np.random.default_rng(seed).standard_normal(2 * side)
        for at in range(1, 2 * side):
            noise[at] = rho * noise[at - 1] + np.sqrt(1 - rho**2) * noise[at]
        quiet = 0.58 + 0.001 * np.arange(2 * side) + spread * noise
        moved = interrupted_series((quiet + step * (np.arange(2 * side) >= side)).tolist(), side)
        unmoved = interrupted_series(quiet.tolist(), side)
        assert isinstance(moved, Interrupted)
        assert isinstance(unmoved, Interrupted)
        held += moved.term("level_change").low <= step <= moved.term("level_change").high
        rejected += unmoved.term("level_change").p < 0.05
        placebo += unmoved.placebo_p is not None and unmoved.placebo_p < 0.05
    print(f"REML, {side} a side: held {held}, rejected without a step {rejected}, by placebo dates {placebo}")
    assert held >= least
    assert rejected <= most
    assert placebo <= 10  # of 100 at .05 more than 10 come about once in a hundred
    assert (placebo == 0) == (side == 12)
