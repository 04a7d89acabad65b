"""The named attacks: hostile files of every kind, built by code, and the words of the error that each is to end with."""

from __future__ import annotations

import io
import os
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fuzz_material import BARE, DOCUMENT, OPEN_DOCUMENT, foreign_files, study_files
from refi_builder import QUALCODER, Project, zipped

GROWTH = 400 * 2**20
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10)
)
BILLION = f"{LAUGHS}]>"
EXTERNAL = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'
CHECK = ("check", "study")
AGREEMENT = ("agreement", "wide.csv", "--ci", "none")


@dataclass(frozen=True, kw_only=True)
class Attack:
    """Files beside the study, or in place of one of its own, and the words of the error."""

    says: str
    arguments: tuple[str, ...] = CHECK
    files: Callable[[], Mapping[str, bytes]] = dict
    prepare: Callable[[Path], object] | None = None
    writes: tuple[str, ...] = ()
    code: int = 2
    growth: int = GROWTH
    records: bool = False


def hole(name: str, size: int, head: bytes = b"") -> Callable[[Path], None]:
    """A file of a gigabyte that takes no room on the disk."""

    def make(folder: Path) -> None:
        with (folder / name).open("wb") as stream:
            stream.write(head)
            stream.truncate(size)

    return make


def pipe(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)

    return make


def link(name: str, target: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return make


def directory(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return make


def replaced(archive: bytes, **members: bytes) -> bytes:
    """An archive with other contents for members whose names, without signs, are given."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        held = {name: old.read(name) for name in old.namelist()}
    by_key = {name.replace("/", "_").replace(".", "_"): name for name in held}
    return zipped({**held, **{by_key[key]: data for key, data in members.items()}})


def workbook(sheet: str) -> bytes:
    return replaced(foreign_files()["a.xlsx"], xl_worksheets_sheet1_xml=sheet.encode())


def letters(at: int) -> str:
    found = ""
    while at:
        at, rest = divmod(at - 1, 26)
        found = chr(65 + rest) + found
    return found


def wide_sheet(columns: int, rows: int = 1) -> bytes:
    cells = "".join(f'<c r="{letters(at)}{{row}}"><v>1</v></c>' for at in range(1, columns + 1))
    body = "".join(f'<row r="{row}">{cells.replace("{row}", str(row))}</row>' for row in range(1, rows + 1))
    return workbook(f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>')


def far_cells() -> bytes:
    """A small file whose cells lie in the last column of a hundred thousand rows."""
    rows = "".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(1, 100_001))
    return workbook(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')


def with_head(xml: bytes, head: str, uses: str = "") -> bytes:
    """XML with a document type before its root, and with an entity in its first text."""
    text = xml.decode()
    start = text.index("?>") + 2 if text.startswith("<?xml") else 0
    body = text[start:].replace("Why?", f"Why?{uses}").replace("Interviewer: ", f"Interviewer: {uses}")
    return (text[:start] + head + body).encode()


def deep(tag: str, count: int = 200_000) -> str:
    return f"<{tag}>" * count + f"</{tag}>" * count


def qdpx(qde: str) -> bytes:
    return zipped({**Project(QUALCODER).members(), "project.qde": qde.encode()})


def nested(levels: int = 8) -> bytes:
    data = b" " * 2**20
    for _ in range(levels):
        data = zipped({"a.zip": data})
    return data


def overlapping() -> bytes:
    """A hundred members that are all the same bytes of the file: the header is repeated, the data is not."""
    whole = bytearray(zipped({"project.qde": b" " * (9 * 2**20)}))
    start, end = whole.rfind(b"PK\x01\x02"), whole.rfind(b"PK\x05\x06")
    entry = bytes(whole[start:end])
    many = b"".join(entry.replace(b"project.qde", f"{at:07d}.qde".encode()) for at in range(500))
    tail = bytearray(whole[end:])
    tail[8:12] = (500).to_bytes(2, "little") * 2
    tail[12:16] = len(many).to_bytes(4, "little")
    return bytes(whole[:start]) + many + bytes(tail)


def database(script: str) -> bytes:
    path = Path("/dev/shm" if Path("/dev/shm").is_dir() else ".") / f"attack-{os.getpid()}.db"  # noqa: S108
    path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript(script)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


QUALCODER_TABLES = """
CREATE TABLE project (databaseversion TEXT, date TEXT, memo TEXT, about TEXT);
CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER, owner TEXT, date TEXT, color TEXT);
CREATE TABLE code_cat (catid INTEGER PRIMARY KEY, name TEXT, owner TEXT, date TEXT, memo TEXT, supercatid INTEGER);
CREATE TABLE code_text (ctid INTEGER PRIMARY KEY, cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER, pos1 INTEGER,
  owner TEXT, date TEXT, memo TEXT);
INSERT INTO project VALUES ('v17', '', '', '');
"""
ENDLESS_VIEW = (
    "CREATE VIEW source AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
    " SELECT id, 'n' || id AS name, hex(zeroblob(1000000)) AS fulltext, NULL AS mediapath, '' AS memo, 'x' AS owner,"
    " '' AS date FROM n;"
)
GENERATED = (
    "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, mediapath TEXT, memo TEXT, owner TEXT, date TEXT,"
    " fulltext TEXT AS (hex(zeroblob(20000000))));"
    + "".join(f"INSERT INTO source (id, name) VALUES ({at}, 'P{at}');" for at in range(1, 200))
)
VIRTUAL = "CREATE VIRTUAL TABLE source USING fts5(id, name, fulltext, mediapath, memo, owner, date);"
TRIGGER = (
    "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT, mediapath TEXT, memo TEXT, owner TEXT,"
    " date TEXT); INSERT INTO source VALUES (1, 'S1', 'abc', NULL, '', 'sara', '');"
    " CREATE TRIGGER t AFTER UPDATE ON source BEGIN DELETE FROM source; END;"
)


def in_study(name: str, make: Callable[[], bytes]) -> Callable[[], Mapping[str, bytes]]:
    return lambda: {f"study/{name}": make()}


def beside(name: str, make: Callable[[], bytes]) -> Callable[[], Mapping[str, bytes]]:
    return lambda: {name: make()}


def importing(name: str) -> tuple[str, ...]:
    return ("import", name, "--into", "study", "--coder", "mina")


WIDE_HEADER = ",".join(f"c{at}" for at in range(100_000)).encode() + b"\n" + b"1," * 99_999 + b"1\n"
QDE = Project(QUALCODER).qde()
GIB = 2**30
LONG = "ab" * 50_000

ATTACKS: dict[str, Attack] = {
    # too large
    "transcript of 1 GiB": Attack(
        prepare=hole("study/transcripts/P1.txt", GIB), says="more than the 64 MiB that are read"
    ),
    "Word document of 1 GiB": Attack(
        prepare=hole("study/transcripts/P4.docx", GIB, b"PK\x03\x04"), says="more than the 64 MiB"
    ),
    "codings of 1 GiB": Attack(
        prepare=hole("study/codings.csv", GIB), says="more than the 256 MiB that are read"
    ),
    "study.toml of 100 MB": Attack(
        prepare=hole("study/study.toml", 10**8, b"[study]\n"), says="more than the 16 MiB that are read"
    ),
    "study.toml of 15 MB of text": Attack(
        files=in_study("study.toml", lambda: b'[study]\nid = "x"\ntitle = "' + b"x" * (15 * 10**6)),
        says="not valid TOML",
    ),
    "codebook of 100 MB": Attack(prepare=hole("study/codebook.toml", 10**8), says="more than the 16 MiB"),
    "answers of 100 MB": Attack(
        arguments=("report", "study", "--to", "md"),
        prepare=hole("study/answers.toml", 10**8),
        says="more than the 16 MiB",
    ),
    "protocol of 1 GiB": Attack(
        arguments=("compare", "study"),
        prepare=hole("study/protocol.json", GIB),
        says="protocol.json: The file has 1,024 MiB",
    ),
    "table of 1 GiB": Attack(
        arguments=AGREEMENT, prepare=hole("wide.csv", GIB), says="more than the 256 MiB"
    ),
    "sheet of 1 GiB": Attack(
        arguments=importing("a.csv"), prepare=hole("a.csv", GIB), says="more than the 256 MiB"
    ),
    "database of 1 GiB": Attack(
        arguments=importing("a.qda"), prepare=hole("a.qda", GIB, b"SQLite format 3\x00"), says="error: "
    ),
    "codebook of a program, 1 GiB": Attack(
        arguments=importing("a.qdc"), prepare=hole("a.qdc", GIB), says="more than the 256 MiB"
    ),
    "map of coders of 1 GiB": Attack(
        arguments=("merge", "study", "further.csv", "--coder-map", "map.csv"),
        files=lambda: {"further.csv": foreign_files()["further.csv"]},
        prepare=hole("map.csv", GIB),
        says="256 MiB",
    ),
    "replacements of 1 GiB": Attack(
        arguments=("anonymize", "study", "--table", "r.csv", "--into", "copy"),
        prepare=hole("r.csv", GIB),
        says="256 MiB",
    ),
    "100,000 columns in the codings": Attack(
        files=in_study("codings.csv", lambda: WIDE_HEADER), says="100,000 columns"
    ),
    "100,000 columns of participants": Attack(
        files=in_study("participants.csv", lambda: WIDE_HEADER), says="100,000 columns"
    ),
    "100,000 columns in a sheet": Attack(
        arguments=importing("a.csv"),
        files=beside("a.csv", lambda: WIDE_HEADER),
        says="more than 16,384 columns",
    ),
    "100,000 columns in a table": Attack(
        arguments=AGREEMENT, files=beside("wide.csv", lambda: WIDE_HEADER), says="more than 5,000 columns"
    ),
    "20,000 columns in a workbook": Attack(
        arguments=importing("a.xlsx"),
        files=beside("a.xlsx", lambda: wide_sheet(18_278)),
        says="more than 16,384 columns",
    ),
    "20,000 columns in a workbook as table": Attack(
        arguments=("agreement", "a.xlsx", "--ci", "none"),
        files=beside("a.xlsx", lambda: wide_sheet(18_278)),
        says="more than 5,000 columns",
    ),
    "far cells in a workbook": Attack(
        arguments=importing("a.xlsx"), files=beside("a.xlsx", far_cells), says="more than 20,000,000 cells"
    ),
    "far cells in a table": Attack(
        arguments=("agreement", "a.xlsx", "--ci", "none"),
        files=beside("a.xlsx", far_cells),
        says="more than 5,000 columns",
    ),
    # not files
    **{
        f"{kind} as {what}": Attack(
            arguments=arguments,
            prepare=make(name),
            says=says,
            records=name.startswith("study/crm"),
            files=lambda: {n: t.encode() for n, t in BARE.items()},
        )
        for what, name, arguments in (
            ("transcript", "study/transcripts/P1.txt", CHECK),
            ("codings", "study/codings.csv", CHECK),
            ("codebook", "study/codebook.toml", CHECK),
            ("study.toml", "study/study.toml", CHECK),
            ("answers", "study/answers.toml", ("report", "study", "--to", "md")),
            ("a table", "wide.csv", AGREEMENT),
            ("weights", "weights.csv", (*AGREEMENT, "--weights", "weights.csv")),
            ("categories", "categories.txt", (*AGREEMENT, "--categories", "categories.txt")),
            ("a sheet", "a.csv", importing("a.csv")),
            ("a project", "a.qdpx", importing("a.qdpx")),
            ("a database", "a.qda", importing("a.qda")),
            ("template", "t.docx", ("report", "study", "--to", "docx", "--template", "t.docx")),
            ("model", "study/model.toml", ("compare", "study")),
            (
                "protocol",
                "study/protocol.json",
                ("compare", "study", "--resamples", "2", "--bootstrap", "2", "--decoys", "1"),
            ),
            ("events", "study/crm/events.csv", ("crm", "metrics", "study")),
            ("map of columns", "study/crm/columns.toml", ("crm", "metrics", "study")),
            ("links", "study/crm/links.toml", ("crm", "links", "study")),
            ("audit sheet", "study/crm/gap.csv", ("crm", "gap", "study")),
        )
        for kind, make, says in (
            ("pipe", pipe, "error: "),
            ("/dev/zero", lambda name: link(name, "/dev/zero"), "error: "),
            ("folder", directory, "error: "),
            ("circle of links", lambda name: link(name, Path(name).name), "error: "),
        )
        if what != "protocol"
    },
    # archives
    "bomb as Word document": Attack(
        files=in_study("transcripts/P4.docx", lambda: zipped({"word/document.xml": b" " * (80 * 2**20)})),
        says="unpacks to far more",
    ),
    "bomb as OpenDocument": Attack(
        files=in_study("transcripts/P4.odt", lambda: zipped({"content.xml": b" " * (80 * 2**20)})),
        says="unpacks to far more",
    ),
    "bomb as workbook": Attack(
        arguments=importing("a.xlsx"),
        files=beside("a.xlsx", lambda: workbook("<x>" + " " * (80 * 2**20) + "</x>")),
        says="unpacks to far more",
    ),
    "bomb as table": Attack(
        arguments=("agreement", "a.xlsx"),
        files=beside("a.xlsx", lambda: workbook("<x>" + " " * (80 * 2**20) + "</x>")),
        says="unpacks to far more",
    ),
    "bomb as project": Attack(
        arguments=importing("a.qdpx"),
        files=beside("a.qdpx", lambda: zipped({"project.qde": b" " * (80 * 2**20)})),
        says="more than 200 times",
    ),
    "archive in archive": Attack(
        arguments=importing("a.qdpx"), files=beside("a.qdpx", nested), says="holds none"
    ),
    "members upon each other": Attack(
        arguments=importing("a.qdpx"), files=beside("a.qdpx", overlapping), says="error: "
    ),
    "links in a Word document": Attack(
        files=in_study(
            "transcripts/P4.docx", lambda: zipped({"word/document.xml": DOCUMENT, "../../evil": b"x"})
        ),
        says="points outside of it",
    ),
    # XML
    **{
        f"{name} in a {kind}": Attack(arguments=arguments, files=beside(file, make), says=says)
        for name, head in (("billion laughs", BILLION), ("external entity", EXTERNAL))
        for kind, file, arguments, make, says in (
            (
                "Word document",
                "study/transcripts/P4.docx",
                CHECK,
                lambda h=head: zipped({"word/document.xml": with_head(DOCUMENT, h, "&a9;")}),
                "document type",
            ),
            (
                "OpenDocument",
                "study/transcripts/P4.odt",
                CHECK,
                lambda h=head: zipped({"content.xml": with_head(OPEN_DOCUMENT, h, "&a9;")}),
                "document type",
            ),
            (
                "project",
                "a.qdpx",
                importing("a.qdpx"),
                lambda h=head: qdpx(QDE.replace("?>", f"?>{h}", 1).replace('name="p"', 'name="&a9;"')),
                "document type",
            ),
            (
                "codebook",
                "a.qdc",
                importing("a.qdc"),
                lambda h=head: f"{h}<CodeBook>&a9;</CodeBook>".encode(),
                "document type",
            ),
            (
                "workbook",
                "a.xlsx",
                importing("a.xlsx"),
                lambda h=head: workbook(f"{h}<worksheet>&a9;</worksheet>"),
                "document type",
            ),
            (
                "workbook in UTF-16",
                "a.xlsx",
                importing("a.xlsx"),
                lambda h=head: replaced(
                    foreign_files()["a.xlsx"],
                    xl_worksheets_sheet1_xml=f'<?xml version="1.0" encoding="utf-16"?>{h}<worksheet>&a9;</worksheet>'.encode(
                        "utf-16"
                    ),
                ),
                "not UTF-8",
            ),
            (
                "table",
                "a.xlsx",
                ("agreement", "a.xlsx"),
                lambda h=head: workbook(f"{h}<worksheet>&a9;</worksheet>"),
                "document type",
            ),
        )
    },
    "deep Word document": Attack(
        files=in_study(
            "transcripts/P4.docx",
            lambda: zipped({"word/document.xml": DOCUMENT.replace(b"<w:t>cell</w:t>", deep("w:r").encode())}),
        ),
        says="damaged",
    ),
    "deep OpenDocument": Attack(
        files=in_study(
            "transcripts/P4.odt",
            lambda: zipped(
                {
                    "content.xml": OPEN_DOCUMENT.replace(
                        b"<text:p>Why?", b"<text:p>" + deep("text:span").encode()
                    )
                }
            ),
        ),
        says="damaged",
    ),
    "deep project": Attack(
        arguments=importing("a.qdpx"),
        files=beside("a.qdpx", lambda: qdpx(QDE.replace("</Project>", deep("a") + "</Project>"))),
        says="256 deep",
    ),
    "deep workbook": Attack(
        arguments=importing("a.xlsx"),
        files=beside("a.xlsx", lambda: workbook(f"<worksheet>{deep('a')}</worksheet>")),
        says="error: ",
    ),
    "huge attribute in a project": Attack(
        arguments=importing("a.qdpx"),
        files=beside("a.qdpx", lambda: qdpx(QDE.replace('name="p"', f'name="{"x" * 2**23}"'))),
        says="",
        code=0,
        writes=("study/",),
    ),
    "huge attribute in a Word document": Attack(
        files=in_study(
            "transcripts/P4.docx",
            lambda: zipped(
                {
                    "word/document.xml": DOCUMENT.replace(
                        b"<w:body>", b'<w:body a="' + bytes(range(97, 123)) * 2**20 + b'">'
                    )
                }
            ),
        ),
        says="error: ",
    ),
    "deep rich text": Attack(
        files=in_study("transcripts/P4.rtf", lambda: b"{\\rtf1 " + b"{" * 10**6 + b"a" + b"}" * 10**6 + b"}"),
        says="",
        code=0,
    ),
    "tags that never close": Attack(
        files=in_study(
            "transcripts/P7.vtt", lambda: b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"<v " * 60_000
        ),
        says="",
        code=0,
    ),
    "voices of blanks that never end": Attack(
        files=in_study(
            "transcripts/P7.vtt", lambda: b"WEBVTT\n\n00:00.000 --> 00:01.000\nx<v" + b" " * 200_000
        ),
        says="",
        code=0,
    ),
    "marks of style that never close": Attack(
        files=in_study(
            "transcripts/P8.srt", lambda: b"1\n00:00:00,000 --> 00:00:01,000\n" + b"{\\" * 100_000
        ),
        says="",
        code=0,
    ),
    # databases
    "endless view": Attack(
        arguments=importing("a.qda"),
        files=beside("a.qda", lambda: database(QUALCODER_TABLES + ENDLESS_VIEW)),
        says="error: ",
    ),
    "columns that compute": Attack(
        arguments=importing("a.qda"),
        files=beside("a.qda", lambda: database(QUALCODER_TABLES + GENERATED)),
        says="",
        code=0,
        writes=("study/",),
    ),
    "virtual table": Attack(
        arguments=importing("a.qda"),
        files=beside("a.qda", lambda: database(QUALCODER_TABLES + VIRTUAL)),
        says="",
        code=0,
        writes=("study/",),
    ),
    "trigger": Attack(
        arguments=importing("a.qda"),
        files=beside("a.qda", lambda: database(QUALCODER_TABLES + TRIGGER)),
        says="",
        code=0,
        writes=("study/",),
    ),
    # tables and TOML
    "NUL in the codings": Attack(
        files=in_study("codings.csv", lambda: b"interview,start,end,coder,code\nP1,0,1,a\0,slow\n"),
        says="not a CSV table",
    ),
    "NUL in a table": Attack(
        arguments=AGREEMENT, files=beside("wide.csv", lambda: b"unit,a,b\nu1,x\0,y\n"), says="NUL"
    ),
    "NUL in a sheet": Attack(
        arguments=importing("a.csv"),
        files=beside("a.csv", lambda: b"interview,code,quote,coder\nP1,a\0,b,c\n"),
        says="NUL",
    ),
    "NUL in a name": Attack(
        files=in_study("study.toml", lambda: b'[study]\nid = "x"\n[codings]\nfiles = ["a\\u0000b.csv"]\n'),
        says="NUL",
    ),
    "open quotation mark in the header": Attack(
        files=in_study("codings.csv", lambda: b'interview,"start,end\nP1,1,2\n'), says="not CSV"
    ),
    "deep TOML": Attack(
        files=in_study("study.toml", lambda: b"a = " + b"[" * 10**6 + b"]" * 10**6), says="deep in each other"
    ),
    "TOML of 300 levels": Attack(
        files=in_study("codebook.toml", lambda: b"a = " + b"[" * 300 + b"]" * 300), says="deep in each other"
    ),
    "number of 100,000 digits in TOML": Attack(
        files=in_study("study.toml", lambda: b"a = " + b"9" * 10**5), says="too many digits"
    ),
    "deep JSON": Attack(
        arguments=("compare", "study"),
        files=in_study("protocol.json", lambda: b"[" * 10**6),
        says="deep in each other",
    ),
    "chain of 5,000 parents": Attack(
        files=in_study(
            "codebook.toml",
            lambda: (
                study_files()["study/codebook.toml"]
                + "".join(f'\n[[codes]]\nid = "c{at}"\nparent = "c{at + 1}"\n' for at in range(5000)).encode()
                + b'[[codes]]\nid = "c5000"\n'
            ),
        ),
        says="codes deep in the tree",
    ),
    "garbage as Parquet": Attack(
        arguments=("agreement", "a.parquet"),
        files=beside("a.parquet", lambda: b"PAR1" + bytes(range(256)) * 40 + b"PAR1"),
        says="not a table that can be read",
    ),
    "garbage as Parquet records": Attack(
        arguments=("crm", "metrics", "a.parquet"),
        files=beside("a.parquet", lambda: b"PAR1" + bytes(range(256)) * 40 + b"PAR1"),
        says="error: ",
    ),
    "names of 100,000 characters": Attack(
        files=lambda: {
            "study/codebook.toml": study_files()["study/codebook.toml"]
            + f'\n[[codes]]\nid = "{LONG}a"\n'.encode(),
            "study/codings.csv": study_files()["study/codings.csv"] + f"P1,0,5,sara,{LONG}b,,,,\n".encode(),
        },
        says="is not in the codebook",
    ),
}
