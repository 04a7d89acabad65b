"""Observables of the five traits: what counts at the edges of the window, and what each of them needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.maturity_traits import OBSERVABLES, TRAITS, Trait, traits_of
from omnistudy.crm.metrics.case import MetricsOptions, prepared
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.statistics.intervals import Clustered, mean_t, wilson, wilson_clustered

COLUMNS = ("customer_id", "ts", "channel", "event", "service", "journey_id", "outcome", "initiator",
           "trigger_event", "offer_id")  # fmt: skip
LAST = "z,2024-03-31 12:00,app,end"
"""The last day of the log, by nobody in particular."""


def log(*lines: str, columns: tuple[str, ...] = COLUMNS) -> str:
    """Lines of ``customer ts event key=value …`` as a log; everything happens in the app."""
    rows = [",".join(columns)]
    for line in lines:
        who, day, time, event, *rest = line.split()
        cells = {"customer_id": who, "ts": f"{day} {time}", "channel": "app", "event": event}
        cells |= dict(one.split("=") for one in rest)
        rows.append(",".join(cells.get(name, "") for name in columns))
    return "\n".join([*rows, ",".join((LAST + "," * len(columns)).split(",")[: len(columns)])]) + "\n"


def observed(folder: Path, name: str, events: str, *, days: int = 7, confidence: float = 0.95) -> Indicator:
    with records_of(folder, events=events) as records:
        return OBSERVABLES[name].of(prepared(records, MetricsOptions(confidence=confidence)), days)


Case = tuple[tuple[str, ...], tuple[int, int]]


def together(cases: Sequence[Case], counts: tuple[int, int]) -> tuple[tuple[str, ...], tuple[int, int]]:
    """All cases with these counts in one log, each with customers and a journey of its own, and their sum."""
    chosen = [lines for lines, own in cases if own == counts]
    lines = [
        f"{who}{at} {rest}".replace("journey_id=J", f"journey_id=J{at}")
        for at, case in enumerate(chosen)
        for who, rest in (line.split(" ", 1) for line in case)
    ]
    return tuple(lines), (counts[0] * len(chosen), counts[1] * len(chosen))


def counted(one: Indicator) -> tuple[int | None, int | None]:
    return one.n, one.denominator


BANK = "initiator=bank"
OWN = "initiator=customer"
J = "journey_id=J"


PROMPTS: list[Case] = [
    # Left off, and met by a contact of the bank in the journey: at the end of the window, not after it.
    ((f"a 2024-03-01 09:00 ask {J} outcome=abandoned", f"a 2024-03-08 09:00 remind {J} {BANK}"), (1, 1)),
    ((f"a 2024-03-01 09:00 ask {J} outcome=abandoned", f"a 2024-03-08 09:01 remind {J} {BANK}"), (0, 1)),
    ((f"a 2024-03-01 09:00 ask {J} outcome=abandoned", f"a 2024-03-01 08:59 remind {J} {BANK}"), (0, 1)),
    ((f"a 2024-03-01 09:00 ask {J} outcome=abandoned", f"a 2024-03-02 09:00 call {J} {OWN}"), (0, 1)),
    # Outside the journey the contact has to say what set it off, and to reach the same customer.
    (
        (
            f"a 2024-03-01 09:00 ask {J} outcome=abandoned",
            f"a 2024-03-08 09:00 x {BANK} trigger_event=left",
        ),
        (1, 1),
    ),
    (
        (
            f"a 2024-03-01 09:00 ask {J} outcome=abandoned",
            f"a 2024-03-08 09:01 x {BANK} trigger_event=left",
        ),
        (0, 1),
    ),
    (
        (
            f"a 2024-03-01 09:00 ask {J} outcome=abandoned",
            f"b 2024-03-02 09:00 x {BANK} trigger_event=left",
        ),
        (0, 1),
    ),
    ((f"a 2024-03-01 09:00 ask {J} outcome=abandoned", f"a 2024-03-02 09:00 x {BANK}"), (0, 1)),
    # Both ways at once is one journey that was met.
    (
        (
            f"a 2024-03-01 09:00 ask {J} outcome=abandoned",
            f"a 2024-03-02 09:00 x {J} {BANK} trigger_event=left",
        ),
        (1, 1),
    ),
    # Begun and neither completed nor failed: left at the customer's own last step, not at the reminder.
    ((f"a 2024-03-01 09:00 ask {J} outcome=started", f"a 2024-03-05 09:00 remind {J} {BANK}"), (1, 1)),
    ((f"a 2024-03-01 09:00 ask {J} outcome=started", f"a 2024-03-20 09:00 remind {J} {BANK}"), (0, 1)),
    (
        (
            f"a 2024-03-01 09:00 ask {J} outcome=started",
            f"a 2024-03-03 09:00 form {J} {OWN}",
            f"a 2024-03-10 09:00 remind {J} {BANK}",
        ),
        (1, 1),
    ),
    (
        (f"a 2024-03-01 09:00 ask {J} outcome=started", f"a 2024-03-02 09:00 sign {J} outcome=completed"),
        (0, 0),
    ),
    (
        (f"a 2024-03-01 09:00 ask {J} outcome=started", f"a 2024-03-02 09:00 sign {J} outcome=failed"),
        (0, 0),
    ),
    ((f"a 2024-03-01 09:00 ask {J}",), (0, 0)),
    # Too close to the end of the log (31 March) to be met within the window.
    ((f"a 2024-03-24 09:00 ask {J} outcome=abandoned",), (0, 1)),
    ((f"a 2024-03-25 09:00 ask {J} outcome=abandoned",), (0, 0)),
    ((f"a 2024-03-24 09:00 ask {J} outcome=started", f"a 2024-03-30 09:00 x {J} {BANK}"), (1, 1)),
    ((f"a 2024-03-25 09:00 ask {J} outcome=started",), (0, 0)),
    # What only the bank did was never begun by the customer.
    ((f"a 2024-03-01 09:00 offer {J} outcome=started {BANK}",), (0, 0)),
]


@pytest.mark.parametrize("counts", sorted({counts for _, counts in PROMPTS}))
def test_an_unfinished_journey_is_met_within_the_window(tmp_path: Path, counts: tuple[int, int]) -> None:
    lines, expected = together(PROMPTS, counts)
    events = log(*lines, f"y 2024-03-01 09:00 hello {BANK} trigger_event=birthday")
    assert counted(observed(tmp_path, "resume_prompt", events)) == expected


def test_prompts_need_to_say_what_set_them_off_or_their_journey(tmp_path: Path) -> None:
    columns = tuple(name for name in COLUMNS if name != "trigger_event")
    lines = (f"a 2024-03-01 09:00 ask {J} outcome=abandoned {OWN}", f"a 2024-03-02 09:00 remind {BANK}")
    lacking = observed(tmp_path, "resume_prompt", log(*lines, columns=columns))
    assert (str(lacking.reason), str(lacking.needed)) == (
        "no contact of the bank says what set it off or which journey it belongs to",
        "trigger_event, or the journey_id of the contact",
    )
    by_journey = log(*lines, f"a 2024-03-03 09:00 remind {J} {BANK}", columns=columns)
    found = observed(tmp_path, "resume_prompt", by_journey)
    assert (found.value, found.interval) == (1, wilson(1, 1))
    assert counted(observed(tmp_path, "resume_prompt", log(*lines))) == (0, 1)


REPLIES: list[Case] = [
    ((f"a 2024-03-01 09:00 x {BANK}", f"a 2024-03-08 09:00 y {OWN}"), (1, 1)),
    ((f"a 2024-03-01 09:00 x {BANK}", f"a 2024-03-08 09:01 y {OWN}"), (0, 1)),
    ((f"a 2024-03-01 09:00 x {BANK}", f"a 2024-02-29 09:00 y {OWN}"), (0, 1)),
    ((f"a 2024-03-01 09:00 x {BANK}", f"b 2024-03-02 09:00 y {OWN}"), (0, 1)),
    ((f"a 2024-03-01 09:00 x {BANK}", f"a 2024-03-02 09:00 y {BANK}", f"a 2024-03-09 08:00 y {OWN}"), (1, 2)),
    ((f"a 2024-03-24 23:59 x {BANK}",), (0, 1)),
    ((f"a 2024-03-25 00:00 x {BANK}", f"a 2024-03-25 10:00 y {OWN}"), (0, 0)),
]


@pytest.mark.parametrize("counts", sorted({counts for _, counts in REPLIES}))
def test_a_reply_is_the_customers_next_event_within_the_window(
    tmp_path: Path, counts: tuple[int, int]
) -> None:
    lines, expected = together(REPLIES, counts)
    assert counted(observed(tmp_path, "reply_rate", log(*lines))) == expected


OFFER = f"{BANK} offer_id=O service=card"


GUESSES: list[Case] = [
    ((f"a 2024-03-01 09:00 x {OFFER}", f"a 2024-03-08 09:00 y {OWN} service=card"), (1, 1)),
    ((f"a 2024-03-01 09:00 x {OFFER}", f"a 2024-03-08 09:01 y {OWN} service=card"), (0, 1)),
    ((f"a 2024-03-01 09:00 x {OFFER}", f"a 2024-03-02 09:00 y {OWN} service=loan"), (0, 1)),
    ((f"a 2024-03-01 09:00 x {OFFER}", f"b 2024-03-02 09:00 y {OWN} service=card"), (0, 1)),
    ((f"a 2024-03-01 09:00 x {BANK} service=card", f"a 2024-03-02 09:00 y {OWN} service=card"), (0, 0)),
    ((f"a 2024-03-01 09:00 x {OWN} offer_id=O service=card",), (0, 0)),
    ((f"a 2024-03-25 09:00 x {OFFER}",), (0, 0)),
]


@pytest.mark.parametrize("counts", sorted({counts for _, counts in GUESSES}))
def test_a_guess_is_right_when_the_same_service_is_asked_for_within_the_window(
    tmp_path: Path, counts: tuple[int, int]
) -> None:
    lines, expected = together(GUESSES, counts)
    found = observed(tmp_path, "anticipation_precision", log(*lines))
    assert counted(found) == expected
    assert (found.value is None) == (counts[1] == 0)


def test_shares_of_events_widen_with_the_events_of_one_customer(tmp_path: Path) -> None:
    """The bank began 3 of a's 4 events, 1 of b's 3, none of c's 2: 4 of 9 whose initiator is known."""
    lines = [f"a 2024-03-0{at} 09:00 x {BANK}" for at in (1, 2, 3)] + [f"a 2024-03-04 09:00 x {OWN}"]
    lines += [f"b 2024-03-0{at} 09:00 x {OWN}" for at in (1, 2)] + [
        f"b 2024-03-03 09:00 x {BANK} trigger_event=t"
    ]
    lines += [f"c 2024-03-0{at} 09:00 x {OWN}" for at in (1, 2)] + ["c 2024-03-03 09:00 x"]
    found = observed(tmp_path, "bank_initiated", log(*lines), confidence=0.9)
    sums = Clustered(clusters=3, successes=4, members=9, yy=10, yn=15, nn=29)
    assert counted(found) == (4, 9)
    assert found.interval == wilson_clustered(sums, 0.9)
    assert found.window == "2024-03-01/2024-03-31"
    triggered = observed(tmp_path, "triggered", log(*lines))
    assert counted(triggered) == (1, 4)
    nobody = observed(tmp_path, "triggered", log(f"a 2024-03-01 09:00 x {OWN}"))
    assert (nobody.value, counted(nobody)) == (None, (0, 0))
    assert str(nobody.reason) == "nobody and nothing to count: the denominator is 0"


def test_steps_per_goal_are_those_of_completed_journeys(tmp_path: Path) -> None:
    """Two, three and four steps to a completed journey, five to one that was left: mean 3 of three."""
    lines = [
        f"a 2024-03-01 09:0{at} x journey_id={journey}" + (f" outcome={outcome}" if at == steps - 1 else "")
        for journey, steps, outcome in (("K", 2, "completed"), ("L", 3, "completed"), ("M", 4, "completed"),
                                        ("N", 5, "abandoned"))
        for at in range(steps)
    ]  # fmt: skip
    found = observed(tmp_path, "steps_per_goal", log(*lines), confidence=0.9)
    expected = mean_t(9, 4 + 9 + 16, 3, 0.9)
    assert (found.value, counted(found), found.unit, found.interval) == (3, (9, 3), "mean", expected)
    for line in (f"a 2024-03-01 09:00 x {J} outcome=abandoned", "a 2024-03-01 09:00 x outcome=completed"):
        none = observed(tmp_path, "steps_per_goal", log(line))
        assert (none.value, str(none.reason)) == (None, "no journey was completed")


def test_journeys_of_several_products(tmp_path: Path) -> None:
    """K has two services, L one twice, M none: one of two."""
    lines = [f"a 2024-03-01 09:0{at} x journey_id={journey} {service}" for at, (journey, service) in enumerate(
        [("K", "service=loan"), ("K", "service=card"), ("L", "service=loan"), ("L", "service=loan"), ("M", "")])]  # fmt: skip
    assert counted(observed(tmp_path, "several_products", log(*lines))) == (1, 2)
    nobody = observed(tmp_path, "several_products", log("a 2024-03-01 09:00 x"))
    assert (nobody.value, counted(nobody)) == (None, (0, 0))


@pytest.mark.parametrize(
    ("talks", "middle"),
    [(("B",), 1), (("BC", "B"), 1.5), (("BCB", "B", "C"), 1), (("BBCC", "BCB", "BCBC", "C"), 2.5), (("B C",), 2)],
)  # fmt: skip
def test_turns_change_with_the_speaker(tmp_path: Path, talks: tuple[str, ...], middle: float) -> None:
    """Two events of the same side in a row are one turn, and an event of unknown side is none."""
    sides = {"B": BANK, "C": OWN, " ": ""}
    lines = [
        f"a 2024-03-01 09:{at:02d} x journey_id=T{journey} {sides[side]}"
        for journey, talk in enumerate(talks)
        for at, side in enumerate(talk)
    ]
    found = observed(tmp_path, "turns", log(*lines))
    assert (found.value, found.unit, counted(found)) == (middle, "turns", (len(talks), len(talks)))
    silent = observed(tmp_path, "turns", log(f"a 2024-03-01 09:00 x {J}"))
    assert (silent.value, str(silent.reason)) == (None, "no journey says who began its events")


def test_processes_of_one_channel_have_nothing_to_be_like(tmp_path: Path) -> None:
    found = observed(
        tmp_path, "process_similarity", log(f"a 2024-03-01 09:00 x {J} service=loan outcome=completed")
    )
    assert (found.value, str(found.reason), str(found.needed)) == (
        None,
        "no service has completed journeys that stayed in one channel, in two channels",
        "journeys of the same service in two channels or more",
    )


FULL = log(
    f"a 2024-03-01 09:00 ask {J} service=loan outcome=started {OWN}",
    f"a 2024-03-02 09:00 sign {J} service=loan outcome=completed {OWN}",
    f"b 2024-03-02 09:00 offer {OFFER}",
    f"b 2024-03-03 09:00 take {OWN} service=card offer_id=O outcome=completed",
)


def test_metrics_of_the_registry_are_the_registrys(tmp_path: Path) -> None:
    names = ("task_completion", "offer_acceptance")
    with records_of(tmp_path, events=FULL) as records:
        rows = metrics_of_records(records, MetricsOptions(metrics=names), PROVENANCE).rows
        case = prepared(records, MetricsOptions())
        same = [OBSERVABLES[name].of(case, 7) for name in names]
        lacking = OBSERVABLES["resume_success"].of(case, 7)
    for name, found, row in zip(names, same, rows, strict=True):
        assert row.value is not None
        assert (found.value, found.n, found.denominator, found.unit, found.low, found.high) == (
            row.value, row.n, row.denominator, row.unit, row.ci_low, row.ci_high
        )  # fmt: skip
        assert (found.title, found.definition) == (METRICS[name].title, METRICS[name].definition)
    assert (lacking.value, str(lacking.reason)) == (None, "the table of events has no column reentry")


def test_metrics_that_the_registry_refuses_are_refused(tmp_path: Path) -> None:
    in_one_channel = log("a 2024-03-01 09:00 ask", columns=(*COLUMNS, "reentry"))
    with records_of(tmp_path, events=in_one_channel) as records:
        (row,) = metrics_of_records(records, MetricsOptions(metrics=("resume_success",)), PROVENANCE).rows
        case = prepared(records, MetricsOptions())
        refused, nobody = (OBSERVABLES[name].of(case, 7) for name in ("resume_success", "offer_acceptance"))
    assert (refused.value, refused.n, refused.reason) == (None, None, row.reason)
    assert "one channel" in str(row.reason)
    assert (nobody.value, str(nobody.reason)) == (
        None,
        "nobody and nothing to count: the denominator is 0",
    )


def test_what_a_log_lacks_is_named_with_what_would_be_needed(tmp_path: Path) -> None:
    bare = log("a 2024-03-01 09:00 ask", columns=COLUMNS[:4])
    found = observed(tmp_path, "reply_rate", bare)
    assert (str(found.reason), str(found.needed)) == (
        "the table of events has no column initiator",
        "events with initiator",
    )
    some = log("a 2024-03-01 09:00 ask", columns=(*COLUMNS[:4], "outcome"))
    found = observed(tmp_path, "resume_prompt", some)
    assert (str(found.reason), str(found.needed)) == (
        "the table of events has no column journey_id, initiator",
        "events with journey_id, outcome, initiator",
    )
    nothing = OBSERVABLES["resume_prompt"].of(None, 7)
    assert (str(nothing.reason), str(nothing.needed)) == (
        "there is no log of events",
        "a table of events with journey_id, outcome, initiator",
    )
    survey = "ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n"
    with records_of(tmp_path, survey=survey) as records:
        other = OBSERVABLES["resume_prompt"].of(prepared(records, MetricsOptions()), 7)
    assert other == nothing


NEEDS = {
    "process_similarity": ("service", "journey_id"),
    "resume_prompt": ("journey_id", "outcome", "initiator"),
    "steps_per_goal": ("journey_id", "outcome"),
    "several_products": ("journey_id", "service"),
    "bank_initiated": ("initiator",),
    "reply_rate": ("initiator",),
    "triggered": ("initiator", "trigger_event"),
    "turns": ("journey_id", "initiator"),
    "anticipation_precision": ("offer_id", "initiator", "service"),
}


@pytest.mark.parametrize("column", sorted({one for needs in NEEDS.values() for one in needs}))
def test_each_column_that_is_needed_is_asked_for(tmp_path: Path, column: str) -> None:
    left = tuple(one for one in COLUMNS if one != column)
    with records_of(tmp_path, events=log("a 2024-03-01 09:00 ask", columns=left)) as records:
        case = prepared(records, MetricsOptions())
        reasons = {name: str(OBSERVABLES[name].of(case, 7).reason) for name in NEEDS}
    missing = f"the table of events has no column {column}"
    assert {name for name, reason in reasons.items() if reason == missing} == {
        name for name, needs in NEEDS.items() if column in needs
    }


def test_five_traits_with_their_observables_in_order(tmp_path: Path) -> None:
    with records_of(tmp_path, events=FULL) as records:
        case = prepared(records, MetricsOptions())
        traits = traits_of(case, 7)
        single = [one.of(case, 7) for *_, found in TRAITS for one in found]
    assert [(one.number, one.id, [part.id for part in one.observables]) for one in traits] == [
        (1, "uniformity", ["process_similarity"]),
        (2, "integration", ["resume_success", "resume_prompt"]),
        (3, "customer_centred", ["task_completion", "steps_per_goal", "several_products"]),
        (4, "interaction", ["bank_initiated", "reply_rate", "triggered", "turns"]),
        (5, "anticipation", ["offer_acceptance", "anticipation_precision"]),
    ]
    assert [one for trait in traits for one in trait.observables] == single
    for one, (number, name, title, meaning, _) in zip(traits, TRAITS, strict=True):
        assert replace(one, observables=()) == Trait(
            number=number, id=name, title=title, meaning=meaning, observables=()
        )
