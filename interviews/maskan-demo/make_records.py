"""Make the customer records of the invented Avin Bank from a stated truth and a seed.

Everything is made up. ``python make_records.py`` writes the files of ``crm/`` beside it; ``truth()`` says what
the records were drawn from, so that tests can ask whether the program finds it again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from math import erf, exp, factorial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Places = NDArray[np.int64]

SEED, CUSTOMERS = 1403, 50_000
FIRST_DAY = np.datetime64("2020-12-21")  # 1399-10-01, when the tickets begin
DAYS = 1551  # until 1403-12-30
RECORDS_FROM = 820  # 1402-01-01: events, transactions and survey begin; 731 days are left
TRAINING = 790  # 1401-12-01: the branch staff's training is over
ONE_RECORD = 1185  # 1403-01-01: the programme "one customer, one record" starts
WINDOW = DAYS - RECORDS_FROM

CHANNELS = ("branch", "atm", "call_centre", "mobile_bank", "internet_bank")
DIGITAL = np.array([False, False, False, True, True])
PERSIAN = ("شعبه", "خودپرداز", "مرکز تماس", "همراه‌بانک", "اینترنت‌بانک")
SEGMENTS = ("salaried", "self_employed", "youth", "retired", "small_business")
SEGMENT_SHARES = (0.36, 0.22, 0.20, 0.12, 0.10)

# How often customers buy (weeks) and what a purchase is worth (rials).
BGNBD = {"r": 0.55, "alpha": 11.0, "a": 0.80, "b": 2.60}
GAMMA_GAMMA = {"p": 3.0, "q": 4.0, "v": 2_500_000.0}
MARGINS = pd.Series(
    {"discretionary": 0.03, "scheduled": 0.001, "fee": 1.0}
)  # share of the value that is profit
BUYERS, SALARIED = 0.36, 0.10  # shares of the customers; nobody is both
LATEST_START = 600  # first transactions spread evenly over so many days
REFERRED = {"before": 0.24, "after": 0.15}
SBG = {"alpha": 0.90, "beta": 3.20}

# The channel of a contact depends on the channel of the contact before; rows and columns as CHANNELS.
SWITCHING = np.array(
    [
        [0.55, 0.08, 0.10, 0.20, 0.07],
        [0.07, 0.58, 0.04, 0.24, 0.07],
        [0.12, 0.03, 0.45, 0.30, 0.10],
        [0.04, 0.06, 0.06, 0.76, 0.08],
        [0.05, 0.03, 0.08, 0.24, 0.60],
    ]
)
ENDING = np.array([0.55, 0.70, 0.45, 0.42, 0.40])  # a journey ends after a contact in this channel
COMPLETED = np.array([0.82, 0.90, 0.66, 0.74, 0.68])  # a journey that ends here was completed
FAILED = 0.30  # a journey that was not completed failed for technical reasons
VISITS, MOST_VISITS = 1.5, 12  # one visit and Poisson(VISITS) more per customer
ALONE = 0.30  # a visit is a single contact without a journey
INVITATION, OFFER = 0.22, 0.33  # such a contact is an invitation, or an offer of the bank
ACCEPTED, PERSONALISED = 0.35, 0.30
REENTRY, STEP_LOST, RESUMED = 0.18, 0.08, 0.30  # at a switch of channel within a journey
STITCHED = 0.94  # a journey names its customer
KNOWN = {"branch": 0.82, "call_centre": 0.86}  # further visitors without a name lower the match to this
EMOTIONS = np.array([0.04, 0.08, 0.14, 0.30, 0.22, 0.15, 0.07])  # −3 to 3, in one journey of twenty
WATCHED = 0.05

ASKED = np.array([0.20, 0.15, 0.15, 0.35, 0.15])
PROMOTERS = np.array([0.38, 0.30, 0.25, 0.48, 0.42])
DETRACTORS = np.array([0.22, 0.25, 0.38, 0.18, 0.20])
NPS_SHIFT = {"promoters": -0.06, "detractors": 0.07}  # after ONE_RECORD
SATISFIED = np.array([0.74, 0.70, 0.58, 0.81, 0.77])
EASY = np.array([0.62, 0.66, 0.48, 0.78, 0.74])
SCALES = {
    "scale:perceived-security": (4.6, 0.80),
    "scale:technology-readiness": (4.1, 0.70),
}  # centre, loading
SCALE_SPREAD, ITEMS = 1.2, 4

TICKET_CHANNELS = np.array([0.15, 0.00, 0.45, 0.25, 0.15])
RESPONSE_HOURS = np.array([2.0, 3.0, 1.0, 9.0, 12.0])  # medians
RESPONSE_SHAPE = 0.7
TOPICS = ("card", "transfer", "login", "loan", "fees", "app")
COMPLAINTS = 0.22
RESOLVED = {"base": 0.58, "slope": 0.001, "level_change": 0.09, "rho": 0.4, "sd": 0.02}
RECONTACT = 0.5  # an unsettled matter comes back as a new ticket, else the ticket is opened again

PREFERRED = np.array([0.25, 0.10, 0.10, 0.40, 0.15])
DUPLICATES = 0.015
STAFF, FRAUD, INCIDENTS = 640, 4e-5, 30.0  # posts; fraud as share of turnover; incidents per million sessions
AVAILABILITY = {"atm": 0.972, "mobile_bank": 0.985, "internet_bank": 0.990}


def pick(random: np.random.Generator, shares: Vector) -> Places:
    """Draw one column per row of ``shares``."""
    bounds = np.cumsum(shares, axis=1)
    return np.asarray((random.random(len(shares))[:, None] > bounds[:, :-1]).sum(axis=1), dtype=np.int64)


def identifiers(prefix: str, numbers: Places, width: int) -> NDArray[np.object_]:
    """Write numbers as text with leading zeros; −1 becomes nothing."""
    kinds, at = np.unique(numbers, return_inverse=True)
    texts = np.array(
        [None if one < 0 else f"{prefix}{one:0{width}d}" for one in kinds.tolist()], dtype=object
    )
    return np.asarray(texts[at], dtype=object)


def only(values: NDArray[Any], known: NDArray[np.bool_], kind: Any) -> pd.Series:
    """Values where they are known, and nothing elsewhere."""
    return pd.Series(values).astype(kind).where(known, None)


def jalali_days() -> NDArray[np.object_]:
    """Every day from FIRST_DAY as a Jalali date; leap years by the rule of 33."""
    year, month, day, found = 1399, 10, 1, []
    for _ in range(DAYS):
        found.append(f"{year:04d}-{month:02d}-{day:02d}")
        leap = year % 33 in {1, 5, 9, 13, 17, 22, 26, 30}
        length = 31 if month <= 6 else 30 if month < 12 or leap else 29
        year, month, day = (year, month, day + 1) if day < length else (year, month + 1, 1)
        if month > 12:
            year, month = year + 1, 1
    return np.array(found, dtype=object)


def clock(seconds: Vector) -> NDArray[np.datetime64]:
    """Seconds since FIRST_DAY on the clock of Tehran; not-a-time where they are not finite."""
    known = np.isfinite(seconds)
    whole = np.where(known, seconds, 0).astype(np.int64)
    return np.where(known, FIRST_DAY + whole.astype("timedelta64[s]"), np.datetime64("NaT", "s"))


def purchases(random: np.random.Generator, age: Places) -> tuple[Places, Places]:
    """Draw repeat purchases under BG/NBD for customers who are ``age`` days old; return customer and day.

    A purchase belongs to the day that it completes. Two of one day would be read as one, so the second is put
    off to the next day: frequencies stay those of the model, recency moves by hours.
    """
    rate = random.gamma(BGNBD["r"], 1 / BGNBD["alpha"], len(age)) / 7
    leaving = random.geometric(np.clip(random.beta(BGNBD["a"], BGNBD["b"], len(age)), 1e-12, 1))
    wanted = random.poisson(rate * age)
    owner = np.repeat(np.arange(len(age)), wanted)
    at = random.random(len(owner)) * age[owner]
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    place = np.arange(len(owner)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    kept = place < leaving[owner]
    owner, at, place = owner[kept], at[kept], place[kept]
    day = np.ceil(at).astype(np.int64)
    # The k-th purchase comes at the earliest a day after the one before, and never after the end.
    start = np.flatnonzero(place == 0)
    for begin, end in zip(start, np.append(start[1:], len(day)), strict=True):
        if end - begin > 1 and (np.diff(day[begin:end]) < 1).any():
            steps = np.arange(end - begin)
            forward = np.maximum.accumulate(day[begin:end] - steps) + steps
            day[begin:end] = np.minimum(forward, age[owner[begin]] - (steps[-1] - steps))
    return owner, day


def spending(random: np.random.Generator, owner: Places, customers: int) -> Vector:
    """Draw what each purchase is worth under Gamma–Gamma, to 10,000 rials."""
    rate = random.gamma(GAMMA_GAMMA["q"], 1 / GAMMA_GAMMA["v"], customers)
    value = random.gamma(GAMMA_GAMMA["p"], 1 / rate[owner])
    return np.maximum(np.round(value / 10_000), 1) * 10_000


def transactions(random: np.random.Generator, people: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Purchases as customers please, and postings that a calendar decides: two parts of one table."""
    chosen = random.permutation(len(people))
    buyers = np.sort(chosen[: round(BUYERS * len(people))])
    salaried = np.sort(chosen[len(buyers) : len(buyers) + round(SALARIED * len(people))])
    start = random.integers(0, LATEST_START, len(buyers))
    owner, day = purchases(random, WINDOW - 1 - start)
    owner = np.concatenate([np.arange(len(buyers)), owner])
    day = np.concatenate([np.zeros(len(buyers), dtype=np.int64), day]) + start[owner]
    frame = pd.DataFrame({"day": RECORDS_FROM + day, "value": spending(random, owner, len(buyers))})
    frame["place"], frame["kind"] = buyers[owner], "discretionary"
    frame["product"] = np.array(["card", "bill", "insurance", "gift"])[random.integers(0, 4, len(owner))]
    yield "discretionary", _booked(random, people, frame)
    dates = jalali_days()
    paydays = np.flatnonzero([str(date).endswith("-25") for date in dates])
    start = RECORDS_FROM + random.integers(0, LATEST_START, len(salaried))
    at, month = np.nonzero(paydays[None, :] >= start[:, None])
    salary = np.round(random.lognormal(18.8, 0.4, len(salaried)) / 100_000) * 100_000
    paid = pd.DataFrame({"day": paydays[month], "value": salary[at], "place": salaried[at]})
    paid["kind"], paid["product"] = "scheduled", "salary"
    fees = pd.DataFrame({"day": ONE_RECORD, "value": 250_000.0, "place": salaried[start < ONE_RECORD - 60]})
    fees["kind"], fees["product"] = "fee", "account"
    yield "scheduled", _booked(random, people, pd.concat([paid, fees]))


def _booked(random: np.random.Generator, people: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Sort by day, name the customer, and let some new customers have been referred."""
    frame = frame.sort_values(["day", "place"], kind="stable").reset_index(drop=True)
    new = ~frame["place"].duplicated().to_numpy()
    share = np.where(frame["day"] < ONE_RECORD, REFERRED["before"], REFERRED["after"])
    referred = new & (random.random(len(frame)) < share)
    referrer = np.where(referred, random.integers(0, len(people), len(frame)), -1)
    place = frame["place"].to_numpy()
    return pd.DataFrame(
        {
            "customer_id": people["customer_id"].to_numpy()[place],
            "ts": jalali_days()[frame["day"]],
            "value": frame["value"].astype(np.int64),
            "margin": np.round(frame["value"] * MARGINS[frame["kind"]].to_numpy()).astype(np.int64),
            "kind": frame["kind"],
            "product": frame["product"],
            "segment": people["segment"].to_numpy()[place],
            "referrer_id": identifiers("", referrer, 6),
        }
    )


def contacts(random: np.random.Generator, visits: Places) -> pd.DataFrame:
    """Draw the contacts of all visits in order: who, which visit, place within it, channel, whether it ends.

    The channels of a customer are one Markov chain over all contacts, so that switches follow SWITCHING
    whether they are counted within journeys or across them.
    """
    parts = []
    here = pick(random, np.tile(starting(), (len(visits), 1)))
    for visit in range(int(visits.max())):
        who = np.flatnonzero(visits > visit)
        if visit:
            here[who] = pick(random, SWITCHING[here[who]])
        alone = random.random(len(who)) < ALONE
        place = 0
        while len(who):
            ends = alone | (random.random(len(who)) < ENDING[here[who]])
            parts.append(
                pd.DataFrame(
                    {
                        "who": who,
                        "visit": visit,
                        "place": place,
                        "channel": here[who],
                        "alone": alone,
                        "ends": ends,
                    }
                )
            )
            who, alone = who[~ends], alone[~ends]
            here[who] = pick(random, SWITCHING[here[who]])
            place += 1
    return pd.concat(parts).sort_values(["who", "visit", "place"], kind="stable").reset_index(drop=True)


def events(random: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """All contacts: journeys and single contacts of customers, journeys and visits of strangers."""
    visits = 1 + np.minimum(random.poisson(VISITS, len(people)), MOST_VISITS - 1)
    own = contacts(random, visits)
    journeys = int(((own["place"] == 0) & ~own["alone"]).sum())
    strangers = contacts(random, np.ones(_strangers(random, journeys), dtype=np.int64))
    strangers = strangers[~strangers["alone"]]
    slot = WINDOW * 86_400 / visits
    begin = (
        own["visit"]
        + random.random(len(people) * MOST_VISITS).reshape(-1, MOST_VISITS)[own["who"], own["visit"]] / 2
    )
    own["at"] = begin * slot[own["who"]] + _pauses(random, own)
    strangers["at"] = (
        random.random(int(strangers["who"].max()) + 1)[strangers["who"]] * (WINDOW - 20) * 86_400
    )
    strangers["at"] += _pauses(random, strangers)
    passing = _passing(random, int(visits.sum()))
    frame = pd.concat([own.assign(known=True), strangers.assign(known=False), passing], ignore_index=True)
    frame["journey"] = frame.groupby(["known", "who", "visit"], sort=False).ngroup()
    frame = (
        _switches(random, frame).sort_values(["at", "journey", "place"], kind="stable").reset_index(drop=True)
    )
    return _logged(random, people, frame)


def _strangers(random: np.random.Generator, journeys: int) -> int:
    """How many visits without a name leave STITCHED of all journeys with one; some are single contacts."""
    return int(random.negative_binomial(journeys, STITCHED) / (1 - ALONE))


def _passing(random: np.random.Generator, visits: int) -> pd.DataFrame:
    """Visitors without a name or a journey, in the channels of KNOWN."""
    further = random.poisson(np.array([_further()[at] * visits for at in range(len(CHANNELS))]))
    channel = np.repeat(np.arange(len(CHANNELS)), further)
    place = np.arange(len(channel))
    at = random.random(len(channel)) * WINDOW * 86_400
    return pd.DataFrame(
        {
            "who": place,
            "visit": -1,
            "place": 0,
            "channel": channel,
            "alone": True,
            "ends": True,
            "at": at,
            "known": False,
        }
    )


def _pauses(random: np.random.Generator, frame: pd.DataFrame) -> Vector:
    """Seconds since the visit began: pauses of eight hours on average, a minute at least."""
    pause = np.where(
        frame["place"] == 0, 0, 60 + np.minimum(random.exponential(8 * 3600, len(frame)), 30 * 3600)
    )
    total = pd.Series(np.round(pause))
    return np.asarray(
        total.groupby([frame["who"].to_numpy(), frame["visit"].to_numpy()]).cumsum(), dtype=np.float64
    )


def _switches(random: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Say for every switch within a journey whether something was asked again, and how the steps go on."""
    before = frame["channel"].shift(1, fill_value=-1)
    switch = (frame["place"] > 0) & (before != frame["channel"])
    lost = switch & (random.random(len(frame)) < STEP_LOST)
    again = switch & (random.random(len(frame)) < REENTRY)
    resumed = switch & ~lost & ~frame["ends"] & (random.random(len(frame)) < RESUMED)
    # A lost step starts over before everything that was done; otherwise steps go on by one.
    run = lost.groupby(frame["journey"]).cumsum().to_numpy()
    step = frame.groupby([frame["journey"], run]).cumcount() + 1 - run
    return frame.assign(switch=switch, again=again, resumed=resumed, step=step)


def _logged(random: np.random.Generator, people: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Turn contacts into the columns of a log."""
    n, alone, ends = len(frame), frame["alone"].to_numpy(), frame["ends"].to_numpy()
    known, journey = frame["known"].to_numpy(), ~alone
    done = ends & (random.random(n) < COMPLETED[frame["channel"]])
    outcome = np.full(n, None, dtype=object)
    outcome[journey & (frame["place"] == 0)] = "started"
    outcome[frame["resumed"]] = "resumed"
    broken = np.where(random.random(n) < FAILED, "failed", "abandoned")
    outcome[journey & ends] = np.where(done, "completed", broken)[journey & ends]
    what = random.random(n)
    invited = alone & known & (what < INVITATION)
    offered = alone & known & ~invited & (what < INVITATION + OFFER)
    outcome[invited] = np.where(random.random(n) < ACCEPTED, "completed", "failed")[invited]
    event = np.where(invited, "invitation", np.where(offered, "offer", "enquiry"))
    event = np.where(journey, np.where(frame["place"] == 0, "request", "step"), event)
    numbers = pd.Series(np.where(journey, frame["journey"], -1)).rank(method="dense").astype(np.int64)
    watched = random.random(int(frame["journey"].max()) + 1)[frame["journey"]] < WATCHED
    felt = np.where(journey & watched, pick(random, np.tile(EMOTIONS, (n, 1))) - 3, 0)
    personalised = random.random(n) < PERSONALISED
    who = np.where(known, frame["who"], 0)
    segment = people["segment"].to_numpy()[who]
    return pd.DataFrame(
        {
            "customer_id": only(people["customer_id"].to_numpy()[who], known, "object"),
            "ts": clock(RECORDS_FROM * 86_400.0 + np.floor(frame["at"].to_numpy())),
            "channel": np.array(CHANNELS)[frame["channel"]],
            "event": event,
            "journey_id": identifiers("J", np.where(journey, numbers, -1).astype(np.int64), 6),
            "journey_step": only(frame["step"].to_numpy(), journey, "Int32"),
            "outcome": outcome,
            "reentry": only(frame["again"].to_numpy(), frame["switch"].to_numpy(), "boolean"),
            "initiator": np.where(offered, "bank", "customer"),
            "personalised": only(personalised, offered, "boolean"),
            "emotion": only(felt, journey & watched, "Int32"),
            "segment": only(segment, known, "object"),
        }
    )


def survey(random: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Answers to one question by channel, and to two scales of four items."""
    parts = [
        _asked(random, people, "nps", "recommend", (0, 10)),
        _asked(random, people, "csat", "overall", (1, 5)),
        _asked(random, people, "ces", "easy", (1, 7)),
        *(_scale(random, people, name) for name in SCALES),
    ]
    frame = (
        pd.concat(parts)
        .sort_values(["day", "instrument", "customer_id"], kind="stable")
        .reset_index(drop=True)
    )
    respondent = frame.groupby(
        ["day", "instrument", "customer_id", "channel"], dropna=False, sort=False
    ).ngroup()
    dates = jalali_days()[RECORDS_FROM + frame.pop("day")]
    frame.insert(0, "ts", dates)
    frame.insert(1, "respondent_id", identifiers("R", respondent.to_numpy().astype(np.int64) + 1, 5))
    frame["wave"] = [date[:4] for date in dates]
    return frame


def _asked(
    random: np.random.Generator, people: pd.DataFrame, name: str, item: str, scale: tuple[int, int]
) -> pd.DataFrame:
    size = max(60, len(people) * 8 // 50)
    day = random.integers(0, WINDOW, size)
    channel = pick(random, np.tile(ASKED, (size, 1)))
    later = RECORDS_FROM + day >= ONE_RECORD
    score = {"nps": _recommending, "csat": _satisfied, "ces": _easy}[name](random, channel, later)
    place = random.choice(len(people), size, replace=size > len(people))
    return _answers(people, place, day, name).assign(
        item=item,
        score=score,
        scale_min=scale[0],
        scale_max=scale[1],
        channel=np.array(PERSIAN)[channel],
        reversed=False,
    )


def _recommending(random: np.random.Generator, channel: Places, later: NDArray[np.bool_]) -> Places:
    promoters = PROMOTERS[channel] + later * NPS_SHIFT["promoters"]
    detractors = DETRACTORS[channel] + later * NPS_SHIFT["detractors"]
    kind = pick(random, np.column_stack([detractors, 1 - promoters - detractors, promoters]))
    within = random.random(len(channel))
    return np.choose(kind, [np.floor(7 * np.sqrt(within)), 7 + (within < 0.5), 9 + (within < 0.4)]).astype(
        np.int64
    )


def _satisfied(random: np.random.Generator, channel: Places, _: NDArray[np.bool_]) -> Places:
    within = random.random(len(channel))
    low = np.where(within < 0.5, 3, np.where(within < 0.8, 2, 1))
    return np.where(random.random(len(channel)) < SATISFIED[channel], np.where(within < 0.45, 5, 4), low)


def _easy(random: np.random.Generator, channel: Places, _: NDArray[np.bool_]) -> Places:
    high = random.integers(5, 8, len(channel))
    return np.where(random.random(len(channel)) < EASY[channel], high, random.integers(1, 5, len(channel)))


def _answers(people: pd.DataFrame, place: Places, day: Places, name: str) -> pd.DataFrame:
    ids, segments = people["customer_id"].to_numpy()[place], people["segment"].to_numpy()[place]
    return pd.DataFrame({"day": day, "instrument": name, "customer_id": ids, "segment": segments})


def _scale(random: np.random.Generator, people: pd.DataFrame, name: str) -> pd.DataFrame:
    """Items of one factor on seven points; the last item is worded the other way round."""
    centre, loading = SCALES[name]
    size = max(60, len(people) // 60)
    factor, own = random.standard_normal((size, 1)), random.standard_normal((size, ITEMS))
    scores = np.clip(
        np.round(centre + SCALE_SPREAD * (loading * factor + np.sqrt(1 - loading**2) * own)), 1, 7
    )
    scores[:, -1] = 8 - scores[:, -1]
    place, day = (
        random.choice(len(people), size, replace=size > len(people)),
        random.integers(0, WINDOW, size),
    )
    parts = [
        _answers(people, place, day, name).assign(
            item=f"q{at + 1}", score=scores[:, at].astype(np.int64), scale_min=1, scale_max=7, channel=None,
            reversed=at == ITEMS - 1,
        )
        for at in range(ITEMS)
    ]  # fmt: skip
    return pd.concat(parts)


def resolution(random: np.random.Generator) -> Vector:
    """Probability, for each day, that a ticket opened then is settled: level, slope, step, weekly AR(1) noise."""
    weeks = DAYS // 7 + 1
    shocks = random.standard_normal(weeks) * RESOLVED["sd"]
    for at in range(1, weeks):
        shocks[at] = RESOLVED["rho"] * shocks[at - 1] + np.sqrt(1 - RESOLVED["rho"] ** 2) * shocks[at]
    day = np.arange(DAYS)
    after = (day >= TRAINING) * RESOLVED["level_change"]
    return np.clip(RESOLVED["base"] + RESOLVED["slope"] * day / 30.44 + after + shocks[day // 7], 0, 1)


def tickets(random: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Tickets of four years; a matter that is not settled is opened again or comes back within six days."""
    settled = resolution(random)
    place = random.permutation(len(people))[: round(0.6 * len(people))]
    opened = random.random(len(place)) * DAYS * 86_400
    topic = random.integers(0, len(TOPICS), len(place))
    parts = []
    while len(place):
        channel = pick(random, np.tile(TICKET_CHANNELS, (len(place), 1)))
        scale = RESPONSE_HOURS[channel] * 3600 / np.log(2) ** (1 / RESPONSE_SHAPE)
        response = opened + np.maximum(1, scale * random.weibull(RESPONSE_SHAPE, len(place)))
        closed = response + random.exponential(12 * 3600, len(place))
        failed = random.random(len(place)) >= settled[(opened // 86_400).astype(np.int64)]
        back = failed & (random.random(len(place)) < RECONTACT)
        columns = {"place": place, "opened": opened, "response": response, "closed": closed, "topic": topic}
        parts.append(pd.DataFrame({**columns, "channel": channel, "reopened": failed & ~back}))
        opened = closed + random.uniform(1, 6, len(place)) * 86_400
        going = back & (opened < DAYS * 86_400)
        place, opened, topic = place[going], opened[going], topic[going]
    frame = pd.concat(parts).sort_values("opened", kind="stable").reset_index(drop=True)
    return _ticket_rows(random, people, frame)


def _ticket_rows(random: np.random.Generator, people: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    end, place = DAYS * 86_400, frame["place"].to_numpy()
    opened, response, closed = (np.floor(frame[name].to_numpy()) for name in ("opened", "response", "closed"))
    return pd.DataFrame(
        {
            "ticket_id": identifiers("T", np.arange(1, len(frame) + 1), 6),
            "customer_id": people["customer_id"].to_numpy()[place],
            "opened": clock(opened),
            "first_response": clock(np.where(response < end, response, np.inf)),
            "closed": clock(np.where(closed < end, closed, np.inf)),
            "channel": np.array(PERSIAN)[frame["channel"]],
            "topic": np.array(TOPICS)[frame["topic"]],
            "is_complaint": random.random(len(frame)) < COMPLAINTS,
            "reopened": frame["reopened"] & (closed < end),
            "transfers": random.poisson(0.4, len(frame)),
            "segment": people["segment"].to_numpy()[place],
        }
    )


def operations(random: np.random.Generator) -> pd.DataFrame:
    """Figures of the bank itself, per month of 1402 and 1403: availability, fraud, staff, costs."""
    rows: list[tuple[str, str | None, str, float, float | None]] = []
    for month in range(24):
        period = f"{1402 + month // 12}-{month % 12 + 1:02d}"
        for channel, share in AVAILABILITY.items():
            rows.append((period, channel, "availability", random.binomial(43_200, share), 43_200))
        for channel, cost in zip(CHANNELS, (410_000, 95_000, 230_000, 24_000, 31_000), strict=True):
            tasks = random.poisson(3_000)
            rows.append(
                (period, channel, "cost_per_task", round(cost * tasks * random.normal(1, 0.03)), tasks)
            )
        turnover = round(random.normal(900_000, 40_000)) * 1_000_000
        rows.append((period, None, "fraud_bp", round(turnover * FRAUD * random.normal(1, 0.1)), turnover))
        rows.append((period, None, "incidents", random.poisson(INCIDENTS * 0.4), 400_000))
        rows.append((period, None, "training_hours", random.poisson(2_600), STAFF))
        rows.append((period, None, "certified_staff", 320 + 8 * month, STAFF))
        if month % 3 == 0:
            rows.append((period, None, "releases", random.poisson(4), 1))
    return pd.DataFrame(rows, columns=["period", "unit", "indicator", "value", "denominator"])


def identity_map(random: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Which ids of the channels belong to which customer; a few customers have two."""
    place = np.sort(random.permutation(len(people))[: len(people) // 6])
    twice = place[random.random(len(place)) < DUPLICATES]
    owner = np.concatenate([place, place, twice])
    source = np.concatenate([place, place, len(people) + np.arange(len(twice))])
    channel = np.repeat([3, 4, 3], [len(place), len(place), len(twice)])
    return pd.DataFrame(
        {
            "channel": np.array(CHANNELS)[channel],
            "source_id": identifiers("U", source, 6),
            "customer_id": people["customer_id"].to_numpy()[owner],
        }
    )


def preferences(random: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """In which channel customers said they want to be served; it does not move where they go."""
    place = np.sort(random.permutation(len(people))[: len(people) // 6])
    channel = pick(random, np.tile(PREFERRED, (len(place), 1)))
    ids = people["customer_id"].to_numpy()[place]
    return pd.DataFrame({"customer_id": ids, "channel": np.array(CHANNELS)[channel]})


def deposits(random: np.random.Generator, customers: int) -> pd.DataFrame:
    """Yearly deposits under the shifted beta-geometric model: years so far, and whether they ended."""
    size = max(400, customers // 10)
    ending = random.geometric(np.clip(random.beta(SBG["alpha"], SBG["beta"], size), 1e-12, 1))
    years = random.integers(3, 9, size)
    value = np.round(random.lognormal(16, 0.5, size) / 10_000) * 10_000
    columns = {"customer_id": identifiers("D", np.arange(size), 6), "duration": np.minimum(ending, years)}
    return pd.DataFrame({**columns, "churned": ending <= years, "value": value.astype(np.int64)})


def starting() -> Vector:
    """The channel in which a visit starts, the same for the first and all later ones."""
    size = len(CHANNELS)
    within = np.linalg.inv(np.eye(size) - (1 - ENDING)[:, None] * SWITCHING)
    again = ALONE * SWITCHING + (1 - ALONE) * within @ np.diag(ENDING) @ SWITCHING
    values, vectors = np.linalg.eig(again.T)
    found = np.real(vectors[:, np.argmax(np.real(values))])
    return np.asarray(found / found.sum())


def _per_visit() -> tuple[Vector, Vector]:
    """Expected contacts per visit and channel: within journeys, and single ones."""
    start = starting()
    within = start @ np.linalg.inv(np.eye(len(CHANNELS)) - (1 - ENDING)[:, None] * SWITCHING)
    return (1 - ALONE) * within, ALONE * start


def _further() -> Vector:
    """Further visitors without a name, per visit and channel, that bring KNOWN about."""
    journeys, single = _per_visit()
    named, so_far = journeys + single, journeys / STITCHED + single
    share = np.array([KNOWN.get(one, named[at] / so_far[at]) for at, one in enumerate(CHANNELS)])
    return np.asarray(np.maximum(named / share - so_far, 0.0))


def _reaching(weight: float, *, switches: bool) -> Vector:
    """Generating function of journeys: every contact, or every switch of channel, counts ``weight``."""
    size = len(CHANNELS)
    going = (1 - ENDING)[:, None] * SWITCHING
    if switches:
        weights = np.where(np.eye(size, dtype=bool), 1.0, weight)
        return np.asarray(starting() @ np.linalg.inv(np.eye(size) - going * weights) @ ENDING)
    return np.asarray(weight * starting() @ np.linalg.inv(np.eye(size) - weight * going) @ ENDING)


def _between_journeys() -> Vector:
    """Switches from the end of a journey to the start of the next, with any single contacts in between."""
    further = np.arange(MOST_VISITS)  # visits after the first
    weight = np.array([exp(-VISITS) * VISITS**n / factorial(n) for n in further.tolist()])
    weight[-1] = 1 - weight[:-1].sum()
    pairs = [ALONE**k * float(weight @ np.maximum(further - k, 0)) for k in range(MOST_VISITS - 1)]
    powers = [np.linalg.matrix_power(SWITCHING, k + 1) for k in range(len(pairs))]
    return np.asarray(sum(n * power for n, power in zip(pairs, powers, strict=True)) / sum(pairs))


def _peak_end() -> float:
    """Expected mean of the strongest and the last emotion of a journey; the later of two equal ones counts."""
    scores = np.arange(-3, 4)
    within = {
        size: float(_reaching(float(EMOTIONS[np.abs(scores) <= size].sum()), switches=False))
        for size in range(4)
    }
    peak = sum(
        size * (EMOTIONS[3 + size] - EMOTIONS[3 - size]) / (EMOTIONS[3 + size] + EMOTIONS[3 - size])
        * (within[size] - within[size - 1])
        for size in (1, 2, 3)
    )  # fmt: skip
    return float(peak + EMOTIONS @ scores) / 2


def _converting(without: int | None = None) -> float:
    """Share of journeys that are completed, with or without those that come to a channel."""
    kept = [at for at in range(len(CHANNELS)) if at != without]
    going = (1 - ENDING)[:, None] * SWITCHING
    system = np.eye(len(kept)) - going[np.ix_(kept, kept)]
    return float(starting()[kept] @ np.linalg.solve(system, (ENDING * COMPLETED)[kept]))


def _scale_truth(centre: float, loading: float) -> tuple[float, float]:
    """Mean of an item and Cronbach's alpha of four, after rounding to seven points."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    edges = np.arange(1.5, 7.0)[None, :]
    own = SCALE_SPREAD * np.sqrt(1 - loading**2)
    above = 1 - _normal((edges - centre - SCALE_SPREAD * loading * nodes[:, None]) / own)
    mean = 1 + above.sum(axis=1)
    square = 1 + (above * (2 * np.arange(1, 7) + 1)).sum(axis=1)
    middle = float(weights @ mean)
    covariance = float(weights @ mean**2) - middle**2
    variance = float(weights @ square) - middle**2
    ratio = covariance / variance
    return middle, ITEMS * ratio / (1 + (ITEMS - 1) * ratio)


def _normal(z: Vector) -> Vector:
    return np.asarray(np.vectorize(lambda one: 0.5 * (1 + erf(one / np.sqrt(2))))(z))


def _waits(share: float) -> float:
    """Hours by which a share of all tickets was answered, by halving."""
    low, high = 0.0, 10_000.0
    while high - low > 1e-9:
        hours = (low + high) / 2
        answered = 1 - 0.5 ** ((hours / RESPONSE_HOURS) ** RESPONSE_SHAPE)
        low, high = (hours, high) if TICKET_CHANNELS @ answered < share else (low, hours)
    return (low + high) / 2


def _again(ages: Vector) -> float:
    """Share of customers of these ages (weeks) with a second purchase, under BG/NBD."""
    return float(1 - ((BGNBD["alpha"] / (BGNBD["alpha"] + ages)) ** BGNBD["r"]).mean())


def truth() -> dict[str, object]:
    """What the records were drawn from, and what follows from it exactly."""
    journeys, single = _per_visit()
    named = journeys + single
    everyone = journeys / STITCHED + single + _further()
    smooth = (1 - REENTRY) * (1 - STEP_LOST)
    alone = float(_reaching(0.0, switches=True))
    ages = (WINDOW - 1 - np.arange(LATEST_START)) / 7
    again = (BUYERS * _again(ages) + SALARIED) / (BUYERS + SALARIED)
    whole = _converting()
    removal = {one: 1 - _converting(at) / whole for at, one in enumerate(CHANNELS)}
    before = (ONE_RECORD - RECORDS_FROM) / WINDOW
    across = _between_journeys()
    nps = PROMOTERS - DETRACTORS
    shift = NPS_SHIFT["promoters"] - NPS_SHIFT["detractors"]
    scales = {name: _scale_truth(*given) for name, given in SCALES.items()}
    return {
        "dates": {
            "training": "1401-12-01",
            "one_record": "1403-01-01",
            "first": "1402-01-01",
            "last": "1403-12-30",
        },
        "bgnbd": BGNBD,
        "gamma_gamma": GAMMA_GAMMA,
        "sbg": SBG,
        "switching": {one: _by_channel(SWITCHING[at]) for at, one in enumerate(CHANNELS)},
        "switching_of_journeys": {one: _by_channel(across[at]) for at, one in enumerate(CHANNELS)},
        "removal": removal,
        "shares": {
            "repeat_rate": again,
            "conversion": whole,
            "continuity": (float(_reaching(smooth, switches=True)) - alone) / (1 - alone),
            "repeat_information": REENTRY,
            "stitch_rate": STITCHED,
            "digital_share": float(everyone[DIGITAL].sum() / everyone.sum()),
            "identity_match": float(named.sum() / everyone.sum()),
            "personalised_share": PERSONALISED,
            "complaints": COMPLAINTS,
            "duplicates": DUPLICATES,
            "preference_match": float(PREFERRED @ named / named.sum()),
            "csat": float(ASKED @ SATISFIED),
            "ces": float(ASKED @ EASY),
        },
        "identity_match": _by_channel(named / everyone),
        "viral_k": (1 + VISITS) * ALONE * INVITATION * ACCEPTED,
        "peak_end": _peak_end(),
        "referral": REFERRED,
        "nps": {
            "all": float(100 * (ASKED @ nps + (1 - before) * shift)),
            "before": float(100 * ASKED @ nps),
            "after": float(100 * (ASKED @ nps + shift)),
            "by_channel": _by_channel(100 * (nps + (1 - before) * shift)),
        },
        "csat": _by_channel(SATISFIED),
        "ces": _by_channel(EASY),
        "scales": {name: {"mean": mean, "alpha": alpha} for name, (mean, alpha) in scales.items()},
        "response_hours": {
            "median": _waits(0.5),
            "p90": _waits(0.9),
            "by_channel": _by_channel(RESPONSE_HOURS),
        },
        "training": RESOLVED,
        "maturity": {"declared": 4, "observed": 2, "failing": sorted(KNOWN)},
        "contradicted": ["customer-orientation", "word-of-mouth-viral"],
    }


def _by_channel(values: Vector) -> dict[str, float]:
    return dict(zip(CHANNELS, values.tolist(), strict=True))


def tables(seed: int = SEED, customers: int = CUSTOMERS) -> Iterator[tuple[str, pd.DataFrame]]:
    """Draw every table; each from a stream of its own, so that a change of one leaves the others as they are."""
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(8)]
    segment = np.array(SEGMENTS)[pick(streams[0], np.tile(SEGMENT_SHARES, (customers, 1)))]
    people = pd.DataFrame({"customer_id": identifiers("", np.arange(customers), 6), "segment": segment})
    for name, part in transactions(streams[1], people):
        yield f"transactions/{name}", part
    yield "events", events(streams[2], people)
    yield "survey", survey(streams[3], people)
    yield "tickets", tickets(streams[4], people)
    yield "ops", operations(streams[5])
    yield "identity_map", identity_map(streams[6], people)
    yield "preferences", preferences(streams[6], people)
    yield "deposits", deposits(streams[7], customers)


def make(folder: Path, seed: int = SEED, customers: int = CUSTOMERS) -> dict[str, int]:
    """Write all tables as Parquet below ``folder``; return the bytes of each file.

    The same seed gives the same rows everywhere, and the same bytes with the same version of DuckDB.
    """
    sizes = {}
    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        for name, frame in tables(seed, customers):
            path = folder / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            database.register("frame", frame)
            target = str(path).replace("'", "''")
            options = "format parquet, compression zstd, compression_level 19, parquet_version v2, row_group_size 1000000"
            database.execute(f"copy (select * from frame) to '{target}' ({options})")  # noqa: S608 - a path, quoted
            database.unregister("frame")
            sizes[name] = path.stat().st_size
    return sizes


def main() -> None:
    """Write the records, or print the truth that they are drawn from."""
    parser = argparse.ArgumentParser(description="Make the customer records of the invented Avin Bank.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--into", type=Path, default=Path(__file__).resolve().parent / "crm")
    parser.add_argument("--truth", action="store_true", help="print what they are drawn from, as JSON")
    given = parser.parse_args()
    if given.truth:
        print(json.dumps(truth(), indent=2))
        return
    for name, size in make(given.into, given.seed, given.customers).items():
        print(f"{name}.parquet {size}")


if __name__ == "__main__":
    main()
