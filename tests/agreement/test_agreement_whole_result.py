"""The study of six_sentences: rows, tables for people, page, pictures and JSON."""

from __future__ import annotations

from typing import Any

from agreement_builder import layout, rows_of
from six_sentences import (
    AC1,
    ALPHA,
    ALPHA_OF_SETS,
    KAPPA,
    SECOND,
    json_row,
    own,
    result,
    without_simulations,
)

from omnistudy.pictures import Forest, Heatmap
from omnistudy.results import Figure, Heading, Kind, Label, Note, Prose, Table, msg


def test_the_rows_of_all_codes_together() -> None:
    rows = without_simulations(result(by=("overall",)).payload()["rows"])
    assert rows == [
        json_row(
            aggregate="direct",
            coefficient="krippendorff_alpha",
            metric="masi",
            value=own(ALPHA_OF_SETS),
            observed=own(2 / 3),
            expected=own(1 - 90 / 132),
            k=None,
            n_codes=None,
        ),
        json_row(value=own(5 / 6), expected=None),
        json_row(coefficient="cohen_kappa", value=own(KAPPA), expected=own(22 / 36)),
        json_row(coefficient="gwet_ac1", value=own(AC1), expected=own(3 / 8)),
        json_row(coefficient="krippendorff_alpha", value=own(ALPHA), expected=own(1 - 54 / 132)),
    ]


def test_the_rows_of_each_code_have_no_interval() -> None:
    """Without P1 nobody uses code a: percent agreement is 1 there, and the others do not exist."""
    rows = without_simulations(result(by=("code",)).payload()["rows"])
    why = "the value does not exist without one of the units, or in too few resamples"

    def of(name: str, bias: float, **differing: Any) -> dict[str, Any]:
        return json_row(
            scope="code",
            aggregate="direct",
            code=name,
            n_codes=None,
            prevalence=3 / 12,
            prevalence_index=-1 / 2,
            bias_index=own(bias),
            **differing,
        )

    none = {"se": None, "ci_low": None, "ci_high": None, "ci_reason": why}
    # left out one at a time 1 and 2/3: se = sqrt(1/2 · (2 · (1/6)²)) = 1/6, and t(.975; 1) takes it beyond -1 and 1
    span = {"se": own(1 / 6), "ci_low": -1, "ci_high": 1}
    for code_rows, (name, bias) in zip((rows[:4], rows[4:]), (("a", 1 / 6), ("b", -1 / 6)), strict=True):
        assert code_rows == [
            of(name, bias, value=own(5 / 6), expected=None, **span),
            of(name, bias, coefficient="cohen_kappa", value=own(KAPPA), expected=own(22 / 36), **none),
            # AC1 of 3 units without the code is 1; without the other interview 1/3
            of(
                name,
                bias,
                coefficient="gwet_ac1",
                value=own(AC1),
                expected=own(3 / 8),
                **{**span, "se": own(1 / 3)},
            ),
            of(
                name,
                bias,
                coefficient="krippendorff_alpha",
                value=own(ALPHA),
                expected=own(1 - 54 / 132),
                **none,
            ),
        ]


def test_the_tables_for_people() -> None:
    tables = {block.name: block for block in result().blocks() if isinstance(block, Table)}
    few = "small sample; few interviews"

    def near(*cells: Any) -> tuple[Any, ...]:
        return tuple(own(cell) if isinstance(cell, float) else cell for cell in cells)

    assert layout(tables["agreement-overall"]) == [
        "aggregate | Aggregate | text",
        "coefficient | Coefficient | text",
        "value | Value | coefficient",
        "ci_low | Lower limit | coefficient",
        "ci_high | Upper limit | coefficient",
        "observed | Observed agreement | coefficient | secondary",
        "n_pairable | Units rated twice or more | count | secondary",
        "flag | Flags | text | secondary",
    ]
    assert rows_of(tables["agreement-overall"]) == [
        near(aggregate, name, value, value, value, observed, 6, few)
        for aggregate, name, value, observed in (
            ("all ratings", "Krippendorff's alpha (MASI distance of code sets)", ALPHA_OF_SETS, 2 / 3),
            ("mean of codes", "Percent agreement", 5 / 6, 5 / 6),
            ("mean of codes", "Cohen's kappa", KAPPA, 5 / 6),
            ("mean of codes", "Gwet's AC1", AC1, 5 / 6),
            ("mean of codes", "Krippendorff's alpha", ALPHA, 5 / 6),
        )
    ]
    assert layout(tables["agreement-code"]) == [
        "code | Code | text",
        "value | Krippendorff's alpha | text",
        "percent_agreement:direct | Percent agreement | coefficient",
        "gwet_ac1:direct | Gwet's AC1 | coefficient",
        "cohen_kappa:direct | Cohen's kappa | coefficient",
        "n_pairable | Units rated twice or more | count | secondary",
    ]
    assert rows_of(tables["agreement-code"]) == [
        near(name, "0.593 (no interval)", 5 / 6, AC1, KAPPA, 6) for name in ("a", "b")
    ]
    across = [
        "value | Krippendorff's alpha (MASI distance of code sets) | text",
        "krippendorff_alpha:mean_of_codes | Krippendorff's alpha, mean of codes | coefficient",
        "percent_agreement:mean_of_codes | Percent agreement, mean of codes | coefficient",
        "gwet_ac1:mean_of_codes | Gwet's AC1, mean of codes | coefficient",
        "cohen_kappa:mean_of_codes | Cohen's kappa, mean of codes | coefficient",
        "n_pairable | Units rated twice or more | count | secondary",
    ]
    assert layout(tables["agreement-pair"]) == [
        "coders | Coders | id",
        *across,
        "flag | Flags | text | secondary",
    ]
    assert rows_of(tables["agreement-pair"]) == [
        near("x, y", "0.511 [0.511, 0.511]", ALPHA, 5 / 6, AC1, KAPPA, 6, few)
    ]
    assert layout(tables["agreement-interview"]) == ["interview | Interview | id", *across]
    assert rows_of(tables["agreement-interview"]) == [
        near(name, "0.444 [-1.000, 1.000]", 4 / 9, 2 / 3, 1 / 3, 2 / 5, 3) for name in ("P1", "P2")
    ]
    captions = {name: str(table.caption) for name, table in tables.items()}
    jackknife = "Interval: delete-one jackknife with t quantiles, by"
    by_interview = f"{jackknife} interview; unit: sentence."
    assert captions == {
        "agreement-overall": by_interview,
        "agreement-code": by_interview,
        "agreement-pair": by_interview,
        "agreement-interview": f"{jackknife} unit of analysis; unit: sentence.",
        "agreement-percent": "None",
        "agreement-programs": "None",
    }


def test_the_page_in_its_order() -> None:
    said = (
        "2 coders coded 2 of 2 interviews (100.0 %) independently of each other (round: —). Unit of analysis:"
        " sentence; level of the code tree: code. Krippendorff's alpha (MASI distance of code sets) was 0.511, 95.0 %"
        " interval 0.511 to 0.511 (delete-one jackknife with t quantiles, by interview, 2 of them); the lower limit is"
        " read against 0.667 and 0.800. A coder who saw an interview and applied no code counts as absent; one who"
        " did not see it is missing (0.0 % of the ratings) and counts for nothing."
    )
    page: list[tuple[Any, ...]] = []
    found = result(disagreements=True)
    for block in found.blocks():
        if isinstance(block, Heading):
            page.append((block.level, block.anchor, str(block.text)))
        elif isinstance(block, Prose | Note):
            page.append((type(block).__name__, block.status.value, str(block.text)))
        else:
            page.append((getattr(block, "name", ""),))
    assert page == [
        (
            "Prose",
            "neutral",
            "x, y coded 2 of 2 interviews independently (round: —); unit: sentence, level: code.",
        ),
        (
            "Prose",
            "neutral",
            "The lower limit of the interval lies below .667, the line for tentative conclusions.",
        ),
        ("agreement-codes",),
        ("agreement-map",),
        (3, "agreement-overall", "Overall"),
        ("agreement-overall",),
        (3, "agreement-code", "Per code"),
        ("agreement-code",),
        (3, "agreement-pair", "Per pair of coders"),
        ("agreement-pair",),
        (3, "agreement-interview", "Per interview"),
        ("agreement-interview",),
        ("Note", "warning", "Small sample: fewer than 10 interviews, or 40 units, carry an interval."),
        (
            "Note",
            "warning",
            "Fewer than five interviews carry an interval: take it as a rough indication, or double-code more.",
        ),
        ("Note", "neutral", "1 codes of the codebook were applied by nobody here and have no row."),
        (3, "agreement-percent", "Per cent of agreement as theses print it"),
        ("agreement-percent",),
        (3, "agreement-programs", "What other programs would print"),
        ("agreement-programs",),
        (3, "agreement-disagreements", "Where coders disagree"),
        ("disagreements",),
        (3, "agreement-methods", "For the methods section"),
        ("Prose", "neutral", said),
    ]
    assert str(found.summary) == (
        "Krippendorff's alpha is 0.511 (interval 0.511 to 0.511) for 2 coders on 6 units that at least two rated."
    )
    assert (found.command, str(found.title)) == ("agreement", "Agreement between coders")


def test_the_pictures() -> None:
    figures = {block.name: block for block in result().blocks() if isinstance(block, Figure)}
    assert list(figures) == ["agreement-codes", "agreement-map"]
    assert figures["agreement-codes"].picture == Forest(
        labels=(Label("a"), Label("b")),
        values=(own(ALPHA), own(ALPHA)),
        lows=(None, None),
        highs=(None, None),
        axis=msg("Krippendorff's alpha"),
        lines=(0.667, 0.8),
    )
    # in P1 code a was given three times; two of these were met by the other coder
    assert figures["agreement-map"].picture == Heatmap(
        rows=(Label("a"), Label("b")),
        columns=(Label("P1"), Label("P2")),
        values=((2 / 3, None), (None, 2 / 3)),
        axis=msg("Positive agreement"),
        kind=Kind.COEFFICIENT,
    )


def test_the_rest_of_the_payload() -> None:
    payload = result(disagreements=True).payload()
    assert list(payload) == [
        "rows",
        "disagreements",
        "notes",
        "round",
        "level",
        "interviews",
        "methods_sentence",
        "units",
        "differences",
        "retest",
        "percent",
        "other_programs",
    ]
    start, end = SECOND
    assert payload["disagreements"] == [
        {
            "unit": f"{name}:{start}-{end}",
            "interview": name,
            "start": start,
            "end": end,
            "quote": "four five six.",
            "codes": codes,
            "weight": 0.5,
        }
        for name, codes in (("P1", {"x": ["a"], "y": []}), ("P2", {"x": [], "y": ["b"]}))
    ]
    assert payload["notes"] == ["1 codes of the codebook were applied by nobody here and have no row."]
    assert (payload["round"], payload["level"], payload["interviews"]) == ("", "code", ["P1", "P2"])
    assert [payload[key] for key in ("units", "differences", "retest")] == [[], [], []]
    shares = {"percent": own(200 / 3), "reason": None}
    assert payload["percent"] == [
        {
            "kind": "coders",
            "coder": None,
            "first": "x",
            "second": "y",
            "unit": "sentence",
            "rows": [
                {"interview": "P1", "total": 3, "agreements": 1, "disagreements": 1, **shares},
                {"interview": "P2", "total": 3, "agreements": 1, "disagreements": 1, **shares},
                {"interview": None, "total": 6, "agreements": 2, "disagreements": 2, **shares},
            ],
        }
    ]
