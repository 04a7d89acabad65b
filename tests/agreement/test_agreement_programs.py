"""What other programs print, the words for names, and the table of ratings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np
import pytest
from agreement_builder import coding, of_study, study, table
from hypothesis import given, settings
from hypothesis import strategies as st

from omnistudy.agreement.coefficients.metrics import METRICS
from omnistudy.agreement.options import CI_METHODS, CLUSTERS, AgreementOptions
from omnistudy.agreement.passages.spans import span_ratings
from omnistudy.agreement.programs.beside_ours import ProgramRow, cells_of_pair
from omnistudy.agreement.programs.vendor_terms import VENDOR_TERMS
from omnistudy.agreement.programs.vendors import cohen_of_table
from omnistudy.agreement.ratings.weights import WEIGHT_SETS
from omnistudy.agreement.result import words
from omnistudy.agreement.result.ratings_file import ratings_table
from omnistudy.pictures import Heatmap
from omnistudy.results import Figure, Kind, Label, Message, msg
from omnistudy.study.model import Coding
from omnistudy.study.settings import LevelName, UnitName

LENGTH = 30
PASSAGE = st.tuples(
    st.integers(0, 1), st.integers(0, 1), st.integers(0, 1), st.integers(0, LENGTH - 1), st.integers(1, 8)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(PASSAGE, max_size=12))
def test_shared_characters_are_those_of_counting_one_by_one(
    passages: list[tuple[int, int, int, int, int]],
) -> None:
    marked = np.zeros((2, 2, 2, LENGTH), bool)  # interview, coder, code
    rows = []
    for interview, coder, code, start, size in passages:
        end = min(start + size, LENGTH)
        marked[interview, coder, code, start:end] = True
        rows.append((interview, coder, code, start, end))
    spans = span_ratings(
        coders=("x", "y"),
        codes=("a", "b"),
        interviews=("P1", "P2"),
        lengths=np.array([LENGTH, LENGTH]),
        seen=np.ones((2, 2), np.bool_),
        rows=np.array(rows, np.int64),
    )
    one, other = marked[:, 0], marked[:, 1]
    counted = [one & other, one & ~other, ~one & other, ~one & ~other]
    assert (cells_of_pair(spans, 0, 1) == np.stack([part.sum(axis=-1) for part in counted], axis=-1)).all()


TEXT = "Interviewer: and why is that so?\nParticipant: one two three four.\n"


def programs() -> dict[tuple[str, str], ProgramRow]:
    start = TEXT.index("one")
    rows = [coding("P1", start, start + 7, "x", "a"), coding("P1", start + 4, start + 13, "y", "a")]
    found = of_study(study({"P1": TEXT}, rows)).beside.programs
    return {(row.program, str(row.measure).split(" ")[0]): row for row in found}


def test_programs_count_the_whole_file() -> None:
    """Both marked 3 characters, the first alone 4, the second alone 6; questions and names count too."""
    cells = (3, 4, 6, len(TEXT) - 13)
    found = programs()
    assert found["NVivo", "percentage"].mean == pytest.approx(1 - 10 / len(TEXT))
    assert found["NVivo", "kappa"].mean == pytest.approx(cohen_of_table(*cells))
    assert found["ATLAS.ti", "Holsti"].mean == pytest.approx(6 / 16)
    assert found["MAXQDA", "percentage"].mean == 0
    spss = found["SPSS", "Crosstabs"]
    assert (spss.mean, spss.values) == (None, 0)  # one turn, which both coded: a constant
    assert spss.as_json()["mean"] is None


def test_every_program_is_explained() -> None:
    named = {term.name for term in VENDOR_TERMS}
    assert named == {"nvivo", "maxqda", "atlasti", "qualcoder", "spss"}
    for row in programs().values():
        assert row.program.casefold().replace(".", "") in named
    for term in VENDOR_TERMS:
        assert term.use is not None
        assert term.formula
        assert term.source


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (words.UNITS, (*get_args(UnitName), "span", "unit")),
        (words.LEVELS, get_args(LevelName)),
        (words.METRICS, METRICS),
        (words.WEIGHTS, (*WEIGHT_SETS, "custom")),
        (words.INTERVALS, (*CI_METHODS, "exact")),
        (words.CLUSTERS, CLUSTERS),
        (words.FLAGS, ("paradox", "small_n", "few_clusters", "no_variation", "assumed_seen")),
    ],
)
def test_every_name_has_a_word(known: Mapping[str, Message], names: Mapping[str, object]) -> None:
    assert set(known) == set(names)


def test_the_map_of_codes_by_hand() -> None:
    text = "one two three. four five six. seven eight nine.\n"

    def here(interview: str, word: str, coder: str) -> Coding:
        at = text.index(word)
        return coding(interview, at, at + 3, coder, "a")

    rows = [
        here(*part)
        for part in (("P1", "one", "x"), ("P1", "one", "y"), ("P1", "four", "x"), ("P2", "one", "z"))
    ]
    given_study = study(dict.fromkeys(("P1", "P2", "P3"), text), rows)
    result = of_study(given_study, AgreementOptions(unit="sentence", resamples=0))
    found = result.beside.code_map
    # in P1 three were given: two of them have one of two others, one has none
    assert found.values == ((1 / 3, 0.0, None),)
    figures = {block.name: block.picture for block in result.blocks() if isinstance(block, Figure)}
    assert figures["agreement-map"] == Heatmap(
        rows=(Label("a"),),
        columns=(Label("P1"), Label("P2"), Label("P3")),
        values=found.values,
        axis=msg("Positive agreement"),
        kind=Kind.COEFFICIENT,
    )


def test_the_table_of_ratings_has_gaps_where_nobody_rated() -> None:
    values = ratings_table(table([["x", None], ["y", "x"]]))
    assert [column.key for column in values.columns] == ["unit", "c0", "c1"]
    assert values.rows == (("u0", "x", "y"), ("u1", None, "x"))
    sets = ratings_table(table([["a|b", None], ["a", "b"]]))
    assert [column.key for column in sets.columns] == ["unit", "code", "c0", "c1"]
    assert sets.rows == (("u0", "a", 1, 1), ("u0", "b", 1, 0), ("u1", "a", None, 0), ("u1", "b", None, 1))


def test_means_over_codes_files_and_pairs_by_hand() -> None:
    """Two files of three turns: both use a in either file, only x uses b, and only in P1."""
    text = "Participant: one two.\nParticipant: three four.\nParticipant: five six.\n"
    first, second = text.index("one"), text.index("three")
    rows = [coding(name, first, first + 7, coder, "a") for name in ("P1", "P2") for coder in "xy"]
    rows += [coding("P1", second, second + 10, "x", "b"), coding("P2", second, second + 10, "x", "a")]
    options = AgreementOptions(resamples=0, unit="turn")
    result = of_study(study({"P1": text, "P2": text}, rows), options)
    found = {(row.program, str(row.measure).split(" ")[0]): row for row in result.beside.programs}
    n = len(text)
    half = cohen_of_table(7, 10, 0, n - 17)
    nvivo = found["NVivo", "kappa"]
    # a in P1: 1; a in P2: half; b in P1: 0, for one of them used it; b in P2: 1, for nobody did
    assert nvivo.mean == pytest.approx((1 + (half or 0) + 0 + 1) / 4)
    assert (nvivo.lowest, nvivo.highest, nvivo.values, nvivo.share) == (0, 1, 4, False)
    percent = found["NVivo", "percentage"]
    assert percent.mean == pytest.approx((1 + 1 + 2 * (n - 10) / n) / 4)
    assert percent.share
    atlas = found["ATLAS.ti", "Holsti"]
    assert atlas.mean == pytest.approx((1 + 14 / 24 + 0) / 3)
    assert atlas.values == 3
    # SPSS: six turns; a: both twice, x once more; b: y never used it, so nothing is printed
    spss = found["SPSS", "Crosstabs"]
    assert spss.values == 1
    assert spss.mean == pytest.approx(cohen_of_table(2, 1, 0, 3))
    json = nvivo.as_json()
    assert list(json) == ["program", "measure", "mean", "lowest", "highest", "values", "why"]
    assert (json["program"], json["lowest"], json["values"]) == ("NVivo", 0, 4)


def test_the_table_of_ratings_of_a_study_names_the_passages() -> None:
    start = TEXT.index("one")
    given = study(
        {"P1": TEXT}, [coding("P1", start, start + 7, "x", "a"), coding("P1", start, start + 3, "y", "a")]
    )
    from omnistudy.agreement.sources.from_study import ratings_of_study

    turns = ratings_table(ratings_of_study(given, AgreementOptions(unit="turn")).ratings)
    assert [column.key for column in turns.columns] == ["unit", "interview", "start", "end", "code", "x", "y"]
    [row] = turns.rows
    begin, end = row[2], row[3]
    assert isinstance(begin, int)
    assert isinstance(end, int)
    assert TEXT[begin:end].strip() == "one two three four."
    assert row[4:] == ("a", 1, 1)
    runs = ratings_table(ratings_of_study(given, AgreementOptions(unit="character")).ratings)
    assert [column.key for column in runs.columns][2:5] == ["start", "end", "count"]
    counts = {row[-2:]: row[4] for row in runs.rows}
    assert counts == {(1, 1): 3, (1, 0): 3, (0, 0): 10}
