"""Ten questions that a supervisor or a reviewer will ask, with where the report answers them.

The selection is this program's own.
"""

from __future__ import annotations

from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import msg

QUESTIONS = Standard(
    name="questions",
    title=msg("Ten questions a reviewer asks"),
    source="",
    items=(
        Item(
            "1", msg("Where is each category grounded: in which quotation, of whom?"), Fill.DATA, ("trace",)
        ),
        Item(
            "2",
            msg("Who coded, how much doubly, and how far do the coders agree?"),
            Fill.DATA,
            ("coders", "agreement"),
        ),
        Item(
            "3",
            msg("Is kappa computed properly, with its table and its prevalence?"),
            Fill.DATA,
            ("prevalence",),
        ),
        Item("4", msg("How was saturation judged, in which order, of what?"), Fill.DATA, ("saturation",)),
        Item("5", msg("Why this core category?"), Fill.PART, ("core",)),
        Item(
            "6",
            msg("Why is this a cause, and not context or an intervening condition?"),
            Fill.DATA,
            ("role_votes",),
        ),
        Item(
            "7",
            msg("Which data carry each arrow, and which speak against?"),
            Fill.DATA,
            ("traced", "negative_cases"),
        ),
        Item("8", msg("How far did the published model steer the coding?"), Fill.DATA, ("origin_of_themes",)),
        Item("9", msg("What differs from the published model?"), Fill.DATA, ("verdict", "extensions")),
        Item("10", msg("Can it be run again?"), Fill.DATA, ("again",)),
    ),
)
