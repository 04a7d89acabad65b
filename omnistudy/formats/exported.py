"""What every writer for other programs returns, and what all of them do alike."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from omnistudy.formats.reading.imported import LeftOut
from omnistudy.results import Message

WATERMARK = "SYNTHETIC — demonstration data, not a study of any real bank"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "omnistudy")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file for another program.

    Parameters
    ----------
    data
        The whole file; the same study gives the same bytes.
    counts
        What the file holds, by kind.
    left_out
        What of the study the format cannot hold.
    warnings
        What to know before opening the file elsewhere.
    """

    data: bytes
    counts: Mapping[str, int]
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTables:
    """Rows of quotations.csv and sets.csv, which imports write and analyses do not read."""

    quotations: Sequence[Mapping[str, str]] = ()
    sets: Sequence[Mapping[str, str]] = ()


NO_TABLES = KeptTables()


def stable_guid(study: str, kind: str, *parts: str) -> str:
    """Return the GUID of a thing of a study: the same thing gets the same GUID in every export."""
    return str(uuid.uuid5(_NAMESPACE, "\0".join((study, kind, *parts))))


def legal(text: str) -> str:
    """Replace every character that XML 1.0 cannot hold by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def illegal_characters(text: str) -> int:
    """Count the characters that XML 1.0 cannot hold."""
    return len(_ILLEGAL.findall(text))


def date_time(written: str) -> str:
    """Return a time of a study as XML writes it, a date as its midnight; empty if it is no ISO 8601 time."""
    text = written.strip().replace(" ", "T", 1)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    if len(text) == 10:
        return f"{text}T00:00:00"
    whole = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", text)
    return text if whole else moment.isoformat()


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of these members in their order, with fixed times, so that it can be made again."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def frozen(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return counts that cannot be changed."""
    return MappingProxyType(dict(counts))


def without_times(workbook: bytes) -> bytes:
    """Pack a workbook again without the times at which it was made, so that two exports are the same bytes."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    if core in members:
        members[core] = _CHANGED.sub(rb"\g<1>1980-01-01T00:00:00Z", members[core])
    return packed(members)
