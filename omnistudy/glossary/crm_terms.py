"""The words around customer records and their links to the model."""

from __future__ import annotations

from omnistudy.results import Term, msg

GUETTERMAN = (
    "Guetterman, T. C., Fetters, M. D., & Creswell, J. W. (2015). Integrating quantitative and qualitative results in "
    "health science mixed methods research through joint displays. Annals of Family Medicine, 13(6), 554-561. "
    "doi:10.1370/afm.1865"
)
FELDT = (
    "Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability "
    "coefficient twenty. Psychometrika, 30, 357-370. doi:10.1007/BF02289499"
)
CAMERON = (
    "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for "
    "inference with clustered errors. Review of Economics and Statistics, 90(3), 414-427. "
    "doi:10.1162/rest.90.3.414"
)
KISH = "Kish, L. (1965). Survey sampling. Wiley."
BENJAMINI = (
    "Benjamini, Y., & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
    "Statistical Society B, 57(1), 289-300. doi:10.1111/j.2517-6161.1995.tb02031.x"
)

CRM_TERMS: tuple[Term, ...] = (
    Term(
        name="grade of evidence",
        title=msg("Grade of evidence"),
        text=msg(
            "What a link between a category and a metric rests on. Q0: interviews only, reliability of the coding not "
            "measured or below .667. Q1: interviews, reliably coded. A: the metric has moved in the stated direction, not "
            "tested. B: associated over cases. C: the metric changed after a date. D: changed against a control, twice. "
            "X: the records contradict it."
        ),
        use=msg("Words of cause are used from grade D on, and only with the assumptions beside them."),
        aliases=("grade", "Q0", "Q1", "evidence grade"),
    ),
    Term(
        name="joint display",
        title=msg("Joint display"),
        text=msg(
            "One row a link: the category with the interviews that speak of it, quotations and agreement, beside the "
            "metric with its interval and period, the analyst's judgement of their fit, and what follows from both."
        ),
        source=GUETTERMAN,
        aliases=("fit", "confirm", "expand", "discord", "silent"),
    ),
    Term(
        name="meta-inference",
        title=msg("Meta-inference"),
        text=msg(
            "What the analyst concludes from both kinds of data together. The program never writes it, and exports a "
            "joint display only when every link has one."
        ),
        source=GUETTERMAN,
        aliases=("meta_inference",),
    ),
    Term(
        name="registered link",
        title=msg("Registered link"),
        text=msg(
            "A link whose hash was written before the records were read. Only such links are tested with a p; the others "
            "are exploratory and show none."
        ),
        aliases=("confirmatory", "register", "registered", "exploratory"),
    ),
    Term(
        name="placebo date",
        title=msg("Placebo date"),
        text=msg(
            "A date at which nothing was done. The change at the real date is compared with the changes that the same "
            "model finds at all such dates."
        ),
        aliases=("placebo_p", "placebo"),
    ),
    Term(
        name="control series",
        title=msg("Control series"),
        text=msg(
            "The same metric where the strategy was not used. The change is then that of the difference between the two, "
            "which other events at the same time leave alone as long as they reach both."
        ),
        aliases=("control", "controlled"),
    ),
    Term(
        name="minimum detectable effect",
        title=msg("Minimum detectable effect"),
        text=msg(
            "The smallest correlation over so few cases that a test would find with power .80. It stands beside every "
            "association, so that a missing one is not read as none."
        ),
        formula="tanh(2.8 * 1.06 / sqrt(n - 3))",
    ),
    Term(
        name="false discovery rate",
        title=msg("Adjusted p"),
        text=msg(
            "The p of a family of registered links after Benjamini and Hochberg: the expected share of false ones."
        ),
        source=BENJAMINI,
        aliases=("p_adjusted", "Benjamini–Hochberg", "BH"),
    ),
    Term(
        name="wild cluster bootstrap",
        title=msg("Wild cluster bootstrap"),
        text=msg("The p of a panel of fewer than 30 units, where cluster-robust errors are too small."),
        source=CAMERON,
    ),
    Term(
        name="effective number of answers",
        title=msg("Effective number of answers"),
        text=msg("How many equally weighted answers would be as informative as the weighted ones."),
        formula="(sum w)^2 / sum w^2",
        source=KISH,
        aliases=("survey weight",),
    ),
    Term(
        name="Feldt interval",
        title=msg("Feldt's interval"),
        text=msg("The interval of Cronbach's alpha from the F distribution."),
        source=FELDT,
    ),
    Term(
        name="clustered share",
        title=msg("Interval of a clustered share"),
        text=msg(
            "A Wilson interval on the number of independent events that would be as informative, because the events of "
            "one customer are alike."
        ),
        aliases=("wilson_clustered",),
    ),
    Term(
        name="refusal",
        title=msg("Refusal"),
        text=msg(
            "A number that is not printed because the data do not carry it, with the reason and with what would be needed. "
            "It is an answer, and the exit code is 0."
        ),
        aliases=("refused", "refusals"),
    ),
)
