"""Bare tables: the whole page, methods sentences, pictures, intervals in closed form, and the peers' rows."""

from __future__ import annotations

import math
from importlib.metadata import version
from typing import Any

import pytest
from agreement_builder import bare, layout, of_table, row_of, rows_of, table
from scipy.stats import t as student

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.programs.cross_check import CheckedValue, cross_check
from omnistudy.agreement.ratings.weights import WeightMatrix
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.agreement.sources.from_table import ratings_of_table
from omnistudy.pictures import Heatmap
from omnistudy.results import Figure, Heading, Kind, Label, Note, Prose, Table, msg

THREE = [list("aabb"), list("aabb"), list("aaab")]
"""Of four units c0 and c1 agree in all, c2 differs in the third."""


def page(result: AgreementResult) -> list[str]:
    return [
        f"# {block.anchor}: {block.text}"
        if isinstance(block, Heading)
        else f"{block.status}: {block.text}"
        if isinstance(block, Prose | Note)
        else block.name  # type: ignore[union-attr]
        for block in result.blocks()
    ]


def tables(result: AgreementResult) -> dict[str, Table]:
    return {block.name: block for block in result.blocks() if isinstance(block, Table)}


def near(*cells: Any) -> tuple[Any, ...]:
    return tuple(pytest.approx(cell, abs=1e-12) if isinstance(cell, float) else cell for cell in cells)


def test_the_page_of_a_table_without_intervals() -> None:
    """Pairs agree in 3/3, 3/3, 1/3 and 3/3: 5/6. Of 12 ratings 7 are a: alpha 1 - (2/12) / (70/132) = 24/35.

    Fleiss: chance (7/12)² + (5/12)² = 74/144, kappa 23/35. Conger: pairs of coders expect 1/2 each, 2/3.
    AC1: chance 70/144, kappa 25/37.
    """
    result = of_table(
        THREE,
        AgreementOptions(
            resamples=0, ci="none", by=("overall", "code", "pair", "without_coder"), disagreements=True
        ),
    )
    small = "warning: Small sample: fewer than 10 interviews, or 40 units, carry an interval."
    methods = (
        "neutral: The ratings of 3 coders were compared on 4 units that at least two of them rated (unit of analysis:"
        " row of the table). Krippendorff's alpha was 0.686; no interval was computed. Missing ratings (0.0 %) count"
        " for nothing; a unit enters when two coders rated it."
    )
    assert page(result) == [
        "agreement-codes",
        "agreement-pairs",
        "# agreement-overall: Overall",
        "agreement-overall",
        "# agreement-code: Per code",
        "agreement-code",
        "# agreement-pair: Per pair of coders",
        "agreement-pair",
        "# agreement-without_coder: Each coder left out",
        "agreement-without_coder",
        small,
        "# agreement-disagreements: Where coders disagree",
        "disagreements",
        "# agreement-methods: For the methods section",
        methods,
    ]
    found = tables(result)
    kappas = (24 / 35, 5 / 6, 25 / 37, 2 / 3)
    assert rows_of(found["agreement-overall"]) == [
        near("all ratings", name, value, None, None, 5 / 6, 4, "small sample")
        for name, value in (
            ("Percent agreement", 5 / 6),
            ("Fleiss' kappa", 23 / 35),
            ("Conger's kappa", 2 / 3),
            ("Gwet's AC1", 25 / 37),
            ("Krippendorff's alpha", 24 / 35),
        )
    ]
    assert layout(found["agreement-code"]) == [
        "code | Code | text",
        "value | Krippendorff's alpha | text",
        "percent_agreement:direct | Percent agreement | coefficient",
        "gwet_ac1:direct | Gwet's AC1 | coefficient",
        "conger_kappa:direct | Conger's kappa | coefficient",
        "n_pairable | Units rated twice or more | count | secondary",
    ]
    assert rows_of(found["agreement-code"]) == [
        near(name, "0.686 (no interval)", *kappas[1:], 4) for name in "ab"
    ]
    # with c2: 3 of 4 agree, 5 of 8 ratings are a: alpha 1 - (1/4) / (30/56); kappa 1/2; AC1 1 - (1/4) / (34/64)
    lower = (3 / 4, 1 - (1 / 4) / (34 / 64), 1 / 2)
    for name, heading in (("agreement-pair", "Coders"), ("agreement-without_coder", "Remaining coders")):
        assert layout(found[name])[0] == f"coders | {heading} | id"
        assert rows_of(found[name]) == [
            near("c0, c1", "1.000 (no interval)", 1.0, 1.0, 1.0, 4),
            near("c0, c2", "0.533 (no interval)", *lower, 4),
            near("c1, c2", "0.533 (no interval)", *lower, 4),
        ]
        assert str(found[name].caption) == "Interval: none, by unit of analysis; unit: row of the table."
    assert rows_of(found["disagreements"]) == [(None, "u2", None, None, None, "b", "b", "a", 1)]
    payload = result.payload()
    assert (payload["round"], payload["level"], payload["interviews"], payload["notes"]) == (
        None,
        None,
        [],
        [],
    )
    assert payload["disagreements"] == [
        {
            "unit": "u2",
            "interview": None,
            "start": None,
            "end": None,
            "quote": None,
            "codes": {"c0": ["b"], "c1": ["b"], "c2": ["a"]},
            "weight": 1,
        }
    ]
    assert str(result.summary) == (
        "Krippendorff's alpha is 0.686 for 3 coders on 4 units that at least two rated."
    )


def test_the_picture_of_the_pairs() -> None:
    result = of_table(THREE, AgreementOptions(resamples=0, ci="none", by=("pair",)))
    [figure] = [block for block in result.blocks() if isinstance(block, Figure)]
    low = pytest.approx(1 - (1 / 4) / (30 / 56))
    assert figure.picture == Heatmap(
        rows=(Label("c0"), Label("c1"), Label("c2")),
        columns=(Label("c0"), Label("c1"), Label("c2")),
        values=((None, 1, low), (1, None, low), (low, low, None)),  # type: ignore[arg-type]
        axis=msg("Krippendorff's alpha"),
        kind=Kind.COEFFICIENT,
    )
    assert figure.name == "agreement-pairs"


def methods(data: Any, **options: Any) -> str:
    return str(of_table(data, AgreementOptions(**{"resamples": 0, **options})).methods)


def test_the_methods_sentence_names_metric_weights_and_interval() -> None:
    data = [list("121212121212"), list("121212121221")]
    plain = methods(data, coefficients=("krippendorff_alpha",), confidence=0.9)
    assert "Krippendorff's alpha was 0.681, 90.0 % interval" in plain
    assert "(delete-one jackknife with t quantiles, by unit of analysis, 12 of them)" in plain
    assert "the lower limit is read against 0.667 and 0.800" in plain
    assert "Krippendorff's alpha (interval scale) was" in methods(
        data, coefficients=("krippendorff_alpha",), metric="interval"
    )
    assert "Weighted kappa (linear weights) was" in methods(
        data, coefficients=("weighted_kappa",), weights="linear"
    )
    import numpy as np

    own = WeightMatrix(("1", "2"), np.array([[1.0, 0.5], [0.5, 1.0]]))
    assert "Weighted kappa (weights of your own) was" in methods(
        data, coefficients=("weighted_kappa",), weight_matrix=own
    )
    constant = methods([["a"] * 5, ["a"] * 5], coefficients=("cohen_kappa",))
    assert "Cohen's kappa is undefined: no variation: every rating is 'a'." in constant
    assert methods([["a", "b"]]) == "None"


def test_summaries_where_there_is_no_value_or_no_row() -> None:
    constant = of_table([["a"] * 5, ["a"] * 5], AgreementOptions(resamples=0, coefficients=("cohen_kappa",)))
    assert str(constant.summary) == "Cohen's kappa is undefined: no variation: every rating is 'a'."
    nothing = of_table(THREE[:2], AgreementOptions(resamples=0, by=("without_coder",)))
    assert str(nothing.summary) == "No coefficient was asked for."
    assert (nothing.headline, nothing.methods, nothing.rows) == (None, None, ())
    # asked for nothing overall, the sentence is about what there is
    pairs = of_table(THREE, AgreementOptions(resamples=0, ci="none", by=("pair",)))
    assert pairs.headline is not None
    assert (pairs.headline.scope, pairs.headline.coefficient, pairs.headline.coders) == (
        "pair",
        "krippendorff_alpha",
        ("c0", "c1"),
    )


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_percent_agreement_has_an_interval_in_closed_form(confidence: float) -> None:
    """30 of 40 units agree. Left out one by one, se² = p (1 - p) / (n - 1); the bootstrap's is p (1 - p) / n."""
    data = [["a"] * 40, ["a"] * 30 + ["b"] * 10]
    row = row_of(data, "percent_agreement", confidence=confidence, resamples=4000, seed=7)
    se = math.sqrt(0.75 * 0.25 / 39)
    half = student.ppf(0.5 + confidence / 2, 39) * se
    assert (row.value, row.observed, row.expected) == (0.75, 0.75, None)
    assert (row.se, row.ci_low, row.ci_high) == near(se, 0.75 - half, 0.75 + half)
    assert (row.ci_method, row.cluster, row.n_clusters, row.resamples) == ("jackknife", "unit", 40, 4000)
    # the share of 40 drawn units that agree lies below .667 up to 26 of them, below .80 up to 31
    from scipy.stats import binom

    assert row.p_below_667 == pytest.approx(binom.cdf(26, 40, 0.75), abs=0.02)
    assert row.p_below_80 == pytest.approx(binom.cdf(31, 40, 0.75), abs=0.02)
    drawn = row_of(data, "percent_agreement", ci="percentile", confidence=confidence, resamples=4000, seed=7)
    assert drawn.ci_low == pytest.approx(binom.ppf((1 - confidence) / 2, 40, 0.75) / 40, abs=0.026)
    assert drawn.se == pytest.approx(math.sqrt(0.75 * 0.25 / 40), rel=0.05)
    assert (drawn.ci_method, drawn.n_clusters, drawn.ci_reason) == ("percentile", 40, None)
    analytic = row_of(data, "percent_agreement", ci="analytic", confidence=confidence)
    assert (analytic.se, analytic.ci_low) == near(se, 0.75 - half)
    assert (analytic.ci_method, analytic.cluster, analytic.n_clusters) == ("analytic", "unit", 40)


def in_interviews(*agreeing: int) -> Any:
    """Interviews of ten units, of which so many agree."""
    columns: dict[str, list[str]] = {"unit": [], "interview": [], "x": [], "y": []}
    for name, many in enumerate(agreeing):
        for at in range(10):
            cells = (f"{name}.{at}", f"P{name}", "a", "a" if at < many else "b")
            for key, cell in zip(columns, cells, strict=True):
                columns[key].append(cell)
    return ratings_of_table(bare(columns)).ratings


def test_interviews_are_left_out_whole() -> None:
    """Of 4 interviews 8, 10, 4 and 6 units of ten agree: se² = s² / 4 with the variance of .4 … 1, 2/30."""
    ratings = in_interviews(8, 10, 4, 6)
    row = row_of(ratings, "percent_agreement")
    assert (row.value, row.cluster, row.n_clusters, row.n_units) == (0.7, "interview", 4, 40)
    assert row.se == pytest.approx(math.sqrt((0.09 + 0.01 + 0.01 + 0.09) / 3 / 4))
    assert row.flag == ("small_n", "few_clusters")
    single = row_of(ratings, "percent_agreement", cluster="unit")
    assert (single.cluster, single.n_clusters, single.flag) == ("unit", 40, ())
    assert single.se == pytest.approx(math.sqrt(0.7 * 0.3 / 39))
    named = of_table(ratings, AgreementOptions(resamples=0, by=("interview",), coefficients=("holsti",)))
    assert [(row.interview, row.value, row.cluster, row.n_clusters) for row in named.rows] == [
        (f"P{at}", value, "unit", 10) for at, value in enumerate((0.8, 1, 0.4, 0.6))
    ]
    [shown] = tables(named).values()
    assert layout(shown)[:2] == [
        "interview | Interview | id",
        "value | Holsti's coefficient of reliability | text",
    ]
    assert (named.subject.interviews, named.subject.of_interviews) == (("P0", "P1", "P2", "P3"), 4)


def test_what_is_said_where_nobody_differed() -> None:
    exact, whole = "the exact one for no difference", "every sample of these interviews agrees in full"

    def said(result: AgreementResult) -> list[bool]:
        text = " ".join(page(result))
        return [exact in text, whole in text]

    same = [["a", "b"] * 20] * 2
    assert said(of_table(same, AgreementOptions(resamples=0))) == [True, False]
    ratings = ratings_of_table(
        bare(
            {
                "unit": [str(at) for at in range(40)],
                "interview": [f"P{at % 5}" for at in range(40)],
                "x": ["a", "b"] * 20,
                "y": ["a", "b"] * 20,
            }
        )
    ).ratings
    assert said(of_table(ratings, AgreementOptions(resamples=0))) == [False, True]
    assert said(of_table(ratings, AgreementOptions(resamples=0, cluster="unit"))) == [True, False]
    assert said(of_table([["a", "b"] * 20, ["b", "a"] * 20], AgreementOptions(resamples=0))) == [False, False]


def test_what_the_peers_were_asked_of_a_table() -> None:
    """Two units that c0 and c1 both rated, of three values: alpha of all, kappa of the pairs, and their weights."""
    found = cross_check(table([["1", "2", "2", None], ["1", "2", "1", "2"], ["1", "1", "2", "2"]]))
    krippendorff, statsmodels, sklearn = (
        f"{name} {version(name)}" for name in ("krippendorff", "statsmodels", "scikit-learn")
    )

    def asked(row: CheckedValue) -> tuple[str, str, str, str]:
        return row.coefficient, row.metric, row.about, row.peer

    assert [asked(row) for row in found.rows] == [
        *(
            ("krippendorff_alpha", metric, "", krippendorff)
            for metric in ("nominal", "ordinal", "interval", "ratio")
        ),
        *(
            (name, metric, pair, peer)
            for pair in ("c0, c1", "c0, c2", "c1, c2")
            for name, metric, peer in (
                ("cohen_kappa", "nominal", statsmodels),
                ("cohen_kappa", "nominal", sklearn),
                ("weighted_kappa", "linear", sklearn),
                ("weighted_kappa", "quadratic", sklearn),
            )
        ),
    ]
    # three units: c0 and c1 differ in one, of which chance is (1/3)(2/3) + (2/3)(1/3) = 4/9
    values = {(row.coefficient, row.about): row.ours for row in found.rows}
    assert values["cohen_kappa", "c0, c1"] == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    assert values["cohen_kappa", "c1, c2"] == pytest.approx(0)
    assert found.agrees
    assert str(found.sentence) == (
        f"16 values were recomputed from the raw ratings with {krippendorff}, {statsmodels}, {sklearn}; no difference"
        " is above 10⁻⁹."
    )
    assert found.table().name == "cross-check"
    assert layout(found.table()) == [
        "coefficient | Coefficient | id",
        "metric | Metric | text",
        "about | Scope | text",
        "ours | omnistudy | coefficient",
        "theirs | Other package | coefficient",
        "peer | Package | id",
        "difference | Difference | number",
    ]
    sets = cross_check(table([["a|b", "a", "b"], ["a", "a", "a"]]))
    assert [(row.coefficient, row.about) for row in sets.rows] == [
        (name, about)
        for code in "ab"
        for name, about in (
            ("krippendorff_alpha", code),
            ("fleiss_kappa", code),
            ("cohen_kappa", f"{code}: c0, c1"),
            ("cohen_kappa", f"{code}: c0, c1"),
        )
    ]
    assert cross_check(table([["1", "2"]])).rows == ()
    assert str(cross_check(table([["1", "2"]])).sentence).startswith("No other package computes")


def test_a_code_without_a_value_has_its_reason_in_the_cell() -> None:
    ratings = table([list("aabb"), list("abbb")], categories=["a", "b", "c"])
    found = tables(of_table(ratings, AgreementOptions(resamples=0, ci="none", by=("code",))))
    why = "undefined: no variation: every rating is 'other'"
    # value, percent agreement, AC1 and Cohen's kappa of c, which nobody chose
    assert rows_of(found["agreement-code"])[2][:5] == ("c", why, 1, 1, why)
