"""Suggestions: likeness of names, groups, nearest quotations, the trial, and the log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from theory_builder import PROVENANCE, Draft, Span, code

from omnistudy.errors import StudyError
from omnistudy.results import Label
from omnistudy.study.load import load_study
from omnistudy.study.model import Code, Level, Study
from omnistudy.theory.suggestions.categories import suggest_categories
from omnistudy.theory.suggestions.codes import CodesSuggestOptions, CodesSuggestResult, suggest_codes
from omnistudy.theory.suggestions.duplicates import suggest_duplicates
from omnistudy.theory.suggestions.log import (
    Acceptance,
    Decision,
    Entry,
    acceptance,
    decisions,
    log_lines,
    new_entries,
    read_log,
)
from omnistudy.theory.suggestions.nearest import code_scores, harmonic
from omnistudy.theory.suggestions.ngrams import likeness, vectorizer

NAMES = [
    "فناوری اطلاعات و ارتباطات",
    "امنیت سایبری",
    "سیستم پشتیبانی قوی",
    "دانش فناورانه",
    "پلتفرم دیجیتال",
    "شرایط فرهنگی و اجتماعی",
    "شرایط سیاسی و قانونی",
    "دسترسی",
    "کارایی کانال‌ها",
    "ویژگی‌های مشتری",
    "ویژگی‌های فردی",
    "ارتباط بین کانال‌ها",
    "کیفیت خدمات",
    "آموزش",
    "دیجیتالی‌سازی بانک",
    "نوآوری و خلاقیت",
    "بهبود مشتری‌مداری",
    "سودآوری",
    "تبلیغات دهان‌به‌دهان مثبت و بازاریابی ویروسی",
]
VARIANTS = ["كيفيت خدمات", "ویژگی های مشتری", "خلاقیت و نوآوری", "آموزش کارکنان", "آموزش پرسنل", "افزایش سود"]
EVERY = [*NAMES, *VARIANTS]

# The weights of letter groups depend on all names of the list, and the method reference does not print
# its six variants in full: hence the tolerance.
NEAR = 0.035


@pytest.mark.parametrize(
    ("one", "other", "raw", "keyed"),
    [
        ("كيفيت خدمات", "کیفیت خدمات", 0.46, 1.00),
        ("ویژگی های مشتری", "ویژگی‌های مشتری", 0.76, 1.00),
        ("خلاقیت و نوآوری", "نوآوری و خلاقیت", 1.00, 1.00),
        ("آموزش کارکنان", "آموزش پرسنل", 0.38, 0.38),
        ("سودآوری", "افزایش سود", 0.20, 0.20),
        ("ویژگی‌های مشتری", "ویژگی‌های فردی", 0.64, 0.62),
    ],
)
def test_likeness_of_the_method_reference(one: str, other: str, raw: float, keyed: float) -> None:
    grams = vectorizer().fit_transform(EVERY)
    untouched = (grams @ grams.T).toarray()
    at = EVERY.index(one), EVERY.index(other)
    assert untouched[at] == pytest.approx(raw, abs=NEAR)
    assert likeness(EVERY)[at] == pytest.approx(keyed, abs=NEAR if keyed < 1 else 1e-12)


def test_no_two_of_the_19_names_reach_the_threshold() -> None:
    cosines = likeness(NAMES)
    np.fill_diagonal(cosines, 0.0)
    closest = np.unravel_index(cosines.argmax(), cosines.shape)
    assert {NAMES[at] for at in closest} == {"ویژگی‌های مشتری", "ویژگی‌های فردی"}
    assert cosines.max() < 0.70


def named(name: str, parent: str | None = None, aliases: tuple[str, ...] = (), **texts: str) -> Code:
    level = Level.SUBCATEGORY if parent is None else Level.CODE
    return replace(code(name, level, parent), label=Label(name, texts), aliases=aliases)


def test_duplicates_look_at_every_language_and_not_at_the_tree() -> None:
    tree = [
        named("quality", fa="کیفیت خدمات", en="service quality"),
        named("quality2", fa="كيفيت خدمات", en="how well we serve"),
        named("training", fa="آموزش", en="training"),
        named("training-open", "training", fa="آموزش", en="training"),
        named("learning", "training", fa="یادگیری کارکنان", en="Training!"),
    ]
    spans: list[Span] = [("P1", 0, 9, "a", "quality"), ("P1", 5, 12, "a", "quality2")]
    result = suggest_duplicates(Draft(codes=tree, spans=spans).study(), PROVENANCE)
    found = {pair.id: pair for pair in result.pairs}
    assert set(found) == {"quality~quality2", "training-open~learning"}
    assert found["quality~quality2"].score == pytest.approx(1)
    assert (found["quality~quality2"].language, found["quality~quality2"].overlaps) == ("fa", 1)
    assert found["training-open~learning"].language == "en"
    assert result.trial.recall is None
    assert str(result.summary).startswith("2 pairs among 5 codes have")
    alone = suggest_duplicates(Draft(codes=tree[:2]).study(), PROVENANCE)
    assert str(alone.summary).startswith("1 pair among 2 codes has")
    assert "second name" in str(result.payload()["evaluation"])


def test_the_threshold_is_tried_on_aliases() -> None:
    tree = [
        named("quality", aliases=("كيفيت خدمات", "خدمات خوب"), fa="کیفیت خدمات"),
        named("other", fa="سودآوری"),
    ]
    trial = suggest_duplicates(Draft(codes=tree).study(), PROVENANCE).trial
    assert (trial.same, trial.shown, trial.right) == (3, 1, 1)
    assert trial.precision == 1.0
    assert trial.recall == pytest.approx(1 / 3)


def grouped() -> Study:
    tree = [named("cards"), named("staff")]
    tree += [
        named(f"card{n}", "cards", en=f"bank card {word}") for n, word in enumerate(["lost", "fee", "pin"])
    ]
    tree += [
        named(f"staff{n}", "staff", en=f"clerk manner {word}") for n, word in enumerate(["warm", "cold"])
    ]
    spans: list[Span] = [
        (f"P{n}", 0, 9, "a", name)
        for n, name in enumerate(["card0", "card1", "card2", "staff0", "staff1"], start=1)
    ]
    return Draft(codes=tree, spans=spans).study()


def test_groups_are_held_against_the_researchers_own() -> None:
    result = suggest_categories(grouped(), PROVENANCE)
    assert result.grouping is not None
    assert {frozenset(cluster.codes) for cluster in result.shown} == {
        frozenset({"card0", "card1", "card2"}),
        frozenset({"staff0", "staff1"}),
    }
    assert (result.grouping.rand, result.grouping.v_measure, result.grouping.own) == (1.0, 1.0, 2)
    assert sorted(result.grouping.order) == sorted(result.grouping.codes)
    assert len(result.grouping.merges) == 4
    halves = [set(result.grouping.order[:2]), set(result.grouping.order[-2:])]
    assert {"staff0", "staff1"} in halves  # the order of the tree keeps a group together
    again = suggest_categories(grouped(), PROVENANCE, clusters=5)
    assert again.shown == ()


def test_few_codes_and_no_categories_are_answers() -> None:
    few = suggest_categories(Draft(codes=[code("a")], spans=[("P1", 0, 9, "x", "a")]).study(), PROVENANCE)
    assert few.grouping is None
    assert few.blocks()
    assert few.payload()["reason"]
    flat = [code(name) for name in ("card lost", "card fee", "clerk")]
    spans: list[Span] = [("P1", 0, 9, "x", c.id) for c in flat]
    free = suggest_categories(Draft(codes=flat, spans=spans).study(), PROVENANCE)
    assert free.grouping is not None
    assert free.grouping.rand is None
    assert "no categories of the researchers" in str(free.summary)


TEXTS = {
    "P1": "The bank card was lost on the way home\nThe clerk was warm and knew my name\nNo",
    "P2": "My bank card was lost again last week\nA clerk who was warm and patient\nRain fell all day in town",
    "P3": "Somebody lost the bank card last week\nThe clerk knew my name and was warm\nOur bank card was lost",
}


def passages() -> Study:
    def line(interview: str, number: int) -> tuple[int, int]:
        lines = TEXTS[interview].split("\n")
        start = sum(len(text) + 1 for text in lines[:number])
        return start, start + len(lines[number])

    spans: list[Span] = [
        (name, *line(name, number), "a", held)
        for name in TEXTS
        for number, held in enumerate(["lost-card", "warm-clerk"])
    ]
    return Draft(codes=[code("lost-card"), code("warm-clerk")], spans=spans, texts=TEXTS).study()


def suggested(study: Study, **options: object) -> CodesSuggestResult:
    return suggest_codes(
        study,
        CodesSuggestOptions(unit="paragraph", **options),  # type: ignore[arg-type]
        PROVENANCE,
    )


def test_uncoded_passages_get_the_codes_of_the_nearest_quotations() -> None:
    result = suggested(passages())
    first = result.suggestions[0]
    assert result.quotes[first.passage].text == "Our bank card was lost"
    assert first.candidates[0].code == "lost-card"
    nearest = first.candidates[0].nearest
    assert "bank card was lost" in result.quotes[nearest].text
    assert [c.score for c in first.candidates] == sorted((c.score for c in first.candidates), reverse=True)
    assert all(c.score >= 0.30 for row in result.suggestions for c in row.candidates)
    # "No" is too short to be looked at, and rain is like nothing.
    assert {result.quotes[row.passage].text for row in result.suggestions} == {"Our bank card was lost"}
    assert not suggested(passages(), threshold=0.999).suggestions


def test_the_trial_counts_what_coders_left_uncoded_as_wrong() -> None:
    trial = suggested(passages()).trial
    assert (trial.interviews, trial.units, trial.coded) == (3, 8, 6)
    assert trial.carried == 6
    assert trial.right == 6
    assert trial.suggested == 7  # and the card that nobody coded in P3
    assert trial.precision == pytest.approx(6 / 7)
    assert trial.in_list == 6
    # Both codes are as frequent, so that the first is the majority: right in 3 of 8 units.
    assert trial.majority_right == 3
    assert trial.random_right == pytest.approx(sum(k * (1 / n) for n, k in ((2, 2), (3, 2), (3, 3))))
    rows = {row.code: row for row in trial.codes}
    assert rows["lost-card"].f1 == pytest.approx(2 * 3 / (4 + 3))
    assert rows["lost-card"].majority_f1 == pytest.approx(2 * 3 / (8 + 3))
    assert rows["warm-clerk"].majority_f1 == 0


def test_one_interview_gives_no_trial() -> None:
    study = passages()
    alone = tuple(c for c in study.codings if c.quotation.interview == "P1")
    result = suggested(replace(study, codings=alone, analysed=alone))
    assert result.trial.reason is not None
    assert result.trial.precision is None
    assert "could not be tried" in str(result.summary)
    assert result.payload()["evaluation"]


def test_a_study_without_codings_is_an_answer() -> None:
    result = suggested(Draft(codes=[code("a")], texts=TEXTS).study())
    assert result.suggestions == ()
    assert result.tables()
    assert result.blocks()


def test_scores_are_those_of_the_nearest_quotation() -> None:
    known = ["lost bank card", "warm clerk", "bank card fee"]
    carries = np.array([[True, False, False], [False, True, False], [True, False, False]])
    scores, nearest = code_scores(["bank card fee"], known, carries)
    assert scores[0] == pytest.approx([1.0, scores[0, 1], 0.0])
    assert nearest[0, 0] == 2
    assert harmonic(1, 2, 2) == 0.5
    assert harmonic(0, 0, 0) is None


def test_the_log_is_appended_and_the_last_decision_stands() -> None:
    first = new_entries("codes", ["a", "b"], {}, accept=["a"])
    assert [(e.id, e.decision) for e in first] == [
        ("a", Decision.SHOWN),
        ("b", Decision.SHOWN),
        ("a", Decision.ACCEPTED),
    ]
    text = log_lines(first)
    assert text.count("\n") == 3
    standing = decisions(read_log(text), "codes")
    assert decisions(read_log(text), "duplicates") == {}
    second = new_entries("codes", ["a", "b"], standing, reject=["a"])
    assert [(e.id, e.decision) for e in second] == [("a", Decision.REJECTED)]
    whole = decisions(read_log(text + log_lines(second)), "codes")
    assert whole == {"a": Decision.REJECTED, "b": Decision.SHOWN}
    shown_again = Entry("codes", "a", Decision.SHOWN)
    assert decisions([*read_log(text), shown_again], "codes")["a"] is Decision.ACCEPTED
    assert acceptance(whole) == Acceptance(shown=2, accepted=0, rejected=1)
    assert acceptance(whole).rate == 0.0
    assert acceptance({}).rate is None


def test_unknown_ids_and_broken_lines_are_named() -> None:
    with pytest.raises(StudyError, match=r"no suggestion 'P1:0-9~lost'.*Did you mean 'P1:0-9~loss'"):
        new_entries("codes", ["P1:0-9~loss"], {}, accept=["P1:0-9~lost"])
    with pytest.raises(StudyError, match="accepted and rejected"):
        new_entries("codes", ["a"], {}, accept=["a"], reject=["a"])
    with pytest.raises(StudyError, match=r"suggestions.log row 2.*\n.*row 4"):
        read_log('{"kind": "codes", "id": "a", "decision": "shown"}\nx\n\n{"kind": "codes"}\n')


def test_the_demo_beats_chance_and_says_how_little(demo: Path) -> None:
    result = suggest_codes(load_study(demo), CodesSuggestOptions(), PROVENANCE)
    trial = result.trial
    assert trial.precision is not None
    assert trial.precision > 2 * trial.majority_right / trial.units
    assert str(result.summary).count("%") == 4
    assert all(len(row.candidates) <= 5 for row in result.suggestions)
    coded = {coding.quotation for coding in load_study(demo).analysed}
    for row in result.suggestions:
        assert not any(
            c.interview == row.passage.interview and c.start < row.passage.end and row.passage.start < c.end
            for c in coded
        )
