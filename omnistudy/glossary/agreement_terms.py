"""The words around agreement: sampling, flags, passes and checks."""

from __future__ import annotations

from omnistudy.agreement.scopes.coverage import ENOUGH, range_of
from omnistudy.results import Kind, Number, Term, msg

EFRON = (
    "Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. doi:10.1007/978-1-4899-4541-9"
)
BYRT = (
    "Byrt, T., Bishop, J., & Carlin, J. B. (1993). Bias, prevalence and kappa. "
    "Journal of Clinical Epidemiology, 46(5), 423-429. doi:10.1016/0895-4356(93)90018-V"
)
FEINSTEIN = (
    "Feinstein, A. R., & Cicchetti, D. V. (1990). High agreement but low kappa: I. "
    "Journal of Clinical Epidemiology, 43(6), 543-549. doi:10.1016/0895-4356(90)90158-L"
)
KRIPPENDORFF = "Krippendorff, K. (2019). Content analysis (4th ed.). Sage. doi:10.4135/9781071878781"
FEW, MANY, SMALL, LARGE = 5, 14, 10, 100
"""Simulated numbers of interviews and of units that the texts on intervals speak of."""

_few, _many = range_of("jackknife", "interview", FEW), range_of("jackknife", "interview", MANY)
_small, _large = range_of("jackknife", "unit", SMALL), range_of("jackknife", "unit", LARGE)
_on_z, _percentile, _bca = (
    range_of(method, "interview", FEW) for method in ("jackknife_z", "percentile", "bca")
)

AGREEMENT_TERMS: tuple[Term, ...] = (
    Term(
        name="double-coded",
        title=msg("Double-coded interviews"),
        text=msg("Interviews that two or more coders coded independently; only they can show agreement."),
    ),
    Term(
        name="jackknife",
        title=msg("Jackknife interval"),
        text=msg(
            "An interval from leaving out one unit or one interview at a time and watching the coefficient move. "
            "It draws no random numbers. In simulations, 95 % intervals of alpha and kappa held the true value in "
            "{few_low} to {few_high} of the samples with {few} interviews, in {many_low} to {many_high} with {many}; in "
            "{small_low} to {small_high} with {small} units and in {large_low} to {large_high} with {large}. The low ends "
            "are rare codes. On Fisher's z scale (--ci jackknife_z) the limits reach further down where agreement is high, "
            "and held it in {z_low} to {z_high} with {few} interviews. With fewer than five interviews it is flagged; "
            "where coders never differed it gives way to an exact limit or to none.",
            few=Number(FEW, Kind.COUNT),
            few_low=_few[0],
            few_high=_few[1],
            many=Number(MANY, Kind.COUNT),
            many_low=_many[0],
            many_high=_many[1],
            small=Number(SMALL, Kind.COUNT),
            small_low=_small[0],
            small_high=_small[1],
            large=Number(LARGE, Kind.COUNT),
            large_low=_large[0],
            large_high=_large[1],
            z_low=_on_z[0],
            z_high=_on_z[1],
        ),
        formula="se² = (G-1)/G Σ(θ_g - mean θ)²; θ ± t(G-1) se, cut to [-1, 1]; jackknife_z: tanh(atanh θ ± t(G-1) se/(1 - θ²))",
        source=EFRON,
        aliases=(
            "confidence interval",
            "ci",
            "interval",
            "ci_low",
            "ci_high",
            "se",
            "ci_method",
            "jackknife_z",
        ),
    ),
    Term(
        name="bootstrap",
        title=msg("Bootstrap interval"),
        text=msg(
            "An interval from many samples of units or interviews drawn with replacement: the percentile form "
            "takes their quantiles, the BCa form corrects them for bias and skew. The seed is printed. With few "
            "interviews both are too narrow: in simulations with {few} interviews, 95 % intervals held the true value in "
            "{percentile_low} to {percentile_high} of the samples (percentile) and in {bca_low} to {bca_high} (BCa), the "
            "jackknife in {few_low} to {few_high}.",
            few=Number(FEW, Kind.COUNT),
            percentile_low=_percentile[0],
            percentile_high=_percentile[1],
            bca_low=_bca[0],
            bca_high=_bca[1],
            few_low=_few[0],
            few_high=_few[1],
        ),
        source=EFRON,
        aliases=("bca", "percentile", "resamples"),
    ),
    Term(
        name="simulated coverage",
        title=msg("Simulated coverage"),
        text=msg(
            "The share of simulated samples in which an interval of this kind held the true value; a 95 % interval "
            "should do so in 95 of 100. It is given from the lowest to the highest over moderate and high true "
            "agreement, for the simulated size that is nearest to the row's and no larger. Below {enough} a warning is "
            "printed, because the interval then misses at least 7 times in 100 where it promises 5.",
            enough=Number(ENOUGH, Kind.SHARE),
        ),
        aliases=("simulated_coverage", "coverage of intervals"),
    ),
    Term(
        name="cluster",
        title=msg("Cluster"),
        text=msg(
            "What intervals leave out or draw as a whole. Units of one interview resemble each other, so intervals "
            "by unit are too narrow; by interview is the default wherever interviews are known."
        ),
        aliases=("few_clusters", "n_clusters"),
    ),
    Term(
        name="p_below",
        title=msg("Share of resamples below a value"),
        text=msg(
            "The share of bootstrap resamples in which the coefficient is below .667 or .80, the values often "
            "asked for with alpha. It is not a probability that the true value lies there."
        ),
        source=KRIPPENDORFF,
        aliases=("p_below_667", "p_below_80"),
    ),
    Term(
        name="prevalence",
        title=msg("Prevalence"),
        text=msg(
            "The share of pairable ratings that carry a code. Where it is near 0 or 1, kappa and alpha can be low "
            "although coders agree on almost every unit."
        ),
        formula="prevalence index (a - d)/n of the 2×2 table; bias index (b - c)/n",
        source=BYRT,
        aliases=("prevalence_index", "bias_index"),
    ),
    Term(
        name="paradox",
        title=msg("Kappa paradox"),
        text=msg(
            "High percent agreement beside a low chance-corrected value, because one answer is much more frequent "
            "than the other. The flag asks the reader to look at prevalence, positive and negative agreement."
        ),
        source=FEINSTEIN,
        aliases=("kappa paradox",),
    ),
    Term(
        name="small_n",
        title=msg("Small sample"),
        text=msg(
            "Fewer than 40 units, or fewer than 10 clusters, carry the interval; it may cover less than it says."
        ),
    ),
    Term(
        name="no_variation",
        title=msg("No variation"),
        text=msg(
            "All ratings are the same, so that chance agreement is 1 and chance-corrected coefficients are 0/0: "
            "undefined, neither 0 nor 1."
        ),
        aliases=("undefined",),
    ),
    Term(
        name="adjudication sheet",
        title=msg("Adjudication sheet"),
        text=msg(
            "The passages that coders disagreed on, with each coder's codes and an empty column for the decision. "
            "Filled in and imported, it becomes the consensus coder's codings, one memo each."
        ),
        aliases=("adjudication",),
    ),
    Term(
        name="test-retest",
        title=msg("Test–retest agreement"),
        text=msg(
            "One coder compared with the same coder in an earlier round of the same interviews. It says how steady a "
            "coder is, not whether others would see the same."
        ),
        aliases=("retest", "intra-coder agreement"),
    ),
    Term(
        name="cross-check",
        title=msg("Cross-check"),
        text=msg(
            "Coefficients that krippendorff, statsmodels or scikit-learn also offer are recomputed by them from the "
            "raw ratings. A difference above 1e-9 is treated as a fault of omnistudy."
        ),
    ),
    Term(
        name="per cent of agreement",
        title=msg("Per cent of agreement between two passes"),
        text=msg(
            "Twice the codes that both passes gave over the codes of both. Theses print it as test–retest reliability "
            "(one coder twice) and as reliability between two coders. It is Holsti's coefficient, the Dice measure, and "
            "not corrected for chance."
        ),
        formula="2 M / (N1 + N2) * 100",
        source=(
            "Khastar (2009). Methodology of Social Sciences and Humanities 15(58), 161-174 (abstract). Threshold of "
            "60 % after Kvale (1996)."
        ),
        aliases=("khastar", "two-coder agreement", "پایایی بازآزمون", "پایایی بین دو کدگذار"),
    ),
    Term(
        name="agreement with the machine",
        title=msg("Agreement with the machine"),
        text=msg(
            "Krippendorff's alpha of each person with the suggestions of the trial, beside that of the people with each "
            "other on the same units. The machine is no coder and enters no coefficient of a study."
        ),
        aliases=("alpha beside", "human-machine"),
    ),
)
