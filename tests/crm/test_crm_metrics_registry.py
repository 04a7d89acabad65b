"""Which metrics the records allow, and why not the others; their windows, order and memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from metric_rows import share, told
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import BY_CHOICES, By, MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, PREFERRED, SIDE, metrics_of_records
from omnistudy.crm.metrics.result import MetricsResult
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.records.tables import TABLES
from omnistudy.errors import StudyError

# Tables with the columns alone without which they could not be loaded.
BARE = {
    "events": "customer_id,ts,channel,event\na,2024-01-01,app,x\nb,2024-03-02,web,x\n",
    "transactions": "customer_id,ts,value\na,2024-01-01,5\nb,2024-03-02,5\n",
    "survey": "ts,instrument,score,scale_min,scale_max\n2024-01-01,nps,9,0,10\n",
    "tickets": "ticket_id,customer_id,opened\nt,a,2024-01-01\n",
    "ops": "period,indicator,value\n2024-01,other,5\n",
}
OF_TABLE = {
    "transactions": {
        "repeat_rate", "rfm", "referral_rate", "products_per_customer", "cross_sell", "margin_per_customer",
        "clv_simple", "wom_coefficient", "referral_generations", "referral_cycle", "referral_value",
    },
    "survey": {
        "nps", "csat", "ces", "nps_weighted", "csat_weighted", "ces_weighted", "scale_mean", "scale_alpha",
        "scale_omega",
    },
    "tickets": {
        "response_time", "first_contact_resolution", "complaint_rate", "handoffs", "backlog", "complaint_resolution",
    },
    "ops": {name for name, metric in METRICS.items() if metric.table == "ops"},
}  # fmt: skip
NEEDED = """
viral_k: events outcome
referral_rate wom_coefficient referral_generations referral_cycle referral_value: transactions referrer_id
products_per_customer cross_sell: transactions product
margin_per_customer clv_simple: transactions margin
nps_weighted csat_weighted ces_weighted: survey weight
scale_mean: survey item
scale_alpha scale_omega: survey item, respondent_id
response_time: tickets first_response
first_contact_resolution: tickets closed, topic
complaint_rate: tickets is_complaint
handoffs: tickets transfers
backlog: tickets closed
complaint_resolution: tickets closed, is_complaint
personalised_share: events initiator, personalised
stitch_rate: events journey_id
continuity repeat_information: events journey_id, reentry
technical_failure step_up_abandonment: events outcome
task_completion abandonment time_to_complete self_service digital_completion: events journey_id, outcome
resume_success: events journey_id, outcome, reentry
offer_acceptance: events offer_id, outcome
"""
"""What a metric asks for beside the columns that its table cannot be without."""


def computed(folder: Path, *names: str, **given: Any) -> MetricsResult:
    choices = {key: given.pop(key) for key in ("by", "activity", "inactive_days") if key in given}
    with records_of(folder, **given) as records:
        return metrics_of_records(records, MetricsOptions(metrics=names, **choices), PROVENANCE)


def reasons(result: MetricsResult) -> dict[str, str]:
    return {row.metric: str(row.reason) for row in result.rows if row.reason is not None}


def test_every_metric_names_the_columns_that_it_lacks(tmp_path: Path) -> None:
    expected: dict[str, str] = {}
    for sentence in NEEDED.strip().splitlines():
        names, needed = sentence.split(": ")
        table, columns = needed.split(" ", 1)
        expected |= dict.fromkeys(names.split(), f"the table of {table} has no column {columns}")
    found = {
        name: reason
        for name, reason in reasons(computed(tmp_path, **BARE)).items()
        if "has no column" in reason
    }
    assert found == expected


def test_every_metric_names_the_table_that_it_lacks(tmp_path: Path) -> None:
    """With contracts alone nothing but churn can be told."""
    result = computed(tmp_path, contracts="customer_id,duration,churned\na,3,yes\n")
    assert [told(row) for row in result.rows if row.value is not None] == [
        share("churn", 1, 1, level="contractual")
    ]
    table_of = {name: table for table, names in OF_TABLE.items() for name in names}
    assert reasons(result) == {
        name: f"there is no table of {table_of.get(name, 'events')}" for name in METRICS if name != "churn"
    }
    only = computed(tmp_path, "silent_churn", "complaint_rate", "sales_cycle", events=BARE["events"])
    assert reasons(only) == {
        "silent_churn": "there is no table of tickets",
        "complaint_rate": "there is no table of tickets",
        "sales_cycle": "there is no table of transactions",
    }


WHOLE = {
    "retention", "retention_rolling", "return_rate", "rfm", "clv_simple", "wom_coefficient", "referral_generations",
    "referral_cycle", "referral_value", "scale_alpha", "scale_omega",
}  # fmt: skip
OF_CUSTOMERS = {"churn", "repeat_rate", "sales_cycle", "migrated_customers", "feature_adoption"}
OVER_CHANNELS = {
    "products_per_customer", "cross_sell", "margin_per_customer", "digital_share", "channel_entropy", "continuity",
    "stitch_rate", "repeat_information", "self_service", "digital_completion", "resume_success", "active_channels",
    "multichannel_share", "digital_users", "migrated_customers", "feature_adoption",
}  # fmt: skip


@pytest.mark.parametrize(
    ("by", "word", "never"),
    [
        (By.ALL, "whole", set()),
        (By.SEGMENT, "segment", WHOLE),
        (By.CASE, "case", WHOLE),
        (By.CHANNEL, "channel", WHOLE | OF_CUSTOMERS | OVER_CHANNELS | OF_TABLE["ops"]),
        (By.PERIOD, "month", WHOLE | OF_CUSTOMERS),
        (By.PANEL, "branch and month", WHOLE | OF_CUSTOMERS),
    ],
)
def test_what_a_metric_can_be_split_by(tmp_path: Path, by: By, word: str, never: set[str]) -> None:
    """Cohorts and trees are of the whole; what compares channels, or halves of the window, cannot be split by them."""
    with records_of(tmp_path, contracts="customer_id,duration,churned\na,3,yes\n") as records:
        found = metrics_of_records(records, MetricsOptions(by=by), PROVENANCE)
    refused = {name for name, reason in reasons(found).items() if reason == f"it is not defined per {word}"}
    assert refused == never
    assert all(
        "it is not defined" not in reason for name, reason in reasons(found).items() if name not in never
    )


@pytest.mark.parametrize(
    ("by", "column"), [(By.SEGMENT, "segment"), (By.CHANNEL, "channel"), (By.PANEL, "branch_id")]
)
def test_a_table_without_the_column_to_split_by(tmp_path: Path, by: By, column: str) -> None:
    """Every table that a metric rests on has to have it."""
    metric = {By.SEGMENT: "sales_cycle", By.CHANNEL: "complaint_rate", By.PANEL: "identity_match"}[by]
    with_segment = "customer_id,ts,channel,event,segment\na,2024-01-01,app,x,s\n"
    with_channel = "ticket_id,customer_id,opened,is_complaint,channel\nt,a,2024-01-01,yes,app\n"
    sales = {"transactions": BARE["transactions"]}
    tables = {
        By.SEGMENT: {"events": with_segment, **sales},
        By.CHANNEL: {"tickets": with_channel, **sales},
        By.PANEL: {"events": BARE["events"]},
    }[by]
    lacking = "events" if by is By.PANEL else "transactions"
    found = computed(tmp_path, metric, by=by, **tables)
    assert reasons(found) == {metric: f"the table of {lacking} has no column {column}"}


def test_activity_without_a_customer(tmp_path: Path) -> None:
    nobody = "customer_id,ts,channel,event\n,2024-01-01,app,x\n"
    names = ("retention", "retention_rolling", "return_rate", "silent_churn")
    found = computed(tmp_path, *names, events=nobody, tickets=BARE["tickets"], inactive_days=3)
    assert reasons(found) == dict.fromkeys(names, "no row names its customer")


def test_which_table_counts_as_activity(tmp_path: Path) -> None:
    """Transactions where there are any, else events, else what was asked for; the window is that table's."""
    tables = {"events": BARE["events"], "transactions": BARE["transactions"].replace("03-02", "02-03")}
    for choice, given, window in (
        ({}, tables, "2024-01-01/2024-02-03"),
        ({}, {"events": tables["events"]}, "2024-01-01/2024-03-02"),
        ({"activity": "events"}, tables, "2024-01-01/2024-03-02"),
        ({"activity": "transactions"}, tables, "2024-01-01/2024-02-03"),
    ):
        rows = computed(tmp_path, "retention", "churn", inactive_days=3, **choice, **given).rows
        assert {row.window for row in rows} == {window}
    (refused,) = computed(tmp_path, "retention", activity="transactions", events=tables["events"]).rows
    assert (str(refused.reason), refused.window) == ("there is no table of transactions", "")


COMPLAINTS = {
    "events": "customer_id,ts,channel,event\na,2024-01-05,app,x\nb,2024-01-20,app,x\n",
    "tickets": "ticket_id,customer_id,opened,is_complaint\nt,a,2024-01-10,yes\nu,a,2024-02-10,no\n",
}


def test_windows_of_metrics(tmp_path: Path) -> None:
    """That of the metric's own table; of complaints, the days that both tables cover; of contracts, none."""
    found = computed(
        tmp_path, "complaint_rate", "backlog", "silent_churn", "identity_match", inactive_days=1, **COMPLAINTS
    )
    assert {row.metric: row.window for row in found.rows} == {
        "complaint_rate": "2024-01-10/2024-01-20",
        "backlog": "2024-01-10/2024-02-10",
        "silent_churn": "2024-01-05/2024-01-20",
        "identity_match": "2024-01-05/2024-01-20",
    }
    days = {"since": date(2024, 1, 1), "until": date(2024, 1, 31)}
    asked = computed(tmp_path, "complaint_rate", "backlog", **COMPLAINTS, **days)
    assert {row.window for row in asked.rows} == {"2024-01-01/2024-01-31"}
    apart = COMPLAINTS | {"events": "customer_id,ts,channel,event\na,2024-03-05,app,x\n"}
    assert {row.window for row in computed(tmp_path, "complaint_rate", **apart).rows} == {""}
    (alone,) = computed(tmp_path, "complaint_rate", tickets=COMPLAINTS["tickets"]).rows
    assert (alone.window, str(alone.reason)) == ("2024-01-10/2024-02-10", "there is no table of events")
    (ended,) = computed(tmp_path, "churn", contracts="customer_id,duration,churned\na,3,no\n").rows
    assert (ended.window, ended.value) == ("", 0)
    # A single day that both have is a window.
    one = COMPLAINTS | {"events": "customer_id,ts,channel,event\na,2024-02-10,app,x\n"}
    (day,) = computed(tmp_path, "complaint_rate", **one).rows
    assert (day.window, day.n, day.denominator) == ("2024-02-10/2024-02-10", 0, 1)


def test_the_metrics_asked_for_come_in_their_order_and_are_counted(tmp_path: Path) -> None:
    result = computed(tmp_path, "multichannel_share", "identity_match", "nps", **BARE)
    assert [row.metric for row in result.rows] == ["multichannel_share", "identity_match", "nps"]
    assert str(result.summary) == (
        "3 of 3 metrics can be computed from events, transactions, survey, tickets, ops; months are Gregorian."
    )
    jalali = computed(tmp_path, "identity_match", "digital_share", events=BARE["events"], calendar="jalali")
    assert str(jalali.summary) == "1 of 2 metrics can be computed from events; months are Jalali."
    everything = computed(tmp_path, **BARE)
    assert list(dict.fromkeys(row.metric for row in everything.rows)) == list(METRICS)
    able = len({row.metric for row in everything.rows if row.value is not None})
    assert str(everything.summary).startswith(f"{able} of {len(METRICS)} metrics ")
    assert str(result.title) == "Customer metrics"


def test_a_name_that_is_near_to_none_gets_the_list(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        computed(tmp_path, "nps", "xxxxxx", **BARE)
    (problem,) = caught.value.problems
    assert problem.what == "'xxxxxx' is not a metric."
    assert problem.remedy == f"Known: {', '.join(METRICS)}."


def test_what_was_computed_is_kept_and_what_is_new_is_added(tmp_path: Path) -> None:
    with records_of(tmp_path, events=BARE["events"]) as records:
        first = metrics_of_records(records, MetricsOptions(metrics=("identity_match",)), PROVENANCE)
        (key,) = [key for key in records.memo if key != "months"]
        assert list(records.memo[key]) == ["identity_match"]
        both = metrics_of_records(
            records, MetricsOptions(metrics=("multichannel_share", "identity_match")), PROVENANCE
        )
        assert list(records.memo[key]) == ["identity_match", "multichannel_share"]
        assert both.rows[1] is first.rows[0]
        # Another grouping or window is kept apart.
        metrics_of_records(records, MetricsOptions(metrics=("identity_match",), by=By.PERIOD), PROVENANCE)
        later = replace(records, since=day_of(date(2024, 2, 1)))
        (row,) = metrics_of_records(later, MetricsOptions(metrics=("identity_match",)), PROVENANCE).rows
        assert (row.n, row.window) == (1, "2024-02-01/2024-03-02")
        assert len([key for key in records.memo if key != "months"]) == 3


def test_the_choices_of_a_command_are_those_of_a_table() -> None:
    assert [str(by) for by in BY_CHOICES] == ["all", "segment", "channel", "period"]
    assert set(SIDE) == {name for name, table in TABLES.items() if table.side}
    assert set(PREFERRED) == set(TABLES) - {"survivors"}
    assert PREFERRED[0] == "events"
