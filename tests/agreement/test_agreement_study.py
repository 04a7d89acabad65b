"""From a study to ratings: the rules of the contract, one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from agreement_builder import QUICK, code, coding, consensus, of_study, pick, study

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.sources.from_study import ratings_of_study
from omnistudy.errors import StudyError
from omnistudy.pictures import Forest
from omnistudy.results import Figure, Note, Table
from omnistudy.study.model import Coder, Coding, Level, Study
from omnistudy.study.settings import UnitName

TEXT = "Interviewer: why?\nParticipant: one two three.\nInterviewer: and?\nParticipant: four five six. seven eight.\n"
TEXTS = {f"P{i}": TEXT for i in range(1, 5)}


def quote(interview: str, words: str, coder: str, name: str, round_: str = "") -> Coding:
    start = TEXT.index(words)
    return coding(interview, start, start + len(words), coder, name, round_=round_)


def everybody_agrees_but_once() -> list[Coding]:
    rows = []
    for interview in TEXTS:
        for coder in ("x", "y"):
            rows += [quote(interview, "one two", coder, "a"), quote(interview, "four", coder, "b")]
    return [*rows[:-1], quote("P4", "seven eight.", "y", "b")]


def states(given: Study, unit: UnitName = "sentence", **options: Any) -> dict[str, list[list[str] | None]]:
    """Codes per coder and unit; ``None`` where the coder did not see the unit."""
    ratings = ratings_of_study(given, AgreementOptions(unit=unit, resamples=0, **options)).ratings
    return {
        name: [None if state < 0 else sorted(ratings.sets[state]) for state in ratings.index[g]]
        for g, name in enumerate(ratings.coders)
    }


def test_sentences_of_participants_are_rated_or_absent() -> None:
    given = study({"P1": TEXT}, [quote("P1", "one two", "x", "a"), quote("P1", "six. seven", "y", "b")])
    assert states(given) == {"x": [["a"], [], []], "y": [[], ["b"], ["b"]]}


def test_interviewer_speech_changes_no_number() -> None:
    given = study(TEXTS, everybody_agrees_but_once())
    question = "".join(f"Interviewer: question {i}?\n" for i in range(30))
    moved = tuple(
        replace(
            c,
            quotation=replace(
                c.quotation, start=c.quotation.start + len(question), end=c.quotation.end + len(question)
            ),
        )
        for c in given.codings
    )
    longer = study({name: question + text for name, text in TEXTS.items()}, moved)
    names: tuple[UnitName, ...] = ("sentence", "token", "character", "turn", "interview", "paragraph")
    for unit in names:
        options = AgreementOptions(
            unit=unit, resamples=200, coefficients=("krippendorff_alpha", "u_alpha", "holsti")
        )
        before, after = of_study(given, options), of_study(longer, options)
        assert before.rows == after.rows


def test_a_quotation_of_a_question_rates_nothing() -> None:
    given = study({"P1": TEXT}, [quote("P1", "and?", "x", "a"), quote("P1", "one", "y", "b")])
    assert states(given, "interview") == {"x": [[]], "y": [["b"]]}


def test_overlap_has_to_be_words() -> None:
    gap = TEXT.index("six.") + 3
    given = study({"P1": TEXT}, [coding("P1", gap, gap + 2, "x", "a"), quote("P1", "seven", "y", "a")])
    assert states(given) == {"x": [[], ["a"], []], "y": [[], [], ["a"]]}


@pytest.mark.parametrize(
    ("overlap", "rated"), [(1, True), (4, True), (5, False), ("25%", True), ("40%", False)]
)
def test_least_overlap(overlap: int | str, rated: bool) -> None:
    given = study({"P1": TEXT}, [quote("P1", "four", "x", "a"), quote("P1", "one two three.", "y", "a")])
    found = states(given, min_overlap=overlap)["x"]  # "four five six." has 12 characters that are no blanks
    assert found[1] == (["a"] if rated else [])


def test_who_saw_nothing_is_missing_and_who_found_nothing_is_absent() -> None:
    rows = [quote(name, "one", coder, "a") for name in TEXTS for coder in ("x", "y")]
    everyone = [(name, coder, "") for name in TEXTS for coder in ("x", "y", "z")]
    with_z = study(TEXTS, rows, seen=everyone, coders=[Coder("x"), Coder("y"), Coder("z")])
    without_z = study(
        TEXTS,
        rows,
        seen=[entry for entry in everyone if entry != ("P1", "z", "")],
        coders=[Coder("x"), Coder("y"), Coder("z")],
    )
    assert states(with_z)["z"] == [[]] * 12
    assert states(without_z)["z"] == [None] * 3 + [[]] * 9
    one, other = of_study(with_z), of_study(without_z)
    assert one.headline is not None
    assert other.headline is not None
    assert other.headline.value is not None
    assert one.headline.value is not None
    assert other.headline.value > one.headline.value
    assert other.headline.missing_share == pytest.approx(1 / 12)


def test_only_double_coded_interviews_enter() -> None:
    rows = [quote("P1", "one", "x", "a"), quote("P1", "one", "y", "a"), quote("P2", "one", "x", "a")]
    seen = [("P1", "x", ""), ("P1", "y", ""), ("P2", "x", "")]
    result = of_study(study(TEXTS, rows, seen=seen))
    assert result.subject.interviews == ("P1",)
    chosen = study(TEXTS, rows, agreement={"double_coded": ["P2", "P1"]})
    assert of_study(chosen).subject.interviews == ("P1", "P2")


def test_consensus_and_machines_never_enter() -> None:
    rows = everybody_agrees_but_once() + [quote(name, "six", "boss", "c") for name in TEXTS]
    people = [Coder("x"), Coder("y"), consensus("boss")]
    given = study(TEXTS, rows, coders=people)
    assert of_study(given).subject.coders == ("x", "y")
    named = study(TEXTS, rows, coders=people, agreement={"coders": ["x", "boss"]})
    with pytest.raises(StudyError, match="'boss' is consensus"):
        of_study(named)
    with pytest.raises(StudyError, match="Did you mean 'boss'"):
        of_study(study(TEXTS, rows, coders=people, agreement={"coders": ["bos"]}))


def test_the_last_independent_round_counts() -> None:
    rows = []
    for name in TEXTS:
        rows += [quote(name, "one", "x", "a", "r1"), quote(name, "four", "y", "a", "r1")]
        rows += [quote(name, "one", coder, "a", "r2") for coder in ("x", "y")]
        rows += [quote(name, "one", coder, "a", "consensus") for coder in ("x", "y")]
    given = study(TEXTS, rows, rounds=("r1", "r2", "consensus"))
    assert of_study(given).subject.round == "r2"
    assert pick(of_study(given), scope="overall", aggregate="direct").value == pytest.approx(1)
    first = of_study(given, AgreementOptions(round="r1", resamples=0))
    value = pick(first, scope="overall", aggregate="direct").value
    assert value is not None
    assert value < 0
    with pytest.raises(StudyError, match="Did you mean 'r1'"):
        of_study(given, AgreementOptions(round="r11"))


def test_codings_outside_the_seen_table_are_not_independent() -> None:
    rows = everybody_agrees_but_once()
    seen = [(name, coder, "") for name in TEXTS for coder in ("x", "y") if (name, coder) != ("P2", "y")]
    result = of_study(study(TEXTS, rows, seen=seen))
    assert result.subject.interviews == ("P1", "P3", "P4")
    explicit = of_study(study(TEXTS, rows, seen=seen, agreement={"double_coded": list(TEXTS)}))
    assert any("2 codings are left out" in str(note) for note in explicit.notes)


def test_a_code_that_did_not_exist_is_missing_not_absent() -> None:
    codes = [code("a"), code("b", since="r2")]
    rows = [quote("P1", "one", c, "a", "r1") for c in ("x", "y")] + [quote("P1", "four", "x", "b", "r1")]
    given = study({"P1": TEXT}, rows, codes=codes, rounds=("r1", "r2"))
    result = of_study(given, AgreementOptions(round="r1", unit="sentence", resamples=0))
    row = pick(result, scope="code", code="b", coefficient="percent_agreement")
    assert row.value is None
    assert row.n_pairable == 0
    assert row.missing_share == pytest.approx(5 / 6)
    later = of_study(
        study({"P1": TEXT}, rows, codes=[code("a"), code("b")]),
        AgreementOptions(unit="sentence", resamples=0),
    )
    assert pick(later, scope="code", code="b", coefficient="percent_agreement").n_pairable == 3


def test_codes_are_rolled_up_to_the_level() -> None:
    codes = [
        code("trust", Level.CATEGORY),
        code("staff", Level.SUBCATEGORY, "trust"),
        code("smile", Level.CODE, "staff"),
        code("greeting", Level.CODE, "staff"),
    ]
    rows = [
        quote("P1", "one", "x", "smile"),
        quote("P1", "one", "x", "greeting"),
        quote("P1", "one", "y", "greeting"),
    ]
    given = study({"P1": TEXT}, rows, codes=codes)
    assert states(given, level="code")["x"][0] == ["greeting", "smile"]
    assert states(given, level="subcategory")["x"][0] == ["staff"]
    upper = of_study(given, AgreementOptions(by=("category",), resamples=0, unit="sentence"))
    assert {row.code for row in upper.rows} == {"trust"}
    assert pick(upper, coefficient="krippendorff_alpha").value == pytest.approx(1)


def test_overall_is_sets_and_mean_of_codes_never_pooled_cells() -> None:
    result = of_study(
        study(TEXTS, everybody_agrees_but_once()), AgreementOptions(unit="sentence", resamples=100)
    )
    direct = pick(result, scope="overall", aggregate="direct")
    assert (direct.coefficient, direct.metric, direct.k) == ("krippendorff_alpha", "masi", None)
    for name in ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "cohen_kappa"):
        mean = pick(result, scope="overall", aggregate="mean_of_codes", coefficient=name)
        per_code = [row.value for row in result.rows if row.scope == "code" and row.coefficient == name]
        assert mean.n_codes == len(per_code) == 2
        assert mean.value == pytest.approx(np.mean([value for value in per_code if value is not None]))
    assert next(row.coefficient for row in result.rows if row.scope == "overall") == "krippendorff_alpha"
    assert all(
        row.cluster == "interview" and row.n_clusters == 4 for row in result.rows if row.scope == "code"
    )
    assert "few_clusters" in direct.flag


def test_alpha_over_sets_by_hand() -> None:
    """Two coders, sets {a}/{a}, {a}/{a,b}, {}/{}: MASI distances 0, 2/3, 0."""
    rows = [quote("P1", "one", c, "a") for c in ("x", "y")]
    rows += [quote("P1", "four", "x", "a"), quote("P1", "four", "y", "a"), quote("P1", "four", "y", "b")]
    result = of_study(study({"P1": TEXT}, rows), AgreementOptions(unit="sentence", resamples=0))
    observed = (0 + 2 * (2 / 3) + 0) / 6
    values = ["a", "a", "a", "ab", "", ""]
    distance = {("a", "ab"): 2 / 3, ("a", ""): 1.0, ("ab", ""): 1.0}
    total = sum(
        distance.get((p, q), distance.get((q, p), 0.0))
        for i, p in enumerate(values)
        for j, q in enumerate(values)
        if i != j
    )
    expected = 1 - observed / (total / 30)
    assert pick(result, scope="overall", aggregate="direct").value == pytest.approx(expected, abs=1e-14)


def test_rows_come_in_the_order_of_the_contract() -> None:
    result = of_study(study(TEXTS, everybody_agrees_but_once()))
    scopes = list(dict.fromkeys(row.scope for row in result.rows))
    assert scopes == ["overall", "code", "pair", "interview"]
    assert [r.interview for r in result.rows if r.scope == "interview" and r.aggregate == "direct"] == list(
        TEXTS
    )
    text = json.dumps(result.payload(), allow_nan=False)
    assert list(json.loads(text)["rows"][0]) == [*CONTRACT, "ci_reason", "simulated_coverage"]


CONTRACT = [
    "scope",
    "aggregate",
    "code",
    "coders",
    "interview",
    "coefficient",
    "metric",
    "weights",
    "unit",
    "value",
    "reason",
    "observed",
    "expected",
    "k",
    "se",
    "ci_low",
    "ci_high",
    "ci_method",
    "cluster",
    "n_clusters",
    "resamples",
    "p_below_667",
    "p_below_80",
    "n_units",
    "n_pairable",
    "n_coders",
    "n_codes",
    "missing_share",
    "prevalence",
    "prevalence_index",
    "bias_index",
    "coverage",
    "flag",
]


def test_one_coder_is_an_answer() -> None:
    result = of_study(study({"P1": TEXT}, [quote("P1", "one", "x", "a")]))
    assert result.rows == ()
    assert "cannot be computed" in str(result.summary)
    assert result.payload()["rows"] == []
    assert result.payload()["methods_sentence"] is None
    nobody = of_study(study({"P1": TEXT}, [], codes=[code("a")]))
    assert "cannot be computed" in str(nobody.summary)


def test_disagreements_are_ranked_with_the_words() -> None:
    given = study(TEXTS, everybody_agrees_but_once())
    result = of_study(given, AgreementOptions(unit="sentence", resamples=0, disagreements=True))
    assert [item.quote for item in result.disagreements] == ["four five six.", "seven eight."]
    assert sum(item.weight for item in result.disagreements) == pytest.approx(1)
    first = result.disagreements[0].as_json()
    assert first["codes"] == {"x": ["b"], "y": []}
    start, end = first["start"], first["end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    assert TEXT[start:end] == "four five six."
    assert [table.name for table in result.tables()][:2] == ["agreement", "disagreements"]


def test_assumed_seen_is_flagged_and_said() -> None:
    given = replace(study(TEXTS, everybody_agrees_but_once()), seen_assumed=True)
    result = of_study(given)
    assert all("assumed_seen" in row.flag for row in result.rows)
    assert any("assumed" in str(note) for note in result.notes)
    assert any(isinstance(block, Note) and "assumed" in str(block.text) for block in result.blocks())


def test_characters_are_counted_as_characters() -> None:
    given = study({"P1": TEXT}, [quote("P1", "one two", "x", "a"), quote("P1", "two three", "y", "a")])
    result = of_study(given, AgreementOptions(unit="character", resamples=0, by=("code",)))
    row = pick(result, coefficient="percent_agreement")
    words = "onetwothree.fourfivesix.seveneight."
    assert row.n_units == len(words)
    assert row.value == pytest.approx(1 - (3 + 5) / len(words))
    assert (row.cluster, row.n_clusters, row.se) == (
        "interview",
        1,
        None,
    )  # characters are never drawn singly
    with pytest.raises(StudyError, match="overlap"):
        of_study(given, AgreementOptions(unit="quotation"))


def test_tables_for_people_have_a_row_per_code_and_a_column_per_coefficient() -> None:
    result = of_study(
        study(TEXTS, everybody_agrees_but_once()), AgreementOptions(resamples=0, unit="sentence")
    )
    tables = {block.name: block for block in result.blocks() if isinstance(block, Table)}
    assert list(tables) == [
        "agreement-overall",
        "agreement-code",
        "agreement-pair",
        "agreement-interview",
        "agreement-percent",
        "agreement-programs",
    ]
    for table in tables.values():
        assert all(len(row) == len(table.columns) for row in table.rows)
    codes = tables["agreement-code"]
    keys = [column.key for column in codes.columns]
    assert len(codes.rows) == 2
    alpha = pick(result, scope="code", code="b", coefficient="krippendorff_alpha")
    assert keys[:4] == [
        "code",
        "value",
        "percent_agreement:direct",
        "gwet_ac1:direct",
    ]
    assert str(codes.rows[1][1]) == f"{alpha.value:.3f} [{alpha.ci_low:.3f}, {alpha.ci_high:.3f}]"


def test_quotations_segmented_before_coding_are_units() -> None:
    text = "first statement\nsecond statement\nthird statement\n"
    rows = [coding("P1", 0, 15, "x", "a"), coding("P1", 0, 15, "y", "a"), coding("P1", 16, 32, "x", "b")]
    given = study({"P1": text}, rows, excerpt=True)
    result = of_study(given, AgreementOptions(unit="quotation", resamples=0))
    assert pick(result, scope="overall", aggregate="direct").n_units == 3


def test_spans_of_a_study_are_sums_over_interviews() -> None:
    given = study(TEXTS, everybody_agrees_but_once())
    names = ("u_alpha", "u_alpha_relevance", "cu_alpha", "ku_alpha")
    result = of_study(given, AgreementOptions(coefficients=names, resamples=200))
    row = pick(result, scope="overall", coefficient="u_alpha", aggregate="direct")
    assert row.unit == "span"
    assert row.cluster == "interview"
    assert row.n_clusters == 4
    assert row.value is not None
    assert row.se is not None
    assert pick(result, scope="code", code="a", coefficient="u_alpha").value == pytest.approx(1)
    assert pick(result, scope="code", code="b", coefficient="ku_alpha").coverage == pytest.approx(
        4 * 3 * 2 / (4 * 7 + 12)
    )


def test_overlapping_codes_of_one_coder_have_a_continuum_each() -> None:
    rows = [
        *everybody_agrees_but_once(),
        quote("P1", "one two three.", "x", "c"),
        quote("P1", "two three.", "x", "c"),
    ]
    result = of_study(study(TEXTS, rows), AgreementOptions(coefficients=("u_alpha", "cu_alpha"), resamples=0))
    direct = pick(result, scope="overall", coefficient="u_alpha", aggregate="direct")
    assert direct.value is None
    assert "overlap" in str(direct.reason)
    assert pick(result, scope="overall", coefficient="u_alpha", aggregate="mean_of_codes").n_codes == 3
    assert any("joined" in str(note) for note in result.notes)


def test_the_forest_has_the_lines() -> None:
    blocks = of_study(study(TEXTS, everybody_agrees_but_once())).blocks()
    figure = next(block for block in blocks if isinstance(block, Figure))
    assert isinstance(figure.picture, Forest)
    assert figure.picture.lines == (0.667, 0.80)
    words = " ".join(str(getattr(block, "text", "")) for block in blocks).casefold()
    assert not any(word in words for word in ("substantial", "almost perfect", "moderate agreement"))


def test_weights_and_value_metrics_do_not_fit_code_sets() -> None:
    given = study(TEXTS, everybody_agrees_but_once())
    with pytest.raises(StudyError, match="several codes"):
        of_study(given, AgreementOptions(weights="linear"))
    with pytest.raises(StudyError, match="several codes"):
        of_study(given, AgreementOptions(metric="ordinal"))
    jaccard = of_study(given, AgreementOptions(metric="jaccard", resamples=0))
    assert pick(jaccard, scope="overall", aggregate="direct").metric == "jaccard"
    assert of_study(given, QUICK).rows
