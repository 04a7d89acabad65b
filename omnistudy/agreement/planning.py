"""How many units to double-code, and how many interviews to hold.

Two coders and one code: variance of kappa under a common prevalence from Bloch & Kraemer (1989),
doi:10.2307/2532065, and Donner & Eliasziw (1992), doi:10.1002/sim.4780111109. Themes: the binomial
probability that a theme of a given prevalence shows in at least k of n interviews.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar

from omnistudy.errors import Problem, StudyError
from omnistudy.results import Block, Column, Kind, Message, Note, Number, Result, Status, Table, msg

_MOST_INTERVIEWS = 1_000_000


def kappa_variance(kappa: float, prevalence: float) -> float:
    """Return the variance of kappa of two coders times the number of units.

    Parameters
    ----------
    kappa
        The true kappa, below 1.
    prevalence
        Share of units that carry the code, the same for both coders; between 0 and 1.

    Returns
    -------
    float
        Large-sample variance for one unit.

    References
    ----------
    Bloch & Kraemer (1989), 2 x 2 kappa coefficients: measures of agreement or association,
    doi:10.2307/2532065.

    Examples
    --------
    Without agreement beyond chance the variance is 1 over the number of units, whatever the prevalence:

    >>> kappa_variance(0.0, 0.5), kappa_variance(0.0, 0.1)
    (1.0, 1.0)
    """
    rest = 1 - kappa
    return rest * (rest * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * prevalence * (1 - prevalence)))


def units_for_width(kappa: float, prevalence: float, half_width: float, confidence: float = 0.95) -> int:
    """Return the units to double-code for an interval of kappa ± ``half_width``.

    Parameters
    ----------
    kappa, prevalence
        The kappa that is expected, and the share of units that carry the code.
    half_width
        Half the width of the interval, above 0.
    confidence
        Level of the interval.

    Returns
    -------
    int
        Units that two coders rate independently, rounded up.

    References
    ----------
    Donner & Eliasziw (1992), A goodness-of-fit approach to inference procedures for the kappa statistic,
    doi:10.1002/sim.4780111109.

    Examples
    --------
    Around kappa = 0 it is (1.96 / .10)², as for any coefficient of variance 1 / n:

    >>> units_for_width(0.0, 0.5, 0.10)
    385
    >>> units_for_width(0.80, 0.30, 0.10)
    167
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return math.ceil(kappa_variance(kappa, prevalence) * (z / half_width) ** 2 - 1e-9)


def units_for_power(
    kappa: float, above: float, prevalence: float, power: float = 0.80, confidence: float = 0.95
) -> int:
    """Return the units to double-code so that a true ``kappa`` is shown to exceed ``above`` (one-sided).

    Parameters
    ----------
    kappa, above
        The kappa that is expected, and the smaller one it is to be shown to exceed.
    prevalence
        Share of units that carry the code.
    power, confidence
        Probability of showing it, and 1 minus the level of the test.

    Returns
    -------
    int
        Units that two coders rate independently, rounded up.

    References
    ----------
    Donner & Eliasziw (1992), doi:10.1002/sim.4780111109.

    Examples
    --------
    >>> units_for_power(0.80, 0.667, 0.30)
    204

    Rare codes need many more:

    >>> units_for_power(0.80, 0.667, 0.05)
    940
    """
    normal = NormalDist()
    at_bound = normal.inv_cdf(confidence) * math.sqrt(kappa_variance(above, prevalence))
    at_truth = normal.inv_cdf(power) * math.sqrt(kappa_variance(kappa, prevalence))
    return math.ceil(((at_bound + at_truth) / (kappa - above)) ** 2 - 1e-9)


def chance_of_seeing(prevalence: float, interviews: int, times: int = 1) -> float:
    """Return the probability that a theme shows in at least ``times`` of ``interviews``.

    Parameters
    ----------
    prevalence
        Share of such people who hold the theme, between 0 and 1.
    interviews
        People drawn at random; purposive samples differ.
    times
        How many of them have to hold it.

    Returns
    -------
    float
        Binomial probability.

    References
    ----------
    Fugard & Potts (2015), Supporting thinking on sample sizes for thematic analyses,
    doi:10.1080/13645579.2015.1005453.

    Examples
    --------
    Two instances of a theme that 10 % hold are found with power .80 in 29 interviews, not in 28:

    >>> round(chance_of_seeing(0.10, 29, 2), 2), round(chance_of_seeing(0.10, 28, 2), 2)
    (0.8, 0.78)
    >>> round(chance_of_seeing(0.10, 14, 2), 2)
    0.42
    """
    missed = sum(
        math.comb(interviews, k) * prevalence**k * (1 - prevalence) ** (interviews - k)
        for k in range(min(times, interviews + 1))
    )
    return max(0.0, 1 - missed)


def interviews_for(prevalence: float, power: float = 0.80, times: int = 1) -> int:
    """Return the fewest interviews that show a theme at least ``times`` with probability ``power``.

    Parameters
    ----------
    prevalence
        Share of such people who hold the theme, between 0 and 1.
    power
        Probability of seeing it so often, between 0 and 1.
    times
        How often it has to show.

    Returns
    -------
    int
        People drawn at random.

    Raises
    ------
    StudyError
        When more than a million interviews would be needed.

    References
    ----------
    Fugard & Potts (2015), Supporting thinking on sample sizes for thematic analyses,
    doi:10.1080/13645579.2015.1005453.

    Examples
    --------
    Fugard & Potts (2015): 80 % power for two instances of a theme of 10 % prevalence takes 29 participants.

    >>> interviews_for(0.10, 0.80, 2)
    29
    """
    low, high = times, times
    while chance_of_seeing(prevalence, high, times) < power:
        low, high = high, 2 * high
        if high > _MOST_INTERVIEWS:
            raise StudyError.of("No feasible number of interviews reaches this.", "Ask for a commoner theme.")
    while low < high:
        middle = (low + high) // 2
        if chance_of_seeing(prevalence, middle, times) >= power:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True, kw_only=True)
class AgreementPlan(Result):
    """The result of ``plan agreement``: units for a width and for power, with the assumptions."""

    kappa: float = 0.80
    above: float = 0.667
    prevalence: float = 0.30
    half_width: float = 0.10
    power: float = 0.80
    confidence: float = 0.95

    command: ClassVar[str] = "plan-agreement"

    def __post_init__(self) -> None:
        shares = {"prevalence": self.prevalence, "power": self.power, "confidence": self.confidence}
        problems = [
            Problem(what=f"The {name} {value} is not between 0 and 1.", remedy="Write 0.3 for 30 %.")
            for name, value in shares.items()
            if not 0 < value < 1
        ]
        if not -1 < self.above < self.kappa < 1:
            problems.append(
                Problem(
                    what=f"The expected kappa {self.kappa} does not exceed the bound {self.above}.",
                    remedy="Expect more than you want to show, and less than 1.",
                )
            )
        if self.half_width <= 0:
            problems.append(Problem(what="The half width must be above 0.", remedy="Give for example 0.10."))
        if problems:
            raise StudyError(problems)

    @property
    def title(self) -> Message:
        """The heading in a report."""
        return msg("Units to double-code")

    @property
    def for_width(self) -> int:
        """Units for the wanted width."""
        return units_for_width(self.kappa, self.prevalence, self.half_width, self.confidence)

    @property
    def for_power(self) -> int:
        """Units for the wanted power."""
        return units_for_power(self.kappa, self.above, self.prevalence, self.power, self.confidence)

    @property
    def summary(self) -> Message:
        """One honest sentence."""
        return msg(
            "Double-code {width} units for an interval of ± {half} around a kappa of {kappa}, or {power} units to"
            " show that it exceeds {above}.",
            width=Number(self.for_width, Kind.COUNT),
            half=Number(self.half_width, Kind.COEFFICIENT),
            kappa=Number(self.kappa, Kind.COEFFICIENT),
            power=Number(self.for_power, Kind.COUNT),
            above=Number(self.above, Kind.COEFFICIENT),
        )

    def payload(self) -> dict[str, object]:
        """Units and assumptions."""
        return {
            "units_for_width": self.for_width,
            "units_for_power": self.for_power,
            "kappa": self.kappa,
            "above": self.above,
            "prevalence": self.prevalence,
            "half_width": self.half_width,
            "power": self.power,
            "confidence": self.confidence,
        }

    def tables(self) -> tuple[Table, ...]:
        """Units by prevalence, because rare codes need many more."""
        columns = (
            Column("prevalence", msg("Prevalence"), Kind.SHARE),
            Column("units_for_width", msg("Units for the width"), Kind.COUNT),
            Column("units_for_power", msg("Units for the power"), Kind.COUNT),
        )
        shares = sorted({0.05, 0.10, 0.20, 0.30, 0.50, self.prevalence})
        rows = tuple(
            (
                share,
                units_for_width(self.kappa, share, self.half_width, self.confidence),
                units_for_power(self.kappa, self.above, share, self.power, self.confidence),
            )
            for share in shares
        )
        return (Table(name="plan-agreement", columns=columns, rows=rows),)

    def blocks(self) -> tuple[Block, ...]:
        """The table, and what the formula leaves out."""
        text = msg(
            "For two coders, one code and independent units. Units of one interview resemble each other, so"
            " double-code at least ten interviews, not only that many units."
        )
        return (*self.tables(), Note(text=text, status=Status.NEUTRAL))


@dataclass(frozen=True, kw_only=True)
class ThemePlan(Result):
    """The result of ``plan themes``: interviews needed to see a theme once and twice."""

    prevalence: float = 0.20
    power: float = 0.80

    command: ClassVar[str] = "plan-themes"

    def __post_init__(self) -> None:
        problems = [
            Problem(what=f"The {name} {value} is not between 0 and 1.", remedy="Write 0.2 for 20 %.")
            for name, value in (("prevalence", self.prevalence), ("power", self.power))
            if not 0 < value < 1
        ]
        if problems:
            raise StudyError(problems)

    @property
    def title(self) -> Message:
        """The heading in a report."""
        return msg("Interviews to hold")

    def needed(self, times: int) -> int:
        """Interviews needed to see the theme that often."""
        return interviews_for(self.prevalence, self.power, times)

    @property
    def summary(self) -> Message:
        """One honest sentence."""
        return msg(
            "A theme that {share} of such people hold shows at least once in {once} interviews and at least twice in"
            " {twice}, with probability {power}.",
            share=Number(self.prevalence, Kind.SHARE),
            once=Number(self.needed(1), Kind.COUNT),
            twice=Number(self.needed(2), Kind.COUNT),
            power=Number(self.power, Kind.SHARE),
        )

    def payload(self) -> dict[str, object]:
        """Interviews and assumptions."""
        return {
            "prevalence": self.prevalence,
            "power": self.power,
            "interviews": [{"times": times, "interviews": self.needed(times)} for times in (1, 2, 3)],
        }

    def tables(self) -> tuple[Table, ...]:
        """Interviews by prevalence and number of times."""
        columns = (
            Column("prevalence", msg("Prevalence"), Kind.SHARE),
            *(
                Column(f"times_{times}", msg("Seen at least {times} times", times=times), Kind.COUNT)
                for times in (1, 2, 3)
            ),
        )
        shares = sorted({0.05, 0.10, 0.15, 0.20, 0.30, self.prevalence})
        rows = tuple(
            (share, *(interviews_for(share, self.power, times) for times in (1, 2, 3))) for share in shares
        )
        return (Table(name="plan-themes", columns=columns, rows=rows),)

    def blocks(self) -> tuple[Block, ...]:
        """The table, and the condition."""
        text = msg(
            "Holds if interviewees are drawn at random from the people in question; purposive samples differ."
        )
        return (*self.tables(), Note(text=text, status=Status.NEUTRAL))
