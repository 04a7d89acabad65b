"""The help of the commands on customer records: one row per command."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from omnistudy.cli.help_page import RECORD_FILES, STUDY_FILES, HelpPage

CRM_PAGES: Mapping[str, HelpPage] = MappingProxyType(
    {
        "crm metrics": HelpPage(
            short="over 70 metrics with interval and definition",
            about="Every metric that the records identify, and for the others the reason and what would be needed.",
            reads=RECORD_FILES,
            examples=(
                ("omnistudy crm metrics transactions.csv", "all that a table of purchases can answer"),
                (
                    "omnistudy crm metrics my-study --metric nps --metric retention --by segment",
                    "two metrics of a study, by segment",
                ),
                (
                    "omnistudy crm metrics sales.csv --map customer_id=Client --map ts=Day --map value=Amount",
                    "a table with other column names",
                ),
            ),
            see=("crm links", "crm clv", "explain nps"),
        ),
        "crm clv": HelpPage(
            short="lifetime value",
            about="With --model auto the records decide: purchases at will, or contracts with an end. Purchases that "
            "follow a calendar, such as salaries, are refused with the reason.",
            reads=RECORD_FILES,
            examples=(
                ("omnistudy crm clv transactions.csv", "the model that fits the records"),
                (
                    "omnistudy crm clv transactions.csv --calibration-end 2024-09-30 --model bgnbd --discount 0.15",
                    "tested on the days after September",
                ),
            ),
            see=("crm metrics",),
        ),
        "crm journeys": HelpPage(
            short="switching between channels, drop-off",
            about="Switches, path lengths, drop-off by step, what the removal of a channel would do, peak and end.",
            reads=RECORD_FILES,
            examples=(
                ("omnistudy crm journeys my-study", "the journeys of the study's events"),
                (
                    "omnistudy crm journeys events.csv --goal purchase --gap-hours 48",
                    "conversion to one event; a longer pause is no switch",
                ),
            ),
            see=("crm maturity", "crm metrics"),
        ),
        "crm maturity": HelpPage(
            short="declared channel level against the log",
            about="Single, multi, cross or omni: the level declared, the level that the log shows, the first criterion "
            "that fails. Nothing is scored without evidence.",
            reads=f"{RECORD_FILES}; the sheet of answers (item,answer,evidence)",
            examples=(
                ("omnistudy crm maturity my-study", "with the study's records and sheet"),
                ("omnistudy crm maturity events.csv --declared omni", "a log beside a claim"),
            ),
            see=("crm readiness", "crm journeys"),
        ),
        "crm readiness": HelpPage(
            short="nine steps, scored with evidence",
            reads=f"{RECORD_FILES}; the sheet of answers (item,answer,evidence)",
            examples=(
                ("omnistudy crm readiness my-study", "with the study's records and sheet"),
                ("omnistudy crm readiness events.csv --goal purchase", "what a log alone can show"),
            ),
            see=("crm maturity", "crm ecrm"),
        ),
        "crm ecrm": HelpPage(
            short="five processes, this cycle against the last",
            reads=f"{RECORD_FILES}; the sheet of answers (item,answer,evidence)",
            examples=(
                ("omnistudy crm ecrm my-study", "with the study's records and sheet"),
                (
                    "omnistudy crm ecrm my-study --cycle-start 1403-07-01",
                    "the cycle from a day of either calendar",
                ),
            ),
            see=("crm readiness", "crm metrics"),
        ),
        "crm gap": HelpPage(
            short="stages of a journey, current against target",
            reads="the sheet that [crm] gap names, or a table: stage,current,target and what else is known",
            examples=(
                ("omnistudy crm gap my-study", "the study's sheet"),
                ("omnistudy crm gap stages.csv --midpoint 4", "a bare sheet with a scale of seven"),
            ),
            see=("crm funnel", "crm journeys"),
        ),
        "crm funnel": HelpPage(
            short="campaigns: noticed, engaged, acted, viral",
            reads="the sheet that [crm] funnel names, or a table: campaign,noticed,engaged,acted, …",
            examples=(
                ("omnistudy crm funnel my-study", "the study's sheet"),
                ("omnistudy crm funnel campaigns.csv --confidence 0.9", "a bare sheet"),
            ),
            see=("crm gap", "crm metrics"),
        ),
        "crm links": HelpPage(
            short="each category beside its metric",
            about="The joint display of a mixed-methods study: direction, grade of evidence and what is refused. Only "
            "links that were registered before the records were read are tested.",
            reads=f"{STUDY_FILES}; the links, their register, the records",
            writes="nothing, except --output, --export and --register",
            examples=(
                (
                    "omnistudy crm links my-study --register registered.json",
                    "first: the hashes of the links, before anybody reads the records",
                ),
                ("omnistudy crm links my-study", "then: the links beside the records"),
            ),
            see=("crm metrics", "compare", "explain --schema link-register"),
        ),
    }
)
"""Command, as it is typed after ``omnistudy``, to its page."""
