"""What each coefficient means, in one paragraph for readers who have to choose."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from omnistudy.results import Message, msg

EXPLANATIONS: Mapping[str, Message] = MappingProxyType(
    {
        "percent_agreement": msg(
            "The share of coder pairs that put a unit into the same category, averaged over the units that at"
            " least two coders rated. Easy to read and always worth printing, but part of it is what guessing"
            " would give: it is high for rare codes whatever the coders do."
        ),
        "holsti": msg(
            "Twice the decisions that two coders share, divided by all decisions that both made (2M / (N1 + N2));"
            " with more coders the mean over pairs. For codes applied to text it ignores what neither coded, so"
            " it is the same as positive agreement (Dice) and the usual figure of test–retest and two-coder"
            " reliability in Iranian theses. Not corrected for chance."
        ),
        "positive_agreement": msg(
            "Given that one coder applied the code, the share of cases in which another coder applied it too:"
            " 2a / (2a + b + c). Use it beside kappa for rare codes, where agreement on absence is cheap."
        ),
        "negative_agreement": msg(
            "Given that one coder left the code out, the share of cases in which another coder left it out too:"
            " 2d / (2d + b + c)."
        ),
        "cohen_kappa": msg(
            "Agreement of two coders beyond what their own distributions would give by chance. It falls with"
            " extreme prevalence even where agreement is high (the kappa paradox), so read it beside AC1 and"
            " positive agreement. For two coders only; with more coders use Conger's or Light's."
        ),
        "weighted_kappa": msg(
            "Cohen's kappa for categories that can be nearly the same: linear or quadratic weights for an order,"
            " or a matrix of your own, which may differ by direction."
        ),
        "kappa_max": msg(
            "The largest Cohen's kappa that the two coders could have reached with the distributions they have."
            " The distance from kappa to it is disagreement on units, the rest is disagreement on how often."
        ),
        "pabak": msg(
            "Kappa as it would be with both categories equally common and both coders alike: 2 po - 1. It is a"
            " transformation of percent agreement for two categories and nothing more."
        ),
        "scott_pi": msg(
            "Like Cohen's kappa, but with one distribution for both coders, the assumption behind Fleiss' kappa"
            " and Krippendorff's alpha: coders are taken as interchangeable."
        ),
        "light_kappa": msg(
            "The mean of Cohen's kappa over all pairs of coders. Pairs that share no unit, or that show no"
            " variation, have no kappa and drop out."
        ),
        "fleiss_kappa": msg(
            "Scott's pi for any number of coders: chance comes from the categories' shares over all ratings."
            " Every unit needs the same number of ratings; with missing ratings it has several meanings, which"
            " have names of their own here."
        ),
        "fleiss_kappa_gwet": msg(
            "Fleiss' kappa with missing ratings by Gwet's rule: the categories' shares are averaged over all"
            " rated units, those with a single rating included. Equal to Fleiss' kappa for complete data."
        ),
        "fleiss_kappa_listwise": msg(
            "Fleiss' kappa on the units that every coder rated; the others are left out, which may leave few."
        ),
        "conger_kappa": msg(
            "Cohen's kappa for more than two coders: chance comes from each coder's own distribution, averaged"
            " over pairs. Also known as the exact Fleiss kappa. For two coders it is Cohen's kappa."
        ),
        "hubert_kappa": msg(
            "The pairwise form of multi-coder kappa by Hubert; the same value as Conger's kappa, under the name"
            " that some packages print."
        ),
        "randolph_kappa": msg(
            "Chance is one divided by the number of categories, whatever the coders used: the free-marginal"
            " multi-coder kappa, equal to Brennan–Prediger. It rewards unused categories in the codebook, so"
            " say how many categories there were."
        ),
        "brennan_prediger": msg(
            "Chance is one divided by the number of categories that a coder could choose from (also Bennett's S)."
            " It does not punish unequal prevalence, but it grows with every category that nobody uses. This is"
            " the kappa that MAXQDA prints."
        ),
        "gwet_ac1": msg(
            "Chance is the probability that a coder guesses, taken from the spread over the categories; it stays"
            " near percent agreement for rare codes where kappa collapses. It depends on the number of"
            " categories in the codebook. Report it beside alpha, not instead."
        ),
        "gwet_ac2": msg("AC1 with agreement weights for categories that can be nearly the same."),
        "krippendorff_alpha": msg(
            "One minus observed over expected disagreement, for any number of coders, missing ratings and any"
            " scale (nominal, ordinal, interval, ratio) or sets of codes (MASI, Jaccard). Chance comes from all"
            " ratings pooled, drawn without replacement. Krippendorff's lines: below .667 no conclusions, from"
            " .80 firm ones, to be held against the lower end of the interval."
        ),
        "u_alpha": msg(
            "Agreement on where coded passages begin and end and which code they have, on the whole text: every"
            " passage counts once, whatever its length in characters. For passages that one coder does not"
            " overlap; otherwise it is computed code by code."
        ),
        "u_alpha_relevance": msg(
            "Agreement on what is worth coding at all: coded or not, with the borders of the passages, whatever"
            " the codes."
        ),
        "cu_alpha": msg(
            "Agreement on which code a stretch of text has, where at least two coders coded it. It says nothing"
            " about what only one coder found, so read it with its coverage: the share of the text it rests on."
        ),
        "ku_alpha": msg(
            "Agreement on one code where at least two coders coded the text. A value of 1 may rest on very"
            " little: it is never shown without its coverage."
        ),
    }
)
