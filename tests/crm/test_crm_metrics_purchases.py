"""Metrics of what customers buy and whom they bring, row by row, with what a group of nobody leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from metric_rows import (
    NO_ROW,
    NOBODY,
    lasting,
    line,
    lines,
    lines_of,
    mean,
    rate_limits,
    refused,
    score_limits,
    share,
    t_limits,
    told,
)
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.records.reading_times import day_of

INCOMPLETE = "the month is not wholly inside the window of observation"
# Group s: a with two products and margins 4 + 2, b with one and 3; group t: c with one and no margin but 0.
BUYS = """customer_id,ts,value,product,margin,segment
a,2024-01-01,10,card,4,s
a,2024-02-01,10,loan,2,s
a,2024-02-02,10,loan,,s
b,2024-01-11,10,card,3,s
c,2024-02-05,30,card,0,t
d,2024-02-21,50,,,t
"""


def test_products_and_margins_by_group(tmp_path: Path) -> None:
    options = MetricsOptions(
        metrics=("products_per_customer", "cross_sell", "margin_per_customer"), by=By.SEGMENT
    )
    assert lines_of(tmp_path, options, transactions=BUYS) == [
        mean("products_per_customer", [2, 1], group="s"),
        mean("products_per_customer", [1], group="t"),
        share("cross_sell", 1, 2, group="s"),
        share("cross_sell", 0, 1, group="t"),
        mean("margin_per_customer", [6, 3], "amount", group="s"),
        mean("margin_per_customer", [0], "amount", group="t"),
    ]


def visits(*first: tuple[str, str]) -> str:
    return "customer_id,ts,channel,event,segment\n" + "".join(
        f"{who},2024-01-{day},app,x,{'t' if who.startswith('t') else 's'}\n" for who, day in first
    )


def test_the_way_to_a_sale_by_group(tmp_path: Path) -> None:
    """Waits of s: 3, 5, 0; sz still waiting after 19 − 1 days, sy came after the last purchase. Of t nobody bought."""
    events = visits(
        ("sa", "01"), ("sa", "02"), ("sb", "01"), ("sc", "09"), ("sz", "01"), ("sy", "25"), ("sx", "05"), ("tz", "10")
    )  # fmt: skip
    # sx had bought before the first visit; so stands in no event.
    buys = "customer_id,ts,value,segment\n" + "".join(
        f"{who},2024-01-{day},1,s\n"
        for who, day in (("sa", "04"), ("sb", "06"), ("sc", "09"), ("sx", "02"), ("so", "19"))
    )
    options = MetricsOptions(metrics=("sales_cycle",), by=By.SEGMENT)
    waiting = [(0.0, 1, 1), (3.0, 1, 0), (5.0, 1, 0), (18.0, 0, 1)]
    never = "too few customers bought: the curve never reaches {share}"
    s = lasting("sales_cycle", waiting, "days", group="s")
    assert s[0].split(" | ")[5:8] == ["5", "3", "5"]
    expected = [s[0], line(
        "sales_cycle", None, 3, 5, "days", group="s", level="p90", reason=never.format(share="90.0 %")
    )]  # fmt: skip
    expected += [
        line("sales_cycle", None, 0, 1, "days", group="t", level=level, reason=never.format(share=share_of))
        for level, share_of in (("median", "50.0 %"), ("p90", "90.0 %"))
    ]
    assert lines_of(tmp_path, options, events=events, transactions=buys) == expected


def test_a_way_to_a_sale_with_its_limits(tmp_path: Path) -> None:
    """Forty customers who buy after 1 to 40 days."""
    start = date(2024, 1, 1)
    events = "customer_id,ts,channel,event\n" + "".join(f"c{at},{start},app,x\n" for at in range(1, 41))
    buys = "customer_id,ts,value\n" + "".join(f"c{at},{start + timedelta(at)},1\n" for at in range(1, 41))
    expected = lasting("sales_cycle", [(float(at), 1, 0) for at in range(1, 41)], "days")
    assert " | km_loglog | " in expected[0]
    assert lines(tmp_path, "sales_cycle", events=events, transactions=buys) == expected


def odds(level: str, n: int, of: int) -> str:
    """A ratio of two counts of different people: both limits are those of n / (n + of), as odds."""
    low, high = score_limits(n / (n + of), n + of)
    limits = (low / (1 - low), high / (1 - high))
    return line("wom_coefficient", n / of, n, of, "ratio", limits, "wilson_odds", level=level)


WORD_OF_MOUTH = """customer_id,ts,value,referrer_id
a,2024-01-05,1,
b,2024-01-31,1,a
a,2024-02-01,1,
c,2024-02-05,1,a
c,2024-02-06,1,
d,2024-02-07,1,
e,2024-03-05,1,a
f,2024-03-06,1,b
a,2024-04-01,1,
a,2024-05-15,1,
g,2024-05-16,1,c
"""


def test_word_of_mouth_by_month(tmp_path: Path) -> None:
    """February: c came by word of mouth, a came back and d came otherwise. In March all were referred."""
    assert lines(tmp_path, "wom_coefficient", transactions=WORD_OF_MOUTH) == [
        # In January everybody is new because nobody was watched before.
        line("wom_coefficient", None, 1, 1, "ratio", level="2024-01", reason=INCOMPLETE),
        odds("2024-02", 1, 2),
        line("wom_coefficient", None, 2, 0, "ratio", level="2024-03", reason=NOBODY),
        odds("2024-04", 0, 1),
        line("wom_coefficient", None, 1, 1, "ratio", level="2024-05", reason=INCOMPLETE),
        line("wom_coefficient", 3 / 3, 3, 3, "ratio", level="pooled"),
    ]


def test_word_of_mouth_without_a_whole_month_or_without_others(tmp_path: Path) -> None:
    early = "".join(WORD_OF_MOUTH.splitlines(keepends=True)[:3])
    assert lines(tmp_path, "wom_coefficient", transactions=early)[-1] == line(
        "wom_coefficient", None, 0, 0, "ratio", level="pooled", reason=INCOMPLETE
    )
    # In a window of March alone there are only customers who were referred.
    with records_of(tmp_path, transactions=WORD_OF_MOUTH) as records:
        march = replace(records, since=day_of(date(2024, 3, 1)), until=day_of(date(2024, 3, 31)))
        rows = metrics_of_records(march, MetricsOptions(metrics=("wom_coefficient",)), PROVENANCE).rows
    assert [told(row) for row in rows] == [
        line("wom_coefficient", None, 2, 0, "ratio", level="2024-03", reason=NOBODY),
        line("wom_coefficient", None, 2, 0, "ratio", level="pooled", reason=NOBODY),
    ]


def chain(generations: int) -> str:
    """One customer of every generation, who brings the next after its number of days."""
    rows, day = ["customer_id,ts,value,referrer_id", "g0,2024-01-01,1,"], date(2024, 1, 1)
    for at in range(1, generations + 1):
        day += timedelta(at)
        rows.append(f"g{at},{day},{at},g{at - 1}")
    return "\n".join(rows) + "\n"


def generation(at: int, won: int, size: int) -> str:
    limits = rate_limits(won, size)
    return line(
        "referral_generations", won / size, won, size, "score", limits, "poisson_exact", level=str(at)
    )


def test_generations_end_with_nobody_or_with_the_eighth(tmp_path: Path) -> None:
    assert lines(tmp_path, "referral_generations", transactions=chain(2)) == [
        generation(1, 1, 1),
        generation(2, 1, 1),
        generation(3, 0, 1),
    ]
    assert lines(tmp_path, "referral_generations", transactions=chain(11)) == [
        generation(at, 1, 1) for at in range(1, 9)
    ]


def test_who_refers_himself_and_who_names_a_stranger_brings_nobody(tmp_path: Path) -> None:
    buys = "customer_id,ts,value,referrer_id\na,2024-01-01,1,\nb,2024-01-02,1,b\nc,2024-01-03,1,x\nd,2024-01-04,1,\n"
    assert lines(tmp_path, "referral_generations", transactions=buys) == [generation(1, 0, 2)]
    everybody = "customer_id,ts,value,referrer_id\nb,2024-01-02,1,b\n"
    assert lines(tmp_path, "referral_generations", transactions=everybody) == [
        line("referral_generations", n=0, of=0, reason=NO_ROW)
    ]


def test_days_and_values_of_referrals(tmp_path: Path) -> None:
    """In a chain of four the waits are 1, 2, 3 and 4 days, and the referred have spent as much."""
    waits = [1, 2, 3, 4]
    found = lines(tmp_path, "referral_cycle", "referral_value", transactions=chain(4))
    assert found == [mean("referral_cycle", waits, "days"), mean("referral_value", waits, "amount")]
    none = "customer_id,ts,value,referrer_id\na,2024-01-05,1,\nb,2024-01-02,1,a\n"
    # a came after b, who named a: no wait, but a referrer with a value.
    assert lines(tmp_path, "referral_cycle", "referral_value", transactions=none) == [
        line("referral_cycle", None, 0, 0, "days", reason="no referrer is a customer of the records"),
        mean("referral_value", [1], "amount"),
    ]
    alone = "customer_id,ts,value,referrer_id\na,2024-01-05,1,\n"
    assert lines(tmp_path, "referral_value", transactions=alone) == [
        line("referral_value", None, 0, 0, "amount", reason=NOBODY)
    ]


def kept(customers: int, stayed: int, margins: tuple[float, float], days: int = 365) -> str:
    """Customers of the first day, some of whom come again on the last."""
    text, start = "customer_id,ts,value,margin\n", date(2023, 1, 1)
    for at in range(customers):
        text += f"c{at},{start},5,{margins[0] + at}\n"
        text += f"c{at},{start + timedelta(days - 1)},5,{margins[1]}\n" if at < stayed else ""
    return text


def test_the_simple_lifetime_value_with_its_limits(tmp_path: Path) -> None:
    """m r / (1.1 − r): of ten customers six stayed half the window, so r is .6 to the number of halves a year."""
    years = 365 / 365.25
    earned = [30.0 + at + (20 if at < 6 else 0) for at in range(10)]
    margin = float(np.mean(earned)) / years

    def multiple(share_kept: float) -> float:
        yearly = float(share_kept ** (2 / years))
        return yearly / (1.1 - yearly)

    value = margin * multiple(0.6)
    means, shares = t_limits(earned), score_limits(0.6, 10)
    assert means is not None
    # Each limit alone moves the value by so much; both together by the root of the squares.
    moved = [
        sqrt((margin * multiple(kept_share) - value) ** 2 + (limit / years * multiple(0.6) - value) ** 2)
        for kept_share, limit in zip(shares, means, strict=True)
    ]
    limits = (value - moved[0], value + moved[1])
    assert lines(tmp_path, "clv_simple", transactions=kept(10, 6, (30, 20))) == [
        line("clv_simple", value, 10, 10, "amount", limits, "recovered_variances")
    ]


@pytest.mark.parametrize(
    ("customers", "stayed", "margin"), [(4, 4, 30.0), (4, 0, 30.0), (1, 1, 30.0), (4, 2, -40.0)]
)
def test_a_lifetime_value_without_limits(tmp_path: Path, customers: int, stayed: int, margin: float) -> None:
    """Where all or none stayed, or nothing was earned, the error of the product is not that of a normal one."""
    years = (182 if stayed else 1) / 365.25
    if not stayed:
        # Nobody came on the last day; a purchase without a margin keeps the window open.
        text = kept(customers, 0, (margin, 0)) + "x,2023-12-31,5,\n"
        years = 365 / 365.25
    else:
        text = kept(customers, stayed, (margin, 0), days=182)
    rate = (stayed / customers) ** (2 / years)
    earned = float(np.mean([margin + at for at in range(customers)])) / years
    assert lines(tmp_path, "clv_simple", transactions=text) == [
        line("clv_simple", earned * rate / (1.1 - rate), customers, customers, "amount")
    ]


def test_half_a_year_is_the_least(tmp_path: Path) -> None:
    reason = "the transactions span less than half a year, which tells nothing of retention per year"
    short = lines(tmp_path, "clv_simple", transactions=kept(2, 2, (3, 3), days=181))
    assert short == [refused("clv_simple", reason)]
    assert lines(tmp_path, "clv_simple", transactions=kept(2, 2, (3, 3), days=182))[0] != short[0]


def test_a_lifetime_value_of_nobody(tmp_path: Path) -> None:
    """Margins are known of the second half only, or of no row at all."""
    late = "customer_id,ts,value,margin\na,2023-01-01,5,\nb,2023-12-31,5,7\n"
    assert lines(tmp_path, "clv_simple", transactions=late) == [
        line("clv_simple", None, 1, 0, "amount", reason=NOBODY)
    ]
    never = "customer_id,ts,value,margin\na,2023-01-01,5,\nb,2023-12-31,5,\n"
    assert lines(tmp_path, "clv_simple", transactions=never) == [
        line("clv_simple", None, 0, 0, "amount", reason=NOBODY)
    ]
