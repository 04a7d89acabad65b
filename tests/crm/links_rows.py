"""Two rows of the joint display made by hand: one with everything, one with nothing beside the interviews."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from omnistudy.crm.links.association import Association
from omnistudy.crm.links.cases import CasePair, OverCases
from omnistudy.crm.links.change import Change
from omnistudy.crm.links.grades import Difference, Evidence, Reliability
from omnistudy.crm.links.interrupted import Coefficient, Interrupted
from omnistudy.crm.links.metrics import Monthly
from omnistudy.crm.links.panel import Panel
from omnistudy.crm.links.register import Link
from omnistudy.crm.links.result import LinkRow
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Label, Quote, msg


def series(step: float, **changes: Any) -> Interrupted:
    """A series whose numbers all differ."""
    terms = ("intercept", "slope", "level_change", "slope_change", "nowruz")
    found = Interrupted(
        rho=0.25, freedom=31,
        coefficients=tuple(
            Coefficient(name, step + at, 0.5 + at, 0.01 + at / 100, step + at - 1, step + at + 1)
            for at, name in enumerate(terms, -2)
        ),
        before=17, after=19, placebo_p=0.04, placebo_dates=24, notes=(msg("a note"),),
        adjusted=("nowruz", "month:02"), left_out=("outage",),
    )  # fmt: skip
    return replace(found, **changes)


REFUSAL = Refusal(code="pls", subject="full", reason=msg("too few."), needed=msg("more."))
QUOTES = (
    Quote(text="one two", interview="i1", start=0, end=7, language="en"),
    Quote(text="three", interview="i2", start=8, end=13, language="en"),
)
MONTHS = Monthly(("2023-01", "2023-02", "2023-03"), (0.1, 0.2, 0.3), 2)
CONTROL = Monthly(("2023-01", "2023-02", "2023-03"), (0.5, None, 0.7), 2)
FULL = LinkRow(
    link=Link(
        id="full", category="access", metric="digital_share", role="effect", direction="-", level="median", data="K",
        theory="tam", source="Davis 1989", rationale="easier", date="2023-03-01", within="segment=retail",
        control="segment=rest", target="0.9", case="branch", test="panel", fit="confirm", meta_inference="analyst's",
    ),
    label=Label("access", {"en": "Access", "fa": "دسترسی"}),
    grade="C",
    sentence=msg("What is said."),
    evidence=Evidence(
        direction="-", role="effect", fit="confirm", salience=(2, 4), metric="digital_share",
        reliability=Reliability(alpha=0.8, low=0.7, high=0.9, code="access-app"),
        value=0.61, low=0.51, high=0.71, unit="share", window="2023-01-01/2023-03-31", date="2023-03-01",
        difference=Difference(before=0.2, after=0.3, value=0.11, low=0.06, high=0.16),
        series=series(5.0), controlled=series(7.0, placebo_p=None, adjusted=(), left_out=(), notes=()),
        repetitions=3,
        association=Association(
            rho=0.62, p=0.021, low=0.31, high=0.82, n=13, leave_one_out=(0.55, 0.66), detectable=0.72
        ),
        p_adjusted=0.042, registered=True,
    ),
    codes=frozenset({"access", "causes"}), salience_low=0.15, salience_high=0.85, quotations=5, proposal="agrees",
    reason=None, unit="share", ci_method="wilson", quotes=QUOTES,
    change=Change(months=MONTHS, control=CONTROL),
    cases=OverCases(pairs=(CasePair("b1", 0.5, 0.25),), n=13),
    panel=Panel(
        effect=0.33, low=0.13, high=0.53, p=0.007, branches=14, months=8, observations=111, method="clustered_by_branch"
    ),
    meta_inference="analyst's", refusals=(REFUSAL,),
)  # fmt: skip
BARE = LinkRow(
    link=Link(id="bare", category="trust", metric="own:trust", role="moderator", direction="two-sided", level="mine"),
    label=Label("trust"),
    grade="Q0",
    sentence=msg("Nothing measured."),
    evidence=Evidence(
        direction="two-sided", role="moderator", fit="", salience=(0, 0), metric="own:trust",
        reliability=Reliability(alpha=None, low=None, high=None, reason=msg("nobody coded it twice")),
    ),
    codes=frozenset({"trust"}), salience_low=None, salience_high=None, quotations=0, proposal="unknown",
    reason=msg("there are no records"), unit="", ci_method=None, quotes=(), change=Change(), cases=OverCases(),
    panel=None, meta_inference="", refusals=(),
)  # fmt: skip


def with_evidence(row: LinkRow, **changes: Any) -> LinkRow:
    return replace(row, evidence=replace(row.evidence, **changes))
