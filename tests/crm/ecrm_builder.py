"""Results of `crm ecrm` made by hand: sheets with cycles, pairs of indicators."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from audits_builder import sheet_of
from records_builder import PROVENANCE

from omnistudy.crm.audits.ecrm_indicators import Paired
from omnistudy.crm.audits.ecrm_result import Cycle, EcrmResult
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.questionnaire import sheet_reader
from omnistudy.crm.audits.sheet import ratings_of
from omnistudy.crm.records.reading_times import day_of
from omnistudy.results import msg
from omnistudy.text.jalali import parse_day

HEADER = "item,answer,evidence,cycle\n"
ONE = Indicator(id="kept", title=msg("Kept"), definition=msg("kept / all"))
NOW, BEFORE = ONE.share_of(56, 70, 0.95), ONE.share_of(48, 80, 0.95)
NONE = ONE.lacking(msg("no log"), msg("a log"))


def pair(process: str, now: Indicator = NOW, before: Indicator = BEFORE, **more: Any) -> Paired:
    return Paired(process=process, now=replace(now, **more), before=replace(before, **more))


def cycle(first: str, last: str) -> Cycle:
    return Cycle(first=day_of(parse_day(first)), last=day_of(parse_day(last)))


CYCLES = (cycle("2024-01-01", "2024-12-30"), cycle("2023-01-01", "2023-12-31"))


def made(folder: Path | None = None, sheet: str = "", **more: Any) -> EcrmResult:
    reader = sheet_reader("crm ecrm", None, {}, frozenset({"cycle.start"}), cycles=True)
    table = None if folder is None else sheet_of(folder, HEADER + sheet)
    values: dict[str, Any] = {
        "provenance": PROVENANCE, "ratings": ratings_of(table, reader), "cycles": (), "pairs": (),
        "by_channel": (), "lifecycle": (), "guards": (), "matrix": (), "margin": 0.02, "confidence": 0.9,
        "loaded": (),
    }  # fmt: skip
    return EcrmResult(**(values | more))
