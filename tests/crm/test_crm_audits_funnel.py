"""Campaign funnels: every measure by hand, and why one cannot be computed from the counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from audits_builder import keys_of, rows_of, sheet_of, table_of
from records_builder import PROVENANCE
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

from omnistudy.crm.audits.funnel import FunnelResult, FunnelRow, funnel_of
from omnistudy.errors import StudyError

ALL = (
    "campaign,noticed,noticed_unit,engaged,engaged_unit,acted,acted_unit,valid,cost,posts,top_reach,reach,"
    "new_customers,referred,users,invitations,accepted\n"
)
FULL = ALL + "spring,1000,persons,400,persons,100,persons,60,5000,20,30,120,50,10,80,200,40\n"


def funnel(folder: Path, text: str, confidence: float = 0.95) -> FunnelResult:
    return funnel_of(sheet_of(folder, text), PROVENANCE, confidence)


def measures(result: FunnelResult) -> dict[str, FunnelRow]:
    found = {row.measure: row for row in result.rows}
    assert len(found) == len(result.rows)
    return found


def test_every_measure_is_one_count_over_another(tmp_path: Path) -> None:
    found = measures(funnel(tmp_path, FULL))
    assert {name: (row.n, row.denominator, row.value) for name, row in found.items()} == {
        "engaged_per_noticed": (400, 1000, 0.4),
        "acted_per_engaged": (100, 400, 0.25),
        "acted_per_noticed": (100, 1000, 0.1),
        "valid_share": (60, 100, 0.6),
        "reach_concentration": (30, 120, 0.25),
        "referral_rate": (10, 50, 0.2),
        "invitation_conversion": (40, 200, 0.2),
        "user_content_rate": (20, 400, 0.05),
        "invitations_per_user": (200, 80, 2.5),
        "viral_k": (40, 80, 0.5),
        "cost_per_act": (5000, 100, 50),
    }
    # K is invitations per user times their conversion.
    assert found["viral_k"].value == pytest.approx(2.5 * 0.2)
    assert all(row.reason is None for row in found.values())
    assert {row.campaign for row in found.values()} == {"spring"}


def test_the_level_of_a_report_is_95_percent(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, FULL)
    assert funnel_of(sheet, PROVENANCE).rows == funnel_of(sheet, PROVENANCE, 0.95).rows
    assert funnel_of(sheet, PROVENANCE).rows != funnel_of(sheet, PROVENANCE, 0.9).rows


def limits_of(row: FunnelRow) -> list[float]:
    assert row.ci_low is not None
    assert row.ci_high is not None
    return [row.ci_low, row.ci_high]


@pytest.mark.parametrize("confidence", [0.95, 0.9])
def test_shares_have_wilsons_interval_rates_the_exact_one_and_costs_none(
    tmp_path: Path, confidence: float
) -> None:
    """Garwood's limits of a count of 40 are quantiles of chi-squared with 80 and 82 degrees of freedom."""
    found = measures(funnel(tmp_path, FULL, confidence))
    shares = [name for name, row in found.items() if row.ci_method == "wilson"]
    assert len(shares) == 7
    for name in shares:
        row = found[name]
        expected = proportion_confint(row.n, row.denominator, 1 - confidence, "wilson")
        assert limits_of(row) == pytest.approx(expected, rel=1e-9)
    rates = {name: row for name, row in found.items() if row.ci_method == "poisson_exact"}
    assert list(rates) == ["user_content_rate", "invitations_per_user", "viral_k"]
    for row in rates.values():
        assert row.n is not None
        assert row.denominator is not None
        tail = (1 - confidence) / 2
        limits = chi2.ppf(tail, 2 * row.n) / 2, chi2.ppf(1 - tail, 2 * row.n + 2) / 2
        assert limits_of(row) == pytest.approx([one / row.denominator for one in limits], rel=1e-9)
    cost = found["cost_per_act"]
    assert (cost.ci_low, cost.ci_high, cost.ci_method) == (None, None, None)


@pytest.mark.parametrize(
    ("cells", "measure", "reason"),
    [
        ("acted,engaged\n5,", "acted_per_engaged", "the number who engaged was not counted"),
        ("acted,engaged\n,5", "acted_per_engaged", "the number who acted was not counted"),
        ("acted,engaged\n0,0", "acted_per_engaged", "the number who engaged is 0"),
        ("acted,engaged\n6,5", "acted_per_engaged", "the number who acted is more than the number who engaged"),
        ("acted,engaged\n5,5", "acted_per_engaged", None),
        ("acted,engaged\n0,5", "acted_per_engaged", None),
        (
            "acted,engaged,acted_unit,engaged_unit\n4,5,plays,persons",
            "acted_per_engaged",
            "the number who acted and the number who engaged are counted in different units",
        ),
        (
            "engaged,noticed,engaged_unit\n4,5,persons",
            "engaged_per_noticed",
            "the number who engaged and the number who noticed are counted in different units",
        ),
        ("acted,valid,acted_unit\n5,4,votes", "valid_share", None),
        ("acted,valid\n5,6", "valid_share", "the number of valid acts is more than the number who acted"),
        ("posts,engaged\n5,0", "user_content_rate", "the number who engaged is 0"),
        ("posts,engaged\n,4", "user_content_rate", "the number of posts was not counted"),
        ("posts,engaged\n9,4", "user_content_rate", None),
        ("cost,acted\n50,", "cost_per_act", "the cost or the number who acted is missing or 0"),
        ("cost,acted\n50,0", "cost_per_act", "the cost or the number who acted is missing or 0"),
        ("cost,acted\n,5", "cost_per_act", "the cost or the number who acted is missing or 0"),
        ("cost,acted\n0,5", "cost_per_act", None),
    ],
)  # fmt: skip
def test_a_measure_is_refused_with_the_reason(
    tmp_path: Path, cells: str, measure: str, reason: str | None
) -> None:
    header, row = cells.split("\n")
    found = measures(funnel(tmp_path, f"campaign,{header}\na,{row}\n"))[measure]
    assert (None if found.reason is None else str(found.reason)) == reason
    assert (found.value is None) == (reason is not None)
    if reason is not None:
        assert (found.ci_low, found.ci_high, found.ci_method) == (None, None, None)
    given = dict(zip(header.split(","), row.split(","), strict=True))
    numbers = [None if not text else float(text) for name, text in given.items() if "unit" not in name]
    assert {found.n, found.denominator} == set(numbers)


def test_the_fixture_of_the_essay_refuses_what_was_never_told(tmp_path: Path) -> None:
    """50k downloads, 75k votes of which 18k are valid; nobody told how many noticed (practitioner's claims)."""
    text = "campaign,engaged,engaged_unit,acted,acted_unit,valid\nsong,50000,downloads,75000,votes,18000\n"
    found = measures(funnel(tmp_path, text))
    assert found["valid_share"].value == 0.24
    assert {name for name, row in found.items() if row.value is not None} == {"valid_share"}
    assert str(found["acted_per_noticed"].reason) == "the number who noticed was not counted"
    assert str(found["acted_per_engaged"].reason).endswith("are counted in different units")


@pytest.mark.parametrize("column", ["noticed", "cost", "users"])
def test_counts_are_never_below_zero(tmp_path: Path, column: str) -> None:
    with pytest.raises(StudyError) as caught:
        funnel(tmp_path, f"campaign,{column}\nspring,-1\n")
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (2, column)
    assert problem.what == "'-1' is not a number of at least 0."


def test_a_sheet_needs_the_name_of_the_campaign(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no column campaign\. Add it: campaign\."):
        funnel(tmp_path, "noticed\n5\n")
    with pytest.raises(StudyError, match="'colour' is not a column of this sheet"):
        funnel(tmp_path, "campaign,colour\na,red\n")


def test_table_and_json_hold_every_row(tmp_path: Path) -> None:
    """Of two campaigns one has two counts: 1 of its 11 measures, and none of the other's."""
    result = funnel(tmp_path, "campaign,invitations,accepted\nspring,10,5\nautumn,,\n")
    assert str(result.summary) == "1 of 22 measures of 2 campaigns can be computed from the counts."
    table = table_of(result, "crm-funnel")
    assert keys_of(table) == "campaign measure measure_name value ci_low ci_high n denominator"
    rows = rows_of(table)
    # Wilson for 5 of 10: (.2366, .7634).
    assert rows[6] == (
        "spring | invitation_conversion | Conversion of invitations | 0.5 | 0.236593 | 0.763407 | 5 | 10"
    )
    missing = "[the number of users was not counted]"
    assert rows[9] == (f"spring | viral_k | Viral coefficient K | {missing} | {missing} | {missing} | 5 | –")
    assert len({row.split(" | ")[2] for row in rows}) == 11
    payload = result.payload()["rows"]
    assert isinstance(payload, list)
    assert payload[9] == {
        "campaign": "spring",
        "measure": "viral_k",
        "value": None,
        "n": 5,
        "denominator": None,
        "ci_low": None,
        "ci_high": None,
        "ci_method": None,
        "reason": "the number of users was not counted",
        "ci_reason": "the number of users was not counted",
    }
    assert {key: payload[6][key] for key in ("value", "ci_method", "reason", "ci_reason")} == {
        "value": 0.5,
        "ci_method": "wilson",
        "reason": None,
        "ci_reason": None,
    }
    (shown,) = result.blocks()
    assert keys_of(shown) == "campaign measure_name value ci_low ci_high n denominator"  # type: ignore[arg-type]
    assert str(result.title) == "Campaign funnel"


def test_a_cost_has_no_interval_and_says_so(tmp_path: Path) -> None:
    result = funnel(tmp_path, "campaign,cost,acted\nspring,90,30\n")
    assert rows_of(table_of(result, "crm-funnel"))[-1] == (
        "spring | cost_per_act | Cost per act | 3 | [no interval] | [no interval] | 90 | 30"
    )
    payload = result.payload()["rows"]
    assert isinstance(payload, list)
    assert payload[-1]["reason"] is None
    assert "no interval" in payload[-1]["ci_reason"]
