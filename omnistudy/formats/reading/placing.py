"""Rows of a database that hold a span, a code and a coder: placed in their texts, checked, counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnistudy.formats.reading.dialect import Dialect, Ruler
from omnistudy.formats.reading.dialect_choice import (
    Choice,
    ChoiceRules,
    StoredSpan,
    choose_dialect,
    contradiction,
)
from omnistudy.formats.reading.imported import Check, ImportedCoding, ImportedQuotation, LeftOut
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.reading.snippets import checked_span
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.text.canonical import normalised

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_C_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})")
_SPACED_DATE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRow:
    """A row of a table of codings; ``code`` is ``None`` for a quotation without one."""

    id: str
    source: str
    start: int | None
    end: int | None
    words: str
    code: str | None
    coder: str
    round: str = ""
    created: str = ""
    memo: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Quotations and codings with their dialect, what found no place, and what is to be said."""

    quotations: tuple[ImportedQuotation, ...]
    codings: tuple[ImportedCoding, ...]
    dialect: Dialect
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Message, ...]


def placed(
    rows: Sequence[SpanRow],
    texts: Mapping[str, str],
    codes: Iterable[str],
    habit: Dialect,
    options: ReadOptions,
    *,
    file: str,
    bases: tuple[int, ...] = (),
) -> Placed:
    """Place every row in its text.

    Parameters
    ----------
    rows
        The rows, in the order of the file.
    texts
        Source id to the text as the program holds it.
    codes
        Ids of the codes that exist.
    habit, bases
        How the program counts, and further numbers that its first position may have.

    Raises
    ------
    StudyError
        If the stored words contradict every way to count.
    """
    canonical = {source: normalised(text).text for source, text in texts.items()}
    spans = {
        row.id: StoredSpan(row.source, row.start, row.end, row.words)
        for row in rows
        if row.start is not None and row.end is not None and row.source in texts
    }
    rules = ChoiceRules(forced=options.offsets, strict=options.strict, bases=bases)
    choice = choose_dialect(texts, canonical, list(spans.values()), habit, rules)
    if not choice.fits:
        raise contradiction(choice, file)
    quotations = {each.id: each for each in _quotations(rows, spans, texts, canonical, choice.dialect)}
    known = set(codes)
    codings = tuple(
        ImportedCoding(
            quotation=row.id,
            code=row.code,
            coder=row.coder,
            round=row.round,
            created=iso_time(row.created),
            memo=row.memo,
        )
        for row in rows
        if row.id in quotations and row.code is not None and row.code in known
    )
    return Placed(
        quotations=tuple(quotations.values()),
        codings=codings,
        dialect=choice.dialect,
        left_out=tuple(_left_out(rows, texts, quotations, known)),
        warnings=tuple(_warnings(choice, habit, quotations.values())),
    )


def iso_time(written: str) -> str:
    """Return a time as ISO 8601 without a zone; what cannot be parsed stays as it is."""
    written = written.strip()
    if (found := _C_DATE.fullmatch(written)) and found[1] in _MONTHS:
        return f"{found[4]}-{_MONTHS.index(found[1]) + 1:02}-{int(found[2]):02}T{found[3]}"
    return _SPACED_DATE.sub(r"\1T\2", written) if _SPACED_DATE.fullmatch(written) else written


def check_warnings(quotations: Iterable[ImportedQuotation]) -> Iterator[Message]:
    """Yield what is to be said of quotations whose stored words stand elsewhere."""
    checks = Counter(quotation.check for quotation in quotations)
    count = {check: Number(checks[check], Kind.COUNT) for check in Check}
    if checks[Check.SHIFTED]:
        yield msg(
            "{n} quotations were moved by a few characters to the words that the file stores.",
            n=count[Check.SHIFTED],
        )
    if checks[Check.LOCATED]:
        yield msg(
            "{n} quotations were placed at the only place where their words stand.", n=count[Check.LOCATED]
        )
    if checks[Check.NORMALISED]:
        yield normalised_warning(checks[Check.NORMALISED])
    if checks[Check.AMBIGUOUS]:
        yield msg(
            "{n} quotations differ from their stored words, which stand in several places; they are kept.",
            n=count[Check.AMBIGUOUS],
        )
    if checks[Check.FAILED]:
        yield msg(
            "{n} quotations differ from their stored words, which stand nowhere; they are kept.",
            n=count[Check.FAILED],
        )


def normalised_warning(count: int) -> Message:
    """Say that quotes were found in other letter forms."""
    return msg(
        "Quotes found in other letter forms only (ی for ي, ک for ك, ZWNJ, digits): {n}; the words kept are the"
        " transcript's.",
        n=Number(count, Kind.COUNT),
    )


def _quotations(
    rows: Sequence[SpanRow],
    spans: Mapping[str, StoredSpan],
    texts: Mapping[str, str],
    canonical: Mapping[str, str],
    dialect: Dialect,
) -> Iterator[ImportedQuotation]:
    rulers: dict[str, Ruler] = {}
    for row in rows:
        stored = spans.get(row.id)
        if row.source not in texts or (stored is None and not row.words.split()):
            continue
        if row.source not in rulers:
            rulers[row.source] = Ruler(texts[row.source], dialect)
        named = rulers[row.source].span(stored.start, stored.end) if stored else None
        place, check, shift = checked_span(canonical[row.source], named, row.words)
        if place is not None:
            yield ImportedQuotation(
                id=row.id,
                source=row.source,
                start=place[0],
                end=place[1],
                check=check,
                shift=shift,
                coder=row.coder,
                comment=row.comment,
            )


def _left_out(
    rows: Sequence[SpanRow], texts: Mapping[str, str], quotations: Mapping[str, object], codes: set[str]
) -> Iterator[LeftOut]:
    coded = [row for row in rows if row.code is not None]
    no_text = sum(row.source not in texts for row in coded)
    no_place = sum(row.source in texts and row.id not in quotations for row in coded)
    no_code = sum(row.id in quotations and row.code not in codes for row in coded)
    if no_text:
        yield LeftOut(msg("codings without a text"), no_text, msg("their document is missing or deleted"))
    if no_place:
        yield LeftOut(
            msg("codings without a place"),
            no_place,
            msg("their offsets lie in no text and their words are not found"),
        )
    if no_code:
        yield LeftOut(msg("codings without a code"), no_code, msg("their code does not exist or is deleted"))
    if bare := sum(row.code is None and row.id not in quotations for row in rows):
        yield LeftOut(msg("notes on words without a place"), bare, msg("their offsets lie in no text"))


def _warnings(choice: Choice, habit: Dialect, quotations: Iterable[ImportedQuotation]) -> Iterator[Message]:
    if choice.by == "habit":
        yield msg(
            "Fewer than five quotations can be checked; offsets are taken to count as {dialect}.",
            dialect=str(choice.dialect),
        )
    elif choice.by != "forced" and choice.dialect != habit:
        yield msg(
            "Offsets count as {dialect}, which is not how the program does.", dialect=str(choice.dialect)
        )
    yield from check_warnings(quotations)
