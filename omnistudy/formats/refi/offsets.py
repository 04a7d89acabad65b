"""Positions of a REFI-QDA project: how its origin counts, proved on the names of the selections.

The standard says code points; NVivo for Windows counts UTF-16 units of the file, QualCoder and ATLAS.ti
count a line end once. A selection's name is usually its first words, whole or cut with an ellipsis, but
people rename selections: a name that fits under no way of counting is no evidence against any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from omnistudy.formats.reading.dialect import SEARCH_RADIUS, Dialect, Ruler, Unit, collapsed
from omnistudy.formats.reading.dialect_choice import (
    Choice,
    ChoiceRules,
    StoredSpan,
    choose_dialect,
    contradiction,
)
from omnistudy.formats.reading.imported import Check
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.text.canonical import normalised

SHORTEST_NAME = 8
NAME_LENGTH = 100
_ELLIPSES = ("…", "...")
_SAMPLED_SOURCES = 100
_SAMPLED_SPANS = 30
_HABITS: tuple[tuple[str, Dialect], ...] = (
    ("for nvivo", Dialect(unit=Unit.UTF16)),
    ("omnistudy", Dialect(newline=1)),
    ("nvivo", Dialect(unit=Unit.UTF16)),
    ("atlas.ti", Dialect(newline=1)),
    ("qualcoder", Dialect(newline=1)),
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RefiText:
    """A text as the file holds it.

    ``inline`` texts stood in the XML, whose parser turned every line end into LF; they are held with
    CRLF, so that a program that counts a line end once and one that counts it twice are two dialects.
    """

    decoded: str
    inline: bool

    @property
    def canonical(self) -> str:
        """The canonical text."""
        return normalised(self.decoded).text


def inline_text(content: str) -> RefiText:
    """Return a text that stood in the XML."""
    return RefiText(content.replace("\r\n", "\n").replace("\n", "\r\n"), inline=True)


def habit_of(origin: str, *, inline: bool = False) -> Dialect:
    """Return how the program that ``origin`` names is known to count; the standard's way for others."""
    folded = origin.casefold()
    habit = next((dialect for word, dialect in _HABITS if word in folded), Dialect())
    return replace(habit, newline=1) if inline else habit


def judge(
    texts: Mapping[str, RefiText],
    canonical: Mapping[str, str],
    spans: Iterable[StoredSpan],
    habit: Dialect,
    options: ReadOptions,
    file: str,
) -> Choice:
    """Choose how the project counts: its origin's habit, unless the selections contradict it clearly.

    Parameters
    ----------
    texts, canonical
        Source to the text of the file, and to its canonical text.
    spans
        The selections with their names; a sample of them is looked at, first of those texts in which
        ways of counting can differ.
    habit
        How the program is known to count.
    options
        May force the way of counting.
    file
        Name for the error.

    Raises
    ------
    StudyError
        If names or ends of words contradict every way of counting.
    """
    sample = _sample(texts, spans)
    decoded = {source: texts[source].decoded for source in {span.source for span in sample}}
    evidence = list(_evidence(sample, decoded, canonical, habit))
    rules = ChoiceRules(forced=options.offsets, strict=options.strict)
    choice = choose_dialect(decoded, canonical, evidence, habit, rules)
    if not choice.fits:
        raise contradiction(choice, file)
    return choice


def _sample(texts: Mapping[str, RefiText], spans: Iterable[StoredSpan]) -> list[StoredSpan]:
    of_source: dict[str, list[StoredSpan]] = {}
    for span in spans:
        if span.source in texts:
            of_source.setdefault(span.source, []).append(span)
    sample: list[StoredSpan] = []
    for source in sorted(of_source, key=lambda source: -_difference(texts[source]))[:_SAMPLED_SOURCES]:
        # late positions tell most, because every line end before them counts
        late = sorted(of_source[source], key=lambda span: -span.start)
        step = max(1, len(late) // _SAMPLED_SPANS)
        sample.extend(late[::step][:_SAMPLED_SPANS])
    return sample


def _difference(text: RefiText) -> int:
    decoded = text.decoded
    astral = not decoded.isascii() and max(decoded) > "\uffff"
    return 4 * ("\r\n" in decoded) + 2 * decoded.startswith("\ufeff") + 2 * astral + (not decoded.isascii())


def _evidence(
    sample: Sequence[StoredSpan], texts: Mapping[str, str], canonical: Mapping[str, str], habit: Dialect
) -> Iterator[StoredSpan]:
    """Yield the spans with the whole words that their names stand for; none for names that fit nowhere.

    A cut name says nothing of the end: its words are those under the first way of counting that it fits.
    """
    ways = _ways(texts.values(), habit)
    rulers: dict[tuple[str, Dialect], Ruler] = {}
    for span in sample:
        words = ""
        if len(_stem(span.words)) >= SHORTEST_NAME:
            for way in ways:
                key = (span.source, way)
                if key not in rulers:
                    rulers[key] = Ruler(texts[span.source], way)
                place = rulers[key].span(span.start, span.end)
                if place is not None and says(span.words, canonical[span.source][slice(*place)]):
                    words = canonical[span.source][slice(*place)]
                    break
        yield replace(span, words=words)


def _ways(texts: Iterable[str], habit: Dialect) -> list[Dialect]:
    whole = list(texts)
    units = list(Unit) if any(not text.isascii() for text in whole) else [habit.unit]
    newlines = [1, 2] if any("\r\n" in text for text in whole) else [habit.newline]
    boms = [False, True] if any(text.startswith("\ufeff") for text in whole) else [habit.bom_counts]
    ways = [
        replace(habit, unit=unit, newline=newline, bom_counts=bom, end_inclusive=inclusive)
        for inclusive, unit, newline, bom in product((False, True), units, newlines, boms)
    ]
    return list(dict.fromkeys([habit, *ways]))


def _stem(name: str) -> str:
    stem = collapsed(name)
    for ellipsis in _ELLIPSES:
        stem = stem.removesuffix(ellipsis)
    return stem.rstrip()


def says(name: str, words: str) -> bool:
    """Tell whether a name is that of a passage: its words, cut with an ellipsis or at a hundred characters."""
    key, passage = collapsed(name), collapsed(words)
    if key == passage:
        return True
    stem = _stem(name)
    cut = len(stem) < len(key) or len(key) >= NAME_LENGTH - 2
    return cut and len(stem) >= SHORTEST_NAME and passage.startswith(stem)


def checked_name(text: str, span: Span | None, name: str) -> tuple[Span | None, Check, int, str]:
    """Compare a span with the selection's name, and mend it where the same words stand beside it.

    Returns
    -------
    span, check, shift, name
        A name that only repeats the words is dropped; one that does not is the user's and kept.
    """
    if span is None or not name.strip():
        return span, Check.UNVERIFIED, 0, name
    words = text[slice(*span)]
    if says(name, words):
        return span, Check.EXACT, 0, ""
    key = collapsed(name)
    if key.endswith(_ELLIPSES) or len(key) < SHORTEST_NAME:
        return span, Check.UNVERIFIED, 0, name
    shifts = [
        shift
        for shift in range(-min(SEARCH_RADIUS, span[0]), SEARCH_RADIUS + 1)
        if text[span[0] + shift : span[1] + shift] == key
    ]
    if len(shifts) != 1:
        return span, Check.UNVERIFIED, 0, name
    return (span[0] + shifts[0], span[1] + shifts[0]), Check.SHIFTED, shifts[0], ""


def decoded_text(data: bytes) -> str | None:
    """Decode a text file with its byte order mark and carriage returns; ``None`` if it is not text."""
    marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    try:
        text = data.decode(marks.get(data[:2], "utf-8"))
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
