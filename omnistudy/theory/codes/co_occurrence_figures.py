"""Codes that stand on the same words, drawn: as a network, and as a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.pictures import Heatmap, Network, NetworkNode
from omnistudy.results import Figure, Kind, msg
from omnistudy.theory.terms import ROLE_NAMES, count

if TYPE_CHECKING:
    from omnistudy.theory.codes.result import CodesResult

MOST_CODES = 30
"""Codes in a picture; more cannot be told apart."""


def co_occurrence_figures(result: CodesResult) -> tuple[Figure, ...]:
    """Draw the codes with the most overlaps; no picture where fewer than three codes overlap."""
    overlaps = {(pair.first, pair.second): pair.overlaps for pair in result.co_occurrence if pair.overlaps}
    strength: dict[str, int] = {}
    for pair, number in overlaps.items():
        for code in pair:
            strength[code] = strength.get(code, 0) + number
    kept = set(sorted(strength, key=lambda code: (-strength[code], code))[:MOST_CODES])
    if len(kept) < 3:
        return ()
    codes = tuple(row.code for row in result.codes if row.code in kept)
    shown = {pair: number for pair, number in overlaps.items() if kept.issuperset(pair)}
    return (_network(result, codes, shown, len(strength)), _matrix(result, codes, shown, len(strength)))


def _network(
    result: CodesResult, codes: tuple[str, ...], overlaps: dict[tuple[str, str], int], all_codes: int
) -> Figure:
    rows = {row.code: row for row in result.codes}
    roles = {row.role for row in (rows[code] for code in codes)}
    return Figure(
        name="co_occurrence_network",
        picture=Network(
            nodes=tuple(
                NetworkNode(
                    id=code,
                    label=rows[code].label,
                    size=float(rows[code].quotations),
                    group=str(rows[code].role or ""),
                )
                for code in codes
            ),
            links=tuple((first, second, float(number)) for (first, second), number in overlaps.items()),
            axis=msg("Overlaps"),
            size_axis=msg("Quotations"),
            groups=tuple((str(role), name) for role, name in ROLE_NAMES.items() if role in roles),
            kind=Kind.COUNT,
        ),
        caption=msg(
            "Network of the codes that stand together: {shown} of {codes} codes. Standing together is no cause.",
            shown=count(len(codes)),
            codes=count(all_codes),
        ),
        alt=msg(
            "Network of {codes} codes with {links} links; the matrix after it has the same numbers.",
            codes=count(len(codes)),
            links=count(len(overlaps)),
        ),
    )


def _matrix(
    result: CodesResult, codes: tuple[str, ...], overlaps: dict[tuple[str, str], int], all_codes: int
) -> Figure:
    both = overlaps | {(second, first): number for (first, second), number in overlaps.items()}
    labels = tuple(result.labels[code] for code in codes)
    return Figure(
        name="co_occurrence_matrix",
        picture=Heatmap(
            rows=labels,
            columns=labels,
            # A code does not stand together with itself: its own cell has no value.
            values=tuple(
                tuple(None if row == column else float(both.get((row, column), 0)) for column in codes)
                for row in codes
            ),
            axis=msg("Overlaps"),
        ),
        caption=msg(
            "Overlapping quotations of each pair of codes: {shown} of {codes} codes",
            shown=count(len(codes)),
            codes=count(all_codes),
        ),
        alt=msg(
            "Matrix of {codes} codes by the same codes; each cell is the number of overlapping quotations.",
            codes=count(len(codes)),
        ),
    )
