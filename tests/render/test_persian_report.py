"""The Persian report of the demonstration study holds no English that a reader meets as words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from omnistudy.render.context import RenderContext
from omnistudy.render.language import language
from omnistudy.render.registry import RENDERERS
from omnistudy.results import Day, Kind, Provenance, Result, listed, msg
from omnistudy.study.load import load_study
from omnistudy.study.model import Study
from omnistudy.workflow import STEPS, WorkflowOptions

REPOSITORY = Path(__file__).parents[2]
SECTIONS = ("contents", "agreement", "codes", "saturation", "paradigm", "compare", "trustworthiness")
WORD = re.compile(r"[A-Za-z]{3,}")
NAMED = re.compile("\u2068[^\u2068\u2069]*\u2069|\u2066[^\u2066\u2069]*\u2069|https?://\\S+")

# Programs, measures and formulas that are written alike in Persian.
ALIKE = {
    "JSON",
    "MASI",
    "ATLAS",
    "MAXQDA",
    "NVivo",
    "QualCoder",
    "SPSS",
    "Crosstabs",
    "Chao",
    "kappa",
    "alpha",
}


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(REPOSITORY / "interviews" / "maskan-demo")


@pytest.fixture(scope="module")
def sections(study: Study) -> tuple[Result, ...]:
    """Sections of the report that need no records and draw little."""
    from omnistudy.replication.compare import load_comparison_input

    folder = REPOSITORY / "interviews" / "maskan-demo"
    options = WorkflowOptions(comparison=load_comparison_input(study, folder, folder))
    shared = Provenance(version="1", command="run", seed=1, inputs=study.inputs, synthetic=True)
    wanted = [step for step in STEPS if step.name in SECTIONS]
    return tuple(step.compute(study, options, shared) for step in wanted if step.compute is not None)


def page(sections: tuple[Result, ...], tag: str) -> str:
    context = RenderContext(language=language(tag), title=msg("{title}", title="نمونه"), quotes="none")
    written = RENDERERS["md"].render(sections, context)
    return written if isinstance(written, str) else written.decode("utf-8")


def own_names(study: Study) -> set[str]:
    """Words of the study's own ids, attributes, values and codes."""
    names = {code.id for code in study.codebook} | {memo.id for memo in study.memos}
    for interview in study.interviews:
        names |= {*interview.attributes, *interview.attributes.values()}
    names |= {str(study.settings.reference.model), study.id}
    return {word for name in names for word in WORD.findall(name)}


def test_the_sentences_of_the_persian_report_hold_no_english_words(
    study: Study, sections: tuple[Result, ...]
) -> None:
    text = page(sections, "fa").split("## شناسنامه")[0]
    words = Counter(WORD.findall(NAMED.sub(" ", text)))
    assert {word for word in words if word not in ALIKE} - own_names(study) == set()


def test_names_in_the_persian_report_are_ids_of_the_study_or_names_of_programs(
    study: Study, sections: tuple[Result, ...]
) -> None:
    text = page(sections, "fa").split("## شناسنامه")[0]
    allowed = ALIKE | own_names(study) | {"csv", "seen", "agreement", "codings", "memos", "relations"}
    # Words that the researcher types into a file as they stand.
    allowed |= {
        "simulated",
        "coverage",
        "jackknife",
        "member",
        "checks",
        "omnistudy",
        "toml",
        "adjudicated",
        "property",
        "value",
        "participants",
    }
    left = {word for found in NAMED.findall(text) for word in WORD.findall(found)} - allowed
    assert left == set()


def test_arrows_and_rules_have_names_and_their_ids_stay_in_json(sections: tuple[Result, ...]) -> None:
    paradigm = next(section for section in sections if section.command == "paradigm")
    text = page((paradigm,), "fa")
    assert "core-systems &gt; one-relationship" not in text
    assert "code_in_two_roles" not in text
    payload = paradigm.payload()
    assert any(row["rule"] == "code_in_two_roles" for row in payload["lint"])  # type: ignore[attr-defined]
    relations = payload["propositions"][0]["relations"]  # type: ignore[index]
    assert relations[0]["source"] == "core-systems"


def test_what_the_record_leaves_unsaid_is_said_in_the_language_of_the_report(
    sections: tuple[Result, ...],
) -> None:
    compare = next(section for section in sections if section.command == "compare")
    assert "The record reports" not in page((compare,), "fa")
    assert "The record reports no CRM metric." in page((compare,), "en")


def test_a_span_of_days_is_written_with_both_calendars() -> None:
    text = language("fa").text(msg("{name}", name=Day("2023-03-21/2025-03-20")))
    assert "۱ فروردین ۱۴۰۲" in text
    assert "۲۰۲۳-۰۳-۲۱" in text
    assert "۳۰ اسفند ۱۴۰۳" in text
    assert language("en").date("2023-03-21/2025-03-20") == "21 March 2023 to 20 March 2025"
    assert str(msg("{name}", name=Day("2023-03-21"))) == "2023-03-21"
    assert language("fa").cell("not/a date", Kind.DATE)[0].text == "not/a date"


def test_names_with_commas_are_listed_apart() -> None:
    names = listed(["a, b", "c"], apart=True)
    assert names is not None
    assert str(names) == "a, b; c"
    assert language("fa").text(names) == "\u2068a, b\u2069؛ \u2068c\u2069"
