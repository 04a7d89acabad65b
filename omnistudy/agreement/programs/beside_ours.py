"""What other programs would print for a study, beside our own numbers, and why they differ.

They count the whole file with the interviewer's words, code by code and file by file, two coders at a
time, and leave the averaging to the reader. So the table shows the mean of what they would print, and
how far the single values are apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.segments import segment_match
from omnistudy.agreement.passages.spans import SpanRatings, span_ratings
from omnistudy.agreement.programs.vendors import cohen_of_table, qualcoder_kappa
from omnistudy.agreement.ratings.rating_table import MISSING, PRESENT, FloatArray, IntArray, SetRatings
from omnistudy.agreement.sources.from_study import StudyRatings, select
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.model import Study

MAXQDA_OVERLAP = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRow:
    """What one program would print.

    Parameters
    ----------
    program, measure
        Its name, and the name it gives to the number.
    mean, lowest, highest
        Over everything it would print; ``None`` where it prints nothing. Percentages are shares here.
    values
        How many numbers it would print.
    share
        Whether the number is a percentage.
    why
        Why it is not ours.
    """

    program: str
    measure: Message
    mean: float | None
    lowest: float | None
    highest: float | None
    values: int
    share: bool
    why: Message

    def as_json(self) -> dict[str, object]:
        """The row as JSON values."""
        return {
            "program": self.program,
            "measure": str(self.measure),
            "mean": self.mean,
            "lowest": self.lowest,
            "highest": self.highest,
            "values": self.values,
            "why": str(self.why),
        }


def programs_of_study(study: Study, found: StudyRatings, options: AgreementOptions) -> tuple[ProgramRow, ...]:
    """Return what NVivo, MAXQDA, ATLAS.ti, QualCoder and SPSS would print.

    Parameters
    ----------
    study
        The study.
    found
        Its ratings at the headline level, which a table for SPSS would hold.
    options
        Round; unit and level are what each program takes.
    """
    spans = _on_whole_files(study, options)
    pairs = list(combinations(range(len(spans.coders)), 2))
    cells = [cells_of_pair(spans, g, h) for g, h in pairs]
    tables = np.concatenate([part.reshape(-1, 4) for part in cells]) if cells else np.zeros((0, 4))
    coded = tables[tables[:, :3].sum(axis=1) > 0]
    return (*_nvivo(tables), *_maxqda(spans, pairs), _atlas(coded),
            _qualcoder(coded), _spss(found.ratings))  # fmt: skip


def _on_whole_files(study: Study, options: AgreementOptions) -> SpanRatings:
    """Return the codings as they were made, on everything a file holds: names of speakers, empty lines."""
    chosen = select(study, options.round)
    place = {name: i for i, name in enumerate(chosen.interviews)}
    coder = {name: g for g, name in enumerate(chosen.coders)}
    used = {coding.code for coding in chosen.codings}
    codes = [code.id for code in study.codebook if code.id in used]
    which = {name: c for c, name in enumerate(codes)}
    rows = [
        (place[c.quotation.interview], coder[c.coder], which[c.code], c.quotation.start, c.quotation.end)
        for c in chosen.codings
    ]
    seen = [[(i, g) in chosen.seen for g in chosen.coders] for i in chosen.interviews]
    return span_ratings(
        coders=chosen.coders,
        codes=codes,
        interviews=chosen.interviews,
        lengths=np.array([len(study.interview[name].text) for name in chosen.interviews], np.int64),
        seen=np.array(seen, np.bool_).reshape(len(chosen.interviews), len(chosen.coders)),
        rows=np.array(rows, np.int64),
    )


def cells_of_pair(spans: SpanRatings, first: int, second: int) -> FloatArray:
    """Return (I, C, 4) characters that both, only the first, only the second, and neither marked.

    Interviews that only one of the two saw are left out. One coder's passages of a code do not overlap,
    so shared characters are sums over pairs of passages.
    """
    both = np.flatnonzero(spans.seen[:, first] & spans.seen[:, second])
    codes = len(spans.codes)
    lane = spans.interview * codes + spans.code
    lanes = len(spans.interviews) * codes
    sizes = []
    for coder in (first, second):
        own = spans.coder == coder
        sizes.append(np.bincount(lane[own], (spans.end - spans.start)[own], lanes))
    shared = np.bincount(*_shared(spans, lane, first, second), lanes)
    length = np.repeat(spans.lengths, codes)
    table = np.stack([shared, sizes[0] - shared, sizes[1] - shared, length - sizes[0] - sizes[1] + shared], 1)
    return np.asarray(table.reshape(len(spans.interviews), codes, 4)[both], np.float64)


def _shared(spans: SpanRatings, lane: IntArray, first: int, second: int) -> tuple[IntArray, IntArray]:
    """Return lane and length of every overlap of a passage of one coder with one of the other."""
    step = int(spans.lengths.max(initial=0)) + 1
    start, end = spans.start + lane * step, spans.end + lane * step
    these = np.flatnonzero(spans.coder == first)
    those = np.flatnonzero(spans.coder == second)
    those = those[np.argsort(start[those])]
    left = np.searchsorted(end[those], start[these], side="right")
    met = np.maximum(np.searchsorted(start[those], end[these], side="left") - left, 0)
    owner = np.repeat(these, met)
    other = those[np.repeat(left, met) + np.arange(len(owner)) - np.repeat(np.cumsum(met) - met, met)]
    return lane[owner], np.minimum(end[owner], end[other]) - np.maximum(start[owner], start[other])


def _row(
    program: str, measure: Message, values: Iterable[float | None], why: Message, *, share: bool = False
) -> ProgramRow:
    shown = [value for value in values if value is not None]
    return ProgramRow(
        program=program,
        measure=measure,
        mean=float(np.mean(shown)) if shown else None,
        lowest=min(shown, default=None),
        highest=max(shown, default=None),
        values=len(shown),
        share=share,
        why=why,
    )


def _nvivo(tables: FloatArray) -> tuple[ProgramRow, ProgramRow]:
    total = np.maximum(tables.sum(axis=1), 1)
    kappas = [1.0 if not (a or b or c) else cohen_of_table(a, b, c, d) for a, b, c, d in tables.tolist()]
    return (
        _row(
            "NVivo",
            msg("percentage agreement per code and file"),
            ((tables[:, 0] + tables[:, 3]) / total).tolist(),
            msg(
                "The unit is the character and the whole file counts, so text that neither coder marked is"
                " agreement and long texts look good."
            ),
            share=True,
        ),
        _row(
            "NVivo",
            msg("kappa per code and file"),
            kappas,
            msg(
                "Cohen's kappa over characters. It shows 1 where neither coder used the code in the file, and 0"
                " where only one of them did; both enter this mean."
            ),
        ),
    )


def _maxqda(spans: SpanRatings, pairs: Sequence[tuple[int, int]]) -> tuple[ProgramRow, ProgramRow]:
    found = [segment_match(spans, g, h, MAXQDA_OVERLAP) for g, h in pairs]
    return (
        _row(
            "MAXQDA",
            msg("percentage of segments per pair of coders"),
            (match.percent for match in found),
            msg(
                "The unit is the coded segment, and a segment agrees when the other coder has one with the same"
                " code and at least {share} overlap; text that nobody coded does not exist.",
                share=Number(MAXQDA_OVERLAP, Kind.SHARE),
            ),
            share=True,
        ),
        _row(
            "MAXQDA",
            msg("kappa per pair of coders"),
            (match.brennan_prediger for match in found),
            msg(
                "Brennan–Prediger with chance 1/{codes}, one over the number of codes in use: hardly any chance"
                " is taken off.",
                codes=Number(len(spans.codes), Kind.COUNT),
            ),
        ),
    )


def _atlas(coded: FloatArray) -> ProgramRow:
    return _row(
        "ATLAS.ti",
        msg("Holsti index per code and document"),
        (2 * a / (2 * a + b + c) for a, b, c, _ in coded.tolist()),
        msg(
            "Characters that both marked, over all that either marked, not corrected for chance. Its"
            " Krippendorff family counts characters as well and asks for domains of codes that exclude each other."
        ),
        share=True,
    )


def _qualcoder(coded: FloatArray) -> ProgramRow:
    return _row(
        "QualCoder",
        msg("kappa per code and file"),
        (qualcoder_kappa(*cells) for cells in coded.tolist()),
        msg(
            "Text that neither coder marked is left out, and the two chances are multiplied where Cohen's kappa"
            " adds them: the number is no kappa."
        ),
    )


def _spss(ratings: SetRatings) -> ProgramRow:
    present = _by_state(ratings)
    values = []
    for g, h in combinations(range(len(ratings.coders)), 2):
        for a, b, c, d in _unit_tables(ratings, present, g, h).tolist():
            # a table with a constant coder has no second row or column, and nothing is printed for it
            values.append(None if not (a + b and c + d and a + c and b + d) else cohen_of_table(a, b, c, d))
    return _row(
        "SPSS",
        msg("Crosstabs kappa per code and pair of coders"),
        values,
        msg(
            "Cohen's kappa on our own units, code by code for two coders at a time. It prints none where a coder"
            " used the code nowhere or everywhere, so codes that went wrong badly drop out of this mean. Its"
            " significance tests agreement by chance only."
        ),
    )


def _by_state(ratings: SetRatings) -> FloatArray:
    return np.asarray(ratings.states == PRESENT, np.float64)


def _unit_tables(ratings: SetRatings, present: FloatArray, first: int, second: int) -> FloatArray:
    """Return (C, 4) units that both, one only, the other only, and neither gave the code."""
    one, other = ratings.index[first], ratings.index[second]
    both = (one != MISSING) & (other != MISSING)
    weight = np.ones(len(one)) if ratings.frame.weight is None else ratings.frame.weight.astype(np.float64)
    joint = one[both].astype(np.int64) * len(present) + other[both]
    kinds, inverse = np.unique(joint, return_inverse=True)
    times = np.bincount(inverse, weight[both], len(kinds))[:, None]
    left, right = kinds // len(present), kinds % len(present)
    asked = ((ratings.states[left] != MISSING) & (ratings.states[right] != MISSING)) * times
    mine, theirs = present[left], present[right]
    cells = [mine * theirs, mine * (1 - theirs), (1 - mine) * theirs, (1 - mine) * (1 - theirs)]
    return np.stack([(cell * asked).sum(axis=0) for cell in cells], axis=1)
