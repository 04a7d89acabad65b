"""The one table of agreement coefficients.

It feeds the command line's choices, the dispatch, ``explain``, the documentation and the tests.
Adding a coefficient is an estimator, a row here and a published value in a test; see ARCHITECTURE.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from omnistudy.agreement.coefficients import analytic
from omnistudy.agreement.coefficients.alpha import MatrixAlpha
from omnistudy.agreement.coefficients.analytic import AnalyticError
from omnistudy.agreement.coefficients.explanations import EXPLANATIONS
from omnistudy.agreement.coefficients.kappas import (
    CohenPairs,
    Conger,
    FixedChance,
    GwetAC,
    KappaMax,
    PooledMargins,
)
from omnistudy.agreement.coefficients.metrics import METRICS, alpha_for, set_distances, weighted_alpha
from omnistudy.agreement.coefficients.uncorrected import Holsti, PercentAgreement, SpecificAgreement
from omnistudy.agreement.ratings.counts import Tally
from omnistudy.agreement.ratings.estimators import Estimator
from omnistudy.agreement.ratings.rating_table import ABSENT, PRESENT, Ratings
from omnistudy.agreement.ratings.weights import LARGEST_MATRIX, WEIGHT_SETS, Weights
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import Kind, Message, Number, msg


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """The data and choices that an estimator is built for.

    ``members`` holds the code sets behind the categories where the metric compares sets.
    """

    ratings: Ratings
    tally: Tally
    weights: Weights
    metric: str = "nominal"
    members: object = None


Build = Callable[[Setting], Estimator | Message]
"""Returns the estimator, or the reason why the coefficient does not exist for such data."""


class Chance(StrEnum):
    """Where the agreement that chance would give comes from."""

    NONE = "none"  # the coefficient is not corrected for chance
    RATINGS = "ratings"  # from how often each category was used: undefined where all ratings are the same
    CATEGORIES = "categories"  # from how many categories there are: defined for constant ratings too


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One row of the table.

    Parameters
    ----------
    name
        Name in the command line and in JSON.
    title
        Name for people.
    build
        Makes the estimator; ``None`` for measures of spans, which have an engine of their own.
    analytic
        Large-sample standard error, or ``None`` where there is no accepted formula.
    metrics
        Metrics it can be computed with; empty means that it knows no metric but nominal.
    weighted
        Whether agreement weights may be given.
    min_coders, max_coders
        Numbers of coders it is defined for; ``None`` means any number.
    extended_by
        Coefficients that are the same idea for more coders than ``max_coders``.
    missing
        ``used`` (every rating enters), ``pairwise`` (units both coders rated), ``listwise`` (units that
        all rated) or ``refused``.
    chance
        What it is corrected by; the tests over the registry ask for what each kind promises.
    bound
        Whether it is a limit that the margins set, and no agreement on units.
    binary
        Whether it needs exactly two categories.
    spans
        Whether it is a measure of spans on a continuum.
    aliases
        Other names of the same coefficient.
    citation, doi
        Source.
    cases
        Keys of published test cases that this coefficient answers.
    """

    name: str
    title: Message
    build: Build | None
    analytic: AnalyticError | None = None
    metrics: tuple[str, ...] = ()
    weighted: bool = False
    min_coders: int = 2
    max_coders: int | None = None
    extended_by: tuple[str, ...] = ()
    missing: str = "used"
    chance: Chance = Chance.RATINGS
    bound: bool = False
    binary: bool = False
    spans: bool = False
    aliases: tuple[str, ...] = ()
    citation: str
    doi: str = ""
    cases: tuple[str, ...]

    @property
    def corrected(self) -> bool:
        """Whether it is corrected for chance, so that 0 means chance."""
        return self.chance is not Chance.NONE

    @property
    def explain(self) -> Message:
        """What it means, when to use it and when not, in one paragraph."""
        return EXPLANATIONS[self.name]


def _percent(s: Setting) -> Estimator | Message:
    return PercentAgreement(s.weights)


def _holsti(s: Setting) -> Estimator | Message:
    return Holsti(len(s.ratings.coders), s.ratings.presence, _used_position(s, PRESENT, absent=-2))


def _used_position(s: Setting, category: int, *, absent: int) -> int:
    """Return the position of a category among the used ones, or ``absent`` where nobody used it."""
    found = [i for i, used in enumerate(s.tally.used) if used == category]
    return found[0] if found else absent


def _specific(category: int) -> Build:
    def build(s: Setting) -> Estimator | Message:
        return SpecificAgreement(_used_position(s, category, absent=-2))

    return build


def _fixed(s: Setting) -> Estimator | Message:
    return FixedChance(s.weights) if s.weights.k > 1 else _ONE_CATEGORY


def _cohen(s: Setting) -> Estimator | Message:
    return CohenPairs(s.weights, s.tally.k, len(s.ratings.coders))


def _kappa_max(s: Setting) -> Estimator | Message:
    return KappaMax(s.tally.k)


def _pooled(s: Setting) -> Estimator | Message:
    return PooledMargins(s.weights, s.tally.k)


def _listwise(s: Setting) -> Estimator | Message:
    return PooledMargins(s.weights, s.tally.k, listwise=True)


def _fleiss(s: Setting) -> Estimator | Message:
    sizes = s.tally.ratings_per_unit
    if len(sizes) > 1:
        return msg(
            "ratings are missing ({low} to {high} per unit), and Fleiss' kappa then has no single meaning:"
            " name the rule with fleiss_kappa_gwet or fleiss_kappa_listwise",
            low=Number(sizes[0], Kind.COUNT),
            high=Number(sizes[-1], Kind.COUNT),
        )
    return PooledMargins(s.weights, s.tally.k)


def _conger(s: Setting) -> Estimator | Message:
    return Conger(s.weights, s.tally.k, len(s.ratings.coders))


def _ac(s: Setting) -> Estimator | Message:
    return GwetAC(s.weights, s.tally.k) if s.weights.k > 1 else _ONE_CATEGORY


def _alpha(s: Setting) -> Estimator | Message:
    if METRICS[s.metric].of_sets:
        if s.tally.k > LARGEST_MATRIX:
            return msg(
                "there are {count} different sets of codes, too many to compare each with each; choose a coarser"
                " level, or read the mean of codes",
                count=Number(s.tally.k, Kind.COUNT),
            )
        return MatrixAlpha(set_distances(s.members[s.tally.used], s.metric))  # type: ignore[index]
    if s.weights.name != "identity":
        return weighted_alpha(s.weights, s.tally.k)
    return alpha_for(s.metric, s.ratings, s.tally)


_ONE_CATEGORY = msg("only one category was possible, so there is nothing to agree on")

_KRIPPENDORFF_2016 = (
    "Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing textual continua"
)
_GWET_2014 = "Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition"

_ROWS = (
    Coefficient(
        name="percent_agreement", title=msg("Percent agreement"), build=_percent, analytic=analytic.fixed_chance,
        weighted=True, chance=Chance.NONE, aliases=("percent", "po", "observed_agreement"),
        citation="Fleiss (1971), Measuring nominal scale agreement among many raters", doi="10.1037/h0031619",
        cases=("percent_agreement", "percent_agreement_irrcac", "pa"),
    ),
    Coefficient(
        name="holsti", title=msg("Holsti's coefficient of reliability"), build=_holsti, chance=Chance.NONE,
        missing="pairwise", aliases=("holsti_cr",),
        citation="Holsti (1969), Content Analysis for the Social Sciences and Humanities", cases=(),
    ),
    Coefficient(
        name="positive_agreement", title=msg("Positive agreement"), build=_specific(PRESENT), chance=Chance.NONE,
        binary=True, aliases=("dice", "f1_agreement"),
        citation="Cicchetti & Feinstein (1990), High agreement but low kappa: II", doi="10.1016/0895-4356(90)90159-M",
        cases=(),
    ),
    Coefficient(
        name="negative_agreement", title=msg("Negative agreement"), build=_specific(ABSENT), chance=Chance.NONE,
        binary=True,
        citation="Cicchetti & Feinstein (1990), High agreement but low kappa: II", doi="10.1016/0895-4356(90)90159-M",
        cases=(),
    ),
    Coefficient(
        name="cohen_kappa", title=msg("Cohen's kappa"), build=_cohen, analytic=analytic.cohen, max_coders=2,
        extended_by=("conger_kappa", "light_kappa"), weighted=True, missing="pairwise",
        aliases=("kappa", "cohens_kappa", "cohen"),
        citation="Cohen (1960), A coefficient of agreement for nominal scales", doi="10.1177/001316446002000104",
        cases=("cohen_kappa", "se_kappa", "kappa"),
    ),
    Coefficient(
        name="weighted_kappa", title=msg("Weighted kappa"), build=_cohen, analytic=analytic.cohen, max_coders=2,
        extended_by=("conger_kappa", "light_kappa"), weighted=True, missing="pairwise", aliases=("cohen_weighted_kappa",),
        citation="Cohen (1968), Weighted kappa", doi="10.1037/h0026256",
        cases=("weighted_kappa", "se_weighted_kappa"),
    ),
    Coefficient(
        name="kappa_max", title=msg("Largest kappa with these margins"), build=_kappa_max, max_coders=2, bound=True,
        missing="pairwise",
        citation="Cohen (1960), A coefficient of agreement for nominal scales", doi="10.1177/001316446002000104",
        cases=("kappa_max",),
    ),
    Coefficient(
        name="pabak", title=msg("Prevalence- and bias-adjusted kappa"), build=_fixed, analytic=analytic.fixed_chance,
        binary=True, chance=Chance.CATEGORIES, aliases=("maxwell_re",),
        citation="Byrt, Bishop & Carlin (1993), Bias, prevalence and kappa",
        doi="10.1016/0895-4356(93)90018-V", cases=("pabak",),
    ),
    Coefficient(
        name="scott_pi", title=msg("Scott's pi"), build=_listwise, analytic=analytic.complete_margins, max_coders=2,
        extended_by=("fleiss_kappa", "krippendorff_alpha"), weighted=True, missing="pairwise", aliases=("scotts_pi", "pi"),
        citation="Scott (1955), Reliability of content analysis", doi="10.1086/266577", cases=("scott_pi", "scott"),
    ),
    Coefficient(
        name="light_kappa", title=msg("Light's kappa"), build=_cohen, weighted=True, missing="pairwise",
        aliases=("lights_kappa", "mean_pairwise_kappa"),
        citation="Light (1971), Measures of response agreement for qualitative data", doi="10.1037/h0031643",
        cases=("light_kappa",),
    ),
    Coefficient(
        name="fleiss_kappa", title=msg("Fleiss' kappa"), build=_fleiss, analytic=analytic.pooled_margins,
        weighted=True, missing="refused", aliases=("fleiss",),
        citation="Fleiss (1971), Measuring nominal scale agreement among many raters", doi="10.1037/h0031619",
        cases=("fleiss_kappa", "per_category_fleiss"),
    ),
    Coefficient(
        name="fleiss_kappa_gwet", title=msg("Fleiss' kappa, all rated units (Gwet)"), build=_pooled,
        analytic=analytic.pooled_margins, weighted=True, citation=_GWET_2014, cases=("fleiss_gwet_missing",),
    ),
    Coefficient(
        name="fleiss_kappa_listwise", title=msg("Fleiss' kappa, complete units only"), build=_listwise,
        analytic=analytic.complete_margins, weighted=True, missing="listwise",
        citation="Fleiss (1971), Measuring nominal scale agreement among many raters", doi="10.1037/h0031619",
        cases=(),
    ),
    Coefficient(
        name="conger_kappa", title=msg("Conger's kappa"), build=_conger, analytic=analytic.conger, weighted=True,
        aliases=("exact_kappa", "exact_fleiss_kappa", "davies_fleiss_kappa"),
        citation="Conger (1980), Integration and generalization of kappas for multiple raters",
        doi="10.1037/0033-2909.88.2.322", cases=("conger_exact_kappa", "conger_kappa"),
    ),
    Coefficient(
        name="hubert_kappa", title=msg("Hubert's kappa"), build=_conger, analytic=analytic.conger, weighted=True,
        citation="Hubert (1977), Kappa revisited", doi="10.1037/0033-2909.84.2.289", cases=("hubert_kappa",),
    ),
    Coefficient(
        name="randolph_kappa", title=msg("Randolph's free-marginal kappa"), build=_fixed,
        analytic=analytic.fixed_chance, weighted=True, chance=Chance.CATEGORIES, aliases=("free_marginal_kappa",),
        citation="Randolph (2005), Free-marginal multirater kappa (ERIC ED490661)", cases=("randolph_kappa",),
    ),
    Coefficient(
        name="brennan_prediger", title=msg("Brennan–Prediger kappa"), build=_fixed, analytic=analytic.fixed_chance,
        weighted=True, chance=Chance.CATEGORIES,
        aliases=("bennett_s", "s_score", "holley_guilford_g", "janson_vegelius_c"),
        citation="Brennan & Prediger (1981), Coefficient kappa: some uses, misuses, and alternatives",
        doi="10.1177/001316448104100307", cases=("bennett_s", "brennan_prediger", "bp"),
    ),
    Coefficient(
        name="gwet_ac1", title=msg("Gwet's AC1"), build=_ac, analytic=analytic.gwet_ac,
        chance=Chance.CATEGORIES, aliases=("ac1",),
        citation="Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement",
        doi="10.1348/000711006X126600", cases=("gwet_ac1", "gwet_ac", "ac"),
    ),
    Coefficient(
        name="gwet_ac2", title=msg("Gwet's AC2"), build=_ac, analytic=analytic.gwet_ac, weighted=True,
        chance=Chance.CATEGORIES, aliases=("ac2",), citation=_GWET_2014, cases=("gwet_ac2_quadratic", "gwet_ac", "ac"),
    ),
    Coefficient(
        name="krippendorff_alpha", title=msg("Krippendorff's alpha"), build=_alpha, analytic=analytic.alpha,
        metrics=tuple(METRICS), weighted=True, aliases=("alpha", "krippendorffs_alpha", "krippendorff"),
        citation="Hayes & Krippendorff (2007), Answering the call for a standard reliability measure for coding data",
        doi="10.1080/19312450709336664",
        cases=("alpha_nominal", "alpha_ordinal", "alpha_interval", "alpha_ratio", "alpha_irrcac", "alpha"),
    ),
    Coefficient(
        name="u_alpha", title=msg("Unitizing alpha"), build=None, spans=True, citation=_KRIPPENDORFF_2016,
        doi="10.1007/s11135-015-0266-1", cases=("u_alpha",),
    ),
    Coefficient(
        name="u_alpha_relevance", title=msg("Unitizing alpha, relevant or not"), build=None, spans=True,
        aliases=("bar_u_alpha",), citation=_KRIPPENDORFF_2016, doi="10.1007/s11135-015-0266-1", cases=("bar_u_alpha",),
    ),
    Coefficient(
        name="cu_alpha", title=msg("Unitizing alpha, which code"), build=None, spans=True,
        citation=_KRIPPENDORFF_2016, doi="10.1007/s11135-015-0266-1", cases=("cu_alpha",),
    ),
    Coefficient(
        name="ku_alpha", title=msg("Unitizing alpha of one code"), build=None, spans=True,
        citation=_KRIPPENDORFF_2016, doi="10.1007/s11135-015-0266-1", cases=("ku_alpha", "coverage"),
    ),
)  # fmt: skip

COEFFICIENTS: Mapping[str, Coefficient] = MappingProxyType({row.name: row for row in _ROWS})
"""Name to coefficient, in the order in which results are shown."""

_ALIASES = {alias: row.name for row in _ROWS for alias in row.aliases}

DEFAULT_MANY = ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "fleiss_kappa", "conger_kappa")
DEFAULT_PAIR = ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "cohen_kappa")
DEFAULT_SPANS = ("u_alpha", "u_alpha_relevance", "cu_alpha", "ku_alpha")

RANK = MappingProxyType({row.name: i for i, row in enumerate(_ROWS)})
"""Name to place in the registry, the last sorting key of the rows."""


def find(name: str) -> Coefficient:
    """Return the coefficient of that name or alias; hyphens, blanks and case do not matter.

    Parameters
    ----------
    name
        A name as the command line takes it, or one that other programs use.

    Returns
    -------
    Coefficient
        Its row: title, what it needs, how it takes missing ratings, source and DOI.

    Raises
    ------
    StudyError
        An unknown name, with the nearest known one.

    Examples
    --------
    >>> found = find("Bennett-S")
    >>> found.name, found.doi
    ('brennan_prediger', '10.1177/001316448104100307')
    """
    key = name.strip().casefold().replace("-", "_").replace(" ", "_")
    key = _ALIASES.get(key, key)
    if key not in COEFFICIENTS:
        near = did_you_mean(key, [*COEFFICIENTS, *_ALIASES])
        raise StudyError.of(
            f"'{name}' is no coefficient. {near}".strip(), f"Choose among {', '.join(COEFFICIENTS)}."
        )
    return COEFFICIENTS[key]


def defaults(coders: int, weights: str = "identity") -> tuple[str, ...]:
    """Return the default coefficients for a number of coders."""
    names = DEFAULT_PAIR if coders == 2 else DEFAULT_MANY
    if weights == "identity":
        return names
    swap = {"gwet_ac1": "gwet_ac2", "cohen_kappa": "weighted_kappa"}
    return tuple(swap.get(name, name) for name in names)


def check_weights(name: str) -> str:
    """Return the name of a weight set, refusing unknown ones with the nearest known one."""
    if name not in WEIGHT_SETS:
        near = did_you_mean(name, WEIGHT_SETS)
        raise StudyError.of(
            f"'{name}' is no weight set. {near}".strip(), f"Choose among {', '.join(WEIGHT_SETS)}."
        )
    return name


def check_metric(name: str) -> str:
    """Return the name of a metric, refusing unknown ones with the nearest known one."""
    if name not in METRICS:
        near = did_you_mean(name, METRICS)
        raise StudyError.of(f"'{name}' is no metric. {near}".strip(), f"Choose among {', '.join(METRICS)}.")
    return name
