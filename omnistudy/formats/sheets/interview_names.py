"""Which interview of a study a table means: by name, by another spelling of it, or by its number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from omnistudy.formats.reading.interview_ids import safe_id
from omnistudy.formats.sheets.quote_search import SearchableText
from omnistudy.text.keys import match_key

FEWEST_WORDS = 4  # of a quote that tells which transcript it comes from
MOST_QUOTES = 5  # that are looked for, per interview
_NUMBER = re.compile(r"\d{1,9}")
_Key = TypeVar("_Key", str, int)


class InterviewNames:
    """The interviews of a study and the names that stand for them.

    Parameters
    ----------
    texts
        Name of an interview, or of its document elsewhere, to its canonical text.
    excerpts
        Names among ``texts`` that are single statements and no running text.
    """

    def __init__(self, texts: Mapping[str, str], excerpts: frozenset[str]) -> None:
        self._texts = texts
        self._excerpts = excerpts

    def name_of(self, name: str, *, by_number: bool = True) -> str | None:
        """Return the name in the study, ``None`` where none fits or several do.

        A bare number means the interview whose name holds that number and no other, if only one does.
        """
        if name in self._texts:
            return name
        for key, index in ((safe_id(name).casefold(), self._by_file_name), (match_key(name), self._by_key)):
            if (found := index.get(key)) is not None:
                return found
        number = match_key(name)
        return self._by_number.get(int(number)) if by_number and _is_number(number) else None

    def holding(self, quotes: Iterable[str]) -> str | None:
        """Return the only interview in which one of the longer quotes stands, among the first few."""
        telling = [quote for quote in quotes if len(quote.split()) >= FEWEST_WORDS][:MOST_QUOTES]
        found = {
            name for name, search in self._running.items() if any(search.find(quote) for quote in telling)
        }
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _by_file_name(self) -> Mapping[str, str]:
        return {safe_id(known).casefold(): known for known in self._texts}

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        return self._unique((match_key(known), known) for known in self._texts)

    @cached_property
    def _by_number(self) -> Mapping[int, str]:
        numbered = ((_NUMBER.findall(match_key(known)), known) for known in self._running)
        return self._unique((int(numbers[0]), known) for numbers, known in numbered if len(numbers) == 1)

    @cached_property
    def _running(self) -> Mapping[str, SearchableText]:
        """Running texts, each under the first of its names."""
        first: dict[str, str] = {}
        for name, text in self._texts.items():
            if name not in self._excerpts:
                first.setdefault(text, name)
        return {name: SearchableText(text) for text, name in first.items()}

    def _unique(self, pairs: Iterable[tuple[_Key, str]]) -> Mapping[_Key, str]:
        """Return keys that mean one text only."""
        found: dict[_Key, str] = {}
        ambiguous: set[_Key] = set()
        for key, name in pairs:
            if key in found and self._texts[found[key]] != self._texts[name]:
                ambiguous.add(key)
            found.setdefault(key, name)
        return {key: name for key, name in found.items() if key not in ambiguous}


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= 9
