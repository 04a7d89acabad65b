"""Interviews of a study: transcripts joined with the participants table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from omnistudy.errors import did_you_mean
from omnistudy.study.days import DAY_REMEDY, day_of
from omnistudy.study.model import Interview
from omnistudy.study.settings import InterviewsSection
from omnistudy.study.tables import CsvTable, Door, Row, read_table
from omnistudy.study.transcripts import LARGEST_TRANSCRIPT, TRANSCRIPT_SUFFIXES, read_transcript
from omnistudy.text.canonical import NotTextError
from omnistudy.text.keys import match_key
from omnistudy.text.transcript import Transcript

LONGEST_NUMBER = 18  # digits; a longer one is no number of anything
MOST_NAMED = 5  # interviews in one warning
_HEADERS = MappingProxyType(
    {
        "مصاحبه": "interview",
        "نام_مصاحبه": "interview",
        "شماره_مصاحبه": "interview",
        "کد_مصاحبه": "interview",
        "تاریخ": "date",
        "تاریخ_مصاحبه": "date",
        "ترتیب": "order",
        "ترتیب_مصاحبه": "order",
    }
)


def read_interviews(door: Door, section: InterviewsSection) -> tuple[Interview, ...]:
    """Read all transcripts and the participants table into interviews in the order they were held.

    The interview's id is its file name without the suffix. Without an ``order`` column the order is
    that of the dates where every row has one, else that of the participants table, and without a table
    that of the ids (P2 before P10). Dates may be Gregorian or Jalali, in any digits; they are kept as
    ISO 8601 in the Gregorian calendar.
    """
    transcripts = _read_transcripts(door, section)
    _tell_of_twins(door, section, transcripts)
    if section.attributes is None:
        return tuple(
            Interview(id=name, order=at, transcript=transcripts[name], excerpt=section.excerpt)
            for at, name in enumerate(sorted(transcripts, key=natural_order), start=1)
        )
    table = read_table(door, section.attributes, required=("interview",), open_ended=True, synonyms=_HEADERS)
    rows = _participant_rows(door, table, transcripts) if table is not None else {}
    return _joined(door, section, transcripts, rows)


def natural_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key that puts P2 before P10."""
    return tuple(
        (0, int(part)) if part.isdecimal() and len(part) < LONGEST_NUMBER else (1, part)
        for part in re.split(r"(\d+)", name)
        if part
    )


def _read_transcripts(door: Door, section: InterviewsSection) -> dict[str, Transcript]:
    folder = door.folder / section.transcripts
    try:
        paths = sorted(
            (p for p in folder.iterdir() if not p.name.startswith(".")), key=lambda p: natural_order(p.name)
        )
    except OSError as error:
        reason = (
            "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        )
        door.problem(
            f"The folder of transcripts {reason}.",
            "Create it, or name it under [interviews] transcripts in study.toml.",
            file=section.transcripts,
        )
        return {}
    transcripts: dict[str, Transcript] = {}
    for path in paths:
        name = f"{section.transcripts}/{path.name}"
        if path.suffix.casefold() not in TRANSCRIPT_SUFFIXES:
            known = " ".join(sorted(TRANSCRIPT_SUFFIXES))
            door.warning(
                "This is not a transcript format, so it is left out.", f"Formats: {known}.", file=name
            )
        elif path.stem in transcripts:
            door.problem(
                f"There are two transcripts of interview '{path.stem}'.", "Keep one of the files.", file=name
            )
        else:
            transcript = _read(door, path, name, section.encoding)
            if transcript is None:
                door.unreadable.add(path.stem)
            else:
                transcripts[path.stem] = transcript
    if not paths:
        door.warning("There is no transcript yet.", "Put the interviews here.", file=section.transcripts)
    return transcripts


def _tell_of_twins(door: Door, section: InterviewsSection, transcripts: Mapping[str, Transcript]) -> None:
    """Warn of a text that lies there under two names: it would count as two interviews."""
    first: dict[str, str] = {}
    for name, transcript in transcripts.items():
        other = first.setdefault(transcript.sha256, name)
        if other != name:
            door.warning(
                f"Interviews '{other}' and '{name}' have the same text.",
                "Remove one of them, or put the right transcript in its place.",
                file=section.transcripts,
            )


def _read(door: Door, path: Path, name: str, encoding: str | None) -> Transcript | None:
    data = door.read_bytes(name, most=LARGEST_TRANSCRIPT)
    if data is None:
        return None
    try:
        transcript = read_transcript(path, data, encoding=encoding)
    except NotTextError as error:
        door.problem(error.reason, error.remedy, file=name)
        return None
    if not transcript.text.strip():
        door.problem("The transcript is empty.", "Put the interview's text in it, or remove it.", file=name)
        return None
    return transcript


def _participant_rows(door: Door, table: CsvTable, transcripts: dict[str, Transcript]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    orders: dict[str, str] = {}
    other_spellings = _by_key(transcripts)
    for row in table.rows():
        name = row["interview"]
        if name not in transcripts:
            name = other_spellings.get(match_key(name), name)
        if name in rows:
            door.problem(
                f"Interview '{name}' is listed twice.", "Remove one row.", file=table.name, row=row.number
            )
        elif name in door.unreadable:
            continue
        elif name not in transcripts:
            door.problem(
                f"Interview '{name}' has no transcript.",
                did_you_mean(name, transcripts) or "Add the file, or remove the row.",
                file=table.name,
                row=row.number,
                column="interview",
            )
        elif row["order"] and not (row["order"].isdecimal() and len(row["order"]) < LONGEST_NUMBER):
            door.problem(
                f"'{row['order']}' is not a whole number.",
                "Number the interviews 1, 2, 3, … in the order they were held.",
                file=table.name,
                row=row.number,
                column="order",
            )
        elif row["order"] and row["order"] in orders:
            door.problem(
                f"Interviews '{orders[row['order']]}' and '{name}' have the same order {row['order']}.",
                "Give each interview its own number.",
                file=table.name,
                row=row.number,
                column="order",
            )
        else:
            rows[name] = Row(row.number, {**row.cells, "date": _held_on(door, table.name, row)})
            orders[row["order"]] = name
    return rows


def _held_on(door: Door, table: str, row: Row) -> str:
    """Return the date of an interview as ISO 8601; words such as "spring" stay as they are."""
    day = day_of(door, table, row, "date")
    if day is None:
        door.warning(
            f"'{row['date']}' is not a date, so it orders no interview.",
            DAY_REMEDY,
            file=table,
            row=row.number,
            column="date",
        )
        return row["date"]
    return day


def _by_key(names: Iterable[str]) -> Mapping[str, str]:
    """Return match keys that mean one name only."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(match_key(name), []).append(name)
    return {key: same[0] for key, same in found.items() if len(same) == 1}


def _in_order(rows: dict[str, Row]) -> list[str]:
    """Return the interviews by order, else by date where every row has one, else as they are listed."""
    if not any(row["order"] for row in rows.values()) and all(_is_iso(row["date"]) for row in rows.values()):
        return sorted(rows, key=lambda name: (rows[name]["date"], rows[name].number))
    return sorted(rows, key=lambda name: int(rows[name]["order"] or rows[name].number))


def _is_iso(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _joined(
    door: Door, section: InterviewsSection, transcripts: dict[str, Transcript], rows: dict[str, Row]
) -> tuple[Interview, ...]:
    without_row = sorted(transcripts.keys() - rows.keys(), key=natural_order)
    if without_row and not door.failed:
        named = ", ".join(f"'{name}'" for name in without_row[:MOST_NAMED])
        if len(without_row) > MOST_NAMED:
            named += f" and {len(without_row) - MOST_NAMED} more"
        door.warning(
            f"The participants table has no row of {named}, which therefore stand last, by name.",
            "Add a row of each with its date, or its order: saturation depends on it.",
            file=section.attributes,
        )
    listed = _in_order(rows)
    others = sorted(transcripts.keys() - rows.keys(), key=natural_order)
    interviews = []
    for at, name in enumerate([*listed, *others], start=1):
        cells = rows[name].cells if name in rows else {}
        attributes = {k: v for k, v in cells.items() if k not in {"interview", "date", "order", ""}}
        interviews.append(
            Interview(
                id=name,
                order=at,
                transcript=transcripts[name],
                date=cells.get("date") or None,
                attributes=MappingProxyType(attributes),
                excerpt=section.excerpt or cells.get("excerpt", "").casefold() in {"1", "true", "yes"},
            )
        )
    return tuple(interviews)
