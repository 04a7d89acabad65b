"""The result of the links as JSON and as a section of a report, and their words, whole."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from links_rows import BARE, FULL, QUOTES, REFUSAL, series, with_evidence
from records_builder import PROVENANCE

from omnistudy.crm.links.association import Association
from omnistudy.crm.links.change import Change
from omnistudy.crm.links.grades import Reliability
from omnistudy.crm.links.measures import with_measures
from omnistudy.crm.links.metrics import Monthly
from omnistudy.crm.links.register import ADJUST, DIRECTIONS, FITS, ROLES, THEORIES
from omnistudy.crm.links.result import LinkRow, LinksResult
from omnistudy.crm.links.words import (
    ADJUST_WORDS,
    AGAINST_WORDS,
    DIRECTION_WORDS,
    FIT_WORDS,
    PROPOSAL_WORDS,
    ROLE_WORDS,
    THEORY_WORDS,
    held_constant,
    metric_name,
    worded,
)
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.refusals import Refusal
from omnistudy.pictures import Diagram, DiagramNode
from omnistudy.render.language import language
from omnistudy.results import Block, Figure, Heading, Label, Note, Quotes, Table, msg

NO_LIMITS = "a value of this kind has no interval here, or too few units were counted for one"
LOADED = LoadedTable(
    name="events",
    fields=frozenset(),
    read=3,
    kept=2,
    set_aside=(),
    first_day=0,
    last_day=1,
    timed=False,
    notes=(),
)


def result(*rows: LinkRow, **changes: Any) -> LinksResult:
    plain = {"register": "abc", "registered": 1, "interviews": 4, "loaded": (LOADED,)}
    return LinksResult(provenance=PROVENANCE, rows=rows, **{**plain, **changes})


def json_of_series(step: float) -> dict[str, object]:
    names = ("intercept", "slope", "level_change", "slope_change", "nowruz")
    return {
        "rho": 0.25, "df": 31,
        "coefficients": [
            {"name": name, "value": step + at, "se": 0.5 + at, "p": 0.01 + at / 100, "low": step + at - 1,
             "high": step + at + 1}
            for at, name in enumerate(names, -2)
        ],
        "before": 17, "after": 19, "placebo_p": 0.04, "placebo_reason": None, "placebo_dates": 24,
        "adjusted": ["nowruz", "month:02"], "not_adjusted": ["outage"], "notes": ["a note"],
    }  # fmt: skip


def test_a_full_row_as_json() -> None:
    assert FULL.as_json() == {
        "link": "full", "category": "access", "category_label": "Access", "metric": "digital_share",
        "metric_title": "Digital share", "level": "median", "role": "effect", "direction": "-", "theory": "tam",
        "source": "Davis 1989", "rationale": "easier", "within": "segment=retail", "control": "segment=rest",
        "target": 0.9, "test": "panel", "grade": "C", "sentence": "What is said.", "proposal": "agrees",
        "fit": "confirm", "meta_inference": "analyst's", "registered": True, "interviews": 2, "of_interviews": 4,
        "salience_low": 0.15, "salience_high": 0.85, "salience_reason": None, "quotations": 5, "alpha": 0.8,
        "alpha_low": 0.7, "alpha_high": 0.9, "alpha_reason": None, "alpha_code": "access-app", "value": 0.61,
        "unit": "share", "ci_low": 0.51, "ci_high": 0.71, "ci_method": "wilson", "ci_reason": None,
        "window": "2023-01-01/2023-03-31", "reason": None, "date": "2023-03-01",
        "difference": {"before": 0.2, "after": 0.3, "value": 0.11, "low": 0.06, "high": 0.16, "against": "before"},
        "months": [
            {"month": "2023-01", "value": 0.1, "control": 0.5, "after": False},
            {"month": "2023-02", "value": 0.2, "control": None, "after": False},
            {"month": "2023-03", "value": 0.3, "control": 0.7, "after": True},
        ],
        "series": json_of_series(5.0),
        "controlled": {
            **json_of_series(7.0), "placebo_p": None, "placebo_reason": "no other date leaves enough points on both "
            "sides", "adjusted": [], "not_adjusted": [], "notes": [],
        },
        "repetitions": 3,
        "cases": [{"case": "b1", "salience": 0.5, "metric": 0.25}],
        "association": {
            "rho": 0.62, "p": 0.021, "low": 0.31, "high": 0.82, "n": 13, "leave_one_out": (0.55, 0.66),
            "detectable": 0.72, "p_adjusted": 0.042, "ci_reason": None, "reason": None,
        },
        "panel": {
            "effect": 0.33, "low": 0.13, "high": 0.53, "p": 0.007, "branches": 14, "months": 8, "observations": 111,
            "method": "clustered_by_branch",
        },
        "quotes": [
            {"interview": "i1", "start": 0, "end": 7, "text": "one two"},
            {"interview": "i2", "start": 8, "end": 13, "text": "three"},
        ],
        "refusals": [{"code": "pls", "subject": "full", "reason": "too few.", "needed": "more."}],
    }  # fmt: skip


def test_an_empty_row_as_json() -> None:
    """What is not there is null, never an empty text, with its reason beside it."""
    given = {
        "link": "bare", "category": "trust", "category_label": "trust", "metric": "own:trust", "level": "mine",
        "role": "moderator", "direction": "two-sided", "grade": "Q0", "sentence": "Nothing measured.",
        "proposal": "unknown", "registered": False, "interviews": 0, "of_interviews": 0,
        "salience_reason": "no interview is coded", "quotations": 0, "alpha_reason": "nobody coded it twice",
        "ci_reason": "there are no records", "reason": "there are no records", "months": [], "repetitions": 0,
        "cases": [], "quotes": [], "refusals": [],
    }  # fmt: skip
    assert BARE.as_json() == {**dict.fromkeys(FULL.as_json()), **given}
    assert replace(BARE, link=replace(BARE.link, level="")).as_json()["level"] is None


def test_reasons_of_what_is_half_there() -> None:
    """Values without limits, months without a control, an association that nobody registered."""
    alike = with_evidence(FULL, low=None, reliability=Reliability(alpha=1.0, low=None, high=None))
    found = alike.as_json()
    assert (found["alpha_reason"], found["ci_reason"]) == (NO_LIMITS, NO_LIMITS)
    alone = replace(FULL, change=Change(months=Monthly(("2023-01",), (0.1,), 0))).as_json()
    assert alone["months"] == [{"month": "2023-01", "value": 0.1, "control": None, "after": True}]
    related = Association(rho=0.5, p=0.1, low=None, high=None, n=12, leave_one_out=(0.4, 0.6), detectable=0.7)
    late = with_evidence(FULL, registered=False, association=related, p_adjusted=None).as_json()
    assert late["association"] == {
        **asdict(related),
        "p": None,
        "p_adjusted": None,
        "ci_reason": "the cases do not vary enough to be resampled",
        "reason": "exploratory: not registered before the data were read",
    }


def test_the_payload() -> None:
    refused = Refusal(code="no_watermark", subject="synthetic", reason=msg("why."), needed=msg("what."))
    found = result(FULL, BARE, refusals=(refused,)).payload()
    assert found == {
        "register": "abc",
        "registered": 1,
        "rows": [FULL.as_json(), BARE.as_json()],
        "refusals": [{"code": "no_watermark", "subject": "synthetic", "reason": "why.", "needed": "what."}],
        "without_meta_inference": ["bare"],
        "tables": [
            {
                "table": "events", "read": 3, "kept": 2, "first_day": "1970-01-01", "last_day": "1970-01-02",
                "set_aside": [], "notes": [],
            }
        ],
    }  # fmt: skip


def test_the_summary_counts_grades() -> None:
    """Beyond the interviews are grades A to D; X is counted apart."""
    rows = [replace(BARE, grade=grade) for grade in ("A", "B", "C", "D", "X", "X", "Q0", "Q1")]
    assert str(result(*rows).summary) == (
        "8 links: 4 rest on more than the interviews, 2 are contradicted by the records; 1 were registered before the "
        "records were read."
    )
    assert str(result().title) == "Categories and customer metrics"


def told(block: Block) -> str:
    """A block in one line."""
    match block:
        case Table():
            return f"table {block.name} of {len(block.rows)}"
        case Note():
            return f"{block.status}: {block.text}"
        case Heading():
            return f"heading {block.level}: {block.text}"
        case Quotes():
            return f"{len(block.quotes)} quotes, {block.left_out} left out: {block.caption}"
        case Figure():
            return f"figure {block.name}"
        case _:
            raise AssertionError(block)


TALK = (
    "neutral: 4 informants speak about the organisation; they are no sample of its customers. How often a category was "
    "mentioned says how present it is in talk, not how much of it there is."
)


def test_the_section_of_a_report() -> None:
    """Contradictions first; tests and their notes once; quotations under the first link of a category."""
    figure = Figure(
        name="crm-paradigm", picture=Diagram(groups=(), nodes=(), edges=()), caption=msg("c"), alt=msg("a")
    )
    against = replace(BARE, grade="X", quotes=QUOTES, quotations=2)
    again = replace(FULL, link=replace(FULL.link, id="again", metric="csat", level=""), quotations=1)
    refused = Refusal(code="no_watermark", subject="synthetic", reason=msg("why."), needed=msg("what."))
    found = result(against, FULL, again, figure=figure, refusals=(refused, REFUSAL)).blocks()
    assert [told(block) for block in found] == [
        "bad: trust: Nothing measured.",
        "table crm-links of 3",
        TALK,
        "figure crm-paradigm",
        "table crm-link-cases of 2",
        "table crm-link-changes of 6",
        "table crm-link-panel of 2",
        "warning: a note",
        "figure crm-series-full",
        "figure crm-series-again",
        "table crm-link-theories of 2",
        "heading 3: trust and own:trust (mine)",
        "2 quotes, 0 left out: Nothing measured.",
        "heading 3: Access and 2 metrics",
        "2 quotes, 3 left out: What is said.",
        "undefined: synthetic is refused: why. Needed: what.",
        "undefined: Access and Digital share (median) is refused: too few. Needed: more.",
        "table records-read of 2",
    ]
    table = found[1]
    assert isinstance(table, Table)
    assert {"category", "metric"}.isdisjoint(column.key for column in table.columns)


def test_a_section_without_anything_measured() -> None:
    bare = result(BARE, loaded=()).blocks()
    assert [told(block) for block in bare] == ["table crm-links of 1", TALK, "table crm-link-theories of 1"]
    few = replace(BARE, quotes=QUOTES[:1], quotations=1)
    (heading, quotes) = result(few, loaded=()).blocks()[-2:]
    assert (told(heading), told(quotes)) == (
        "heading 3: trust and own:trust (mine)",
        "1 quotes, 0 left out: Nothing measured.",
    )


def test_refusals_are_told_once_but_for_another_reason() -> None:
    other = Refusal(code="pls", subject="full", reason=msg("another reason."), needed=msg("more."))
    last = Refusal(code="cb_sem", subject="full", reason=msg("too few."), needed=msg("more."))
    rows = (replace(FULL, refusals=(REFUSAL, other)), replace(FULL, refusals=(REFUSAL, last)))
    notes = [told(one) for one in result(*rows).blocks() if isinstance(one, Note)][-3:]
    name = "undefined: Access and Digital share (median) is refused:"
    assert notes == [
        f"{name} too few. Needed: more.",
        f"{name} another reason. Needed: more.",
        f"{name} too few. Needed: more.",
    ]


def test_tables_beside_each_other() -> None:
    names = [table.name for table in result(FULL).tables()]
    assert names == [
        "crm-links", "crm-link-cases", "crm-link-changes", "crm-link-panel", "crm-link-theories", "records-read",
    ]  # fmt: skip
    assert LinksResult.command == "crm-links"


def test_notes_of_both_series_are_told() -> None:
    row = with_evidence(
        FULL, series=series(1.0, notes=(msg("one"),)), controlled=series(2.0, notes=(msg("two"), msg("one")))
    )
    notes = [told(one) for one in result(row).blocks() if isinstance(one, Note)]
    assert [one for one in notes if one.startswith("warning")] == ["warning: one", "warning: two"]


def measures(*rows: LinkRow) -> dict[str, str | None]:
    kept = msg("kept")
    nodes = tuple(
        DiagramNode(id=name, label=Label(name), group="causal", measure=kept if name == "far" else None)
        for name in ("access", "causes", "trust", "far")
    )
    drawn = with_measures(Diagram(groups=(), nodes=nodes, edges=()), result(*rows))
    return {node.id: None if node.measure is None else str(node.measure) for node in drawn.nodes}


def test_a_box_shows_its_strongest_link() -> None:
    """In the order X, D, C, B, A, Q1, Q0; a link without a value has nothing to show."""
    one = "Digital share: 61.0 %, grade C"
    assert measures(FULL, BARE) == {"access": one, "causes": one, "trust": None, "far": "kept"}
    for grades in ("XD", "DC", "CB", "BA", ("A", "Q1"), ("Q1", "Q0")):
        rows = [replace(FULL, grade=grade) for grade in grades]
        for order in (rows, rows[::-1]):
            assert measures(*order)["access"] == f"Digital share: 61.0 %, grade {grades[0]}; 1 more"
    zero = with_evidence(FULL, value=0.0)
    assert measures(zero)["access"] == "Digital share: 0.0 %, grade C"
    slow = with_evidence(replace(FULL, unit="seconds"), value=7200.0)
    assert measures(slow)["access"] == "Digital share: 2 hours, grade C"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (ROLE_WORDS, ROLES),
        (DIRECTION_WORDS, DIRECTIONS),
        (FIT_WORDS, FITS[1:]),
        (THEORY_WORDS, THEORIES),
        (ADJUST_WORDS, (*ADJUST, "mixed_month")),
        (PROPOSAL_WORDS, ("agrees", "disagrees", "unknown")),
        (AGAINST_WORDS, ("before", "target", "control")),
    ],
)
def test_every_id_has_a_word_of_its_own_in_both_languages(words: Any, ids: tuple[str, ...]) -> None:
    assert set(words) == set(ids)
    persian = language("fa")
    for said in (str, persian.text):
        assert len({said(words[name]) for name in ids}) == len(ids)
    assert all(persian.text(words[name]) != str(words[name]) for name in ids)


def test_words_for_what_is_held_constant() -> None:
    assert held_constant(()) is None
    assert str(held_constant(["outage"])) == "outages"
    names = ["mixed_month", "nowruz", "month:02", "month:03", "regulation"]
    assert str(held_constant(names)) == "the month of the change, Nowruz, months of the year, regulation"
    assert (worded(ROLE_WORDS, "own"), worded(ROLE_WORDS, "")) == ("own", None)
    assert str(metric_name("csat", "mean")) == "Customer satisfaction (mean)"
    assert metric_name("own:x") == Label("own:x")
