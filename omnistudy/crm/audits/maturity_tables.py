"""Tables and the figure of `crm maturity`: criteria, channels, identity match."""

from __future__ import annotations

from omnistudy.crm.audits.blocks import limit_cell, value_cell
from omnistudy.crm.audits.items import ANSWER_WORDS
from omnistudy.crm.audits.maturity_levels import STATUS_WORDS, Observed
from omnistudy.crm.names import label_of, named
from omnistudy.pictures import Forest
from omnistudy.results import Column, Day, Figure, Kind, Number, Table, msg


def criteria_table(observed: Observed, window: str) -> Table:
    """One row per criterion: value, limits, test, threshold, result."""
    columns = (
        Column("level", msg("Level")),
        Column("criterion", msg("Criterion")),
        Column("value", msg("Value"), Kind.NUMBER),
        Column("ci_low", msg("Lower limit"), Kind.NUMBER),
        Column("ci_high", msg("Upper limit"), Kind.NUMBER),
        Column("test", msg("Test"), Kind.ID),
        Column("threshold", msg("Threshold"), Kind.NUMBER),
        Column("status", msg("Result")),
        Column("n", msg("Counted"), Kind.COUNT),
        Column("denominator", msg("Of"), Kind.COUNT),
    )
    rows = tuple(
        (
            ANSWER_WORDS[one.level.id],
            one.indicator.title,
            value_cell(one.indicator),
            limit_cell(one.indicator, one.indicator.low),
            limit_cell(one.indicator, one.indicator.high),
            "≥" if one.at_least else "≤",
            Number(one.threshold, Kind.SHARE if one.indicator.unit == "share" else Kind.NUMBER),
            STATUS_WORDS[one.status],
            one.indicator.n,
            one.indicator.denominator,
        )
        for one in observed.criteria
    )
    return Table(
        name="maturity-criteria",
        columns=columns,
        rows=rows,
        caption=msg("Criteria of the levels in the log of {window}", window=Day(window)),
    )


def channels_table(observed: Observed) -> Table:
    """One row per channel: its part of the events, and how many name their customer."""
    columns = (
        Column("channel", msg("Channel"), Kind.ID),
        Column("share", msg("Share of the events"), Kind.NUMBER),
        Column("share_low", msg("Lower limit"), Kind.NUMBER),
        Column("active", msg("Active"), Kind.FLAG),
        Column("identity_match", msg("Identity match"), Kind.NUMBER),
        Column("identity_low", msg("Lower limit"), Kind.NUMBER),
        Column("events", msg("Events"), Kind.COUNT),
    )
    rows = tuple(
        (
            named(one.share.group),
            value_cell(one.share),
            limit_cell(one.share, one.share.low),
            one.active,
            value_cell(one.identity),
            limit_cell(one.identity, one.identity.low),
            one.share.n,
        )
        for one in observed.channels
    )
    return Table(name="maturity-channels", columns=columns, rows=rows, caption=msg("Channels of the log"))


def identity_figure(observed: Observed, threshold: float) -> Figure:
    """Identity match per channel against its threshold."""
    shown = observed.channels
    return Figure(
        name="maturity-identity",
        picture=Forest(
            labels=tuple(label_of(one.share.group) for one in shown),
            values=tuple(one.identity.value for one in shown),
            lows=tuple(one.identity.low for one in shown),
            highs=tuple(one.identity.high for one in shown),
            axis=msg("Events with a customer / events"),
            lines=(threshold,),
        ),
        caption=msg("Identity match per channel"),
        alt=msg(
            "One row per channel with its interval; the dashed line is the threshold of cross-channel. The "
            "lower limits are in the table of channels."
        ),
    )
