"""What a user may choose about agreement; the names are those of the command line."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.agreement.coefficients.registry import check_metric, check_weights, find
from omnistudy.agreement.ratings.weights import WeightMatrix
from omnistudy.errors import Problem, StudyError
from omnistudy.study.settings import LevelName, UnitName

CI_METHODS = ("jackknife", "jackknife_z", "bca", "percentile", "analytic", "kalpha", "none")
LEAVING_OUT = frozenset({"jackknife", "jackknife_z", "bca"})
"""Kinds of interval that need every sampling unit left out in turn."""
SCOPES = ("overall", "code", "category", "pair", "interview", "without_coder")
CLUSTERS = ("interview", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementOptions:
    """The options of ``agreement``, checked on construction.

    Parameters
    ----------
    coefficients
        Names or aliases; empty means the defaults for the number of coders in each table.
    metric
        Metric of alpha; ``None`` means nominal on values and MASI on code sets.
    weights
        A weight set; not together with a metric.
    weight_matrix
        Weights from a file, instead of ``weights``.
    categories
        Number of categories, or all of them in their order; ``None`` means those of the codebook or the
        data.
    ci
        How intervals are made.
    cluster
        What is left out or drawn; ``None`` means interviews where they are known, else units.
    by
        Scopes; empty means overall (a table) or overall, code, pair and interview (a study).
    confidence, resamples, seed
        Level of the intervals; bootstrap resamples (0 for none) and their seed.
    unit, level, min_overlap, round
        As in study.toml, which they override.
    disagreements
        Whether to list the passages that coders disagree on.
    units
        Units of analysis to put side by side, beside the main one.
    compare_rounds, compare_coders
        Two rounds, or two groups of coders, whose difference is wanted.
    retest
        Whether to compare each coder with their own earlier round.

    Raises
    ------
    StudyError
        Every choice that does not exist or does not fit, at once.
    """

    coefficients: tuple[str, ...] = ()
    metric: str | None = None
    weights: str = "identity"
    weight_matrix: WeightMatrix | None = None
    categories: int | tuple[str, ...] | None = None
    ci: str = "jackknife"
    cluster: str | None = None
    by: tuple[str, ...] = ()
    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 1
    unit: UnitName | None = None
    level: LevelName | None = None
    min_overlap: int | str | None = None
    round: str | None = None
    disagreements: bool = False
    units: tuple[UnitName, ...] = ()
    compare_rounds: tuple[str, str] | None = None
    compare_coders: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    retest: bool = False

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        names: list[str] = []
        for name in self.coefficients:
            try:
                names.append(find(name).name)
            except StudyError as error:
                problems += error.problems
        for check, value in ((check_metric, self.metric), (check_weights, self.weights)):
            try:
                if value is not None:
                    check(value)
            except StudyError as error:
                problems += error.problems
        problems += self._misfits()
        if problems:
            raise StudyError(problems)
        object.__setattr__(self, "coefficients", tuple(dict.fromkeys(names)))

    def _misfits(self) -> list[Problem]:
        found: list[Problem] = []

        def wrong(what: str, remedy: str) -> None:
            found.append(Problem(what=what, remedy=remedy))

        if self.metric is not None and self.weights_name != "identity":
            wrong(
                "A metric and weights were both given.", "Give --metric (for alpha) or --weights, not both."
            )
        if self.ci not in CI_METHODS:
            wrong(f"'{self.ci}' is no kind of interval.", f"Choose among {', '.join(CI_METHODS)}.")
        if self.cluster is not None and self.cluster not in CLUSTERS:
            wrong(f"'{self.cluster}' is no cluster.", f"Choose among {', '.join(CLUSTERS)}.")
        for scope in self.by:
            if scope not in SCOPES:
                wrong(f"'{scope}' is no scope.", f"Choose among {', '.join(SCOPES)}.")
        if not 0 < self.confidence < 1:
            wrong(f"The confidence level {self.confidence} is not between 0 and 1.", "Write 0.95 for 95 %.")
        if self.resamples < 0:
            wrong("The number of resamples is negative.", "Give 0 for no bootstrap, or 1000 and more.")
        if self.seed < 0:
            wrong("The seed is negative.", "Give a whole number from 0.")
        if self.resamples < 1 and self.ci in {"bca", "percentile", "kalpha"}:
            wrong(f"The interval '{self.ci}' needs resamples.", "Give --resamples 10000, or --ci jackknife.")
        found += self._comparison_misfits()
        if isinstance(self.categories, int) and self.categories < 1:
            wrong(
                "The number of categories must be at least 1.",
                "Give the number of codes that coders could choose.",
            )
        return found

    def _comparison_misfits(self) -> list[Problem]:
        found: list[Problem] = []
        if self.compare_rounds is not None and len(set(self.compare_rounds)) < 2:
            what, remedy = "A round was to be compared with itself.", "Name two: --compare-rounds A,B."
            found.append(Problem(what=what, remedy=remedy))
        if self.compare_coders is not None and min(map(len, self.compare_coders)) < 2:
            what = "A group of coders to compare has fewer than two coders."
            found.append(Problem(what=what, remedy="Name two groups: --compare-coders a,b:c,d."))
        if (self.compare_rounds or self.compare_coders) and self.resamples < 1:
            found.append(Problem(what="A difference needs resamples.", remedy="Give --resamples 10000."))
        return found

    @property
    def weights_name(self) -> str:
        """Name of the weights in the output."""
        return "custom" if self.weight_matrix is not None else self.weights
