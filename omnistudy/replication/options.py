"""What a user may choose about a comparison; thresholds and mode are the study's own and not among it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """How much is drawn, and who is grouped.

    Parameters
    ----------
    resamples
        Resamples of interviews, R.
    bootstrap
        Resamples and permutations of concepts for role kappa, B.
    decoys
        Draws of each kind of decoy.
    seed
        Seed of everything that draws.
    attributes
        Attributes of the respondents to group by; empty chooses those with a telling name.
    leave_out
        Whether each interview and coder is left out in turn.
    """

    resamples: int = 2000
    bootstrap: int = 10_000
    decoys: int = 200
    seed: int = 1
    attributes: tuple[str, ...] = ()
    leave_out: bool = True
