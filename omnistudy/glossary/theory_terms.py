"""The words of saturation, the paradigm model and what earns it trust."""

from __future__ import annotations

from omnistudy.results import Term, msg

STRAUSS_CORBIN = "Strauss, A., & Corbin, J. (1998). Basics of qualitative research (2nd ed.). Sage."
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

THEORY_TERMS: tuple[Term, ...] = (
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
        name="origin",
        title=msg("Where a relation comes from"),
        text=msg(
            "The table of relations, a link of an imported project, or a memo after which somebody wrote it down. A "
            "link with a direction is an arrow, evidenced only by the memos that stand on it and their quotations; a "
            "link without one, and a memo about two codes, are proposals."
        ),
        aliases=("link", "linked proposal", "linked_proposals", "direction", "associative"),
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
        name="content validity index",
        title=msg("Content validity index"),
        text=msg(
            "The mean content validity ratio of the items that are kept. An item is kept where so many experts call it "
            "essential that the exact one-sided binomial test is at most .05: 11 of 14, 15 of 20."
        ),
        source=LAWSHE,
        aliases=("cvi",),
    ),
    Term(
        name="trustworthiness",
        title=msg("Trustworthiness"),
        text=msg(
            "Four criteria with the techniques that serve them: credibility, transferability, dependability and "
            "confirmability. The program lists what the study describes and names what it does not; it judges nothing."
        ),
        source="Lincoln, Y. S., & Guba, E. G. (1985). Naturalistic inquiry. Sage. Chapter 11.",
        aliases=("credibility", "transferability", "dependability", "confirmability", "اعتمادپذیری"),
    ),
    Term(
        name="member check",
        title=msg("Member check"),
        text=msg(
            "A finding shown back to a participant or an expert, with the answer, their comment and what was changed "
            "because of it. Agreement of members proves nothing; their objections are the data."
        ),
        source="Lincoln, Y. S., & Guba, E. G. (1985). Naturalistic inquiry. Sage. Chapter 11.",
        aliases=("member_checks", "member checking", "بازبینی مشارکت‌کنندگان"),
    ),
)
