"""The field's words for roles, levels and analysis sets, as messages that can be translated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from omnistudy.results import Kind, Label, Message, Number, listed, msg
from omnistudy.study.model import Level, Role, Study

ROLE_NAMES: dict[Role, Message] = {
    Role.CAUSAL: msg("Causal conditions"),
    Role.PHENOMENON: msg("Phenomenon"),
    Role.CONTEXT: msg("Context"),
    Role.INTERVENING: msg("Intervening conditions"),
    Role.STRATEGY: msg("Strategies"),
    Role.OUTCOME: msg("Outcomes"),
}

LEVEL_NAMES: dict[Level, Message] = {
    Level.CODE: msg("code"),
    Level.SUBCATEGORY: msg("subcategory"),
    Level.CATEGORY: msg("category"),
}

UNIT_NAMES: dict[str, Message] = {
    "character": msg("character"),
    "token": msg("word"),
    "sentence": msg("sentence"),
    "paragraph": msg("paragraph"),
    "turn": msg("turn"),
    "quotation": msg("quotation"),
    "interview": msg("interview"),
}

RELATION_NAMES: dict[str, Message] = {
    "causes": msg("causes"),
    "leads-to": msg("leads to"),
    "results-in": msg("results in"),
    "shapes": msg("shapes"),
    "modifies": msg("modifies"),
    "eases": msg("eases"),
    "hinders": msg("hinders"),
    "speeds-up": msg("speeds up"),
    "feeds-back": msg("feeds back"),
    "is cause of": msg("is cause of"),
    "is part of": msg("is part of"),
    "is associated with": msg("is associated with"),
    "is a": msg("is a"),
    "is property of": msg("is property of"),
    "contradicts": msg("contradicts"),
    "is related to": msg("is related to"),
}
"""Types of relations that are in use; a study may have others, which stand for themselves."""

CONSENSUS = msg("consensus")

Ends = tuple[str, str]
"""Source and target of an arrow, as code ids."""


def coder_name(coder: str) -> Message:
    """Return the name of a coder; the consensus is no person and has a word of its own."""
    return CONSENSUS if coder == "consensus" else msg("{coder}", coder=coder)


def relation_name(kind: str) -> Message | None:
    """Return the word for a type of relation; ``None`` where none was given."""
    return (RELATION_NAMES.get(kind) or msg("{type}", type=kind)) if kind else None


def code_name(code: str, labels: Mapping[str, Label]) -> Label:
    """Return the label of a code; an id that the codebook lacks stands for itself."""
    return labels.get(code) or Label(code)


def arrow_name(ends: Ends, labels: Mapping[str, Label]) -> Message:
    """Name an arrow by the labels of its two ends."""
    source, target = (code_name(end, labels) for end in ends)
    return msg("from {source} to {target}", source=source, target=target)


def codes_named(codes: Iterable[str], labels: Mapping[str, Label]) -> Message | None:
    """Name several codes by their labels, which may hold commas."""
    return listed([code_name(code, labels) for code in codes], apart=True)


def arrows_named(arrows: Iterable[Ends], labels: Mapping[str, Label]) -> Message | None:
    """Name several arrows by the labels of their ends; ``None`` for no arrows."""
    return listed([arrow_name(ends, labels) for ends in arrows], apart=True)


def role_name(role: Role | None) -> Message:
    """Return the heading of a role; a code without one says so."""
    return msg("no role") if role is None else ROLE_NAMES[role]


def analysis_set_words(study: Study) -> Message:
    """Say whose codings are counted; with one coder it is that coder."""
    name = study.analysis_set
    coders = {coding.coder for coding in study.analysed}
    if name == "consensus":
        return msg("the consensus codings")
    if name == "majority":
        return msg("what a majority of the coders coded")
    if name == "any" and len(coders) != 1:
        return msg("the codings of any coder")
    lead = name.removeprefix("lead:") if name != "any" else next(iter(coders))
    return msg("the codings of {coder}", coder=lead)


def counted(quotations: int, interviews: int) -> Message:
    """Say how many quotations in how many interviews."""
    amount = {
        "quotations": Number(quotations, Kind.COUNT),
        "interviews": Number(interviews, Kind.COUNT),
    }
    if quotations == 1:
        return msg("1 quotation in 1 interview")
    if interviews == 1:
        return msg("{quotations} quotations in 1 interview", **amount)
    return msg("{quotations} quotations in {interviews} interviews", **amount)


def count(value: int) -> Number:
    """Return a whole number for a sentence."""
    return Number(value, Kind.COUNT)
