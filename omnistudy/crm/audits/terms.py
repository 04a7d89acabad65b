"""The words of the audits, explained; `explain` and the glossary read them from here."""

from __future__ import annotations

from omnistudy.results import Term, msg

NEWCOMBE = (
    "Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. "
    "doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I; Zou, G. Y., & Donner, A. (2008). "
    "doi:10.1002/sim.3095"
)
PAYNE = "Payne, A., & Frow, P. (2005). A strategic framework for CRM. doi:10.1509/jmkg.2005.69.4.167"

AUDIT_TERMS: tuple[Term, ...] = (
    Term(
        name="channel maturity",
        title=msg("Channel maturity"),
        text=msg(
            "How far the channels have grown together: single, multichannel, cross-channel, omnichannel. The levels "
            "are those of an essay; the criteria and thresholds are this program's. The level is read from the log "
            "and stands beside the declared one."
        ),
        use=msg("omnistudy crm maturity; every threshold can be changed with --threshold NAME=VALUE."),
        formula="observed level = highest level whose criteria, and all below, are met; gap = declared − observed",
        aliases=("maturity", "single-channel", "multichannel", "cross-channel", "omnichannel"),
    ),
    Term(
        name="not assessable",
        title=msg("not assessable"),
        text=msg(
            "A criterion whose column or table is missing is neither met nor failed. What would be needed is printed "
            "beside it."
        ),
    ),
    Term(
        name="duplicate identity",
        title=msg("Duplicate identities"),
        text=msg(
            "A customer with more than one id within one channel of the identity map. Ids of different channels do "
            "not count, because joining them is what the map is for."
        ),
        formula="customers with more than one source_id in a channel / customers of the map",
    ),
    Term(
        name="process similarity",
        title=msg("Process similarity"),
        text=msg(
            "Whether a service takes the same steps in every channel: the most frequent sequence of steps of "
            "completed journeys that stayed in one channel, compared between channels."
        ),
        formula="Σ n (1 − d / longer length) / Σ n over pairs of channels; d = Levenshtein distance, n = journeys",
        source="Levenshtein, V. I. (1966). Binary codes capable of correcting deletions, insertions, and reversals.",
    ),
    Term(
        name="traits of omni-banking",
        title=msg("Five traits of omnichannel banking"),
        text=msg(
            "Uniform channels, integrated channels, centred on the customer, interaction, guessing needs. Each has "
            "observables of its own; they are never summed into one score."
        ),
        aliases=("omni-banking", "traits"),
    ),
    Term(
        name="readiness",
        title=msg("Omnichannel readiness"),
        text=msg(
            "Nine steps scored 0 to 4. A score counts only with evidence: a quotation of the study, a metric that has "
            "a value, or a document. Unscored is not 0; mean, weakest step and coverage are printed together."
        ),
        use=msg("omnistudy crm readiness; the sheet has the columns item, score, evidence, owner and note."),
        aliases=("nine steps",),
    ),
    Term(
        name="evidence reference",
        title=msg("Evidence of an answer"),
        text=msg(
            "P01:481-646 is a quotation and is looked up in the study; metric:csat/top_two is computed and shown; "
            "anything else names a document. Several are parted by |. What does not exist is an error."
        ),
    ),
    Term(
        name="guard-rail",
        title=msg("Guard-rail of cost"),
        text=msg(
            "A fall of cost is good only while satisfaction and retention of the channel's own and of the other "
            "customers did not fall: good, harmful or unclear by the intervals of the four changes."
        ),
        formula="good: all lower limits > −margin; harmful: one upper limit < 0; else unclear",
        source=NEWCOMBE,
        aliases=("cost to serve",),
    ),
    Term(
        name="cycle",
        title=msg("Cycle"),
        text=msg(
            "The five processes of electronic CRM run in cycles. The cycle before is as long as this one and ends the "
            "day before it begins; both stand beside each other, with the interval of the change."
        ),
        use=msg("omnistudy crm ecrm --cycle-start DATE, or the row cycle.start of the sheet."),
        source=PAYNE,
        aliases=("ecrm",),
    ),
    Term(
        name="stages of CRM",
        title=msg("Traditional, new, electronic"),
        text=msg(
            "Seventeen attributes in three dimensions, each at stage 1, 2 or 3, with the median per dimension and the "
            "imbalance between them. The highest stage is multichannel and is never read as omnichannel."
        ),
        aliases=("imbalance",),
    ),
    Term(
        name="touchpoint",
        title=msg("Touchpoint"),
        text=msg("A place where customer and organisation meet within a journey: a page, a call, a counter."),
    ),
    Term(
        name="customer intelligence",
        title=msg("Customer intelligence"),
        text=msg("What an organisation knows about its customers from what they did, said and were asked."),
    ),
    Term(
        name="kind of source",
        title=msg("Kind of source"),
        text=msg(
            "Every audit says what kind of text its framework comes from: a journal article, a vendor's page or an "
            "essay. What the text claims about the world is printed as a claim, never as a finding."
        ),
        aliases=("claim",),
    ),
)
