"""Passages once more from the definitions, character by character; whole rows with values by hand."""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pytest
from agreement_builder import PROVENANCE, layout, passages, rows_of

from omnistudy.agreement.analysis import agreement_of_spans
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.spans import (
    SpanRatings,
)
from omnistudy.results import Table

FAMILY = ("u_alpha", "u_alpha_relevance", "cu_alpha", "ku_alpha")


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-12)


NO_INTERVAL = "no interval was asked for, or there is none of this kind for the row"


class Character(NamedTuple):
    """One character as one coder has it: its code (-1 in a gap) and the passage it belongs to."""

    place: tuple[int, int]
    coder: int
    code: int
    passage: object


def characters(spans: SpanRatings) -> list[Character]:
    out = []
    for i, length in enumerate(spans.lengths.tolist()):
        if spans.seen[i].sum() < 2:
            continue
        for g in np.flatnonzero(spans.seen[i]):
            own = [s for s in range(len(spans.start)) if (spans.interview[s], spans.coder[s]) == (i, g)]
            for at in range(length):
                inside = [s for s in own if spans.start[s] <= at < spans.end[s]]
                code = int(spans.code[inside[0]]) if inside else -1
                out.append(Character((i, at), int(g), code, inside[0] if inside else (i, g, at)))
    return out


def alpha(marked: list[Character]) -> float | None:
    """1 - Do / De: pairs of coders at one place, beside all pairs of characters of different passages."""
    observed, places = 0.0, {c.place for c in marked}
    for place in places:
        codes = [c.code for c in marked if c.place == place]
        observed += sum(a != b for a, b in permutations(codes, 2)) / (len(codes) - 1)
    apart = [a.code != b.code for a, b in permutations(marked, 2) if a.passage != b.passage]
    return 1 - observed / len(marked) / float(np.mean(apart)) if any(apart) else None


def of_family(spans: SpanRatings) -> dict[str, float | None]:
    marked = characters(spans)
    coded = [c._replace(code=min(c.code, 0)) for c in marked]
    both = {
        place for place in {c.place for c in marked} if all(c.code >= 0 for c in marked if c.place == place)
    }
    shared = [c for c in marked if c.place in both]
    return {
        "u_alpha": alpha(marked),
        "u_alpha_relevance": alpha(coded),
        "cu_alpha": alpha(shared) if shared else None,
    }


def random_passages(seed: int, coders: int) -> SpanRatings:
    """Passages of each coder that do not overlap, in two texts; the last of three coders saw one of them."""
    generator = np.random.default_rng(seed)
    rows = []
    for interview in range(2):
        for coder in range(coders):
            borders = np.sort(generator.choice(np.arange(25), 6, replace=False))
            rows += [
                (interview, coder, int(generator.integers(0, 2)), int(start), int(end))
                for start, end in borders.reshape(3, 2)
                if not (coder == 2 and interview == 1)
            ]
    seen = [[1, 1, 1][:coders], [1, 1, 0][:coders]]
    return passages(rows, coders=coders, lengths=(25, 30), seen=seen)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("coders", [2, 3])
def test_the_family_character_by_character(seed: int, coders: int) -> None:
    spans = random_passages(seed, coders)
    options = AgreementOptions(resamples=0, ci="none", by=("overall",), coefficients=FAMILY)
    rows = agreement_of_spans(spans, options, PROVENANCE).rows
    found = {row.coefficient: row.value for row in rows if row.aggregate == "direct"}
    expected = of_family(spans)
    if coders == 3:
        expected.pop("cu_alpha")  # where two of three coded a place counts in part
        found.pop("cu_alpha")
    assert found == {name: None if value is None else near(value) for name, value in expected.items()}


def of_shared_places(spans: SpanRatings) -> dict[str, float]:
    """cu_alpha and ku_alpha of three who saw all: a character weighs the share of the others who coded there.

    Observed are pairs of coders at one place; expected are pairs of characters of different passages.
    """
    marked = [c for c in characters(spans) if c.code >= 0]
    here = {c.place: [d for d in marked if d.place == c.place] for c in marked}
    weight = {c: (len(here[c.place]) - 1) / 2 for c in marked}
    unlike = {c: sum(d.code != c.code for d in here[c.place]) / 2 for c in marked}
    pairs = [(a, b) for a in marked for b in marked if a.passage != b.passage]

    def one_minus(of: list[Character]) -> float:
        observed = sum(unlike[c] for c in of) / sum(weight[c] for c in of)
        chosen = [(a, b, weight[a] * weight[b]) for a, b in pairs if a in set(of)]
        expected = sum(w for a, b, w in chosen if a.code != b.code) / sum(w for *_, w in chosen)
        return 1 - observed / expected

    single = {f"ku {code}": one_minus([c for c in marked if c.code == code]) for code in (0, 1)}
    return {"cu": one_minus(marked), **single}


@pytest.mark.parametrize("seed", [10, 11, 12])
def test_which_code_where_two_of_three_coded(seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows = []
    for interview in range(2):
        for coder in range(3):
            borders = np.sort(generator.choice(np.arange(16), 4, replace=False)).reshape(2, 2)
            for code, (start, end) in zip(generator.permutation(2), borders, strict=True):
                rows.append((interview, coder, int(code), int(start), int(end)))
    spans = passages(rows, coders=3, lengths=(16, 18))
    options = AgreementOptions(resamples=0, ci="none", coefficients=("cu_alpha", "ku_alpha"))
    found = agreement_of_spans(spans, options, PROVENANCE).rows
    values = {"cu" if row.code is None else f"ku {'km'.index(row.code)}": row.value for row in found}
    assert values == {name: near(value) for name, value in of_shared_places(spans).items()}
    # the length that two coded, over what was coded or, for all codes, over everything
    marked = characters(spans)
    coded = [c for c in marked if c.code >= 0]
    met = {c: sum(d.place == c.place and d.coder != c.coder for d in coded) / 2 for c in coded}
    assert found[0].coverage == near(sum(met.values()) / len(marked))
    for row in found[1:]:
        of_code = [c for c in coded if "km"[c.code] == row.code]
        assert row.coverage == near(sum(met[c] for c in of_code) / len(of_code))


def test_which_code_among_passages_that_meet() -> None:
    """Both coded 5 + 4 characters; of the first five they differ. Shared lengths are 5, 5, 4 and 4.

    Pairs of different passages: 18² - 5² - 5² - 4² - 4² = 242. Of the same code: k has 5, m has 5 + 4 + 4,
    so 5² - 5² and 13² - 5² - 4² - 4² = 112. Do = 10 / 18, De = 130 / 242.
    """
    spans = passages([(0, 0, 0, 0, 5), (0, 1, 1, 0, 8), (0, 0, 1, 10, 16), (0, 1, 1, 12, 16)], lengths=(20,))
    options = AgreementOptions(resamples=0, ci="none", by=("overall",), coefficients=("cu_alpha",))
    [row] = agreement_of_spans(spans, options, PROVENANCE).rows
    assert row.value == near(1 - (10 / 18) / (130 / 242))
    assert (row.observed, row.expected) == (near(8 / 18), near(112 / 242))
    assert row.coverage == near(18 / 40)
    assert row.value == pytest.approx(of_family(spans)["cu_alpha"])


def two_texts() -> SpanRatings:
    """In A x marked 10 characters with k and y half of them; in B both marked the same 10 with m."""
    return passages([(0, 0, 0, 0, 10), (0, 1, 0, 0, 5), (1, 0, 1, 10, 20), (1, 1, 1, 10, 20)])


def json_row(**differing: Any) -> dict[str, Any]:
    return {
        "scope": "overall",
        "aggregate": "direct",
        "code": None,
        "coders": ["x", "y"],
        "interview": None,
        "coefficient": "u_alpha",
        "metric": "nominal",
        "weights": "identity",
        "unit": "span",
        "reason": None,
        "k": 2,
        "se": None,
        "ci_low": None,
        "ci_high": None,
        "ci_method": "none",
        "cluster": "interview",
        "n_clusters": 2,
        "resamples": None,
        "p_below_667": None,
        "p_below_80": None,
        "n_units": 4,
        "n_pairable": 4,
        "n_coders": 2,
        "n_codes": None,
        "missing_share": 0,
        "prevalence": None,
        "prevalence_index": None,
        "bias_index": None,
        "coverage": None,
        "flag": ["small_n", "few_clusters"],
        "ci_reason": NO_INTERVAL,
        "simulated_coverage": None,
        **differing,
    }


def test_all_rows_of_a_table_of_passages() -> None:
    """Of 80 characters 15 are k, 20 m, 45 gaps; 10 stand in places where the two differ.

    Pairs of different passages: 80² - 10² - 5² - 10² - 10² - 45 = 6030; alike 15² - 125, 20² - 200, 45² - 45.
    Coded or not: 35 · 45 · 2 of them differ. Per code the other's passages are gaps.
    """
    options = AgreementOptions(resamples=0, ci="none", coefficients=FAMILY)
    result = agreement_of_spans(two_texts(), options, PROVENANCE)
    whole = 1 - 2280 / 6030
    k_apart = 2 * 15 * 65 / (6400 - 125 - 65)
    m_apart = 2 * 20 * 60 / (6400 - 200 - 60)
    values = [1 - (1 / 8) / k_apart, 1.0]

    assert result.payload()["rows"] == [
        json_row(value=near(1 - (1 / 8) / whole), observed=7 / 8, expected=near(1 - whole)),
        json_row(
            coefficient="u_alpha_relevance",
            value=near(1 - (1 / 8) / (2 * 35 * 45 / 6030)),
            # only gaps that meet a passage count here, half of what differs
            observed=15 / 16,
            expected=near(1 - 35 * 45 / 6030),
        ),
        json_row(
            coefficient="cu_alpha",
            value=1,
            observed=1,
            # 5 + 5 characters of k, 10 + 10 of m: of 30² - 250 pairs 50 + 200 are alike
            expected=near(250 / 650),
            coverage=near(30 / 80),
        ),
        json_row(
            aggregate="mean_of_codes",
            value=near(sum(values) / 2),
            observed=near((7 / 8 + 1) / 2),
            expected=near(1 - (k_apart + m_apart) / 2),
            n_codes=2,
        ),
        json_row(
            scope="code",
            code="k",
            value=near(values[0]),
            observed=7 / 8,
            expected=near(1 - k_apart),
            n_units=2,
            n_pairable=2,
        ),
        json_row(
            scope="code",
            code="k",
            coefficient="ku_alpha",
            value=1,
            observed=None,
            expected=None,
            coverage=near(10 / 15),
        ),
        json_row(
            scope="code", code="m", value=1, observed=1, expected=near(1 - m_apart), n_units=2, n_pairable=2
        ),
        json_row(
            scope="code",
            code="m",
            coefficient="ku_alpha",
            value=1,
            observed=None,
            expected=None,
            coverage=1,
        ),
    ]
    tables = {block.name: block for block in result.blocks() if isinstance(block, Table)}
    assert list(tables) == ["agreement-overall", "agreement-code"]
    assert [line.split(" | ")[0] for line in layout(tables["agreement-overall"])] == [
        "aggregate",
        "coefficient",
        "value",
        "ci_low",
        "ci_high",
        "observed",
        "coverage",
        "n_pairable",
        "flag",
    ]
    assert [row[6] for row in rows_of(tables["agreement-overall"])] == [None, None, near(30 / 80), None]
    assert layout(tables["agreement-code"]) == [
        "code | Code | text",
        "value | Unitizing alpha | text",
        "ku_alpha:direct | Unitizing alpha of one code | coefficient",
        "coverage | Coverage | share",
        "n_pairable | Units rated twice or more | count | secondary",
    ]
    assert rows_of(tables["agreement-code"]) == [
        ("k", "0.602 (no interval)", 1, near(2 / 3), 4),
        ("m", "1.000 (no interval)", 1, 1, 4),
    ]
    assert result.subject.unit == "span"
    assert (result.subject.interviews, result.subject.of_interviews) == (("A", "B"), 2)


def reasons(spans: SpanRatings, *by: str) -> dict[tuple[str, str], str]:
    options = AgreementOptions(resamples=0, coefficients=FAMILY, by=by or ("overall", "code"))
    rows = agreement_of_spans(spans, options, PROVENANCE).rows
    return {
        (row.coefficient, row.code or row.aggregate): str(row.reason) for row in rows if row.value is None
    }


def test_why_a_measure_of_passages_has_no_value() -> None:
    nothing = reasons(passages([]))
    assert nothing == {
        (
            "u_alpha",
            "direct",
        ): "no variation: nothing was coded, or everything alike, so no disagreement was possible",
        ("u_alpha_relevance", "direct"): (
            "no variation: nothing was coded, or everything, so no disagreement was possible"
        ),
        ("cu_alpha", "direct"): (
            "where two coders coded there is at most one code, so no disagreement was possible"
        ),
        ("u_alpha", "mean_of_codes"): "no code has a value; see the rows per code",
        **{
            (name, code): reason
            for code in "km"
            for name, reason in (
                (
                    "u_alpha",
                    "no variation: nothing was coded, or everything alike, so no disagreement was possible",
                ),
                (
                    "ku_alpha",
                    "nobody else coded where this code is, or there is no other code to confuse it with",
                ),
            )
        },
    }
    overlap = (
        "one coder's passages with different codes overlap, so a position has no single code; see the rows per code,"
        " which have a continuum each"
    )
    found = reasons(passages([(0, 0, 0, 0, 10), (0, 0, 1, 5, 12), (0, 1, 0, 0, 10)]))
    assert {key for key, reason in found.items() if reason == overlap} == {
        ("u_alpha", "direct"),
        ("u_alpha_relevance", "direct"),
        ("cu_alpha", "direct"),
        ("ku_alpha", "k"),
        ("ku_alpha", "m"),
    }
    alone = reasons(passages([(0, 0, 0, 0, 10), (1, 1, 0, 0, 5)], seen=[[1, 0], [0, 1]]))
    assert {alone["u_alpha", "direct"], alone["ku_alpha", "k"]} == {"no interview was coded by two coders"}
    assert alone["u_alpha", "mean_of_codes"] == "no code has a value; see the rows per code"


def test_one_code_has_no_mean_of_codes() -> None:
    one = passages([(0, 0, 0, 0, 10), (0, 1, 0, 5, 12)], codes=1)
    options = AgreementOptions(resamples=0, coefficients=("u_alpha",), by=("overall",))
    assert [row.aggregate for row in agreement_of_spans(one, options, PROVENANCE).rows] == ["direct"]


def test_passages_of_two_texts_are_left_out_text_by_text() -> None:
    """Without A all agree, without B u_alpha is 1 - (10/40) / De of 10 and 5 characters beside 25."""
    options = AgreementOptions(resamples=0, coefficients=("u_alpha",), by=("overall", "interview"))
    rows = agreement_of_spans(two_texts(), options, PROVENANCE).rows
    only_a = 1 - (10 / 40) / (2 * 15 * 25 / (1600 - 125 - 25))
    whole = next(row for row in rows if (row.scope, row.aggregate) == ("overall", "direct"))
    assert whole.se == near((1 - only_a) / 2)  # sqrt(1/2 · 2 · (d/2)²)
    assert (whole.ci_method, whole.ci_low, whole.ci_high) == ("jackknife", -1, 1)
    in_a, in_b = [row for row in rows if (row.scope, row.aggregate) == ("interview", "direct")]
    assert (in_a.interview, in_a.value, in_a.n_clusters, in_a.n_units) == ("A", near(only_a), 1, 2)
    assert (in_b.interview, in_b.value, str(in_b.ci_reason)) == (
        "B",
        1,
        "an interval needs two units that can be drawn, for example two interviews",
    )
