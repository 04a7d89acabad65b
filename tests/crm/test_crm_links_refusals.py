"""Cases and panels, and every refusal of the links."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from links_builder import GROUPS, LINK, branches, codes, linked, visits
from records_builder import PROVENANCE, records_of

from omnistudy.crm.links.analysis import LinksOptions, links_of
from omnistudy.crm.links.panel import Cell, Panel, two_way
from omnistudy.crm.links.refusals import CODES, LEAST_PLS, blocks_of, requested
from omnistudy.crm.links.register import Link, read_links
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.refusals import Refusal
from omnistudy.study.load import load_study
from omnistudy.study.model import Study


@pytest.fixture(scope="module")
def study(demo: Path) -> Study:
    return load_study(demo)


def test_cases_of_the_table_of_cases(study: Study, tmp_path: Path) -> None:
    events, cases = branches(study, 14)
    text = LINK + 'case = "branch"\nsalience = "references"\n'
    options = LinksOptions(registered=frozenset({"all"}))
    result = linked(study, tmp_path, text, options, events=events, cases=cases)
    (row,) = result.rows
    found = row.evidence.association
    assert found is not None
    assert found.n == 14
    assert [pair.metric for pair in row.cases.pairs] == pytest.approx(
        [(5 + int(pair.case[1:])) / 28 for pair in row.cases.pairs]
    )
    assert row.evidence.p_adjusted == found.p
    data = row.as_json()["association"]
    assert isinstance(data, dict)
    assert data["detectable"] == pytest.approx(0.714, abs=1e-3)
    assert data["leave_one_out"][0] <= found.rho <= data["leave_one_out"][1]
    table = result.tables()[1]
    assert len(table.rows) == 1
    exploratory = linked(study, tmp_path, text, events=events, cases=cases).rows[0].as_json()["association"]
    assert isinstance(exploratory, dict)
    assert exploratory["p"] is None
    assert "exploratory" in exploratory["reason"]


@pytest.mark.parametrize(("n", "code", "shown"), [(5, "far_too_few_cases", 0), (8, "too_few_cases", 8)])
def test_few_cases(study: Study, tmp_path: Path, n: int, code: str, shown: int) -> None:
    events, cases = branches(study, n)
    text = LINK + 'case = "branch"\nsalience = "references"\n'
    (row,) = linked(study, tmp_path, text, events=events, cases=cases).rows
    assert codes(row) == [code]
    assert len(row.cases.pairs) == shown
    assert row.evidence.association is None


def test_a_constant_metric_is_refused(study: Study, tmp_path: Path) -> None:
    _, cases = branches(study, 12)
    events = "customer_id,ts,channel,event,branch_id\n" + "".join(
        f"c,2024-01-01,app,v,b{at}\n" for at in range(12)
    )
    (row,) = linked(study, tmp_path, LINK + 'case = "branch"\n', events=events, cases=cases).rows
    assert codes(row) == ["constant_over_cases"]


@pytest.mark.parametrize(
    ("test", "code", "needed"),
    [
        ("pls", "pls", "155, 69 or 25"),
        ("cb-sem", "cb_sem", "200 cases"),
        ("sobel", "mediation", "not salience"),
        ("mediation", "mediation", "not salience"),
        ("composite", "composite", "weights"),
        ("generalise", "generalise", "sample of the customers"),
    ],
)
def test_tests_that_no_register_can_carry(
    study: Study, tmp_path: Path, test: str, code: str, needed: str
) -> None:
    (row,) = linked(study, tmp_path, LINK + f'test = "{test}"\n', events=visits(3)).rows
    (found,) = [refusal for refusal in row.refusals if refusal.code == code]
    assert needed in str(found.needed)
    assert str(found.reason)


def test_the_path_model_asks_for_its_largest_block() -> None:
    links = [
        Link(id=str(at), category="access", metric=f"m{at}", role="effect", direction="+", test="pls")
        for at in range(20)
    ]
    block = blocks_of(links)["access"]
    found = requested(links[0], 0, block, 14)
    assert found is not None
    assert "200 cases for the largest block" in str(found.needed)
    # (2.486 / path) squared, rounded up.
    assert tuple(int(np.ceil((2.486 / path) ** 2)) for path in (0.2, 0.3, 0.5)) == LEAST_PLS


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("Digitisation causes satisfaction.", True),
        ("This proves the model.", True),
        ("The effect of training on loyalty is clear.", True),
        ("دیجیتالی‌سازی باعث رضایت می‌شود.", True),
        ("Digital share was higher after the launch.", False),
        ("شرایط علّی با سنجه همسو است.", False),
    ],
)
def test_words_of_cause_are_not_printed_below_grade_d(
    study: Study, tmp_path: Path, words: str, refused: bool
) -> None:
    result = linked(study, tmp_path, LINK + f'meta_inference = "{words}"\n', events=visits(3))
    (row,) = result.rows
    assert ("causal_words" in codes(row)) is refused
    assert (row.meta_inference == "") is refused
    assert result.without_meta_inference == (("a",) if refused else ())
    shown = " ".join(str(cell) for table in result.tables() for cells in table.rows for cell in cells)
    assert (words in shown) is not refused


def test_synthetic_data_keep_their_watermark(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    path.write_text(LINK, encoding="utf-8")
    register = read_links(path, METRICS)
    result = links_of(study, None, register, LinksOptions(), replace(PROVENANCE, synthetic=False))
    assert result.provenance.synthetic
    assert [refusal.code for refusal in result.refusals] == ["no_watermark"]
    real = replace(study, synthetic=False)
    made_up = replace(GROUPS, synthetic=True)
    with records_of(tmp_path, columns=made_up, events=visits(3)) as records:
        found = links_of(real, records, register, LinksOptions(), replace(PROVENANCE, synthetic=False))
    assert found.provenance.synthetic
    plain = links_of(real, None, register, LinksOptions(), replace(PROVENANCE, synthetic=False))
    assert not plain.provenance.synthetic
    assert plain.refusals == ()


def test_every_refusal_of_the_list_is_given_somewhere() -> None:
    """The codes are those that the code really gives, so that the list stays whole."""
    import re

    import omnistudy.crm.links as room

    folder = Path(room.__file__).parent
    modules = ["association", "interrupted", "panel", "refusals", "metrics", "change", "cases"]
    source = "\n".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in modules)
    given = set(re.findall(r'code="([a-z_]+)"', source)) | set(
        re.findall(r'_(?:few|refused)\(\s*"([a-z_]+)"', source)
    )
    assert set(CODES) == given | {"pls", "cb_sem", "mediation", "composite", "generalise"}


def panel_cells(branches: int, months: int, seed: int) -> tuple[list[Cell], dict[str, float]]:
    random = np.random.default_rng(seed)
    exposure = {f"b{at:02d}": float(at % 4) / 3 for at in range(branches)}
    cells = []
    for name, exposed in exposure.items():
        own = random.normal()
        for month in range(months):
            if random.uniform() < 0.1:
                continue
            value = own + 0.1 * month + 2 * exposed * (month >= months // 2) + random.normal(scale=0.5)
            cells.append(Cell(name, f"2024-{month + 1:02d}", float(value)))
    return cells, exposure


def test_the_panel_is_that_of_least_squares_with_dummies() -> None:
    from statsmodels.regression.linear_model import OLS

    cells, exposure = panel_cells(32, 10, 5)
    found = two_way(cells, exposure, "2024-06", (1, 0.95))
    assert isinstance(found, Panel)
    assert found.method == "clustered_by_branch"
    names, months = sorted(exposure), sorted({cell.month for cell in cells})
    x = np.array([exposure[cell.branch] * (cell.month >= "2024-06") for cell in cells])
    dummies = [[float(cell.branch == name) for cell in cells] for name in names]
    dummies += [[float(cell.month == month) for cell in cells] for month in months[1:]]
    design = np.column_stack([x, *dummies])
    groups = np.array([names.index(cell.branch) for cell in cells])
    theirs = OLS([cell.value for cell in cells], design).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    assert found.effect == pytest.approx(theirs.params[0])
    assert (found.high - found.low) / 2 == pytest.approx(
        (theirs.conf_int()[0][1] - theirs.conf_int()[0][0]) / 2
    )
    assert found.p == pytest.approx(theirs.pvalues[0], abs=1e-12)


def test_few_branches_take_the_wild_bootstrap_or_are_refused() -> None:
    cells, exposure = panel_cells(9, 10, 6)
    found = two_way(cells, exposure, "2024-06", (1, 0.95))
    assert isinstance(found, Panel)
    assert found.method == "wild_cluster_bootstrap"
    assert found.p < 0.05
    # All 512 ways to turn signs were tried, the true one and its mirror among them.
    assert found.p * 513 == pytest.approx(round(found.p * 513))
    few = two_way(*panel_cells(5, 10, 7), "2024-06", (1, 0.95))
    assert isinstance(few, Refusal)
    assert few.code == "panel_too_few_branches"
    constant = two_way(cells, dict.fromkeys(exposure, 1.0), "2024-06", (1, 0.95))
    assert isinstance(constant, Refusal)
    assert constant.code == "panel_constant"


def test_a_planned_panel(study: Study, tmp_path: Path) -> None:
    random = np.random.default_rng(9)
    events, cases = ["customer_id,ts,channel,event,branch_id"], ["case_id,kind,branch_id,interview"]
    for at, interview in enumerate(study.interviews):
        cases.append(f"b{at},branch,b{at},{interview.id}")
        for month in range(1, 9):
            digital = 10 + random.integers(0, 4)
            events += [
                f"c,2024-{month:02d}-{day:02d},{'app' if day < digital else 'branch'},v,b{at}"
                for day in range(1, 29)
            ]
    text = LINK + 'date = "2024-05-01"\ncase = "branch"\ntest = "panel"\nsalience = "references"\n'
    (row,) = linked(study, tmp_path, text, events="\n".join(events), cases="\n".join(cases)).rows
    assert row.panel is not None
    assert (row.panel.branches, row.panel.months, row.panel.observations) == (14, 8, 14 * 8)
    (row,) = linked(
        study, tmp_path, LINK + 'test = "panel"\ncase = "branch"\n', events="\n".join(events)
    ).rows
    assert "panel_constant" in codes(row)
