"""SRQR: what to report of qualitative research (O'Brien and others 2014)."""

from __future__ import annotations

from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import msg

SRQR = Standard(
    name="srqr",
    title=msg("SRQR"),
    source="O'Brien, Harris, Beckman, Reed & Cook 2014, https://doi.org/10.1097/ACM.0000000000000388",
    items=(
        Item("S1", msg("A title that names subject and approach"), Fill.PART, ("title",)),
        Item("S2", msg("An abstract with the main parts of the study"), Fill.PART, ("model", "verdict")),
        Item("S3", msg("The problem and why it matters"), Fill.RESEARCHER),
        Item("S4", msg("The question of the research"), Fill.PART, ("question",)),
        Item("S5", msg("Approach and paradigm, with reasons"), Fill.PART, ("school",)),
        Item("S6", msg("The researchers and their influence"), Fill.RESEARCHER),
        Item("S7", msg("The setting and what matters of it"), Fill.RESEARCHER),
        Item("S8", msg("How people were sampled, and when to stop"), Fill.PART, ("sampling", "saturation")),
        Item("S9", msg("Ethics approval, consent and confidentiality"), Fill.RESEARCHER),
        Item("S10", msg("How and when data were collected"), Fill.PART, ("dates", "setting")),
        Item("S11", msg("Guides and devices used"), Fill.PART),
        Item("S12", msg("The units studied: who and how many"), Fill.DATA, ("sample_size", "participants")),
        Item("S13", msg("How data were processed before analysis"), Fill.PART, ("transcripts",)),
        Item(
            "S14",
            msg("How data were analysed, and by whom"),
            Fill.DATA,
            ("coders", "analysis_set", "software"),
        ),
        Item(
            "S15",
            msg("What was done for trustworthiness"),
            Fill.DATA,
            ("agreement", "member_checks", "trustworthiness"),
        ),
        Item(
            "S16",
            msg("The findings and their interpretation as a whole"),
            Fill.PART,
            ("model", "propositions"),
        ),
        Item("S17", msg("The evidence that ties findings to data"), Fill.DATA, ("quotations", "traced")),
        Item("S18", msg("How findings relate to earlier work, and transfer"), Fill.RESEARCHER),
        Item("S19", msg("The limits of the study"), Fill.PART, ("limits",)),
        Item("S20", msg("Conflicts of interest"), Fill.RESEARCHER),
        Item("S21", msg("Funding and the funder's part"), Fill.RESEARCHER),
    ),
)
