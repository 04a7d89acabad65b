"""REFI-QDA projects: every program's way of counting, coders, cases, memos, links, sets; and a real file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from refi_builder import ATLASTI, INLINE, MAXQDA, NVIVO, QUALCODER, QUOTES, TEXT, Project, Way, guid

from omnistudy.errors import StudyError
from omnistudy.formats.reading.dialect import Unit
from omnistudy.formats.reading.imported import Check, ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.registry import read_project

WAYS = [NVIVO, ATLASTI, MAXQDA, QUALCODER, INLINE]


def words(project: ImportedProject) -> list[str]:
    texts = {source.id: source.text for source in project.sources}
    return [texts[each.source][each.start : each.end] for each in project.quotations]


def left_out(project: ImportedProject) -> dict[str, int]:
    return {str(item.what): item.count for item in project.left_out}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.origin)
def test_every_snippet_is_exact_in_every_program(tmp_path: Path, way: Way) -> None:
    project = read_project(Project(way).write(tmp_path / "p.qdpx"))
    assert project.sources[0].text == TEXT
    assert set(words(project)) == set(QUOTES)
    assert set(project.checks) == {Check.EXACT}
    assert all(quotation.name == "" for quotation in project.quotations)
    assert len(project.codings) == project.counts["codings"] == 2 * len(QUOTES)
    names = {code.id: code.path for code in project.codes}
    assert Counter((coding.coder, names[coding.code]) for coding in project.codings) == {
        ("سارا", ("دسته", "بانک")): 6,
        ("رضا", ("دسته", "بانک") if way.per_coding else ("دسته", "صف")): 6,
    }
    assert {coding.coder_from for coding in project.codings} == {"coding"}


@pytest.mark.parametrize(
    "way", [replace(NVIVO, origin=""), replace(ATLASTI, origin="x"), replace(QUALCODER, origin="y")]
)
def test_an_unknown_program_is_recognised_by_the_names_of_its_selections(tmp_path: Path, way: Way) -> None:
    project = read_project(Project(way).write(tmp_path / "p.qdpx"))
    assert set(words(project)) == set(QUOTES)


def test_lines_that_the_parser_joined_can_count_two(tmp_path: Path) -> None:
    way = replace(INLINE, newline_counts=2, unit="utf16")
    project = read_project(Project(way).write(tmp_path / "p.qdpx"))
    assert set(words(project)) == set(QUOTES)
    assert project.dialect is not None
    assert project.dialect.unit is Unit.UTF16


def test_mixed_line_ends(tmp_path: Path) -> None:
    first, rest = TEXT.split("\n", 1)
    data = f"{first}\r\n{rest}".encode()
    way = replace(QUALCODER, bom=False)
    source = f"sources/{guid('text').upper()}.txt"
    project = read_project(Project(way).write(tmp_path / "p.qdpx", **{source: data}))
    assert set(words(project)) == set(QUOTES)


def test_names_that_are_cut_or_changed(tmp_path: Path) -> None:
    built = Project(NVIVO, names={QUOTES[0]: "نام دیگری برای این", QUOTES[4]: "می\u200cگفتند…"})
    project = read_project(built.write(tmp_path / "p.qdpx"))
    assert set(words(project)) == set(QUOTES)
    assert {each.name for each in project.quotations} == {"", "نام دیگری برای این"}
    assert project.checks == {Check.EXACT: 10, Check.UNVERIFIED: 2}


def test_positions_that_contradict_everything_are_refused_and_can_be_forced(tmp_path: Path) -> None:
    built = Project(
        replace(QUALCODER, bom=False), text="one two three four five six seven eight nine ten " * 9
    )
    built.quotes = ("two three", "four five", "six seven", "eight nine", "three four", "seven eight")
    xml = re.sub(r'startPosition="(\d+)"', lambda at: f'startPosition="{int(at[1]) + 1}"', built.qde())
    path = built.write(tmp_path / "p.qdpx", **{"project.qde": xml.encode()})
    with pytest.raises(StudyError, match="do not fit"):
        read_project(path)
    forced = ReadOptions(offsets={"unit": "codepoint"})
    assert read_project(path, options=forced).dialect is not None


def test_the_coder_is_looked_for_step_by_step(tmp_path: Path) -> None:
    built = Project(QUALCODER)
    xml = built.qde()
    for coder in built.coders:
        xml = xml.replace(f' creatingUser="{guid(coder)}" creationDateTime', " creationDateTime")
    project = read_project(built.write(tmp_path / "a.qdpx", **{"project.qde": xml.encode()}))
    assert {(coding.coder, coding.coder_from) for coding in project.codings} == {("رضا", "selection")}
    xml = xml.replace(f' creatingUser="{guid("رضا")}"', "")
    of_project = xml.replace('name="p"', f'name="p" creatingUserGUID="{{{guid("سارا").upper()}}}"')
    of_source = of_project.replace("<TextSource", f'<TextSource creatingUser="{guid("stranger")}"')
    for written, expected in (
        (xml, ("unknown", "unknown")),
        (of_project, ("سارا", "project")),
        (of_source, (f"user-{guid('stranger')[:8]}", "source")),
    ):
        path = built.write(tmp_path / "b.qdpx", **{"project.qde": written.encode()})
        project = read_project(path)
        assert {(coding.coder, coding.coder_from) for coding in project.codings} == {expected}
        assert any("do not name their coder" in str(warning) for warning in project.warnings)
        named = read_project(path, options=ReadOptions(coder=" مینا "))
        by_caller = ("مینا", "--coder") if expected[1] != "source" else expected
        assert {(coding.coder, coding.coder_from) for coding in named.codings} == {by_caller}


def test_namesakes_stay_two_coders(tmp_path: Path) -> None:
    built = Project(QUALCODER)
    xml = built.qde().replace('name="رضا"', 'name=" سارا "')
    project = read_project(built.write(tmp_path / "a.qdpx", **{"project.qde": xml.encode()}))
    assert len({coding.coder for coding in project.codings}) == 2


MODEL = {
    "Variables": f'<Variables><Variable guid="{guid("v1")}" name="Age" typeOfVariable="Integer"/>'
    f'<Variable guid="{guid("v2")}" name="City" typeOfVariable="Text"/></Variables>',
    "Cases": f'<Cases><Case guid="{guid("case")}" name="علی"><VariableValue><VariableRef targetGUID="{guid("v2")}"/>'
    f'<TextValue>تهران</TextValue></VariableValue><VariableValue><VariableRef targetGUID="{guid("v1")}"/>'
    f'<IntegerValue>99</IntegerValue></VariableValue><SourceRef targetGUID="{guid("source")}"/></Case></Cases>',
    "Notes": f'<Notes><Note guid="{guid("n1")}" name="about a code"><PlainTextContent>واژه</PlainTextContent></Note>'
    f'<Note guid="{guid("n2")}" name="about the study"><PlainTextContent>x</PlainTextContent></Note>'
    f'<Note guid="{guid("n3")}" name="of a coding"><PlainTextContent>why</PlainTextContent></Note></Notes>',
    "Links": f'<Links><Link guid="{guid("l1")}" name="is cause of" direction="OneWay"'
    f' originGUID="{guid("code bank")}" targetGUID="{guid("code queue")}"/>'
    f'<Link guid="{guid("l2")}" originGUID="{guid("n1")}" targetGUID="{{{guid("code bank").upper()}}}"/>'
    f'<Link guid="{guid("l3")}" originGUID="{guid("case")}" targetGUID="{guid("source")}"/></Links>',
    "Sets": f'<Sets><Set guid="{guid("s1")}" name="Causal conditions">'
    f'<MemberCode targetGUID="{guid("code bank")}"/></Set>'
    f'<Set guid="{guid("s2")}" name="all"><MemberSource targetGUID="{guid("source")}"/></Set></Sets>',
}


def test_cases_variables_notes_links_and_sets(tmp_path: Path) -> None:
    built = Project(QUALCODER, parts=MODEL)
    built.after_selections = (
        f'<Coding guid="{guid("whole")}" creatingUser="{guid("سارا")}"><CodeRef targetGUID="{guid("code top")}"/>'
        f'<NoteRef targetGUID="{guid("n3")}"/></Coding>'
        f'<Coding guid="{guid("cc")}"><CodeRef targetGUID="{guid("case")}"/></Coding>'
        f'<VariableValue><VariableRef targetGUID="{guid("v1")}"/><IntegerValue>40</IntegerValue></VariableValue>'
    )
    project = read_project(built.write(tmp_path / "p.qdpx"))
    assert dict(project.sources[0].attributes) == {"Age": "40", "City": "تهران", "case": "علی"}
    whole = project.quotations[-1]
    assert (whole.start, whole.end, whole.id.startswith("document-")) == (0, len(TEXT), True)
    assert project.codings[-1].memo == "why"
    memos = {memo.title: (memo.target, memo.target_id) for memo in project.memos}
    assert memos == {"about a code": ("code", guid("code bank")), "about the study": ("study", "")}
    relation = project.relations[0]
    assert (relation.source, relation.target, relation.type) == (
        guid("code bank"),
        guid("code queue"),
        "is cause of",
    )
    assert [group.name for group in project.sets] == ["Causal conditions", "all"]
    assert not any(code.role for code in project.codes), "a role is proposed, never assigned"
    assert any("reads like the role causal" in str(warning) for warning in project.warnings)
    assert left_out(project) == {
        "colours of codes": 1,
        "codings with a case": 1,
        "values of cases": 1,
        "links": 1,
    }


def test_order_namespaces_and_forms_of_guids_do_not_matter(tmp_path: Path) -> None:
    built = Project(NVIVO)
    xml = built.qde()
    users = xml[xml.index("<Users>") : xml.index("</Users>") + 8]
    moved = xml.replace(users, "").replace("</Project>", f"{users}</Project>")
    braces = moved.replace(f'User guid="{guid("سارا")}"', f'User guid="{{{guid("سارا").upper()}}}"')
    foreign = braces.replace(
        "</TextSource>", '<x:Colour xmlns:x="urn:maxqda"><x:Coding/></x:Colour><Odd/></TextSource>'
    )
    plain = foreign.replace("urn:QDA-XML:project:1.0", "urn:QDA-XML:project:1:0")
    project = read_project(built.write(tmp_path / "p.qdpx", **{"project.qde": plain.encode()}))
    assert set(words(project)) == set(QUOTES)
    assert {coding.coder for coding in project.codings} == {"سارا", "رضا"}
    assert left_out(project)["elements 'Colour'"] == left_out(project)["elements 'Odd'"] == 1


def test_pdfs_and_recordings(tmp_path: Path) -> None:
    built = Project(QUALCODER)
    reference = f'<CodeRef targetGUID="{guid("code bank")}"/>'
    coding = f'<Coding guid="{guid("c9")}" creatingUser="{guid("سارا")}">{reference}</Coding>'
    stamp = f'name="hello" creatingUser="{guid("سارا")}" creationDateTime="2024-01-01T00:00:00Z"'
    box = 'page="0" firstX="1" firstY="1" secondX="2" secondY="2"'
    built.parts["More"] = (
        f'<Sources><PDFSource guid="{guid("pdf")}" name="a.pdf"><PDFSelection guid="{guid("q")}" {stamp} {box}>{coding}'
        f'</PDFSelection><PDFSelection guid="{guid("q2")}" name="area" {box}>{coding}</PDFSelection>'
        f'<Representation guid="{guid("r")}"><PlainTextContent>hello world</PlainTextContent>'
        f'<PlainTextSelection guid="{guid("q")}" {stamp} startPosition="0" endPosition="5">{coding}'
        "</PlainTextSelection>"
        f'</Representation></PDFSource><AudioSource guid="{guid("audio")}" name="a.mp3">'
        f'<Transcript guid="{guid("t")}" name="a"><PlainTextContent>one two three</PlainTextContent>'
        f'<SyncPoint guid="{guid("y1")}" position="4"/><SyncPoint guid="{guid("y2")}" position="7"/>'
        f'<TranscriptSelection guid="{guid("ts")}" fromSyncPoint="{guid("y1")}" toSyncPoint="{guid("y2")}">{coding}'
        f"</TranscriptSelection></Transcript></AudioSource></Sources>"
    )
    project = read_project(built.write(tmp_path / "p.qdpx"))
    assert words(project)[-2:] == ["hello", "two"]
    lost = left_out(project)
    assert lost["rectangles of PDF quotations"] == lost["codings of such rectangles"] == 1
    assert lost["page areas"] == 1
    assert lost["codings of page areas with 'دسته > بانک' by سارا"] == 1
    codings_lost = sum(count for what, count in lost.items() if what.startswith("codings"))
    assert project.counts["codings"] == len(project.codings) + codings_lost


def test_the_real_project_of_atlasti(shared: Path) -> None:
    project = read_project(next((shared / "data" / "refi-atlasti").glob("*.qdpx")))
    assert project.origin.startswith("ATLAS.ti 8.4")
    expected = {"interviews": 12, "codes": 14, "codings": 16, "memos": 2, "users": 3, "sets": 16, "graphs": 1}
    assert {kind: project.counts[kind] for kind in expected} == expected
    assert project.counts["relations"] == 1
    assert len(project.codes) == 14
    assert sum("::" in code.path[0] for code in project.codes) == 2
    assert project.coders == ("Friedrich Markgraf", "Sebastian Petrausch")
    assert len(project.quotations) == 8
    assert len(project.codings) == 9
    assert len({each.quotation for each in project.codings}) == 7
    lost = left_out(project)
    assert lost["codings of such rectangles"] == lost["rectangles of PDF quotations"] == 3
    areas = sum(count for what, count in lost.items() if what.startswith("codings of") and "with" in what)
    assert len(project.codings) + areas == 13
    assert project.checks == {Check.UNVERIFIED: 8}
    assert sum("is not in the archive" in str(warning) for warning in project.warnings) == 8
    sets = Counter(
        next(iter({kind.replace("name", "source") for kind, _ in group.members}), "")
        for group in project.sets
    )
    assert sets == {"source": 11, "code": 4, "": 1}
    spans = {(each.start, each.end) for each in project.quotations}
    assert {(139, 195), (215, 275), (62, 69)} <= spans
    split = read_project(
        next((shared / "data" / "refi-atlasti").glob("*.qdpx")), options=ReadOptions(split="::")
    )
    assert ("Coke", "diet Coke") in {code.path for code in split.codes}
