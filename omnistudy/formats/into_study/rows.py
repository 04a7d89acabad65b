"""Rows of the tables that an import adds to: how they are made, told apart and sorted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from omnistudy.formats.reading.imported import ImportedCoding, ImportedMemo, ImportedQuotation
from omnistudy.study.interviews import natural_order

CODING_COLUMNS = ("interview", "start", "end", "coder", "code", "quote", "round", "created", "memo", "source")
PARTICIPANT_COLUMNS = ("interview", "date", "order", "original_name", "text_sha256")
QUOTATION_COLUMNS = ("interview", "start", "end", "name", "comment", "coder", "source")
RELATION_COLUMNS = ("source", "target", "type", "polarity", "feedback", "rationale", "evidence")
SET_COLUMNS = ("set", "member_type", "member")
MEMO_COLUMNS = ("id", "target", "target_id", "coder", "created", "title", "text")

Row = dict[str, str]


def coding_row(coding: ImportedCoding, quotation: ImportedQuotation, **known: str) -> Row:
    """Return a row of codings.csv; ``known`` holds interview, code, quote and source."""
    return {
        "start": str(quotation.start),
        "end": str(quotation.end),
        "coder": coding.coder,
        "round": coding.round,
        "created": coding.created,
        "memo": coding.memo,
        **known,
    }


def memo_row(memo: ImportedMemo, target: str) -> Row:
    """Return a row of the table of memos; its id is a hash of its content, so that it stays the same."""
    content = {
        "target": memo.target,
        "target_id": target,
        "coder": memo.coder,
        "created": memo.created,
        "title": memo.title,
        "text": memo.text,
    }
    digest = hashlib.sha256("\0".join(content.values()).encode("utf-8")).hexdigest()
    return {"id": f"memo-{digest[:12]}", **content}


def coding_key(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes a coding the same coding."""
    return tuple(
        row.get(column, "").strip() for column in ("interview", "start", "end", "coder", "code", "round")
    )


def quotation_key(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes a row of quotations.csv the same row."""
    return tuple(row.get(column, "") for column in ("interview", "start", "end", "coder", "name", "comment"))


def span(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return interview, start and end."""
    return row["interview"], row["start"], row["end"]


def text_order(row: Mapping[str, str]) -> tuple[object, ...]:
    """Sort by interview (P2 before P10), place, coder, code and round; unreadable offsets come first."""
    start, end = (
        int(cell) if (cell := row.get(column, "").strip()).isdecimal() else -1 for column in ("start", "end")
    )
    rest = (row.get(column, "") for column in ("coder", "code", "round", "name", "comment"))
    return (natural_order(row.get("interview", "")), start, end, *rest)


def numbered(known: Iterable[Mapping[str, str]], new: Iterable[Row]) -> tuple[list[Row], bool]:
    """Return the rows of new interviews in the order in which they were held, as far as anybody says.

    Numbers that the files give are kept where the study has none yet, else continued after its own; a
    study that numbers none stays without. The second value tells whether the files say the order.
    """
    rows = sorted(new, key=lambda row: natural_order(row["interview"]))
    own = [row.get("order", "").strip() for row in rows]
    said = bool(rows) and all(order.isdecimal() for order in own) and len(set(map(int, own))) == len(own)
    if said:
        rows.sort(key=lambda row: int(row["order"]))
    else:
        rows = [
            {**row, "order": "", "original_order": row["order"]} if row.get("order", "").strip() else row
            for row in rows
        ]
    orders = [row.get("order", "").strip() for row in known]
    if not all(order.isdecimal() for order in orders):
        return [{**row, "order": ""} for row in rows], said
    if said and not orders:
        return rows, said
    last = max(map(int, orders), default=0)
    return [{**row, "order": str(order)} for order, row in enumerate(rows, start=last + 1)], said
