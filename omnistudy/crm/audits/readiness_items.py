"""What `crm readiness` asks: nine steps, multichannel or omnichannel, benefits as claims.

In our own words, after a vendor's page; the risks and benefits of CRM are in
:mod:`omnistudy.crm.audits.risk_register`. Scores are this program's: 0 nothing, 1 planned, 2 in some
channels, 3 in all declared channels, 4 also measured and improved in the last twelve months.
"""

from __future__ import annotations

from dataclasses import replace

from omnistudy.crm.audits.items import Item, Scale, checklist
from omnistudy.crm.audits.sources import STEPS
from omnistudy.results import Message, msg

SCORES = (
    msg("nothing"),
    msg("planned"),
    msg("in some channels"),
    msg("in all declared channels"),
    msg("also measured and improved in the last twelve months"),
)

_STEPS: tuple[tuple[str, Message, Message, Message, tuple[str, ...]], ...] = (
    (
        "know_needs",
        msg("Know the needs"),
        msg("Know what sets off a purchase, which channel is used most and where customers hesitate."),
        msg(
            "a study of segments; share of channels per segment; the step of each journey where people drop off"
        ),
        ("I3", "I4"),
    ),
    (
        "journey_map",
        msg("Map the journey"),
        msg("Map all contacts from awareness to purchase, support and return."),
        msg("a dated map; logged touchpoints that are on it / logged touchpoints"),
        ("I1", "I5"),
    ),
    (
        "integrate_systems",
        msg("Integrate the systems"),
        msg("Sales, support, SMS panel, site, app and CRM share data: an agent sees an order of the site."),
        msg("an inventory of interfaces; metric:identity_match per channel"),
        ("C1", "X1"),
    ),
    (
        "central_data",
        msg("Centralise the data"),
        msg("Purchases, messages and feedback are in one store."),
        msg("a list of feeds; completeness, duplicates and delay"),
        ("C1", "X1"),
    ),
    (
        "personalise",
        msg("Personalise"),
        msg("Contacts follow taste and history: what was viewed and not bought gets an offer days later."),
        msg("a list of rules; metric:personalised_share; acceptance of offers"),
        ("I3", "S4"),
    ),
    (
        "fluent_cross_channel",
        msg("Flow between channels"),
        msg("Customers enter anywhere and move on without stopping or typing again."),
        msg("metric:continuity; metric:repeat_information"),
        ("I5", "I2"),
    ),
    (
        "security_privacy",
        msg("Security and privacy"),
        msg("The use of data is told openly; data are encrypted; there is a second factor or one-time code."),
        msg("the policy; share of customers with a second factor; incidents; perceived security"),
        ("C2",),
    ),
    (
        "train_align",
        msg("Train and align the teams"),
        msg("One goal is known from support to sales; there is regular training, meetings and shared tools."),
        msg("hours of training per head; a log of meetings; metric:handoffs"),
        ("S2", "C3", "C4"),
    ),
    (
        "evaluate_improve",
        msg("Evaluate, test, improve"),
        msg("The four KPIs are followed; it is never finished."),
        msg("series of the KPIs; a log of experiments with dates"),
        ("S1", "O1"),
    ),
)
STEP_ITEMS: tuple[Item, ...] = tuple(
    Item(
        id=f"step.{name}", title=title, asks=asks, show=show, categories=categories, number=at,
        scale=Scale.SCORE, source=STEPS,
    )
    for at, (name, title, asks, show, categories) in enumerate(_STEPS, 1)
)  # fmt: skip

# Every item with what multichannel and omnichannel look like there.
_SIDES: tuple[tuple[str, Message, Message, Message], ...] = (
    ("goal", msg("Goal"), msg("to be present in several channels"), msg("one integrated experience")),
    ("link", msg("Link between channels"), msg("independent"), msg("coordinated and led by data")),
    (
        "experience",
        msg("User experience"),
        msg("differs from channel to channel"),
        msg("constant and continuous"),
    ),
    (
        "example",
        msg("Example"),
        msg("site and social network exchange no data"),
        msg("a purchase on the site is followed up by SMS from the same account"),
    ),
    ("outlook", msg("Outlook"), msg("centred on the channel"), msg("centred on the customer")),
)
SIDE_ITEMS = tuple(
    replace(item, show=omni, asks=multi)
    for item, (_, _, multi, omni) in zip(
        checklist("side", STEPS, ((name, title, multi) for name, title, multi, _ in _SIDES), Scale.SIDE),
        _SIDES,
        strict=True,
    )
)

# What the vendor's page promises. Printed as claims with their source, never as findings.
CLAIMS: tuple[tuple[str, Message], ...] = (
    ("loyalty", msg("Customers stay longer; the page puts a figure of up to 89 % on it and names no study.")),
    ("recognition", msg("The brand is recognised by the same look, message and tone.")),
    ("support", msg("Support gets better and faster.")),
    ("personal", msg("Contacts become personal.")),
    ("choice", msg("Customers are free to choose.")),
    ("planning", msg("Stock and sales are easier to plan.")),
    ("cheaper_to_keep", msg("Keeping a customer is cheaper than winning one.")),
)
# The four KPIs as (metric, level); response time has two values.
KPIS = (
    ("csat", "top_two"),
    ("conversion", "journey"),
    ("response_time", "median"),
    ("response_time", "p90"),
    ("return_rate", "pooled"),
)
KPI_TITLES: dict[str, Message] = {
    "csat/top_two": msg("Satisfaction rate, two best boxes"),
    "conversion/journey": msg("Conversion rate of journeys"),
    "response_time/median": msg("Response time, median"),
    "response_time/p90": msg("Response time, 90th percentile"),
    "return_rate/pooled": msg("Customer return rate, month after month"),
}
