"""QualCoder databases of several versions, written as the program writes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

# Version to the columns of its tables; what is not listed is the same in all.
_CODE_NAME = {
    1: "cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER, owner TEXT, date TEXT, color TEXT",
    16: "cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER, owner TEXT, date TEXT, color TEXT,"
    " supercid INTEGER",
}
_CODE_TEXT = {
    1: "cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER, pos1 INTEGER, owner TEXT, date TEXT, memo TEXT",
    2: "ctid INTEGER PRIMARY KEY, cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER, pos1 INTEGER, owner TEXT,"
    " date TEXT, memo TEXT, avid INTEGER, important INTEGER",
}


@dataclass
class QualCoderFile:
    """Sources, categories (name, parent), codes (name, category) and codings of one project."""

    version: int = 17
    sources: list[tuple[str, str]] = field(default_factory=list)
    categories: list[tuple[str, int | None]] = field(default_factory=list)
    codes: list[tuple[str, int | None]] = field(default_factory=list)
    codings: list[tuple[int, int, str, int, int, str, str]] = field(default_factory=list)
    hidden: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    annotations: list[tuple[int, int, int, str]] = field(default_factory=list)
    attributes: list[tuple[str, str, str, int]] = field(default_factory=list)
    cases: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    parents: Mapping[int, int] = field(default_factory=dict)

    def code(self, source: int, code: int, words: str, owner: str, *, shift: int = 0, memo: str = "") -> None:
        start = self.sources[source - 1][1].index(words) + shift
        self.codings.append((code, source, words, start, start + len(words), owner, memo))

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as db, db:
            for statement in self._schema():
                db.execute(statement)
            self._fill(db)
        return path

    def _schema(self) -> Iterable[str]:
        new_tree, new_codings = self.version >= 16, self.version >= 2
        yield "CREATE TABLE project (databaseversion TEXT, date TEXT, memo TEXT, about TEXT)"
        yield (
            "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE, fulltext TEXT, mediapath TEXT,"
            " memo TEXT, owner TEXT, date TEXT)"
        )
        yield f"CREATE TABLE code_name ({_CODE_NAME[16 if new_tree else 1]})"
        yield (
            "CREATE TABLE code_cat (catid INTEGER PRIMARY KEY, name TEXT, owner TEXT, date TEXT, memo TEXT,"
            " supercatid INTEGER)"
        )
        yield f"CREATE TABLE code_text ({_CODE_TEXT[2 if new_codings else 1]})"
        yield (
            "CREATE TABLE annotation (anid INTEGER PRIMARY KEY, fid INTEGER, pos0 INTEGER, pos1 INTEGER, memo TEXT,"
            " owner TEXT, date TEXT)"
        )
        yield "CREATE TABLE cases (caseid INTEGER PRIMARY KEY, name TEXT, memo TEXT, owner TEXT, date TEXT)"
        yield "CREATE TABLE case_text (caseid INTEGER, fid INTEGER, pos0 INTEGER, pos1 INTEGER)"
        yield "CREATE TABLE attribute (name TEXT, attr_type TEXT, value TEXT, id INTEGER)"
        yield "CREATE TABLE journal (jid INTEGER PRIMARY KEY, name TEXT, jentry TEXT, date TEXT, owner TEXT)"
        if self.version >= 14:
            yield "CREATE TABLE coder_names (name TEXT, visibility INTEGER)"

    def _fill(self, db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO project VALUES (?, '2024-01-01', 'about trust', '')", (f"v{self.version}",))
        for name, text in self.sources:
            db.execute("INSERT INTO source (name, fulltext) VALUES (?, ?)", (name, text))
        for name in self.media:
            db.execute("INSERT INTO source (name, mediapath) VALUES (?, ?)", (name, f"/{name}"))
        for name, parent in self.categories:
            db.execute("INSERT INTO code_cat (name, supercatid, memo) VALUES (?, ?, '')", (name, parent))
        for at, (name, category) in enumerate(self.codes, start=1):
            db.execute(
                "INSERT INTO code_name (cid, name, memo, catid) VALUES (?, ?, ?, ?)",
                (at, name, f"about {name}", category),
            )
            if at in self.parents:
                db.execute("UPDATE code_name SET supercid = ? WHERE cid = ?", (self.parents[at], at))
        for row in self.codings:
            db.execute(
                "INSERT INTO code_text (cid, fid, seltext, pos0, pos1, owner, date, memo)"
                " VALUES (?, ?, ?, ?, ?, ?, '2024-02-03 10:11:12', ?)",
                row,
            )
        for source, start, end, memo in self.annotations:
            db.execute(
                "INSERT INTO annotation (fid, pos0, pos1, memo, owner) VALUES (?, ?, ?, ?, 'sara')",
                (source, start, end, memo),
            )
        for attribute in self.attributes:
            db.execute("INSERT INTO attribute (name, attr_type, value, id) VALUES (?, ?, ?, ?)", attribute)
        for at, (name, members) in enumerate(self.cases, start=1):
            db.execute("INSERT INTO cases (caseid, name) VALUES (?, ?)", (at, name))
            db.executemany("INSERT INTO case_text (caseid, fid) VALUES (?, ?)", [(at, m) for m in members])
        if self.version >= 14:
            db.executemany("INSERT INTO coder_names VALUES (?, 0)", [(name,) for name in self.hidden])
