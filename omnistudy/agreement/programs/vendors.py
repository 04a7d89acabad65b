"""What other programs print for the same codings, and why it differs.

The formulas are reconstructed from manuals and source code (QualCoder), for a 2 × 2 table of
characters per code: a both coders, b and c one only, d neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Message, msg


@dataclass(frozen=True, slots=True)
class VendorValue:
    """What a program would print; ``value`` is ``None`` where it prints nothing or divides by zero."""

    program: str
    measure: str
    value: float | None
    why: Message


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def cohen_of_table(a: float, b: float, c: float, d: float) -> float | None:
    """Cohen's kappa of a 2 × 2 table; ``None`` where chance agreement is 1."""
    n = a + b + c + d
    if not n:
        return None
    expected = ((a + b) * (a + c) + (c + d) * (b + d)) / n**2
    return ((a + d) / n - expected) / (1 - expected) if expected < 1 else None


def qualcoder_prints(a: float, b: float, c: float, d: float) -> float | None:
    """QualCoder's "kappa" as it stands on the screen, with four decimals."""
    value = qualcoder_kappa(a, b, c, d)
    return None if value is None else round(value, 4)


def qualcoder_kappa(a: float, b: float, c: float, d: float) -> float | None:
    """QualCoder's "kappa": text that nobody coded is ignored, and the two chances are multiplied.

    Cohen's kappa adds them. To be explained, not to be reported.
    """
    del d
    n = a + b + c
    if not n:
        return None
    yes, no = (a + b) / n * ((a + c) / n), c / n * (b / n)
    expected = yes * no
    return (a / n - expected) / (1 - expected)


def vendor_values(a: float, b: float, c: float, d: float, codes: int) -> tuple[VendorValue, ...]:
    """Return what four programs would show for one code of one text and two coders.

    Parameters
    ----------
    a, b, c, d
        Characters that both, only the first, only the second, and neither coder marked.
    codes
        Number of codes in the codebook, which MAXQDA's kappa depends on.

    Returns
    -------
    tuple of VendorValue
        One per program and measure, with why it differs; ``value`` is ``None`` where the program prints
        nothing or divides by zero.

    References
    ----------
    NVivo's help on the coding comparison query; the manuals of MAXQDA and ATLAS.ti on agreement between
    coders; QualCoder's source code, report_compare_coder_file.py. They change: what stands here is of 2026.

    Examples
    --------
    An example ascribed to NVivo's help: of 1,000 characters 50 are coded by both users, 150 by one, 800 by
    neither, which it counts as 85 % agreement. With the 150 split evenly Cohen's kappa is .314.

    >>> values = vendor_values(50, 75, 75, 800, codes=10)
    >>> {(value.program, value.measure): round(value.value, 3) for value in values[:3]}
    {('NVivo', 'percent_agreement'): 85.0, ('NVivo', 'kappa'): 0.314, ('QualCoder', 'kappa'): 0.206}
    """
    n = a + b + c + d
    agreement = _share(a + d, n)
    segments = _share(a, a + b + c)
    return (
        VendorValue(
            "NVivo",
            "percent_agreement",
            None if agreement is None else 100 * agreement,
            msg("Characters that neither coder marked count as agreement, so long texts look good."),
        ),
        VendorValue(
            "NVivo",
            "kappa",
            1.0 if a == b == c == 0 else cohen_of_table(a, b, c, d),
            msg(
                "Cohen's kappa over characters, per code and file; 1 is shown where neither coder marked anything."
            ),
        ),
        VendorValue(
            "QualCoder",
            "kappa",
            qualcoder_kappa(a, b, c, d),
            msg(
                "Text that nobody coded is left out, and the two chances of agreement are multiplied, not added."
            ),
        ),
        VendorValue(
            "MAXQDA",
            "kappa",
            None if segments is None or codes < 2 else (segments - 1 / codes) / (1 - 1 / codes),
            msg("Agreement on coded segments only, with chance taken as one divided by the number of codes."),
        ),
        VendorValue(
            "ATLAS.ti",
            "holsti",
            _share(2 * a, 2 * a + b + c),
            msg("Twice the shared characters over all marked characters; not corrected for chance."),
        ),
    )
