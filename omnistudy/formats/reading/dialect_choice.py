"""Which way of counting positions a file uses: its program's habit, confirmed or corrected by evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from types import MappingProxyType

from omnistudy.errors import StudyError
from omnistudy.formats.reading.boundary import is_tight
from omnistudy.formats.reading.dialect import (
    CLEAR_GAIN,
    ENOUGH_QUOTATIONS,
    LOWEST_SHARE,
    Dialect,
    Ruler,
    Unit,
    same_words,
)

CLEAR_TIGHTNESS = 0.60
CLEAR_LEAD = 0.30
MOST_TRIED = 4000
FEW_SOURCES = 8


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRules:
    """What a caller decides about a choice, and what is peculiar to a format.

    Parameters
    ----------
    forced
        Parts of the dialect that the caller decides, see ``options.parsed_offsets``.
    strict
        Ask for every stored word.
    bases
        Further numbers that the first position may have.
    """

    forced: Mapping[str, str] = field(default_factory=_nothing)
    strict: bool = False
    bases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A quotation as the file gives it: source, positions, and the words stored beside them."""

    source: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dialect with the share of stored words that it finds, or of spans whose ends are tight."""

    dialect: Dialect
    share: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The dialect taken, the candidates in falling order, and whether the evidence suffices.

    ``proved`` is false with too little evidence, where the habit is kept; ``fits`` is false if even
    the best candidate finds fewer than four in five of the stored words (all of them, if that was
    asked for), or if no candidate stands out by the ends of its spans. ``by`` says what decided:
    ``snippets``, ``boundaries``, ``habit`` or ``forced``.
    """

    dialect: Dialect
    candidates: tuple[Candidate, ...]
    proved: bool
    fits: bool
    by: str = "habit"


def choose_dialect(
    texts: Mapping[str, str],
    canonical: Mapping[str, str],
    spans: Sequence[StoredSpan],
    habit: Dialect,
    rules: ChoiceRules | None = None,
) -> Choice:
    """Test every dialect that makes a difference in these texts against the stored words.

    The program's habit is kept unless another dialect finds at least 5 points more of the words. Where
    fewer than five quotations store their words, the ends of the spans decide: another dialect is
    taken if at least 60 % of its spans are tight (see :func:`is_tight`) and it leads by 30 points.

    Parameters
    ----------
    texts
        Source id to the text as the program holds it.
    canonical
        Source id to the canonical text.
    spans
        The quotations; those without words are no evidence for the words.
    habit
        How the program is known to count.
    rules
        What the caller decides, and what is peculiar to the format.
    """
    rules = rules or ChoiceRules()
    known = [span for span in spans if span.source in texts]
    if rules.forced:
        habit = _forced(habit, rules.forced)
    rivals = [habit] if rules.forced else _rivals(texts, habit, (habit.base, *rules.bases))
    evidence = [span for span in known if span.words.split()]
    enough = len(evidence) >= ENOUGH_QUOTATIONS
    if enough:
        choice = _by_snippets(rivals, texts, canonical, evidence, habit)
        lowest = 1.0 if rules.strict else LOWEST_SHARE
    elif len(known) >= ENOUGH_QUOTATIONS and not rules.forced:
        choice, lowest = _by_boundaries(rivals, texts, canonical, known, habit), 0.0
    else:
        choice = Choice(habit, (Candidate(habit, _share(habit, texts, canonical, evidence)),), False, True)
        lowest = 1.0 if rules.strict and evidence else 0.0
    share = next(candidate.share for candidate in choice.candidates if candidate.dialect == choice.dialect)
    if rules.forced:
        return replace(choice, fits=not rules.strict or share >= lowest, by="forced")
    return replace(choice, fits=choice.fits and share >= lowest)


def contradiction(choice: Choice, file: str) -> StudyError:
    """Return the error of a file whose offsets fit no way of counting."""
    best = "; ".join(f"{each.dialect} finds {each.share:.0%}" for each in choice.candidates[:3])
    against = "the ends of words" if choice.by == "boundaries" else "the words stored beside them"
    return StudyError.of(
        f"The offsets of the quotations do not fit {against}: {best}.",
        "The documents were changed after coding, or the file is damaged: export it again, or say how it"
        " counts with --offsets.",
        file=file,
    )


def _forced(habit: Dialect, forced: Mapping[str, str]) -> Dialect:
    return Dialect(
        unit=Unit(forced.get("unit", habit.unit)),
        newline=int(forced.get("newline", habit.newline)),
        bom_counts=forced["bom"] == "count" if "bom" in forced else habit.bom_counts,
        end_inclusive=forced["end"] == "inclusive" if "end" in forced else habit.end_inclusive,
        base=int(forced.get("base", habit.base)),
    )


def _rivals(texts: Mapping[str, str], habit: Dialect, bases: tuple[int, ...]) -> list[Dialect]:
    """Return the dialects that can give other spans than ``habit`` on these texts, and ``habit``."""
    whole = texts.values()
    units = list(Unit) if any(not text.isascii() for text in whole) else [habit.unit]
    newlines = [1, 2] if any("\r\n" in text for text in whole) else [habit.newline]
    boms = [False, True] if any(text.startswith("\ufeff") for text in whole) else [habit.bom_counts]
    return [
        replace(
            habit,
            unit=unit,
            newline=newline,
            bom_counts=bom,
            end_inclusive=inclusive,
            base=base,
        )
        for unit, newline, bom, inclusive, base in product(
            units, newlines, boms, (False, True), sorted(set(bases))
        )
    ]


def _by_snippets(
    rivals: Sequence[Dialect],
    texts: Mapping[str, str],
    canonical: Mapping[str, str],
    evidence: Sequence[StoredSpan],
    habit: Dialect,
) -> Choice:
    """Choose by the stored words; rivals are first tried on an even sample of them."""
    of_habit = _share(habit, texts, canonical, evidence)
    hopeless = of_habit > 1 - CLEAR_GAIN  # no rival can lead; they are tried for the report only
    tried = _of_few_sources(evidence) if hopeless else _sample(evidence)
    candidates = [
        Candidate(dialect, of_habit if dialect == habit else _share(dialect, texts, canonical, tried))
        for dialect in rivals
    ]
    candidates.sort(key=lambda candidate: (-candidate.share, candidate.dialect != habit))
    best = candidates[0]
    switched = not hopeless and best.share - of_habit >= CLEAR_GAIN
    if not switched:
        return Choice(habit, tuple(candidates), proved=True, fits=True, by="snippets")
    candidates[0] = Candidate(best.dialect, _share(best.dialect, texts, canonical, evidence))
    return Choice(best.dialect, tuple(candidates), proved=True, fits=True, by="snippets")


def _by_boundaries(
    rivals: Sequence[Dialect],
    texts: Mapping[str, str],
    canonical: Mapping[str, str],
    spans: Sequence[StoredSpan],
    habit: Dialect,
) -> Choice:
    """Choose by the ends of the spans; dialects that place every span alike are one candidate."""
    tried = _sample(spans)
    distinct: dict[tuple[tuple[int, int] | None, ...], Dialect] = {}
    for dialect in (habit, *rivals):
        distinct.setdefault(tuple(_places(dialect, texts, tried)), dialect)
    impossible = {dialect: places.count(None) for places, dialect in distinct.items()}
    candidates = [
        Candidate(
            dialect,
            sum(
                place is not None and is_tight(canonical[span.source], *place)
                for span, place in zip(tried, places, strict=True)
            )
            / len(tried),
        )
        for places, dialect in distinct.items()
        if impossible[dialect] <= impossible[habit]
    ]
    candidates.sort(key=lambda candidate: (-candidate.share, candidate.dialect != habit))
    best = candidates[0]
    lead = best.share - candidates[1].share if len(candidates) > 1 else 1.0
    wins = lead >= CLEAR_LEAD and (best.dialect == habit or best.share >= CLEAR_TIGHTNESS)
    chosen = best.dialect if wins else habit
    return Choice(chosen, tuple(candidates), proved=wins, fits=wins, by="boundaries")


def _sample(spans: Sequence[StoredSpan]) -> Sequence[StoredSpan]:
    step = -(-len(spans) // MOST_TRIED)
    return spans if step <= 1 else spans[::step]


def _of_few_sources(spans: Sequence[StoredSpan]) -> Sequence[StoredSpan]:
    sources = list(dict.fromkeys(span.source for span in spans))
    few = set(sources[:: -(-len(sources) // FEW_SOURCES)])
    return _sample([span for span in spans if span.source in few])


def _places(
    dialect: Dialect, texts: Mapping[str, str], spans: Sequence[StoredSpan]
) -> Iterable[tuple[int, int] | None]:
    rulers: dict[str, Ruler] = {}
    for span in spans:
        if span.source not in rulers:
            rulers[span.source] = Ruler(texts[span.source], dialect)
        yield rulers[span.source].span(span.start, span.end)


def _share(
    dialect: Dialect, texts: Mapping[str, str], canonical: Mapping[str, str], evidence: Sequence[StoredSpan]
) -> float:
    if not evidence:
        return 0.0
    return sum(_hits(dialect, texts, canonical, evidence)) / len(evidence)


def _hits(
    dialect: Dialect, texts: Mapping[str, str], canonical: Mapping[str, str], evidence: Sequence[StoredSpan]
) -> list[bool]:
    return [
        place is not None and same_words(canonical[span.source][slice(*place)], span.words)
        for span, place in zip(evidence, _places(dialect, texts, evidence), strict=True)
    ]
