"""`crm funnel`: noticed, engaged, acted, and what campaigns won beside; ratios of like with like only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import ClassVar

from omnistudy.crm.audits.sheet_rows import SheetRow, sheet_rows
from omnistudy.crm.metrics.rows import NO_LIMITS
from omnistudy.crm.names import without_ids
from omnistudy.crm.statistics.intervals import Interval, poisson, wilson
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Kind,
    Message,
    Number,
    Provenance,
    Result,
    Table,
    Undefined,
    msg,
)
from omnistudy.study.bare_table import BareTable

COUNTS = (
    "noticed", "engaged", "acted", "valid", "posts", "top_reach", "reach", "new_customers", "referred", "users",
    "invitations", "accepted",
)  # fmt: skip
COLUMNS = ("campaign", "cost", *COUNTS, "noticed_unit", "engaged_unit", "acted_unit")

# measure: what is counted, out of what, and whether the units of both must be one.
RATIOS: tuple[tuple[str, str, str, bool], ...] = (
    ("engaged_per_noticed", "engaged", "noticed", True),
    ("acted_per_engaged", "acted", "engaged", True),
    ("acted_per_noticed", "acted", "noticed", True),
    ("valid_share", "valid", "acted", False),
    ("reach_concentration", "top_reach", "reach", False),
    ("referral_rate", "referred", "new_customers", False),
    ("invitation_conversion", "accepted", "invitations", False),
)
RATES: tuple[tuple[str, str, str], ...] = (
    ("user_content_rate", "posts", "engaged"),
    ("invitations_per_user", "invitations", "users"),
    ("viral_k", "accepted", "users"),
)


MEASURE_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "engaged_per_noticed": msg("Engaged of those who noticed"),
        "acted_per_engaged": msg("Acted of those who engaged"),
        "acted_per_noticed": msg("Acted of those who noticed"),
        "valid_share": msg("Valid acts"),
        "reach_concentration": msg("Concentration of the reach"),
        "referral_rate": msg("Referral rate"),
        "invitation_conversion": msg("Conversion of invitations"),
        "user_content_rate": msg("Posts by users per engaged person"),
        "invitations_per_user": msg("Invitations per user"),
        "viral_k": msg("Viral coefficient K"),
        "cost_per_act": msg("Cost per act"),
    }
)
COUNT_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "noticed": msg("the number who noticed"),
        "engaged": msg("the number who engaged"),
        "acted": msg("the number who acted"),
        "valid": msg("the number of valid acts"),
        "posts": msg("the number of posts"),
        "top_reach": msg("the reach of the largest account"),
        "reach": msg("the whole reach"),
        "new_customers": msg("the number of new customers"),
        "referred": msg("the number of referred customers"),
        "users": msg("the number of users"),
        "invitations": msg("the number of invitations"),
        "accepted": msg("the number of accepted invitations"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """One measure of one campaign; ``value`` is ``None`` with a reason where it is refused."""

    campaign: str
    measure: str
    value: float | None = None
    n: float | None
    denominator: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_method: str | None = None
    reason: Message | None = None


@dataclass(frozen=True, kw_only=True)
class FunnelResult(Result):
    """Measures per campaign, so that campaigns stand beside each other."""

    rows: tuple[FunnelRow, ...]
    command: ClassVar[str] = "crm-funnel"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Campaign funnel")

    @property
    def summary(self) -> Message:
        """Say how many measures the counts allow."""
        return msg(
            "{able} of {all} measures of {campaigns} campaigns can be computed from the counts.",
            able=Number(sum(row.value is not None for row in self.rows), Kind.COUNT),
            all=Number(len(self.rows), Kind.COUNT),
            campaigns=Number(len({row.campaign for row in self.rows}), Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        rows = []
        for row in self.rows:
            # Not asdict: it copies the messages inside, whose values cannot be copied.
            found: dict[str, object] = {item.name: getattr(row, item.name) for item in fields(row)}
            found["reason"] = None if row.reason is None else str(row.reason)
            found["ci_reason"] = None if row.ci_low is not None else str(row.reason or NO_LIMITS)
            rows.append(found)
        return {"rows": rows}

    def tables(self) -> tuple[Table, ...]:
        """The measures."""
        columns = (
            Column("campaign", msg("Campaign"), Kind.ID),
            Column("measure", msg("Measure"), Kind.ID, secondary=True),
            Column("measure_name", msg("Name of the measure")),
            Column("value", msg("Value"), Kind.NUMBER),
            Column("ci_low", msg("Lower limit"), Kind.NUMBER),
            Column("ci_high", msg("Upper limit"), Kind.NUMBER),
            Column("n", msg("Counted"), Kind.COUNT),
            Column("denominator", msg("Of"), Kind.COUNT),
        )
        no_interval = msg("no interval")

        def cell(row: FunnelRow, value: float | None) -> Cell:
            return Undefined(row.reason or no_interval) if value is None else value

        rows = tuple(
            (
                row.campaign,
                row.measure,
                MEASURE_WORDS[row.measure],
                cell(row, row.value),
                cell(row, row.ci_low),
                cell(row, row.ci_high),
                row.n,
                row.denominator,
            )
            for row in self.rows
        )
        return (
            Table(name="crm-funnel", columns=columns, rows=rows, caption=msg("Measures of the campaigns")),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report; its rows name the measures by words alone."""
        return tuple(without_ids(table, "measure") for table in self.tables())


def funnel_of(table: BareTable, provenance: Provenance, confidence: float = 0.95) -> FunnelResult:
    """Compute the measures of every campaign (row) of a sheet of counts.

    Parameters
    ----------
    table
        One campaign per row, with the counts that are known: noticed, engaged, acted and their units,
        valid, cost and more; an empty cell is a count that nobody has.
    provenance
        Where the result comes from.
    confidence
        Level of the intervals.

    Returns
    -------
    FunnelResult
        Measures with Wilson intervals; refused with the reason where a count is missing or units differ.

    Raises
    ------
    StudyError
        Unknown columns, or cells that are no counts.

    Examples
    --------
    A campaign of a music service that a practitioners' essay tells of: some 75,000 votes, 18,000 of them
    valid, worked by hand 18 / 75. How many noticed it is not told, so nothing is divided by it.

    >>> from omnistudy.study.bare_table import table_of_columns
    >>> from omnistudy.study.provenance import provenance_of
    >>> sheet = table_of_columns({"campaign": ["vote"], "acted": [75000], "valid": [18000]})
    >>> rows = funnel_of(sheet, provenance_of(sheet)).rows
    >>> {row.measure: round(row.value, 2) for row in rows if row.value is not None}
    {'valid_share': 0.24}
    """
    rows = [one for row in sheet_rows(table, ("campaign",), COLUMNS) for one in _campaign(row, confidence)]
    return FunnelResult(provenance=provenance, rows=tuple(rows))


def _campaign(row: SheetRow, confidence: float) -> Iterator[FunnelRow]:
    counts = {name: row.value(name, low=0) for name in COUNTS}
    units = {name: row.text(f"{name}_unit") for name in ("noticed", "engaged", "acted")}
    campaign = row.text("campaign")
    for measure, part, whole, one_unit in RATIOS:
        reason, words = (
            _missing(counts, part, whole),
            {"part": COUNT_WORDS[part], "whole": COUNT_WORDS[whole]},
        )
        if reason is None and one_unit and units[part] != units[whole]:
            reason = msg("{part} and {whole} are counted in different units", **words)
        n, of = counts[part], counts[whole]
        if reason is None and n is not None and of is not None and n > of:
            reason = msg("{part} is more than {whole}", **words)
        found = FunnelRow(campaign=campaign, measure=measure, n=n, denominator=of, reason=reason)
        yield _with_limits(found, wilson, confidence)
    for measure, part, whole in RATES:
        found = FunnelRow(
            campaign=campaign,
            measure=measure,
            n=counts[part],
            denominator=counts[whole],
            reason=_missing(counts, part, whole),
        )
        yield _with_limits(found, poisson, confidence)
    cost, acted = row.value("cost", low=0), counts["acted"]
    value = cost / acted if cost is not None and acted else None
    yield FunnelRow(
        campaign=campaign,
        measure="cost_per_act",
        value=value,
        n=cost,
        denominator=acted,
        reason=msg("the cost or the number who acted is missing or 0") if value is None else None,
    )


def _missing(counts: dict[str, float | None], part: str, whole: str) -> Message | None:
    for name in (part, whole):
        if counts[name] is None:
            return msg("{name} was not counted", name=COUNT_WORDS[name])
    return msg("{name} is 0", name=COUNT_WORDS[whole]) if counts[whole] == 0 else None


def _with_limits(
    row: FunnelRow, limits: Callable[[float, float, float], Interval], confidence: float
) -> FunnelRow:
    """The row with its value and interval, where nothing speaks against it."""
    if row.reason is not None or row.n is None or row.denominator is None:
        return row
    interval = limits(row.n, row.denominator, confidence)
    return replace(
        row,
        value=row.n / row.denominator,
        ci_low=interval.low,
        ci_high=interval.high,
        ci_method=interval.method,
    )
