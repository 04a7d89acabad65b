"""What is asked for is what comes: scopes, refusals, reasons without a value, the list of disagreements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from agreement_builder import (
    PROVENANCE,
    code,
    coding,
    of_study,
    of_table,
    row_of,
    study,
    table,
    value_of,
)

from omnistudy.agreement.analysis import agreement_of_spans
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.spans import SpanRatings, span_ratings
from omnistudy.agreement.programs.cross_check import CheckedValue, CrossCheck, cross_check
from omnistudy.agreement.programs.cross_check_result import CrossCheckError, CrossCheckResult, raise_faults
from omnistudy.agreement.ratings.rating_table import Ratings
from omnistudy.agreement.rounds.comparison import difference_of_groups
from omnistudy.errors import StudyError
from omnistudy.results import Figure, Prose, Table
from omnistudy.study.model import Coder

TEXT = "Participant: one two three. four five six.\n"
THREE = [["a", "b", "a", "b"], ["a", "b", "b", "b"], ["a", "b", "a", "a"]]


def spans() -> SpanRatings:
    return span_ratings(
        coders=("x", "y"),
        codes=("k",),
        interviews=("A",),
        lengths=np.array([100]),
        seen=np.ones((1, 2), np.bool_),
        rows=np.array([[0, 0, 0, 0, 10], [0, 1, 0, 5, 12]]),
    )


def test_only_the_wanted_scopes_have_rows() -> None:
    for wanted in ("overall", "pair", "without_coder", "code"):
        result = of_table(THREE, AgreementOptions(resamples=0, by=(wanted,)))
        assert {row.scope for row in result.rows} == {wanted}


def test_pairs_stand_in_the_order_of_their_names() -> None:
    ratings = table([["a", "b"], ["a", "b"], ["a", "a"]])
    assert isinstance(ratings, Ratings)
    named = replace(ratings, coders=("zoe", "ada", "max"))
    rows = of_table(named, AgreementOptions(resamples=0, by=("pair",), coefficients=("holsti",))).rows
    assert [row.coders for row in rows] == sorted(row.coders for row in rows)
    assert {frozenset(row.coders) for row in rows} == {
        frozenset({"zoe", "ada"}),
        frozenset({"zoe", "max"}),
        frozenset({"ada", "max"}),
    }


def test_a_bare_table_has_no_categories_of_codes() -> None:
    with pytest.raises(StudyError, match="no code tree"):
        of_table(THREE, AgreementOptions(resamples=0, by=("overall", "category")))


def test_leaving_out_one_of_two_is_answered_by_a_note() -> None:
    options = AgreementOptions(resamples=0, by=("overall", "without_coder"))
    said = "leaves nobody to compare with"
    assert any(said in str(note) for note in of_table(THREE[:2], options).notes)
    assert not any(said in str(note) for note in of_table(THREE, options).notes)
    assert not any(said in str(note) for note in of_table(THREE[:2]).notes)


@pytest.mark.parametrize(
    "options",
    [
        AgreementOptions(units=("sentence",)),
        AgreementOptions(retest=True),
        AgreementOptions(compare_rounds=("r1", "r2")),
        AgreementOptions(compare_coders=(("a", "b"), ("c", "d"))),
    ],
)
def test_passages_are_refused_what_needs_units_or_rounds(options: AgreementOptions) -> None:
    with pytest.raises(StudyError, match="neither texts nor rounds"):
        agreement_of_spans(spans(), options, PROVENANCE)


def test_why_a_study_has_no_agreement() -> None:
    x, y, z = Coder("x"), Coder("y"), Coder("z")

    def reason(**given: object) -> str:
        return str(of_study(study({"P1": TEXT, "P2": TEXT}, **given)).summary)  # type: ignore[arg-type]

    one = coding("P1", 13, 16, "x", "a")
    other = coding("P2", 13, 16, "y", "a")
    a = [code("a")]
    assert "no human coder has coded anything" in reason(codings=[], codes=a, coders=[x, y], seen=[])
    assert "with one coder (x)" in reason(codings=[one], codes=a, seen=[("P1", "x", "")])
    apart = reason(codings=[one, other], codes=a, seen=[("P1", "x", ""), ("P2", "y", "")])
    assert "2 coders coded, but no interview was coded by two of them" in apart
    seen = [("P1", "x", ""), ("P1", "y", ""), ("P2", "z", "")]
    chosen = {"coders": ["x", "z"], "double_coded": ["P1"]}
    few = reason(codings=[one, other], codes=a, coders=[x, y, z], seen=seen, agreement=chosen)
    assert "fewer than two of the chosen coders" in few
    both = [("P1", "x", ""), ("P1", "y", "")]
    assert "no code was applied" in reason(codings=[], codes=a, coders=[x, y], seen=both)


def test_reasons_without_a_value() -> None:
    incomplete: list[list[str | None]] = [["a", "a", "a", "b"], ["a", "a", "a", None], [None, None, "a", "b"]]
    assert "all these coders rated show no variation" in str(
        row_of(incomplete, "fleiss_kappa_listwise").reason
    )
    two = [["a", "a", None, "b"], ["a", "a", "b", None]]
    assert "every rating is 'a'" in str(row_of(two, "cohen_kappa").reason)
    never = [["a", "b"], ["a", "b"]]
    assert row_of(never, "positive_agreement").value == 1
    for name in ("pabak", "positive_agreement"):
        assert "two categories and there are 3" in str(
            row_of([["a", "b", "c"], ["a", "b", "b"]], name).reason
        )
    unshared = [["a", "b", None, None], [None, None, "a", "b"]]
    assert "0 shared units" in str(row_of(unshared, "cohen_kappa").reason)


def test_weights_of_ones_own_touch_weighted_coefficients_only() -> None:
    data = [["1", "2", "3", "1", "2", "3"], ["1", "3", "3", "2", "2", "1"]]
    matrix = (("1", "2", "3"), ((1.0, 0.9, 0.0), (0.9, 1.0, 0.9), (0.0, 0.9, 1.0)))
    plain = {name: value_of(data, name) for name in ("gwet_ac1", "holsti", "kappa_max", "weighted_kappa")}
    from omnistudy.agreement.ratings.weights import WeightMatrix

    own = WeightMatrix(matrix[0], np.array(matrix[1]))
    for name in ("gwet_ac1", "holsti", "kappa_max"):
        assert value_of(data, name, weight_matrix=own) == plain[name]
    weighted = value_of(data, "weighted_kappa", weight_matrix=own)
    # by hand: po = (3·1 + 2·.9 + 0) / 6; every value is chosen twice by each coder, so pe is the matrix' mean
    po, pe = (3 + 2 * 0.9) / 6, (3 + 4 * 0.9) / 9
    assert weighted == pytest.approx((po - pe) / (1 - pe))


def test_differences_of_groups_have_limits_of_the_stated_level() -> None:
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 2, 120)
    coders = [np.where(generator.random(120) < share, truth, 1 - truth) for share in (0.95, 0.9, 0.75, 0.7)]
    ratings = table([[str(value) for value in coder] for coder in coders])
    assert isinstance(ratings, Ratings)
    found = [
        difference_of_groups(
            ratings, ("c0", "c1"), ("c2", "c3"), AgreementOptions(resamples=2000, confidence=level)
        )
        for level in (0.5, 0.95)
    ]
    widths = [(item.high or 0) - (item.low or 0) for item in found]
    # limits of a nearly normal distribution lie .674 and 1.96 standard errors from its middle
    assert widths[0] / widths[1] == pytest.approx(0.6745 / 1.96, rel=0.1)
    assert found[0].value == found[1].value
    assert found[1].share_above is not None
    assert found[1].share_above < 0.025  # the interval of 95 % lies below 0
    assert (found[1].high or 0) < 0
    assert found[1].resamples == 2000
    single = difference_of_groups(ratings, ("c0", "c1"), ("c2", "c3"), AgreementOptions(resamples=1))
    assert (single.low, single.high) == (None, None)
    equal = difference_of_groups(ratings, ("c0", "c1"), ("c0", "c1"), AgreementOptions(resamples=50))
    assert (equal.value, equal.share_above) == (0, 0)


def test_disagreement_of_values_by_hand() -> None:
    """Ordered pairs that differ, over the number of ratings less one: 2, 2, 3 and 0."""
    data: list[list[str | None]] = [
        ["a", "a", "a", "a", "a"],
        ["a", "b", "b", "a", None],
        ["b", None, "c", "a", None],
    ]
    found = of_table(data, AgreementOptions(resamples=0, disagreements=True)).disagreements
    assert [item.unit for item in found] == ["u2", "u0", "u1"]
    assert [item.weight for item in found] == pytest.approx([3 / 7, 2 / 7, 2 / 7])
    assert found[2].codes == (("c0", ("a",)), ("c1", ("b",)))
    assert found[0].quote is None
    assert of_table(data).disagreements == ()


def test_disagreement_of_sets_by_hand() -> None:
    """MASI distances: {a b} to {b} is 1 - 1/2 · 2/3; disjoint sets are 1 apart."""
    data = [["a", "a", "a|b", "b"], ["a", "b", "b", "a"], ["b", "", "c", "a"]]
    found = of_table(data, AgreementOptions(resamples=0, disagreements=True)).disagreements
    parts = {item.unit: item.weight for item in found}
    total = 8 / 3 + 2 + 2 + 2
    assert parts == pytest.approx({"u2": 8 / 3 / total, "u0": 2 / total, "u1": 2 / total, "u3": 2 / total})
    assert found[0].codes == (("c0", ("a", "b")), ("c1", ("b",)), ("c2", ("c",)))
    jaccard = of_table(
        data, AgreementOptions(resamples=0, disagreements=True, metric="jaccard")
    ).disagreements
    assert jaccard[0].weight == pytest.approx(2.5 / (2.5 + 6))


def test_a_passage_of_characters_weighs_as_many_characters() -> None:
    rows = [
        coding("P1", TEXT.index("one"), TEXT.index("two") + 3, "x", "a"),
        coding("P1", TEXT.index("two"), TEXT.index("three") + 5, "y", "a"),
    ]
    found = of_study(
        study({"P1": TEXT}, rows), AgreementOptions(unit="character", resamples=0, disagreements=True)
    ).disagreements
    assert {item.quote: item.weight for item in found} == pytest.approx({"three": 5 / 8, "one": 3 / 8})
    marked = agreement_of_spans(spans(), AgreementOptions(resamples=0, disagreements=True), PROVENANCE)
    assert {(item.start, item.end): item.weight for item in marked.disagreements} == pytest.approx(
        {(0, 5): 5 / 7, (10, 12): 2 / 7}
    )
    assert {item.quote for item in marked.disagreements} == {None}


def checked(ours: float | None, theirs: float | None) -> CheckedValue:
    return CheckedValue(
        coefficient="cohen_kappa", metric="nominal", about="x, y", ours=ours, theirs=theirs, peer="peer 1"
    )


def test_a_cross_check_says_what_it_found() -> None:
    found = CrossCheck((checked(0.5, 0.75), checked(None, None), checked(0.25, 0.25)))
    assert [row.difference for row in found.rows] == [0.25, None, 0]
    assert found.as_json()["largest"] == 0.25
    rows = found.as_json()["rows"]
    assert isinstance(rows, list)
    assert rows[0] == {
        "coefficient": "cohen_kappa",
        "metric": "nominal",
        "about": "x, y",
        "ours": 0.5,
        "theirs": 0.75,
        "peer": "peer 1",
        "difference": 0.25,
    }
    shown = found.table()
    assert [column.key for column in shown.columns] == list(rows[0])
    assert shown.rows[0] == tuple(rows[0].values())
    alone = CrossCheck((checked(0.5, None),))
    assert alone.largest == float("inf")
    assert alone.as_json()["largest"] is None
    assert "2 values were recomputed" in str(found.sentence)
    assert "above 10⁻⁹" in str(found.sentence)


def test_a_cross_check_is_a_result_with_its_faults() -> None:
    apart = CrossCheckResult(provenance=PROVENANCE, found=CrossCheck((checked(0.5, 0.75),)))
    assert apart.command == "cross-check"
    assert apart.payload() == {
        "largest_difference": 0.25,
        "reason": None,
        "rows": [
            {
                "coefficient": "cohen_kappa",
                "metric": "nominal",
                "about": "x, y",
                "value": 0.5,
                "peer": "peer 1",
                "peer_value": 0.75,
                "difference": 0.25,
                "reason": None,
            }
        ],
    }
    assert [type(block) for block in apart.blocks()] == [Prose, Table]
    with pytest.raises(CrossCheckError, match="1 values"):
        raise_faults(apart)
    same = CrossCheckResult(provenance=PROVENANCE, found=CrossCheck((checked(0.5, 0.5),)))
    assert [type(block) for block in same.blocks()] == [Prose]
    raise_faults(same)
    empty = CrossCheckResult(provenance=PROVENANCE, found=CrossCheck(()))
    assert empty.blocks() == ()
    assert empty.payload()["reason"] is not None


def compared(data: list[list[str | None]]) -> set[tuple[str, str]]:
    found = cross_check(table(data))
    assert found.agrees
    return {(row.coefficient, row.metric) for row in found.rows}


def test_peers_are_asked_only_what_they_can_answer() -> None:
    alpha, kappa = "krippendorff_alpha", "cohen_kappa"
    words = {(alpha, "nominal"), ("fleiss_kappa", "nominal"), (kappa, "nominal")}
    weighted = {("weighted_kappa", "linear"), ("weighted_kappa", "quadratic")}
    numbers = {(alpha, "ordinal"), (alpha, "interval"), (alpha, "ratio")}
    assert compared([["p", "q", "q"], ["p", "q", "p"]]) == words
    assert compared([["1", "2", "3"], ["1", "2", "2"]]) == words | weighted | numbers
    below = compared([["-1", "0", "1"], ["-1", "0", "0"]])
    assert below == words | weighted | numbers - {(alpha, "ratio")}
    # ranks and values differ in their steps, and scikit-learn knows ranks only
    assert compared([["1", "2", "9"], ["1", "2", "2"]]) == words | numbers
    gaps = compared([["p", "q", "q", "p"], ["p", "q", "p", None]])
    assert gaps == {(alpha, "nominal"), (kappa, "nominal")}


def test_without_rows_per_code_there_is_no_forest() -> None:
    for options, drawn in (
        (AgreementOptions(resamples=0, by=("overall",)), False),
        (AgreementOptions(resamples=0, by=("code",)), True),
    ):
        names = {block.name for block in of_table(THREE, options).blocks() if isinstance(block, Figure)}
        assert ("agreement-codes" in names) == drawn


def three_coders_of_passages() -> SpanRatings:
    """Three coders and two codes in two interviews; z did not see B."""
    rows = [[0, coder, 0, 0, 10] for coder in range(3)] + [[1, 0, 1, 5, 20], [1, 1, 1, 5, 15]]
    return span_ratings(
        coders=("x", "y", "z"),
        codes=("k", "m"),
        interviews=("A", "B"),
        lengths=np.array([100, 60]),
        seen=np.array([[True, True, True], [True, True, False]]),
        rows=np.array(rows),
    )


def test_rows_of_passages_by_scope_and_name() -> None:
    marked = three_coders_of_passages()

    def rows(names: tuple[str, ...], by: tuple[str, ...]) -> list[tuple[object, ...]]:
        options = AgreementOptions(resamples=0, coefficients=names, by=by)
        found = agreement_of_spans(marked, options, PROVENANCE).rows
        return [
            (row.scope, row.coefficient, row.code, row.interview, row.coders, row.aggregate) for row in found
        ]

    everyone = ("x", "y", "z")
    assert rows(("u_alpha",), ("code",)) == [
        ("code", "u_alpha", "k", None, everyone, "direct"),
        ("code", "u_alpha", "m", None, everyone, "direct"),
    ]
    assert {row[1] for row in rows(("ku_alpha",), ("code",))} == {"ku_alpha"}
    assert rows(("ku_alpha",), ("overall",)) == []
    assert rows(("cu_alpha",), ("overall",)) == [("overall", "cu_alpha", None, None, everyone, "direct")]
    assert [row[-1] for row in rows(("u_alpha",), ("overall",))] == ["direct", "mean_of_codes"]
    assert [row[4] for row in rows(("cu_alpha",), ("pair",))] == [("x", "y"), ("x", "z"), ("y", "z")]
    assert [row[4] for row in rows(("cu_alpha",), ("without_coder",))] == [("x", "y"), ("x", "z"), ("y", "z")]
    assert [row[3:5] for row in rows(("cu_alpha",), ("interview",))] == [("A", everyone), ("B", ("x", "y"))]


def test_fields_of_rows_of_passages() -> None:
    options = AgreementOptions(resamples=0, coefficients=("u_alpha",), by=("overall", "pair"))
    found = agreement_of_spans(three_coders_of_passages(), options, PROVENANCE).rows
    whole = next(row for row in found if row.scope == "overall" and row.aggregate == "direct")
    assert (whole.unit, whole.cluster, whole.n_clusters) == ("span", "interview", 2)
    assert (whole.n_units, whole.n_pairable, whole.n_coders, whole.k) == (5, 5, 3, 2)
    assert whole.missing_share == pytest.approx(1 / 6)
    pair = next(row for row in found if row.coders == ("x", "z") and row.aggregate == "direct")
    assert (pair.n_clusters, pair.n_pairable) == (1, 2)
    assert pair.missing_share == pytest.approx(1 / 4)
    assert pair.value == 1
    mean = next(row for row in found if row.scope == "overall" and row.aggregate == "mean_of_codes")
    codes = agreement_of_spans(three_coders_of_passages(), replace(options, by=("code",)), PROVENANCE).rows
    assert mean.n_codes == 2
    assert mean.value == pytest.approx(sum(row.value or 0 for row in codes) / 2)


def test_units_side_by_side_and_compared_coefficients() -> None:
    rows = [coding("P1", 13, 26, coder, "a") for coder in "xyz"] + [coding("P1", 28, 42, "x", "a")]
    given = study({"P1": TEXT}, rows)
    options = AgreementOptions(
        resamples=20, unit="sentence", units=("turn", "token"), compare_coders=(("x", "y"), ("y", "z"))
    )
    beside = of_study(given, options).beside
    assert list(dict.fromkeys(row.unit for row in beside.units)) == ["turn", "token"]
    assert {row.scope for row in beside.units} == {"overall"}
    [compared] = beside.differences
    assert (compared.kind, compared.first, compared.second) == ("coders", "x, y", "y, z")
    assert compared.found.coefficient == "krippendorff_alpha"
    # y and z agree throughout on two sentences, of which they coded one
    assert compared.found.second == 1
    values = of_table(
        random_values(),
        AgreementOptions(resamples=20, coefficients=("holsti",), compare_coders=(("c0", "c1"), ("c1", "c2"))),
    ).beside.differences[0]
    assert values.found.coefficient == "holsti"
    with pytest.raises(StudyError, match="no texts to divide"):
        of_table(random_values(), AgreementOptions(resamples=0, units=("turn",)))


def random_values() -> list[list[str]]:
    generator = np.random.default_rng(2)
    return [[str(value) for value in generator.integers(0, 3, 30)] for _ in range(3)]
