"""Which way of counting is taken: the habit, the snippets, the ends of words, or what the caller says."""

from __future__ import annotations

import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from omnistudy.formats.reading.boundary import is_tight
from omnistudy.formats.reading.dialect import Dialect, Unit
from omnistudy.formats.reading.dialect_choice import ChoiceRules, StoredSpan, choose_dialect
from omnistudy.formats.reading.options import parsed_offsets
from omnistudy.text.canonical import normalised

SENTENCES = "سلام 😀 به شعبه می\u200cروم.\r\nصف بلند است 😀 و کارمند آشناست.\r\n"
DECODED = "\ufeff" + "".join(
    SENTENCES.replace("شعبه", f"شعبه{'ی' * (at % 4)} {at * at} {'😀' * (at % 3)}") for at in range(30)
)
CODECS = {Unit.CODEPOINT: ("utf-32-le", 4), Unit.UTF16: ("utf-16-le", 2), Unit.UTF8: ("utf-8", 1)}


def measured(decoded: str, position: int, dialect: Dialect) -> int:
    """The position of a code point as a program with this dialect counts it."""
    before = decoded[:position]
    if not dialect.bom_counts:
        before = before.removeprefix("\ufeff")
    if dialect.newline == 1:
        before = before.replace("\r\n", "\n")
    codec, width = CODECS[dialect.unit]
    return len(before.encode(codec)) // width + dialect.base


def spans(dialect: Dialect, *, words: bool, many: int = 40) -> list[StoredSpan]:
    pieces = [match.span() for match in re.finditer(r"[\w\u200c]+ [\w\u200c😀]+", DECODED)]
    chosen = random.Random(1).sample(pieces, many)
    return [
        StoredSpan(
            "1",
            measured(DECODED, start, dialect),
            measured(DECODED, end, dialect) - (1 if dialect.end_inclusive else 0),
            DECODED[start:end] if words else "",
        )
        for start, end in chosen
    ]


ALL = [
    Dialect(unit=unit, newline=newline, bom_counts=bom)
    for unit in Unit
    for newline in (1, 2)
    for bom in (False, True)
] + [Dialect(end_inclusive=True), Dialect(end_inclusive=True, base=1)]
TEXTS = {"1": DECODED}
CANONICAL = {"1": normalised(DECODED).text}


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize("true", ALL, ids=str)
def test_the_true_dialect_is_found_from_any_habit(true: Dialect, words: bool) -> None:
    habit = replace(Dialect(unit=Unit.UTF16), base=true.base)
    choice = choose_dialect(TEXTS, CANONICAL, spans(true, words=words), habit)
    assert choice.dialect == true
    assert choice.fits
    assert choice.by == ("snippets" if words else "boundaries")


def test_spans_that_end_anywhere_prove_nothing() -> None:
    chance = random.Random(2)
    noise = [
        StoredSpan("1", at := chance.randrange(len(DECODED) - 40), at + chance.randrange(1, 30), "")
        for _ in range(60)
    ]
    choice = choose_dialect(TEXTS, CANONICAL, noise, Dialect())
    assert not choice.fits
    assert len(choice.candidates) >= 3
    forced = choose_dialect(
        TEXTS, CANONICAL, noise, Dialect(), ChoiceRules(forced=parsed_offsets("unit=utf16,newline=1"))
    )
    assert forced.fits
    assert forced.dialect == Dialect(unit=Unit.UTF16, newline=1)


def test_four_spans_are_too_few() -> None:
    few = spans(Dialect(unit=Unit.UTF8), words=False, many=4)
    choice = choose_dialect(TEXTS, CANONICAL, few, Dialect())
    assert (choice.dialect, choice.proved, choice.fits, choice.by) == (Dialect(), False, True, "habit")


@pytest.mark.parametrize(
    ("start", "end", "tight"),
    [
        (0, 4, True),
        (0, 5, False),
        (1, 4, False),
        (5, 7, True),
        (5, 6, False),
        (8, 9, False),
        (4, 4, False),
        (9, 99, False),
    ],
)
def test_what_is_tight(start: int, end: int, tight: bool) -> None:
    assert is_tight("I am می\u200cروم"[2:] if start > 90 else "سلام به می\u200cروم", start, end) is tight


def test_a_joiner_belongs_to_its_word() -> None:
    text = "می\u200cروم"
    assert not is_tight(text, 0, 2)
    assert not is_tight(text, 3, 6)
    assert is_tight(text, 0, len(text))


def test_the_measured_share_of_tight_ends(shared: Path) -> None:
    path = shared / "data" / "rqda-opcw" / "OPCW.rqda"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        texts = dict(db.execute("SELECT id, file FROM source"))
        rows = db.execute("SELECT fid, selfirst, selend FROM coding WHERE status = 1").fetchall()
    for shift, share in ((0, 0.720), (-1, 0.066)):
        tight = [is_tight(texts[source], int(start) + shift, int(end) + shift) for source, start, end in rows]
        assert sum(tight) / len(rows) == pytest.approx(share, abs=0.001)
