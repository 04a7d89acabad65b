"""What people read instead of ids: units, levels, intervals, and the words of the records themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from omnistudy import crm
from omnistudy.crm.metrics.units import (
    LEVEL_WORDS,
    METHOD_WORDS,
    UNIT_WORDS,
    level_name,
    number,
    spoken,
    unit_name,
)
from omnistudy.crm.names import _PERSIAN, all_named, label_of, named, without_ids
from omnistudy.crm.records.column_map import GROUPS, read_column_map
from omnistudy.crm.records.tables import TABLES
from omnistudy.results import Column, Kind, Label, Message, Number, Table, msg

ID = re.compile(r"[a-z0-9][a-z0-9_]*")
SOURCES = sorted(Path(crm.__file__).parent.rglob("*.py"))


def written(*patterns: str) -> set[str]:
    """Ids that stand in the code of the room after a word such as ``unit=``."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    return {found for pattern in patterns for found in re.findall(pattern, source)}


def test_every_unit_interval_and_level_of_the_room_has_a_name_of_its_own() -> None:
    # Two intervals are of curves and of changes, which name theirs elsewhere.
    for words, ids in (
        (UNIT_WORDS, written(r'unit="([a-z0-9_]+)"')),
        (METHOD_WORDS, written(r'Interval\([^)]*"([a-z_]+)"\)') - {"greenwood_loglog", "mover"}),
        (LEVEL_WORDS, written(r'level="([a-z0-9_]+)"')),
    ):
        assert ids
        assert ids <= words.keys()
        assert all(ID.fullmatch(one) for one in words)
        assert len({str(word) for word in words.values()}) == len(words)
    # Names of what the audits measure, which stand there by position.
    assert {"cost", "value", "answer", "turns", "similarity", "events"} <= UNIT_WORDS.keys()
    assert {"30", "90"} <= LEVEL_WORDS.keys()


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (59.9, "seconds", "59.9 seconds"),
        (60.0, "seconds", "1 minutes"),
        (-90.0, "seconds", "-1.5 minutes"),
        (3_599.0, "seconds", "59.98 minutes"),
        (3_600.0, "seconds", "1 hours"),
        (172_799.0, "seconds", "48 hours"),
        (172_800.0, "seconds", "2 days"),
        (90.0, "minutes", "90 minutes"),
        (1.5, "hours", "1.5 hours"),
        (31.0, "days", "31 days"),
        (0.75, "nats", "0.75 nats"),
        (12.5, "per_1000", "12.5 per 1,000"),
        (0.5, "per_million", "0.5 per million"),
        (7.0, "per_hour", "7 per hour"),
        (4.0, "per_quarter", "4 per quarter"),
        (3.0, "basis_points", "3 basis points"),
    ],
)
def test_values_are_said_with_their_unit(value: float, unit: str, said: str) -> None:
    found = spoken(value, unit)
    assert isinstance(found, Message)
    assert str(found) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (172_800.0, msg("{value} days", value=Number(2.0))),
        (7_200.0, msg("{value} hours", value=Number(2.0))),
        (120.0, msg("{value} minutes", value=Number(2.0))),
    ],
)
def test_spans_are_divided_exactly(seconds: float, said: Message) -> None:
    assert spoken(seconds, "seconds") == said


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("share", Kind.SHARE),
        ("0-1", Kind.SHARE),
        ("coefficient", Kind.COEFFICIENT),
        ("score", Kind.NUMBER),
        ("IRR", Kind.NUMBER),
    ],
)
def test_other_values_are_written_as_their_unit_is(unit: str, kind: Kind) -> None:
    assert spoken(0.5, unit) == number(0.5, unit) == Number(0.5, kind)
    assert number(None, unit) == Number(None, kind)


@pytest.mark.parametrize(
    ("metric", "level", "name"),
    [
        ("csat", None, None),
        ("csat", "top_two", "two best boxes"),
        ("feature_adoption", "30", "within 30 days"),
        ("referral_generations", "3", "generation 3"),
        ("referral_generations", "30", "generation 30"),
        ("referral_generations", "pooled", "all together"),
        ("rfm", "555", "555"),
        ("scale_mean", "perceived-security", "perceived-security"),
    ],
)
def test_levels_in_words(metric: str, level: str | None, name: str | None) -> None:
    found = level_name(metric, level)
    assert (None if found is None else str(found)) == name


def test_units_in_words() -> None:
    assert str(unit_name("per_1000")) == "per 1,000"
    assert unit_name("IRR") == "IRR"


PERSIAN = re.compile(r"[\u0600-\u06ff\u200c ]+")


@pytest.mark.parametrize("word", [*_PERSIAN, *TABLES, *GROUPS, "activity", "all", "(none)", "IRR", "IRT"])
def test_words_of_the_program_have_a_persian_name(word: str) -> None:
    label = label_of(word)
    assert (label.id, str(label)) == (word, word)
    assert re.fullmatch(r"\(?[A-Za-z][A-Za-z_-]+\)?", word)
    assert PERSIAN.fullmatch(label.in_language("fa"))


def test_every_channel_of_the_demonstration_has_a_persian_name(demo: Path) -> None:
    channels = read_column_map(demo / "crm" / "columns.toml").channels
    assert len(channels) == 5
    for channel in channels:
        assert PERSIAN.fullmatch(label_of(channel).in_language("fa")), channel
    # The words by which Persian systems call them are those that Persian pages print.
    theirs = read_column_map(demo / "crm" / "columns.toml").values["channel"]
    assert {ours: label_of(ours).in_language("fa") for ours in theirs.values()} == {
        b: a for a, b in theirs.items()
    }


def test_other_words_stand_for_themselves() -> None:
    assert label_of("دفتر پستی") == Label("دفتر پستی")
    assert label_of("north").in_language("fa") == "north"
    assert named(None) is None
    assert named("") is None
    assert named("branch") == msg("{name}", name=label_of("branch"))
    assert str(all_named(["branch", "north"])) == "branch, north"
    assert all_named([]) is None


def test_ids_stay_out_of_a_table_for_people() -> None:
    columns = tuple(Column(key, msg("heading")) for key in ("id", "name", "level", "n"))
    table = Table(name="t", columns=columns, rows=(("a", "A", "x", 1), ("b", "B", "y", 2)), caption=msg("c"))
    short = without_ids(table, "id", "level", "absent")
    assert [column.key for column in short.columns] == ["name", "n"]
    assert (short.rows, short.name, short.caption) == ((("A", 1), ("B", 2)), "t", table.caption)
    assert without_ids(table) == table
