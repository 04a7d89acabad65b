"""How somebody else's columns become ours: names of a headerless file, a map, zone and vocabulary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from omnistudy.crm.records.tables import TABLES
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.study.input_files import LARGEST_SETTINGS, fault_of, loads_toml, read_input

GROUPS = ("physical", "assisted", "digital")
FIELDS = frozenset(name for table in TABLES.values() for name in table.fields)
_KEYS = ("names", "columns", "zone", "values", "channels", "synthetic", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """What a reader of customer records has to know beside the file.

    Parameters
    ----------
    names
        Columns of a headerless file in their order.
    columns
        Our field to their column, for all tables.
    zone
        IANA time zone of the records, for example ``Asia/Tehran``; times without an offset are its
        clock, times with one are converted to it.
    values
        Field to {their value: ours}.
    channels
        Channel to its group (physical, assisted, digital); when given, no other channel may occur.
    synthetic
        Whether the records are made up.
    currency
        What ``value`` is counted in, for the reader of the output.
    """

    names: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    zone: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    channels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    synthetic: bool = False
    currency: str | None = None

    def with_pairs(self, pairs: Iterable[str]) -> ColumnMap:
        """Add ``field=Column`` pairs of a command line.

        Raises
        ------
        StudyError
            When a pair is not of that form or names a field that no table has.
        """
        added = dict(self.columns)
        for pair in pairs:
            name, mark, theirs = (part.strip() for part in pair.partition("="))
            if not mark or not theirs:
                raise StudyError.of(
                    f"'{pair}' is not of the form field=Column.", "For example: --map customer_id=ClientNo."
                )
            _check_field(name, None)
            added[name] = theirs
        return replace(self, columns=MappingProxyType(added))

    def rename(self, header: Iterable[str]) -> dict[str, str]:
        """Return our field to their column for a table with this header; own names need no map."""
        theirs = list(header)
        found = {name: name for name in theirs if name in FIELDS}
        found.update({ours: name for ours, name in self.columns.items() if name in theirs})
        return found


def read_column_map(path: Path) -> ColumnMap:
    """Read ``--columns FILE``: plain text with the names in order, or a TOML file with more.

    Raises
    ------
    StudyError
        When the file cannot be read, or says something that no table has.
    """
    try:
        text = read_input(path, LARGEST_SETTINGS).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fault = fault_of(error) if isinstance(error, OSError) else "is not UTF-8 text"
        raise StudyError.of(f"The file of columns {fault}.", "Correct the path.", file=str(path)) from None
    if path.suffix.casefold() != ".toml":
        return _plain(path, text)
    try:
        data = loads_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError.of(
            f"This is not valid TOML: {error}.", "Correct the syntax.", file=str(path)
        ) from None
    return _of_toml(path, data)


def _plain(path: Path, text: str) -> ColumnMap:
    lines = (line.split("#", 1)[0] for line in text.splitlines())
    names = tuple(name for line in lines for name in re.split(r"[\s,;]+", line) if name)
    return ColumnMap(names=_checked_names(path, names))


def _checked_names(path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if name != "-" and names.count(name) > 1})
    if not names or twice:
        what = f"The column '{twice[0]}' is named twice." if twice else "The file names no column."
        raise StudyError.of(
            what, "Write the names in the order of the columns, - for one to skip.", file=str(path)
        )
    if any('"' in name for name in names):
        raise StudyError.of("A column name holds a quotation mark.", "Choose another name.", file=str(path))
    return tuple(f"skipped_{at}" if name == "-" else name for at, name in enumerate(names, start=1))


def _of_toml(path: Path, data: dict[str, Any]) -> ColumnMap:
    for key in data:
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS) or f"Known here: {', '.join(_KEYS)}."
            raise StudyError.of(f"'{key}' is not a key of a column map.", near, file=str(path))
    columns = _texts(path, "columns", data.get("columns", {}))
    for name in columns:
        _check_field(name, path)
    channels = _texts(path, "channels", data.get("channels", {}))
    for channel, group in channels.items():
        if group not in GROUPS:
            what = f"The channel '{channel}' is in the group '{group}'."
            raise StudyError.of(what, f"Groups are {', '.join(GROUPS)}.", file=str(path), column="channels")
    values = data.get("values", {})
    if not isinstance(values, dict):
        raise StudyError.of("'values' is not a table.", "Write [values.FIELD] tables.", file=str(path))
    for name in values:
        _check_field(name, path)
    names, zone, currency = data.get("names", []), data.get("zone"), data.get("currency")
    if not isinstance(names, list) or not isinstance(currency, str | None):
        key = "currency" if isinstance(names, list) else "names"
        raise StudyError.of(f"'{key}' cannot be used as it is.", "Correct its value.", file=str(path))
    return ColumnMap(
        names=_checked_names(path, tuple(str(name) for name in names)) if names else (),
        columns=columns,
        zone=None if zone is None else checked_zone(str(zone), str(path)),
        values=MappingProxyType(
            {name: _texts(path, f"values.{name}", pairs) for name, pairs in values.items()}
        ),
        channels=channels,
        synthetic=bool(data.get("synthetic", False)),
        currency=currency,
    )


def _texts(path: Path, key: str, pairs: object) -> Mapping[str, str]:
    if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
        raise StudyError.of(f"'{key}' is not a table of texts.", 'Write name = "text" pairs.', file=str(path))
    return MappingProxyType({str(name): str(value) for name, value in pairs.items()})


def _check_field(name: str, path: Path | None) -> None:
    if name not in FIELDS:
        near = did_you_mean(name, FIELDS) or "See: omnistudy crm metrics --help."
        raise StudyError.of(
            f"'{name}' is not a field of any table.", near, file=None if path is None else str(path)
        )


def checked_zone(name: str, file: str | None = None) -> str:
    """Return the name of a time zone that exists.

    Raises
    ------
    StudyError
        When it does not, or is a fixed offset, which knows nothing of summer time.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise StudyError.of(
            f"'{name}' is not a time zone.", "Name one such as Asia/Tehran or Europe/Berlin.", file=file
        ) from None
    return name
