"""What a metric did: against the time before, a target or a control, and month by month, on rows made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from links_builder import GROUPS
from records_builder import records_of

from omnistudy.crm.links.change import Change, changes_of
from omnistudy.crm.links.grades import difference
from omnistudy.crm.links.interrupted import interrupted_series
from omnistudy.crm.links.metrics import Monthly, Rows, View, after, before, control, months, whole
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.case import By
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.model import Records
from omnistudy.results import Message, msg

LINK = Link(id="a", category="access", metric="digital_share", role="effect", direction="+")
DATED = replace(LINK, date="2023-07-01", adjust="none")
CONTROLLED = replace(DATED, control="segment=rest")
LABELS = tuple(f"{2023 + at // 12}-{at % 12 + 1:02d}" for at in range(13))
VALUES = tuple(
    np.round(0.3 + 0.3 * (np.arange(13) >= 6) + np.random.default_rng(1).normal(0, 0.02, 13), 4).tolist()
)
OTHER = tuple(np.round(0.3 + np.random.default_rng(2).normal(0, 0.02, 13), 4).tolist())
EVENTS = "customer_id,ts,channel,event,segment\nc1,2024-01-05,app,v,retail\n"
BEFORE, AFTER, NOW = (0.3, 0.25, 0.36), (0.6, 0.52, 0.64), (0.5, 0.4, 0.6)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with records_of(tmp_path_factory.mktemp("change"), columns=GROUPS, events=EVENTS) as found:
        yield found


def row(
    limits: tuple[float | None, float | None, float | None], group: str = "all", reason: Message | None = None,
    level: str | None = None,
) -> MetricRow:  # fmt: skip
    return MetricRow(
        metric="digital_share", group=group, value=limits[0], n=1, denominator=2, unit="share",
        window="2023-01-01/2024-01-31", calendar="gregorian", definition=msg("defined"), ci_low=limits[1],
        ci_high=limits[2], reason=reason, level=level,
    )  # fmt: skip


def by_month(values: tuple[float | None, ...], labels: tuple[str, ...] = LABELS) -> tuple[MetricRow, ...]:
    return tuple(row((value, None, None), label) for label, value in zip(labels, values, strict=True))


def views(link: Link, found: dict[View, tuple[MetricRow, ...]]) -> Rows:
    return {(view, link.metric): rows for view, rows in found.items()}


def dated(link: Link, values: tuple[float | None, ...] = VALUES, **more: tuple[MetricRow, ...]) -> Rows:
    change = link.change
    assert change is not None
    return views(
        link,
        {
            whole(link): (row(NOW),),
            before(link, change): more.get("before", (row(BEFORE),)),
            after(link, change): more.get("after", (row(AFTER),)),
            months(link): more.get("months", by_month(values)),
            **({control(link, By.PERIOD): more.get("control", by_month(OTHER))} if link.control else {}),
        },
    )


def one(rows: Rows, link: Link, records: Records | None, confidence: float = 0.95) -> Change:
    return changes_of(rows, (link,), records, confidence)[link.id]


def refusals(change: Change) -> list[tuple[str, str, str]]:
    return [(found.code, found.subject, str(found.reason)) for found in change.refusals]


def test_a_target_is_compared_with_the_whole(records: Records) -> None:
    link = replace(LINK, target="0.45")
    assert one(views(link, {whole(link): (row(NOW),)}), link, records) == Change(
        difference=difference((0.45, 0.45, 0.45), NOW, "target")
    )


@pytest.mark.parametrize("lacking", [(None, None, None), (0.5, None, 0.6), (0.5, 0.4, None)])
def test_without_limits_there_is_nothing_to_compare(
    records: Records, lacking: tuple[float | None, float | None, float | None]
) -> None:
    """A value or limit that is missing on one side leaves no difference."""
    unknown = row(lacking, reason=msg("nobody answered"))
    link = replace(LINK, target="0.45")
    assert one(views(link, {whole(link): (unknown,)}), link, records) == Change()
    beside = replace(LINK, control="segment=rest")
    rows = views(beside, {whole(beside): (row(NOW),), control(beside, By.ALL): (unknown,)})
    reason = "nobody answered" if lacking[0] is None else "it has no interval"
    assert refusals(one(rows, beside, records)) == [
        ("control_missing", "a", f"the control segment=rest cannot be compared with: {reason}.")
    ]
    assert one(dated(DATED, before=(unknown,)), DATED, records).difference is None
    assert one(dated(DATED, after=(unknown,)), DATED, records).difference is None


def test_a_control_without_date_is_compared_as_a_whole(records: Records) -> None:
    link = replace(LINK, control="segment=rest")
    rows = views(link, {whole(link): (row(NOW),), control(link, By.ALL): (row(BEFORE),)})
    assert one(rows, link, records) == Change(difference=difference(BEFORE, NOW, "control"))
    # A target is compared with first.
    assert one(rows, replace(link, target="0.1"), records).difference == difference((0.1,) * 3, NOW, "target")


def test_what_is_not_compared_at_all(records: Records) -> None:
    rows = dated(DATED)
    assert one(rows, LINK, records) == Change()
    assert one(rows, DATED, None) == Change()
    assert one(rows, replace(DATED, role="moderator"), records) == Change()
    assert one(rows, replace(DATED, role="confounder"), records) == Change()
    # The rows that the link is about cannot be told apart in the table.
    assert (
        one(dated(replace(DATED, within="region=x")), replace(DATED, within="region=x"), records) == Change()
    )


@pytest.mark.parametrize("confidence", [0.95, 0.5])
def test_a_date_parts_the_metric_and_its_months(records: Records, confidence: float) -> None:
    assert one(dated(DATED), DATED, records, confidence) == Change(
        difference=difference(BEFORE, AFTER),
        months=Monthly(LABELS, VALUES, 6),
        series=interrupted_series(VALUES, 6, confidence),  # type: ignore[arg-type]
    )


def test_a_control_is_taken_from_the_months(records: Records) -> None:
    """The difference of the two series is fitted like the series alone."""
    apart = [mine - theirs for mine, theirs in zip(VALUES, OTHER, strict=True)]
    # The control's rows stand in another order, with a month before the series.
    beside = (*reversed(by_month(OTHER)), row((0.9, None, None), "2022-12"))
    found = one(dated(CONTROLLED, control=beside), CONTROLLED, records)
    assert found == Change(
        difference=difference(BEFORE, AFTER),
        months=Monthly(LABELS, VALUES, 6),
        control=Monthly(LABELS, OTHER, 6),
        series=interrupted_series(VALUES, 6),  # type: ignore[arg-type]
        controlled=interrupted_series(apart, 6),  # type: ignore[arg-type]
    )


def test_dummies_stand_beside_both_series(records: Records) -> None:
    link = replace(CONTROLLED, adjust="nowruz")
    nowruz = {"nowruz": [float(label.endswith("-03")) for label in LABELS]}
    found = one(dated(link), link, records)
    apart = [mine - theirs for mine, theirs in zip(VALUES, OTHER, strict=True)]
    assert found.series == interrupted_series(VALUES, 6, beside=nowruz)
    assert found.controlled == interrupted_series(apart, 6, beside=nowruz)
    # In the Jalali calendar the holiday is the first month.
    jalali = replace(records, calendar="jalali")
    labels = tuple(f"{1401 + at // 12}-{at % 12 + 1:02d}" for at in range(13))
    window = tuple(replace(one, window="2022-03-21/2023-04-20") for one in by_month(VALUES, labels))
    early = replace(link, control="", date="1401-07-01")
    months_of = one(dated(early, months=window), early, jalali)
    first = {"nowruz": [float(label.endswith("-01")) for label in labels]}
    assert months_of.series == interrupted_series(VALUES, 6, beside=first)


def test_missing_months_are_refused_once(records: Records) -> None:
    holes = (*VALUES[:4], None, *VALUES[5:])
    found = one(dated(CONTROLLED, holes), CONTROLLED, records)
    assert (found.series, found.controlled) == (None, None)
    assert found.months == Monthly(LABELS, holes, 6)
    assert refusals(found) == [
        ("series_has_gaps", "a", "1 months of the series have no value, the first 2023-05.")
    ]
    # A month that only the control lacks leaves the series alone as it is.
    beside = tuple(one for one in by_month(OTHER) if one.group != "2023-09")
    found = one(dated(CONTROLLED, control=beside), CONTROLLED, records)
    assert found.series is not None
    assert found.controlled is None
    assert found.control == Monthly(LABELS, (*OTHER[:8], None, *OTHER[9:]), 6)
    assert refusals(found) == [
        ("series_has_gaps", "a", "1 months of the series have no value, the first 2023-09.")
    ]


def test_a_short_series_is_refused_and_its_months_are_kept(records: Records) -> None:
    link = replace(DATED, date="2023-04-01")
    found = one(dated(link), link, records)
    assert found.series is None
    assert found.months == Monthly(LABELS, VALUES, 3)
    assert refusals(found) == [
        ("series_too_short", "a", "the series has 13 points, 3 before the change and 10 after it.")
    ]


def test_a_metric_without_months(records: Records) -> None:
    without = dated(DATED, months=(row((None, None, None), reason=msg("it is not defined per month")),))
    found = one(without, DATED, records)
    assert found == Change(difference=difference(BEFORE, AFTER), refusals=found.refusals)
    assert refusals(found) == [
        ("no_months", "a", "the metric has no series by month: it is not defined per month.")
    ]
    assert str(found.refusals[0].needed) == (
        "a metric that is defined by month, with records of 12 months, 6 on each side of the date."
    )
    none = one(dated(DATED, months=()), DATED, records)
    assert refusals(none) == [
        ("series_too_short", "a", "the series has 0 points, 0 before the change and 0 after it.")
    ]
    # The reason stands in the rows of any level.
    levelled = replace(DATED, level="median")
    assert refusals(
        one(dated(levelled, months=without[months(DATED), "digital_share"]), levelled, records)
    ) == [("no_months", "a", "the metric has no series by month: it is not defined per month.")]


def test_months_of_several_rows_ask_for_a_level(records: Records) -> None:
    """A series of median and mean in turn, or of the last of them, is no series of the metric."""
    both = tuple(
        row((value, None, None), label, level=level)
        for label, value in zip(LABELS, VALUES, strict=True)
        for level, value in (("median", value), ("mean", 0.5))
    )
    found = one(dated(DATED, months=both), DATED, records)
    assert (found.months, found.series) == (None, None)
    assert refusals(found) == [
        (
            "no_months",
            "a",
            "the metric has no series by month: Digital share has several rows: name a level in the link.",
        )
    ]
    named = replace(DATED, level="median")
    assert one(dated(named, months=both), named, records).months == Monthly(LABELS, VALUES, 6)


def test_a_control_without_months(records: Records) -> None:
    for beside in ((), (row((None, None, None), "2023-05"),)):
        found = one(dated(CONTROLLED, control=beside), CONTROLLED, records)
        assert (found.control, found.controlled) == (None, None)
        assert found.series is not None
        assert refusals(found) == [
            (
                "control_missing", "a",
                "the control segment=rest cannot be compared with: no month of it has a value.",
            )
        ]  # fmt: skip
        assert str(found.refusals[0].needed) == "rows of the control with the same metric in the same months."
    lacking = replace(DATED, control="region=rest")
    assert refusals(one(dated(lacking), lacking, records)) == [
        (
            "control_missing", "a",
            "the control region=rest cannot be compared with: the table of events has no column region.",
        )
    ]  # fmt: skip


def test_links_on_the_same_series_share_its_fit(records: Records) -> None:
    """The same rows are fitted once; refusals name the link that they are about."""
    again = replace(DATED, id="b", direction="-", category="trust")
    found = changes_of(dated(DATED), (DATED, again), records, 0.95)
    assert found["a"].series is found["b"].series
    apart = {
        "metric": "csat", "level": "x", "date": "2023-08-01", "within": "segment=x", "control": "segment=y",
        "adjust": "nowruz",
    }  # fmt: skip
    rows = dict(dated(DATED))
    for key, value in apart.items():
        changed = replace(DATED, id="b", **{key: value})
        rows.update(dated(changed))
        assert changes_of(rows, (DATED, changed), records, 0.95)["b"].series is not found["a"].series, key
    target = [replace(LINK, id=name, target=name) for name in ("0.1", "0.2")]
    by_target = changes_of(views(LINK, {whole(LINK): (row(NOW),)}), tuple(target), records, 0.95)
    assert [by_target[name].difference for name in ("0.1", "0.2")] == [
        difference((0.1,) * 3, NOW, "target"),
        difference((0.2,) * 3, NOW, "target"),
    ]
    short = [replace(DATED, id=name, date="2023-04-01") for name in "cd"]
    found = changes_of(dated(short[0]), tuple(short), records, 0.95)
    assert [refusal.subject for name in "cd" for refusal in found[name].refusals] == ["c", "d"]
