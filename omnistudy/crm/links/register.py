"""The register of links: which category should move which metric, in which direction, and why.

The register is hashed before records are read. Only what was in it then is confirmatory; the rest is
exploratory and gets no p.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from omnistudy.crm.metrics.case import WITHIN
from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import InputFile
from omnistudy.study.input_files import LARGEST_SETTINGS, fault_of, loads_json, loads_toml, read_input
from omnistudy.text.jalali import parse_day

SCHEMA = "omnistudy.link-register/1"
ROLES = ("effect", "moderator", "confounder")
DIRECTIONS = ("+", "-", "two-sided")
FITS = ("", "confirm", "expand", "discord", "silent")
SALIENCE = ("", "presence", "references")
ADJUST = ("nowruz", "month", "regulation", "outage")
TESTS = (
    "",
    "association",
    "series",
    "panel",
    "pls",
    "cb-sem",
    "sobel",
    "mediation",
    "composite",
    "generalise",
)
THEORIES = (
    "relationship-marketing", "social-exchange", "information-systems", "resource-based", "customer-value", "clv",
    "tam", "service-dominant", "trust-commitment", "stp", "cem", "data-analytics",
)  # fmt: skip
# Written after the data were seen, so no part of what is registered.
_AFTERWARDS = ("fit", "meta_inference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link; the fields are the keys of the file.

    Parameters
    ----------
    level
        Which row of the metric, where it has several.
    date
        First day after a dated strategy: the metric before and after is compared, and its series.
    within, control
        ``column=value`` (segment, channel, region, branch_id): the rows that the link is about, and rows
        that the strategy did not touch.
    target
        A value that the metric is compared with where there is no date.
    adjust
        What the series is adjusted for, out of :data:`ADJUST`; ``none`` for nothing. Omitted: Nowruz,
        and regulation and outages where the table of operations has them.
    case, salience
        Kind of case that carries both coded interviews and metrics, and how salience is measured there.
    test
        A planned test of another kind, which is run or refused with its reason.
    fit, meta_inference
        The analyst's own words, written after the data were seen.
    """

    id: str
    category: str
    metric: str
    role: str
    direction: str
    level: str = ""
    data: str = ""
    theory: str = ""
    source: str = ""
    rationale: str = ""
    date: str = ""
    within: str = ""
    control: str = ""
    target: str = ""
    adjust: str = ""
    case: str = ""
    salience: str = ""
    test: str = ""
    fit: str = ""
    meta_inference: str = ""

    @property
    def sha256(self) -> str:
        """Hash of everything that is stated before the data are seen."""
        # Empty keys are left out, so that a key of a later version changes no older registration.
        stated = {key: value for key, value in asdict(self).items() if value and key not in _AFTERWARDS}
        text = json.dumps(stated, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    @property
    def change(self) -> datetime.date | None:
        """First day after the dated strategy."""
        return parse_day(self.date) if self.date else None

    @property
    def adjusted_for(self) -> tuple[str, ...]:
        """What its series is adjusted for, in the order of :data:`ADJUST`."""
        if not self.adjust:
            return ("nowruz", "regulation", "outage")
        asked = {part.strip() for part in self.adjust.split(",")}
        return tuple(name for name in ADJUST if name in asked)


def group_of(text: str) -> tuple[str, str] | None:
    """Read ``column=value``; ``None`` where nothing is said."""
    column, mark, value = (part.strip() for part in text.partition("="))
    return (column, value) if mark and value else None


@dataclass(frozen=True, slots=True)
class LinkRegister:
    """All links of a file, in its order."""

    links: tuple[Link, ...]
    source: InputFile
    reference: str = ""


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "role": ROLES,
    "direction": DIRECTIONS,
    "fit": FITS,
    "theory": ("", *THEORIES),
    "salience": SALIENCE,
    "test": TESTS,
}
_REQUIRED = ("id", "category", "metric", "role", "direction")
_KNOWN = tuple(item.name for item in fields(Link))


def read_links(path: Path, metrics: Iterable[str]) -> LinkRegister:
    """Read a register.

    Parameters
    ----------
    path
        A TOML file with ``[[links]]``.
    metrics
        Names of the metrics that can be computed; other names are kept for records that the user
        brings along, unless they look like a misspelt one.

    Returns
    -------
    LinkRegister
        The links in the order of the file, each with its hash.

    Raises
    ------
    StudyError
        With every fault of every link.

    Examples
    --------
    >>> from omnistudy.crm.metrics.registry import METRICS
    >>> from omnistudy.study.demonstration import shipped_study
    >>> register = read_links(shipped_study() / "crm" / "links.toml", METRICS)
    >>> len(register.links), register.links[0].category
    (8, 'training')
    """
    try:
        data = read_input(path, LARGEST_SETTINGS)
        table = loads_toml(data.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        fault = fault_of(error) if isinstance(error, OSError) else f"cannot be read: {error}"
        raise StudyError.of(f"The file of links {fault}.", "Correct the file.", file=str(path)) from None
    entries = table.get("links", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise StudyError.of("'links' is no list of links.", "Write one [[links]] per link.", file=str(path))
    known = tuple(metrics)
    problems = [problem for at, entry in enumerate(entries, 1) for problem in _faults(path, at, entry, known)]
    ids = [str(entry.get("id", "")) for entry in entries]
    problems += [
        Problem(what=f"The link '{name}' stands twice.", remedy="Rename one.", file=str(path))
        for name in sorted({one for one in ids if one and ids.count(one) > 1})
    ]
    if not entries:
        problems.append(
            Problem(what="The file has no links.", remedy="Add [[links]] entries.", file=str(path))
        )
    if problems:
        raise StudyError(problems)
    links = tuple(Link(**{key: str(value) for key, value in entry.items()}) for entry in entries)
    head = table.get("register", {})
    reference = str(head.get("reference", "")) if isinstance(head, dict) else ""
    return LinkRegister(links, InputFile(str(path), hashlib.sha256(data).hexdigest()), reference)


def _faults(path: Path, at: int, entry: dict[str, Any], metrics: tuple[str, ...]) -> Iterable[Problem]:
    def problem(what: str, remedy: str, column: str) -> Problem:
        name = entry.get("id", f"number {at}")
        return Problem(what=f"Link {name}: {what}", remedy=remedy, file=str(path), column=column)

    for key in entry:
        if key not in _KNOWN:
            near = did_you_mean(key, _KNOWN) or f"Known here: {', '.join(_KNOWN)}."
            yield problem(f"'{key}' is not a key.", near, key)
    for key in _REQUIRED:
        if not entry.get(key):
            yield problem(f"{key} is missing.", f"Add {key}.", key)
    for key, choices in _CHOICES.items():
        if key in entry and entry[key] not in choices:
            yield problem(
                f"'{entry[key]}' is no {key}.", f"Choose from {', '.join(filter(None, choices))}.", key
            )
    metric = str(entry.get("metric", ""))
    near = did_you_mean(metric, metrics) if metric and metric not in metrics and ":" not in metric else ""
    if near:
        yield problem(f"'{metric}' is not a metric.", near, "metric")
    if entry.get("date"):
        try:
            parse_day(str(entry["date"]))
        except ValueError as error:
            yield problem(f"{error}.", "Correct the date.", "date")
    yield from _faults_of_groups(entry, problem)


def _faults_of_groups(
    entry: dict[str, Any], problem: Callable[[str, str, str], Problem]
) -> Iterable[Problem]:
    for key, value in entry.items():
        if isinstance(value, dict | list):
            yield problem(f"{key} is not a text.", "Put one text in quotes.", key)
    for key in ("within", "control"):
        found = group_of(str(entry.get(key, "")))
        if entry.get(key) and (found is None or found[0] not in WITHIN):
            yield problem(f"{key} is not of the form column=value.", f"Columns are {', '.join(WITHIN)}.", key)
    if entry.get("control") and entry.get("control") == entry.get("within"):
        yield problem(
            "control and within are the same rows.", "Name rows that the strategy left alone.", "control"
        )
    if entry.get("target") not in (None, ""):
        try:
            known = isfinite(float(str(entry["target"])))
        except ValueError:
            known = False
        if not known:
            yield problem(f"'{entry['target']}' is no number.", "Correct the target.", "target")
    for part in str(entry.get("adjust", "")).split(","):
        if part.strip() not in ("", "none", *ADJUST):
            yield problem(
                f"'{part.strip()}' cannot be adjusted for.",
                f"Choose from {', '.join(ADJUST)}, none.",
                "adjust",
            )


def registration(register: LinkRegister) -> bytes:
    """The register as it stands, as a file to keep: one hash per link."""
    data = {"schema": SCHEMA, "links": [{"id": link.id, "sha256": link.sha256} for link in register.links]}
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def registered_hashes(path: Path) -> frozenset[str]:
    """Hashes of the links that were registered in ``path``.

    Raises
    ------
    StudyError
        When it is no such file.
    """
    try:
        data = loads_json(read_input(path, LARGEST_SETTINGS).decode("utf-8"))
        if data["schema"] != SCHEMA:
            raise ValueError("it has another schema")
        return frozenset(str(link["sha256"]) for link in data["links"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not what --register wrote"
        raise StudyError.of(
            f"The registration cannot be read: {reason}.", "Write one with --register FILE.", file=str(path)
        ) from None
