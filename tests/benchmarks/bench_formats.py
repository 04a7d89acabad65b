"""How long an import of a large .qdpx takes, and how much memory: run me as a script.

    python tests/benchmarks/bench_formats.py [SOURCES CODINGS]

A project of 1,000 Persian documents with 200,000 codings of two coders is written to a temporary folder
and imported into an empty study in a process of its own. The limits are 20 s and 1 GB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

SOURCES, CODINGS = 1_000, 200_000
SECONDS, MEGABYTES = 20.0, 1_000.0
SENTENCE = "مشتری می\u200cگوید دستگاه شعبه خراب بود و کسی پاسخ نداد 😀. "


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


def write(path: Path, sources: int, codings: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("project.qde", "w") as stream:
            for element in elements(sources, codings):
                stream.write(element.encode())
        for source in range(sources):
            archive.writestr(f"sources/{source}.txt", text_of(source))


def imported(path: Path, folder: Path) -> dict[str, float]:
    from omnistudy.cli.files import write_all
    from omnistudy.formats.existing import existing_study
    from omnistudy.formats.into_study import into_study
    from omnistudy.formats.registry import read_project
    from omnistudy.study.scaffold import new_study

    write_all({folder / name: data for name, data in new_study("bench", "fa").items()})
    began = time.perf_counter()
    project = read_project(path)
    read = time.perf_counter() - began
    plan = into_study([project], existing_study(folder))
    write_all({folder / name: data for name, data in plan.files.items()})
    return {
        "read_s": read,
        "import_s": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "codings": plan.added["codings"],
        "interviews": plan.added["interviews"],
    }


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--import"]:
        sys.stdout.write(json.dumps(imported(Path(arguments[1]), Path(arguments[2]))))
        return 0
    sources, codings = map(int, arguments) if arguments else (SOURCES, CODINGS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.qdpx"
        write(path, sources, codings)
        command = [sys.executable, __file__, "--import", str(path), str(Path(folder) / "study")]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    sys.stdout.write("".join(f"{key}: {value:,.1f}\n" for key, value in found.items()))
    within = found["import_s"] <= SECONDS and found["peak_mb"] <= MEGABYTES and found["codings"] == codings
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
