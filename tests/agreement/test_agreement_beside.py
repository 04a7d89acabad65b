"""Two rounds, two groups, coders with themselves, other units: whole tables and JSON with values by hand.

In round r1 code a stands in two sentences of P1 for x and in one for y, code b in one sentence of P2 for x
and in two for y; in round r2 both coders gave both sentences of P1 code a and both of P2 code b. Alpha over
sets in r1 is 23/45 (see test_agreement_whole_result); of P1 drawn twice it is 1 - (4/12) / (72/132) = 7/18.
"""

from __future__ import annotations

from typing import Any

import pytest
from agreement_builder import PROVENANCE, bare, coding, consensus, layout, of_study, rows_of, study

from omnistudy.agreement.analysis import agreement_of_table
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.agreement.result.side_tables import TOO_FEW_DRAWN
from omnistudy.agreement.rounds.comparison import difference, difference_of_rounds, rounds_of
from omnistudy.agreement.sources.from_table import ratings_of_table
from omnistudy.errors import StudyError
from omnistudy.results import Heading, Table, Undefined
from omnistudy.study.model import Coder, Coding

TEXT = "Participant: one two three. four five six. seven eight nine.\n"
FIRST, SECOND = (13, 27), (28, 42)
BOTH = {"P1": TEXT, "P2": TEXT}


def two_rounds() -> list[Coding]:
    rows = [coding("P1", *FIRST, coder, "a", round_="r1") for coder in "xy"]
    rows += [coding("P2", *FIRST, coder, "b", round_="r1") for coder in "xy"]
    rows += [coding("P1", *SECOND, "x", "a", round_="r1"), coding("P2", *SECOND, "y", "b", round_="r1")]
    return rows + [
        coding(name, *place, coder, given, round_="r2")
        for name, given in (("P1", "a"), ("P2", "b"))
        for place in (FIRST, SECOND)
        for coder in "xy"
    ]


def everything() -> AgreementResult:
    options = AgreementOptions(
        resamples=200,
        unit="sentence",
        round="r1",
        by=("overall",),
        retest=True,
        units=("sentence", "turn"),
        compare_rounds=("r1", "r2"),
        compare_coders=(("x", "y"), ("y", "x")),
    )
    return of_study(study(BOTH, two_rounds()), options)


def tables(result: AgreementResult) -> dict[str, Table]:
    return {block.name: block for block in result.blocks() if isinstance(block, Table)}


def near(*cells: Any) -> tuple[Any, ...]:
    return tuple(pytest.approx(cell, abs=1e-12) if isinstance(cell, float) else cell for cell in cells)


def test_differences_of_rounds_and_of_groups() -> None:
    """Either interview twice or both: the difference is 1 - 7/18 or 1 - 23/45, each in half of the draws."""
    result = everything()
    table = tables(result)["agreement-differences"]
    assert layout(table) == [
        "first | First | id",
        "second | Second | id",
        "coefficient | Coefficient | text",
        "value_first | First value | coefficient",
        "value_second | Second value | coefficient",
        "difference | Difference | coefficient",
        "ci_low | Lower limit | coefficient",
        "ci_high | Upper limit | coefficient",
        "share_above | Resamples in which the second is higher | share",
    ]
    alpha = 23 / 45
    assert rows_of(table) == [
        near("r1", "r2", "Krippendorff's alpha", alpha, 1.0, 1 - alpha, 1 - alpha, 11 / 18, 1.0),
        near("x, y", "y, x", "Krippendorff's alpha", alpha, alpha, 0.0, 0.0, 0.0, 0.0),
    ]
    assert str(table.caption) == (
        "Second minus first, percentile bootstrap with the same draws for both, by interview (2 of them)."
    )
    common = {
        "coefficient": "krippendorff_alpha",
        "value_first": pytest.approx(alpha),
        "reason": None,
        "cluster": "interview",
        "n_clusters": 2,
        "resamples": 200,
        "ci_reason": None,
    }
    assert result.payload()["differences"] == [
        {
            "kind": "rounds",
            "first": "r1",
            "second": "r2",
            "value_second": 1,
            "difference": pytest.approx(1 - alpha),
            "ci_low": pytest.approx(1 - alpha),
            "ci_high": pytest.approx(11 / 18),
            "share_above": 1,
            **common,
        },
        {
            "kind": "coders",
            "first": "x, y",
            "second": "y, x",
            "value_second": pytest.approx(alpha),
            "difference": 0,
            "ci_low": 0,
            "ci_high": 0,
            "share_above": 0,
            **common,
        },
    ]


def test_units_side_by_side() -> None:
    """Of two turns both coders call one a and one b, so by turns they agree in full."""
    result = everything()
    table = tables(result)["agreement-units"]
    assert layout(table) == [
        "unit | Unit of analysis | text",
        "value | Krippendorff's alpha (MASI distance of code sets) | text",
        "krippendorff_alpha:mean_of_codes | Krippendorff's alpha, mean of codes | coefficient",
        "percent_agreement:mean_of_codes | Percent agreement, mean of codes | coefficient",
        "gwet_ac1:mean_of_codes | Gwet's AC1, mean of codes | coefficient",
        "cohen_kappa:mean_of_codes | Cohen's kappa, mean of codes | coefficient",
        "n_pairable | Units rated twice or more | count | secondary",
    ]
    assert rows_of(table) == [
        near("sentence", "0.511 [0.511, 0.511]", 16 / 27, 5 / 6, 11 / 15, 4 / 7, 6),
        near("turn", "1.000 (no interval)", 1.0, 1.0, 1.0, 1.0, 2),
    ]
    assert str(table.caption) == "Interval: delete-one jackknife with t quantiles, by interview."
    assert str(table.note).startswith("The same codings on other units give other numbers")
    json: Any = result.payload()["units"]
    assert [(row["scope"], row["unit"], row["aggregate"]) for row in json] == [
        ("overall", unit, aggregate)
        for unit in ("sentence", "turn")
        for aggregate in ("direct", *["mean_of_codes"] * 4)
    ]


def test_coders_beside_their_own_earlier_round() -> None:
    """x changed one sentence of P2, y one of P1. Of the code that changed one pass has 2/6 and the other 1/6.

    Its values are those of the module's docstring, the other code's are 1; Holsti's are 2/3 and 1. Alpha over
    sets: four, three and five of twelve are alike, so 1 - (2/12) / (94/132) = 36/47 = .766.
    """
    result = everything()
    table = tables(result)["agreement-retest"]
    assert layout(table)[0] == "coder | Coder and rounds | text"
    assert [line.split(" | ")[0] for line in layout(table)[1:]] == [
        "value",
        "krippendorff_alpha:mean_of_codes",
        "percent_agreement:mean_of_codes",
        "gwet_ac1:mean_of_codes",
        "cohen_kappa:mean_of_codes",
        "holsti:mean_of_codes",
        "n_pairable",
    ]
    means = (43 / 54, 11 / 12, 13 / 15, 11 / 14, 5 / 6)
    assert rows_of(table) == [
        near(f"{coder}: r1, r2", "0.766 [-1.000, 1.000]", *means, 6) for coder in ("x", "y")
    ]
    json: Any = result.payload()["retest"]
    assert [{key: value for key, value in item.items() if key != "rows"} for item in json] == [
        {"coder": coder, "first": "r1", "second": "r2"} for coder in ("x", "y")
    ]
    for item in json:
        assert [(row["coefficient"], row["aggregate"], row["coders"]) for row in item["rows"]] == [
            (name, aggregate, ["r1", "r2"])
            for name, aggregate in (
                ("krippendorff_alpha", "direct"),
                ("percent_agreement", "mean_of_codes"),
                ("holsti", "mean_of_codes"),
                ("cohen_kappa", "mean_of_codes"),
                ("gwet_ac1", "mean_of_codes"),
                ("krippendorff_alpha", "mean_of_codes"),
            )
        ]


def test_the_table_of_theses_has_coders_with_themselves_first() -> None:
    result = everything()
    table = tables(result)["agreement-percent"]
    assert layout(table) == [
        "kind | Reliability | text",
        "passes | Passes | text",
        "interview | Interview | id",
        "total | Total codes | count",
        "agreements | Agreements | count",
        "disagreements | Disagreements | count",
        "percent | Per cent of agreement | share",
    ]
    again, pair, everywhere = (
        "Test–retest reliability",
        "Reliability between two coders",
        "all interviews",
    )
    assert rows_of(table) == [
        (again, "x: r1, r2", "P1", 4, 2, 0, 1),
        (again, "x: r1, r2", "P2", 3, 1, 1, 2 / 3),
        (again, "x: r1, r2", everywhere, 7, 3, 1, 6 / 7),
        (again, "y: r1, r2", "P1", 3, 1, 1, 2 / 3),
        (again, "y: r1, r2", "P2", 4, 2, 0, 1),
        (again, "y: r1, r2", everywhere, 7, 3, 1, 6 / 7),
        (pair, "x and y", "P1", 3, 1, 1, 2 / 3),
        (pair, "x and y", "P2", 3, 1, 1, 2 / 3),
        (pair, "x and y", everywhere, 6, 2, 2, 2 / 3),
    ]
    json: Any = result.payload()["percent"]
    assert [(item["kind"], item["coder"], item["first"], item["second"], item["unit"]) for item in json] == [
        ("retest", "x", "r1", "r2", "sentence"),
        ("retest", "y", "r1", "r2", "sentence"),
        ("coders", None, "x", "y", "sentence"),
    ]


def test_titles_beside_in_their_order() -> None:
    result = everything()
    titles = [(block.anchor, str(block.text)) for block in result.blocks() if isinstance(block, Heading)]
    assert titles[1:-1] == [
        ("agreement-units", "Units of analysis side by side"),
        ("agreement-differences", "Differences"),
        ("agreement-retest", "Test–retest: coders with themselves"),
        ("agreement-percent", "Per cent of agreement as theses print it"),
        ("agreement-programs", "What other programs would print"),
    ]
    assert [table.name for table in result.tables()] == ["agreement", *(anchor for anchor, _ in titles[1:-1])]


def test_a_coder_alone_can_be_compared_with_themselves_only() -> None:
    rows = [row for row in two_rounds() if row.coder == "x"]
    result = of_study(study(BOTH, rows), AgreementOptions(resamples=0, unit="sentence", retest=True))
    assert "with one coder (x)" in str(result.summary)
    assert [item.coder for item in result.beside.retests] == ["x"]
    assert (result.beside.pairs, result.beside.programs, result.beside.units) == ((), (), ())
    assert list(tables(result)) == ["agreement-retest", "agreement-percent"]
    assert result.notes == ()
    unasked = of_study(study(BOTH, rows), AgreementOptions(resamples=0, unit="sentence"))
    assert tables(unasked) == {}


NOTHING_TWICE = "No coder coded an interview in two rounds, so there is no test–retest agreement."


def test_who_did_nothing_twice_is_told_so() -> None:
    """One round only, or other interviews in the second round, or the second is the consensus."""
    once = [row for row in two_rounds() if row.round == "r1"]
    asked = AgreementOptions(resamples=0, unit="sentence", retest=True, round="r1")
    assert [str(note) for note in of_study(study(BOTH, once), asked).notes] == [NOTHING_TWICE]
    alone = [row for row in once if row.coder == "x"]
    assert [str(note) for note in of_study(study(BOTH, alone), asked).notes] == [NOTHING_TWICE]
    apart = [("P1", "x", "r1"), ("P1", "y", "r1"), ("P2", "x", "r2"), ("P2", "y", "r2")]
    rows = [row for row in two_rounds() if (row.quotation.interview, row.coder, row.round) in apart]
    assert NOTHING_TWICE in [str(note) for note in of_study(study(BOTH, rows, seen=apart), asked).notes]
    agreed = [coding("P1", *FIRST, coder, "a", round_="Consensus") for coder in "xy"]
    assert NOTHING_TWICE in [str(note) for note in of_study(study(BOTH, [*once, *agreed]), asked).notes]
    unasked = AgreementOptions(resamples=0, unit="sentence", round="r1")
    assert of_study(study(BOTH, once), unasked).notes == ()


def test_of_three_rounds_neighbours_are_compared() -> None:
    third = [coding("P1", *FIRST, "x", "b", round_="r3")]
    seen = [(name, coder, round_) for name in BOTH for coder in "xy" for round_ in ("r1", "r2")]
    given = study(BOTH, [*two_rounds(), *third], seen=[*seen, ("P1", "x", "r3")])
    asked = AgreementOptions(
        resamples=0, unit="sentence", retest=True, round="r1", coefficients=("percent_agreement", "holsti")
    )
    retests = of_study(given, asked).beside.retests
    assert [(item.coder, item.first, item.second) for item in retests] == [
        ("x", "r1", "r2"),
        ("x", "r2", "r3"),
        ("y", "r1", "r2"),
    ]
    # in r3 only P1 was coded: x called one sentence b that was a before, and left the second empty
    assert [row.as_json() for row in retests[1].passes.rows] == [
        {
            "interview": name,
            "total": 3,
            "agreements": 0,
            "disagreements": 3,
            "percent": 0,
            "reason": None,
        }
        for name in ("P1", None)
    ]
    assert [(row.coefficient, row.n_codes, row.n_units) for row in retests[1].rows] == [
        ("percent_agreement", 2, 3),
        ("holsti", 2, 3),
    ]
    assert rounds_of(given) == ("r1", "r2")


def test_a_code_that_one_round_used_counts_against_the_other() -> None:
    rows = [coding("P1", *FIRST, "x", "a", round_="r1"), coding("P1", *SECOND, "x", "b", round_="r2")]
    given = study({"P1": TEXT}, rows)
    asked = AgreementOptions(resamples=0, unit="sentence", retest=True, coefficients=("percent_agreement",))
    [retest] = of_study(given, asked).beside.retests
    # code a and code b each differ in one of three sentences
    assert [(row.coefficient, row.value, row.n_codes) for row in retest.rows] == [
        ("percent_agreement", pytest.approx(2 / 3), 2),
        ("holsti", 0, 2),
    ]


def test_a_consensus_coder_is_never_their_own_retest() -> None:
    rows = [*two_rounds(), *(coding("P1", *FIRST, "c", "a", round_=name) for name in ("r1", "r2"))]
    given = study(BOTH, rows, coders=[Coder("x"), Coder("y"), consensus("c")])
    asked = AgreementOptions(resamples=0, unit="sentence", retest=True)
    assert [item.coder for item in of_study(given, asked).beside.retests] == ["x", "y"]


def of_values(first: list[list[str]], second: list[list[str]], **options: Any) -> AgreementResult:
    def ratings(coders: list[list[str]]) -> Any:
        columns = {f"c{at}": cells for at, cells in enumerate(coders)}
        units = [f"u{at}" for at in range(len(coders[0]))]
        return ratings_of_table(bare({"unit": units, **columns})).ratings

    sides = ratings(first), ratings(second)
    chosen = AgreementOptions(**{"resamples": 50, "compare_rounds": ("r1", "r2"), **options})
    return agreement_of_table(sides[1], chosen, PROVENANCE, rounds=sides)


def the_difference(result: AgreementResult) -> dict[str, Any]:
    rows: Any = result.payload()["differences"]
    assert len(rows) == 1
    return dict(rows[0])


def test_the_rounds_of_a_table() -> None:
    """Two of four units agree at first, all later: by units, with the coefficient that was named first."""
    result = of_values(
        [list("abab"), list("aabb")],
        [list("abab"), list("abab")],
        coefficients=("percent_agreement", "krippendorff_alpha"),
        resamples=400,
    )
    json = the_difference(result)
    assert {key: json[key] for key in json if key not in {"ci_low", "ci_high", "share_above"}} == {
        "kind": "rounds",
        "first": "r1",
        "second": "r2",
        "coefficient": "percent_agreement",
        "value_first": 0.5,
        "value_second": 1,
        "difference": 0.5,
        "reason": None,
        "cluster": "unit",
        "n_clusters": 4,
        "resamples": 400,
        "ci_reason": None,
    }
    assert (json["ci_low"], json["ci_high"]) == (0, 1)  # none or all of the four, a chance of 1/16 each
    assert 0.8 < json["share_above"] < 1  # that all four agreed has a chance of 1/16
    table = tables(result)["agreement-differences"]
    assert rows_of(table)[0][2] == "Percent agreement"
    assert "by unit of analysis (4 of them)" in str(table.caption)


def test_a_side_without_a_value_is_a_reason_and_no_zero() -> None:
    result = of_values([list("aaaa"), list("aaaa")], [list("abab"), list("abab")])
    why = "one side has no value: no variation or no shared unit"
    assert result.payload()["differences"] == [
        {
            "kind": "rounds",
            "first": "r1",
            "second": "r2",
            "coefficient": "krippendorff_alpha",
            "value_first": None,
            "value_second": None,
            "difference": None,
            "reason": why,
            "ci_low": None,
            "ci_high": None,
            "share_above": None,
            "cluster": "unit",
            "n_clusters": 4,
            "resamples": 0,
            "ci_reason": why,
        }
    ]
    [row] = tables(result)["agreement-differences"].rows
    assert row[:2] == ("r1", "r2")
    assert isinstance(row[5], Undefined)
    assert str(row[5].reason) == why
    assert (row[3], row[4], *row[6:]) == (None,) * 5
    refused = of_values(
        [list("abc"), list("abc")], [list("abc"), list("abc")], coefficients=("positive_agreement",)
    )
    json = the_difference(refused)
    assert json["reason"] == (
        "positive_agreement is defined for two categories and there are 3; see the rows per code"
    )


def test_one_draw_gives_no_limits() -> None:
    json = the_difference(of_values([list("abab"), list("aabb")], [list("abab")] * 2, resamples=1))
    assert (json["difference"], json["ci_low"], json["ci_high"]) == (
        pytest.approx(1 - json["value_first"]),
        None,
        None,
    )
    assert (json["reason"], json["ci_reason"], json["resamples"]) == (None, str(TOO_FEW_DRAWN), 1)


def test_sides_are_matched_by_unit_and_need_one_in_common() -> None:
    def ratings(units: str, *coders: str) -> Any:
        columns = {f"c{at}": list(cells) for at, cells in enumerate(coders)}
        return ratings_of_table(bare({"unit": list(units), **columns})).ratings

    options = AgreementOptions(resamples=50)
    # unit w is new, v is gone; the others stand in another order
    found = difference(
        ratings("uvxyz", "abaab", "aaaab"), ratings("zyxwu", "baaba", "baaaa"), options, "percent_agreement"
    )
    assert (found.first, found.second, found.n_clusters) == (1, 1, 4)
    with pytest.raises(StudyError, match="no unit in common"):
        difference(ratings("uv", "ab", "ab"), ratings("xy", "ab", "ab"), options, "percent_agreement")


def test_sets_are_compared_by_alpha_only() -> None:
    given = study(BOTH, two_rounds())
    options = AgreementOptions(resamples=10, unit="sentence")
    with pytest.raises(StudyError, match="cohen_kappa does not compare code sets"):
        difference_of_rounds(given, "r1", "r2", options, "cohen_kappa")
    by_unit = difference_of_rounds(
        given, "r1", "r2", AgreementOptions(resamples=10, unit="sentence", cluster="unit")
    )
    assert (by_unit.cluster, by_unit.n_clusters) == ("unit", 6)
    # characters are many, but what is drawn stays the interview
    runs = difference_of_rounds(given, "r1", "r2", AgreementOptions(resamples=10, unit="character"))
    assert (runs.cluster, runs.n_clusters, runs.second) == ("interview", 2, 1)
