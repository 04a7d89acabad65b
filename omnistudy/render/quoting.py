"""How much of a passage a document shows: one policy for every format that people read.

Analyses hand over whole passages. What a document prints of them is the reader's decision
(``[report] quotes`` and ``--quotes``): a thesis may print them in full, a public report their first
words, and a report to the organisation only where they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from omnistudy.render import words
from omnistudy.render.context import RenderContext
from omnistudy.render.language import Language
from omnistudy.render.untrusted import visible
from omnistudy.results import Message, Quote

SHORT_WORDS = 12
"""Words that a shortened passage keeps."""

SHORT_CHARACTERS = 120
"""Code points that a shortened passage keeps where its words are very long or it has no blanks."""

_WORD = re.compile(r"\S+")
_JOINERS = "\u200c\u200d"


def shown_quote(quote: Quote, context: RenderContext) -> Quote:
    """Return the passage as a document shows it: whole, its first words, or without its text.

    Interview, place, speaker, coders and codes stay. Under the policy ``none`` the text is empty, and
    a renderer then prints only :func:`omnistudy.render.blocks.source_of`.
    """
    match context.quotes:
        case "full":
            return quote
        case "short":
            return replace(quote, text=beginning(quote.text))
        case "none":
            return replace(quote, text="")


def quote_cell(quote: Quote, context: RenderContext, language: Language) -> str:
    """Return the text of a table cell: the passage by policy, or its place in brackets."""
    if context.quotes == "none":
        return f"[{language.text(words.place_of(quote))}]"
    return visible(shown_quote(quote, context).text)


def policy_note(context: RenderContext) -> Message | None:
    """Return the sentence that tells a reader that passages are not printed in full."""
    return {"full": None, "short": words.QUOTES_SHORT, "none": words.QUOTES_NONE}[context.quotes]


def beginning(text: str) -> str:
    """Return the first twelve words and an ellipsis, or the whole text where it is no longer.

    A text without blanks is cut after 120 code points, never between a letter and its marks.
    """
    words = list(_WORD.finditer(text))
    end = words[SHORT_WORDS - 1].end() if len(words) > SHORT_WORDS else len(text)
    if end > SHORT_CHARACTERS:
        end = SHORT_CHARACTERS
        while end < len(text) and _belongs_to_the_letter_before(text[end]):
            end += 1
    return text if end >= len(text) else f"{text[:end].rstrip()} …"


def _belongs_to_the_letter_before(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character).startswith("M")


def limited(
    quotes: Sequence[Quote], context: RenderContext, left_out: int = 0
) -> tuple[tuple[Quote, ...], int, int]:
    """Return the passages that a list shows, and how many it does not, in two counts.

    Parameters
    ----------
    quotes
        All passages of a list.
    context
        Its ``quote_limit`` and its policy.
    left_out
        Passages that the analysis itself did not hand over.

    Returns
    -------
    shown, beyond_limit, left_out
        ``beyond_limit`` passages were handed over and stand in the spreadsheet report
        (:func:`omnistudy.render.words.quotations_in_spreadsheet`); ``left_out`` is the count given.
    """
    shown = tuple(shown_quote(quote, context) for quote in quotes[: context.quote_limit])
    return shown, max(0, len(quotes) - context.quote_limit), left_out
