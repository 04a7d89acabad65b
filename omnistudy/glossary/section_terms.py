"""The columns and titles that belong to one command."""

from __future__ import annotations

from omnistudy.results import Term, msg

SECTION_TERMS: tuple[Term, ...] = (
    Term(
        name="agreement columns",
        title=msg("Agreement between coders"),
        text=msg(
            "How far independent coders gave the same passages the same codes: coefficients with "
            "intervals, overall, per code, pair and interview, and the passages on which they differ."
        ),
        aliases=(
            "Coefficient",
            "Units",
            "Units rated twice or more",
            "Agreements",
            "Disagreements",
            "Resamples in which the second is higher",
            "Program",
            "What it prints",
            "Numbers printed",
            "Lowest to highest",
            "Matches the printed value",
            "Audit of a printed kappa",
            "Per cent of agreement from three counts",
        ),
    ),
    Term(
        name="cross-check columns",
        title=msg("Cross-check by other packages"),
        text=msg(
            "The same coefficients from the raw ratings by krippendorff, statsmodels and scikit-learn; a "
            "difference above 1e-9 stops the command."
        ),
        aliases=(
            "Other package",
            "Package",
            "omnistudy",
        ),
    ),
    Term(
        name="planned units",
        title=msg("Units to double-code"),
        text=msg(
            "How many units two coders have to rate so that the interval is as narrow, or the test as "
            "powerful, as asked."
        ),
        aliases=(
            "Units for the power",
            "Units for the width",
            "Interviews to hold",
        ),
    ),
    Term(
        name="code columns",
        title=msg("Codes"),
        text=msg(
            "What each code carries: quotations, interviews, coders and links, at the level that is "
            "named; and what is never used, used once or undefined."
        ),
        aliases=(
            "Linked with",
            "Attribute",
            "Parent",
            "Open code",
            "Main category",
            "Frequency: interviewees",
            "Frequency: mentions",
            "From the category to its quotations",
        ),
    ),
    Term(
        name="co-occurrence columns",
        title=msg("How two codes go together"),
        text=msg(
            "Overlaps counts quotations of both that overlap, with its Jaccard index by unit and by "
            "interview, the lift (how much more often than by chance), and an exact p, adjusted for the "
            "number of pairs."
        ),
        aliases=(
            "Overlaps",
            "Units with both",
            "Interviews with both",
            "Jaccard by interview",
            "Jaccard by unit",
            "Lift by interview",
            "Exact p",
            "p (Benjamini–Hochberg)",
            "With",
            "Interviews in which they overlap",
            "p",
        ),
    ),
    Term(
        name="arrow columns",
        title=msg("Columns of an arrow"),
        text=msg(
            "From and to name the two categories, status says whether evidence is recorded, and where it "
            "comes from says who stated it. Usual direction is that of the paradigm model."
        ),
        aliases=(
            "From",
            "To",
            "From category",
            "To category",
            "Feedback",
            "Rationale",
            "Where it comes from",
            "Usual direction",
            "Relations",
            "Negative cases",
            "Pieces of evidence",
            "Title of the memo",
            "Recorded without evidence",
            "Evidence to tell it from",
        ),
    ),
    Term(
        name="role votes",
        title=msg("Role votes"),
        text=msg(
            "Each coder's word on the role of a category, the agreed role, and whether the vote was "
            "unanimous."
        ),
        aliases=(
            "Agreed role",
            "Unanimous",
            "Voter",
            "Matched concepts voted on",
            "Role here",
            "Role in the model",
            "Local concepts in the role",
        ),
    ),
    Term(
        name="left out columns",
        title=msg("What hangs on one interview or coder"),
        text=msg(
            "Categories that fall and arrows that lose their evidence when one interview or one coder is "
            "left out; influential ones change the verdict."
        ),
        aliases=(
            "Categories that fall",
            "Arrows that lose their evidence",
            "Changes the verdict",
            "Drawn",
            "Draws",
        ),
    ),
    Term(
        name="comparison columns",
        title=msg("Structured comparison with a published model"),
        text=msg(
            "Which concepts of the model the study has, in which roles and how firmly, what is new, and "
            "how much of it chance would give."
        ),
        aliases=(
            "95th percentile by chance",
            "What the reference leaves unsaid",
            "Edited in the file",
            "Frozen",
        ),
    ),
    Term(
        name="trial of suggestions",
        title=msg("Trial of the suggestions"),
        text=msg(
            "Suggestions for interviews that were left out, beside what coders coded: precision, recall "
            "and F1, with the F1 of the most frequent code and of chance."
        ),
        aliases=(
            "Right",
            "Units suggested",
            "Units that carry it",
            "F1 of the most frequent code",
            "F1 at random",
            "Pairs of names of one code",
            "Pairs above the threshold",
            "Of these of one code",
            "Quotations of the first",
            "Quotations of the second",
            "First joined at distance",
            "Own categories",
        ),
    ),
    Term(
        name="content validity columns",
        title=msg("Content validity"),
        text=msg(
            "How many experts call an item essential, how many are needed so that chance is unlikely "
            "(exact binomial, one-sided), and whether the item is kept."
        ),
        aliases=(
            "Experts",
            "Essential",
            "Essential needed",
            "Exact p, one-sided",
            "Kept",
        ),
    ),
    Term(
        name="link columns",
        title=msg("Categories and customer metrics"),
        text=msg(
            "A category beside the metric that the interviews speak of: the expected direction, the "
            "direction of the records, rank correlation with its p by permutation, errors clustered by "
            "branch, and what a left-out case changes."
        ),
        aliases=(
            "Metric from the records",
            "Month",
            "Expected direction",
            "Direction of the metric",
            "Spearman's rho",
            "p by permutation",
            "p by placebo dates",
            "p of the step",
            "Errors",
            "Held constant",
            "Branch months",
            "Branches",
            "Lowest, one case left out",
            "Highest, one case left out",
            "Least rho that could be found",
            "Name of the category",
            "Theory",
            "two-sided",
        ),
    ),
    Term(
        name="journey columns",
        title=msg("Channel journeys"),
        text=msg(
            "Sequences of channels by person or case: steps and switches, where paths end without the "
            "goal, and what removing a channel would cost."
        ),
        aliases=(
            "Next steps",
            "From channel",
            "To channel",
            "Channel",
            "Steps",
            "Step",
            "Paths",
            "Paths that reach it",
            "Paths that end here without the goal",
            "Reach the goal",
            "Drop-off",
            "Removal effect",
        ),
    ),
    Term(
        name="lifetime columns",
        title=msg("Customer lifetime value"),
        text=msg(
            "The discounted margin that a customer is expected to bring within a horizon: repeat "
            "purchases, last purchase, time observed, probability to be alive, expected purchases, and "
            "value with its interval."
        ),
        aliases=(
            "Lifetime value",
            "Customer",
            "Repeat purchases",
            "Repeat purchases before",
            "Last purchase at",
            "Observed for",
            "P(alive)",
            "Expected purchases",
            "Predicted per customer",
            "Actual per customer",
            "At risk",
            "Ended",
            "Survival",
            "Greenwood error",
            "Retention per period",
            "Model",
        ),
    ),
    Term(
        name="audit columns",
        title=msg("Columns of an audit"),
        text=msg(
            "What is asked, what is observed, the evidence that is shown or to be asked for, and who owns it."
        ),
        aliases=(
            "To be measured",
            "Trait",
            "Benefit",
            "Score, 0 to 4",
            "Events with a customer / events",
            "What is observed",
            "In full",
            "Evidence to ask for",
            "Owner",
            "KPI",
            "Risk",
            "Categories of the model",
            "Active",
            "Indicator",
        ),
    ),
    Term(
        name="funnel columns",
        title=msg("Campaign funnel"),
        text=msg("The steps of a campaign with what each costs and brings, each per the step before it."),
        aliases=("Campaign",),
    ),
    Term(
        name="ecrm columns",
        title=msg("Processes of electronic CRM"),
        text=msg(
            "Five processes in this cycle beside the last: cost, service, and attributes that customers "
            "rated."
        ),
        aliases=(
            "Retention, other customers",
            "Retention, this channel's customers",
            "Satisfaction, other channels",
            "Satisfaction, this channel",
            "This cycle",
            "Cycle before",
            "Cost, this cycle",
            "Cost, cycle before",
            "Attribute rated",
            "Dimension",
            "Service",
            "The next stage",
            "Median stage",
        ),
    ),
    Term(
        name="merge columns",
        title=msg("Merge"),
        text=msg(
            "The work of several coders in one study: texts matched by content, offsets carried over "
            "where a text differs a little, conflicts named, and every coding accounted for."
        ),
        aliases=("What was merged",),
    ),
)
