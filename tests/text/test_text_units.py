"""Speakers, turns and units of analysis in English and Persian."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.text.transcript import Transcript
from omnistudy.text.units import UNITS, participant_speech, turns, units


def spoken(
    text: str, *, voices: tuple[str, ...] = (), interviewers: tuple[str, ...] = ()
) -> list[tuple[str | None, bool, str]]:
    """Speaker, whether a participant, and words of every turn."""
    transcript = Transcript(text, voices=voices)
    return [
        (turn.speaker, turn.is_participant, text[turn.speech_start : turn.end])
        for turn in turns(transcript, interviewers)
    ]


def pieces(text: str, unit: str, *, participants_only: bool = True) -> list[str]:
    return [text[u.start : u.end] for u in units(Transcript(text), unit, participants_only=participants_only)]


PERSIAN = (
    "مصاحبه‌کننده: حالتان چطور است؟\nپاسخگو: خوبم؛ ولی صف بانک… خب، ۳٫۵ ساعت بود. دیر شد!\n\nباز هم می‌آیم.\n"
)


def test_persian_turns_and_sentences() -> None:
    assert [turn[:2] for turn in spoken(PERSIAN)] == [("مصاحبه‌کننده", False), ("پاسخگو", True)]
    assert pieces(PERSIAN, "sentence") == ["خوبم؛ ولی صف بانک… خب، ۳٫۵ ساعت بود.", "دیر شد!", "باز هم می‌آیم."]
    assert pieces(PERSIAN, "sentence", participants_only=False)[0] == "حالتان چطور است؟"
    assert pieces(PERSIAN, "paragraph") == ["خوبم؛ ولی صف بانک… خب، ۳٫۵ ساعت بود. دیر شد!", "باز هم می‌آیم."]
    assert pieces(PERSIAN, "turn") == ["خوبم؛ ولی صف بانک… خب، ۳٫۵ ساعت بود. دیر شد!\n\nباز هم می‌آیم."]
    assert pieces("پاسخگو: می‌آیم، ۳٫۵ ساعت!", "token") == ["می‌آیم", "۳٫۵", "ساعت"]


@pytest.mark.parametrize(
    "label",
    [
        "مصاحبه‌کننده", "مصاحبه کننده", "مصاحبه‌كننده", "مصاحبهکننده", "مصاحبه‌گر", "پرسشگر", "پرسش‌گر", "پژوهشگر",
        "محقق", "مصاحبه‌گر ۲", "Interviewer", "INTERVIEWER 1", "Moderator", "Researcher", "INT", "Int2",
        "سارا (مصاحبه‌گر)", "Interviewer (Sara)", "**Interviewer**", "[00:01:02] Interviewer", "(1:02) - Moderator",
        "Interviewer [00:01]", "\u200fمصاحبه‌گر",
    ],
)  # fmt: skip
def test_words_for_interviewers(label: str) -> None:
    text = f"{label}: q\nP03: a"
    (speaker, is_participant, words), answer = spoken(text)
    assert speaker is not None
    assert not is_participant
    assert words == "q"
    assert answer == ("P03", True, "a")


@pytest.mark.parametrize(
    "label",
    [
        "P03", "p3", "R1", "S12", "P۰۳", "Speaker 2", "Participant", "Participant 4", "Respondent", "Interviewee",
        "مصاحبه‌شونده", "مصاحبه شونده ۷", "پاسخگو", "پاسخ‌گو", "شرکت‌کننده ۳", "شرکت کننده اول", "مشارکت‌کننده",
        "P03 (00:12)", "P03 [0:00:12.5]", "#00:01:02-3# P03",
    ],
)  # fmt: skip
def test_words_for_participants_need_no_recurrence(label: str) -> None:
    assert spoken(f"{label}: yes\nmore")[0][1:] == (True, "yes\nmore")
    assert spoken(f"{label}: yes\nmore")[0][0] is not None


def test_full_width_colon_and_missing_blank() -> None:
    assert spoken("مصاحبه‌گر：چطور؟\nپاسخگو:خوب") == [("مصاحبه‌گر", False, "چطور؟"), ("پاسخگو", True, "خوب")]


def test_a_name_and_a_time_alone_on_a_line() -> None:
    assert spoken("Interviewer  0:03\nHow?\nAnna Smith  0:07\nFine.\nAnna Smith  0:09\nReally.") == [
        ("Interviewer", False, "How?"),
        ("Anna Smith", True, "Fine."),
        ("Anna Smith", True, "Really."),
    ]


def test_a_time_stamp_before_the_words_is_no_speech() -> None:
    assert spoken("Interviewer: [00:01] How?\nP1: (0:02) Fine.")[1] == ("P1", True, "Fine.")


@pytest.mark.parametrize(
    "text",
    [
        "10:30 was early.\n11:45 was late.",
        "https://example.org/a\nhttps://example.org/b",
        "Note: once only",
        "Note: one\nNote: two",
        "نکته: یک\nنکته: دو",
        "گفتم: برو\nگفتم: بیا",
        "I: one\nII: two",
        "Q: alone",
        "We have to think of these things every day: trust.\nWe have to think of these things every day: time.",
        "Sara: once only",
    ],
)
def test_what_only_looks_like_a_label(text: str) -> None:
    assert spoken(text) == [(None, True, text)]


def test_other_names_count_when_they_recur_or_are_declared() -> None:
    twice = "Sara: one\nAli: two\nSara: three\nAli: four"
    assert [turn[0] for turn in spoken(twice)] == ["Sara", "Ali", "Sara", "Ali"]
    assert all(turn[1] for turn in spoken(twice))
    assert [turn[1] for turn in spoken(twice, interviewers=("sara",))] == [False, True, False, True]
    once = "Sara: one\nAli: two"
    assert [turn[0] for turn in spoken(once, voices=("Sara", "Ali"))] == ["Sara", "Ali"]
    assert spoken("علي: سلام\nرضا: سلام", interviewers=("علی",), voices=("رضا",))[0] == ("علي", False, "سلام")


def test_one_letter_needs_company_or_recurrence() -> None:
    assert spoken("Q: how?\nA: so.") == [("Q", False, "how?"), ("A", True, "so.")]
    assert spoken("س: چطور؟\nج: خوب") == [("س", False, "چطور؟"), ("ج", True, "خوب")]
    assert spoken("I: how?\nP07: so.")[0] == ("I", False, "how?")


def test_numbered_i_is_whoever_the_others_are_not() -> None:
    assert [turn[1] for turn in spoken("I1: a\nP1: b")] == [False, True]
    assert [turn[1] for turn in spoken("Interviewer: a\nI3: b")] == [False, True]
    assert [turn[1] for turn in spoken("I1: a\nI2: b")] == [True, True]


def test_interviewer_lines_between_unlabelled_lines_end_with_the_line() -> None:
    text = "I look at the page.\nMODERATOR: Go ahead.\nI click.\nIt loads.\nMODERATOR:\nThanks.\nBye."
    assert spoken(text) == [
        (None, True, "I look at the page."),
        ("MODERATOR", False, "Go ahead."),
        (None, True, "I click.\nIt loads."),
        ("MODERATOR", False, "Thanks."),
        (None, True, "Bye."),
    ]
    assert pieces(text, "paragraph") == ["I look at the page.", "I click.", "It loads.", "Bye."]


def test_a_title_before_the_first_label_is_nobodys_speech() -> None:
    text = "Interview 3\n12 May\n\nInterviewer: How?\nP3: So."
    assert spoken(text)[0] == (None, False, "Interview 3\n12 May")
    assert pieces(text, "turn") == ["So."]
    assert pieces(text, "turn", participants_only=False) == ["Interview 3\n12 May", "How?", "So."]


def test_a_text_without_labels_is_one_turn_of_a_participant() -> None:
    assert spoken("One.\n\nTwo.") == [(None, True, "One.\n\nTwo.")]
    assert participant_speech(Transcript("  \n")) == ()
    assert units(Transcript(""), "interview") == ()


def test_an_empty_turn_is_no_unit() -> None:
    text = "Interviewer: How?\nP1:\nInterviewer: Well?\nP1: So."
    assert pieces(text, "turn") == ["So."]
    assert len(turns(Transcript(text))) == 4


def test_the_interview_runs_from_the_first_word_to_the_last() -> None:
    text = "Interviewer: How?\nP1: So.\nInterviewer: And?\nP1: So so.\n"
    assert pieces(text, "interview") == ["So.\nInterviewer: And?\nP1: So so."]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith met Mr. Lee. They left.", ["Dr. Smith met Mr. Lee.", "They left."]),
        ("Use cash, e.g. coins, i.e. money.", ["Use cash, e.g. coins, i.e. money."]),
        ("Cards, loans etc. and more. Yes.", ["Cards, loans etc. and more.", "Yes."]),
        ("Cards, loans etc. Then more.", ["Cards, loans etc.", "Then more."]),
        ("The U.S. bank. It closed.", ["The U.S. bank.", "It closed."]),
        ("It was I. Then you.", ["It was I.", "Then you."]),
        ("It costs 3.5 or ۳٫۵ or ۱۲.۵ now. Fine.", ["It costs 3.5 or ۳٫۵ or ۱۲.۵ now.", "Fine."]),
        ("See www.bank.ir/?q=1.2 today. Or not.", ["See www.bank.ir/?q=1.2 today.", "Or not."]),
        ("Well ... maybe. No.", ["Well ... maybe.", "No."]),
        ("Well... Maybe.", ["Well...", "Maybe."]),
        ("wa...it here. Now.", ["wa...it here.", "Now."]),
        ("1. First thing. Second.", ["1. First thing.", "Second."]),
        ("۱. اول. دوم.", ["۱. اول.", "دوم."]),
        ("No. 5 won. Yes.", ["No. 5 won.", "Yes."]),
        ("Really? No. Yes.", ["Really?", "No.", "Yes."]),
        ('He said "go." Then we went.', ['He said "go."', "Then we went."]),
        ('"Why?" she asked. "So."', ['"Why?" she asked.', '"So."']),
        ("(They laugh.) Then on.", ["(They laugh.)", "Then on."]),
        ("گفت: «برو.» رفتم. ماندم؟نه! خب۔ بعد", ["گفت: «برو.»", "رفتم.", "ماندم؟", "نه!", "خب۔", "بعد"]),
        ("آقای م. رضایی و دکتر. احمدی آمدند. رفتند.", ["آقای م. رضایی و دکتر. احمدی آمدند.", "رفتند."]),
        ("در ج.ا.ا. چنین است. بله؟! نه.", ["در ج.ا.ا. چنین است.", "بله؟!", "نه."]),
    ],
)
def test_sentences(line: str, expected: list[str]) -> None:
    assert pieces(line, "sentence") == expected
    assert pieces(f"P1: {line}\n", "sentence") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("don't stop, café!", ["don't", "stop", "café"]),
        ("cafe\u0301 e\u0301a", ["cafe\u0301", "e\u0301a"]),
        ("12,000 and 3.5 ۱۲٬۰۰۰ ۳٫۵", ["12,000", "and", "3.5", "۱۲٬۰۰۰", "۳٫۵"]),
        ("کتابِ‌ما \u200cخانه\u200c.", ["کتابِ‌ما", "خانه"]),
        ("a_b e.g. 😀 — …", ["a", "b", "e", "g"]),
        ("مشتــری", ["مشتــری"]),
    ],
)
def test_tokens(line: str, expected: list[str]) -> None:
    assert pieces(line, "token") == expected


def test_characters_are_code_points_that_are_not_white_space() -> None:
    assert pieces("P1: a 😀\u200cب\u00a0c", "character") == ["a", "😀", "\u200c", "ب", "c"]


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="'word' is not a unit"):
        units(Transcript("a"), "word")


fragments = st.sampled_from(
    ["Interviewer: ", "P03: ", "مصاحبه‌گر: ", "پاسخگو:", "Sara: ", "Q:", "[00:01] ", "\n",
     "\n\n", " ", "\u00a0", ". ", "؟", "...", "…",
     "Dr. ", "3.5", "۳٫۵", "می‌روم", "و", "😀", "e\u0301", "(«»)", '"', "Word", "x", ":", "\u2028", "\x0b"]
)  # fmt: skip
interview_texts = st.lists(fragments, max_size=40).map("".join)


@given(interview_texts, st.sampled_from(UNITS), st.booleans())
def test_units_are_ascending_disjoint_trimmed_and_inside_one_turn(
    text: str, unit: str, participants_only: bool
) -> None:
    transcript = Transcript(text)
    found = units(transcript, unit, participants_only=participants_only)
    speeches = [(turn.speech_start, turn.end) for turn in turns(transcript)]
    end = 0
    for span in found:
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert unit == "interview" or any(a <= span.start and span.end <= b for a, b in speeches)
        end = span.end


@given(interview_texts)
def test_units_cover_what_they_divide(text: str) -> None:
    transcript = Transcript(text)
    characters = {span.start for span in units(transcript, "character", participants_only=False)}
    for unit in ("turn", "paragraph", "sentence"):
        covered = {
            at
            for span in units(transcript, unit, participants_only=False)
            for at in range(span.start, span.end)
        }
        assert {at for at in covered if not text[at].isspace()} == characters
    tokens = {
        at
        for span in units(transcript, "token", participants_only=False)
        for at in range(span.start, span.end)
    }
    assert tokens <= characters
    assert {at for at in characters if text[at].isalnum()} <= tokens


@given(interview_texts)
def test_turns_are_ascending_and_disjoint(text: str) -> None:
    end = 0
    for turn in turns(Transcript(text)):
        assert end <= turn.start <= turn.speech_start <= turn.end <= len(text)
        assert turn.speaker is None or turn.speaker in text[turn.start : turn.speech_start]
        end = turn.end


def test_ten_thousand_words_take_milliseconds() -> None:
    line = "بانک برای مشتری خدمات خوبی دارد. the customer likes the service, e.g. the app؟ "
    text = "".join(f"{'مصاحبه‌گر' if at % 2 else 'P03'}: {line * 4}\n" for at in range(180))
    assert len(text.split()) > 10_000
    transcript = Transcript(text)
    assert len(turns(transcript)) == 180
    for unit, seconds in (("turn", 0.05), ("sentence", 0.1), ("token", 0.3)):
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            units(transcript, unit)
            best = min(best, time.process_time() - start)
        assert best < seconds
