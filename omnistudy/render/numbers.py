"""Numbers as people read them: the one place where anything is rounded."""

from __future__ import annotations

import math

from omnistudy.results import LEAST_P, Kind

PERSIAN_DIGITS = frozenset({"fa"})
"""Languages that write ۰–۹ where nobody asks otherwise."""
_PERSIAN = str.maketrans(
    {**{str(digit): chr(0x06F0 + digit) for digit in range(10)}, ".": "٫", ",": "٬", "%": "٪"}
)
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def latin_number(value: float, kind: Kind) -> str:
    """Write a number with Latin digits and a true minus sign (U+2212).

    Counts are grouped (``1,234``), coefficients have three decimals (``0.712``), shares and
    percentages one (``12.5%``), other numbers four significant digits. The p of a test has three decimals,
    four below 0.001, and is never written as 0 (``< 0.0001``).

    Raises
    ------
    ValueError
        For NaN and infinities.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that can be shown; undefined values need a reason")
    match kind:
        case Kind.COUNT:
            text = f"{value:,.0f}"
        case Kind.COEFFICIENT:
            text = f"{value:.3f}"
        case Kind.SHARE:
            text = f"{100 * value:,.1f}%"
        case Kind.PERCENT_POINTS:
            text = f"{value:,.1f}%"
        case Kind.P_VALUE:
            text = _p_value(value)
        case _:
            text = _significant(value)
    negative = text.startswith("-") and any(digit in text for digit in "123456789")
    return ("\u2212" if negative else "") + text.removeprefix("-")


def _p_value(value: float) -> str:
    if value < LEAST_P:
        return f"< {LEAST_P}"
    return f"{value:.4f}" if value < 0.001 else f"{value:.3f}"


def _significant(value: float) -> str:
    """Write four significant digits, thousands grouped, and powers of ten only where needed."""
    if value == 0 or 1e-4 <= abs(value) < 1000:
        return f"{value:.4g}"
    if 1000 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def to_persian_digits(text: str) -> str:
    """Replace Latin digits, decimal point, grouping comma and percent sign by the Persian ones."""
    return text.translate(_PERSIAN)
