"""The words of a comparison with a published model, explained."""

from __future__ import annotations

from omnistudy.results import Term, msg

_BOOTSTRAP = (
    "Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. doi:10.1007/978-1-4899-4541-9"
)

COMPARISON_TERMS: tuple[Term, ...] = (
    Term(
        name="structured_comparison",
        title=msg("Structured comparison"),
        text=msg(
            "A study set beside a published model by rules that were declared beforehand: which concepts are found, "
            "in which roles, how firmly, and what is new. It says how two models stand to each other, not which is right."
        ),
        use=msg(
            "When a published model and a crosswalk by two raters exist; freeze the protocol before coding."
        ),
        aliases=("compare", "comparison", "verdict"),
    ),
    Term(
        name="recall",
        title=msg("Recall of the model"),
        text=msg(
            "The share of the model's concepts that the study recovers: matched one to one, in at least two interviews, "
            "with a stability of .80 or more. Precision is the same number over the study's own concepts, F1 their harmonic "
            "mean, Jaccard their overlap. Limits come from resampled interviews."
        ),
        formula="m/R; precision m/L; F1 2m/(R+L); Jaccard m/(R+L-m)",
        source=_BOOTSTRAP,
        aliases=("precision", "f1", "jaccard_of_models"),
    ),
    Term(
        name="role_kappa",
        title=msg("Role kappa"),
        text=msg(
            "Cohen's kappa of the roles that matched concepts have in the model and in the study, over five roles, and over "
            "three with all conditions taken as one. Its limits come from resampled concepts, its level of chance from "
            "permuted roles."
        ),
        source="Cohen, J. (1960). doi:10.1177/001316446002000104",
        aliases=("role_kappa_collapsed", "null_p95"),
    ),
    Term(
        name="crosswalk",
        title=msg("Crosswalk"),
        text=msg(
            "A table in which two people say, independently and blind to roles, how each local concept relates to the model: "
            "exact, narrower, broader, overlap or none. What they differ on does not count until a row of the rater "
            "'adjudicated' settles it."
        ),
        aliases=("adjudicated", "strict_matching", "lenient_matching"),
    ),
    Term(
        name="detection_power",
        title=msg("Detection power"),
        text=msg(
            "The probability that a theme which a given share of people hold would be in at least two of the interviews, if "
            "interviews were drawn at random. Not found is not refuted."
        ),
        formula="P(X >= k), X binomial with n interviews and prevalence p",
    ),
    Term(
        name="informed_mode",
        title=msg("Blind and informed mode"),
        text=msg(
            "Blind: the coders had not seen the model. Informed: they coded with its frame, so that finding it again is no "
            "evidence; the comparison then says only whether the frame could be applied."
        ),
        aliases=("blind_mode", "frame"),
    ),
    Term(
        name="protocol",
        title=msg("Frozen protocol"),
        text=msg(
            "What was decided before coding (model, crosswalk rules, double-coding plan, thresholds, seed), fixed by a hash "
            "that has to be deposited elsewhere, because a local clock proves no date. Every later change is listed; an "
            "unfrozen comparison is exploratory."
        ),
        formula="SHA-256 of the protocol as JSON with sorted keys",
        aliases=("freeze", "exploratory", "deviation"),
    ),
    Term(
        name="decoy",
        title=msg("Decoy models"),
        text=msg(
            "Models that the study cannot agree with: the reference with its roles shuffled, and one of another domain to "
            "which the study is related at random. How often the rule calls them consistent shows what it gives by chance."
        ),
    ),
    Term(
        name="extension",
        title=msg("Extension"),
        text=msg(
            "A stable local concept without a counterpart in the published model. It is always reported and never held "
            "against the study."
        ),
    ),
)
