"""What `crm maturity` asks beside the log: precondition, consistency, practices, heads, technology.

In our own words, after the essays on omnichannel (see :mod:`omnistudy.crm.audits.sources`).
"""

from __future__ import annotations

from omnistudy.crm.audits.items import Item, Scale, checklist
from omnistudy.crm.audits.sources import ESSAYS
from omnistudy.results import Message, msg

DECLARED = "level.declared"
CENTRAL_RECORD = "precondition.central_record"

LEVEL_ITEMS = (
    *checklist(
        "precondition",
        ESSAYS,
        (
            (
                "central_record",
                msg("Central customer record"),
                msg("A central customer record exists that every channel reads and writes."),
            ),
        ),
    ),
    *checklist(
        "level",
        ESSAYS,
        (("declared", msg("Declared level"), msg("The level that the organisation says it is at.")),),
        Scale.LEVEL,
    ),
)

CONSISTENCY = checklist(
    "consistency",
    ESSAYS,
    (
        ("look", msg("Look"), msg("Every channel looks the same: colours, signs, layout.")),
        ("messaging", msg("Messages"), msg("Every channel says the same, in the same tone.")),
        ("positioning", msg("Brand position"), msg("The brand stands for the same in every channel.")),
        ("availability", msg("Products on offer"), msg("The same products are to be had in every channel.")),
        ("price", msg("Price"), msg("Prices and fees are the same in every channel.")),
        (
            "awareness",
            msg("Awareness of other channels"),
            msg("Every channel knows what the customer did in the others."),
        ),
        (
            "personalised",
            msg("Personal experience"),
            msg("The experience is fitted to the customer in every channel."),
        ),
    ),
)

PRACTICES = checklist(
    "practice",
    ESSAYS,
    (
        (
            "segments",
            msg("Segments and their critical needs"),
            msg(
                "Target customers are segmented, the most profitable first, and the needs that decide are named "
                "for each: one failure at such a moment outweighs many good acts."
            ),
        ),
        (
            "journey",
            msg("The journey as it is"),
            msg(
                "The present journey of each segment is described with the emotion at each stage, checked by surveys, "
                "recorded calls, focus groups and walking it; the unacceptable point and the end are looked at first."
            ),
        ),
        (
            "priorities",
            msg("Priorities, then redesign"),
            msg(
                "Stages are placed by importance to customer and brand; touchpoints are chosen after the journey is "
                "redesigned, not before. omnistudy crm gap draws this."
            ),
        ),
        (
            "web_context",
            msg("Context on the web"),
            msg(
                "Pages fit the visitor: related products, contact channels switched on or off, offers, pages that "
                "change by rule."
            ),
        ),
        (
            "deflection",
            msg("Context between channels"),
            msg(
                "A channel knows what happened in another one and passes the customer on: the voice system knows the "
                "order placed online, a call of low value gets an appointment to be called back."
            ),
        ),
        (
            "beyond_centre",
            msg("Context beyond the contact centre"),
            msg("What the customer did online is at hand in the branch too, for example by a scanned code."),
        ),
        (
            "measures",
            msg("Measures of experience"),
            msg(
                "Measures of experience are chosen, and the contact centre's daily measures are in line with them."
            ),
        ),
        ("resources", msg("Resources"), msg("Staff are selected, trained and skilled for the new journeys.")),
        (
            "routing",
            msg("Routing"),
            msg("Rules pass each contact to the right place; channels are tuned by segment."),
        ),
        ("reporting", msg("Reporting"), msg("Reports are there every day and while it happens.")),
    ),
)
# The source counts six practices: the fourth and the sixth have three parts each.
PRACTICE_NUMBER = {
    "segments": 1, "journey": 2, "priorities": 3, "web_context": 4, "deflection": 4, "beyond_centre": 4,
    "measures": 5, "resources": 6, "routing": 6, "reporting": 6,
}  # fmt: skip

HEADS = checklist(
    "head",
    ESSAYS,
    (
        (
            "coordinated",
            msg("Coordinated experience"),
            msg("The experience is coordinated over all channels."),
        ),
        ("top_down", msg("Strategy from the top"), msg("The strategy is led from the top down.")),
        (
            "commerce",
            msg("Trade behind the marketing"),
            msg("What is marketed in all channels can be bought and used in all of them."),
        ),
        ("all_staff", msg("All staff"), msg("All staff take part, not one department.")),
        ("few_channels", msg("Few channels first"), msg("It starts with few channels and adds more later.")),
        ("no_single_policy", msg("No single policy"), msg("There is no single policy for all customers.")),
        ("harmonised", msg("Harmonised content"), msg("Content and look are in harmony.")),
        (
            "device_goals",
            msg("Design by goal and device"),
            msg("Each device is designed for what people do on it."),
        ),
        (
            "context_record",
            msg("Record of use across channels"),
            msg("A framework records the context of use across channels."),
        ),
        (
            "test_measure",
            msg("Know, test, measure, improve"),
            msg("Target customers are known; changes are tested, measured and improved."),
        ),
    ),
)

TECHNOLOGY = checklist(
    "technology",
    ESSAYS,
    (
        ("responsive", msg("Responsive design"), msg("Pages adapt to every screen.")),
        ("big_data", msg("Large and varied data"), msg("Large data without a fixed layout can be stored.")),
        ("mining", msg("Data mining"), msg("Patterns of use are mined from the data.")),
        ("automation", msg("Automation"), msg("Replies to known triggers are sent by themselves.")),
        ("security", msg("Security"), msg("Security is strong enough to win trust.")),
    ),
)

SECTIONS: tuple[tuple[str, Message, tuple[Item, ...]], ...] = (
    ("consistency", msg("Consistency of the channels, seven items"), CONSISTENCY),
    ("practice", msg("Six best practices: three of design, three of implementation"), PRACTICES),
    ("head", msg("Ten heads of omnichannel practice"), HEADS),
    ("technology", msg("Technology that the source lists"), TECHNOLOGY),
)
MATURITY_ITEMS = (*LEVEL_ITEMS, *CONSISTENCY, *PRACTICES, *HEADS, *TECHNOLOGY)

# Five values that the source wants measured, and what of the records speaks to each.
VALUES: tuple[tuple[str, Message, tuple[str, ...]], ...] = (
    ("customer_centred", msg("Strategy centred on the customer"), ("nps", "csat")),
    ("channel_preference", msg("Insight into preferred channels"), ("channel_entropy", "digital_share")),
    ("individual_journey", msg("Insight into the single journey"), ("stitch_rate", "identity_match")),
    ("brand_perception", msg("How the brand is seen"), ("nps",)),
    ("cross_sell", msg("Cross-selling and up-selling"), ("cross_sell", "products_per_customer")),
)
