"""Codebooks in TOML and CSV: the code tree with labels, definitions, roles and properties."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from omnistudy.errors import did_you_mean
from omnistudy.results import Label
from omnistudy.study.input_files import LARGEST_SETTINGS, loads_toml
from omnistudy.study.model import Code, Codebook, Level, Property, Role
from omnistudy.study.tables import Door, read_table
from omnistudy.text.keys import match_key

DEEPEST = 64
TEXT_FIELDS = ("label", "definition", "include", "exclude", "example")
CODE_FIELDS = {*TEXT_FIELDS, "id", "level", "parent", "role", "aliases", "properties", "since", "note"}

ROLE_WORDS: Mapping[str, Role] = MappingProxyType(
    {
        match_key(word): role
        for role, words in {
            Role.CAUSAL: (
                "causal",
                "causal conditions",
                "causal condition",
                "cause",
                "causes",
                "شرایط علّی",
                "علّی",
                "علت",
                "علل",
            ),
            Role.PHENOMENON: (
                "phenomenon",
                "core phenomenon",
                "central phenomenon",
                "core category",
                "core",
                "پدیده محوری",
                "مقوله محوری",
                "مقوله هسته‌ای",
                "پدیده",
            ),
            Role.CONTEXT: (
                "context",
                "contextual",
                "contextual conditions",
                "شرایط زمینه‌ای",
                "بستر",
                "زمینه‌ای",
                "زمینه",
            ),
            Role.INTERVENING: ("intervening", "intervening conditions", "شرایط مداخله‌گر", "مداخله‌گر"),
            Role.STRATEGY: ("strategy", "strategies", "action/interaction strategies", "راهبرد", "راهبردها"),
            Role.OUTCOME: ("outcome", "outcomes", "consequence", "consequences", "پیامد", "پیامدها"),
        }.items()
        for word in words
    }
)


_HEADERS = MappingProxyType(
    {
        "code": "id",
        "code_id": "id",
        "name": "label",
        "شناسه": "id",
        "کد": "id",
        "عنوان": "label",
        "برچسب": "label",
        "تعریف": "definition",
        "نمونه": "example",
        "والد": "parent",
        "سطح": "level",
        "نقش": "role",
    }
)
PERSIAN_ROLES = ("علّی", "پدیده", "زمینه‌ای", "مداخله‌گر", "راهبرد", "پیامد")


def read_codebook(door: Door, name: str, language: str) -> Codebook | None:
    """Read a codebook file; plain strings are taken as labels in ``language``.

    Problems (duplicate ids, unknown parents, cycles, unknown roles or keys) are collected in
    ``door``; ``None`` is returned when the file cannot be used at all.
    """
    if name.casefold().endswith(".toml"):
        drafts = _toml_drafts(door, name, language)
    elif name.casefold().endswith((".csv", ".tsv")):
        drafts = _csv_drafts(door, name, language)
    else:
        door.problem("A codebook is a .toml or .csv file.", "Convert it, or import it.", file=name)
        return None
    if drafts is None:
        return None
    kept = _unique(door, name, drafts)
    _check_parents(door, name, kept)
    levels = _levels(kept)
    return Codebook(name, tuple(draft.code(levels[draft.id]) for draft in kept.values()))


def parse_role(door: Door, text: str, name: str, row: int | None) -> Role | None:
    """Return the role that ``text`` names in English or Persian; record a problem when none does."""
    role = ROLE_WORDS.get(match_key(text))
    if role is None:
        near = did_you_mean(text, [str(role) for role in Role])
        known = f"Use one of {', '.join(Role)}, or in Persian {'، '.join(PERSIAN_ROLES)}."
        door.problem(
            f"'{text}' is not a role of the paradigm model.", near or known, file=name, row=row, column="role"
        )
    return role


@dataclass
class _Draft:
    """A code while its file is being read."""

    id: str
    row: int | None
    texts: dict[str, Label]
    level: Level | None = None
    parent: str | None = None
    role: Role | None = None
    aliases: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    since: str = ""
    children: list[str] = field(default_factory=list)

    def code(self, level: Level) -> Code:
        return Code(
            id=self.id,
            label=self.texts["label"],
            level=level,
            parent=self.parent,
            role=self.role,
            definition=self.texts["definition"],
            include=self.texts["include"],
            exclude=self.texts["exclude"],
            example=self.texts["example"],
            aliases=self.aliases,
            properties=self.properties,
            since=self.since,
        )


def _toml_drafts(door: Door, name: str, language: str) -> list[_Draft] | None:
    text = door.read_text(name, most=LARGEST_SETTINGS)
    if text is None:
        return None
    try:
        data = loads_toml(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        row = int(place.group(1)) if place else None
        door.problem(f"This is not valid TOML: {error}.", "Correct the syntax.", file=name, row=row)
        return None
    entries = data.get("codes", data.get("code"))
    if isinstance(entries, dict):
        entries = [{"id": key, **value} for key, value in entries.items() if isinstance(value, dict)]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        door.problem("The codebook has no [[codes]].", "Write one [[codes]] table per code.", file=name)
        return None
    lines = [at for at, line in enumerate(text.split("\n"), start=1) if re.match(r"\s*\[\[codes?\]\]", line)]
    rows: Sequence[int | None] = lines if len(lines) == len(entries) else [None] * len(entries)
    drafts = [_toml_draft(door, name, language, row, entry) for row, entry in zip(rows, entries, strict=True)]
    return [draft for draft in drafts if draft is not None]


def _toml_draft(
    door: Door, name: str, language: str, row: int | None, entry: dict[str, Any]
) -> _Draft | None:
    for key in [key for key in entry if key not in CODE_FIELDS]:
        near = did_you_mean(key, CODE_FIELDS)
        door.problem(
            f"'{key}' is not a field of a code.", near or "Remove it.", file=name, row=row, column=key
        )
    code_id = entry.get("id")
    if not isinstance(code_id, str) or not code_id.strip():
        door.problem("A code has no id.", "Give every code an id.", file=name, row=row, column="id")
        return None
    code_id = code_id.strip()
    texts = {key: _label(code_id, entry.get(key, ""), language) for key in TEXT_FIELDS}
    draft = _Draft(id=code_id, row=row, texts=texts)
    draft.parent = str(entry["parent"]).strip() or None if "parent" in entry else None
    if entry.get("role"):
        draft.role = parse_role(door, str(entry["role"]), name, row)
    draft.level = _level(door, str(entry.get("level", "")), name, row)
    aliases = _listed(door, name, row, entry, "aliases", str)
    draft.aliases = tuple(str(alias) for alias in aliases)
    draft.since = str(entry.get("since", ""))
    draft.properties = tuple(
        Property(*(_label(code_id, item.get(key, ""), language) for key in ("name", "low", "high")))
        for item in _listed(door, name, row, entry, "properties", dict)
    )
    return draft


def _listed(door: Door, name: str, row: int | None, entry: dict[str, Any], key: str, kind: type) -> list[Any]:
    """Return the list under a key; a single text or table is a list of one."""
    value = entry.get(key, [])
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(each, kind) for each in found):
        wanted = "texts" if kind is str else "tables with name, low and high"
        door.problem(f"'{key}' is no list of {wanted}.", "Correct the value.", file=name, row=row, column=key)
        return []
    return found


def _label(code_id: str, value: object, language: str) -> Label:
    if isinstance(value, dict):
        return Label(code_id, MappingProxyType({str(tag): str(text) for tag, text in value.items() if text}))
    text = str(value).strip()
    return Label(code_id, MappingProxyType({language: text} if text else {}))


def _level(door: Door, text: str, name: str, row: int | None) -> Level | None:
    if not text.strip():
        return None
    synonyms = {
        "open": Level.CODE,
        "code": Level.CODE,
        "subcategory": Level.SUBCATEGORY,
        "category": Level.CATEGORY,
    }
    level = synonyms.get(text.strip().casefold())
    if level is None:
        near = did_you_mean(text, synonyms)
        door.problem(
            f"'{text}' is not a level.",
            near or "Use code, subcategory or category.",
            file=name,
            row=row,
            column="level",
        )
    return level


def _csv_drafts(door: Door, name: str, language: str) -> list[_Draft] | None:
    table = read_table(
        door,
        name,
        required=("id",),
        open_ended=True,
        synonyms=_HEADERS,
    )
    if table is None:
        return None
    drafts = []
    for row in table.rows():
        if not row["id"]:
            door.problem(
                "A code has no id.", "Give every code an id.", file=name, row=row.number, column="id"
            )
            continue
        texts = {key: _csv_label(row.cells, key, row["id"], language) for key in TEXT_FIELDS}
        draft = _Draft(
            id=row["id"], row=row.number, texts=texts, parent=row["parent"] or None, since=row["since"]
        )
        draft.role = parse_role(door, row["role"], name, row.number) if row["role"] else None
        draft.level = _level(door, row["level"], name, row.number)
        draft.aliases = tuple(part.strip() for part in row["aliases"].split("|") if part.strip())
        draft.properties = _csv_properties(row["id"], row["properties"], row["dimensions"], language)
        drafts.append(draft)
    return drafts


def _csv_label(cells: Mapping[str, str], key: str, code_id: str, language: str) -> Label:
    texts = {language: cells[key]} if cells.get(key) else {}
    for column, value in cells.items():
        found = re.fullmatch(rf"{key}[_.]([a-z]{{2,3}})", column)
        if found and value:
            texts[found.group(1)] = value
    return Label(code_id, MappingProxyType(texts))


def _csv_properties(code_id: str, properties: str, dimensions: str, language: str) -> tuple[Property, ...]:
    """Read ``name: low..high; name: low..high``; a dimensions column may hold the ends in the same order."""
    ends = [part.strip() for part in dimensions.split(";")] if dimensions else []
    found = []
    for at, part in enumerate(piece.strip() for piece in properties.split(";") if piece.strip()):
        title, _, span = part.partition(":")
        low, _, high = (span or (ends[at] if at < len(ends) else "")).partition("..")
        found.append(Property(*(_label(code_id, text.strip(), language) for text in (title, low, high))))
    return tuple(found)


def _unique(door: Door, name: str, drafts: list[_Draft]) -> dict[str, _Draft]:
    kept: dict[str, _Draft] = {}
    keys: dict[str, str] = {}
    for draft in drafts:
        key = match_key(draft.id) or draft.id
        if draft.id in kept:
            what = f"Two codes have the id '{draft.id}'."
            door.problem(what, "Give one of them another id.", file=name, row=draft.row, column="id")
        elif key in keys:
            what = f"The ids '{keys[key]}' and '{draft.id}' differ only in letter forms."
            door.problem(what, "Give one of them another id.", file=name, row=draft.row, column="id")
        else:
            kept[draft.id] = draft
            keys[key] = draft.id
    return kept


def _check_parents(door: Door, name: str, drafts: Mapping[str, _Draft]) -> None:
    for draft in drafts.values():
        if draft.parent is None:
            continue
        if draft.parent not in drafts:
            what = f"The parent '{draft.parent}' of '{draft.id}' is not in the codebook."
            remedy = did_you_mean(draft.parent, drafts) or "Add it as a code, or correct the parent."
            door.problem(what, remedy, file=name, row=draft.row, column="parent")
            draft.parent = None
    for draft in drafts.values():
        walked = {draft.id}
        parent = draft.parent
        while parent is not None and parent not in walked:
            walked.add(parent)
            parent = drafts[parent].parent
        if parent == draft.id:
            what = f"'{draft.id}' is its own ancestor."
            door.problem(what, "Break the circle of parents.", file=name, row=draft.row, column="parent")
            draft.parent = None
    _check_depth(door, name, drafts)
    for draft in drafts.values():
        if draft.parent is not None:
            drafts[draft.parent].children.append(draft.id)


def _check_depth(door: Door, name: str, drafts: Mapping[str, _Draft]) -> None:
    """Refuse a chain of parents that no person wrote: whoever walks down the tree needs its depth bounded."""
    depths: dict[str, int] = {}
    for draft in drafts.values():
        chain = []
        code: str | None = draft.id
        while code is not None and code not in depths:
            chain.append(code)
            code = drafts[code].parent
        depth = 0 if code is None else depths[code]
        for each in reversed(chain):
            depth += 1
            depths[each] = depth
    if depths and max(depths.values()) > DEEPEST:
        deepest = next(code for code, depth in depths.items() if depth > DEEPEST)
        what = f"'{deepest}' lies more than {DEEPEST} codes deep in the tree."
        door.problem(what, "Correct the parents.", file=name, row=drafts[deepest].row, column="parent")
        for code, depth in depths.items():
            if depth > DEEPEST:
                drafts[code].parent = None


def _levels(drafts: Mapping[str, _Draft]) -> dict[str, Level]:
    """Levels as declared, else by height in the tree: leaves are codes, their parents subcategories."""
    heights: dict[str, int] = {}

    def height(code: str) -> int:
        if code not in heights:
            heights[code] = 1 + max((height(child) for child in drafts[code].children), default=-1)
        return heights[code]

    by_height = (Level.CODE, Level.SUBCATEGORY, Level.CATEGORY)
    return {code: draft.level or by_height[min(height(code), 2)] for code, draft in drafts.items()}
