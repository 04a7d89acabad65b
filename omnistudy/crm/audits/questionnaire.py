"""All that the audits ask, by command, and what the sheet of each is read against."""

from __future__ import annotations

from collections.abc import Mapping

from omnistudy.crm.audits.ecrm_items import CONDITIONS, CYCLE_ITEMS, INTEGRATIONS, PROCESSES
from omnistudy.crm.audits.ecrm_stages import STAGE_ITEMS
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.items import Item
from omnistudy.crm.audits.maturity_items import MATURITY_ITEMS
from omnistudy.crm.audits.readiness_items import SIDE_ITEMS, STEP_ITEMS
from omnistudy.crm.audits.risk_register import RISK_ITEMS
from omnistudy.crm.audits.sheet import SheetReader
from omnistudy.study.model import Study

ECRM_ITEMS: tuple[Item, ...] = (
    *CYCLE_ITEMS,
    *(item for _, _, items in PROCESSES for item in items),
    *CONDITIONS,
    *INTEGRATIONS,
    *STAGE_ITEMS,
)
READINESS_ITEMS: tuple[Item, ...] = (*STEP_ITEMS, *SIDE_ITEMS, *RISK_ITEMS)
# Whose items are whose, so that a row in the wrong sheet is sent to the right command.
AUDIT_ITEMS: Mapping[str, tuple[Item, ...]] = {
    "crm maturity": MATURITY_ITEMS,
    "crm readiness": READINESS_ITEMS,
    "crm ecrm": ECRM_ITEMS,
}


def sheet_reader(
    audit: str,
    study: Study | None,
    values: Mapping[tuple[str, str], Indicator],
    without_evidence: frozenset[str] = frozenset(),
    *,
    cycles: bool = False,
) -> SheetReader:
    """What the sheet of an audit is read against."""
    others = {
        command: tuple(item.id for item in items)
        for command, items in AUDIT_ITEMS.items()
        if command != audit
    }
    return SheetReader(
        audit=audit,
        items=AUDIT_ITEMS[audit],
        others=others,
        study=study,
        metrics=values,
        without_evidence=without_evidence,
        cycles=cycles,
    )
