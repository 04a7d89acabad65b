"""The criteria by which grounded theory may be judged (Corbin & Strauss 1990): process and grounding."""

from __future__ import annotations

from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import msg

CORBIN_STRAUSS = Standard(
    name="corbin_strauss",
    title=msg("Corbin & Strauss"),
    source="Corbin & Strauss 1990, https://doi.org/10.1007/BF00988593",
    items=(
        Item("P1", msg("How the first sample was chosen, and why"), Fill.PART, ("sampling", "dates")),
        Item("P2", msg("Which main categories came out"), Fill.DATA, ("model",)),
        Item("P3", msg("What in the data pointed to these categories"), Fill.DATA, ("quotations", "trace")),
        Item("P4", msg("Which categories led the later sampling"), Fill.PART, ("saturation",)),
        Item(
            "P5", msg("Which relations were proposed, and how they were tested"), Fill.PART, ("propositions",)
        ),
        Item("P6", msg("Where relations did not hold against the data"), Fill.DATA, ("negative_cases",)),
        Item("P7", msg("How and why this core category was chosen"), Fill.PART, ("core",)),
        Item("G1", msg("Concepts come from the data"), Fill.DATA, ("code_tree", "quotations")),
        Item("G2", msg("Concepts are related to each other"), Fill.DATA, ("traced",)),
        Item("G3", msg("Many links, and categories rich in properties"), Fill.DATA, ("density",)),
        Item("G4", msg("Variation is built into the theory"), Fill.DATA, ("dimensions", "negative_cases")),
        Item("G5", msg("Wider conditions are part of the explanation"), Fill.DATA, ("conditions",)),
        Item("G6", msg("Process: change over time is accounted for"), Fill.PART, ("process",)),
        Item("G7", msg("The findings matter, and to whom"), Fill.RESEARCHER),
    ),
)
