"""Why does my program show another number? One term per program for ``explain``.

From the programs' manuals and, for QualCoder, its source code; versions differ.
"""

from __future__ import annotations

from omnistudy.results import Term, msg

VENDOR_TERMS: tuple[Term, ...] = (
    Term(
        name="nvivo",
        title=msg("NVivo's coding comparison"),
        text=msg(
            "NVivo compares two users or groups of users per code and file, in characters of the whole file. Its"
            " percentage counts text that neither coded as agreement, so it is high for every rare code; its kappa"
            " is Cohen's. It shows 1 where neither coded anything, although kappa is then 0/0, and 0 where only"
            " one did, and it offers no overall value."
        ),
        use=msg(
            "To come near it: omnistudy agreement STUDY --unit character --by code, two coders, then average; say"
            " whether the mean is plain or weighted by length. Our numbers leave the interviewer's words out."
        ),
        formula="agreement = (both + neither) / all characters; kappa = (po - pe) / (1 - pe)",
        source="NVivo help, Coding Comparison query. Cohen (1960). doi:10.1177/001316446002000104",
        aliases=("coding comparison", "nvivo kappa"),
    ),
    Term(
        name="maxqda",
        title=msg("MAXQDA's intercoder agreement"),
        text=msg(
            "MAXQDA compares two coders by segments: a segment agrees when the other coder has one with the same"
            " code and enough overlap, 90 % unless you change it. Text that nobody coded does not exist, so there"
            " is no fourth cell; its kappa is Brennan–Prediger with chance one over the number of codes, which"
            " for forty codes takes almost nothing off."
        ),
        use=msg(
            "Report it as percentage of segments at the overlap that you set, with the number of codes, and beside"
            " it unitizing alpha, which is corrected for chance: omnistudy agreement STUDY --coefficient u_alpha"
            " --coefficient cu_alpha."
        ),
        formula="agreement = matched segments / all segments; kappa = (po - 1/K) / (1 - 1/K), K codes",
        source="MAXQDA manual, Intercoder Agreement. Brennan & Prediger (1981). doi:10.1177/001316448104100307",
        aliases=("maxqda kappa", "segment agreement"),
    ),
    Term(
        name="atlasti",
        title=msg("ATLAS.ti's inter-coder agreement"),
        text=msg(
            "ATLAS.ti takes any number of coders and counts characters of the whole document, uncoded text"
            " included. It prints percent agreement, the Holsti index and Krippendorff's family (alpha-binary for"
            " a domain, cu-alpha inside it), for semantic domains whose codes exclude each other; it prints no"
            " Cohen's kappa. As it counts every character and not every passage, its alphas differ from u_alpha."
        ),
        use=msg(
            "To come near it: omnistudy agreement STUDY --unit character. A study that reports a kappa from ATLAS.ti"
            " computed it elsewhere, so ask for the table: omnistudy audit kappa."
        ),
        formula="Holsti = 2 · shared / (coded by A + coded by B), in characters",
        source="ATLAS.ti manual, Inter-coder Agreement. Krippendorff et al. (2016). doi:10.1007/s11135-015-0266-1",
        aliases=("atlas.ti", "atlas ti"),
    ),
    Term(
        name="qualcoder",
        title=msg("QualCoder's coder comparison"),
        text=msg(
            "QualCoder compares two coders per code and file in characters. The number that it calls kappa leaves"
            " out text that neither coded and multiplies the chance of both choosing the code with the chance of"
            " both leaving it, where Cohen's kappa adds the two. It is no kappa, so it is explained here and not"
            " offered as one: 50 characters by both, 75 by each alone and 800 by neither print .2064, and kappa"
            " is .3143."
        ),
        use=msg(
            "Do not report it. Use Cohen's kappa over characters (--unit character) or unitizing alpha; omnistudy"
            " audit kappa lists its value among the formulas."
        ),
        formula="po = both / coded; pe = p(yes) · p(no) over coded characters; (po - pe) / (1 - pe)",
        source="QualCoder source code, report of coder comparison, read in 2026",
        aliases=("qualcoder kappa",),
    ),
    Term(
        name="spss",
        title=msg("Kappa from SPSS Crosstabs"),
        text=msg(
            "SPSS computes Cohen's kappa of two columns: value, asymptotic standard error, approximate T and"
            " approximate significance. The significance tests that agreement is mere chance and says nothing of"
            " how good it is; the error beside the value is the one for an interval. It prints no kappa where a"
            " coder always chose the same category, so the worst codes silently drop out of an average."
        ),
        use=msg(
            "omnistudy agreement STUDY --ratings FILE.csv writes the table that Crosstabs reads, one row per unit"
            " and code; omnistudy audit kappa A B C D prints SPSS's row under its own names."
        ),
        formula="kappa = (po - pe) / (1 - pe); T = kappa / error under chance",
        source="IBM SPSS Statistics Algorithms, CROSSTABS. Fleiss, Cohen & Everitt (1969). doi:10.1037/h0028106",
        aliases=("crosstabs", "spss kappa", "approximate significance"),
    ),
)
