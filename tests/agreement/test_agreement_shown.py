"""What people see of agreement: sentences, pictures and tables hold the numbers of the rows."""

from __future__ import annotations

import pytest
from agreement_builder import coding, of_study, of_table, pick, random_table, study

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.presentation import FLAG_NOTES
from omnistudy.agreement.result import AgreementResult
from omnistudy.pictures import Forest, Heatmap
from omnistudy.results import Figure, Heading, Label, Note, Prose, Quote, Table

LINE = "Participant: one two three. four five six.\n"
TEXTS = {"P1": LINE, "P2": LINE}
QUICK = AgreementOptions(resamples=0, unit="sentence")
FIRST, SECOND = (13, 26), (28, 42)


def three_coders(interviews: dict[str, str] | None = None) -> AgreementResult:
    """All agree on a; only x and y use b, in other sentences of P1."""
    texts = interviews or TEXTS
    rows = [coding(name, *FIRST, coder, "a") for name in texts for coder in "xyz"]
    rows += [coding("P1", *SECOND, "x", "b"), coding("P1", *FIRST, "y", "b")]
    return of_study(study(texts, rows), QUICK)


def figures(result: AgreementResult) -> dict[str, Figure]:
    return {block.name: block for block in result.blocks() if isinstance(block, Figure)}


def tables(result: AgreementResult) -> dict[str, Table]:
    return {block.name: block for block in result.blocks() if isinstance(block, Table)}


def prose(result: AgreementResult) -> str:
    return " ".join(str(block.text) for block in result.blocks() if isinstance(block, Prose))


@pytest.mark.parametrize(
    ("errors", "said"),
    [(2, "reaches .80, the line for firm"), (45, "between .667 and .80"), (120, "lies below .667")],
)
def test_the_lower_limit_is_set_against_the_lines(errors: int, said: str) -> None:
    """400 units of two balanced codes: alpha is near 1 - errors / 200."""
    one = ["a", "b"] * 200
    other = [("b" if x == "a" else "a") if i < errors else x for i, x in enumerate(one)]
    result = of_table([one, other], AgreementOptions(resamples=0))
    low = pick(result, scope="overall", coefficient="krippendorff_alpha").ci_low
    assert low is not None
    assert (low >= 0.8, low >= 0.667) == (errors == 2, errors < 100)
    assert said in prose(result)
    none = of_table([one, other], AgreementOptions(resamples=0, ci="none"))
    assert "lower limit" not in prose(none)


def test_every_flag_that_is_raised_is_explained_and_no_other() -> None:
    for data in (
        [["a"] * 6, ["a"] * 6],
        [["a", "b"] * 100, ["a", "b"] * 100],
        random_table(3, 2, 12, 2, 0.0),
        [["a"] * 95 + ["b", "a", "b", "a", "b"], ["a"] * 95 + ["a", "b", "a", "b", "b"]],
    ):
        result = of_table(data, AgreementOptions(resamples=0))
        raised = {flag for row in result.rows for flag in row.flag}
        shown = {str(block.text) for block in result.blocks() if isinstance(block, Note)}
        for flag, text in FLAG_NOTES.items():
            assert (str(text) in shown) == (flag in raised), flag


def test_how_to_get_a_second_coder_is_said_to_those_who_have_one() -> None:
    alone = of_study(study({"P1": LINE}, [coding("P1", *FIRST, "x", "a")]))
    for result, said in ((alone, True), (three_coders(), False)):
        notes = [str(block.text) for block in result.blocks() if isinstance(block, Note)]
        assert any("omnistudy merge" in note for note in notes) == said


def test_the_forest_names_the_lowest_and_the_highest_code() -> None:
    result = three_coders()
    figure = figures(result)["agreement-codes"]
    assert isinstance(figure.picture, Forest)
    values = [
        pick(result, scope="code", code=name, coefficient="krippendorff_alpha").value for name in ("a", "b")
    ]
    assert figure.picture.values == tuple(values)
    assert values[0] == 1
    assert str(figure.alt).startswith("Alpha per code with intervals, from ")
    assert f"({Label('b')})" in str(figure.alt).split(" to ")[0] or "(b)" in str(figure.alt).split(" to ")[0]
    assert "1.000 (a)" in str(figure.alt).split(" to ")[1]


def test_pairs_are_drawn_for_three_coders_and_not_for_two() -> None:
    result = three_coders()
    figure = figures(result)["agreement-pairs"]
    assert isinstance(figure.picture, Heatmap)
    names = [label.id for label in figure.picture.rows]
    assert names == ["x", "y", "z"]
    for i, one in enumerate(names):
        assert figure.picture.values[i][i] is None
        for j in range(i + 1, 3):
            row = pick(
                result,
                scope="pair",
                coders=(one, names[j]),
                coefficient="krippendorff_alpha",
                aggregate="direct",
            )
            assert row.value is not None
            assert figure.picture.values[i][j] == figure.picture.values[j][i] == row.value
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"]
    assert "agreement-pairs" not in figures(of_study(study(TEXTS, rows), QUICK))
    overall = of_table(random_table(1, 3, 20, 2, 0.0), AgreementOptions(resamples=0, by=("overall",)))
    assert figures(overall) == {}


def test_the_map_of_codes_needs_two_interviews() -> None:
    figure = figures(three_coders())["agreement-map"]
    assert isinstance(figure.picture, Heatmap)
    assert [label.id for label in figure.picture.columns] == ["P1", "P2"]
    assert figure.picture.values[0] == (1, 1)
    # where one of x and y used b, neither of the two others did; in P2 nobody used it
    assert figure.picture.values[1] == (0, None)
    assert "2 codes in 2 interviews" in str(figure.alt)
    assert "agreement-map" not in figures(three_coders({"P1": LINE}))
    unused = of_table(random_table(1, 3, 20, 2, 0.0), AgreementOptions(resamples=0))
    assert "agreement-map" not in figures(unused)


def test_the_tables_name_their_columns_and_hold_the_rows() -> None:
    result = three_coders()
    found = tables(result)
    anchors = [block.anchor for block in result.blocks() if isinstance(block, Heading)]
    assert anchors[:4] == ["agreement-overall", "agreement-code", "agreement-pair", "agreement-interview"]
    overall = found["agreement-overall"]
    keys = [column.key for column in overall.columns]
    rated, *flagged = keys[6:]
    assert keys[:6] == ["aggregate", "coefficient", "value", "ci_low", "ci_high", "observed"]
    assert flagged in ([], ["flag"])
    rows = [row for row in result.rows if row.scope == "overall"]
    assert len(overall.rows) == len(rows)
    for shown, row in zip(overall.rows, rows, strict=True):
        cells = dict(zip(keys, shown, strict=True))
        if row.value is not None:
            assert cells["value"] == row.value
        assert (cells["ci_low"], cells["ci_high"]) == (row.ci_low, row.ci_high)
        assert cells[rated] == row.n_pairable == 4
    for name, first, labels in (
        ("agreement-code", "code", ["a", "b"]),
        ("agreement-pair", "coders", ["x, y", "x, z", "y, z"]),
        ("agreement-interview", "interview", ["P1", "P2"]),
    ):
        shown_table = found[name]
        assert shown_table.columns[0].key == first
        assert shown_table.columns[1].key == "value"
        assert [getattr(row[0], "id", row[0]) for row in shown_table.rows] == labels


def test_a_value_without_an_interval_says_so() -> None:
    result = three_coders()
    cells = [str(row[1]) for row in tables(result)["agreement-interview"].rows]
    values = [
        pick(result, scope="interview", interview=name, coefficient="krippendorff_alpha", aggregate="direct")
        for name in ("P1", "P2")
    ]
    for cell, row in zip(cells, values, strict=True):
        if row.value is not None:
            assert (f"{row.value:.3f}" in cell) == (row.ci_low is None or "[" in cell)
            assert ("no interval" in cell) == (row.ci_low is None)


def test_the_list_of_disagreements_for_people() -> None:
    rows = [coding("P1", *FIRST, "x", "a"), coding("P1", *FIRST, "y", "b"), coding("P2", *FIRST, "x", "a")]
    rows += [coding("P2", *FIRST, "y", "a"), coding("P1", *SECOND, "y", "a")]
    seen = [(name, coder, "") for name in TEXTS for coder in "xyz" if (name, coder) != ("P1", "z")]
    from omnistudy.study.model import Coder

    given = study(TEXTS, rows, seen=seen, coders=[Coder("x"), Coder("y"), Coder("z")])
    result = of_study(given, AgreementOptions(unit="sentence", resamples=0, disagreements=True))
    table = tables(result)["disagreements"]
    assert [column.key for column in table.columns] == [
        "interview",
        "unit",
        "start",
        "end",
        "quote",
        "coder:x",
        "coder:y",
        "coder:z",
        "weight",
    ]
    first = next(row for row in table.rows if row[:1] == ("P1",) and row[2] == FIRST[0])
    assert first[3] == 27
    assert [str(cell) for cell in first[5:8]] == ["a", "b", "—"]
    quote = first[4]
    assert isinstance(quote, Quote)
    assert quote.text == "one two three."
    assert (quote.interview, quote.start, quote.end) == ("P1", FIRST[0], 27)
    assert quote.coders == ("x", "y")
    assert [label.id if isinstance(label, Label) else label for label in quote.codes] == ["a", "b"]
    nothing = next(row for row in table.rows if row[:1] == ("P1",) and row[2] == SECOND[0])
    assert nothing[5] is None  # saw it and found nothing: an empty cell
    assert [str(cell) for cell in nothing[6:8]] == ["a", "—"]
    assert sum(row[-1] for row in table.rows if isinstance(row[-1], float)) == pytest.approx(1)
