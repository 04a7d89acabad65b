"""How a file is to be read: what the caller knows that the file does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from omnistudy.errors import StudyError

_KEYS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "unit": {"codepoint": "codepoint", "cp": "codepoint", "utf16": "utf16", "utf8": "utf8"},
        "newline": {"1": "1", "2": "2"},
        "bom": {"skip": "skip", "count": "count"},
        "end": {"exclusive": "exclusive", "inclusive": "inclusive"},
        "base": {"0": "0", "1": "1"},
    }
)


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Settings of one reading; the defaults suit a file that says everything itself.

    Parameters
    ----------
    coder
        Who coded, for formats that do not hold it.
    offsets
        Forced ways of counting positions: ``unit``, ``newline``, ``bom``, ``end``, ``base``.
    strict
        Refuse a file unless every stored snippet stands where the file says.
    split
        Separator at which code names are split into paths; ``None`` leaves them whole.
    encoding
        Codec of text tables that are not UTF-8.
    columns
        Our field to the header of the column that holds it, for tables with other headers.
    texts
        Name of a document (id or original name) to its canonical text, for tables that hold none.
    excerpts
        Names among ``texts`` that are single statements and no running text.
    keep_twins
        Keep a category and the code of the same name inside it apart (QualCoder).
    coder_from_group
        Take the document group for the coder (MAXQDA).
    fill_down
        An empty cell of interview, coder or code in a sheet repeats the cell above it.
    """

    coder: str | None = None
    offsets: Mapping[str, str] = field(default_factory=_nothing)
    strict: bool = False
    split: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=_nothing)
    texts: Mapping[str, str] = field(default_factory=_nothing)
    excerpts: frozenset[str] = frozenset()
    keep_twins: bool = False
    coder_from_group: bool = False
    fill_down: bool = False


def parsed_offsets(text: str) -> Mapping[str, str]:
    """Parse ``unit=utf16,newline=2,bom=skip,end=exclusive``; every part may be left out.

    Raises
    ------
    StudyError
        For a part that is not one of ``unit newline bom end base`` with one of its values.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = (piece.strip().casefold() for piece in part.partition("="))
        if value not in _KEYS.get(key, {}):
            known = "; ".join(f"{name}={'|'.join(dict.fromkeys(_KEYS[name].values()))}" for name in _KEYS)
            raise StudyError.of(
                f"'{part}' is not a way to count offsets.", f"Write some of {known}.", file="--offsets"
            )
        found[key] = _KEYS[key][value]
    return MappingProxyType(found)


def split_path(name: str, separator: str | None) -> tuple[str, ...]:
    """Return the path that a code's name stands for, blanks collapsed; without empty parts."""
    parts = name.split(separator) if separator else [name]
    return tuple(filter(None, (" ".join(part.split()) for part in parts))) or ("(unnamed)",)
