"""A small Taguette project, written as the program writes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

SCHEMA = """
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, filename TEXT NOT NULL,
    created TEXT NOT NULL, project_id INTEGER NOT NULL, text_direction TEXT NOT NULL, contents TEXT NOT NULL);
CREATE TABLE tags (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, path TEXT NOT NULL, description TEXT NOT NULL);
CREATE TABLE highlights (id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL, start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER, PRIMARY KEY (highlight_id, tag_id));
"""

HTML_1 = (
    "<h1>مصاحبه ۱</h1>\n<p>پرسشگر: چطور &amp; چرا؟ 😀</p>\n"
    "<p>P1: می\u200cروم <em>بانک</em>؛ صف &lt;بلند&gt; بود.</p>"
)
TEXT_1 = "مصاحبه ۱\nپرسشگر: چطور & چرا؟ 😀\nP1: می\u200cروم بانک؛ صف <بلند> بود."
HTML_2 = "<p>P2: The app is slow.</p>\n<p>I wait, and I wait.</p>"
TEXT_2 = "P2: The app is slow.\nI wait, and I wait."


@dataclass
class TaguetteFile:
    """Documents (name, html), tags (path, description) and highlights (document, words, tags)."""

    documents: list[tuple[str, str]] = field(
        default_factory=lambda: [("P2 app.txt", HTML_2), ("مصاحبه ۱.odt", HTML_1)]
    )
    tags: list[tuple[str, str]] = field(
        default_factory=lambda: [
            ("waiting", "time goes by"),
            ("کانال: شعبه", ""),
            ("trust", "relies on people"),
        ]
    )
    highlights: list[tuple[int, int, int, str, tuple[int, ...]]] = field(default_factory=list)
    description: str = "What the project is about"
    projects: int = 1

    def highlight(
        self, document: int, text: str, words: str, *tags: int, shift: int = 0, snippet: str | None = None
    ) -> None:
        start = len(text[: text.index(words)].encode()) + shift
        end = start + len(words.encode())
        stored = f"<p>{escape(words)}</p>" if snippet is None else snippet
        self.highlights.append((document, start, end, stored, tags))

    def write(self, path: Path) -> Path:
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript(SCHEMA)
            for project in range(1, self.projects + 1):
                db.execute(
                    "INSERT INTO projects VALUES (?, ?, ?, '')",
                    (project, f"project {project}", self.description),
                )
            for at, (name, html) in enumerate(self.documents, start=1):
                project = min(at, self.projects)
                db.execute(
                    "INSERT INTO documents VALUES (?, ?, '', ?, '', ?, '', ?)",
                    (at, name, name, project, html),
                )
            for at, (tag, description) in enumerate(self.tags, start=1):
                db.execute("INSERT INTO tags VALUES (?, 1, ?, ?)", (at, tag, description))
            for at, (document, start, end, snippet, tags) in enumerate(self.highlights, start=1):
                db.execute(
                    "INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", (at, document, start, end, snippet)
                )
                db.executemany("INSERT INTO highlight_tags VALUES (?, ?)", [(at, tag) for tag in tags])
        return path


def small_project() -> TaguetteFile:
    """Seven highlights, one of them untagged; nine codings."""
    file = TaguetteFile()
    file.highlight(2, TEXT_1, "می\u200cروم بانک", 2)
    file.highlight(2, TEXT_1, "<بلند>", 1, 2)
    file.highlight(2, TEXT_1, "😀", 3)
    file.highlight(1, TEXT_2, "The app is slow.", 1)
    file.highlight(1, TEXT_2, "slow", 1, 3)
    file.highlight(1, TEXT_2, "I wait, and I wait.", 1, 2)
    file.highlight(1, TEXT_2, "P2")
    return file
