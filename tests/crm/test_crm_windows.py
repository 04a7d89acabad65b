"""What a window hides must not change who is new; customers' events are alike; nothing is computed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.ecrm_indicators import INDICATORS
from omnistudy.crm.audits.maturity_levels import Thresholds, channel_shares
from omnistudy.crm.audits.maturity_traits import OBSERVABLES
from omnistudy.crm.metrics.case import By, MetricsOptions, prepared
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.metrics.units import spoken
from omnistudy.crm.records.engine import Answer, DuckDBEngine, QuerySource, RowSource, Scalar
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.statistics.intervals import Clustered, wilson, wilson_clustered
from omnistudy.results import Kind, Number

BUYS = """customer_id,ts,value,referrer_id
old,2023-11-10,1,
old,2024-01-05,1,
old,2024-02-05,1,
new,2024-01-06,1,old
new,2024-02-07,1,old
once,2024-01-20,1,old
late,2024-03-31,1,
"""


def computed(records: Records, *names: str, **choices: Any) -> list[MetricRow]:
    return list(metrics_of_records(records, MetricsOptions(metrics=names, **choices), PROVENANCE).rows)


def from_day(records: Records, day: date) -> Records:
    return replace(records, since=day_of(day))


@pytest.mark.parametrize("name", ["retention", "retention_rolling"])
def test_a_cohort_is_the_month_of_the_first_row_of_all(tmp_path: Path, name: str) -> None:
    with records_of(tmp_path, transactions=BUYS) as records:
        whole = {(row.cohort, row.k): row for row in computed(records, name)}
        cut = {(row.cohort, row.k): row for row in computed(from_day(records, date(2024, 1, 1)), name)}
        inside = computed(from_day(records, date(2024, 1, 2)), name)
    # The customer of November came again in January and is not of its cohort.
    assert (whole["2024-01", 1].n, whole["2024-01", 1].denominator) == (1, 2)
    assert cut["2024-01", 1] == replace(whole["2024-01", 1], window=cut["2024-01", 1].window)
    assert {cohort for cohort, _ in whole} - {cohort for cohort, _ in cut} == {"2023-11"}
    # From the second of January on not all of January's cohort can be seen.
    assert "2024-01" not in {row.cohort for row in inside}


def test_no_cohort_at_all_has_a_reason(tmp_path: Path) -> None:
    with records_of(tmp_path, transactions=BUYS) as records:
        (row,) = computed(replace(from_day(records, date(2024, 2, 2)), until=19_780), "retention")
    assert row.value is None
    assert "came first" in str(row.reason)


def test_who_was_known_before_the_window_can_be_lost_in_it(tmp_path: Path) -> None:
    buys = "customer_id,ts,value\na,2023-01-01,1\na,2024-03-20,1\nb,2024-01-02,1\nc,2024-03-31,1\n"
    with records_of(tmp_path, transactions=buys) as records:
        (row,) = computed(from_day(records, date(2024, 1, 1)), "churn", inactive_days=30)
    # a is known for a year and was there lately; c came too lately to be lost.
    assert (row.n, row.denominator) == (1, 2)


def test_the_referrer_and_the_first_day_may_lie_before_the_window(tmp_path: Path) -> None:
    buys = "customer_id,ts,value,referrer_id\nr,2023-12-01,1,\nr,2024-01-05,1,\n"
    buys += "c,2023-12-11,1,r\nc,2024-01-02,1,\n"
    with records_of(tmp_path, transactions=buys) as records:
        cut = from_day(records, date(2024, 1, 1))
        rows = {
            (row.metric, row.level): row for row in computed(cut, "referral_cycle", "referral_generations")
        }
    assert rows["referral_cycle", None].value == 10
    assert (rows["referral_generations", "1"].n, rows["referral_generations", "1"].denominator) == (1, 1)


TICKETS = """ticket_id,customer_id,opened,channel,topic,is_complaint
t1,a,2023-05-01,app,card,yes
t2,a,2024-01-03,app,card,yes
t3,a,2024-02-03,app,card,yes
t4,x,2024-01-04,app,card,yes
t5,b,2024-01-05,app,card,no
t6,b,2024-03-05,app,card,yes
"""


def test_complaints_and_customers_are_of_the_same_days(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event\na,2024-01-02,app,x\nb,2024-01-10,app,x\na,2024-02-20,app,x\n"
    with records_of(tmp_path, tickets=TICKETS, events=events) as records:
        (row,) = computed(records, "complaint_rate")
        months = {row.group: row for row in computed(records, "complaint_rate", by=By.PERIOD)}
        (apart,) = computed(replace(records, until=day_of(date(2023, 6, 1))), "complaint_rate")
    # t1 and t6 lie outside the events' days, x was never active.
    assert (row.value, row.n, row.denominator) == (1000.0, 2, 2)
    assert row.window == "2024-01-02/2024-02-20"
    assert (months["2024-01"].n, months["2024-01"].denominator) == (1, 2)
    assert (months["2024-02"].n, months["2024-02"].denominator) == (1, 1)
    assert apart.value is None
    assert apart.reason is not None


def _switching(customers: int, journeys: int) -> str:
    """Every second customer has to repeat everything at every switch."""
    lines = ["journey_id,ts,channel,customer_id,event,reentry,outcome,offer_id"]
    for customer in range(customers):
        again = "yes" if customer % 2 else "no"
        outcome = "completed" if customer % 2 else "failed"
        for at in range(journeys):
            start = f"{customer}-{at},2024-01-{at + 1:02d}"
            lines.append(f"{start} 10:00,app,{customer},e,no,,")
            lines.append(f"{start} 10:01,branch,{customer},e,{again},{outcome},o{at}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", ["repeat_information", "technical_failure", "offer_acceptance"])
def test_events_of_one_customer_count_as_hardly_more_than_one(tmp_path: Path, name: str) -> None:
    with records_of(tmp_path, events=_switching(20, 10)) as records:
        (row,) = computed(records, name)
    assert (row.value, row.n, row.denominator) == (0.5, 100, 200)
    assert row.ci_method == "wilson_clustered"
    # Ten of twenty customers; as 100 of 200 the interval would be .431 to .569.
    assert row.ci_low == pytest.approx(wilson(10, 20).low, abs=0.01)


BANK = "customer_id,ts,channel,event,initiator,trigger_event,offer_id,service\n" + "".join(
    f"{customer},2024-01-{at + 1:02d} 1{minute}:00,{'app' if customer % 2 else 'branch'},e,{who},{why},o{at},loan\n"
    for customer in range(20)
    for at in range(10)
    for minute, who, why in (
        (0, "bank", "x" if customer % 2 else ""),
        (1, ("bank", "customer")[customer % 2], ""),
    )
)


def test_shares_of_events_in_the_audits_are_clustered_too(tmp_path: Path) -> None:
    wanted = "customer_id,channel\n" + "".join(f"{customer},app\n" for customer in range(20))
    with records_of(tmp_path, events=BANK, preferences=wanted) as records:
        case = prepared(records, MetricsOptions())
        app, branch = channel_shares(case, Thresholds())
        found = [
            app.share,
            branch.share,
            next(one for one in INDICATORS if one.id == "preference_match").of(case),
        ]
        traits = {
            name: OBSERVABLES[name].of(case, 7)
            for name in ("bank_initiated", "triggered", "reply_rate", "anticipation_precision")
        }
    customers = wilson(10, 20)
    for one in found:
        assert (one.value, one.denominator) == (0.5, 400)
        assert one.low == pytest.approx(customers.low, abs=0.01)
    # Everybody is known: nothing of the identity depends on the customer.
    assert (app.identity.value, app.identity.low) == (1.0, wilson(200, 200).low)
    methods = {name: one.interval.method for name, one in traits.items() if one.interval is not None}
    assert methods == dict.fromkeys(traits, "wilson_clustered")
    assert (traits["bank_initiated"].n, traits["bank_initiated"].denominator) == (300, 400)
    assert (traits["triggered"].n, traits["triggered"].denominator) == (100, 300)


def test_clusters_of_one_give_wilsons_interval() -> None:
    sums = Clustered(clusters=100, successes=80, members=100, yy=80, yn=80, nn=100)
    assert wilson_clustered(sums) == wilson(80, 100)


class Counting(DuckDBEngine):
    """An engine that counts what it is asked."""

    asked = 0

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        self.asked += 1
        return super().rows(sql, parameters)


def test_metrics_are_computed_once_for_a_window_and_choices(tmp_path: Path) -> None:
    engine = Counting()
    with records_of(tmp_path, transactions=BUYS) as records, engine:
        for name in records.tables:
            rows = records.engine.rows(f"select * from {name}").rows
            columns = records.engine.rows(f"describe {name}").rows
            kinds = tuple((str(row[0]), str(row[1]).lower()) for row in columns)
            engine.register(name, RowSource(columns=kinds, rows=list(rows)))
        counted = replace(records, engine=engine, memo={})
        first = computed(counted, "retention", "repeat_rate")
        asked = engine.asked
        assert computed(counted, "repeat_rate") == [row for row in first if row.metric == "repeat_rate"]
        assert engine.asked == asked
        # Another window and other choices are other answers.
        assert computed(from_day(counted, date(2024, 1, 1)), "repeat_rate") != first[-2:]
        assert computed(counted, "repeat_rate", confidence=0.5)[0].ci_low != first[-2].ci_low


def test_a_view_can_be_put_up_again_and_become_a_table() -> None:
    with DuckDBEngine() as engine:
        assert engine.register("v", QuerySource(sql="select 1 as a", stored=False)) == {"a": "INTEGER"}
        assert engine.register("v", QuerySource(sql="select 'x' as b", stored=False)) == {"b": "VARCHAR"}
        assert engine.register("v", QuerySource(sql="select 2 as c")) == {"c": "INTEGER"}
        assert engine.register("v", QuerySource(sql="select 3 as d", stored=False)) == {"d": "INTEGER"}
        assert engine.rows("select d from v").rows == ((3,),)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (8_649.0, "seconds", "2.402 hours"),
        (300.0, "seconds", "5 minutes"),
        (12.0, "seconds", "12 seconds"),
        (259_200.0, "seconds", "3 days"),
        (4.5, "per_1000", "4.5 per 1,000"),
    ],
)
def test_a_value_is_said_with_its_unit(value: float, unit: str, words: str) -> None:
    assert str(spoken(value, unit)) == words


def test_a_share_needs_no_unit() -> None:
    assert spoken(0.25, "share") == Number(0.25, Kind.SHARE)
