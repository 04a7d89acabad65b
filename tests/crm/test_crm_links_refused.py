"""What the links refuse themselves, in full: planned tests, words of cause, watermarks."""

from __future__ import annotations

import pytest

from omnistudy.crm.links.refusals import (
    CODES,
    blocks_of,
    causal_words,
    no_watermark,
    not_tested,
    requested,
)
from omnistudy.crm.links.register import TESTS, Link


def link(**changes: str) -> Link:
    stated = {"metric": "csat", "role": "effect", **changes}
    return Link(id=stated.pop("id", "a"), category=stated.pop("category", "access"), direction="+", **stated)


PLANNED = {
    "pls": (
        "pls",
        "a path model by partial least squares would rest on 7 cases.",
        "at least 40 cases for the largest block, and 155, 69 or 25 for paths of .2, .3 or .5, whichever is more; then a "
        "program for path models.",
    ),
    "cb-sem": (
        "cb_sem",
        "a covariance-based structural model would rest on 7 cases.",
        "at least 200 cases, and a program for structural models.",
    ),
    "sobel": (
        "mediation",
        "salience counts how often informants speak of a category; a path through it would mediate talk, not the thing.",
        "a measured mediator per case, not salience, and cases enough for two paths.",
    ),
    "composite": (
        "composite",
        "a composite score hides which part moved, and nobody declared its weights.",
        "weights with their reasons, declared before the records are read; until then read the parts.",
    ),
    "generalise": (
        "generalise",
        "14 informants were chosen for what they know; their salience says nothing of how many customers hold something.",
        "a survey of a sample of the customers, for example scale:<name> in the table of survey.",
    ),
}
PLANNED["mediation"] = PLANNED["sobel"]


@pytest.mark.parametrize("test", TESTS)
def test_every_planned_test_is_run_or_refused(test: str) -> None:
    """Seven cases, four metrics of the category and fourteen interviews."""
    found = requested(link(test=test), 7, 4, 14)
    if test in {"", "association", "series", "panel"}:
        assert found is None
    else:
        code, reason, needed = PLANNED[test]
        assert found is not None
        assert found.as_json() == {"code": code, "subject": "a", "reason": reason, "needed": needed}
        assert code in CODES


def test_codes_are_names_for_scripts() -> None:
    assert len(set(CODES)) == len(CODES)
    assert all(code.isidentifier() and code.islower() for code in CODES)
    assert {"role", "no_cases", "no_watermark", "several_rows", "causal_words", "control_missing"} < set(
        CODES
    )


@pytest.mark.parametrize("role", ["moderator", "confounder"])
def test_other_roles_are_not_tested(role: str) -> None:
    assert not_tested(link(role=role)).as_json() == {
        "code": "role",
        "subject": "a",
        "reason": f"its role is {role}: it tells for whom or against what something holds.",
        "needed": "a link whose role is effect.",
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("It causes satisfaction.", "causes"),
        ("It CAUSED this.", "CAUSED"),
        ("the cause of it", "cause"),
        ("causing trouble", "causing"),
        ("It proves that.", "proves"),
        ("as proven", "proven"),
        ("proving it", "proving"),
        ("an effect of training", "effect of"),
        ("the effects of training", "effects of"),
        ("training leads to trust", "leads to"),
        ("training led to trust", "led to"),
        ("training results in trust", "results in"),
        ("آموزش باعث اعتماد است", "باعث"),
        ("آموزش موجب اعتماد می‌شود", "موجب اعتماد می"),
        ("آموزش سبب اعتماد شد", "سبب اعتماد شد"),
        ("این را اثبات می‌کند", "اثبات می"),
        ("این ثابت کرد", "ثابت کرد"),
        ("بر رضایت اثر می‌گذارد", "اثر می"),
        ("بر رضایت تأثیر گذاشت", "تأثیر گذا"),
    ],
)
def test_words_of_cause(words: str, found: str) -> None:
    """Below grade D they are not printed; at grade D they may stand."""
    told = link(meta_inference=words)
    for grade in ("Q0", "Q1", "A", "B", "C", "X"):
        refusal = causal_words(told, grade)
        assert refusal is not None
        assert refusal.as_json() == {
            "code": "causal_words",
            "subject": "a",
            "reason": f"its meta-inference says “{found}”, and evidence of grade {grade} carries no cause; it is not "
            "printed.",
            "needed": "words such as goes together with or was followed by, or evidence of grade D.",
        }
    assert causal_words(told, "D") is None


@pytest.mark.parametrize(
    "words",
    [
        "",
        "It goes together with trust.",
        "because of that",
        "improved",
        "effective",
        "results",
        "این دو همسو هستند",
    ],
)
def test_other_words_are_printed(words: str) -> None:
    assert causal_words(link(meta_inference=words), "A") is None


def test_the_watermark_is_put_back() -> None:
    assert no_watermark().as_json() == {
        "code": "no_watermark",
        "subject": "synthetic",
        "reason": "the interviews or records are synthetic, and the output was asked for without their watermark.",
        "needed": "nothing: the watermark was put back.",
    }


def test_a_block_is_the_metrics_of_a_category() -> None:
    """Two levels of a metric are two indicators, the same one named twice is one."""
    links = [
        link(id="1", metric="csat", level="mean"),
        link(id="2", metric="csat", level="top_two"),
        link(id="3", metric="csat", level="mean"),
        link(id="4", category="trust"),
    ]
    assert blocks_of(links) == {"access": 2, "trust": 1}
