"""Where in a text the words of a table's rows stand: exactly, in other letter forms, in the paragraphs named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omnistudy.formats.reading.imported import Check
from omnistudy.formats.sheets.quote_rows import QuoteRow
from omnistudy.formats.sheets.quote_search import SearchableText, folded


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """The places at which the words of a row stand; ``check`` is of the only one."""

    row: QuoteRow
    places: Sequence[tuple[int, int]]
    check: Check


def found_quotes(text: str, rows: Sequence[QuoteRow]) -> Iterator[FoundQuote]:
    """Yield the places of every row; whole lines are looked for where every quote is one."""
    search = SearchableText(text)
    by_line = all(folded(row["quote"]) in search.lines for row in rows)
    for row in rows:
        found = search.lines[folded(row["quote"])] if by_line else search.find(row["quote"])
        check = Check.LOCATED if found else Check.NORMALISED
        if not found:
            found = search.find_in_other_letters(row["quote"])
        if len(found) > 1:
            found = _in_paragraphs(found, search, row)
        if len(found) == 1 and text[slice(*found[0])] == row["quote"]:
            check = Check.EXACT
        yield FoundQuote(row, found, check)


def _in_paragraphs(
    found: list[tuple[int, int]], search: SearchableText, row: QuoteRow
) -> list[tuple[int, int]]:
    """Return the places inside the paragraphs that the row names, where it names any."""
    numbers = [int(number) for number in re.findall(r"\d{1,6}", row["begin"] or row["reference"])]
    last = [int(number) for number in re.findall(r"\d{1,6}", row["end"])] or numbers
    if not numbers:
        return found
    inside = [place for place in found if numbers[0] <= search.paragraph_of(place[0]) <= last[-1]]
    return inside or found
