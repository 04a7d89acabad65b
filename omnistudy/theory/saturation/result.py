"""What `saturation` returns: the worked rule, its range over orders, and richness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import factorial
from typing import ClassVar

from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import Block, Label, Message, Provenance, Result, Table, msg
from omnistudy.study.model import Level, Role, Study
from omnistudy.theory.counts.frequencies import incidence, level_targets
from omnistudy.theory.saturation import blocks as saturation_blocks
from omnistudy.theory.saturation import json_object as saturation_json
from omnistudy.theory.saturation.given_frame import given_frame
from omnistudy.theory.saturation.guest_rule import Guest, Occurrence, Rule, guest, stopping_10_3
from omnistudy.theory.saturation.meaning import Meaning, meaning_of
from omnistudy.theory.saturation.orders import EXACT_UP_TO, OrderBand, OrderRange, other_orders
from omnistudy.theory.saturation.richness import (
    Chao,
    CurvePoint,
    chao,
    coverage,
    curve,
    further_units,
)
from omnistudy.theory.terms import analysis_set_words, role_name

GOALS = (0.90, 0.95)
"""Shares of the estimated codes for which the further interviews are worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaturationOptions:
    """How saturation is judged.

    Parameters
    ----------
    bases, runs, thresholds
        Every combination is worked out; the first of each is the headline.
    level
        Level at which codes are counted.
    orders, seed
        Random orders of the interviews; up to 8 interviews every order is taken.
    frame
        Codes that were given to the coders beforehand and therefore cannot saturate; they and what is
        below them are left out.
    """

    bases: tuple[int, ...] = (4, 5, 6)
    runs: tuple[int, ...] = (2, 3)
    thresholds: tuple[float, ...] = (0.05, 0.0)
    level: Level = Level.CODE
    orders: int = 10_000
    seed: int = 1
    frame: frozenset[str] = frozenset()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every (base, run, threshold), the headline first."""
        return tuple((b, r, t) for t in self.thresholds for r in self.runs for b in self.bases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Richness:
    """Codes that more interviews would bring.

    ``further`` holds, for each goal, the exact number of further interviews, 0 if it is reached and
    ``None`` without an estimate.
    """

    estimate: Chao
    coverage: float | None
    curve: tuple[CurvePoint, ...]
    further: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Saturation of some of the codes: those of one role, or of one subcategory."""

    kind: str
    id: str
    name: Message | Label
    codes: int
    new: tuple[int, ...]
    guest: Guest
    coverage: float | None
    estimate: float | None


@dataclass(frozen=True, kw_only=True)
class SaturationResult(Result):
    """Saturation of codes, never of the theory."""

    analysis_set: str | None
    analysis_words: Message
    level: Level | None
    left_out: tuple[str, ...]
    interviews: tuple[str, ...]
    new: tuple[int, ...]
    cumulative: tuple[int, ...]
    guest: tuple[Guest, ...]
    orders: tuple[OrderRange, ...]
    band: OrderBand | None
    n_orders: int
    exact_orders: bool
    stopping: int | None
    richness: Richness
    parts: tuple[Part, ...]
    meaning: tuple[Meaning, ...]
    command: ClassVar[str] = "saturation"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Saturation of the codes")

    @property
    def headline(self) -> Guest:
        """The first combination of base, run and threshold."""
        return self.guest[0]

    def ranges(self, rule: Guest) -> dict[str, OrderRange]:
        """Return the first and the sustained range over orders of a rule; empty where it has none."""
        same = (rule.base, rule.run, rule.threshold)
        return {
            found.rule: found for found in self.orders if (found.base, found.run, found.threshold) == same
        }

    @property
    def summary(self) -> Message:
        """Say where the codes saturate: as held, sustained, and over orders."""
        return saturation_blocks.sentence(self)

    def payload(self) -> dict[str, object]:
        """Return the JSON object of the contract."""
        return saturation_json.payload(self)

    def tables(self) -> tuple[Table, ...]:
        """Return new codes, the rule, its range over orders, richness and the parts."""
        return saturation_blocks.tables(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return saturation_blocks.blocks(self)


def saturation_of(study: Study, options: SaturationOptions, provenance: Provenance) -> SaturationResult:
    """Judge the saturation of the codes of ``study``, on its analysis set, in interview order.

    In an informed study the frame of the reference is left out together with the frame of the options.

    Parameters
    ----------
    study
        The study.
    options
        Base sizes, runs, thresholds, level, orders and codes that were given beforehand.
    provenance
        Where the result comes from.

    Returns
    -------
    SaturationResult
        New codes per interview, the rule as held and over orders, richness, parts and meaning; what cannot
        be judged is ``None`` with its reason.

    Raises
    ------
    StudyError
        When the frame names a code that the codebook lacks.

    Examples
    --------
    The shipped demonstration study, which is synthetic, by the rule of Guest, Namey & Chen (2020),
    doi:10.1371/journal.pone.0232076, with base 4, run 2 and threshold .05:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = saturation_of(study, SaturationOptions(orders=100), provenance_of(study))
    >>> rule = result.headline
    >>> (rule.base, rule.run, rule.threshold), rule.base_codes, rule.first, rule.sustained
    ((4, 2, 0.05), 39, 10, 10)
    >>> result.new
    (12, 7, 8, 12, 2, 3, 3, 1, 3, 1, 1, 0, 0, 0)
    """
    book = study.codebook
    for name in sorted(options.frame - set(book.by_id)):
        remedy = did_you_mean(name, book.by_id) or "Use ids of the codebook."
        raise StudyError.of(f"There is no code '{name}' in this study.", remedy)
    frame = options.frame | given_frame(study)
    framed = {code.id for code in book if not frame.isdisjoint((code.id, *book.ancestors(code.id)))}
    codes, targets = level_targets(study, options.level)
    kept = [code for code in codes if code not in framed]
    counts = incidence(study, kept, {code: () if code in framed else to for code, to in targets.items()})
    labels = tuple(Label(code, book[code].label.texts) for code in kept)
    occurrence = Occurrence(counts.interviews, labels, counts.present)
    return replace(
        saturation_of_table(occurrence, options, provenance),
        analysis_set=study.analysis_set,
        analysis_words=analysis_set_words(study),
        level=options.level,
        left_out=tuple(code.id for code in book if code.id in framed),
        parts=tuple(_parts(study, occurrence, options)),
        meaning=meaning_of(study, framed),
    )


def saturation_of_table(
    occurrence: Occurrence, options: SaturationOptions, provenance: Provenance
) -> SaturationResult:
    """Judge the saturation of a bare table of interviews and codes, in its order.

    Parameters
    ----------
    occurrence
        Which interview holds which code, T interviews by C codes.
    options
        Base sizes, runs, thresholds and orders; level and frame need a study.
    provenance
        Where the result comes from.

    Returns
    -------
    SaturationResult
        As for a study, without parts and meaning.

    References
    ----------
    Guest, Namey & Chen (2020), A simple method to assess and report thematic saturation in qualitative
    research, doi:10.1371/journal.pone.0232076; the sources of richness stand in
    :mod:`omnistudy.theory.saturation.richness`.

    Examples
    --------
    Eight interviews bring 6 6 4 6 0 1 1 0 new codes, as in
    :func:`~omnistudy.theory.saturation.guest_rule.guest`:

    >>> from omnistudy.study.provenance import provenance_of
    >>> from omnistudy.theory.saturation.guest_rule import occurrence_of_rows
    >>> rows, codes = [], 0
    >>> for at, fresh in enumerate([6, 6, 4, 6, 0, 1, 1, 0], start=1):
    ...     rows += [(f"P{at}", "") ] + [(f"P{at}", f"code {codes + n}") for n in range(fresh)]
    ...     codes += fresh
    >>> options = SaturationOptions(bases=(4,), runs=(2,), thresholds=(0.05,), orders=100)
    >>> result = saturation_of_table(occurrence_of_rows(rows), options, provenance_of())
    >>> result.headline.first, result.headline.sustained
    (4, 6)
    """
    new, cumulative = occurrence.new, occurrence.cumulative
    others = other_orders(occurrence.present, options.rules, orders=options.orders, seed=options.seed)
    exact = len(occurrence.interviews) <= EXACT_UP_TO
    return SaturationResult(
        provenance=provenance,
        analysis_set=None,
        analysis_words=msg("the codes of the table"),
        level=None,
        left_out=(),
        interviews=occurrence.interviews,
        new=tuple(int(n) for n in new),
        cumulative=tuple(int(n) for n in cumulative),
        guest=tuple(guest(cumulative, *rule) for rule in options.rules),
        orders=others.ranges,
        band=others.band,
        n_orders=factorial(len(occurrence.interviews)) if exact else options.orders,
        exact_orders=exact,
        stopping=stopping_10_3(new),
        richness=richness_of(occurrence),
        parts=(),
        meaning=(),
    )


def richness_of(occurrence: Occurrence) -> Richness:
    """Return Chao2, coverage, the curve and the further interviews needed."""
    frequencies = occurrence.frequencies
    units = len(occurrence.interviews)
    estimate = chao(units, len(frequencies), int((frequencies == 1).sum()), int((frequencies == 2).sum()))
    return Richness(
        estimate=estimate,
        coverage=coverage(estimate, int(frequencies.sum())),
        curve=curve(frequencies, units),
        further=tuple((goal, further_units(estimate, goal)) for goal in GOALS),
    )


def _parts(study: Study, occurrence: Occurrence, options: SaturationOptions) -> Iterator[Part]:
    """Yield the roles, then the subcategories where codes are counted below them."""
    book = study.codebook
    codes = [code.id for code in occurrence.codes]
    for role in Role:
        own = [code for code in codes if book.role_of(code) is role]
        if own:
            yield _part(occurrence.only(own), options, ("role", str(role), role_name(role)))
    if options.level is not Level.CODE:
        return
    branches: dict[str, list[str]] = {}
    for code in codes:
        above = book.rolled_up(code, Level.SUBCATEGORY)
        if above != code:
            branches.setdefault(above, []).append(code)
    for above, own in branches.items():
        yield _part(occurrence.only(own), options, ("subcategory", above, book[above].label))


def _part(some: Occurrence, options: SaturationOptions, name: tuple[str, str, Message | Label]) -> Part:
    richness = richness_of(some)
    return Part(
        kind=name[0],
        id=name[1],
        name=name[2],
        codes=len(some.frequencies),
        new=tuple(int(n) for n in some.new),
        guest=guest(some.cumulative, *options.rules[0]),
        coverage=richness.coverage,
        estimate=richness.estimate.estimate,
    )
