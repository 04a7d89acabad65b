"""The words that outputs use and that are neither coefficients nor lint rules, explained."""

from __future__ import annotations

from omnistudy.results import Term, msg

STRAUSS_CORBIN = "Strauss, A., & Corbin, J. (1998). Basics of qualitative research (2nd ed.). Sage."
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

GUEST = (
    "Guest, G., Namey, E., & Chen, M. (2020). A simple method to assess and report thematic saturation in "
    "qualitative research. PLoS ONE, 15(5), e0232076. doi:10.1371/journal.pone.0232076"
)
FRANCIS = (
    "Francis, J. J., et al. (2010). What is an adequate sample size? Psychology & Health, 25(10), 1229-1245. "
    "doi:10.1080/08870440903194015"
)
CHAO = (
    "Chao, A. (1987). Estimating the population size for capture-recapture data with unequal catchability. "
    "Biometrics, 43(4), 783-791. doi:10.2307/2531532"
)
HENNINK = (
    "Hennink, M. M., Kaiser, B. N., & Marconi, V. C. (2017). Code saturation versus meaning saturation. "
    "Qualitative Health Research, 27(4), 591-608. doi:10.1177/1049732316665344"
)
LAWSHE = (
    "Lawshe, C. H. (1975). A quantitative approach to content validity. Personnel Psychology, 28(4), 563-575. "
    "doi:10.1111/j.1744-6570.1975.tb01393.x"
)

GLOSSARY: tuple[Term, ...] = (
    Term(
        name="interview",
        title=msg("Interview"),
        text=msg(
            "One conversation with one participant, with its transcript. Interviews are numbered in the order "
            "they were held, because saturation depends on it. They are the sampling unit: intervals resample them."
        ),
        aliases=("document", "source"),
    ),
    Term(
        name="quotation",
        title=msg("Quotation"),
        text=msg(
            "A span of a transcript that somebody coded: interview, start and end, counted from 0 in characters "
            "of the canonical text, the end not included. Several codings of one span are one quotation."
        ),
        aliases=("segment", "highlight", "coded segment"),
    ),
    Term(
        name="coding",
        title=msg("Coding"),
        text=msg("One code that one coder gave one quotation in one round."),
    ),
    Term(
        name="code",
        title=msg("Code"),
        text=msg(
            "A name for what a passage is about, with definition, inclusion and exclusion. Open codes are grouped "
            "into subcategories and these into categories; counts say at which level they are taken."
        ),
        source=STRAUSS_CORBIN,
        aliases=("tag", "node", "label", "subcategory", "category"),
    ),
    Term(
        name="memo",
        title=msg("Memo"),
        text=msg("An analytic note on an interview, a quotation, a code, a relation or the whole study."),
        source=STRAUSS_CORBIN,
    ),
    Term(
        name="grounding",
        title=msg("Grounding"),
        text=msg(
            "How many quotations carry a code, or anything under it in the code tree. It is always shown beside "
            "the number of interviews and coders, because ten quotations of one talkative participant are not "
            "ten people."
        ),
        formula="number of distinct (interview, start, end) coded c or a descendant of c",
        aliases=("groundedness",),
    ),
    Term(
        name="density",
        title=msg("Density"),
        text=msg(
            "How many other codes a code is linked to by a relation of the model. It is not the dense description "
            "of the literature, and not the number of codes on one quotation."
        ),
        formula="number of distinct codes linked to c by a relation in either direction",
    ),
    Term(
        name="coverage",
        title=msg("Coverage"),
        text=msg(
            "The share of what participants said that carries at least one code of the analysis set. White space "
            "and the interviewer's speech do not count."
        ),
        formula="coded characters / all characters of participants' speech",
        aliases=("coded share",),
    ),
    Term(
        name="analysis set",
        title=msg("Analysis set"),
        text=msg(
            "Whose codings feed counts, saturation, model and comparison: the consensus, one leading coder, what a "
            "majority coded, or any coder's. Agreement never uses it: it compares the coders themselves."
        ),
        aliases=("consensus", "majority", "lead", "any"),
    ),
    Term(
        name="unit",
        title=msg("Unit of analysis"),
        text=msg(
            "What coders agree or disagree about: a character, token, sentence, paragraph, turn, pre-cut quotation "
            "or whole interview. The choice moves every coefficient, so it is always printed. A quotation rates a "
            "unit when the two share at least the minimal overlap."
        ),
        aliases=("character", "token", "sentence", "paragraph", "turn", "unit of analysis", "min overlap"),
    ),
    Term(
        name="seen",
        title=msg("Seen"),
        text=msg(
            "Which coder coded which interview in which round, whatever they found. Absence of a code is a rating "
            "only where the coder saw the interview; otherwise the rating is missing. Without a seen table a coder "
            "is taken to have seen the interviews in which they coded anything (flag assumed_seen)."
        ),
        aliases=("assumed_seen", "missing", "absent"),
    ),
    Term(
        name="round",
        title=msg("Round"),
        text=msg(
            "One pass of a coder through an interview. Agreement is measured on the last pass made independently, "
            "before discussion; a consensus round never enters it."
        ),
    ),
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
            "It draws no random numbers. With fewer than five interviews it is flagged as unreliable."
        ),
        formula="se² = (G-1)/G Σ(θ_g - mean θ)²; θ ± t(G-1) se, cut to [-1, 1]",
        source=EFRON,
        aliases=("confidence interval", "ci", "interval", "ci_low", "ci_high", "se", "ci_method"),
    ),
    Term(
        name="bootstrap",
        title=msg("Bootstrap interval"),
        text=msg(
            "An interval from many samples of units or interviews drawn with replacement: the percentile form "
            "takes their quantiles, the BCa form corrects them for bias and skew. The seed is printed."
        ),
        source=EFRON,
        aliases=("bca", "percentile", "resamples"),
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
        name="paradigm model",
        title=msg("Paradigm model"),
        text=msg(
            "Categories in six roles: causal conditions bring about the phenomenon; context and intervening "
            "conditions shape the strategies with which people respond; strategies lead to outcomes. Arrows are "
            "the researchers' claims; the program shows the quotations they rest on."
        ),
        source=STRAUSS_CORBIN,
        aliases=(
            "paradigm",
            "role",
            *("causal", "phenomenon", "context", "intervening", "strategy", "outcome"),
            *("مدل پارادایمی", "علّی", "پدیدهٔ محوری", "زمینه‌ای", "مداخله‌گر", "راهبرد", "پیامد"),
        ),
    ),
    Term(
        name="evidenced",
        title=msg("Evidenced and asserted arrows"),
        text=msg(
            "An arrow with at least one quotation or memo that exists in the study is evidenced and drawn solid; "
            "one without is asserted and drawn dashed. Evidence shows that the link was spoken of, not that it "
            "is a cause."
        ),
        aliases=("asserted", "evidence", "arrow", "relation"),
    ),
    Term(
        name="negative case",
        title=msg("Negative case"),
        text=msg(
            "A passage that speaks against a relation or proposition. Recording that one was searched for and not "
            "found differs from not having searched."
        ),
        source=STRAUSS_CORBIN,
        aliases=("polarity",),
    ),
    Term(
        name="stability",
        title=msg("Stability given the coding"),
        text=msg(
            "The share of resampled sets of interviews in which a category keeps at least two interviews and two "
            "quotations. It reuses the coding, so it says nothing about how else the interviews could be coded; "
            "with 14 interviews .80 means at least four of them."
        ),
    ),
    Term(
        name="co-occurrence",
        title=msg("Co-occurrence"),
        text=msg(
            "Two codes on overlapping quotations. The c-coefficient relates the overlaps to all quotations of both "
            "codes; where quotations nest it can exceed 1, so the interview-level Jaccard index stands beside it. "
            "Neither says that one thing causes the other."
        ),
        formula="c = n12/(n1 + n2 - n12)",
        aliases=("c-coefficient", "jaccard"),
    ),
    Term(
        name="saturation",
        title=msg("Saturation of the codes"),
        text=msg(
            "How many codes each further interview adds. A run of interviews is compared with the base of the first "
            "few: where it adds at most the threshold, the codes count as saturated there. It is said first, "
            "sustained (true from there to the end), and over other orders of the interviews. Codes are saturated, "
            "never the theory."
        ),
        formula="share(s) = new codes in interviews s+1..s+run / codes in interviews 1..base",
        source=GUEST,
        aliases=(
            "guest",
            "base",
            "run",
            "threshold",
            "first",
            "sustained",
            "order",
            "order sensitivity",
            "never",
        ),
    ),
    Term(
        name="stopping_10_3",
        title=msg("10 + 3 stopping rule"),
        text=msg(
            "After at least ten interviews, three in a row that add no code. The value is the number of interviews "
            "before those three; with fewer than 13 interviews the rule cannot be applied."
        ),
        source=FRANCIS,
        aliases=("10+3",),
    ),
    Term(
        name="chao2",
        title=msg("Chao2 estimate of richness"),
        text=msg(
            "A lower bound for the number of codes there are to find, from the codes that occur in exactly one and "
            "exactly two interviews. Interviews are taken as alike; merging or splitting codes moves it."
        ),
        formula="S + (T-1)/T Q1²/(2 Q2)",
        source=CHAO,
        aliases=("richness", "rarefaction", "extrapolation", "coverage of codes"),
    ),
    Term(
        name="meaning saturation",
        title=msg("Meaning saturation"),
        text=msg(
            "The last interview that adds a property, a dimension or a comment to a code. Where none is coded it is "
            "not assessed, which is not the same as reached."
        ),
        source=HENNINK,
    ),
    Term(
        name="proposal",
        title=msg("Proposed relation"),
        text=msg(
            "Two categories that overlap in at least two interviews and have no arrow. It has no direction and stays "
            "a proposal until the researchers write it into relations.csv with a rationale."
        ),
    ),
    Term(
        name="storyline",
        title=msg("Storyline skeleton"),
        text=msg(
            "The evidenced arrows in the order of the paradigm, with blanks that the researcher fills. The program "
            "writes no theory."
        ),
        source=STRAUSS_CORBIN,
    ),
    Term(
        name="leaving one out",
        title=msg("Leaving one interview or coder out"),
        text=msg(
            "What the model loses without each interview and without each coder: categories and evidenced arrows."
        ),
        aliases=("left_out",),
    ),
    Term(
        name="conditional matrix",
        title=msg("Conditional/consequential matrix"),
        text=msg(
            "Conditions and outcomes by their reach: individual, group, organisation, community, nation, global. A "
            "memo on a code titled 'scope: organisation' places it; empty cells are shown, not filled."
        ),
        source=STRAUSS_CORBIN,
    ),
    Term(
        name="suggestion",
        title=msg("Suggestion"),
        text=msg(
            "Likely duplicates, categories or codes from the likeness of words (character n-grams on match keys). "
            "Nothing is applied; what was accepted and rejected is logged, and a trial that leaves one interview out "
            "says how often such suggestions agree with the coders."
        ),
        aliases=("likeness", "acceptance", "adjusted rand index", "v-measure"),
    ),
    Term(
        name="content validity ratio",
        title=msg("Content validity ratio"),
        text=msg("How many experts more than half call an item essential, between -1 and 1."),
        formula="(n_e - N/2)/(N/2)",
        source=LAWSHE,
        aliases=("cvr",),
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
        name="synthetic",
        title=msg("Synthetic data"),
        text=msg(
            "The demonstration interviews were written for omnistudy and describe no real bank or person. They are "
            "recognised by their text, and every output made from them says so."
        ),
        aliases=("watermark", "maskan-demo"),
    ),
    Term(
        name="maskan-bank",
        title=msg("The Maskan Bank reference model"),
        text=msg(
            "Nineteen subcategories in five roles, as the public record of the study names them. The record gives "
            "no kappa value, frequency, arrow or CRM figure, and lists no core phenomenon; the one used here is "
            "inferred from its title and marked so."
        ),
        source="https://srb.sanad.iau.ir/fa/Article/1219500",
        aliases=("maskan",),
    ),
)
