"""Mutators: of bytes, and of what a file is made of (keys, cells, attributes, members, rows)."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import random
import re
import sqlite3
import tempfile
import tomllib
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import Any

TEXTS = (
    "", " ", "0", "1", "-1", "007", "1e999", "-1e999", "NaN", "nan", "inf", "1e400", "0x10", "1_000", "2.5", "²",
    "½", "٣", "१२",
    "9" * 20, "9" * 5000, "-" + "9" * 400, "18446744073709551616", "2147483648", "true", "None", "null",
    "\u202e", "a\u202eb", "\x1b[31mred", "\x1b]0;owned\x07", "\x9b2J", "\x00", "a\x00b", "\x07", "\x7f", "\ufeff", "\ufffe",
    "\u2028", "\u200c", "\u200d\u200c", "كي", "کی", "ǅ", "İ", "ß", "\u0301", "👩‍👧", "𝒳", "\r", "\n", "\r\n", "\t", "a\nb",
    "../../evil", "/etc/evil", "..\\evil", "C:\\evil", "a/b", "..", ".", "~", "con", "evil.csv", "study.toml", "/",
    "=1+1", "@x", "+1", "-x", "<b>", "&amp;", "&#0;", "]]>", "<!--", "{", "}", "{name}", "{0}", "%s", "%", "[bold]",
    "[/]", "\\",
    "'", '"', '""', "`", "|", ";", ",", ":", ">", "a>b", "a > b", "P1:5-9", "P1:9-5", "P1:-5-3", f"P1:0-{'9' * 30}", "P1:",
    "1403-13-45", "1403-12-30", "9999-12-31", "0000-00-00", "99999-01-01", "2024-02-30", "2024-01-01T25:61:61", "12-30-99",
    "2024-01-01T00:00:00+99:99", "1970-01-01", "0001-01-01", "x" * 300, "صف " * 200, "consensus", "P1", "P2",
    "sara", "slow", "queue", "yes", "model", "exact", "causal", "phenomenon", "category", "independent", "any",
    "majority", "lead:sara", "lead:",
    "50%", "0%", "nan%",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    True, False, 0, 1, -1, 2**31, 2**63 - 1, -(2**63), 10**30, 0.0, -0.0, 1.5, 1e308, math.nan, math.inf, -math.inf,
    [], [[]], [1, "a"],     ["a", "a"], [{}], {}, {"a": {"b": [1]}}, {"": ""}, {"en": 5}, datetime.date(2024, 2, 29),
    datetime.time(1, 2),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
)  # fmt: skip
PIECES = (
    b"", b"\0", b"\xff", b"\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"<", b">",
    b"&", b'"', b"'",
    b"\n",     b"\r", b",", b";", b"\t", b"{", b"}", b"[", b"]", b"[[", b"=", b"-1", b"1e999", b"nan",
    b"99999999999999999999", b"\x1b[2J",
    b"\xe2\x80\xae", b"\\", b"/", b"..", b"#", b":", b"-->",
)  # fmt: skip
Change = Callable[[bytes, random.Random], bytes]


def any_text(chance: random.Random) -> str:
    """A text that some program once stumbled over."""
    if chance.random() < 0.1:
        return "".join(
            chr(chance.choice((chance.randrange(0xD800), 0x600 + chance.randrange(256)))) for _ in range(5)
        )
    return chance.choice(TEXTS)


def any_value(chance: random.Random) -> Any:
    """A value of any type that TOML has."""
    return any_text(chance) if chance.random() < 0.5 else chance.choice(VALUES)


def change_bytes(data: bytes, chance: random.Random) -> bytes:
    """Flip, cut, double or put in bytes."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        width = chance.choice((0, 1, 1, 2, 8, 40))
        match chance.randrange(6):
            case 0:
                changed[at : at + width] = bytes(chance.randrange(256) for _ in range(width))
            case 1:
                changed[at : at + width] = chance.choice(PIECES)
            case 2:
                changed[at:at] = changed[at : at + chance.choice((4, 60, 400))] * chance.choice((1, 2, 30))
            case 3:
                del changed[at : at + chance.choice((1, 3, 50, 500))]
            case 4 if chance.random() < 0.2:
                del changed[at:]
            case _:
                changed[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(changed)


def change_encoding(data: bytes, chance: random.Random) -> bytes:
    """Write the same text in another way."""
    text = data.decode("utf-8", "replace")
    match chance.randrange(6):
        case 0:
            return b"\xef\xbb\xbf" + data
        case 1:
            return text.encode("utf-16", "replace")
        case 2:
            return text.encode("cp1256", "replace")
        case 3:
            return text.replace("\n", "\r\n").encode("utf-8", "replace")
        case 4:
            return text.replace("\n", "\r").encode("utf-8", "replace")
        case _:
            return b"" if chance.random() < 0.3 else text.encode("utf-16-le", "replace")


def change_text(data: bytes, chance: random.Random) -> bytes:
    """Change lines, numbers and words of a text."""
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                numbers = list(re.finditer(r"-?\d+(\.\d+)?", lines[at]))
                if numbers:
                    found = chance.choice(numbers)
                    new = chance.choice(
                        (any_text(chance), str(chance.randrange(-9, 400)), str(10 ** chance.randrange(1, 25)))
                    )
                    lines[at] = lines[at][: found.start()] + new + lines[at][found.end() :]
            case 3:
                place = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:place] + any_text(chance) + lines[at][place:]
            case 4:
                words = re.split(r"(\W+)", lines[at])
                words[chance.randrange(len(words))] = any_text(chance)
                lines[at] = "".join(words)
            case _:
                lines[at] = any_text(chance)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def change_tree(tree: Any, chance: random.Random) -> Any:  # noqa: C901 - one branch per kind of change
    """Change one place of nested dictionaries and lists; ``tree`` itself is changed."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any, depth: int = 0) -> None:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        for key in keys:
            places.append((node, key))
            if isinstance(node[key], dict | list) and depth < 50:
                walk(node[key], depth + 1)

    walk(tree)
    if not places:
        return tree
    node, key = chance.choice(places)
    match chance.randrange(8):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node[any_text(chance)] = node.pop(key)
        case 2 if isinstance(node, dict):
            node[any_text(chance)] = any_value(chance)
        case 3 if isinstance(node, list):
            node.insert(key, node[chance.randrange(len(node))])
        case 4:
            node[key] = [node[key]]
        case 5:
            node[key] = {any_text(chance): node[key]}
        case 6:
            deep: Any = node[key]
            for _ in range(chance.choice((3, 60, 3000))):
                deep = [deep]
            node[key] = deep
        case _:
            node[key] = any_value(chance)
    return tree


def change_toml(data: bytes, chance: random.Random) -> bytes:
    """Change keys, values and types of TOML."""
    try:
        tree = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return change_text(data, chance)
    for _ in range(chance.choice((1, 1, 2, 3))):
        change_tree(tree, chance)
    with suppress(RecursionError):
        return as_toml(tree).encode("utf-8", "surrogatepass")
    return data


def as_toml(tree: dict[str, Any]) -> str:
    """Write TOML: top-level tables and lists of tables as such, everything below them inline."""
    plain = {k: v for k, v in tree.items() if not isinstance(v, dict) and not _tables(v)}
    parts = [f"{_quoted(key)} = {_inline(value)}" for key, value in plain.items()]
    for key, value in tree.items():
        for table in [value] if isinstance(value, dict) else value if _tables(value) else []:
            parts.append(f"[{_quoted(key)}]" if isinstance(value, dict) else f"[[{_quoted(key)}]]")
            parts += [f"{_quoted(name)} = {_inline(inner)}" for name, inner in table.items()]
    return "\n".join(parts) + "\n"


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _quoted(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return (
                "{ " + ", ".join(f"{_quoted(key)} = {_inline(inner)}" for key, inner in value.items()) + " }"
            )
        case list():
            deep = 0  # thousands of lists in each other, without thousands of calls
            while isinstance(value, list) and len(value) == 1:
                value, deep = value[0], deep + 1
            inner = ", ".join(map(_inline, value)) if isinstance(value, list) else _inline(value)
            return "[" * (deep + isinstance(value, list)) + inner + "]" * (deep + isinstance(value, list))
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)


def change_json(data: bytes, chance: random.Random) -> bytes:
    """Change keys, values and types of JSON, or its bytes to what only Python takes for JSON."""
    try:
        tree = json.loads(data)
    except ValueError:
        return change_text(data, chance)
    if chance.random() < 0.1:
        return chance.choice(
            (
                b"[" * 100_000,
                b"NaN",
                b"1" * 5000,
                b"[]",
                b'"x"',
                b"null",
                b"{}",
                b'{"a":' * 5000,
                b"\xff\xfe{",
            )
        )
    for _ in range(chance.choice((1, 1, 2, 3))):
        change_tree(tree, chance)
    with suppress(RecursionError):
        return json.dumps(tree, default=str, ensure_ascii=chance.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        )
    return data


def change_table(data: bytes, chance: random.Random) -> bytes:
    """Change cells, headers, columns and rows of a CSV table."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    except (csv.Error, UnicodeDecodeError):
        return change_bytes(data, chance)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        _change_rows(rows, chance)
    out = io.StringIO()
    delimiter = chance.choice(",,,,,,;\t|")
    with suppress(csv.Error):
        csv.writer(out, delimiter=delimiter, lineterminator=chance.choice(("\n", "\n", "\r\n"))).writerows(
            rows
        )
    return out.getvalue().encode("utf-8", "surrogatepass")


def _change_rows(rows: list[list[str]], chance: random.Random) -> None:  # noqa: C901, PLR0912 - the same
    filled = [row for row in rows if row]
    if not filled:
        rows.append([any_text(chance)])
        return
    row = filled[0] if chance.random() < 0.15 else chance.choice(filled)
    at = chance.randrange(len(row))
    match chance.randrange(10):
        case 0:
            other = chance.choice(filled)
            row[at] = other[chance.randrange(len(other))]
        case 1:
            row.append(any_text(chance))
        case 2:
            del row[at]
        case 3:
            rows.insert(chance.randrange(len(rows) + 1), list(row))
        case 4:
            rows.remove(row)
        case 5 if chance.random() < 0.5:
            for each in filled:
                del each[at : at + 1]
        case 6 if chance.random() < 0.5:
            for each in filled:
                each.insert(at, each[min(at, len(each) - 1)] if each else "")
        case 7 if chance.random() < 0.3:
            value = any_text(chance)
            for each in filled[1:]:
                each[at : at + 1] = [value]
        case 8 if row[at].lstrip("-").isdecimal() and len(row[at]) < 20:
            row[at] = str(int(row[at]) + chance.choice((-1, 1, 10, -1000, 10**6, 10**18)))
        case _:
            row[at] = any_text(chance)


def change_xml(data: bytes, chance: random.Random) -> bytes:
    """Change attributes, texts and places of elements; sometimes the XML as text."""
    if chance.random() < 0.25:
        return change_text(data, chance)
    from lxml import etree

    try:
        root = etree.fromstring(data)
    except (etree.XMLSyntaxError, ValueError):
        return change_bytes(data, chance)
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    for _ in range(chance.choice((1, 1, 2, 4))):
        element, other = chance.choice(elements), chance.choice(elements)
        with suppress(ValueError, TypeError):
            _change_element(element, other, chance)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _change_element(element: Any, other: Any, chance: random.Random) -> None:
    names = list(element.attrib)
    match chance.randrange(8):
        case 0 if names:
            del element.attrib[chance.choice(names)]
        case 1 if names and other.attrib:
            element.set(chance.choice(names), chance.choice(list(other.attrib.values())))
        case 2:
            element.text = any_text(chance)
        case 3:
            element.tag = other.tag
        case 4 if element.getparent() is not None:
            element.getparent().remove(element)
        case 5 if other not in element.iter():
            other.append(element)
        case 6:
            element.set(chance.choice(names) if names else "guid", any_text(chance))
        case _ if names:
            element.set(chance.choice(names), any_text(chance))


def change_archive(data: bytes, chance: random.Random) -> bytes:
    """Change the members of a zip: their content, names and number; sometimes its own bytes."""
    if chance.random() < 0.25:
        return change_bytes(data, chance)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError, NotImplementedError):
        return change_bytes(data, chance)
    at = chance.randrange(len(members))
    name, content = members[at]
    match chance.randrange(10):
        case 0:
            members[at] = (any_text(chance)[:200] or "x", content)
        case 1:
            del members[at]
        case 2:
            members.append((name if chance.random() < 0.3 else any_text(chance)[:200] or "x", content))
        case 3:
            members[at] = (name, change_bytes(content, chance))
        case _:
            members[at] = (name, change_file(name, content, chance))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice is meant
        for each, inner in members:
            with suppress(UnicodeEncodeError, ValueError, IndexError):
                archive.writestr(each, inner)
    return buffer.getvalue()


def change_database(data: bytes, chance: random.Random) -> bytes:
    """Change cells, rows, columns and tables of an SQLite database; sometimes its bytes."""
    if chance.random() < 0.3:
        return change_bytes(data, chance)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        path.write_bytes(data)
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as db, db:
            db.execute("PRAGMA journal_mode = OFF")
            for _ in range(chance.choice((1, 1, 2, 4))):
                with suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):
                    _change_tables(db, chance)
        return path.read_bytes()


def _change_tables(db: sqlite3.Connection, chance: random.Random) -> None:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    table = chance.choice(tables)
    columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
    column = chance.choice(columns)
    rows = [rowid for (rowid,) in db.execute(f'SELECT rowid FROM "{table}"')]
    match chance.randrange(9):
        case 0:
            db.execute(f'DROP TABLE "{table}"')
        case 1:
            db.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "gone"')
        case 2:
            db.execute(f'INSERT INTO "{table}" DEFAULT VALUES')
        case 3 if rows:
            db.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (chance.choice(rows),))
        case 4:
            db.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}"')
        case _ if rows:
            row = chance.choice(rows)
            value = chance.choice(
                (
                    None,
                    any_text(chance),
                    chance.randrange(-5, 60),
                    2**62,
                    -1,
                    1e300,
                    2.5,
                    b"\xff\xfe",
                    "x" * 9999,
                )
            )
            if chance.random() < 0.2:
                value = db.execute(
                    f'SELECT "{chance.choice(columns)}" FROM "{table}" ORDER BY random() LIMIT 1'
                ).fetchone()[0]
            db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row))


BY_SUFFIX: dict[str, Change] = {
    ".toml": change_toml,
    ".csv": change_table,
    ".json": change_json,
    ".qdc": change_xml,
    ".qde": change_xml,
    ".xml": change_xml,
    ".rels": change_xml,
    ".qdpx": change_archive,
    ".docx": change_archive,
    ".odt": change_archive,
    ".xlsx": change_archive,
    ".sqlite3": change_database,
    ".rqda": change_database,
    ".qda": change_database,
    ".requal": change_database,
    ".parquet": change_bytes,
}


def change_file(name: str, data: bytes, chance: random.Random) -> bytes:
    """Change a file in the manner of its kind, or, less often, as text or as bytes."""
    drawn = chance.random()
    if drawn < 0.06:
        return change_bytes(data, chance)
    if drawn < 0.09:
        return change_encoding(data, chance)
    if drawn < 0.16:
        return change_text(data, chance)
    return BY_SUFFIX.get(PurePosixPath(name).suffix, change_text)(data, chance)
