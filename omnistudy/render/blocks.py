"""What all renderers of blocks must agree on."""

from __future__ import annotations

from collections.abc import Sequence

from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.results import InputFile, Kind, Provenance, Quote, Result

NUMERIC = frozenset(
    {Kind.COUNT, Kind.COEFFICIENT, Kind.NUMBER, Kind.SHARE, Kind.PERCENT_POINTS, Kind.P_VALUE}
)
"""Columns that are set flush right, digit under digit."""


def source_of(quote: Quote, language: Language) -> str:
    """Return where a passage stands and who coded it how: ``P03, 120–158, Speaker · c1, c2 · trust``."""
    comma = "، " if language.is_rtl else ", "
    place = language.text(words.place_of(quote))
    coders = comma.join(language.text(words.coder_name(coder)) for coder in quote.coders)
    codes = comma.join(language.isolated(language.label(code)) for code in quote.codes)
    return " · ".join(part for part in (place, coders, codes) if part)


def is_synthetic(results: Sequence[Result]) -> bool:
    """Whether any result rests on made-up data, which puts the watermark on the whole output."""
    return any(result.provenance.synthetic for result in results)


def inputs_of(results: Sequence[Result]) -> tuple[InputFile, ...]:
    """Return the input files of all results, each once, in order of their first use."""
    return tuple(dict.fromkeys(item for result in results for item in result.provenance.inputs))


def origins_of(results: Sequence[Result]) -> tuple[Provenance, ...]:
    """Return the differing provenances of all results; inputs aside, mostly a single one."""
    seen: dict[tuple[str, str, int | None], Provenance] = {}
    for result in results:
        origin = result.provenance
        seen.setdefault((origin.version, origin.command, origin.seed), origin)
    return tuple(seen.values())
