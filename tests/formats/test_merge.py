"""Merging: the demo's coders from three programs are the study again; nothing lost, order irrelevant."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qualcoder_builder import QualCoderFile
from taguette_builder import TaguetteFile

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.existing import existing_study, texts_by_name
from omnistudy.formats.merging.merge import MergePlan, merge
from omnistudy.formats.merging.realign import realignment
from omnistudy.formats.merging.result import MergeResult
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.registry import read_project
from omnistudy.results import Provenance
from omnistudy.study.load import load_study
from omnistudy.study.model import Coding, Study

PROVENANCE = Provenance(version="0", command="merge", seed=None, inputs=(), synthetic=True)
ROUND = "independent"


def keys(study: Study) -> Counter[tuple[str, int, int, str, str, str]]:
    return Counter(key(coding) for coding in study.codings)


def key(coding: Coding) -> tuple[str, int, int, str, str, str]:
    place = coding.quotation
    return place.interview, place.start, place.end, coding.coder, coding.code, coding.round


def codings_of(study: Study, coder: str) -> list[Coding]:
    return [coding for coding in study.codings if coding.coder == coder]


def as_taguette(study: Study, coder: str, path: Path) -> Path:
    codes = sorted({coding.code for coding in codings_of(study, coder)})
    file = TaguetteFile(
        documents=[(f"{each.id}.txt", f"<p>{_escaped(each.text)}</p>") for each in study.interviews],
        tags=[(code, "") for code in codes],
    )
    numbers = {each.id: at for at, each in enumerate(study.interviews, start=1)}
    for coding in codings_of(study, coder):
        place = coding.quotation
        text = study.interview[place.interview].text
        start, end = (len(text[:at].encode()) for at in (place.start, place.end))
        snippet = f"<p>{_escaped(text[place.start : place.end])}</p>"
        file.highlights.append(
            (numbers[place.interview], start, end, snippet, (codes.index(coding.code) + 1,))
        )
    return file.write(path)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_qualcoder(study: Study, coder: str, path: Path) -> Path:
    codes = sorted({coding.code for coding in codings_of(study, coder)})
    file = QualCoderFile(
        sources=[(each.id, each.text) for each in study.interviews], codes=[(code, None) for code in codes]
    )
    numbers = {each.id: at for at, each in enumerate(study.interviews, start=1)}
    for coding in codings_of(study, coder):
        place = coding.quotation
        words = study.passage(place)
        file.codings.append(
            (codes.index(coding.code) + 1, numbers[place.interview], words, place.start, place.end, coder, "")
        )
    return file.write(path)


def as_table(study: Study, coder: str, path: Path) -> Path:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["code", "coder", "interview", "end", "start", "quote"])
    for coding in codings_of(study, coder):
        place = coding.quotation
        writer.writerow([coding.code, coder, place.interview, place.end, place.start, study.passage(place)])
    path.write_text("\ufeff" + out.getvalue(), encoding="utf-8")
    return path


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """The demo with its consensus only."""
    folder = tmp_path / "interviews" / "demo"
    shutil.copytree(demo, folder)
    shutil.copytree(demo.parent.parent / "codebooks", tmp_path / "codebooks")
    rows = (folder / "codings.csv").read_text(encoding="utf-8").split("\n")
    text = (folder / "codings.csv").read_text(encoding="utf-8")
    table = list(csv.DictReader(io.StringIO(text)))
    with (folder / "codings.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].strip().split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in table if row["coder"] == "consensus")
    return folder


def three_files(study: Study, folder: Path) -> list[tuple[Path, str | None]]:
    folder.mkdir(exist_ok=True)
    return [
        (as_taguette(study, "c1", folder / "one.sqlite3"), "c1"),
        (as_qualcoder(study, "c2", folder / "two.qda" / "data.qda"), None),
        (as_table(study, "c3", folder / "three.csv"), None),
    ]


def read_all(files: Sequence[tuple[Path, str | None]], study: Path) -> list[ImportedProject]:
    texts = texts_by_name(existing_study(study))
    return [read_project(path, coder, ReadOptions(texts=texts)) for path, coder in files]


def write(folder: Path, merged: MergePlan) -> None:
    for name, data in merged.plan.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_the_demos_coders_from_three_programs_are_the_study_again(
    demo: Path, copied: Path, tmp_path: Path
) -> None:
    original = load_study(demo)
    projects = read_all(three_files(original, tmp_path / "files"), copied)
    assert [project.format for project in projects] == ["Taguette", "QualCoder", "codings table"]
    merged = merge(projects, existing_study(copied), coding_round=ROUND)
    write(copied, merged)
    again = load_study(copied)
    assert keys(again) == keys(original)
    assert again.quotes_checked == len(original.codings)
    kept = merged.conservation
    assert (kept.given, kept.held, kept.duplicates, kept.refused) == (779, 779, 0, 0)
    assert merged.plan.added["codes"] == 0
    assert set(merged.plan.files) <= {"codings.csv", "memos.csv"}
    payload = MergeResult(plan=merged.plan, merged=merged, provenance=PROVENANCE).payload()
    assert payload["verified"]["exact"] == 779  # type: ignore[index]
    assert {"read", "added", "verified", "left_out", "dialect"} <= payload.keys()
    # once more changes nothing
    second = merge(projects, existing_study(copied), coding_round=ROUND)
    assert second.plan.files == {}
    assert second.conservation.given == second.conservation.held == 779


def test_the_order_of_the_files_is_irrelevant(demo: Path, copied: Path, tmp_path: Path) -> None:
    projects = read_all(three_files(load_study(demo), tmp_path / "files"), copied)
    plans = [merge(order, existing_study(copied)).plan for order in permutations(projects)]
    assert all(plan == plans[0] for plan in plans)


def small_study(folder: Path, text: str) -> Path:
    (folder / "transcripts").mkdir(parents=True)
    (folder / "transcripts" / "P1.txt").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(
        '[study]\nid = "s"\nlanguage = "fa"\n[codings]\nfiles = ["codings.csv"]\n[analysis]\ncodings = "any"\n',
        encoding="utf-8",
    )
    (folder / "codings.csv").write_text(
        "interview,start,end,coder,code\nP1,0,4,Sara,trust\n", encoding="utf-8"
    )
    return folder


TEXT = "علی به شعبه رفت و صف را دید 😀.\n" * 6 + "بانک می\u200cگوید فردا بیایید.\nپایان کار همین بود."


def one_project(path: Path, text: str, *marks: tuple[str, str], owner: str = "reza") -> ImportedProject:
    file = QualCoderFile(sources=[("P1.docx", text)], codes=[("trust", None), ("wait", None)])
    for words, code in marks:
        file.code(1, 1 if code == "trust" else 2, words, owner)
    return read_project(file.write(path))


def test_another_version_of_a_text_is_realigned(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", TEXT)
    theirs = "عنوان\n" + TEXT.replace("پایان کار", "پایانِ کار")
    project = one_project(
        tmp_path / "a.qda", theirs, ("می\u200cگوید فردا", "wait"), ("کار همین بود.", "trust")
    )
    merged = merge([project], existing_study(study))
    write(study, merged)
    loaded = load_study(study)
    assert {loaded.passage(coding.quotation) for coding in loaded.codings if coding.coder == "reza"} == {
        "می\u200cگوید فردا",
        "کار همین بود.",
    }
    assert [source.how for source in merged.sources] == ["realigned"]
    assert 0.95 < merged.sources[0].similarity < 1
    assert merged.plan.checks == {"shifted": 2}


def test_a_different_text_of_the_same_name_is_refused(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", TEXT)
    project = one_project(tmp_path / "a.qda", "متن دیگری که هیچ ربطی ندارد", ("دیگری", "wait"))
    with pytest.raises(StudyError, match="95% are needed"):
        merge([project], existing_study(study))


def test_two_new_versions_of_one_text_become_one_interview(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", "چیز دیگر")
    first = one_project(tmp_path / "a.qda", TEXT, ("پایان کار", "wait"))
    file = QualCoderFile(sources=[("P9", TEXT), ("P1.docx", TEXT + "!")], codes=[("wait", None)])
    file.code(2, 1, "پایان کار", "mina")
    second = read_project(file.write(tmp_path / "b.qda"))
    for order in ([first, second], [second, first]):
        with pytest.raises(StudyError, match="different texts"):
            merge(order, existing_study(study))
    (study / "transcripts" / "P1.txt").rename(study / "transcripts" / "Q.txt")
    (study / "codings.csv").write_text("interview,start,end,coder,code\n", encoding="utf-8")
    merged = merge([second, first], existing_study(study))
    assert merged.conservation.held == 2
    assert merged == merge([first, second], existing_study(study))


@pytest.mark.parametrize("name", ["default", "Admin", " "])
def test_stock_names_are_never_united(tmp_path: Path, name: str) -> None:
    study = small_study(tmp_path / "study", TEXT)
    with pytest.raises(StudyError, match="does not say who coded"):
        one_project(tmp_path / "a.qda", TEXT, ("پایان کار", "wait"), owner=name)
    project = read_project(tmp_path / "a.qda", "reza")
    assert merge([project], existing_study(study)).coders[0].coder == "reza"


def test_people_are_known_by_name_and_by_the_alias_table(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", TEXT)
    project = one_project(tmp_path / "a.qda", TEXT, ("پایان کار", "wait"), owner="SARA")
    merged = merge([project], existing_study(study))
    assert [(row.coder, row.how) for row in merged.coders] == [("Sara", "same")]
    merged = merge([project], existing_study(study), aliases={("a.qda", "SARA"): "mina"})
    assert [(row.coder, row.how) for row in merged.coders] == [("mina", "listed")]


def test_exact_duplicates_are_counted_and_conflicts_listed(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", TEXT)
    first = one_project(tmp_path / "a.qda", TEXT, ("پایان کار", "wait"))
    file = QualCoderFile(
        sources=[("P1", TEXT)], categories=[("time", None)], codes=[("trust", None), ("wait", 1)]
    )
    file.code(1, 1, "پایان کار", "reza")
    file.code(1, 1, "پایان کار", "reza")
    second = read_project(file.write(tmp_path / "b.qda"))
    merged = merge([first, second], existing_study(study))
    assert merged.conservation.given == 3
    assert merged.conservation.held + merged.conservation.duplicates == 3
    assert merged.conservation.duplicates == 1
    assert [(conflict.code, "several places" in str(conflict.what)) for conflict in merged.conflicts] == [
        ("wait", True)
    ]


@settings(max_examples=60, deadline=None)
@given(st.text("ab \nعل😀", max_size=80), st.data())
def test_realignment_carries_what_both_texts_share(old: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(old)))
    base = old + "یک متن بلند که در هر دو هست\n" * 20
    new = base[:at] + data.draw(st.text("abc ", max_size=4)) + base[at:]
    found = realignment(base, new)
    assert all(base[a : a + n] == new[b : b + n] for a, b, n in found.blocks)
    start = data.draw(st.integers(0, len(base) - 1))
    end = data.draw(st.integers(start + 1, len(base)))
    span = found.span(start, end)
    if found.similarity >= 0.95 and span is not None and not start < at < end:
        assert len(new[slice(*span)]) >= len(base[start:end]) - 4
