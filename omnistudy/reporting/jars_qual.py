"""JARS-Qual: the reporting standards of psychology for qualitative studies (Levitt and others 2018).

The standards have no item numbers; the ids are ours.
"""

from __future__ import annotations

from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import msg

JARS_QUAL = Standard(
    name="jars_qual",
    title=msg("JARS-Qual"),
    source="Levitt, Bamberg, Creswell, Frost, Josselson & Suárez-Orozco 2018, https://doi.org/10.1037/amp0000151",
    items=(
        Item("J1", msg("The problem and what is known of it"), Fill.RESEARCHER),
        Item("J2", msg("The aims, and for whom they matter"), Fill.RESEARCHER),
        Item("J3", msg("The design and why it suits the aims"), Fill.PART, ("school", "origin_of_themes")),
        Item("J4", msg("The researchers' background and prior understanding"), Fill.RESEARCHER),
        Item(
            "J5",
            msg("The participants and other sources of data"),
            Fill.DATA,
            ("sample_size", "participants"),
        ),
        Item("J6", msg("Ties between researchers and participants"), Fill.RESEARCHER),
        Item("J7", msg("Recruitment: how, how many, until when"), Fill.PART, ("sampling", "saturation")),
        Item("J8", msg("How data were collected"), Fill.PART, ("setting", "dates", "length")),
        Item("J9", msg("How data were recorded and transcribed"), Fill.DATA, ("transcripts",)),
        Item(
            "J10",
            msg("The steps of the analysis"),
            Fill.DATA,
            ("coders", "analysis_set", "code_tree", "software"),
        ),
        Item(
            "J11",
            msg("Findings with the evidence they rest on"),
            Fill.DATA,
            ("model", "quotations", "traced"),
        ),
        Item(
            "J12",
            msg("Integrity: fit to the subject, and use for the goals"),
            Fill.PART,
            ("agreement", "member_checks", "negative_cases"),
        ),
        Item("J13", msg("What the findings mean for theory and practice"), Fill.RESEARCHER),
        Item("J14", msg("Strengths, limits and transfer"), Fill.PART, ("limits",)),
    ),
)
