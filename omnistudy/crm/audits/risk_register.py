"""Benefits and challenges of CRM: metrics that would show the one, a register of risks for the other.

In our own words, after an overview of the theory of CRM.
"""

from __future__ import annotations

from omnistudy.crm.audits.items import Scale, checklist
from omnistudy.crm.audits.sources import THEORY
from omnistudy.results import Message, msg

RISK_ITEMS = checklist(
    "risk",
    THEORY,
    (
        ("staff_resistance", msg("Resistance of staff"), msg("Staff resist the new way of working.")),
        ("data_quality", msg("Accuracy and security of data"), msg("Data are wrong, or not safe.")),
        ("integration", msg("Integration with present systems"), msg("Present systems cannot be joined.")),
        ("alignment", msg("Alignment with the goals"), msg("CRM and the organisation's goals point apart.")),
        (
            "automation",
            msg("Automation against personal contact"),
            msg("Automated contacts lose what was personal in them."),
        ),
        ("privacy", msg("Expectations and privacy"), msg("Customers expect more, and fear for their data.")),
    ),
    Scale.RISK,
)

# Seven benefits that the source names, and the metrics that would show them.
BENEFITS: tuple[tuple[str, Message, tuple[str, ...]], ...] = (
    ("satisfaction", msg("Satisfaction and loyalty"), ("csat", "nps")),
    ("retention", msg("Retention"), ("return_rate", "churn")),
    ("cross_sell", msg("Cross-selling and up-selling"), ("products_per_customer", "cross_sell")),
    ("streamlined", msg("Streamlined sales and marketing"), ("sales_cycle",)),
    ("targeting", msg("Better segments and targeting"), ("lift",)),
    ("service", msg("Better service"), ("first_contact_resolution", "response_time")),
    ("decisions", msg("Decisions led by data"), ()),
)
NOT_OFFERED: dict[str, Message] = {
    "lift": msg("lift needs a group that was targeted and one that was not, which the tables do not hold"),
}
NO_METRIC: Message = msg("the records hold no decisions: count those that refer to a metric")

# Four benefits of omnichannel CRM that the abstract of the reference study names.
ORGANISATION: tuple[tuple[str, Message, tuple[str, ...]], ...] = (
    ("cooperation", msg("Cooperation of the teams"), ("handoffs",)),
    ("productivity", msg("Productivity of agents"), ("agent_productivity",)),
    ("personal", msg("Personal experience"), ("personalised_share",)),
    ("effective", msg("Effective service"), ("first_contact_resolution",)),
)
