"""What a result of `crm metrics` looks like: JSON, tables cell by cell, blocks of a section."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from metric_rows import line, lines_of, told
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.metrics.result import MetricsResult
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.pictures import Heatmap
from omnistudy.results import Figure, Kind, Note, Number, Prose, Status, Table, Undefined, msg


def computed(folder: Path, *names: str, **tables: Any) -> MetricsResult:
    with records_of(folder, **tables) as records:
        return metrics_of_records(records, MetricsOptions(metrics=names), PROVENANCE)


VISITS = (
    "customer_id,ts,channel,event\na,2024-01-01,app,x\na,2024-01-01,app,x\n,2024-01-31,web,x\nb,soon,web,x\n"
)


def test_the_json_of_a_small_example(tmp_path: Path) -> None:
    """Of three events two have a customer, who is the same, and one stands for itself."""
    result = computed(tmp_path, "identity_match", "nps", events=VISITS)
    limits = told(result.rows[0]).split(" | ")[9:11]
    (match, nps) = result.rows
    assert [float(one) for one in limits] == pytest.approx([match.ci_low, match.ci_high], abs=1e-6)
    common = {
        "group": "all",
        "cohort": None,
        "k": None,
        "level": None,
        "unit": "share",
        "calendar": "gregorian",
    }
    assert result.payload() == {
        "by": "all",
        "calendar": "gregorian",
        "rows": [
            {
                "metric": "identity_match", "value": 2 / 3, "n": 2, "denominator": 3, "ci_low": match.ci_low,
                "ci_high": match.ci_high, "ci_method": "wilson_clustered", "window": "2024-01-01/2024-01-31",
                "reason": None, "definition": "events with a customer id / events", "ci_reason": None, **common,
            },
            {
                "metric": "nps", "value": None, "n": None, "denominator": None, "ci_low": None, "ci_high": None,
                "ci_method": None, "window": "", "reason": "there is no table of survey",
                "definition": "100 × (share of 9 and 10 − share of 0 to 6) of the answers",
                "ci_reason": "there is no table of survey", **common,
            },
        ],
        "tables": [
            {
                "table": "events", "read": 4, "kept": 3, "first_day": "2024-01-01", "last_day": "2024-01-31",
                "set_aside": [
                    {"kind": "unreadable:ts", "what": "ts cannot be read", "count": 1, "rows": [4], "kept": False},
                    {
                        "kind": "duplicate:row", "what": "same as an earlier row in every field; kept", "count": 1,
                        "rows": [2], "kept": True,
                    },
                ],
                "notes": [],
            }
        ],
    }  # fmt: skip
    assert nps.value is None


def test_a_value_without_limits_says_why(tmp_path: Path) -> None:
    (row,) = computed(
        tmp_path, "csat", survey="ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n"
    ).rows[1:]
    assert (row.value, row.ci_low, row.reason) == (5, None, None)
    why = "a value of this kind has no interval here, or too few units were counted for one"
    assert row.as_json()["ci_reason"] == why


def row(**fields: Any) -> MetricRow:
    given = {
        "metric": "m",
        "group": "all",
        "value": 0.5,
        "n": 1,
        "denominator": 2,
        "unit": "share",
        "window": "w",
    }
    return MetricRow(**{**given, "calendar": "jalali", "definition": msg("d"), **fields})


def shown(*rows: MetricRow) -> MetricsResult:
    titles = {one.metric: msg("Name of {m}", m=one.metric) for one in rows}
    return MetricsResult(
        provenance=PROVENANCE, by=By.SEGMENT, calendar="jalali", rows=rows, titles=titles, loaded=()
    )


def plain(cell: object) -> object:
    if isinstance(cell, Undefined):
        return f"undefined: {cell.reason}"
    return cell if cell is None or isinstance(cell, int | float | Number) else str(cell)


def test_a_row_of_the_table_cell_by_cell() -> None:
    full = row(
        metric="retention",
        group="branch",
        cohort="1403-01",
        k=2,
        level="bounded",
        ci_low=0.1,
        ci_high=0.9,
        ci_method="wilson",
    )
    empty = row(metric="alpha", value=None, unit="coefficient", n=None, denominator=None, reason=msg("none"))
    (table, read) = shown(full, empty).tables()
    assert (table.name, str(table.caption), read.name) == ("crm-metrics", "Metrics", "records-read")
    first, second = (
        {column.key: plain(cell) for column, cell in zip(table.columns, cells, strict=True)}
        for cells in table.rows
    )
    assert first == {
        "metric": "retention", "metric_title": "Name of retention", "group": "branch", "cohort": "1403-01", "k": 2,
        "level": "bounded", "level_name": "in that month", "value": Number(0.5, Kind.SHARE),
        "ci_low": Number(0.1, Kind.SHARE), "ci_high": Number(0.9, Kind.SHARE), "n": 1, "denominator": 2,
        "unit": "share", "ci_method": "Wilson", "window": "w", "definition": "d",
    }  # fmt: skip
    assert second == {
        **dict.fromkeys(first), "metric": "alpha", "metric_title": "Name of alpha", "group": "all", "unit": "coefficient",
        "value": "undefined: none", "ci_low": "undefined: none", "ci_high": "undefined: none", "window": "w",
        "definition": "d",
    }  # fmt: skip
    # On a narrow page what identifies a row and its value stay.
    assert [column.key for column in table.columns if not column.secondary] == [
        "metric_title", "group", "level_name", "value", "ci_low", "ci_high", "n", "denominator", "unit",
    ]  # fmt: skip
    kinds = {column.key: column.kind for column in table.columns}
    assert {key for key, kind in kinds.items() if kind is Kind.COUNT} == {"k", "n", "denominator"}
    assert kinds["window"] is Kind.DATE


def test_limits_that_are_missing_have_a_reason_of_their_own() -> None:
    (table, _) = shown(row(ci_method="homemade")).tables()
    cells = {column.key: cell for column, cell in zip(table.columns, table.rows[0], strict=True)}
    assert plain(cells["ci_low"]) == "undefined: no interval"
    assert cells["ci_method"] == "homemade"


def test_a_section_holds_metrics_then_cohorts_then_scores_then_refusals() -> None:
    cohorts = [
        row(metric="retention", cohort=cohort, k=k, value=value)
        for cohort, k, value in (("1403-02", 1, None), ("1403-01", 2, 0.25), ("1403-01", 1, 0.5))
    ]
    refused = row(metric="nps", value=None, n=None, denominator=None, reason=msg("no survey"))
    nameless = row(metric="ces", value=None, n=None, denominator=None)
    counted = row(metric="alpha", value=None, n=3, reason=msg("too few"))
    no_cohort = row(metric="retention_rolling", value=None, n=None, reason=msg("no cohort"))
    result = shown(row(metric="csat"), *cohorts, refused, nameless, counted, no_cohort)
    metrics, picture, *notes, read = result.blocks()
    assert isinstance(metrics, Table)
    # Ids have their names beside them and stay out of a page.
    assert [column.key for column in metrics.columns][:4] == ["metric_title", "group", "cohort", "k"]
    assert "level" not in {column.key for column in metrics.columns}
    assert [str(cells[0]) for cells in metrics.rows] == ["Name of csat", "Name of alpha"]
    assert isinstance(picture, Figure)
    assert (picture.name, str(picture.caption)) == ("crm-retention", "Name of retention")
    heat = picture.picture
    assert isinstance(heat, Heatmap)
    assert ([one.id for one in heat.rows], [one.id for one in heat.columns]) == (
        ["1403-02", "1403-01"],
        ["1", "2"],
    )
    assert (heat.values, heat.kind) == (((None, None), (0.5, 0.25)), Kind.SHARE)
    assert all(isinstance(note, Note) and note.status is Status.UNDEFINED for note in notes)
    assert [str(note.text) for note in notes if isinstance(note, Note)] == [
        "Name of nps: no survey.",
        "Name of ces: not defined here.",
        "Name of retention_rolling: no cohort.",
    ]
    assert isinstance(read, Table)
    assert read.name == "records-read"


def test_rolling_cohorts_have_a_picture_of_their_own() -> None:
    rows = [row(metric="retention_rolling", cohort="1403-01", k=1)]
    (picture, _) = shown(*rows).blocks()
    assert isinstance(picture, Figure)
    assert picture.name == "crm-retention-rolling"


def test_the_ten_largest_groups_of_scores() -> None:
    """Twelve groups: the largest first, those of equal size by their score; one without customers is none."""
    sizes = {
        "555": 3,
        "111": 9,
        "444": 3,
        "333": 3,
        **{str(at): at for at in range(10, 17)},
        "222": 3,
        "999": 0,
    }
    rows = [row(metric="rfm", level=level, n=n) for level, n in sizes.items()]
    (table, _) = shown(*rows).blocks()
    assert isinstance(table, Table)
    assert (table.name, str(table.caption)) == (
        "crm-rfm",
        "The largest groups by recency, frequency and value",
    )
    at = [column.key for column in table.columns].index("level_name")
    assert [str(cells[at]) for cells in table.rows] == [
        "16",
        "15",
        "14",
        "13",
        "12",
        "11",
        "10",
        "111",
        "222",
        "333",
    ]


def test_everything_of_one_metric_by_month(tmp_path: Path) -> None:
    rows = lines_of(
        tmp_path, MetricsOptions(metrics=("identity_match",), by=By.PERIOD), events=VISITS, calendar="jalali"
    )
    # The first of January is in Dey, the 31st in Bahman.
    assert rows == [
        line("identity_match", 1, 2, 2, "share", told_limits(1, 2), "wilson", group="1402-10"),
        line("identity_match", 0, 0, 1, "share", told_limits(0, 1), "wilson", group="1402-11"),
    ]


def told_limits(p: float, n: int) -> tuple[float, float]:
    """z² / (n + z²) from the end of the scale."""
    reach = 1.959963984540054**2 / (n + 1.959963984540054**2)
    return (1 - reach, 1.0) if p else (0.0, reach)


def test_notes_of_the_records_follow_their_table(tmp_path: Path) -> None:
    timed = "customer_id,ts,channel,event\na,2024-01-01 10:00,app,x\n"
    blocks = computed(tmp_path, "identity_match", events=timed).blocks()
    kinds = Counter(type(block) for block in blocks)
    assert kinds == {Table: 2, Prose: 1}
    assert isinstance(blocks[-1], Prose)
