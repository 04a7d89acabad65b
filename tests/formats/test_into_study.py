"""Imported projects and a study: what is new, what is known, and that nothing is lost between."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from taguette_builder import TEXT_1, TEXT_2, TaguetteFile, small_project

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.codes import CodeMatcher
from omnistudy.formats.into_study.csv_text import CsvText, parse_csv
from omnistudy.formats.into_study.existing import existing_study
from omnistudy.formats.into_study.growth import into_study
from omnistudy.formats.into_study.plan import ImportPlan
from omnistudy.formats.into_study.result import ImportResult
from omnistudy.formats.into_study.stored_texts import file_of, storable
from omnistudy.formats.reading.imported import (
    ImportedCode,
    ImportedCoding,
    ImportedMemo,
    ImportedProject,
    ImportedQuotation,
    ImportedSource,
)
from omnistudy.formats.reading.interview_ids import safe_id
from omnistudy.formats.registry import read_project
from omnistudy.results import Provenance
from omnistudy.study.load import load_study
from omnistudy.study.scaffold import new_study
from omnistudy.text.canonical import canonical_text

PROVENANCE = Provenance(version="0", command="import", seed=None, inputs=(), synthetic=False)


def write(folder: Path, files: object) -> None:
    assert hasattr(files, "items")
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def bring_in(folder: Path, *projects: ImportedProject) -> ImportPlan:
    plan = into_study(projects, existing_study(folder))
    write(folder, plan.files)
    return plan


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    write(folder, new_study("study", "fa"))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> ImportedProject:
    return read_project(small_project().write(tmp_path / "sara.sqlite3"), "sara")


def test_a_project_becomes_a_study_that_loads(study: Path, project: ImportedProject) -> None:
    plan = bring_in(study, project)
    assert plan.settings == ()
    loaded = load_study(study)
    assert [(interview.id, interview.order, interview.text) for interview in loaded.interviews] == [
        ("P2-app", 1, TEXT_2),
        ("مصاحبه-۱", 2, TEXT_1),
    ]
    assert len(loaded.codings) == loaded.quotes_checked == 9
    assert {code.id: str(code.definition.in_language("fa")) for code in loaded.codebook}[
        "waiting"
    ] == "time goes by"
    assert loaded.memos[0].text == "What the project is about"
    rows = rows_of(study / "codings.csv")
    assert list(rows[0].values()) == [
        "P2-app", "4", "20", "sara", "waiting", "The app is slow.", "", "", "", "sara.sqlite3#4"
    ]  # fmt: skip
    assert [(row["interview"], int(row["start"])) for row in rows] == sorted(
        (row["interview"], int(row["start"])) for row in rows
    )
    assert [row["original_name"] for row in rows_of(study / "participants.csv")] == [
        "P2 app.txt",
        "مصاحبه ۱.odt",
    ]
    assert [row["start"] for row in rows_of(study / "quotations.csv")] == ["0"]


def test_the_same_file_again_changes_nothing(study: Path, project: ImportedProject) -> None:
    bring_in(study, project)
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    again = bring_in(study, project)
    assert again.files == {}
    assert set(again.added.values()) == {0}
    assert again.known == {"interviews": 2, "codes": 3, "codings": 9, "memos": 1}
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before
    assert "nothing to add" in str(ImportResult(plan=again, provenance=PROVENANCE).summary)


def test_the_plan_does_not_depend_on_when_it_is_made(study: Path, project: ImportedProject) -> None:
    assert into_study([project], existing_study(study)) == into_study([project], existing_study(study))


def test_a_second_coders_file_joins_the_first(study: Path, project: ImportedProject, tmp_path: Path) -> None:
    other = small_project()
    other.tags = [
        ("Trust ", "again"),
        ("كانال: شعبه", ""),
        ("new code", "only here"),
    ]  # ك of the Arabic keyboard
    both = [project, read_project(other.write(tmp_path / "reza.sqlite3"), "reza")]
    plan = bring_in(study, *both)
    loaded = load_study(study)
    assert len(loaded.interviews) == 2
    assert {coder.id for coder in loaded.coders} == {"sara", "reza"}
    assert [code.id for code in loaded.codebook] == ["waiting", "کانال: شعبه", "trust", "new code"]
    assert plan.added["codings"] == 18
    assert plan.codings_by["reza", "trust"] == 4
    # one after the other gives the same study as both at once
    apart = tmp_path / "apart"
    write(apart, new_study("study", "fa"))
    for one in both:
        bring_in(apart, one)
    for name in ("codings.csv", "codebook.csv", "participants.csv", "quotations.csv"):
        assert (apart / name).read_bytes() == (study / name).read_bytes()


def test_a_study_that_grew_keeps_its_rows_and_its_order(study: Path, project: ImportedProject) -> None:
    write(
        study,
        {
            "transcripts/P1.txt": "I trust the clerk.\n",
            "participants.csv": "interview;date;order;age\nP1;2025-01-01;3;40\n",
            "codebook.csv": "code;name;parent;color\nfaith;Trust;;red\ntrust;trust;faith;\n",
            "codings.csv": 'interview,start,end,coder,code,certainty\nP1,2,7,reza,trust,"high, sure"\n',
        },
    )
    plan = bring_in(study, project)
    assert rows_of(study / "participants.csv")[0]["age"] == "40"
    assert [row["order"] for row in rows_of(study / "participants.csv")] == ["3", "4", "5"]
    codes = rows_of(study / "codebook.csv")
    assert [code["id"] for code in codes] == ["faith", "trust", "waiting", "کانال: شعبه"]
    assert codes[0]["color"] == "red"
    assert codes[2]["definition"] == "time goes by"
    coding = rows_of(study / "codings.csv")[0]
    assert (coding["certainty"], coding["quote"]) == ("high, sure", "")
    assert plan.known["codes"] == 1
    assert len(load_study(study).codings) == 10


def test_a_text_that_the_study_has_is_found_under_any_name_and_format(
    study: Path, project: ImportedProject
) -> None:
    write(study, {"transcripts/earlier.txt": "\ufeff" + TEXT_2.replace("\n", "\r\n")})
    plan = bring_in(study, project)
    assert [name for name in plan.files if name.startswith("transcripts/")] == ["transcripts/مصاحبه-۱.txt"]
    assert plan.known["interviews"] == 1
    assert {row["interview"] for row in rows_of(study / "codings.csv")} == {"earlier", "مصاحبه-۱"}


def test_another_text_under_the_same_name_is_refused(study: Path, project: ImportedProject) -> None:
    write(study, {"transcripts/p2-APP.txt": "another text"})
    with pytest.raises(StudyError, match=r"another text under the name of the document 'P2 app\.txt'"):
        into_study([project], existing_study(study))


SHARED = """
[[codes]]
id = "trust"
label = { en = "Trust", fa = "اعتماد" }
definition = { fa = "تکیه بر آدم‌ها" }
role = "context"
properties = [{ name = "strength", low = "low", high = "high" }]
"""


def test_a_shared_codebook_is_never_changed(study: Path, project: ImportedProject, tmp_path: Path) -> None:
    write(tmp_path, {"shared/book.toml": SHARED})
    settings = (study / "study.toml").read_text(encoding="utf-8")
    write(study, {"study.toml": settings.replace('"codebook.csv"', '"../shared/book.toml"')})
    (study / "codebook.csv").unlink()
    plan = bring_in(study, project)
    assert (tmp_path / "shared" / "book.toml").read_text(encoding="utf-8") == SHARED
    assert plan.settings == ("[codebook]", 'file = "codebook.csv"')
    assert "lacks waiting, کانال: شعبه" in str(plan.warnings[-1])
    rows = rows_of(study / "codebook.csv")
    assert [row["id"] for row in rows] == ["trust", "waiting", "کانال: شعبه"]
    assert (rows[0]["label"], rows[0]["label_en"], rows[0]["role"]) == ("اعتماد", "Trust", "context")
    again = bring_in(study, project)
    assert again.files == {}
    assert again.settings == plan.settings
    write(study, {"study.toml": settings})
    assert load_study(study).codebook["trust"].properties[0].high.in_language("fa") == "high"
    assert len(load_study(study).codings) == 9


@pytest.mark.parametrize(
    "book", [SHARED, SHARED.replace("[[codes]]", "[[code]]"), '[codes.trust]\nlabel = "Trust"\n']
)
def test_a_toml_codebook_of_the_study_grows_as_toml(study: Path, project: ImportedProject, book: str) -> None:
    settings = (study / "study.toml").read_text(encoding="utf-8").replace('"codebook.csv"', '"book.toml"')
    write(study, {"study.toml": settings, "book.toml": book})
    bring_in(study, project)
    grown = (study / "book.toml").read_text(encoding="utf-8")
    assert grown.startswith(book.rstrip("\n"))
    tomllib.loads(grown)
    assert [code.id for code in load_study(study).codebook] == ["trust", "waiting", "کانال: شعبه"]
    assert bring_in(study, project).files == {}


def test_a_bare_study_is_told_what_to_add(tmp_path: Path, project: ImportedProject) -> None:
    folder = tmp_path / "bare"
    write(
        folder,
        {
            "study.toml": '[study]\nid = "bare"\n[codings]\nfiles = ["old.csv", { file = "b.csv", coder = "b" }]\n'
        },
    )
    write(
        folder,
        {
            "transcripts/.keep": "",
            "old.csv": "interview,start,end,coder,code\n",
            "b.csv": "interview,start,end,code\n",
        },
    )
    plan = bring_in(folder, project)
    added = tomllib.loads("\n".join(plan.settings))
    assert added == {
        "interviews": {"attributes": "participants.csv"},
        "codings": {"files": ["old.csv", {"file": "b.csv", "coder": "b"}, "codings.csv"]},
        "codebook": {"file": "codebook.csv"},
        "theory": {"memos": "memos.csv"},
    }


def test_a_coding_in_another_table_of_the_study_is_known(study: Path, project: ImportedProject) -> None:
    bring_in(study, project)
    rows = (study / "codings.csv").read_bytes()
    settings = (study / "study.toml").read_text(encoding="utf-8").replace('["codings.csv"]', '["all.csv"]')
    (study / "codings.csv").unlink()
    write(study, {"all.csv": rows, "study.toml": settings})
    assert bring_in(study, project).files == {}


@pytest.mark.parametrize("setting", ['attributes = "../people.csv"', 'transcripts = "../texts"'])
def test_nothing_is_written_outside_the_study(study: Path, tmp_path: Path, setting: str) -> None:
    write(tmp_path, {"people.csv": "interview,date,order\n", "texts/P1.txt": "a"})
    write(study, {"study.toml": f'[study]\nid = "s"\n[interviews]\n{setting}\n'})
    with pytest.raises(StudyError, match="outside the study"):
        existing_study(study)


def neutral(
    texts: list[str], spans: list[tuple[int, int, int]], codings: list[tuple[int, int]]
) -> ImportedProject:
    """A project with texts, quotations (source, start, end) and codings (quotation, code)."""
    return ImportedProject(
        format="test",
        file="f.x",
        sha256="0",
        sources=tuple(
            ImportedSource(id=str(at), name=f"P{at}.txt", text=text) for at, text in enumerate(texts)
        ),
        codes=(
            ImportedCode(id="0", path=("open", "privacy")),
            ImportedCode(id="1", path=("closed", "privacy")),
            ImportedCode(id="2", path=("open",), description="top"),
        ),
        coders=("a",),
        quotations=tuple(
            ImportedQuotation(id=str(at), source=str(source), start=start, end=end)
            for at, (source, start, end) in enumerate(spans)
        ),
        codings=tuple(
            ImportedCoding(quotation=str(quotation), code=str(code), coder="a") for quotation, code in codings
        ),
        counts={"interviews": len(texts), "codes": 3, "quotations": len(spans), "codings": len(codings)},
    )


def test_what_is_left_out_is_counted_with_its_reason(study: Path) -> None:
    project = neutral(
        ["some text", "  \n"],
        [(0, 0, 4), (0, 2, 2), (1, 0, 1), (0, 0, 4)],
        [(0, 0), (1, 0), (2, 0), (3, 0), (9, 0), (0, 7), (0, 1)],
    )
    memos = (
        ImportedMemo(target="quotation", target_id="0", text="note"),
        ImportedMemo(target="case", target_id="1", text="x"),
    )
    plan = bring_in(study, replace(project, memos=memos))
    left_out = {str(item.what): item.count for item in plan.left_out}
    assert left_out == {
        "documents without text": 1,
        "codings of no words": 1,
        "codings without a text": 1,
        "repeated codings": 1,
        "codings without a place or a code": 2,
        "memos": 1,
    }
    assert plan.added["codings"] == 2
    assert [code.id for code in load_study(study).codebook] == [
        "open",
        "privacy",
        "closed",
        "closed > privacy",
    ]
    assert load_study(study).codebook["closed > privacy"].parent == "closed"
    assert load_study(study).memos[0].target_id == "P0:0-4"
    assert bring_in(study, project).files == {}


spans = st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(0, 5)).map(
    lambda s: (s[0], min(s[1:]), max(s[1:]))
)


@given(st.lists(spans, max_size=6), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=12))
def test_count_in_is_count_out(placed: list[tuple[int, int, int]], codings: list[tuple[int, int]]) -> None:
    project = neutral(["متن یک", "متن دو"], placed, codings)
    study_toml = {"study.toml": new_study("s", "fa")["study.toml"]}
    empty = {name: data for name, data in new_study("s", "fa").items() if name.endswith(".csv")}
    from omnistudy.formats.into_study.existing import ExistingStudy
    from omnistudy.study.settings import StudySettings

    settings = StudySettings.model_validate(tomllib.loads(study_toml["study.toml"].decode()))
    known = ExistingStudy(settings=settings, interviews={}, codebook=None, files=empty)
    plan = into_study([project, project], known)
    lost = sum(item.count for item in plan.left_out if "coding" in str(item.what))
    assert plan.read["codings"] == 2 * len(codings)
    assert plan.read["codings"] == plan.added["codings"] + plan.known["codings"] + lost


def test_codes_that_differ_in_case_only_stay_two_when_both_are_in_the_file() -> None:
    matcher = CodeMatcher(None)
    codes = [ImportedCode(id="1", path=("Trust",)), ImportedCode(id="2", path=("trust",))]
    assert matcher.match(codes) == {"1": "Trust", "2": "trust (2)"}
    assert matcher.match(codes) == {"1": "Trust", "2": "trust (2)"}
    assert matcher.match([ImportedCode(id="9", path=("TRUST",))]) == {"9": "Trust"}
    assert [code.label for code in matcher.new] == ["Trust", "trust"]


def test_a_code_that_was_moved_in_the_codebook_is_found_by_its_id(
    study: Path, project: ImportedProject
) -> None:
    bring_in(study, project)
    write(
        study,
        {"codebook.csv": "id,label,parent\npeople,People,\ntrust,Trust,people\nwaiting,W,\nکانال: شعبه,ک,\n"},
    )
    assert bring_in(study, project).files == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("P2_GMT20211119.odt", "P2_GMT20211119"),
        ("P1.final.v2", "P1.final.v2"),
        ("a/b\\c: d?.txt", "a-b-c-d"),
        ("مصاحبهٔ می‌روم ۱.docx", "مصاحبهٔ-می-روم-۱"),
        ("../../etc", "etc"),
        ("CON.txt", "CON-"),
        ("...", "interview"),
        ("x" * 300, "x" * 80),
        (".hidden", "hidden"),
    ],
)
def test_interview_ids_are_file_names_everywhere(name: str, expected: str) -> None:
    assert safe_id(name) == expected


@given(st.text())
def test_any_text_can_be_stored_and_read_back(text: str) -> None:
    assert len(storable(text)) == len(text)
    stored = storable(text).replace("\r", "\n")
    controls = sum(c < " " and c not in "\t\n\x0b\x0c\r" for c in stored)
    if controls <= len(stored) / 10:
        assert canonical_text(file_of(stored)).text == stored


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"), max_size=6)


@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_a_rendered_table_is_read_back(rows: list[tuple[str, str]]) -> None:
    table = CsvText(("a", "b"), tuple({"a": a, "b": b} for a, b in rows))
    assert parse_csv(table.render()) == table
    assert parse_csv(table.render()).render() == table.render()
    assert next(csv.reader(io.StringIO(table.render().decode(), newline=""))) == ["a", "b"]


def test_two_documents_of_one_name_get_two_ids(study: Path, tmp_path: Path) -> None:
    file = TaguetteFile(
        documents=[("P1.txt", "<p>one</p>"), ("P1.docx", "<p>two</p>"), ("p1", "<p>one</p>")], tags=[]
    )
    plan = bring_in(study, read_project(file.write(tmp_path / "a.sqlite3"), "a"))
    assert [name for name in plan.files if name.startswith("transcripts")] == [
        "transcripts/P1-2.txt",
        "transcripts/P1.txt",
    ]
    assert plan.known["interviews"] == 1


def test_paragraphs_that_run_together_are_said(study: Path, tmp_path: Path) -> None:
    file = TaguetteFile(documents=[("P1", "<p>one</p><p>two</p>")], tags=[])
    plan = bring_in(study, read_project(file.write(tmp_path / "a.sqlite3"), "a"))
    assert "1 paragraphs run into the next" in str(plan.warnings[0])


def test_the_report_has_what_the_contract_names(study: Path, project: ImportedProject) -> None:
    result = ImportResult(plan=into_study([project], existing_study(study)), provenance=PROVENANCE)
    payload = json.loads(json.dumps(result.payload()))
    assert payload["read"] == {"interviews": 2, "codes": 3, "quotations": 7, "codings": 9, "memos": 1}
    assert payload["added"] == {"interviews": 2, "codes": 3, "quotations": 7, "codings": 9, "memos": 1}
    assert payload["verified"]["exact"] == payload["verified"]["of"] == 7
    assert payload["left_out"][0]["count"] == 1
    assert set(payload["left_out"][0]) == {"what", "count", "why"}
    assert payload["dialect"] == "unit=utf8,newline=2,bom=skip,end=exclusive"
    assert "7 of 7 snippets verified; codings added: 9" in str(result.summary)
    assert "nothing was written" in str(replace(result, dry_run=True).summary)
    for table in result.tables():
        assert all(len(row) == len(table.columns) for row in table.rows)
    assert result.blocks()


def test_a_real_analysis_becomes_a_study(study: Path, shared: Path) -> None:
    project = read_project(next((shared / "data" / "serdif").glob("*.sqlite3")), "analyst")
    plan = bring_in(study, project)
    loaded = load_study(study)
    assert len(loaded.interviews) == 17
    assert len(loaded.codings) == loaded.quotes_checked == 1930
    assert len(loaded.codebook.codes) == 22
    assert [interview.id for interview in loaded.interviews][:2] == ["P1_GMT20211118", "P2_GMT20211119"]
    assert plan.added["quotations"] == 1794 - 2
    assert str(plan.warnings[0]).startswith("2 quotations of SERDIF")
    assert "1,794 of 1,794 snippets verified" in str(ImportResult(plan=plan, provenance=PROVENANCE).summary)
    assert bring_in(study, project).files == {}
