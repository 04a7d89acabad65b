"""Levels of maturity: which limit of a criterion is tested, how the levels are climbed, whose steps are alike."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from records_builder import records_of

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.maturity_levels import (
    PRECONDITION,
    ChannelShare,
    Criterion,
    Level,
    Observed,
    Status,
    Thresholds,
    ascent,
    bound_sentence,
    channel_shares,
    duplicate_identity,
    named,
    observed_level,
)
from omnistudy.crm.audits.maturity_processes import (
    LONGEST,
    PairSimilarity,
    similarities,
    similarity,
    weighted,
)
from omnistudy.crm.metrics.case import MetricsOptions, prepared
from omnistudy.crm.statistics.intervals import Clustered, Interval, wilson, wilson_clustered
from omnistudy.results import msg

ONE = Indicator(id="kept", title=msg("Kept"), definition=msg("kept / all"))
MET, NOT_MET, OPEN = Status.MET, Status.NOT_MET, Status.NOT_ASSESSABLE


def criterion(
    value: float | None,
    limits: tuple[float, float] | None = None,
    *,
    at_least: bool = True,
    level: Level = Level.CROSS,
    threshold: float | None = 0.8,
) -> Criterion:
    interval = None if limits is None else Interval(*limits, "wilson")
    one = replace(ONE, value=value, interval=interval)
    return Criterion(level=level, indicator=one, threshold=threshold, at_least=at_least)


@pytest.mark.parametrize(
    ("one", "tested", "status", "only_by_bound"),
    [
        (criterion(0.9, (0.8, 0.95)), 0.8, MET, False),
        (criterion(0.9, (0.79, 0.95)), 0.79, NOT_MET, True),
        (criterion(0.8, (0.7, 0.95)), 0.7, NOT_MET, True),
        (criterion(0.79, (0.7, 0.95)), 0.7, NOT_MET, False),
        (criterion(0.7, (0.6, 0.8), at_least=False), 0.8, MET, False),
        (criterion(0.7, (0.6, 0.81), at_least=False), 0.81, NOT_MET, True),
        (criterion(0.8, (0.6, 0.81), at_least=False), 0.81, NOT_MET, True),
        (criterion(0.9, (0.7, 0.95), at_least=False), 0.95, NOT_MET, False),
        (criterion(0.8), 0.8, MET, False),
        (criterion(0.79), 0.79, NOT_MET, False),
        (criterion(0.8, at_least=False), 0.8, MET, False),
        (criterion(0.81, at_least=False), 0.81, NOT_MET, False),
        (criterion(None), None, OPEN, False),
        (criterion(0.9, threshold=None), 0.9, OPEN, False),
    ],
)
def test_a_threshold_is_tested_on_the_limit_towards_it(
    one: Criterion, tested: float | None, status: Status, only_by_bound: bool
) -> None:
    assert (one.tested, one.status, one.only_by_bound) == (tested, status, only_by_bound)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (criterion(0.9), "Kept: 90.0 %, at least 80.0 % is needed"),
        (criterion(0.9, at_least=False), "Kept: 90.0 %, at most 80.0 % is allowed"),
        (criterion(0.9, (0.7, 0.95)), "Kept: 90.0 % (70.0 % to 95.0 %); the lower limit must reach 80.0 %"),
        (
            criterion(0.9, (0.7, 0.95), at_least=False),
            "Kept: 90.0 % (70.0 % to 95.0 %); the upper limit must not exceed 80.0 %",
        ),
        (
            Criterion(level=Level.MULTI, indicator=replace(ONE, value=1.0, unit="count"), threshold=2.0),
            "Kept: 1, at least 2 is needed",
        ),
    ],
)
def test_a_criterion_is_told_beside_its_threshold(one: Criterion, words: str) -> None:
    assert str(bound_sentence(one)) == words


def climb(*steps: tuple[Level, Status]) -> tuple[Observed, tuple[Criterion, ...]]:
    value = {MET: 1.0, NOT_MET: 0.0, OPEN: None}
    criteria = tuple(criterion(value[status], level=level) for level, status in steps)
    return ascent(criteria), criteria


SINGLE, MULTI, CROSS, OMNI = Level
BELOW = ((SINGLE, MET), (MULTI, MET))


@pytest.mark.parametrize(
    ("steps", "level", "failing", "open_", "stop"),
    [
        (((SINGLE, NOT_MET), (MULTI, NOT_MET)), None, 0, None, 0),
        (((SINGLE, MET), (MULTI, NOT_MET), (CROSS, OPEN)), SINGLE, 1, None, 1),
        ((*BELOW, (CROSS, MET), (CROSS, OPEN), (OMNI, MET)), MULTI, None, 3, 3),
        # What fails above the next level does not keep from it: the open criterion does.
        ((*BELOW, (CROSS, MET), (CROSS, OPEN), (OMNI, NOT_MET)), MULTI, 4, 3, 3),
        ((*BELOW, (CROSS, OPEN), (CROSS, NOT_MET)), MULTI, 3, 2, 3),
        ((*BELOW, (CROSS, MET), (OMNI, OPEN), (OMNI, NOT_MET)), CROSS, 4, 3, 4),
        ((*BELOW, (CROSS, NOT_MET), (OMNI, OPEN)), MULTI, 2, None, 2),
        ((*BELOW, (CROSS, MET), (OMNI, MET)), OMNI, None, None, None),
        # A level without a criterion is not passed.
        (((SINGLE, MET), (CROSS, MET), (OMNI, OPEN)), SINGLE, None, None, None),
    ],
)
def test_levels_are_climbed_until_one_is_not_met(
    steps: tuple[tuple[Level, Status], ...],
    level: Level | None,
    failing: int | None,
    open_: int | None,
    stop: int | None,
) -> None:
    found, criteria = climb(*steps)
    assert found.level is level
    for one, at in ((found.failing, failing), (found.open, open_), (found.stop, stop)):
        assert one is (None if at is None else criteria[at])
    assert (found.criteria, found.channels) == (criteria, ())


def test_levels_have_a_name_and_an_order() -> None:
    assert [(one.id, Level.named(one.id), int(one)) for one in Level] == [
        ("single", SINGLE, 1),
        ("multi", MULTI, 2),
        ("cross", CROSS, 3),
        ("omni", OMNI, 4),
    ]


EVENTS = "customer_id,ts,channel,event,journey_id\n" + "".join(
    f"{who},2024-01-{1 + at:02d},{channel},visit,{journey}\n"
    for at, (who, channel, journey) in enumerate(
        [("a", "app", "J1"), ("a", "app", "J1"), ("a", "branch", ""), ("b", "app", ""), ("b", "branch", ""),
         ("b", "branch", ""), ("", "app", "J2"), ("", "app", "J2"), ("", "branch", ""), ("c", "sms", ""),
         ("", "app", ""), ("", "app", "")]
    )
)  # fmt: skip


def shares(frame: pd.DataFrame, mine: pd.Series, of: pd.Series) -> Interval:
    """The interval of a share whose members belong to a customer, else a journey, else stand alone."""
    units = frame.customer_id.where(frame.customer_id != "", frame.journey_id)
    units = units.where(units != "", frame.index.astype(str))
    sums = pd.DataFrame({"y": mine & of, "n": of}).astype(int).groupby(units).sum()
    sums = sums[sums.n > 0]
    y, n = sums.y, sums.n
    return wilson_clustered(
        Clustered(
            clusters=len(sums), successes=y.sum(), members=n.sum(), yy=(y * y).sum(), yn=(y * n).sum(), nn=(n * n).sum()
        ),
        0.9,
    )  # fmt: skip


def test_channels_share_the_events_and_customers_keep_theirs_together(tmp_path: Path) -> None:
    """App 7 of 12, 3 with a customer; branch 4, 3; one message: the largest channel first."""
    with records_of(tmp_path, events=EVENTS) as records:
        case = prepared(records, MetricsOptions(confidence=0.9))
        found = channel_shares(case, Thresholds(active_share=0.2))
        few = channel_shares(case, Thresholds(active_share=found[1].share.low or 0))
    frame = pd.read_csv(tmp_path / "events.csv", keep_default_na=False)
    window = "2024-01-01/2024-01-12"
    every = pd.Series(data=True, index=frame.index)
    expected = []
    for name, n, known in (("app", 7, 3), ("branch", 4, 3), ("sms", 1, 1)):
        mine = frame.channel == name
        share = replace(
            found[0].share, value=n / 12, n=n, denominator=12, group=name, interval=shares(frame, mine, every)
        )
        identity = replace(
            found[0].identity, value=known / n, n=known, denominator=n, group=name,
            interval=shares(frame, frame.customer_id != "", mine),
        )  # fmt: skip
        expected.append((share, identity))
    assert [one.active for one in found] == [True, False, False]
    assert [one.active for one in few] == [True, True, False]
    for one, (share, identity) in zip(found, expected, strict=True):
        for shown, other in ((one.share, share), (one.identity, identity)):
            assert replace(shown, interval=None) == replace(other, interval=None)
            assert [shown.low, shown.high] == pytest.approx([other.low, other.high])
            assert (shown.window, shown.unit) == (window, "share")
    assert (found[0].share.id, found[0].identity.id) == ("channel_share", "identity_match")


def test_the_channel_with_the_lowest_limit_is_the_weakest(tmp_path: Path) -> None:
    """Call and branch name 8 of 10 each, the app 9 of 10: of the two that are alike the first by name."""
    rows = [f"{f'{channel}{at}' if at < known else ''},2024-01-{1 + at:02d},{channel},visit"
            for channel, known in (("app", 9), ("call", 8), ("branch", 8)) for at in range(10)]  # fmt: skip
    events = "customer_id,ts,channel,event\n" + "\n".join(rows) + "\n"
    values = {name: named(name).lacking(msg("none")) for name in
              ("continuity", "repeat_information", "process_similarity", "personalised_share")}  # fmt: skip
    with records_of(tmp_path, events=events) as records:
        case = prepared(records, MetricsOptions())
        found = observed_level(case, Thresholds(), values, PRECONDITION)
        nobody = observed_level(case, Thresholds(active_share=0.9), values, PRECONDITION)
    assert [(one.level, one.indicator.id, one.threshold, one.at_least) for one in found.criteria] == [
        (SINGLE, "active_channels", 1.0, True),
        (MULTI, "active_channels", 2.0, True),
        (CROSS, "identity_match", 0.9, True),
        (CROSS, "duplicate_identity", 0.02, False),
        (OMNI, "central_record", 1.0, True),
        (OMNI, "continuity", 0.8, True),
        (OMNI, "repeat_information", 0.1, False),
        (OMNI, "process_similarity", 0.8, True),
        (OMNI, "personalised_share", 0.2, True),
    ]
    count, weakest = found.criteria[0].indicator, found.criteria[2].indicator
    assert count == replace(
        named("active_channels"), value=3.0, n=3, denominator=3, unit="count", window="2024-01-01/2024-01-10"
    )
    assert (weakest.group, weakest.n, weakest.denominator) == ("branch", 8, 10)
    assert (weakest.title, weakest.definition) == (
        named("identity_match").title,
        named("identity_match").definition,
    )
    assert (weakest.low, found.level) == (wilson(8, 10).low, MULTI)
    assert nobody.level is None
    assert str(nobody.criteria[2].indicator.reason) == "no channel is active"


def test_duplicates_are_counted_within_a_channel(tmp_path: Path) -> None:
    """Only b has two ids in one channel; a has one in each of two, c the same id twice."""
    ids = "channel,source_id,customer_id\napp,1,a\nbranch,2,a\napp,3,b\napp,4,b\napp,5,c\napp,5,c\n"
    with records_of(tmp_path, events=EVENTS, identity_map=ids) as records:
        found = duplicate_identity(prepared(records, MetricsOptions()))
    assert found == replace(
        named("duplicate_identity"), value=1 / 3, n=1, denominator=3, interval=wilson(1, 3)
    )
    with records_of(tmp_path, events=EVENTS) as records:
        without = duplicate_identity(prepared(records, MetricsOptions()))
    assert (str(without.reason), str(without.needed)) == (
        "there is no identity map",
        "a table identity_map with channel, source_id, customer_id",
    )


def walks(*journeys: tuple[str, str, str, str], outcome: str = "completed") -> str:
    """Journeys of (id, channel of every step or of all, service, steps); the last step has the outcome."""
    rows = ["customer_id,ts,channel,event,service,journey_id,outcome,initiator"]
    for journey, channels, service, steps in journeys:
        events = steps.split()
        for at, step in enumerate(events):
            channel = channels.split()[at % len(channels.split())]
            who = "bank" if step == "remind" else "customer"
            last = outcome if at == len(events) - 1 else ""
            rows.append(f"c,2024-01-01 10:{at:02d},{channel},{step},{service},{journey},{last},{who}")
    return "\n".join(rows) + "\n"


def pairs(folder: Path, events: str) -> tuple[PairSimilarity, ...]:
    with records_of(folder, events=events) as records:
        return similarities(prepared(records, MetricsOptions()))


def test_the_most_frequent_sequence_stands_for_a_channel(tmp_path: Path) -> None:
    """App: three of four journeys ask, sign; the branch also checks: 1 − 1/3, behind it six journeys."""
    events = walks(
        ("a1", "app", "loan", "ask sign"), ("a2", "app", "loan", "ask sign"), ("a3", "app", "loan", "ask sign"),
        ("a4", "app", "loan", "ask"), ("b1", "branch", "loan", "ask check sign"),
        ("b2", "branch", "loan", "ask check sign"), ("x1", "app", "card", "ask"),
    )  # fmt: skip
    (found,) = pairs(tmp_path, events)
    assert found == PairSimilarity(
        service="loan",
        first="app",
        second="branch",
        first_steps=("ask", "sign"),
        second_steps=("ask", "check", "sign"),
        similarity=1 - 1 / 3,
        journeys=6,
    )


def test_of_equally_frequent_sequences_the_shorter_then_the_first_by_name_stands(tmp_path: Path) -> None:
    events = walks(
        ("a1", "app", "loan", "a b c"), ("a2", "app", "loan", "z"), ("a3", "app", "loan", "y"),
        ("b1", "branch", "loan", "y"),
    )  # fmt: skip
    (found,) = pairs(tmp_path, events)
    assert (found.first_steps, found.similarity, found.journeys) == (("y",), 1, 4)


@pytest.mark.parametrize(
    "left_out",
    [
        ("j", "app branch", "loan", "p q"),
        ("j", "app", "", "p q"),
        ("j", "app", "loan", " ".join(f"s{at:02d}" for at in range(LONGEST + 1))),
    ],
)
def test_journeys_that_say_nothing_of_a_channel_are_left_out(
    tmp_path: Path, left_out: tuple[str, str, str, str]
) -> None:
    """In two channels, without a service, or too long; what the bank does is no step of the customer's."""
    kept = (("a", "app", "loan", "ask remind sign"), ("b", "branch", "loan", "ask sign"))
    (found,) = pairs(tmp_path, walks(*kept, left_out))
    assert (found.first_steps, found.similarity, found.journeys) == (("ask", "sign"), 1, 2)


def test_the_longest_journey_still_counts_and_unfinished_ones_do_not(tmp_path: Path) -> None:
    steps = " ".join(f"s{at:02d}" for at in range(LONGEST))
    journeys = (("a", "app", "loan", steps), ("b", "branch", "loan", steps))
    (found,) = pairs(tmp_path, walks(*journeys))
    assert (found.first_steps, found.similarity) == (tuple(steps.split()), 1)
    assert pairs(tmp_path, walks(*journeys, outcome="abandoned")) == ()
    without = "\n".join(
        ",".join(cell for at, cell in enumerate(line.split(",")) if at != 6)
        for line in walks(*journeys, outcome="abandoned").splitlines()
    )
    assert [one.journeys for one in pairs(tmp_path, without + "\n")] == [2]


def steps_apart(first: str, second: str) -> int:
    """Levenshtein's distance by its definition: the cheapest of deleting, inserting and substituting."""
    if not first or not second:
        return len(first) + len(second)
    return min(
        steps_apart(first[1:], second) + 1,
        steps_apart(first, second[1:]) + 1,
        steps_apart(first[1:], second[1:]) + (first[0] != second[0]),
    )


def test_similarity_is_levenshteins_in_every_pair_of_short_sequences() -> None:
    words = ["".join(word) for n in range(4) for word in product("ab", repeat=n)] + ["abcd", "badc", "dcab"]
    for first, second in product(words, repeat=2):
        longest = max(len(first), len(second))
        expected = 1 - steps_apart(first, second) / longest if longest else 1.0
        assert similarity(tuple(first), tuple(second)) == expected, (first, second)


def test_pairs_weigh_as_much_as_the_journeys_behind_them() -> None:
    def pair(similarity: float, journeys: int) -> PairSimilarity:
        return PairSimilarity(
            service="s", first="a", second="b", first_steps=(), second_steps=(),
            similarity=similarity, journeys=journeys,
        )  # fmt: skip

    assert weighted((pair(1.0, 3), pair(0.5, 1))) == pytest.approx(0.875)
    assert weighted(()) is None


def test_a_channel_of_the_result_says_whether_it_is_active() -> None:
    one = ChannelShare(share=ONE, identity=ONE, active=True)
    assert ascent((), (one,)) == Observed(criteria=(), channels=(one,), level=None, failing=None, open=None)
