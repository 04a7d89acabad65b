"""The pictures of `saturation`: new codes, and the curve of codes with its bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.pictures import Bars, Lines, Series
from omnistudy.results import Figure, Kind, Label, Message, Number, msg
from omnistudy.theory.terms import count

if TYPE_CHECKING:
    from omnistudy.theory.saturation.result import SaturationResult
    from omnistudy.theory.saturation.richness import CurvePoint


def figures(result: SaturationResult) -> list[Figure]:
    """Return the bars of new codes and the curve; the curve needs two interviews."""
    drawn = [_bars(result)]
    return [*drawn, _curve(result)] if len(result.interviews) > 1 else drawn


def _bars(result: SaturationResult) -> Figure:
    return Figure(
        name="new_codes",
        picture=Bars(
            labels=tuple(Label(name) for name in result.interviews),
            values=tuple(float(n) for n in result.new),
            axis=msg("New codes"),
        ),
        caption=msg("New codes in each interview, in the order of the interviews"),
        alt=msg(
            "Bars of new codes per interview: {first} in the first and {last} in the last; {total} in all.",
            first=count(result.new[0]),
            last=count(result.new[-1]),
            total=count(result.cumulative[-1]),
        ),
    )


def _curve(result: SaturationResult) -> Figure:
    places = tuple(float(n) for n in range(1, len(result.interviews) + 1))
    curves = [
        Series(
            name=msg("codes seen so far, in the order of the interviews"),
            places=places,
            values=tuple(float(n) for n in result.cumulative),
            marked=True,
        )
    ]
    if result.band is not None:
        curves.append(
            Series(
                name=_orders(result),
                places=places,
                values=tuple(float(n) for n in result.band.median),
                lows=tuple(float(n) for n in result.band.low),
                highs=tuple(float(n) for n in result.band.high),
            )
        )
    expected = result.richness.curve
    if expected:
        curves.append(_expected(expected))
    return Figure(
        name="saturation",
        picture=Lines(series=tuple(curves), across=msg("Interviews"), axis=msg("Codes"), kind=Kind.COUNT),
        caption=msg("Codes seen after so many interviews, in their own order, in other orders, and beyond"),
        alt=_alt(result, expected),
    )


def _orders(result: SaturationResult) -> Message:
    if result.exact_orders:
        return msg(
            "in all {orders} orders: the median, and the band from 5 % to 95 % of the orders",
            orders=count(result.n_orders),
        )
    return msg(
        "in {orders} random orders: the median, and the band from 5 % to 95 % of the orders",
        orders=count(result.n_orders),
    )


def _expected(points: tuple[CurvePoint, ...]) -> Series:
    return Series(
        name=msg("to be expected after fewer and after more interviews like these, with the 95 % interval"),
        places=tuple(float(point.units) for point in points),
        values=tuple(point.classes for point in points),
        lows=tuple(point.low for point in points),
        highs=tuple(point.high for point in points),
        dashed=True,
    )


def _alt(result: SaturationResult, expected: tuple[CurvePoint, ...]) -> Message:
    seen, held = count(result.cumulative[-1]), count(len(result.interviews))
    if not expected:
        return msg("Curve of codes: {seen} after {held} interviews.", seen=seen, held=held)
    return msg(
        "Curve of codes: {seen} after {held} interviews; {expected} are to be expected after {further}.",
        seen=seen,
        held=held,
        expected=Number(expected[-1].classes),
        further=count(expected[-1].units),
    )
