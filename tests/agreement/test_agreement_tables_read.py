"""Tables of ratings as they are read: whole ratings, whole notes, whole lists of faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from agreement_builder import PROVENANCE, bare, of_table

from omnistudy.agreement.analysis import agreement_of_spans, agreement_of_table
from omnistudy.agreement.matrices import estimate, ratings_of_contingency, ratings_of_matrix
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.spans import span_ratings, spans_of_table
from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
from omnistudy.agreement.sources.from_table import (
    is_span_table,
    ratings_of_counts,
    ratings_of_table,
)
from omnistudy.errors import StudyError
from omnistudy.results import Note


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-12)


Columns = Mapping[str, Sequence[str]]


def read(columns: Columns, *more: Any) -> Ratings:
    found = ratings_of_table(bare(columns), *more).ratings
    assert isinstance(found, Ratings)
    return found


def answers(ratings: Ratings) -> dict[str, list[str | None]]:
    labels = [*ratings.categories, None]
    return {
        coder: [labels[code] for code in codes]
        for coder, codes in zip(ratings.coders, ratings.codes.tolist(), strict=True)
    }


def faults(act: Callable[[], object]) -> list[tuple[str, str, int | None, str | None]]:
    with pytest.raises(StudyError) as caught:
        act()
    assert {problem.file for problem in caught.value.problems} == {"table.csv"}
    return [(p.what, p.remedy, p.row, p.column) for p in caught.value.problems]


def test_a_wide_table() -> None:
    columns = {
        " Item ": ["i1", "i2", "i3"],
        "Interview": ["P2", "P1", "P1"],
        " sara ": ["b", "a", ""],
        "Unnamed: 4": ["x", "", ""],
        "reza": ["b", "", "10"],
    }
    found = read(columns)
    assert answers(found) == {"sara": ["b", "a", None], "reza": ["b", None, "10"]}
    assert found.categories == ("10", "a", "b")
    assert list(found.frame.ids) == ["i1", "i2", "i3"]
    assert found.frame.interviews == ("P1", "P2")
    assert found.frame.interview is not None
    assert found.frame.interview.tolist() == [1, 0, 0]
    assert (found.values, found.ordered, found.declared, found.k) == (None, False, 0, 3)
    assert (found.presence, found.collapsed) == (False, False)


def test_an_interview_that_is_missing_somewhere_is_known_nowhere() -> None:
    columns = {"unit": ["1", "2"], "interview": ["P1", ""], "a": ["x", "y"], "b": ["x", "x"]}
    frame = read(columns).frame
    assert (frame.interviews, frame.interview) == ((), None)


def test_a_long_table_keeps_its_order_and_its_interviews() -> None:
    columns = {
        "id": ["2", "1", "2", "1", "1"],
        "Coder": ["y", "y", "x", "x", "x"],
        "Code": ["a", "b", "a", "a", "b"],
        "interview": ["Q", "Q", "Q", "Q", "P"],
    }
    found = read(columns)
    assert answers(found) == {"x": ["a", "a", "b"], "y": ["a", "b", None]}
    assert list(found.frame.ids) == ["2", "1", "1"]
    assert found.frame.interview is not None
    assert [found.frame.interviews[i] for i in found.frame.interview] == ["Q", "Q", "P"]
    plain = {key: column[:4] for key, column in columns.items() if key != "interview"}
    without = read(plain)
    assert list(without.frame.ids) == ["2", "1"]
    assert (without.frame.interview, without.frame.interviews) == (None, ())
    assert answers(without) == {"x": ["a", "a"], "y": ["a", "b"]}


def test_numbers_are_in_the_order_of_their_values() -> None:
    found = read({"unit": ["1", "2", "3"], "a": ["10", "-2.5", "1e1"], "b": ["9", "+3", ".5"]})
    assert found.categories == ("-2.5", ".5", "+3", "9", "10", "1e1")
    assert found.values is not None
    assert found.values.tolist() == [-2.5, 0.5, 3, 9, 10, 10]
    assert found.ordered
    # a whole number is one label with or without its decimals; 1.50 is none
    decimals = read({"unit": ["1", "2"], "a": ["1.0", "1.50"], "b": ["1", "-2.00"]})
    assert decimals.categories == ("-2", "1", "1.50")


def test_categories_that_are_given() -> None:
    columns = {"unit": ["1", "2"], "a": ["low", "mid"], "b": ["mid", "mid"]}
    given = read(columns, ["low", "mid", "high"])
    assert (given.categories, given.k, given.ordered, given.values, given.declared) == (
        ("low", "mid", "high"),
        3,
        True,
        None,
        0,
    )
    counted = read(columns, 5)
    assert (counted.categories, counted.k, counted.ordered, counted.declared) == (("low", "mid"), 5, False, 5)
    assert faults(lambda: read(columns, ["low", "middle"])) == [
        ("'mid' is not one of the categories.", "Did you mean 'middle'?", None, None)
    ]
    assert faults(lambda: read(columns, ["x"])) == [
        ("'low' is not one of the categories.", "Categories: x.", None, None),
        ("'mid' is not one of the categories.", "Categories: x.", None, None),
    ]


def test_sets_of_codes() -> None:
    columns = {"unit": ["1", "2", "3"], "a": ["q| p", "|", ""], "b": ["p", "q||", "q|p"]}
    found = ratings_of_table(bare(columns)).ratings
    assert isinstance(found, SetRatings)
    assert found.codes == ("p", "q")
    sets = [[None if s < 0 else set(found.sets[s]) for s in coder] for coder in found.index.tolist()]
    assert sets == [[{"p", "q"}, set(), None], [{"p"}, {"q"}, {"p", "q"}]]
    more = ratings_of_table(bare(columns), ["q", "p", "r"]).ratings
    assert isinstance(more, SetRatings)
    assert more.codes == ("q", "p", "r")
    assert faults(lambda: ratings_of_table(bare(columns), ["q"])) == [
        ("'p' is not one of the codes.", "Codes: q.", None, None)
    ]


def test_rounds_of_a_long_table() -> None:
    columns = {
        "unit": ["1", "1", "1", "1", "2", "2"],
        "coder": ["x", "y", "x", "y", "x", "y"],
        "value": ["a", "b", "c", "c", "d", "d"],
        "round": ["r1", "r1", "Consensus", "Consensus", "", ""],
    }
    assert answers(read(columns)) == {"x": ["a", None], "y": ["b", None]}
    assert answers(read(columns, None, "Consensus")) == {"x": ["c", None], "y": ["c", None]}
    agreed = {**columns, "round": ["Consensus"] * 4 + ["", ""]}
    assert answers(read({key: column[2:] for key, column in agreed.items()})) == {
        "x": ["c", None],
        "y": ["c", None],
    }
    nameless = {key: column[4:] for key, column in columns.items()}
    assert answers(read(nameless)) == {"x": ["d"], "y": ["d"]}
    assert faults(lambda: read(columns, None, "r11")) == [
        ("No round is called 'r11'. Did you mean 'r1'?", "Choose among r1, Consensus.", None, "round")
    ]
    # a wide table has no rounds: the column is a coder there
    wide = {"unit": ["1", "2"], "round": ["a", "b"], "z": ["a", "b"]}
    assert read(wide).coders == ("round", "z")


def test_what_is_missing_or_stands_twice() -> None:
    assert faults(lambda: read({"unit": ["1", ""], "a": ["x", "x"], "b": ["x", "y"]})) == [
        ("The unit is missing.", "Name it in every row.", 3, "unit")
    ]
    assert faults(lambda: read({"unit": ["1", "2", "1"], "a": ["x"] * 3, "b": ["x"] * 3})) == [
        ("Unit '1' stands twice.", "Keep one row.", 4, None)
    ]
    twice = {"unit": ["1", "1", "2", "1"], "coder": ["x", "x", "x", "x"], "value": ["", "a", "a", "b"]}
    assert faults(lambda: read(twice)) == [("Unit '1' is rated twice by 'x'.", "Keep one row.", 5, None)]
    empty_then_rated = {**twice, "value": ["", "a", "a", ""]}
    assert answers(read(empty_then_rated)) == {"x": ["a", "a"]}


def test_tables_that_are_something_else() -> None:
    assert faults(lambda: read({"units": ["1"], "a": ["x"], "b": ["x"]})) == [
        ("There is no column 'unit'; the columns are units, a, b.", "Did you mean 'units'?", 1, None)
    ]
    assert faults(lambda: read({"q": ["1"], "a": ["x"]})) == [
        (
            "There is no column 'unit'; the columns are q, a.",
            "Name the first column unit; every other column is a coder (or: unit, coder, value).",
            1,
            None,
        )
    ]
    assert faults(lambda: read({"interview": ["P"], "start": ["1"], "end": ["2"]})) == [
        (
            "A table of spans needs the columns code, coder, end, interview, start; missing: code, coder.",
            "Add them, or for ratings of units name the first column unit.",
            1,
            None,
        )
    ]
    many = {f"column{i}": ["x"] for i in range(13)}
    [(what, *_)] = faults(lambda: read(many))
    assert what.endswith("column11.")
    assert is_span_table(bare({name: ["x"] for name in ("Interview", " start", "end", "coder", "CODE", "n")}))
    assert not is_span_table(bare({name: ["x"] for name in ("interview", "start", "end", "coder")}))


def notes(columns: Columns) -> list[str]:
    return [str(note) for note in ratings_of_table(bare(columns)).notes]


def test_what_is_said_of_a_table() -> None:
    assert notes({"unit": ["1", "2 "], " a": [" x", "y"], "b": ["x ", " y"]}) == [
        "Blanks around the value were removed in 4 cells (columns: unit,  a, b)."
    ]
    strange = {"unit": ["1", "2"], "a": ["x", "y"], "b": ["x", "x"], "date": ["2020", "2021"]}
    assert notes(strange) == [
        "Every column beside the unit was taken for a coder. These share no label with any other, so they may be"
        " none: date. Remove them from the table if they are not."
    ]
    two = {key: strange[key] for key in ("unit", "a", "date")}
    assert notes(two) == []  # of two coders each may simply disagree
    assert notes({**strange, "date": ["", ""]}) == []  # who rated nothing shares nothing, and is a coder
    crowd = {"unit": ["1"], **{f"c{at:02}": [str(at)] for at in range(13)}}
    [note] = notes(crowd)
    assert "c10, c11, …. Remove" in note
    assert "c10, c11. Remove" in notes({key: crowd[key] for key in list(crowd)[:13]})[0]


def test_labels_of_two_keyboards_are_listed_up_to_twelve() -> None:
    pairs = [(f"علي{letter}", f"علی{letter}") for letter in "abcdefghijklm"]
    units = [str(at) for at in range(13)]
    [note] = notes({"unit": units, "a": [one for one, _ in pairs], "b": [other for _, other in pairs]})
    listed = "; ".join(f"{other} = {one}" for one, other in pairs[:12])
    assert note == f"Labels that differ only in letter forms or digits are one label: 13 ({listed}; …)."
    found = read({"unit": units, "a": [one for one, _ in pairs], "b": [other for _, other in pairs]})
    assert set(found.categories) == {one for one, _ in pairs}
    assert (found.codes[0] == found.codes[1]).all()


def test_counts_of_two_coders() -> None:
    found = ratings_of_counts(
        bare({"": ["b", "a", "c"], "a": ["2", "", "0"], " b": ["5", "7", ""], "c": ["1", "0", "3"]})
    )
    assert (found.coders, found.categories, found.ordered, found.values) == (
        ("rows", "columns"),
        ("a", "b", "c"),
        True,
        None,
    )
    assert found.frame.weight is not None
    cells = zip(*found.codes.tolist(), found.frame.weight.tolist(), strict=True)
    # rows stand in another order than columns: 7 units that the first coder called a and the second b
    assert sorted(cells) == [(0, 1, 7), (1, 0, 2), (1, 1, 5), (1, 2, 1), (2, 2, 3)]
    assert found.frame.n_units == 18
    numbers = ratings_of_counts(bare({"": ["1", "3"], "1": ["2", "1"], "3": ["1", "2"]}))
    assert numbers.values is not None
    assert numbers.values.tolist() == [1, 3]


def test_counts_that_are_none() -> None:
    assert faults(lambda: ratings_of_counts(bare({"": ["a", "b"], "a": ["1", "x"], "b": ["-1", "1.5"]}))) == [
        ("'x' is not a whole number.", "Give counts.", 3, "a"),
        ("'-1' is not a whole number.", "Give counts.", 2, "b"),
        ("'1.5' is not a whole number.", "Give counts.", 3, "b"),
    ]
    assert faults(lambda: ratings_of_counts(bare({"": ["a", "c"], "a": ["1", "1"], "b": ["1", "1"]}))) == [
        (
            "The rows are a, c, the columns a, b.",
            "A contingency table has the same categories down and across.",
            None,
            None,
        )
    ]
    assert ratings_of_counts(bare({"": ["a"], "a": ["9" * 12]})).frame.n_units == 10**12 - 1
    assert faults(lambda: ratings_of_counts(bare({"": ["a"], "a": ["1" + "0" * 12]})))[0][2] == 2


def test_ratings_of_a_program_in_its_memory() -> None:
    matrix = ratings_of_matrix([["a", "b", None], ["a", "a", "b"]])
    assert (matrix.coders, matrix.categories, list(matrix.frame.ids)) == (
        ("c1", "c2"),
        ("a", "b"),
        ["1", "2", "3"],
    )
    counts = ratings_of_contingency([[20, 5], [10, 15]])
    assert (counts.coders, counts.categories) == (("rows", "columns"), ("1", "2"))
    assert counts.values is not None
    row = estimate("cohen_kappa", counts)
    assert (row.value, row.ci_method, row.resamples, row.n_units) == (near(0.4), "none", None, 50)
    for level in (0.5, 0.95):
        # left out one at a time: of 50 units 35 agree, so se = sqrt(.7 · .3 / 49)
        row = estimate("percent_agreement", counts, ci="jackknife", confidence=level)
        from scipy.stats import t

        half = t.ppf(0.5 + level / 2, 49) * (0.7 * 0.3 / 49) ** 0.5
        assert (row.ci_low, row.ci_high) == (near(0.7 - half), near(0.7 + half))


def test_what_only_a_study_or_more_coders_can_answer() -> None:
    ratings = read({"unit": ["1", "2"], "a": ["x", "y"], "b": ["x", "x"]})
    with pytest.raises(StudyError, match="has 2 categories and 1 were declared"):
        agreement_of_table(ratings, AgreementOptions(resamples=0, categories=1), PROVENANCE)
    agreement_of_table(ratings, AgreementOptions(resamples=0, categories=2), PROVENANCE)
    for options in (AgreementOptions(units=("turn",)), AgreementOptions(retest=True)):
        with pytest.raises(StudyError, match="no texts to divide"):
            agreement_of_table(ratings, options, PROVENANCE)
    alone = of_table([["x", "y"]], AgreementOptions(resamples=0, by=("overall", "without_coder")))
    assert str(alone.summary) == "Agreement cannot be computed: there is one coder, and it takes two."
    hint = "A table needs one column per coder, or the columns unit, coder and value."
    assert [str(note.text) for note in alone.blocks() if isinstance(note, Note)] == [hint]
    assert (alone.rows, alone.notes) == ((), ())


def test_passages_asked_of_a_table_of_units_have_a_reason() -> None:
    ratings = read({"unit": ["1", "2", "3"], "a": ["x", "y", ""], "b": ["x", "x", "y"]})
    options = AgreementOptions(resamples=0, coefficients=("u_alpha", "holsti", "cu_alpha"))
    result = agreement_of_table(ratings, options, PROVENANCE)
    assert [row.coefficient for row in result.rows] == ["holsti", "u_alpha", "cu_alpha"]
    why = "it measures passages of a text, and the table holds ratings of units"
    json: Any = result.payload()["rows"]
    assert {key: value for key, value in json[1].items() if value is not None} == {
        "scope": "overall",
        "aggregate": "direct",
        "coders": ["a", "b"],
        "coefficient": "u_alpha",
        "metric": "nominal",
        "weights": "identity",
        "unit": "unit",
        "reason": why,
        "ci_method": "jackknife",
        "cluster": "unit",
        "n_clusters": 0,
        "n_units": 3,
        "n_pairable": 0,
        "n_coders": 2,
        "flag": [],
        "ci_reason": why,
    }


def span_columns(**changes: list[str]) -> dict[str, list[str]]:
    columns = {
        "interview": ["t", "t", "u"],
        "start": ["0", "2", ""],
        "end": ["4", "6", ""],
        "coder": ["x", "y", "x"],
        "code": ["a", "b", ""],
        "length": ["10", "12", "7"],
    }
    return {**columns, **changes}


def test_a_table_of_passages() -> None:
    found = spans_of_table(bare(span_columns()))
    assert (found.coders, found.codes, found.interviews, found.merged) == (
        ("x", "y"),
        ("a", "b"),
        ("t", "u"),
        0,
    )
    assert found.lengths.tolist() == [12, 7]  # the longest that is given for a text
    assert found.seen.tolist() == [[True, True], [True, False]]
    table = [found.interview, found.coder, found.code, found.start, found.end]
    assert [part.tolist() for part in table] == [[0, 0], [0, 1], [0, 1], [0, 2], [4, 6]]
    lengthless = {key: column for key, column in span_columns().items() if key != "length"}
    assert spans_of_table(bare(lengthless), 9).lengths.tolist() == [9, 9]
    assert faults(lambda: spans_of_table(bare(lengthless))) == [
        (
            "The lengths of the texts are not known, and text that nobody coded counts.",
            "Add a column 'length', or give --length L.",
            None,
            None,
        )
    ]


def test_faults_of_passages_with_their_place() -> None:
    bad = span_columns(
        interview=["t", "", "u"], coder=["", "y", "x"], start=["0", "x", "-1"], code=["", "b", ""]
    )
    lacking = "The passage lacks its start, end or code."
    whole = "Give offsets in characters."
    assert faults(lambda: spans_of_table(bare(bad))) == [
        ("The interview is missing.", "Name it in every row.", 3, "interview"),
        ("The coder is missing.", "Name it in every row.", 2, "coder"),
        ("'x' is no whole number of at least 0.", whole, 3, "start"),
        ("'-1' is no whole number of at least 0.", whole, 4, "start"),
        (lacking, "Complete the row.", 2, None),
        (lacking, "Complete the row.", 3, None),
    ]
    half = "Offsets are 0-based and half-open: start < end <= length."
    assert faults(lambda: spans_of_table(bare(span_columns(start=["4", "2", ""], end=["4", "13", ""])))) == [
        ("The passage 4-4 is empty or ends before it starts.", half, 2, None),
        ("The passage 2-13 lies outside its text of 12 characters.", half, 3, None),
    ]
    for name in ("start", "end", "length"):
        long = bare(span_columns(**{name: ["1" + "0" * 12, *span_columns()[name][1:]]}))
        assert faults(partial(spans_of_table, long))[0][1:] == (whole, 2, name)


def test_a_single_coder_of_passages_gets_an_answer() -> None:
    alone = span_ratings(
        coders=("x",),
        codes=("a",),
        interviews=("t",),
        lengths=np.array([10]),
        seen=np.ones((1, 1), np.bool_),
        rows=np.array([[0, 0, 0, 0, 4]]),
    )
    result = agreement_of_spans(alone, AgreementOptions(resamples=0, disagreements=True), PROVENANCE)
    assert str(result.summary) == "Agreement cannot be computed: there is one coder, and it takes two."
    hint = "To add another coder's file: omnistudy merge STUDY FILE."
    assert [str(note.text) for note in result.blocks() if isinstance(note, Note)] == [hint]
    assert (result.rows, result.disagreements, result.subject.unit) == ((), (), "span")
    assert (result.subject.interviews, result.subject.of_interviews) == (("t",), 1)
