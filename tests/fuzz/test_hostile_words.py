"""Words that would steer a terminal, turn a line round or break an XML file, in every place of a study.

None reaches standard output or standard error raw, none a page, a Word document or a workbook.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fuzz_judge import Case, run, verdict
from fuzz_material import SECRET, study_files
from fuzz_targets import REPORT, STUDY_COMMANDS, STUDY_WRITES

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="limits are set as Linux sets them"
)

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\u2066\x9b1m\x0b\x7f\ufffe\u2028"
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]")
IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\ufffe\uffff]")
"""In an archive DEL and the C1 controls may stand: they are XML, and no terminal reads it."""
QUICK = frozenset({"check", "codes", "agreement"})


def hostile_study() -> Mapping[str, bytes]:
    """The study with hostile words in names of coders, labels, cells, attributes, memos and a coded passage."""
    files = {name: data.decode() for name, data in study_files().items()}
    escaped = HOSTILE.encode("unicode_escape").decode().replace("\\x", "\\u00")
    for name, text in files.items():
        if name.endswith(".csv"):
            files[name] = (
                text.replace("reza", f"re{HOSTILE}za").replace("south", f"so{HOSTILE}uth").replace("it takes long", HOSTILE)
                .replace("Long text", f"Long {HOSTILE} text").replace("A thought", f"A {HOSTILE} thought")
                .replace("The slower the longer", f"The slower {HOSTILE}").replace("audit trail", f"audit {HOSTILE} trail")
            )  # fmt: skip
        elif name.endswith(".toml"):
            files[name] = text.replace('"reza"', f'"re{escaped}za"').replace('"Trust"', f'"Tr{escaped}ust"').replace(
                "takes long", f"takes {escaped}"
            ).replace("A small study", f"A {escaped} study").replace("Two of the", f"Two {escaped}")  # fmt: skip
    place = "study/transcripts/P3.txt"
    files[place] += f"P3: A word {HOSTILE} that was said.\n"
    start = files[place].index("A word")
    end = files[place].index(" said.")
    files["study/codings.csv"] += "".join(
        f"P3,{start},{end},{coder},{code},,{round_},2025-02-03,{HOSTILE}\n"
        for coder, code, round_ in (
            ("sara", "slow", "independent"),
            ("consensus", "slow", "consensus"),
            (f"re{HOSTILE}za", "trust", "independent"),
        )
    )
    return {name: text.encode() for name, text in files.items()} | {
        "replacements.csv": b"find,replace\nclerk,x\n",
        "out/x": b"",
    }


COMMANDS = [
    command
    if command[0] in QUICK and "json" not in command
    else pytest.param(command, marks=pytest.mark.slow)
    for command in (*STUDY_COMMANDS, *REPORT)
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_hostile_words_are_shown_and_not_obeyed(command: tuple[str, ...], tmp_path: Path) -> None:
    case = Case(arguments=command, files=hostile_study(), writes=STUDY_WRITES)
    ran = run(case, tmp_path / "x")
    assert verdict(case, ran) == []
    assert ran.code == 0
    for name, data in ran.after.items():
        if name not in ran.before and name.endswith((".html", ".md", ".svg", ".docx", ".xlsx")):
            assert raw_signs(name, data) == []


def raw_signs(name: str, data: bytes) -> list[str]:
    """What stands raw in a document: in a page or text as it is, in an archive in each XML member."""
    if name.endswith((".html", ".md", ".svg")):
        return [f"{name}: {sign!r}" for sign in set(RAW.findall(data.decode()))]
    from lxml import etree

    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if member.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(member))
                found += [
                    f"{member}: {sign!r}" for sign in set(IN_XML.findall(archive.read(member).decode()))
                ]
    return found


def test_the_words_are_hostile() -> None:
    """The study under test holds them, else nothing was tested."""
    files = hostile_study()
    assert sum(HOSTILE.encode() in data for data in files.values()) >= 6
    assert SECRET["P1"].encode() in files["study/transcripts/P1.txt"]
