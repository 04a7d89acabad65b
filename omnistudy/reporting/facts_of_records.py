"""Facts of the mixed part: customer records, and the links between categories and metrics."""

from __future__ import annotations

from omnistudy.crm.links.result import LinksResult
from omnistudy.crm.names import all_named
from omnistudy.reporting.material import Fact, Material, count
from omnistudy.results import msg


def records(material: Material) -> Fact | None:
    """Name the kinds of records that the study declares."""
    crm = material.study.settings.crm
    kinds = [kind for kind in ("events", "transactions", "survey", "tickets") if getattr(crm, kind)]
    if not kinds:
        return None
    return Fact(msg("Customer records are declared: {kinds}.", kinds=all_named(kinds)), complete=False)


def mixed_design(material: Material) -> Fact | None:
    """Say in which order interviews and records come."""
    if material.section(LinksResult) is None:
        return None
    return Fact(
        msg("Interviews lead; records are set beside the categories that came out of them."), complete=False
    )


def integration(material: Material) -> Fact | None:
    """Say where both meet: the links, and how many were registered before the data were read."""
    result = material.section(LinksResult)
    if result is None:
        return None
    return Fact(
        msg(
            "Both meet in the joint display, one row a link; {registered} of {n} links were registered beforehand.",
            registered=count(sum(row.evidence.registered for row in result.rows)),
            n=count(len(result.rows)),
        ),
        result.title,
        complete=False,
    )


def link_limits(material: Material) -> Fact | None:
    """Count the links that could not be tested, each with its reason in the display."""
    result = material.section(LinksResult)
    if result is None:
        return None
    return Fact(
        msg(
            "{refused} of {n} links have a reason why they could not be tested.",
            refused=count(sum(bool(row.refusals) for row in result.rows)),
            n=count(len(result.rows)),
        ),
        result.title,
        complete=False,
    )


def links(material: Material) -> Fact | None:
    """Repeat the sentence on the links."""
    result = material.section(LinksResult)
    return None if result is None else Fact(result.summary, result.title)
