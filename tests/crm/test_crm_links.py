"""Evidence beside evidence: series, association, register, grades, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.links.analysis import LinksOptions, links_of
from omnistudy.crm.links.association import Association, adjusted, associated, minimum_detectable
from omnistudy.crm.links.grades import Difference, Evidence, Grade, Reliability, difference, grade, sentence
from omnistudy.crm.links.interrupted import Interrupted, interrupted_series
from omnistudy.crm.links.register import LinkRegister, read_links, registered_hashes, registration
from omnistudy.crm.links.result import LinksResult
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.refusals import Refusal
from omnistudy.errors import StudyError
from omnistudy.study.load import load_study
from omnistudy.study.model import Study


def worked_series() -> np.ndarray:
    t = np.arange(40.0)
    after = (t >= 20) * 1.0
    return np.asarray(
        50 + 0.4 * t + 6 * after + 0.3 * after * (t - 20) + 2 * np.sin(0.9 * t) + 1.5 * np.cos(0.7 * t**2)
    )


def test_the_worked_series() -> None:
    """Two independent routes agree on these to six digits (reference page of the project)."""
    found = interrupted_series(worked_series().tolist(), 20)
    assert isinstance(found, Interrupted)
    assert found.rho == pytest.approx(0.481955, abs=1e-6)
    assert found.freedom == 36
    values = [one.value for one in found.coefficients]
    assert values == pytest.approx([51.064604, 0.361661, 5.906642, 0.297404], abs=1e-6)
    level, slope = found.term("level_change"), found.term("slope_change")
    assert (level.se, level.p) == pytest.approx((1.647483, 0.000991), abs=1e-6)
    assert (slope.se, slope.p) == pytest.approx((0.173643, 0.0954), abs=5e-5)
    assert len(found.notes) == 1


def test_short_and_constant_series_are_refused() -> None:
    short = interrupted_series([1.0, 2.0, 1.0, 3.0, 2.0, 4.0, 3.0, 1.0, 2.0, 2.0, 1.0], 5)
    assert isinstance(short, Refusal)
    assert short.code == "series_too_short"
    lopsided = interrupted_series(worked_series().tolist(), 5)
    assert isinstance(lopsided, Refusal)


def test_no_change_is_not_found() -> None:
    random = np.random.default_rng(4)
    p = []
    for _ in range(60):
        found = interrupted_series(random.normal(size=60).tolist(), 30)
        assert isinstance(found, Interrupted)
        p.append(found.term("level_change").p)
    assert np.mean(np.array(p) < 0.05) < 0.17


def test_spearman_is_that_of_scipy() -> None:
    from scipy.stats import spearmanr

    random = np.random.default_rng(0)
    x = random.normal(size=14)
    y = x + random.normal(size=14)
    found = associated(x.tolist(), y.tolist(), seed=1)
    assert isinstance(found, Association)
    theirs = spearmanr(x, y)
    assert found.rho == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue, abs=5e-3)
    assert found.low is not None
    assert found.low < found.rho < (found.high or 0)
    assert found.leave_one_out[0] <= found.rho <= found.leave_one_out[1]
    assert found == associated(x.tolist(), y.tolist(), seed=1)


def test_what_cannot_be_associated() -> None:
    constant = associated([0.1, 0.5, 0.9] * 4, [3.0] * 12, seed=1)
    assert isinstance(constant, Refusal)
    assert constant.code == "constant_over_cases"
    few = associated([0.1, 0.5, 0.9, 0.2, 0.3, 0.4], [3.0, 2.0, 1.0, 5.0, 4.0, 6.0], seed=1)
    assert isinstance(few, Refusal)
    assert few.code == "too_few_cases"
    fewer = associated([0.1, 0.5, 0.9], [3.0, 2.0, 1.0], seed=1)
    assert isinstance(fewer, Refusal)
    assert fewer.code == "far_too_few_cases"
    assert minimum_detectable(14) == pytest.approx(0.714, abs=1e-3)


def test_adjustment_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(8).uniform(size=23) ** 2
    assert adjusted(p.tolist()) == pytest.approx(multipletests(p, method="fdr_bh")[1].tolist())


def test_difference_of_shares_is_newcombes() -> None:
    """Newcombe (1998), method 10: 56/70 against 48/80 gives 0.0524 to 0.3339."""
    from omnistudy.crm.statistics.intervals import wilson

    first, second = wilson(48, 80), wilson(56, 70)
    found = difference((0.6, first.low, first.high), (0.8, second.low, second.high))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


STEP = Difference(before=0.2, after=0.4, value=0.2, low=0.1, high=0.3)
MEASURED = Evidence(
    direction="+",
    role="effect",
    fit="",
    salience=(9, 14),
    reliability=Reliability(alpha=0.8, low=0.7, high=0.9),
    metric="csat",
)
RELATED = Association(rho=0.7, p=0.01, low=0.3, high=0.9, n=14, leave_one_out=(0.6, 0.8), detectable=0.71)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reliability": Reliability(alpha=None, low=None, high=None)}, Grade.Q0),
        ({"reliability": Reliability(alpha=0.6, low=0.4, high=0.8), "difference": STEP}, Grade.Q0),
        ({}, Grade.Q1),
        ({"difference": STEP}, Grade.A),
        ({"difference": replace(STEP, low=-0.1)}, Grade.Q1),
        ({"difference": STEP, "role": "moderator"}, Grade.Q1),
        ({"difference": STEP, "direction": "-"}, Grade.X),
        ({"difference": STEP, "direction": "two-sided"}, Grade.A),
        ({"fit": "discord"}, Grade.X),
        ({"difference": STEP, "association": RELATED, "registered": True, "p_adjusted": 0.02}, Grade.B),
        ({"difference": STEP, "association": RELATED, "registered": False, "p_adjusted": 0.02}, Grade.A),
        ({"difference": STEP, "association": RELATED, "registered": True, "p_adjusted": 0.2}, Grade.A),
    ],
)
def test_grades(changes: dict[str, Any], expected: Grade) -> None:
    evidence = replace(MEASURED, **changes)
    given = grade(evidence)
    assert given is expected
    words = str(sentence(evidence, given))
    assert not any(word in words for word in ("causes", "proves", "effect of"))


def test_agreement_without_an_interval_names_no_limits() -> None:
    alike = replace(MEASURED, reliability=Reliability(alpha=1.0, low=None, high=None))
    words = str(sentence(alike, grade(alike)))
    assert "coded with alpha = 1.000, without an interval" in words
    assert "undefined" not in words


def test_a_changed_series_is_grade_c() -> None:
    series = interrupted_series((worked_series() + 20 * (np.arange(40) >= 20)).tolist(), 20)
    assert isinstance(series, Interrupted)
    assert grade(replace(MEASURED, difference=STEP, series=series)) is Grade.C
    assert grade(replace(MEASURED, difference=STEP, series=replace(series, placebo_p=0.2))) is Grade.A


def test_the_shipped_map_names_every_category_of_the_reference(repository: Path) -> None:
    register = read_links(repository / "codebooks" / "maskan-crm-links.toml", METRICS)
    import tomllib

    codes = tomllib.loads((repository / "codebooks" / "maskan-bank.toml").read_text(encoding="utf-8"))[
        "codes"
    ]
    categories = {
        code["id"] for code in codes if code["level"] == "subcategory" and code.get("role") != "phenomenon"
    }
    assert len(categories) == 19
    assert {link.category for link in register.links} == categories
    roles = {link.category: link.role for link in register.links}
    moderators = {name for name, role in roles.items() if role == "moderator"}
    assert moderators == {"customer-characteristics", "individual-characteristics", "cultural-social"}
    assert roles["political-regulatory"] == "confounder"


LINK = (
    '[[links]]\nid = "a"\ncategory = "access"\nmetric = "digital_share"\nrole = "effect"\ndirection = "+"\n'
)


def test_what_was_said_before_the_data_is_what_counts(tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    path.write_text(LINK, encoding="utf-8")
    kept = tmp_path / "kept.json"
    kept.write_bytes(registration(read_links(path, METRICS)))
    path.write_text(LINK + 'fit = "discord"\nmeta_inference = "…"\n', encoding="utf-8")
    assert read_links(path, METRICS).links[0].sha256 in registered_hashes(kept)
    path.write_text(LINK.replace('"+"', '"-"'), encoding="utf-8")
    assert read_links(path, METRICS).links[0].sha256 not in registered_hashes(kept)


def test_faults_of_links_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    path.write_text(
        LINK.replace("digital_share", "digital_shar") + 'rolle = "x"\n' + LINK.replace('"+"', '"up"'),
        encoding="utf-8",
    )
    with pytest.raises(StudyError) as caught:
        read_links(path, METRICS)
    words = str(caught.value)
    assert "Did you mean 'digital_share'?" in words
    assert "Did you mean 'role'?" in words
    assert "'up' is no direction" in words
    assert "stands twice" in words


@pytest.fixture(scope="module")
def study(demo: Path) -> Study:
    return load_study(demo)


def months(channel_after: str) -> str:
    """Three years of visits, two in three at the branch before 2023-07, most elsewhere afterwards."""
    rows = ["customer_id,ts,channel,event"]
    for month in range(36):
        year, number = 2022 + month // 12, month % 12 + 1
        digital = (20 if month < 18 else 44) + (month * 7) % 5
        for at in range(60):
            channel = channel_after if at < digital else "branch"
            rows.append(f"c{at},{year}-{number:02d}-{at % 28 + 1:02d},{channel},visit")
    rows += ["c1,2022-01-01,branch,visit", "c1,2024-12-31,branch,visit"]
    return "\n".join(rows) + "\n"


def linked(study: Study, folder: Path, text: str, events: str) -> LinksResult:
    path = folder / "links.toml"
    path.write_text(text, encoding="utf-8")
    register: LinkRegister = read_links(path, METRICS)
    from omnistudy.crm.records.column_map import ColumnMap

    columns = ColumnMap(channels={"app": "digital", "branch": "physical"})
    with records_of(folder, events=events, columns=columns) as records:
        result = links_of(study, records, register, LinksOptions(), PROVENANCE)
    assert str(result.summary)
    assert result.blocks()
    return result


def test_one_organisation_has_no_correlation(study: Study, tmp_path: Path) -> None:
    (row,) = linked(study, tmp_path, LINK, months("app")).rows
    (refusal,) = row.refusals
    assert refusal.code == "no_cases"
    assert "14 informants speak of one organisation" in str(refusal.reason)
    assert "at least 10 cases" in str(refusal.needed)
    assert row.evidence.association is None
    assert row.evidence.value is not None
    assert row.quotes
    assert row.link.fit == ""


def test_a_dated_strategy_is_compared_and_contradiction_stands_first(study: Study, tmp_path: Path) -> None:
    dated = LINK + 'date = "2023-07-01"\n'
    against = dated.replace('id = "a"', 'id = "b"').replace('"+"', '"-"')
    result = linked(study, tmp_path, dated + against, months("app"))
    assert [row.link.id for row in result.rows] == ["b", "a"]
    assert [row.proposal for row in result.rows] == ["disagrees", "agrees"]
    assert result.rows[0].grade == "X"
    found = result.rows[1].evidence
    assert found.difference is not None
    assert found.difference.before == pytest.approx(22 / 60, abs=0.01)
    assert found.difference.after == pytest.approx(46 / 60, abs=0.01)
    assert found.series is not None
    assert (found.series.before, found.series.after) == (18, 18)
    assert found.series.term("level_change").value == pytest.approx(0.4, abs=0.05)
    jalali = (
        linked(study, tmp_path, LINK + 'date = "1402-04-10"\n', months("app")).rows[0].evidence.difference
    )
    assert jalali == found.difference


def test_cases_that_carry_both_are_too_few_here(study: Study, tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event,segment\n"
    events += "1,2024-01-01,app,x,manager\n1,2024-01-02,branch,x,technical\n2,2024-01-02,app,x,technical\n"
    text = LINK + 'case = "role_group"\n'
    (row,) = linked(study, tmp_path, text, events).rows
    assert [one.code for one in row.refusals] == ["far_too_few_cases"]
    assert row.cases.pairs == ()
    assert "only 2 cases" in str(row.refusals[0].reason)


def test_moderators_are_never_tested(study: Study, tmp_path: Path) -> None:
    text = LINK.replace('role = "effect"', 'role = "moderator"') + 'date = "2023-07-01"\n'
    (row,) = linked(study, tmp_path, text, months("app")).rows
    assert [one.code for one in row.refusals] == ["role"]
    assert row.evidence.difference is None
    assert row.grade in {"Q0", "Q1"}
