"""Imported codes and a study's codebook: what is the same, what is new, and the file that holds both.

A code is known if the codebook has its id, else if it has its full path; spellings that differ in
letter forms, case or blanks only are the same unless both stand in the imported file.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from omnistudy.formats.into_study.csv_text import CsvText, parse_csv
from omnistudy.formats.reading.imported import ImportedCode
from omnistudy.results import Label
from omnistudy.study.model import Code, Codebook, Property
from omnistudy.text.keys import match_key

COLUMNS = (
    "id",
    "label",
    "definition",
    "include",
    "exclude",
    "example",
    "parent",
    "level",
    "role",
    "properties",
)
_SYNONYMS = {"code": "id", "code_id": "id", "name": "label"}
_SEPARATOR = " > "
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A code that the codebook lacks."""

    id: str
    label: str
    parent: str | None
    definition: str
    include: str
    exclude: str
    example: str
    level: str = ""
    role: str = ""
    since: str = ""
    aliases: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    properties: tuple[Property, ...] = ()


@dataclass
class CodeMatcher:
    """Gives every imported code an id of the study, new ones included.

    Lives as long as one import; several files are matched one after the other, so that the second
    finds the codes that the first brought.
    """

    codebook: Codebook | None
    new: list[NewCode] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    _paths: dict[Path, str] = field(default_factory=dict)
    _id_keys: dict[str, str] = field(default_factory=dict)
    _path_keys: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code in self.codebook or ():
            chain = [*reversed(self._codebook.ancestors(code.id)), code.id]
            languages = {language for link in chain for language in self._codebook[link].label.texts}
            paths = [tuple(chain)]
            paths += [
                tuple(self._codebook[link].label.texts.get(language, link) for link in chain)
                for language in sorted(languages)
            ]
            self._know(code.id, paths)

    @property
    def _codebook(self) -> Codebook:
        return self.codebook or Codebook("", ())

    def _know(self, code: str, paths: Iterable[Path]) -> None:
        self._ids.setdefault(code, code)
        self._id_keys.setdefault(match_key(code) or code, code)
        for path in paths:
            self._paths.setdefault(path, code)
            self._path_keys.setdefault(tuple(map(match_key, path)), code)

    def match(self, codes: Sequence[ImportedCode]) -> dict[str, str]:
        """Return the id in the study of every imported code, by its id in the imported file."""
        by_path: dict[Path, ImportedCode | None] = {}  # in the order of the file, parents before children
        for code in codes:
            for depth in range(1, len(code.path)):
                by_path.setdefault(code.path[:depth], None)  # a parent that the file only implies
            by_path[code.path] = by_path.get(code.path) or code
        leaves = [path[-1] for path in by_path]
        unique = {leaf for leaf in leaves if leaves.count(leaf) == 1}
        found = {
            path: known
            for path, code in by_path.items()
            if (known := self._exactly(path, unique, code)) is not None
        }
        claimed = set(found.values())
        for path, given in by_path.items():
            if path not in found:
                near = self._by_spelling(path, unique)
                if near is not None and near not in claimed:
                    found[path] = near
                else:
                    found[path] = self._added(path, given, found.get(path[:-1]))
                claimed.add(found[path])
        return {code.id: found[code.path] for code in codes}

    def _exactly(self, path: Path, unique: set[str], code: ImportedCode | None) -> str | None:
        known = self._ids.get(code.proposed_id) if code is not None and code.proposed_id else None
        known = known or self._ids.get(_SEPARATOR.join(path))
        if known is None and path[-1] in unique:
            known = self._ids.get(path[-1])
        return known or self._paths.get(path)

    def _by_spelling(self, path: Path, unique: set[str]) -> str | None:
        known = self._path_keys.get(tuple(map(match_key, path)))
        if known is None and path[-1] in unique:
            known = self._id_keys.get(match_key(path[-1]))
        return known

    def _added(self, path: Path, code: ImportedCode | None, parent: str | None) -> str:
        code_id = self._free_id(path, code.proposed_id if code is not None else "")
        source = code or ImportedCode(id="", path=path)
        self.new.append(
            NewCode(
                id=code_id,
                label=path[-1],
                parent=parent,
                definition=source.description,
                include=source.include,
                exclude=source.exclude,
                example=source.example,
                level=source.level,
                role=source.role,
                since=source.since,
                aliases=source.aliases,
                texts=source.texts,
                properties=tuple(_read_property(code_id, each) for each in source.properties),
            )
        )
        self._know(code_id, [path])
        return code_id

    def _free_id(self, path: Path, proposed: str) -> str:
        joined = _SEPARATOR.join(path)
        for candidate in (proposed, path[-1], joined):
            if (
                candidate
                and candidate not in self._ids
                and (match_key(candidate) or candidate) not in self._id_keys
            ):
                return candidate
        number = 2
        while match_key(f"{joined} ({number})") in self._id_keys:
            number += 1
        return f"{joined} ({number})"


def grown_codebook(
    name: str, data: bytes | None, new: Sequence[NewCode], known: Codebook | None, language: str
) -> bytes:
    """Return the bytes of the study's own codebook with the new codes at its end.

    Parameters
    ----------
    name
        File name; ``.toml`` is added to as TOML, everything else as CSV.
    data
        The file as it is; ``None`` if there is none yet, in which case the codes of ``known`` (a
        shared codebook, which is never changed) are copied into it first.
    new
        The codes to add.
    known
        The codebook that the study uses so far.
    language
        Language of the plain text columns.
    """
    if data is not None and name.casefold().endswith(".toml"):
        return _grown_toml(data, new)
    if data is not None:
        table = parse_csv(data, _SYNONYMS)
    else:
        table = CsvText((), tuple(_row_of(code, language) for code in known or ()))
    rows = [_row_of_new(code, language) for code in new]
    used = {column for row in (*table.rows, *rows) for column, text in row.items() if text}
    columns = [column for column in COLUMNS if data is None or column in used]
    return table.with_rows(rows, [*columns, *sorted(used - set(COLUMNS) - set(table.header))]).render()


def _read_property(code: str, each: Mapping[str, Mapping[str, str]]) -> Property:
    return Property(
        *(Label(code, MappingProxyType(dict(each.get(end, {})))) for end in ("name", "low", "high"))
    )


def _row_of_new(code: NewCode, language: str) -> Mapping[str, str]:
    row = _plain_row(code)
    for column, texts in code.texts.items():
        row[column] = ""
        for tag, text in texts.items():
            row[column if tag == language else f"{column}_{tag}"] = text
    row["properties"] = "; ".join(_property(each, language) for each in code.properties)
    row["aliases"] = "|".join(code.aliases)
    return row


def _plain_row(code: NewCode) -> dict[str, str]:
    return {
        "id": code.id,
        "label": code.label,
        "definition": code.definition,
        "include": code.include,
        "exclude": code.exclude,
        "example": code.example,
        "parent": code.parent or "",
        "level": code.level,
        "role": code.role,
        "since": code.since,
    }


def _row_of(code: Code, language: str) -> Mapping[str, str]:
    row = {
        "id": code.id,
        "parent": code.parent or "",
        "level": str(code.level),
        "role": str(code.role or ""),
        "since": code.since,
        "aliases": "|".join(code.aliases),
        "properties": "; ".join(_property(each, language) for each in code.properties),
    }
    for column in ("label", "definition", "include", "exclude", "example"):
        for tag, text in getattr(code, column).texts.items():
            row[column if tag == language else f"{column}_{tag}"] = text
    return row


def _property(each: Property, language: str) -> str:
    name, low, high = (
        label.in_language(language) if label.texts else "" for label in (each.name, each.low, each.high)
    )
    return f"{name}: {low}..{high}" if low or high else name


def _grown_toml(data: bytes, new: Sequence[NewCode]) -> bytes:
    text = data.decode("utf-8-sig")
    parsed = tomllib.loads(text)
    key = "codes" if "codes" in parsed or "code" not in parsed else "code"
    blocks = []
    for code in new:
        as_table = isinstance(parsed.get(key), dict)
        head = f"[{key}.{_toml(code.id)}]" if as_table else f"[[{key}]]"
        row = {column: _toml(value) for column, value in _plain_row(code).items() if value}
        row |= {column: _toml_texts(texts) for column, texts in code.texts.items()}
        if code.aliases:
            row["aliases"] = f"[{', '.join(map(_toml, code.aliases))}]"
        if code.properties:
            row["properties"] = f"[{', '.join(map(_toml_property, code.properties))}]"
        if as_table:
            del row["id"]
        blocks.append("\n".join([head, *(f"{column} = {value}" for column, value in row.items())]))
    return (text.rstrip("\n") + "\n\n" + "\n\n".join(blocks) + "\n").encode("utf-8")


def _toml_texts(texts: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_toml(tag)} = {_toml(text)}' for tag, text in texts.items())} }}"


def _toml_property(each: Property) -> str:
    ends = {"name": each.name, "low": each.low, "high": each.high}
    given = [f"{end} = {_toml_texts(label.texts)}" for end, label in ends.items() if label.texts]
    return f"{{ {', '.join(given)} }}"


def _toml(text: str) -> str:
    """Write a basic string; JSON's escapes are a subset of TOML's, which also escapes DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
