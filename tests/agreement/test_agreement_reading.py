"""What tables and studies are read as: refusals with every place, notes, units numbered anew, machines."""

from __future__ import annotations

import numpy as np
import pytest
from agreement_builder import (
    PROVENANCE,
    bare,
    code,
    coding,
    of_study,
    of_table,
    pick,
    row_of,
    study,
)

from omnistudy.agreement.audit import audit_kappa
from omnistudy.agreement.machine_beside import alphas_beside_machine
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.spans import span_ratings
from omnistudy.agreement.ratings.rating_table import Ratings
from omnistudy.agreement.rounds.comparison import difference_of_rounds
from omnistudy.agreement.rounds.two_passes import TwoPasses, audit_passes, passes_table
from omnistudy.agreement.sources.from_table import ratings_of_table
from omnistudy.errors import StudyError
from omnistudy.study.model import Coder, Quotation

TEXT = "Participant: one two three. four five six. seven eight nine.\n"


def long_table(**changes: list[str]) -> dict[str, list[str]]:
    columns = {
        "unit": ["1", "1", "2", "2"],
        "coder": ["x", "y", "x", "y"],
        "value": ["a", "a", "b", "a"],
    }
    return {**columns, **changes}


def test_every_unnamed_coder_is_reported_with_its_row() -> None:
    with pytest.raises(StudyError) as caught:
        ratings_of_table(bare(long_table(coder=["x", "", "x", ""])))
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (3, "coder"),
        (5, "coder"),
    ]


def test_twenty_faults_are_listed_of_more() -> None:
    units = [str(i) for i in range(30)] * 2
    with pytest.raises(StudyError) as caught:
        ratings_of_table(bare({"unit": units, "a": ["x"] * 60, "b": ["x"] * 60}))
    assert len(caught.value.problems) == 20
    assert [problem.row for problem in caught.value.problems][:2] == [32, 33]
    with pytest.raises(StudyError) as caught:
        ratings_of_table(bare({"unit": [""] * 30, "a": ["x"] * 30, "b": ["x"] * 30}))
    assert len(caught.value.problems) == 20


def test_units_are_numbered_anew_in_every_interview_even_without_a_name() -> None:
    table = long_table(
        unit=["1", "1", "1", "1", "1", "1"],
        coder=["x", "y"] * 3,
        value=["a", "a", "b", "a", "a", "b"],
        interview=["P1", "P1", "P2", "P2", "", ""],
    )
    ratings = ratings_of_table(bare(table)).ratings
    assert isinstance(ratings, Ratings)
    assert ratings.codes.shape == (2, 3)
    assert [tuple(int(value) for value in column) for column in ratings.codes.T] == [(0, 0), (1, 0), (0, 1)]
    assert ratings.frame.interview is None
    named = ratings_of_table(bare({**table, "interview": ["P1", "P1", "P2", "P2", "P3", "P3"]})).ratings
    assert named.frame.interviews == ("P1", "P2", "P3")
    assert named.frame.interview is not None
    assert named.frame.interview.tolist() == [0, 1, 2]


def test_a_unit_without_an_interview_is_no_unit_of_another_interview() -> None:
    table = long_table(
        unit=["1", "1", "1", "1", "2", "2"],
        coder=["x", "y"] * 3,
        value=["a", "a", "b", "b", "c", "c"],
        interview=["P1", "P1", "P2", "P2", "", ""],
    )
    ratings = ratings_of_table(bare(table)).ratings
    assert isinstance(ratings, Ratings)
    assert [[ratings.categories[code] for code in coder] for coder in ratings.codes] == [["a", "b", "c"]] * 2
    assert [str(name) for name in ratings.frame.ids] == ["1", "1", "2"]


def test_letter_forms_that_are_one_label_are_said() -> None:
    """An Arabic and a Persian keyboard write the same word with other letters."""
    found = ratings_of_table(bare({"unit": ["1", "2"], "a": ["علي", "b"], "b": ["علی", "b"]}))
    assert any("letter forms or digits are one label: 1" in str(note) for note in found.notes)
    plain = ratings_of_table(bare({"unit": ["1", "2"], "a": ["c", "b"], "b": ["c", "b"]}))
    assert not plain.notes


def test_notes_name_idle_coders_and_unused_codes() -> None:
    rows = [coding("P1", 13, 26, coder, "a") for coder in "xy"] + [coding("P2", 13, 26, "z", "a")]
    seen = [("P1", "x", ""), ("P1", "y", ""), ("P2", "z", "")]
    given = study(
        {"P1": TEXT, "P2": TEXT},
        rows,
        seen=seen,
        coders=[Coder(c) for c in "xyz"],
        codes=[code("a"), code("b")],
    )
    notes = [str(note) for note in of_study(given).notes]
    assert "Coders without an interview in this comparison: z." in notes
    assert any(note.startswith("1 codes of the codebook were applied by nobody") for note in notes)
    full = [str(note) for note in of_study(study({"P1": TEXT}, rows[:2])).notes]
    assert not any("Coders without" in note or "applied by nobody" in note for note in full)


def test_the_methods_sentence_gives_the_share_of_missing_ratings() -> None:
    table = of_table(
        [["a", "b", "a", "b"], ["a", "b", None, "b"], ["a", "b", "a", "a"]], AgreementOptions(resamples=0)
    )
    assert "Missing ratings (8.3" in str(table.methods)
    rows = [coding("P1", 13, 26, coder, "a") for coder in "xyz"] + [
        coding("P2", 13, 26, coder, "a") for coder in "xy"
    ]
    seen = [(name, coder, "") for name in ("P1", "P2") for coder in "xyz" if (name, coder) != ("P2", "z")]
    given = study({"P1": TEXT, "P2": TEXT}, rows, seen=seen)
    found = of_study(given, AgreementOptions(resamples=0, unit="sentence"))
    assert "(16.7" in str(found.methods)


def test_the_distance_of_sets_is_the_chosen_one_in_a_study_too() -> None:
    rows = [coding("P1", 13, 26, "x", name) for name in ("a", "b")] + [coding("P1", 13, 26, "y", "b")]
    rows += [coding("P1", 28, 42, "x", "a")]
    weights = {}
    for metric in ("masi", "jaccard"):
        options = AgreementOptions(resamples=0, unit="sentence", disagreements=True, metric=metric)
        weights[metric] = of_study(study({"P1": TEXT}, rows), options).disagreements[-1].weight
    # {a b} against {b} beside {a} against nothing: 2/3 of 1 + 2/3 by MASI, 1/2 of 1 + 1/2 by Jaccard
    assert weights == pytest.approx({"masi": (2 / 3) / (5 / 3), "jaccard": (1 / 2) / (3 / 2)})
    usual = of_study(
        study({"P1": TEXT}, rows), AgreementOptions(resamples=0, unit="sentence", disagreements=True)
    )
    assert usual.disagreements[-1].weight == pytest.approx(weights["masi"])


def test_two_interviews_are_sampled_as_interviews_in_a_difference() -> None:
    rows = [
        coding(name, start, start + 10, coder, "a", round_=round_)
        for name in ("P1", "P2")
        for round_ in ("r1", "r2")
        for coder in "xy"
        for start in (13, 30)
        if not (coder == "y" and start == 30 and round_ == "r1")
    ]
    options = AgreementOptions(unit="sentence", resamples=50)
    found = difference_of_rounds(study({"P1": TEXT, "P2": TEXT}, rows), "r1", "r2", options)
    assert (found.cluster, found.n_clusters) == ("interview", 2)


def test_reasons_of_measures_that_rest_on_pairs() -> None:
    """Every pair shares one unit, on which it agrees; the three use two categories in all."""
    data: list[list[str | None]] = [["a", "b", None], ["a", None, "b"], [None, "b", "b"]]
    reason = str(row_of(data, "light_kappa").reason)
    assert "all these coders rated" not in reason
    assert "chance alone would give full agreement" in reason
    lone = row_of([["a"], ["b"]], "gwet_ac1", ci="analytic")
    assert (lone.ci_method, lone.se) == ("analytic", None)


def test_the_audit_of_cells_that_cancel() -> None:
    """Both 1, only the first 1, only the second 2: Jaccard's share is 1 of 4 although 1 + 1 - 2 is 0."""
    found = {item.formula: item.value for item in audit_kappa(1, 1, 2, 5, PROVENANCE).candidates}
    assert found["jaccard"] == pytest.approx(1 / 4)
    assert found["holsti"] == pytest.approx(2 / 5)
    assert {item.formula: item.value for item in audit_kappa(1, 3, 2, 5, PROVENANCE).candidates}[
        "jaccard"
    ] == pytest.approx(1 / 6)


def test_a_machine_beside_people() -> None:
    rows = [coding("P1", 13, 26, coder, "a") for coder in "xy"] + [coding("P1", 28, 42, "x", "b")]
    given = study({"P1": TEXT}, rows)
    suggested = [(Quotation("P1", 13, 26), "a"), (Quotation("P1", 28, 42), "b"), (Quotation("P9", 0, 5), "b")]
    name, found = alphas_beside_machine(
        given, suggested, unit="sentence", level="code", provenance=PROVENANCE
    )
    assert name == "machine"
    assert [set(row.coders) for row in found] == [{"x", "machine"}, {"x", "y"}, {"y", "machine"}]
    assert {(row.scope, row.aggregate, row.coefficient) for row in found} == {
        ("pair", "direct", "krippendorff_alpha")
    }
    values = {frozenset(row.coders): row.value for row in found}
    assert values[frozenset({"machine", "x"})] == 1
    assert values[frozenset({"machine", "y"})] == values[frozenset({"x", "y"})]
    taken = study({"P1": TEXT}, [*rows, coding("P1", 13, 26, "machine", "a")])
    assert (
        alphas_beside_machine(taken, [], unit="sentence", level="code", provenance=PROVENANCE)[0]
        == "machine-2"
    )
    alone = study({"P1": TEXT}, rows[:1])
    assert alphas_beside_machine(alone, suggested, unit="turn", level="code", provenance=PROVENANCE) == (
        "machine",
        (),
    )


def test_two_passes_in_json_and_in_the_table() -> None:
    rows = [coding("P1", 13, 26, "x", "a"), coding("P1", 13, 26, "y", "a"), coding("P1", 28, 42, "x", "b")]
    result = of_study(study({"P1": TEXT}, rows), AgreementOptions(resamples=0, unit="sentence"))
    passes = result.beside.passes
    assert passes
    assert all(isinstance(row, TwoPasses) for row in passes)
    table = passes_table(passes)
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    for row, shown in zip(passes, table.rows, strict=False):
        entry = row.as_json()
        cells = dict(zip(keys, shown, strict=True))
        for key in set(keys) & set(entry):
            if isinstance(entry[key], int):
                assert cells[key] == entry[key], key
    whole = passes[-1].as_json()
    assert {"coder", "first", "second"} <= set(whole) or {"first", "second"} <= set(whole)
    assert {"agreements", "disagreements", "total"} <= set(keys)
    for counts in ((0, 5, 0), (5, 0, 0), (1, 1, 0)):
        assert audit_passes(*counts, PROVENANCE).payload()["agreements"] == 0


def test_faults_of_passages_are_listed_up_to_twenty() -> None:
    from omnistudy.agreement.passages.spans import spans_of_table

    n = 25
    table = bare(
        {
            "interview": ["A"] * n,
            "start": ["0"] * n,
            "end": ["x"] * n,
            "coder": ["c"] * n,
            "code": ["k"] * n,
            "length": ["100"] * n,
        }
    )
    with pytest.raises(StudyError) as caught:
        spans_of_table(table)
    unread = [problem for problem in caught.value.problems if problem.column == "end"]
    assert [problem.row for problem in unread] == list(range(2, 22))
    lacking = [problem.row for problem in caught.value.problems if problem.column is None]
    assert lacking == list(range(2, 22))


def test_coders_of_passages_keep_their_own() -> None:
    rows = [[0, 0, 0, 0, 10], [0, 1, 0, 5, 15], [0, 2, 0, 50, 60]]
    spans = span_ratings(
        coders=("x", "y", "z"),
        codes=("k",),
        interviews=("A",),
        lengths=np.array([100]),
        seen=np.ones((1, 3), np.bool_),
        rows=np.array(rows),
    )
    pair = spans.of_coders([0, 2])
    assert pair.coders == ("x", "z")
    assert list(zip(pair.coder.tolist(), pair.start.tolist(), pair.end.tolist(), strict=True)) == [
        (0, 0, 10),
        (1, 50, 60),
    ]


def test_passages_of_one_coder_that_touch_or_overlap_are_joined() -> None:
    rows = [[0, 0, 0, 0, 10], [0, 0, 0, 5, 15], [0, 0, 0, 30, 40], [1, 0, 0, 0, 3]]
    spans = span_ratings(
        coders=("x",),
        codes=("k",),
        interviews=("A", "B"),
        lengths=np.array([100, 41]),
        seen=np.ones((2, 1), np.bool_),
        rows=np.array(rows),
    )
    found = list(zip(spans.interview.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True))
    assert found == [(0, 0, 15), (0, 30, 40), (1, 0, 3)]
    nothing = span_ratings(
        coders=("x",),
        codes=("k",),
        interviews=("A",),
        lengths=np.array([10]),
        seen=np.ones((1, 1), np.bool_),
        rows=np.zeros((0, 5), np.int64),
    )
    assert len(nothing.start) == 0


def test_options_out_of_range_are_refused() -> None:
    for wrong in (
        {"seed": -1},
        {"resamples": -1},
        {"categories": 0},
        {"confidence": 1.0},
        {"confidence": 0.0},
    ):
        with pytest.raises(StudyError):
            AgreementOptions(**wrong)
    for right in ({"seed": 0}, {"resamples": 0}, {"categories": 1}, {"confidence": 0.5}):
        AgreementOptions(**right)


def test_a_mean_of_codes_compares_presence_with_absence() -> None:
    rows = [coding("P1", 13, 26, coder, "a") for coder in "xy"] + [coding("P1", 28, 42, "x", "b")]
    result = of_study(study({"P1": TEXT}, rows), AgreementOptions(resamples=0, unit="sentence"))
    mean = pick(result, scope="overall", coefficient="krippendorff_alpha", aggregate="mean_of_codes")
    assert (mean.k, mean.metric, mean.n_codes) == (2, "nominal", 2)
    values = [
        pick(result, scope="code", code=name, coefficient="krippendorff_alpha").value for name in ("a", "b")
    ]
    assert mean.value == pytest.approx(sum(value or 0 for value in values) / 2)
