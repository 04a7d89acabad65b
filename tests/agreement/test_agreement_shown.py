"""What people see of agreement: sentences, pictures and tables hold the numbers of the rows."""

from __future__ import annotations

import pytest
from agreement_builder import coding, of_study, of_table, pick, random_table, study

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.result.presentation import FLAG_NOTES
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.pictures import Forest, Heatmap
from omnistudy.results import Figure, Heading, Label, Note, Prose, Quote, Table, Undefined, msg

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


def headings(table: Table) -> list[str]:
    return [str(column.heading) for column in table.columns]


def test_a_mean_of_codes_is_called_so_beside_a_direct_value_only() -> None:
    found = tables(three_coders())
    mixed = headings(found["agreement-pair"])
    assert "Krippendorff's alpha (MASI distance of code sets)" in mixed
    assert any(heading.endswith(", mean of codes") for heading in mixed)
    assert not any("mean of codes" in heading for heading in headings(found["agreement-code"]))
    assert headings(found["agreement-code"])[1] == "Krippendorff's alpha"


def test_fleiss_stands_aside_for_conger_among_the_defaults_only() -> None:
    data = random_table(4, 3, 60, 3, 0.0)
    names = ("conger_kappa", "fleiss_kappa", "krippendorff_alpha")
    chosen = of_table(data, AgreementOptions(resamples=0, by=("pair", "code"), coefficients=names))
    keys = [column.key for column in tables(chosen)["agreement-code"].columns]
    assert {"fleiss_kappa:direct", "conger_kappa:direct"} <= set(keys)
    usual = of_table(data, AgreementOptions(resamples=0, by=("code",)))
    keys = [column.key for column in tables(usual)["agreement-code"].columns]
    assert "fleiss_kappa:direct" not in keys
    assert any(row.coefficient == "fleiss_kappa" for row in usual.rows) == any(
        row.coefficient == "conger_kappa" for row in usual.rows
    )
    missing = of_table(random_table(4, 3, 60, 3, 0.2), AgreementOptions(resamples=0, by=("code",)))
    raw = {row.coefficient for row in missing.rows}
    shown = {column.key.split(":")[0] for column in tables(missing)["agreement-code"].columns}
    assert ("fleiss_kappa" in shown) == ("fleiss_kappa" in raw and "conger_kappa" not in raw)


def test_what_every_row_carries_is_not_repeated_in_the_rows() -> None:
    """All codes rest on two interviews; only code c shows no variation."""
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"] + [coding("P1", *SECOND, "x", "b")]
    rows += [
        coding(name, start, end, coder, "c")
        for name in TEXTS
        for start, end in (FIRST, SECOND)
        for coder in "xy"
    ]
    result = of_study(
        study(TEXTS, rows), AgreementOptions(resamples=0, unit="sentence", by=("code", "overall"))
    )
    flags = {row.code: set(row.flag) for row in result.rows if row.scope == "code"}
    assert flags["a"] < flags["c"]
    table = tables(result)["agreement-code"]
    assert table.columns[-1].key == "flag"
    shown = [str(row[-1]) if row[-1] else "" for row in table.rows]
    assert shown[:2] == ["", ""]
    assert "no variation" in shown[2]
    assert "few interviews" not in shown[2]
    alone = of_study(
        study(TEXTS, rows[:3]), AgreementOptions(resamples=0, unit="sentence", by=("interview",))
    )
    single = tables(alone).get("agreement-interview")
    assert single is not None


def test_a_single_row_shows_its_flags() -> None:
    data = [["a"] * 5, ["a"] * 5]
    table = tables(of_table(data, AgreementOptions(resamples=0, by=("code",))))["agreement-code"]
    assert len(table.rows) == 1
    assert "no variation" in str(table.rows[0][-1])


def test_captions_say_how_the_intervals_were_made() -> None:
    found = tables(three_coders())
    for name in ("agreement-overall", "agreement-code", "agreement-pair"):
        assert str(found[name].caption).startswith(
            "Interval: delete-one jackknife with t quantiles, by interview"
        )
    lone = of_table(
        [["a", "b"], ["a", "b"]], AgreementOptions(resamples=0, coefficients=("holsti",), by=("overall",))
    )
    assert "unit: row of the table" in str(tables(lone)["agreement-overall"].caption)


def test_a_program_that_prints_nothing_has_a_reason_and_no_range() -> None:
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"]
    table = tables(of_study(study({"P1": LINE}, rows), AgreementOptions(resamples=0, unit="turn")))[
        "agreement-programs"
    ]
    keys = [column.key for column in table.columns]
    assert keys == ["program", "measure", "mean", "range", "values", "why"]
    spss = next(row for row in table.rows if row[0] == "SPSS")
    assert (str(spss[2]), spss[3], spss[4]) == (str(Undefined(msg("it would print nothing"))), None, 0)
    nvivo = next(row for row in table.rows if row[0] == "NVivo" and "kappa" in str(row[1]))
    assert str(nvivo[3]) == "1.000 to 1.000"
