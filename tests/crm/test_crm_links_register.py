"""The register of links: keys, hashes, what a series is adjusted for, every fault with its remedy."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from links_builder import LINK

from omnistudy.crm.links.register import (
    Link,
    LinkRegister,
    group_of,
    read_links,
    registered_hashes,
    registration,
)
from omnistudy.errors import StudyError

METRICS = ("digital_share", "csat")
PLAIN = Link(id="a", category="access", metric="digital_share", role="effect", direction="+")
FULL = """[register]
reference = "maskan-bank"

[[links]]
id = "a"
category = "access"
metric = "csat"
level = "top_two"
role = "moderator"
direction = "two-sided"
data = "S"
theory = "cem"
source = "Akter 2019"
rationale = "why"
date = 2023-01-05
within = "segment=retail"
control = "region=north"
target = 0.9
adjust = "month, outage"
case = "branch"
salience = "references"
test = "panel"
fit = "silent"
meta_inference = "words"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "links.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[tuple[str, str, str | None]]:
    path = written(folder, text)
    with pytest.raises(StudyError) as caught:
        read_links(path, METRICS)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    return [(problem.what, problem.remedy, problem.column) for problem in caught.value.problems]


def test_every_key_of_a_link_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path, FULL)
    link = Link(
        id="a", category="access", metric="csat", level="top_two", role="moderator", direction="two-sided", data="S",
        theory="cem", source="Akter 2019", rationale="why", date="2023-01-05", within="segment=retail",
        control="region=north", target="0.9", adjust="month, outage", case="branch", salience="references",
        test="panel", fit="silent", meta_inference="words",
    )  # fmt: skip
    assert all(getattr(link, item.name) for item in fields(Link))
    found = read_links(path, METRICS)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == LinkRegister((link,), replace(found.source, path=str(path), sha256=digest), "maskan-bank")
    assert link.change == datetime.date(2023, 1, 5)


def test_what_is_left_out_is_empty(tmp_path: Path) -> None:
    found = read_links(written(tmp_path, "\ufeff" + LINK), METRICS)
    assert found.links == (PLAIN,)
    assert found.reference == ""
    assert PLAIN.change is None
    odd = read_links(written(tmp_path, "register = 3\n" + LINK), METRICS)
    assert odd.reference == ""
    # Metrics that somebody brings along are taken, those that look misspelt are not.
    for name in ("own:digital_shar", "weather"):
        assert (
            read_links(written(tmp_path, LINK.replace("digital_share", name)), METRICS).links[0].metric
            == name
        )


@pytest.mark.parametrize(
    ("adjust", "expected"),
    [
        ("", ("nowruz", "regulation", "outage")),
        ("none", ()),
        ("outage, month ,nowruz", ("nowruz", "month", "outage")),
        ("regulation", ("regulation",)),
    ],
)
def test_what_a_series_is_adjusted_for(adjust: str, expected: tuple[str, ...]) -> None:
    assert replace(PLAIN, adjust=adjust).adjusted_for == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("segment=retail", ("segment", "retail")),
        (" segment = a=b ", ("segment", "a=b")),
        ("", None),
        ("segment", None),
        ("segment=", None),
        ("=x", ("", "x")),
    ],
)
def test_groups(text: str, expected: tuple[str, str] | None) -> None:
    assert group_of(text) == expected


def test_the_hash_is_of_what_is_said_before_the_data() -> None:
    """SHA-256 of the filled keys as sorted JSON, without the two that are written afterwards."""
    stated = {
        "id": "a",
        "category": "دسترسی",
        "metric": "csat",
        "role": "effect",
        "direction": "+",
        "level": "mean",
    }
    link = Link(**stated)
    text = json.dumps(stated, sort_keys=True, ensure_ascii=False).encode()
    assert link.sha256 == hashlib.sha256(text).hexdigest()
    assert replace(link, fit="confirm", meta_inference="words").sha256 == link.sha256
    for item in fields(Link):
        if item.name not in {"fit", "meta_inference"}:
            assert replace(link, **{item.name: "other"}).sha256 != link.sha256, item.name


def test_the_registration_is_a_file_of_hashes(tmp_path: Path) -> None:
    register = read_links(written(tmp_path, LINK + LINK.replace('id = "a"', 'id = "ب"')), METRICS)
    data = registration(register)
    assert data.startswith(b'{\n  "schema": ')
    assert data.endswith(b"}\n")
    assert "ب" in data.decode("utf-8")
    assert json.loads(data) == {
        "schema": "omnistudy.link-register/1",
        "links": [{"id": link.id, "sha256": link.sha256} for link in register.links],
    }
    kept = tmp_path / "kept.json"
    kept.write_bytes(data)
    assert registered_hashes(kept) == {link.sha256 for link in register.links}


@pytest.mark.parametrize(
    "data",
    [
        b"no json",
        b"\xff",
        b"[]",
        b"{}",
        b'{"schema": "omnistudy.link-register/1"}',
        b'{"schema": "omnistudy.link-register/1", "links": 3}',
        b'{"schema": "omnistudy.link-register/1", "links": [{"id": "a"}]}',
        b'{"schema": "another/1", "links": []}',
    ],
)
def test_a_registration_of_another_kind(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(data)
    with pytest.raises(StudyError) as caught:
        registered_hashes(path)
    assert str(caught.value) == (
        f"{path}: The registration cannot be read: it is not what --register wrote. Write one with --register FILE."
    )


def test_a_registration_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with pytest.raises(StudyError) as caught:
        registered_hashes(path)
    assert str(caught.value) == (
        f"{path}: The registration cannot be read: No such file or directory. Write one with --register FILE."
    )


def test_files_that_hold_no_links(tmp_path: Path) -> None:
    once = [("'links' is no list of links.", "Write one [[links]] per link.", None)]
    assert faults(tmp_path, "links = 3") == once
    assert faults(tmp_path, "links = [3]") == once
    assert faults(tmp_path, "") == [("The file has no links.", "Add [[links]] entries.", None)]
    ((what, remedy, column),) = faults(tmp_path, "links = [")
    assert what.startswith("The file of links cannot be read: ")
    assert (remedy, column) == ("Correct the file.", None)
    with pytest.raises(StudyError) as caught:
        read_links(tmp_path / "absent.toml", METRICS)
    assert "The file of links cannot be read (No such file or directory)." in str(caught.value)
    (tmp_path / "links.toml").write_bytes(b"\xff")
    with pytest.raises(StudyError, match="The file of links cannot be read: "):
        read_links(tmp_path / "links.toml", METRICS)


KEYS = ", ".join(item.name for item in fields(Link))
THEORIES = (
    "relationship-marketing, social-exchange, information-systems, resource-based, customer-value, clv, tam, "
    "service-dominant, trust-commitment, stp, cem, data-analytics"
)
TESTS = "association, series, panel, pls, cb-sem, sobel, mediation, composite, generalise"
COLUMNS = "Columns are segment, channel, region, branch_id."


@pytest.mark.parametrize(
    ("line", "what", "remedy", "column"),
    [
        ("xxxxx = 1", "'xxxxx' is not a key.", f"Known here: {KEYS}.", "xxxxx"),
        ("rationalle = 1", "'rationalle' is not a key.", "Did you mean 'rationale'?", "rationalle"),
        ('fit = "good"', "'good' is no fit.", "Choose from confirm, expand, discord, silent.", "fit"),
        ('theory = "mine"', "'mine' is no theory.", f"Choose from {THEORIES}.", "theory"),
        ('salience = "loud"', "'loud' is no salience.", "Choose from presence, references.", "salience"),
        ('test = "anova"', "'anova' is no test.", f"Choose from {TESTS}.", "test"),
        ('date = "soon"', "'soon' is not a date such as 2024-03-20 or 1403-01-01.", "Correct the date.", "date"),
        ('within = "city=x"', "within is not of the form column=value.", COLUMNS, "within"),
        ('control = "segment"', "control is not of the form column=value.", COLUMNS, "control"),
        ('target = "high"', "'high' is no number.", "Correct the target.", "target"),
        ('target = "nan"', "'nan' is no number.", "Correct the target.", "target"),
        ("target = inf", "'inf' is no number.", "Correct the target.", "target"),
        ("target = true", "'True' is no number.", "Correct the target.", "target"),
        ('adjust = "month, x"', "'x' cannot be adjusted for.", "Choose from nowruz, month, regulation, outage, none.",
         "adjust"),
        ('rationale = ["a"]', "rationale is not a text.", "Put one text in quotes.", "rationale"),
        ("source = {a = 1}", "source is not a text.", "Put one text in quotes.", "source"),
    ],
)  # fmt: skip
def test_a_fault_of_one_key(tmp_path: Path, line: str, what: str, remedy: str, column: str) -> None:
    assert faults(tmp_path, LINK + line + "\n") == [(f"Link a: {what}", remedy, column)]


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy", "column"),
    [
        (
            "digital_share",
            "digital_shar",
            "'digital_shar' is not a metric.",
            "Did you mean 'digital_share'?",
            "metric",
        ),
        ('"effect"', '"cause"', "'cause' is no role.", "Choose from effect, moderator, confounder.", "role"),
        ('"+"', '"up"', "'up' is no direction.", "Choose from +, -, two-sided.", "direction"),
        ('category = "access"\n', "", "category is missing.", "Add category.", "category"),
        ('"digital_share"', '""', "metric is missing.", "Add metric.", "metric"),
    ],
)
def test_a_fault_of_what_every_link_needs(
    tmp_path: Path, old: str, new: str, what: str, remedy: str, column: str
) -> None:
    assert faults(tmp_path, LINK.replace(old, new)) == [(f"Link a: {what}", remedy, column)]


def test_same_rows_on_both_sides(tmp_path: Path) -> None:
    alike = LINK + 'within = "segment=x"\ncontrol = "segment=x"\n'
    assert faults(tmp_path, alike) == [
        (
            "Link a: control and within are the same rows.",
            "Name rows that the strategy left alone.",
            "control",
        )
    ]
    apart = read_links(
        written(tmp_path, alike.replace('within = "segment=x"', 'within = "segment=y"')), METRICS
    )
    assert apart.links[0].control == "segment=x"


def test_links_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    text = LINK + LINK + LINK.replace('id = "a"', 'id = "b"') + LINK.replace('id = "a"\n', "") * 2
    assert faults(tmp_path, text) == [
        ("Link number 4: id is missing.", "Add id.", "id"),
        ("Link number 5: id is missing.", "Add id.", "id"),
        ("The link 'a' stands twice.", "Rename one.", None),
    ]
