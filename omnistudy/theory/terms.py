"""The field's words for roles, levels and analysis sets, as messages that can be translated."""

from __future__ import annotations

from omnistudy.results import Kind, Message, Number, msg
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
