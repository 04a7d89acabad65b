"""Rows that analyses do not see, counted by kind; and what each kind means."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Message, msg

DUPLICATES = "duplicate:row"
BEFORE, AFTER = "before_window", "after_window"


@dataclass(frozen=True, slots=True)
class SetAside:
    """One kind of problem: its code, its words, how many rows, and the first of them.

    ``rows`` are 1-based numbers of data rows, without a header. Duplicates are counted here and kept.
    """

    kind: str
    what: Message
    count: int
    rows: tuple[int, ...]

    @property
    def kept(self) -> bool:
        """Whether the rows are only reported and not set aside."""
        return self.kind == DUPLICATES


def reason_words(kind: str) -> Message:
    """Say what a kind of problem, ``kind:field``, means."""
    name, _, field = kind.partition(":")
    words = {
        "missing": msg("{field} is empty", field=field),
        "unreadable": msg("{field} cannot be read", field=field),
        "impossible": msg("{field} is a day that does not exist or lies outside 1920 to 2059", field=field),
        "no_time": msg("{field} has a time of day that cannot be read or does not exist", field=field),
        "before_opened": msg("{field} is earlier than opened", field=field),
        "before_since": msg("{field} is earlier than since", field=field),
        "off_scale": msg("{field} is outside its scale", field=field),
        "negative": msg("{field} is negative", field=field),
        BEFORE: msg("earlier than the window that was asked for"),
        AFTER: msg("later than the window that was asked for"),
        "duplicate": msg("same as an earlier row in every field; kept"),
    }
    return words[name]
