"""Small registers of links over made-up visits, for the tests of the links."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from records_builder import PROVENANCE, records_of

from omnistudy.crm.links.analysis import LinksOptions, links_of
from omnistudy.crm.links.register import read_links
from omnistudy.crm.links.result import LinkRow, LinksResult
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.study.model import Study

GROUPS = ColumnMap(channels={"app": "digital", "branch": "physical"})
LINK = (
    '[[links]]\nid = "a"\ncategory = "access"\nmetric = "digital_share"\nrole = "effect"\ndirection = "+"\n'
)
DATED = LINK + 'date = "2023-01-01"\nwithin = "segment=retail"\ncontrol = "segment=corporate"\n'


def linked(
    study: Study, folder: Path, text: str, options: LinksOptions | None = None, **tables: Any
) -> LinksResult:
    path = folder / "links.toml"
    path.write_text(text, encoding="utf-8")
    register = read_links(path, METRICS)
    if options is not None and options.registered:
        options = replace(options, registered=frozenset(link.sha256 for link in register.links))
    with records_of(folder, columns=tables.pop("columns", GROUPS), **tables) as records:
        result = links_of(study, records, register, options or LinksOptions(), PROVENANCE)
    assert result.blocks()
    assert all(len(row) == len(table.columns) for table in result.tables() for row in table.rows)
    return result


def codes(row: LinkRow) -> list[str]:
    return [refusal.code for refusal in row.refusals]


def visits(months: int = 48, changes: dict[str, int] | None = None) -> str:
    """Visits of two segments; from its month on, a segment goes to the app much more often."""
    changes = changes or {}
    random = np.random.default_rng(3)
    rows = ["customer_id,ts,channel,event,segment", "x,2021-01-01,branch,v,other"]
    for month in range(months):
        year, number = 2021 + month // 12, month % 12 + 1
        common = random.integers(0, 12)
        for segment in ("retail", "corporate", "rural"):
            digital = 30 + common + random.integers(0, 4)
            digital += 25 if month >= changes.get(segment, months) else 0
            rows += [
                f"c{at},{year}-{number:02d}-{at % 28 + 1:02d},{'app' if at < digital else 'branch'},v,{segment}"
                for at in range(80)
            ]
    rows.append(f"x,{2020 + months // 12}-12-31,branch,v,other")
    return "\n".join(rows) + "\n"


def branches(study: Study, n: int) -> tuple[str, str]:
    """Events of branches of their own interview each, the more digital the more the interview is about it."""
    events = ["customer_id,ts,channel,event,branch_id"]
    rows = ["case_id,kind,branch_id,interview"]
    for at, interview in enumerate(study.interviews[:n]):
        rows.append(f"B{at},branch,b{at},{interview.id}")
        events += [
            f"c,2024-01-{day + 1:02d},{'app' if day < 5 + at else 'branch'},v,b{at}" for day in range(28)
        ]
    return "\n".join(events) + "\n", "\n".join(rows) + "\n"
