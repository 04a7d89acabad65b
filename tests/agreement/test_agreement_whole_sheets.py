"""The study of six_sentences: other programs, sheets, the tidy table, and its one category."""

from __future__ import annotations

from typing import Any

from agreement_builder import code, layout, of_study, rows_of, study
from agreement_builder import table as table_of
from six_sentences import (
    KAPPA,
    TEXT,
    json_row,
    own,
    result,
    six_sentences,
    without_simulations,
)

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.programs.vendors import cohen_of_table
from omnistudy.agreement.result.ratings_file import ratings_table
from omnistudy.agreement.sources.from_study import ratings_of_study
from omnistudy.results import Label, Quote, Table
from omnistudy.study.model import Level


def test_what_other_programs_print_of_it() -> None:
    """A file has 61 characters. Code a in P1: 14 by both, 14 by x alone, 33 by neither; nothing in P2.

    MAXQDA matches 2 of 3 segments in each file, and (2/3 - 1/2) / (1/2) = 1/3. QualCoder's chance is 0, for
    one of the two has no passage of his own.
    """
    [(a, b, c, d)] = [(14, 14, 0, len(TEXT) - 28)]
    chance = (28 * 14 + 33 * 47) / 61**2
    kappa = (47 / 61 - chance) / (1 - chance)
    assert cohen_of_table(a, b, c, d) == own(kappa)
    expected = [
        ("NVivo", (47 / 61 + 1) / 2, 47 / 61, 1.0, 4),
        ("NVivo", (kappa + 1) / 2, kappa, 1.0, 4),
        ("MAXQDA", 2 / 3, 2 / 3, 2 / 3, 1),
        ("MAXQDA", 1 / 3, 1 / 3, 1 / 3, 1),
        ("ATLAS.ti", 2 / 3, 2 / 3, 2 / 3, 2),
        ("QualCoder", 1 / 2, 1 / 2, 1 / 2, 2),
        ("SPSS", KAPPA, KAPPA, KAPPA, 2),
    ]
    found = result()
    json: Any = found.payload()["other_programs"]
    assert [
        tuple(row[key] for key in ("program", "mean", "lowest", "highest", "values")) for row in json
    ] == [(program, own(mean), own(low), own(high), values) for program, mean, low, high, values in expected]
    assert all(list(row)[1] == "measure" and list(row)[-1] == "why" and row["why"] for row in json)
    table = next(
        block for block in found.blocks() if isinstance(block, Table) and block.name == "agreement-programs"
    )
    assert layout(table) == [
        "program | Program | id",
        "measure | What it prints | text",
        "mean | Mean | text",
        "range | Lowest to highest | text | secondary",
        "values | Numbers printed | count | secondary",
        "why | Why it is another number | text",
    ]
    assert [(row[0], *row[2:5]) for row in rows_of(table)] == [
        ("NVivo", "88.5 %", "77.0 % to 100.0 %", 4),
        ("NVivo", "0.760", "0.520 to 1.000", 4),
        ("MAXQDA", "66.7 %", "66.7 % to 66.7 %", 1),
        ("MAXQDA", "0.333", "0.333 to 0.333", 1),
        ("ATLAS.ti", "66.7 %", "66.7 % to 66.7 %", 2),
        ("QualCoder", "0.500", "0.500 to 0.500", 2),
        ("SPSS", "0.571", "0.571 to 0.571", 2),
    ]
    whys = [str(row[-1]) for row in rows_of(table)]
    assert "at least 90.0 % overlap" in whys[2]
    assert "chance 1/2, one over the number of codes" in whys[3]


def test_the_sheet_of_disagreements() -> None:
    table = result(disagreements=True).tables()[1]
    assert table.name == "disagreements"
    assert layout(table) == [
        "interview | Interview | id",
        "unit | Unit | id",
        "start | Start | count",
        "end | End | count",
        "quote | Passage | quote",
        "coder:x | Codes of x | text",
        "coder:y | Codes of y | text",
        "weight | Share of the disagreement | share",
    ]
    assert rows_of(table) == [
        (
            name,
            f"{name}:28-42",
            28,
            42,
            Quote(
                text="four five six.",
                interview=name,
                start=28,
                end=42,
                language="en",
                coders=("x", "y"),
                codes=(Label(given),),
            ),
            *cells,
            0.5,
        )
        for name, given, cells in (("P1", "a", ("a", None)), ("P2", "b", (None, "b")))
    ]


def test_the_tidy_table_is_the_rows() -> None:
    found = result(by=("overall", "code"))
    table = found.tables()[0]
    assert table.name == "agreement"
    keys = [column.key for column in table.columns]
    rows: Any = found.payload()["rows"]
    assert keys == [key for key in rows[0] if key not in {"ci_reason", "simulated_coverage"}]
    for cells, row in zip(rows_of(table), rows, strict=True):
        as_text = {key: ", ".join(value) if isinstance(value, list) else value for key, value in row.items()}
        assert dict(zip(keys, cells, strict=True)) == {key: as_text[key] for key in keys}
    kinds = {column.key: column.kind.value for column in table.columns}
    assert {key for key, kind in kinds.items() if kind == "count"} == {
        "k",
        "n_clusters",
        "resamples",
        "n_units",
        "n_pairable",
        "n_coders",
        "n_codes",
    }
    assert {key for key, kind in kinds.items() if kind == "share"} == {
        "p_below_667",
        "p_below_80",
        "missing_share",
        "prevalence",
        "coverage",
    }
    assert {key for key, kind in kinds.items() if kind == "id"} == {
        "code",
        "coders",
        "interview",
        "coefficient",
    }


def test_a_category_has_its_own_rows() -> None:
    """Codes a and b of one category: it is given in four sentences by one coder at least, in two by both."""
    tree = [code("top", Level.CATEGORY), code("a", Level.CODE, "top"), code("b", Level.CODE, "top")]
    given = study({"P1": TEXT, "P2": TEXT}, six_sentences().codings, codes=tree)
    options = AgreementOptions(
        resamples=0, ci="none", unit="sentence", by=("category",), coefficients=("percent_agreement",)
    )
    [row] = without_simulations(of_study(given, options).payload()["rows"])
    assert row == json_row(
        scope="category",
        aggregate="direct",
        code="top",
        value=own(4 / 6),
        observed=own(4 / 6),
        expected=None,
        se=None,
        ci_low=None,
        ci_high=None,
        ci_method="none",
        n_codes=None,
        prevalence=own(6 / 12),
        prevalence_index=own(0),
        bias_index=own(0),
        ci_reason="no interval was asked for, or there is none of this kind for the row",
    )


def test_the_ratings_as_other_programs_read_them() -> None:
    """One row per sentence and code that was used, 1 where the coder gave it; then runs of equal characters."""
    table = ratings_table(ratings_of_study(six_sentences(), AgreementOptions(unit="sentence")).ratings)
    assert table.name == "ratings"
    assert layout(table) == [
        "unit | Unit | id",
        "interview | Interview | id",
        "start | Start | count",
        "end | End | count",
        "code | Code | id",
        "x | x | id",
        "y | y | id",
    ]
    given = {
        ("P1", 13, "a"): (1, 1),
        ("P1", 28, "a"): (1, 0),
        ("P2", 13, "b"): (1, 1),
        ("P2", 28, "b"): (0, 1),
    }
    assert rows_of(table) == [
        (f"{name}:{start}-{end}", name, start, end, used, *given.get((name, start, used), (0, 0)))
        for name in ("P1", "P2")
        for start, end in ((13, 27), (28, 42), (43, 60))
        for used in ("a", "b")
    ]
    runs = ratings_table(ratings_of_study(six_sentences(), AgreementOptions(unit="character")).ratings)
    assert layout(runs)[:6] == [*layout(table)[:4], "count | Equal units | count", "code | Code | id"]
    # 12 characters of the first sentence, 12 of the second, 15 of the third
    assert [(row[1], *row[4:]) for row in rows_of(runs) if row[5] == "a"] == [
        ("P1", 12, "a", 1, 1),
        ("P1", 12, "a", 1, 0),
        ("P1", 15, "a", 0, 0),
        ("P2", 12, "a", 0, 0),
        ("P2", 12, "a", 0, 0),
        ("P2", 15, "a", 0, 0),
    ]
    values = ratings_table(table_of([["p", None], ["q", "p"]]))
    assert layout(values) == ["unit | Unit | id", "c0 | c0 | id", "c1 | c1 | id"]
    assert rows_of(values) == [("u0", "p", "q"), ("u1", None, "p")]


def test_spss_gets_every_character_of_a_run() -> None:
    """Of 78 characters both gave a code to 12, one alone to 12 more, and nobody to 54."""
    spss = result(unit="character").beside.programs[-1]
    assert (spss.program, spss.values) == ("SPSS", 2)
    assert (spss.mean, spss.lowest) == (own(cohen_of_table(12, 12, 0, 54) or 0),) * 2
