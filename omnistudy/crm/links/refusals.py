"""What the links refuse beside what their tests refuse themselves, with what would be needed.

Everything here is an answer, printed with exit code 0: a number that would say more than the data
hold is not computed, whoever asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from omnistudy.crm.links.register import Link
from omnistudy.crm.links.words import ROLE_WORDS
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, msg

# Kock & Hadaya (2018, doi:10.1111/isj.12131): the inverse square root rule for paths of .2, .3 and .5.
LEAST_PLS = (155, 69, 25)
LEAST_CB_SEM = 200
# Words of cause, as people write them; below grade D nothing in the records carries them.
_CAUSAL = re.compile(
    r"\b(cause[sd]?|causing|prove[sdn]?|proving|effects? of|leads? to|led to|results? in)\b"
    r"|باعث\s|موجب\s+\S+\s+(?:شد|می)|سبب\s+\S+\s+(?:شد|می)|اثبات\s+(?:می|کرد)|ثابت\s+(?:می|کرد)|اثر\s+(?:می|گذا)|تأثیر\s+(?:می|گذا)",
    re.IGNORECASE,
)
CODES: tuple[str, ...] = (
    "role", "no_cases", "far_too_few_cases", "too_few_cases", "constant_over_cases", "series_too_short",
    "series_has_gaps", "series_constant", "no_months", "control_missing", "pls", "cb_sem", "mediation", "composite",
    "generalise", "panel_too_few_branches", "panel_constant", "several_rows", "causal_words", "no_watermark",
)  # fmt: skip
"""Every code that `crm links` can refuse with."""


def not_tested(link: Link) -> Refusal:
    """Refuse any test of a moderator or confounder."""
    return Refusal(
        code="role",
        subject=link.id,
        reason=msg(
            "its role is {role}: it tells for whom or against what something holds.",
            role=ROLE_WORDS[link.role],
        ),
        needed=msg("a link whose role is effect."),
    )


def no_cases(link: Link, interviews: int) -> Refusal:
    """Refuse a correlation where all informants speak of one organisation."""
    return Refusal(
        code="no_cases",
        subject=link.id,
        reason=msg(
            "{n} informants speak of one organisation, whose metric has one value: nothing varies, so there is no "
            "correlation to compute.",
            n=Number(interviews, Kind.COUNT),
        ),
        needed=msg(
            "at least 10 cases (branches, regions, segments) that carry both coded interviews and their own metric; "
            'name the attribute with case = "…".'
        ),
    )


def no_control(link: Link, reason: Message) -> Refusal:
    """Refuse the comparison with a control that has no value or no series of its own."""
    return Refusal(
        code="control_missing",
        subject=link.id,
        reason=msg(
            "the control {control} cannot be compared with: {reason}.", control=link.control, reason=reason
        ),
        needed=msg("rows of the control with the same metric in the same months."),
    )


def no_months(link: Link, reason: Message) -> Refusal:
    """Refuse the series of a metric that has no value by month."""
    return Refusal(
        code="no_months",
        subject=link.id,
        reason=msg("the metric has no series by month: {reason}.", reason=reason),
        needed=msg(
            "a metric that is defined by month, with records of 12 months, 6 on each side of the date."
        ),
    )


def several_rows(link: Link, reason: Message) -> Refusal:
    """Refuse to choose one of several values of a case, or of a branch in a month."""
    return Refusal(
        code="several_rows",
        subject=link.id,
        reason=msg("{reason}.", reason=reason),
        needed=msg('one value for every case or branch month: name the row with level = "…".'),
    )


def requested(link: Link, cases: int, block: int, interviews: int) -> Refusal | None:
    """Refuse the planned tests that no register of interviews and records can carry.

    Parameters
    ----------
    cases
        Cases that carry both coded interviews and metrics.
    block
        Metrics of the category: the largest block of indicators of a path model.
    """
    n = Number(cases, Kind.COUNT)
    match link.test:
        case "pls":
            found = (
                msg("a path model by partial least squares would rest on {n} cases.", n=n),
                msg(
                    "at least {block} cases for the largest block, and {weak}, {middle} or {strong} for paths of .2, .3 "
                    "or .5, whichever is more; then a program for path models.",
                    block=Number(10 * block, Kind.COUNT),
                    weak=Number(LEAST_PLS[0], Kind.COUNT),
                    middle=Number(LEAST_PLS[1], Kind.COUNT),
                    strong=Number(LEAST_PLS[2], Kind.COUNT),
                ),
            )
        case "cb-sem":
            found = (
                msg("a covariance-based structural model would rest on {n} cases.", n=n),
                msg(
                    "at least {least} cases, and a program for structural models.",
                    least=Number(LEAST_CB_SEM, Kind.COUNT),
                ),
            )
        case "sobel" | "mediation":
            found = (
                msg(
                    "salience counts how often informants speak of a category; a path through it would mediate talk, "
                    "not the thing."
                ),
                msg("a measured mediator per case, not salience, and cases enough for two paths."),
            )
        case "composite":
            found = (
                msg("a composite score hides which part moved, and nobody declared its weights."),
                msg(
                    "weights with their reasons, declared before the records are read; until then read the parts."
                ),
            )
        case "generalise":
            found = (
                msg(
                    "{n} informants were chosen for what they know; their salience says nothing of how many customers "
                    "hold something.",
                    n=Number(interviews, Kind.COUNT),
                ),
                msg(
                    "a survey of a sample of the customers, for example scale:<name> in the table of survey."
                ),
            )
        case _:
            return None
    code = {"cb-sem": "cb_sem", "sobel": "mediation"}.get(link.test, link.test)
    return Refusal(code=code, subject=link.id, reason=found[0], needed=found[1])


def causal_words(link: Link, grade: str) -> Refusal | None:
    """Refuse to print a meta-inference that speaks of causes below grade D."""
    found = _CAUSAL.search(link.meta_inference)
    if found is None or grade == "D":
        return None
    return Refusal(
        code="causal_words",
        subject=link.id,
        reason=msg(
            "its meta-inference says “{word}”, and evidence of grade {grade} carries no cause; it is not printed.",
            word=found.group(0).strip(),
            grade=grade,
        ),
        needed=msg("words such as goes together with or was followed by, or evidence of grade D."),
    )


def no_watermark() -> Refusal:
    """Refuse to let made-up data out as if they were real."""
    return Refusal(
        code="no_watermark",
        subject="synthetic",
        reason=msg(
            "the interviews or records are synthetic, and the output was asked for without their watermark."
        ),
        needed=msg("nothing: the watermark was put back."),
    )


def blocks_of(links: Iterable[Link]) -> Mapping[str, int]:
    """Number of metrics of every category."""
    metrics: dict[str, set[str]] = {}
    for link in links:
        metrics.setdefault(link.category, set()).add(f"{link.metric}/{link.level}")
    return MappingProxyType({category: len(names) for category, names in metrics.items()})
