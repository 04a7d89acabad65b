"""Import of a large .qdpx beside pyrefiqda, and the merge of ten coders' databases. Run by run.py.

pyrefiqda only reads the project into its classes; the import also checks every coding against its text
and writes a study.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

from comparing import Target, Task
from measure import Job, Work

SOURCES, CODINGS = 1_000, 200_000
SENTENCE = "مشتری می\u200cگوید دستگاه شعبه خراب بود و کسی پاسخ نداد 😀. "

CODERS = 10
CODINGS_OF_EACH = 20_000
INTERVIEWS = 100
CODES = 150
WORDS = (
    *("بانک", "شعبه", "صف", "کارمند", "برنامه", "گوشی", "اعتماد", "می\u200cروم"),
    *("همیشه", "گاهی", "پیامک", "قسط", "وام", "مشتری", "خواهر", "شهر"),
)


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def text_of(source: int) -> str:
    return "\n".join(f"P{source}: {SENTENCE}{at}" for at in range(100))


def elements(sources: int, codings: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="b" origin="omnistudy">'
    yield "<Users>" + "".join(f'<User guid="{guid(each)}" name="{each}"/>' for each in "ab") + "</Users>"
    yield "<CodeBook><Codes>"
    yield from (f'<Code guid="{guid(f"code{at}")}" name="code {at}" isCodable="true"/>' for at in range(200))
    yield "</Codes></CodeBook><Sources>"
    each = codings // sources
    for source in range(sources):
        text = text_of(source)
        yield f'<TextSource guid="{guid(f"s{source}")}" name="S{source}" plainTextPath="internal://{source}.txt">'
        step = (len(text) - 60) // each
        for at in range(each):
            start = at * step
            name = " ".join(text[start : start + 40].split())
            yield (
                f'<PlainTextSelection guid="{guid(f"q{source}-{at}")}" name="{name}" startPosition="{start}"'
                f' endPosition="{start + 40}" creatingUser="{guid("a")}" creationDateTime="2024-01-01T00:00:00Z">'
                f'<Coding guid="{guid(f"c{source}-{at}")}" creatingUser="{guid("ab"[at % 2])}"'
                f' creationDateTime="2024-01-01T00:00:00Z"><CodeRef targetGUID="{guid(f"code{at % 200}")}"/></Coding>'
                "</PlainTextSelection>"
            )
        yield "</TextSource>"
    yield "</Sources></Project>"


def write_project(path: Path, sources: int, codings: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("project.qde", "w") as stream:
            for element in elements(sources, codings):
                stream.write(element.encode())
        for source in range(sources):
            archive.writestr(f"sources/{source}.txt", text_of(source))


def interview(number: int) -> str:
    chance = random.Random(number)
    return "".join(
        " ".join(chance.choices(WORDS, k=12)) + ("؟\r\n" if at % 3 else "😀.\r\n") for at in range(400)
    )


def database(path: Path, coder: int, texts: list[str], codings: int) -> Path:
    chance = random.Random(1000 + coder)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT)")
        db.execute("CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER)")
        db.execute("CREATE TABLE code_text (cid, fid, seltext, pos0, pos1, owner, date, memo)")
        # every coder has another version of a tenth of the texts
        mine = [f"مصاحبه\r\n{text}" if at % 10 == coder else text for at, text in enumerate(texts)]
        db.executemany(
            "INSERT INTO source VALUES (?, ?, ?)",
            [(at, f"P{at:03}.txt", text) for at, text in enumerate(mine)],
        )
        db.executemany(
            "INSERT INTO code_name VALUES (?, ?, '', NULL)", [(at, f"code {at}") for at in range(CODES)]
        )
        for _ in range(codings):
            source = chance.randrange(INTERVIEWS)
            start = chance.randrange(10, len(mine[source]) - 200)
            end = start + chance.randrange(20, 180)
            row = (
                chance.randrange(CODES),
                source,
                mine[source][start:end],
                start,
                end,
                f"coder {coder}",
                "",
                "",
            )
            db.execute("INSERT INTO code_text VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return path


def _empty_study(folder: Path) -> None:
    from omnistudy.cli.files import write_all
    from omnistudy.study.scaffold import new_study

    write_all({folder / name: data for name, data in new_study("bench", "fa").items()})


def imported(path: Path) -> int:
    """Read a project and write it into an empty study; return its codings."""
    from omnistudy.cli.files import write_all
    from omnistudy.formats.into_study.existing import existing_study
    from omnistudy.formats.into_study.growth import into_study
    from omnistudy.formats.registry import read_project

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _empty_study(folder)
        plan = into_study([read_project(path)], existing_study(folder))
        write_all({folder / file: data for file, data in plan.files.items()})
    return int(plan.added["codings"])


def read(path: Path) -> int:
    """Only read a project; return its codings."""
    from omnistudy.formats.registry import read_project

    return len(read_project(path).codings)


def read_by_pyrefiqda(path: Path) -> int:
    """Read a project into the classes of pyrefiqda; return its codings."""
    from pyrefiqda import RefiProject  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as name:
        project = RefiProject.load(path, extract_dir=name)
    sources = project.sources.text_source
    return sum(len(part.coding) for source in sources for part in source.plain_text_selection)


def merged(folder: Path) -> int:
    """Read and merge the databases of a folder into its study; return the codings held."""
    from omnistudy.formats.into_study.existing import existing_study
    from omnistudy.formats.merging.merge import merge
    from omnistudy.formats.registry import read_project

    projects = [read_project(path) for path in sorted(folder.glob("*.qda"))]
    return int(merge(projects, existing_study(folder / "study")).conservation.held)


JOBS: Mapping[str, Job] = {
    "imported": lambda data: lambda: imported(data),
    "read": lambda data: lambda: read(data),
    "pyrefiqda": lambda data: lambda: read_by_pyrefiqda(data),
    "merged": lambda data: lambda: merged(data),
}


def tasks(scratch: Path, scale: float, peers: Path | None) -> Iterator[Task]:
    """Yield the tasks; their data are written to ``scratch`` when they are reached."""
    sources, codings = max(2, int(SOURCES * scale)), max(400, int(CODINGS * scale))
    project = scratch / "large.qdpx"
    write_project(project, sources, codings)
    theirs = None if peers is None else Work(job="bench_formats:pyrefiqda", data=project, python=peers)
    size = f".qdpx of {sources:,} documents and {codings:,} codings"
    yield Task(
        name=f"read a {size}",
        ours=Work(job="bench_formats:read", data=project),
        peer="pyrefiqda",
        theirs=theirs,
    )
    yield Task(
        name=f"import a {size}",
        ours=Work(job="bench_formats:imported", data=project),
        target=Target(seconds=20, megabytes=1000),
    )
    _empty_study(scratch / "study")
    each = max(100, int(CODINGS_OF_EACH * scale))
    texts = [interview(number) for number in range(INTERVIEWS)]
    for number, text in enumerate(texts):
        file = scratch / "study" / "transcripts" / f"P{number:03}.txt"
        file.write_text(text, encoding="utf-8", newline="")
    for coder in range(CODERS):
        database(scratch / f"{coder}.qda", coder, texts, each)
    yield Task(
        name=f"merge {CODERS} coders' databases, {CODERS * each:,} codings",
        ours=Work(job="bench_formats:merged", data=scratch),
        target=Target(seconds=60),
    )
