"""What may be chosen and what goes together: every refusal in whole, defaults, and reasons of single rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from agreement_builder import bare, of_table, pick, random_table, row_of, table

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.options import CI_METHODS, CLUSTERS, SCOPES, AgreementOptions
from omnistudy.agreement.ratings.weights import WeightMatrix
from omnistudy.agreement.sources.from_table import ratings_of_table
from omnistudy.errors import StudyError

OWN = WeightMatrix(("a", "b"), np.eye(2))


def refused(**options: Any) -> list[tuple[str, str]]:
    with pytest.raises(StudyError) as caught:
        AgreementOptions(**options)
    return [(problem.what, problem.remedy) for problem in caught.value.problems]


ITSELF = ("A round was to be compared with itself.", "Name two: --compare-rounds A,B.")
FEW = (
    "A group of coders to compare has fewer than two coders.",
    "Name two groups: --compare-coders a,b:c,d.",
)
DRAWS = ("A difference needs resamples.", "Give --resamples 10000.")
NOT_BOTH = ("A metric and weights were both given.", "Give --metric (for alpha) or --weights, not both.")


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({"ci": "magic"}, [("'magic' is no kind of interval.", f"Choose among {', '.join(CI_METHODS)}.")]),
        ({"cluster": "turn"}, [("'turn' is no cluster.", f"Choose among {', '.join(CLUSTERS)}.")]),
        (
            {"by": ("code", "codes", "pairs")},
            [(f"'{name}' is no scope.", f"Choose among {', '.join(SCOPES)}.") for name in ("codes", "pairs")],
        ),
        (
            {"confidence": 1.0},
            [("The confidence level 1.0 is not between 0 and 1.", "Write 0.95 for 95 %.")],
        ),
        (
            {"confidence": 0.0},
            [("The confidence level 0.0 is not between 0 and 1.", "Write 0.95 for 95 %.")],
        ),
        (
            {"resamples": -1},
            [("The number of resamples is negative.", "Give 0 for no bootstrap, or 1000 and more.")],
        ),
        ({"seed": -1}, [("The seed is negative.", "Give a whole number from 0.")]),
        (
            {"categories": 0},
            [
                (
                    "The number of categories must be at least 1.",
                    "Give the number of codes that coders could choose.",
                )
            ],
        ),
        ({"metric": "interval", "weights": "linear"}, [NOT_BOTH]),
        ({"metric": "interval", "weight_matrix": OWN}, [NOT_BOTH]),
        ({"compare_rounds": ("r1", "r1")}, [ITSELF]),
        ({"compare_coders": (("a", "b"), ("c",))}, [FEW]),
        ({"compare_coders": (("a",), ("c", "d"))}, [FEW]),
        ({"compare_rounds": ("r1", "r2"), "resamples": 0}, [DRAWS]),
        ({"compare_coders": (("a", "b"), ("c", "d")), "resamples": 0}, [DRAWS]),
        *(
            (
                {"ci": ci, "resamples": 0},
                [(f"The interval '{ci}' needs resamples.", "Give --resamples 10000, or --ci jackknife.")],
            )
            for ci in ("bca", "percentile", "kalpha")
        ),
    ],
)
def test_a_wrong_choice_is_the_one_problem(options: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    assert refused(**options) == problems


def test_all_wrong_choices_are_named_at_once_and_in_order() -> None:
    found = refused(
        coefficients=("kapa", "scott_pi", "holstii"),
        metric="ordnal",
        weights="liner",
        ci="none ",
        seed=-3,
        compare_rounds=("r", "r"),
        resamples=0,
    )
    assert [what for what, _ in found] == [
        "'kapa' is no coefficient. Did you mean 'kappa'?",
        "'holstii' is no coefficient. Did you mean 'holsti'?",
        "'ordnal' is no metric. Did you mean 'ordinal'?",
        "'liner' is no weight set. Did you mean 'linear'?",
        "A metric and weights were both given.",
        "'none ' is no kind of interval.",
        "The seed is negative.",
        "A round was to be compared with itself.",
        "A difference needs resamples.",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"metric": "interval"},
        {"weights": "linear"},
        {"metric": "interval", "weights": "identity"},
        {"ci": "bca", "resamples": 1},
        {"ci": "jackknife", "resamples": 0},
        {"compare_coders": (("a", "b"), ("a", "b")), "resamples": 1},
        {"categories": 1, "seed": 0, "confidence": 0.001},
        *({"by": (scope,)} for scope in SCOPES),
        *({"cluster": name} for name in CLUSTERS),
    ],
)
def test_what_goes_together(options: dict[str, Any]) -> None:
    AgreementOptions(**options)


def test_what_holds_where_nothing_is_chosen() -> None:
    options = AgreementOptions()
    assert (options.ci, options.confidence, options.resamples, options.seed) == ("jackknife", 0.95, 10_000, 1)
    assert (options.weights_name, AgreementOptions(weight_matrix=OWN).weights_name) == ("identity", "custom")
    named = AgreementOptions(coefficients=("Kappa", "cohen-kappa", "alpha", "kappa"))
    assert named.coefficients == ("cohen_kappa", "krippendorff_alpha")


def names(data: Any, **options: Any) -> list[tuple[str, str, str]]:
    rows = of_table(data, AgreementOptions(resamples=0, ci="none", **options)).rows
    return [(row.coefficient, row.metric, row.weights) for row in rows]


def test_metric_and_weights_go_to_whom_they_concern() -> None:
    """Weights change the default coefficients too; a code against the rest has no scale left."""
    two = [list("1232"), list("1233")]
    three = [*two, list("1132")]
    nominal = ("nominal", "identity")
    assert names(two, metric="interval") == [
        ("percent_agreement", *nominal),
        ("cohen_kappa", *nominal),
        ("gwet_ac1", *nominal),
        ("krippendorff_alpha", "interval", "identity"),
    ]
    assert names(two, weights="linear") == [
        (name, "nominal", "linear")
        for name in ("percent_agreement", "weighted_kappa", "gwet_ac2", "krippendorff_alpha")
    ]
    assert names(three, weights="linear") == [
        (name, "nominal", "linear")
        for name in ("percent_agreement", "fleiss_kappa", "conger_kappa", "gwet_ac2", "krippendorff_alpha")
    ]
    assert set(names(two, weights="linear", by=("code",))) == {
        (name, *nominal) for name in ("percent_agreement", "weighted_kappa", "gwet_ac2", "krippendorff_alpha")
    }
    assert set(names(two, metric="interval", by=("code",), coefficients=("krippendorff_alpha",))) == {
        ("krippendorff_alpha", *nominal)
    }
    # the distances of sets come to the same or not for single values
    for metric in ("masi", "jaccard"):
        assert names(two, metric=metric, coefficients=("krippendorff_alpha",)) == [
            ("krippendorff_alpha", *nominal)
        ]
    ac1 = row_of(two, "gwet_ac1", weights="linear")
    assert (ac1.value is None, ac1.weights) == (False, "identity")


def test_rows_stand_by_scope_then_place_then_registry() -> None:
    columns = {
        "unit": [str(at) for at in range(12)],
        "interview": ["Q"] * 6 + ["P"] * 6,
        "zoe": list("ababab" * 2),
        "ada": list("abaabb" * 2),
        "max": list("abbbab" * 2),
    }
    options = AgreementOptions(
        resamples=0,
        ci="none",
        by=("without_coder", "interview", "pair", "code", "overall"),
        coefficients=("krippendorff_alpha", "percent_agreement"),
    )
    rows = of_table(ratings_of_table(bare(columns)).ratings, options).rows
    assert [
        (row.scope, row.code or row.interview or " ".join(row.coders))
        for row in rows
        if row.coefficient != "krippendorff_alpha"
    ] == [
        ("overall", "zoe ada max"),
        ("code", "a"),
        ("code", "b"),
        ("pair", "ada max"),
        ("pair", "zoe ada"),
        ("pair", "zoe max"),
        ("interview", "P"),
        ("interview", "Q"),
        ("without_coder", "ada max"),
        ("without_coder", "zoe ada"),
        ("without_coder", "zoe max"),
    ]
    assert [row.coefficient for row in rows[:2]] == ["percent_agreement", "krippendorff_alpha"]


def test_an_interview_is_compared_among_those_who_rated_it() -> None:
    columns = {
        "unit": list("1234"),
        "interview": ["P", "P", "Q", "Q"],
        "x": list("abab"),
        "y": list("abaa"),
        "z": ["a", "a", "", ""],
    }
    options = AgreementOptions(resamples=0, ci="none", by=("interview",), coefficients=("percent_agreement",))
    rows = of_table(ratings_of_table(bare(columns)).ratings, options).rows
    assert [(row.interview, row.coders, row.n_coders, row.missing_share) for row in rows] == [
        ("P", ("x", "y", "z"), 3, 0),
        ("Q", ("x", "y"), 2, 0),
    ]
    assert [row.value for row in rows] == [pytest.approx((1 + 1 / 3) / 2), 0.5]


def reason(data: Any, name: str, **more: Any) -> str:
    return str(row_of(data, name, **more).reason)


def test_reasons_of_single_rows() -> None:
    three = random_table(1, 3, 20, 2, 0.0)
    assert reason(three, "cohen_kappa") == (
        "cohen_kappa is defined for two coders and there are 3; for more there are conger_kappa, light_kappa"
    )
    assert reason(three, "kappa_max") == (
        "kappa_max is defined for two coders and there are 3; see the rows per pair"
    )
    assert reason([list("abc"), list("abb")], "pabak") == (
        "pabak is defined for two categories and there are 3; see the rows per code"
    )
    apart: list[list[str | None]] = [["a", None], [None, "b"]]
    assert reason(apart, "gwet_ac1") == "no unit was rated by two of these coders (0 shared units)"
    assert reason([list("aa"), list("aa")], "scott_pi") == "no variation: every rating is 'a'"
    for name in ("gwet_ac1", "brennan_prediger"):
        assert reason([list("aa"), list("aa")], name) == (
            "only one category was possible, so there is nothing to agree on"
        )
    assert reason([list("ab"), list("ab")], "gwet_ac1", weights="linear") == "None"
    gaps: list[list[str | None]] = [["a", "a", "b", None], ["a", "b", None, "b"], ["a", None, "b", "b"]]
    assert reason(gaps, "fleiss_kappa") == (
        "ratings are missing (2 to 3 per unit), and Fleiss' kappa then has no single meaning: name the rule with"
        " fleiss_kappa_gwet or fleiss_kappa_listwise"
    )
    assert reason(gaps, "fleiss_kappa_listwise") == (
        "the units that all these coders rated show no variation, or there are none"
    )
    unused = table([list("aaa"), list("aaa")], categories=["a", "b"])
    assert reason(unused, "positive_agreement") == "no variation: every rating is 'a'"
    absent = of_table(
        table([["a|b", "|", "|"], ["a|b", "|", "|"]]), AgreementOptions(resamples=0, by=("code", "pair"))
    )
    assert {str(row.reason) for row in absent.rows if row.value is None} == set()


def test_a_code_that_was_always_or_never_applied_says_so() -> None:
    data = [["a|b", "a", "a"], ["a|b", "a", "a"]]
    rows = of_table(data, AgreementOptions(resamples=0, by=("code",), coefficients=("cohen_kappa",)))
    assert str(pick(rows, code="a").reason) == "no variation: in every rating the code was applied"
    assert pick(rows, code="b").value == 1
    from agreement_builder import coding, of_study, study

    text = "Participant: one. two.\nParticipant: three.\n"
    given = study(
        {"P1": text}, [coding("P1", 13, 17, coder, "a") for coder in "xy"] + [coding("P1", 13, 17, "z", "b")]
    )
    pairs = of_study(
        given, AgreementOptions(resamples=0, unit="sentence", by=("code",), coefficients=("holsti",))
    )
    assert pick(pairs, code="b").value == 0
    with_codes = table([["a", "|"], ["a", "|"]], categories=["a", "never"])
    never = of_table(
        with_codes, AgreementOptions(resamples=0, by=("code",), coefficients=("cohen_kappa", "holsti"))
    )
    assert str(pick(never, code="never", coefficient="cohen_kappa").reason) == (
        "no variation: in every rating the code was not applied"
    )
    assert pick(never, code="never", coefficient="holsti").value is None


def test_a_mean_of_codes_has_the_reason_that_all_codes_share() -> None:
    always, never = (
        f"no variation: in every rating the code was {word}" for word in ("applied", "not applied")
    )
    options = AgreementOptions(resamples=0, by=("overall",), coefficients=("cohen_kappa",))

    def reason_of(data: Any, categories: list[str]) -> str:
        [mean] = of_table(table(data, categories=categories), options).rows
        assert (mean.aggregate, mean.n_codes, mean.value) == ("mean_of_codes", 0, None)
        return str(mean.reason)

    assert reason_of([["a|", "a"], ["a", "a"]], ["a"]) == always
    assert reason_of([["|", "|"], ["|", "|"]], ["a", "b"]) == never
    assert reason_of([["a|", "a"], ["a", "a"]], ["a", "b"]) == "no code has a value; see the rows per code"


def test_alpha_over_sets_stands_only_where_alpha_was_asked_for() -> None:
    data = [["a|b", "a", "b"], ["a", "a", "b"]]

    def rows(*chosen: str) -> list[tuple[str, str]]:
        options = AgreementOptions(resamples=0, by=("overall",), coefficients=chosen)
        return [(row.coefficient, row.aggregate) for row in of_table(data, options).rows]

    alpha = [("krippendorff_alpha", "direct"), ("krippendorff_alpha", "mean_of_codes")]
    assert rows("krippendorff_alpha") == alpha
    assert rows("holsti") == [("holsti", "mean_of_codes")]
    assert rows("holsti", "krippendorff_alpha") == [alpha[0], ("holsti", "mean_of_codes"), alpha[1]]
    for wrong in ({"metric": "ordinal"}, {"metric": "nominal"}, {"weights": "linear"}):
        with pytest.raises(StudyError, match="a unit may carry several codes"):
            of_table(data, AgreementOptions(resamples=0, **wrong))  # type: ignore[arg-type]
    for right in ("masi", "jaccard"):
        assert of_table(data, AgreementOptions(resamples=0, metric=right)).rows[0].metric == right


def test_a_category_that_nobody_chose_is_the_rest_everywhere() -> None:
    ratings = table([list("aabb"), list("abbb")], categories=["a", "b", "c"])
    options = AgreementOptions(resamples=0, by=("code",), coefficients=("cohen_kappa",))
    row = pick(of_table(ratings, options), code="c")
    assert (row.value, str(row.reason), row.k) == (None, "no variation: every rating is 'other'", 2)


def test_the_paradox_from_its_line_on() -> None:
    """Cohen's kappa beside Brennan–Prediger with the same agreement: from a gap of .20 and agreement of .80 on.

    Both say yes in 80 units and no in d, and each differs in b: observed (80 + d) / n.
    """

    for yes, apart, no in (
        (80, 5, 10),
        (80, 5, 5),
        (80, 10, 0),
        (70, 12, 6),
        (60, 20, 20),
        (80, 2, 0),
        (78, 10, 2),
    ):
        one = ["y"] * (yes + apart) + ["n"] * (apart + no)
        other = ["y"] * yes + ["n"] * apart + ["y"] * apart + ["n"] * no
        row = row_of([one, other], "cohen_kappa", ci="none")
        assert row.value is not None
        assert row.observed is not None
        lines = (2 * row.observed - 1 - row.value >= 0.2, row.observed >= 0.8)
        assert ("paradox" in row.flag) == all(lines), (yes, apart, no)


def test_every_coefficient_of_ratings_names_its_source() -> None:
    for row in COEFFICIENTS.values():
        assert row.citation
        assert row.doi == "" or row.doi.startswith("10.")
        assert row.min_coders == 2
