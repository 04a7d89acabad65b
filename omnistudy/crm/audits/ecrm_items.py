"""What `crm ecrm` asks: five processes that run in cycles, enabling conditions, four integrations.

In our own words, after a strategic framework for electronic CRM. The results of the five processes
are more than their sum, so no total is formed.
"""

from __future__ import annotations

from omnistudy.crm.audits.items import Item, Scale, checklist
from omnistudy.crm.audits.sources import ECRM
from omnistudy.results import Message, msg

STRATEGY = checklist(
    "strategy",
    ECRM,
    (
        (
            "before_technology",
            msg("Strategy before technology"),
            msg("CRM is part of the business strategy before any technology is chosen."),
        ),
        (
            "aligned",
            msg("Business and customer strategy aligned"),
            msg("The strategy for the business and that for the customers point the same way."),
        ),
        ("culture", msg("Culture and change"), msg("Culture is prepared and the change is managed.")),
        (
            "re_engineering",
            msg("Re-engineer before automating"),
            msg("It was decided, with a date, which processes are redesigned before they are automated."),
        ),
        (
            "segments_checked",
            msg("Segments checked with customers"),
            msg("Customers were asked whether they see themselves in the segment they are put in."),
        ),
    ),
)
VALUE = checklist(
    "value",
    ECRM,
    (
        ("balanced", msg("Balanced exchange"), msg("Both sides get a fair return from the exchange.")),
        (
            "customer_value",
            msg("Value for the customer"),
            msg("Value for the customer is followed, in money and in feeling."),
        ),
        (
            "firm_value",
            msg("Value for the organisation"),
            msg("Value for the organisation is the present value of profit over the customer's lifetime."),
        ),
    ),
)
INTEGRATION = checklist(
    "integration",
    ECRM,
    (
        ("all_channels", msg("All channels"), msg("The strategy is integrated over all channels.")),
        ("one_database", msg("One customer database"), msg("All channels use one customer database.")),
        (
            "how_contact",
            msg("How customers want contact"),
            msg("It is known how customers want to be contacted."),
        ),
        (
            "fit",
            msg("Which channel suits"),
            msg("It is said which channel suits which customer and transaction, and not by cost alone."),
        ),
        (
            "beside_old",
            msg("New channels beside old"),
            msg("New channels stand beside the old ones; channels and departments are joined."),
        ),
        (
            "mixed",
            msg("Agent and self-service together"),
            msg("Agent and self-service can be mixed in one interaction, on a single view of the customer."),
        ),
    ),
)
INFORMATION = checklist(
    "information",
    ECRM,
    (
        (
            "about_for_from",
            msg("About, for and from customers"),
            msg(
                "Information about, for and from customers is managed; from them means complaints and suggestions."
            ),
        ),
        (
            "warehouse",
            msg("Integrated warehouse"),
            msg("A clean, integrated warehouse is within reach of the whole organisation."),
        ),
        ("analysis", msg("Tools of analysis"), msg("There are tools to analyse the data.")),
        ("extensible", msg("Systems that grow"), msg("The IT can be extended.")),
        ("decisions", msg("Support of decisions"), msg("Decisions are supported by the data.")),
        ("offices", msg("Front and back office"), msg("Front office and back office work on the same data.")),
        ("web_interaction", msg("Interaction on the web"), msg("Customers can interact on the web.")),
        ("chat", msg("Chat"), msg("There is a chat.")),
        ("knowledge", msg("Knowledge base"), msg("A knowledge base with a search that learns is in use.")),
        ("email", msg("Managed replies to e-mail"), msg("Replies to e-mail are managed.")),
        ("bots", msg("Care bots"), msg("Bots care for simple requests.")),
        ("voice", msg("Voice recognition"), msg("Voice is recognised.")),
    ),
)
PERFORMANCE = checklist(
    "performance",
    ECRM,
    (
        (
            "at_design",
            msg("Measures set at design time"),
            msg("Measures were set when the process was designed, balanced with those of the business."),
        ),
        (
            "feedback",
            msg("Feedback at once"),
            msg("Feedback is taken almost at once and almost anonymously."),
        ),
        (
            "silent",
            msg("Silent leavers"),
            msg("Those who leave without a complaint are followed too."),
        ),
        (
            "guard_rail",
            msg("Cost only with value unharmed"),
            msg("A cut of cost counts only while the value for customers is unharmed."),
        ),
    ),
)
PROCESSES: tuple[tuple[str, Message, tuple[Item, ...]], ...] = (
    ("strategy", msg("Strategy development"), STRATEGY),
    ("value", msg("Value creation"), VALUE),
    ("integration", msg("Multichannel integration"), INTEGRATION),
    ("information", msg("Information management"), INFORMATION),
    ("performance", msg("Performance assessment"), PERFORMANCE),
)

CYCLE_START = "cycle.start"
CYCLE_ITEMS = checklist(
    "cycle",
    ECRM,
    (("start", msg("First day of this cycle"), msg("The first day of the cycle that is audited.")),),
    Scale.DAY,
)
CONDITIONS = checklist(
    "condition",
    ECRM,
    (
        ("management", msg("Support of top management"), msg("Top management supports it.")),
        ("staff", msg("Commitment of staff"), msg("Staff are committed to it.")),
        (
            "people_first",
            msg("People beside IT"),
            msg("Spending on IT does not stand in for people."),
        ),
    ),
)
INTEGRATIONS = checklist(
    "joined",
    ECRM,
    (
        ("information", msg("Information"), msg("Information is integrated.")),
        ("systems", msg("Systems"), msg("Systems are integrated.")),
        ("channels", msg("Channels"), msg("Channels are integrated.")),
        ("resources", msg("Resources and processes"), msg("Resources and processes are integrated.")),
    ),
)
FURTHER: tuple[tuple[str, Message, tuple[Item, ...]], ...] = (
    ("condition", msg("Enabling conditions"), CONDITIONS),
    ("joined", msg("Four integrations"), INTEGRATIONS),
)

# Four stages of a customer's life, and the metrics that speak to each.
LIFECYCLE: tuple[tuple[str, Message, tuple[str, ...]], ...] = (
    ("acquire", msg("Acquire"), ("conversion", "referral_rate")),
    ("retain", msg("Retain"), ("return_rate", "churn")),
    ("develop", msg("Develop"), ("repeat_rate", "products_per_customer")),
    ("differentiate", msg("Differentiate"), ("personalised_share",)),
)
CLAIM = msg(
    "The framework says that keeping a customer is about five times cheaper than winning one; it has no data."
)
