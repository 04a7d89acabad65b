"""maskan-demo to .qdpx, .qdc, csv and xlsx and back: nothing changes, and the schemas agree."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from omnistudy.formats.exported import WATERMARK, KeptTables, date_time
from omnistudy.formats.into_study.existing import existing_study
from omnistudy.formats.into_study.growth import into_study
from omnistudy.formats.into_study.plan import ImportPlan
from omnistudy.formats.reading.imported import Check
from omnistudy.formats.refi.codebook_writer import export_qdc
from omnistudy.formats.refi.project_writer import export_qdpx
from omnistudy.formats.refi.tags import tagged, untagged
from omnistudy.formats.registry import read_project
from omnistudy.formats.sheets.tidy_export import export_csv, export_xlsx
from omnistudy.formats.targets import EXPORT_TARGETS
from omnistudy.results import Label
from omnistudy.study.load import load_study
from omnistudy.study.model import Coding, Quotation, Study
from omnistudy.study.scaffold import new_study
from omnistudy.text.transcript import Transcript


@pytest.fixture(scope="module")
def study(demo: Path) -> Study:
    return load_study(demo)


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(
        etree.fromstring(files("omnistudy.formats.refi").joinpath("schemas", name).read_bytes())
    )


def qde_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("project.qde")


def brought_in(tmp_path: Path, name: str, data: bytes) -> tuple[Path, ImportPlan]:
    folder = tmp_path / "maskan-demo"
    for path, content in new_study("maskan-demo", "fa").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (tmp_path / name).write_bytes(data)
    return folder, again(folder, tmp_path / name)


def again(folder: Path, file: Path) -> ImportPlan:
    plan = into_study([read_project(file)], existing_study(folder))
    for path, content in plan.files.items():
        (folder / path).write_bytes(content)
    return plan


def coding_set(study: Study) -> set[tuple[object, ...]]:
    return {
        (each.quotation, each.coder, each.code, each.round, each.created, each.memo) for each in study.codings
    }


@pytest.mark.parametrize("nvivo", [False, True])
def test_a_study_comes_back_as_it_went(study: Study, tmp_path: Path, nvivo: bool) -> None:
    exported = export_qdpx(study, nvivo=nvivo)
    assert schema("Project.xsd").validate(etree.fromstring(qde_of(exported.data)))
    assert export_qdpx(study, nvivo=nvivo).data == exported.data
    folder, plan = brought_in(tmp_path, "demo.qdpx", exported.data)
    back = load_study(folder)
    assert [(each.id, each.order, each.date, each.text) for each in back.interviews] == [
        (each.id, each.order, each.date, each.text) for each in study.interviews
    ]
    for mine, theirs in zip(back.interviews, study.interviews, strict=True):
        assert {key: mine.attributes[key] for key in theirs.attributes} == dict(theirs.attributes)
    assert len(back.codings) == len(study.codings)
    assert coding_set(back) == coding_set(study)
    assert {coder.id: coder.kind for coder in back.coders} == {coder.id: coder.kind for coder in study.coders}
    assert set(back.memos) == set(study.memos)
    assert set(back.relations) == set(study.relations)
    assert_same_codebook(back, study)
    assert plan.checks[Check.EXACT] == sum(plan.checks.values())
    assert [(str(item.what), item.count) for item in plan.left_out] == [("graphs", 1)]
    assert again(folder, tmp_path / "demo.qdpx").files == {}


def assert_same_codebook(back: Study, study: Study) -> None:
    assert [code.id for code in back.codebook] == [code.id for code in study.codebook]
    for mine, theirs in zip(back.codebook, study.codebook, strict=True):
        assert (mine.parent, mine.level, mine.role, mine.since, mine.aliases) == (
            theirs.parent, theirs.level, theirs.role, theirs.since, theirs.aliases
        )  # fmt: skip
        for column in ("label", "definition", "include", "exclude", "example"):
            assert dict(getattr(mine, column).texts) == dict(getattr(theirs, column).texts)
        assert [each.name.texts.get("fa") for each in mine.properties] == [
            each.name.texts.get("fa") for each in theirs.properties
        ]


def test_a_codebook_comes_back_as_it_went(study: Study, tmp_path: Path) -> None:
    exported = export_qdc(study)
    assert schema("Codebook.xsd").validate(etree.fromstring(exported.data))
    assert exported.data == export_qdc(study).data
    folder, plan = brought_in(tmp_path, "demo.qdc", exported.data)
    assert_same_codebook(load_study(folder), study)
    assert plan.added["codes"] == len(study.codebook.codes)
    assert again(folder, tmp_path / "demo.qdc").files == {}


def test_a_codebook_into_toml_keeps_both_languages_of_properties(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "book"
    for path, content in new_study("book", "fa").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    toml = (folder / "study.toml").read_text(encoding="utf-8").replace("codebook.csv", "book.toml")
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    (folder / "book.toml").write_text('[[codes]]\nid = "own"\nlabel = "Own"\n', encoding="utf-8")
    (tmp_path / "demo.qdc").write_bytes(export_qdc(study).data)
    again(folder, tmp_path / "demo.qdc")
    back = load_study(folder).codebook
    for code in study.codebook:
        assert [dict(each.low.texts) for each in back[code.id].properties] == [
            dict(each.low.texts) for each in code.properties
        ]


def test_every_export_bears_the_watermark(study: Study) -> None:
    from openpyxl import load_workbook

    assert WATERMARK.encode() in qde_of(export_qdpx(study).data)
    assert WATERMARK.encode() in export_qdc(study).data
    assert export_csv(study).data.decode().count(WATERMARK) == len(study.codings)
    sheet = load_workbook(io.BytesIO(export_xlsx(study).data)).active
    assert sheet is not None
    last = [row[-1].value for row in sheet.iter_rows(min_row=2)]
    assert last == [WATERMARK] * len(study.codings)
    unmarked = replace(study, synthetic=False)
    for target in EXPORT_TARGETS:
        assert target.write(study, KeptTables()).data == target.write(study, KeptTables()).data
        assert WATERMARK.encode() not in target.write(unmarked, KeptTables()).data


def small(study: Study, text: str, codings: list[tuple[int, int, str, str]], **more: str) -> Study:
    interview = replace(study.interviews[0], id="A", transcript=Transcript(text), attributes=dict(more))
    made = tuple(
        Coding(quotation=Quotation("A", start, end), coder=coder, code=code)
        for start, end, coder, code in codings
    )
    return replace(
        study,
        interviews=(interview,),
        codings=made,
        analysed=made,
        memos=(),
        relations=(),
        coders=(),
        rounds=(),
    )


def test_hostile_text_in_tables_for_people(study: Study) -> None:
    from openpyxl import load_workbook

    text = "=1+1 and\x07 more\n+2\n-3"
    made = small(
        study, text, [(0, 4, "@x", "core-systems"), (0, 9, "y", "core-systems")], note="=cmd()", score="-3"
    )
    rows = list(csv.DictReader(io.StringIO(export_csv(made).data.decode("utf-8-sig"), newline="")))
    assert [row["quote"] for row in rows] == ["'=1+1", "'=1+1 and\ufffd"]
    assert rows[0]["coder"] == "'@x"
    assert (rows[0]["note"], rows[0]["score"]) == ("'=cmd()", "-3")
    assert rows[0]["path"] == "causal-conditions > core-systems"
    sheet = load_workbook(io.BytesIO(export_xlsx(made).data)).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert not any(str(cell.value).startswith("=") for row in sheet.iter_rows() for cell in row)


def test_xml_holds_what_it_can_and_counts_the_rest(study: Study, tmp_path: Path) -> None:
    made = small(study, "a\x07b\x0bc 😀 سلام\u200c", [(0, 3, "x", "core-systems")])
    exported = export_qdpx(made)
    assert schema("Project.xsd").validate(etree.fromstring(qde_of(exported.data)))
    assert {str(item.what): item.count for item in exported.left_out}["characters"] == 1
    (tmp_path / "a.qdpx").write_bytes(exported.data)
    project = read_project(tmp_path / "a.qdpx")
    assert project.sources[0].text == made.interviews[0].text


def test_names_comments_bare_quotations_and_groups_go_too(study: Study, tmp_path: Path) -> None:
    made = small(study, "one two three", [(0, 3, "x", "core-systems")])
    kept = KeptTables(
        quotations=[
            {"interview": "A", "start": "4", "end": "7", "name": "a name", "comment": "why?", "coder": "x"},
            {"interview": "A", "start": "4", "end": "99", "name": "nowhere"},
        ],
        sets=[
            {"set": "group", "member_type": "code", "member": "core-systems"},
            {"set": "group", "member_type": "source", "member": "A"},
            {"set": "empty", "member_type": "", "member": ""},
        ],
    )
    exported = export_qdpx(made, kept=kept)
    assert schema("Project.xsd").validate(etree.fromstring(qde_of(exported.data)))
    (tmp_path / "a.qdpx").write_bytes(exported.data)
    project = read_project(tmp_path / "a.qdpx")
    assert [(each.start, each.end, each.name, each.comment) for each in project.quotations] == [
        (0, 3, "", ""),
        (4, 7, "a name", "why?"),
    ]
    assert [(group.name, len(group.members)) for group in project.sets] == [("group", 2), ("empty", 0)]


TEXTS = st.text(st.sampled_from("ab \n\u200cسلام😀👩\u2028\x85\ufeff.,-"), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, data=st.data(), nvivo=st.booleans())
def test_any_text_and_spans_come_back(
    study: Study, tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject, nvivo: bool
) -> None:
    spans = data.draw(
        st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted), max_size=4)
    )
    codings = [(start, end, "x", "core-systems") for start, end in map(tuple, spans) if start < end]
    made = small(study, text, list(dict.fromkeys(codings)))
    path = tmp_path_factory.mktemp("any") / "a.qdpx"
    path.write_bytes(export_qdpx(made, nvivo=nvivo).data)
    project = read_project(path)
    assert project.sources[0].text == text
    assert sorted((each.start, each.end) for each in project.quotations) == sorted(
        {(start, end) for start, end, _, _ in codings}
    )


@given(
    words=st.text(), tags=st.dictionaries(st.sampled_from(["id", "label.fa", "since"]), st.text(min_size=1))
)
def test_tags_come_back(words: str, tags: dict[str, str]) -> None:
    if "omnistudy:" in words:
        return
    back_words, back = untagged(tagged(words, tags.items()))
    assert back_words == words
    assert back == {key: value for key, value in tags.items() if value}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-01-19", "2025-01-19T00:00:00"),
        ("2025-01-19T10:00:00Z", "2025-01-19T10:00:00Z"),
        ("2025-01-19 10:00", "2025-01-19T10:00:00"),
        ("Wed Mar 19 16:54:04 2014", ""),
        ("yesterday", ""),
    ],
)
def test_times(written: str, expected: str) -> None:
    assert date_time(written) == expected


def test_codes_of_one_label_stay_two(study: Study, tmp_path: Path) -> None:
    twin = replace(
        study.codebook.codes[1], id="twin", label=Label("twin", {"fa": "پشتوانهٔ فنی داخل بانک"}), parent=None
    )
    book = replace(study.codebook, codes=(*study.codebook.codes, twin))
    (tmp_path / "a.qdc").write_bytes(export_qdc(replace(study, codebook=book)).data)
    codes = read_project(tmp_path / "a.qdc").codes
    assert len({code.path for code in codes}) == len(book.codes)
    assert codes[-1].proposed_id == "twin"
