"""GRAMMS: what to report of mixed methods (O'Cathain, Murphy & Nicholl 2008)."""

from __future__ import annotations

from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import msg

GRAMMS = Standard(
    name="gramms",
    title=msg("GRAMMS"),
    source="O'Cathain, Murphy & Nicholl 2008, https://doi.org/10.1258/jhsrp.2007.007074",
    items=(
        Item("M1", msg("Why the question needs more than one method"), Fill.RESEARCHER),
        Item(
            "M2", msg("The design: purpose, priority and order of the methods"), Fill.PART, ("mixed_design",)
        ),
        Item(
            "M3",
            msg("Each method: sampling, collection and analysis"),
            Fill.PART,
            ("sample_size", "records", "analysis_set"),
        ),
        Item(
            "M4",
            msg("Where and how the methods were brought together, and by whom"),
            Fill.PART,
            ("integration",),
        ),
        Item("M5", msg("What one method's limits did to the other"), Fill.PART, ("link_limits",)),
        Item("M6", msg("What came of bringing the methods together"), Fill.DATA, ("links",)),
    ),
)
