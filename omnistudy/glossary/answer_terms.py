"""The words with which outputs answer: verdicts, grades, statuses and kinds."""

from __future__ import annotations

from omnistudy.results import Term, msg

ANSWER_TERMS: tuple[Term, ...] = (
    Term(
        name="verdict of a comparison",
        title=msg("Verdict of a structured comparison"),
        text=msg(
            "Blind: consistent, partly or divergent, by the thresholds of the protocol. Informed: whether"
            " the frame is applicable, partly applicable or not, because coders who know the model cannot"
            " confirm it. Inconclusive: a condition of the verdict is not met."
        ),
        aliases=(
            "consistent",
            "divergent",
            "inconclusive",
            "frame_applicable",
            "frame_partly",
            "frame_not_applicable",
            "blind",
            "informed",
        ),
    ),
    Term(
        name="recovered",
        title=msg("Recovered, weak, not found"),
        text=msg(
            "What became of a concept of the model: recovered where the study has it with enough "
            "evidence, weak where it has it with less, not found where it has none. Found says the same "
            "of all concepts of a role."
        ),
        aliases=(
            "weak",
            "not_found",
            "Not found",
            "Found",
            "all",
            "some",
            "In another role here",
            "Stable",
            "Recovered",
            "In one interview or more",
            "In two or more",
            "In three or more",
        ),
    ),
    Term(
        name="correspondence",
        title=msg("Correspondence of concepts"),
        text=msg(
            "How a concept of the study lies to one of the model: exact, narrower, broader or "
            "overlapping. It stands when more than half of the raters give it."
        ),
        aliases=(
            "exact",
            "narrower",
            "broader",
            "overlap",
            "Concept here",
            "Concept of the model",
            "Raters differ on it",
            "Here",
            "In the model",
            "Unmatched",
            "disputed",
        ),
    ),
    Term(
        name="grade letters",
        title=msg("Grades A to D, Q0, Q1 and X"),
        text=msg(
            "Grades of a link between a category and a metric: Q0 and Q1 rest on the interviews alone, A "
            "to D add records, a test, a control and its repetition, and X says that the records "
            "contradict. In checklists A, P and M say that data can answer all, part or none of an item."
        ),
        aliases=(
            "A",
            "B",
            "C",
            "D",
            "X",
            "P",
            "M",
            "Q0",
            "Q1",
        ),
    ),
    Term(
        name="checklist status",
        title=msg("Who answered an item"),
        text=msg(
            "From the data where they answer it in full, by the researcher where a file of answers does, "
            "partly where something is missing, and to write where nothing is there yet."
        ),
        aliases=(
            "from_data",
            "by_researcher",
            "partly",
            "to_write",
            "To be filled",
            "Checklist",
            "Item",
            "Answer",
            "Question",
            "Reporting checklists",
        ),
    ),
    Term(
        name="decision on a suggestion",
        title=msg("Decision on a suggestion"),
        text=msg(
            "Shown, accepted or rejected, as the log of suggestions records it. Accepting is a note; "
            "merging and coding stay with people."
        ),
        aliases=(
            "shown",
            "accepted",
            "rejected",
            "Accepted of the decided",
            "Decision",
            "open",
            "Mean likeness",
            "Suggestion of codes",
        ),
    ),
    Term(
        name="aggregate",
        title=msg("Aggregate"),
        text=msg(
            "How one value is made of the ratings of many codes: computed directly from the sets of "
            "codes, or as the mean of the values of each code."
        ),
        aliases=(
            "direct",
            "mean_of_codes",
            "overall",
            "pair",
            "without_coder",
            "coders",
            "rounds",
            "all ratings",
            "mean of codes",
        ),
    ),
    Term(
        name="ci_method",
        title=msg("How an interval was found"),
        text=msg(
            "Leaving interviews out one by one (jackknife), resampling (percentile, bca, kalpha), a "
            "formula (analytic) or exact enumeration. The endings _normal say that too few resamples "
            "differed, and a normal approximation stands in."
        ),
        aliases=(
            "analytic",
            "bca_normal",
            "percentile_normal",
            "kalpha",
            "exact interval",
        ),
    ),
    Term(
        name="distance between labels",
        title=msg("Distance between labels"),
        text=msg(
            "How much two labels differ: nominal counts equal or not, ordinal by ranks, interval by "
            "differences, ratio by relative differences, MASI compares sets of codes."
        ),
        aliases=(
            "nominal",
            "ordinal",
            "ratio",
            "masi",
        ),
    ),
    Term(
        name="tried intervals",
        title=msg("Where an interval was tried"),
        text=msg(
            "Simulations with a known truth say how often intervals of a method hold: with balanced, "
            "rare, very rare or four categories, sampling units, interviews, or units within interviews."
        ),
        aliases=(
            "balanced",
            "rare",
            "very_rare",
            "four",
            "unit_in_interview",
        ),
    ),
    Term(
        name="criteria of a core category",
        title=msg("Criteria of a core category"),
        text=msg(
            "What Strauss and Corbin ask of a core category: central, frequent, linked with the others, "
            "abstract, growing deep, and explaining variation. The program shows the evidence for each; "
            "the choice is the researchers'."
        ),
        aliases=(
            "central",
            "frequent",
            "linked",
            "abstract",
            "deep",
            "variation",
            "Criterion",
        ),
    ),
    Term(
        name="scope of a condition",
        title=msg("Scope of the conditional matrix"),
        text=msg(
            "From the individual over group, organisation, community and nation to the global: how far a "
            "condition or consequence reaches."
        ),
        aliases=(
            "individual",
            "group",
            "organisation",
            "community",
            "nation",
            "global",
        ),
    ),
    Term(
        name="richness curve",
        title=msg("Rarefied, observed, extrapolated"),
        text=msg(
            "Points of the curve of codes: inside the sample over all orders, at the sample, and beyond "
            "it by Chao2."
        ),
        aliases=(
            "rarefied",
            "observed",
            "extrapolated",
            "Codes so far",
            "New codes",
            "Codes of the base",
            "5 %",
            "95 %",
            "First met after interview",
            "Sustained after interview",
            "New in the last run",
        ),
    ),
    Term(
        name="maturity level",
        title=msg("Levels of channel maturity"),
        text=msg(
            "Single, multi, cross and omni: the channels side by side, offered together, connected, or "
            "one experience. The declared level is set against what the log shows; a criterion is met, "
            "not met or not assessable."
        ),
        aliases=(
            "single",
            "multi",
            "cross",
            "omni",
            "met",
            "not_met",
            "Declared",
            "In the log",
            "Test",
            "First failing criterion",
        ),
    ),
    Term(
        name="verdict of a stage",
        title=msg("Verdict of a journey stage"),
        text=msg(
            "Unacceptable below the floor, fix below the target, watch where a competitor is ahead, over-"
            "served above the target, hold at it, unrated where a score is missing."
        ),
        aliases=(
            "Competitor ahead",
            "Current",
            "Gap",
            "Journey",
            "Still missing",
            "Target",
            "unacceptable",
            "fix",
            "watch",
            "over_served",
            "hold",
            "unrated",
            "Priority",
            "Stages",
            "Journey gaps",
            "Stage",
        ),
    ),
    Term(
        name="quadrant",
        title=msg("Quadrant of importance"),
        text=msg(
            "Focus: important to customer and brand. Maintain: to the customer only. Test: to the brand "
            "only. Minimum: to neither. The scale is cut at its midpoint."
        ),
        aliases=(
            "focus",
            "maintain",
            "test",
            "minimum",
        ),
    ),
    Term(
        name="verdict of a guard-rail",
        title=msg("Verdict of the guard-rail of cost"),
        text=msg(
            "Good where cost fell and no measure of quality did, harmful where one fell with it, unclear "
            "where an interval does not decide, no_fall where cost did not fall."
        ),
        aliases=(
            "good",
            "harmful",
            "unclear",
            "no_fall",
        ),
    ),
    Term(
        name="kind of publication",
        title=msg("Kind of publication"),
        text=msg(
            "Where an audit's items come from: a journal article, an essay or a vendor's page. What they "
            "claim is shown as their claim."
        ),
        aliases=(
            "journal_article",
            "essay",
            "vendor_page",
            "What the source means by it",
            "Claim of the source, not a finding",
        ),
    ),
    Term(
        name="answer of a participant",
        title=msg("Answer of a participant"),
        text=msg(
            "Whether somebody to whom a finding was shown agreed, agreed in part or disagreed, and "
            "whether it was changed."
        ),
        aliases=(
            "agree",
            "disagree",
            "yes",
            "no",
            "not described",
            "model",
            "proposition",
            "Shown",
            "Agree",
            "Disagree",
            "Partly",
            "Change made",
            "Changes made",
            "Member",
            "Members",
            "Was interviewed",
            "Which",
            "Technique",
        ),
    ),
    Term(
        name="metric",
        title=msg("Metric"),
        text=msg(
            "In customer records a number with a definition and an interval, computed from the log. In "
            "agreement the distance between labels, as nominal or ordinal."
        ),
        aliases=("Metrics",),
    ),
    Term(
        name="grouping of metrics",
        title=msg("Grouping of metrics"),
        text=msg("What a metric is computed for: all records, or each segment, channel, period or cohort."),
        aliases=(
            "channel",
            "period",
            "Cohort",
            "Name of the level",
            "Name of the metric",
            "Customer metrics",
        ),
    ),
    Term(
        name="speakers counted",
        title=msg("Whose speech counts"),
        text=msg(
            "Of participants only, which is the default, or of all speakers: the interviewer's words are "
            "no data."
        ),
        aliases=("participants",),
    ),
    Term(
        name="duplicates, categories, codes",
        title=msg("What is suggested"),
        text=msg(
            "Labels that look alike, codes that might belong together, or passages that look like a code."
            " Nothing is applied."
        ),
        aliases=(
            "duplicates",
            "categories",
            "codes",
            "Codes with labels that look alike",
            "Codes that might belong together",
            "Passages that look like a code",
        ),
    ),
    Term(
        name="gamma_gamma",
        title=msg("Gamma–gamma model of spending"),
        text=msg(
            "The spending of customers as their mean values, drawn around the mean of all; it needs "
            "purchases and value to be unrelated."
        ),
        aliases=("Value per purchase",),
    ),
)
