"""Damaged and hostile .qdpx and .qdc files: a clear error, or a counted warning, never anything else."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refi_builder import MAXQDA, QUALCODER, QUOTES, TEXT, Project, guid, zipped

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.existing import existing_study
from omnistudy.formats.into_study.growth import into_study
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.formats.refi.container import Limits, open_container
from omnistudy.formats.registry import read_project
from omnistudy.study.scaffold import new_study

BUILT = Project(QUALCODER)
QDE = BUILT.qde()


def archive_with(*infos: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO(zipped(BUILT.members()))
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice is meant
        for info, data in infos:
            archive.writestr(info, data)
    return buffer.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("sources/link.txt")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted() -> bytes:
    data = bytearray(zipped(BUILT.members()))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(mark)
        data[position + at] |= 1
    return bytes(data)


def with_qde(text: str, **more: bytes) -> bytes:
    return zipped({**BUILT.members(), "project.qde": text.encode(), **more})


ENTITY = QDE.replace("?>", '?><!DOCTYPE Project [<!ENTITY a "b">]>', 1).replace('name="p"', 'name="&a;"')
EXTERNAL = QDE.replace("?>", '?><!DOCTYPE Project SYSTEM "file:///etc/passwd">', 1)
LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
BILLION = QDE.replace("?>", f'?><!DOCTYPE Project [<!ENTITY a0 "ha">{LAUGHS}]>', 1)
DEEP = QDE.replace("</Project>", "<a>" * 300 + "</a>" * 300 + "</Project>")

ERRORS: dict[str, tuple[Callable[[], bytes], str]] = {
    "parent": (lambda: archive_with(("../evil.txt", b"x")), "leaves the archive"),
    "parent in the middle": (lambda: archive_with(("sources/../../evil.txt", b"x")), "leaves the archive"),
    "backslash": (lambda: archive_with(("..\\evil.txt", b"x")), "leaves the archive"),
    "absolute": (lambda: archive_with(("/etc/evil", b"x")), "absolute path"),
    "drive": (lambda: archive_with(("C:\\evil.txt", b"x")), "absolute path"),
    "link": (lambda: archive_with((link(), b"/etc/passwd")), "is a link"),
    "encrypted": (encrypted, "is encrypted"),
    "case twins": (lambda: archive_with(("PROJECT.QDE", b"x")), "name of another member"),
    "equal names": (lambda: archive_with(("project.qde", b"x")), "name of another member"),
    "two projects": (lambda: archive_with(("other.qde", b"x")), "holds one .qde at its root"),
    "no project": (lambda: zipped({"sources/a.txt": b"x"}), "holds none"),
    "project below": (lambda: zipped({"deep/project.qde": b"x"}), "holds none"),
    "too many members": (lambda: zipped({f"sources/{i}": b"" for i in range(10_001)}), "10001 members"),
    "bomb": (lambda: zipped({"project.qde": b" " * (30 * 2**20)}), "more than 200 times"),
    "truncated": (lambda: zipped(BUILT.members())[:-40], "damaged or cut off"),
    "cut in half": (lambda: zipped(BUILT.members())[:900], "damaged or cut off"),
    "bad checksum": (lambda: zipped(BUILT.members()).replace(b"PK\x03\x04", b"PK\x03\x04", 1)[:60] + b"\0" * 40
                     + zipped(BUILT.members())[100:], "damaged"),
    "entity": (lambda: with_qde(ENTITY), "document type"),
    "external entity": (lambda: with_qde(EXTERNAL), "document type"),
    "billion laughs": (lambda: with_qde(BILLION), "document type"),
    "deep": (lambda: with_qde(DEEP), "256 deep"),
    "not XML": (lambda: with_qde("no XML"), "not intact XML"),
    "cut XML": (lambda: with_qde(QDE[:-30]), "not intact XML"),
    "undeclared entity": (lambda: with_qde(QDE.replace('name="p"', 'name="&a;"')), "not intact XML"),
    "another root": (lambda: with_qde("<Other/>"), "root is not Project"),
    "empty": (lambda: with_qde(""), "not intact XML"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_hostile_files_are_refused(tmp_path: Path, name: str) -> None:
    make, message = ERRORS[name]
    path = tmp_path / "evil.qdpx"
    path.write_bytes(make())
    with pytest.raises(StudyError, match=message) as caught:
        read_project(path)
    assert caught.value.problems[0].file
    assert caught.value.problems[0].remedy
    assert [each.name for each in tmp_path.iterdir()] == ["evil.qdpx"]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_sizes_that_the_archive_claims_are_not_trusted(tmp_path: Path) -> None:
    data = bytearray(zipped({"project.qde": QDE.encode() + b" " * 5000}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    path = tmp_path / "a.qdpx"
    path.write_bytes(data)
    with (
        open_container(path, Limits(project=1000)) as container,
        pytest.raises(StudyError, match=r"larger|damaged"),
    ):
        container.project()
    path.write_bytes(zipped({"project.qde": QDE.encode()}))
    with pytest.raises(StudyError, match="unpacks to more"), open_container(path, Limits(whole=100)):
        pass


def lost(project: ImportedProject) -> dict[str, int]:
    return {str(item.what): item.count for item in project.left_out}


def test_impossible_positions_are_counted(tmp_path: Path) -> None:
    def span(start: object, end: object) -> str:
        return (
            f'<PlainTextSelection guid="{guid(f"{start}{end}")}" startPosition="{start}" endPosition="{end}">'
            f'<Coding guid="{guid(f"c{start}{end}")}"><CodeRef targetGUID="{guid("code bank")}"/></Coding>'
            "</PlainTextSelection>"
        )

    wrong = [(5, 9999), (-3, 4), (9, 5), ("x", 4), ("", ""), ("9" * 400, 5), (3, 3)]
    built = Project(QUALCODER, more_selections="".join(span(*each) for each in wrong))
    project = read_project(built.write(tmp_path / "p.qdpx"))
    assert lost(project)["selections without a place"] == lost(project)["codings of such selections"] == 6
    assert project.counts["codings"] == len(project.codings) + 6
    texts = {TEXT[each.start : each.end] for each in project.quotations}
    assert texts == {*QUOTES, ""}


def test_dangling_references_are_counted(tmp_path: Path) -> None:
    built = Project(MAXQDA)
    xml = QDE.replace(QUALCODER.origin, MAXQDA.origin).replace(
        f'CodeRef targetGUID="{guid("code queue")}"', f'CodeRef targetGUID="{guid("nowhere")}"'
    )
    built.parts["Cases"] = ""
    path = built.write(tmp_path / "p.qdpx", **{"project.qde": built.qde().encode()})
    assert "codings without a code" not in lost(read_project(path))
    path = BUILT.write(tmp_path / "q.qdpx", **{"project.qde": xml.encode()})
    project = read_project(path)
    assert lost(project)["codings without a code"] == len(QUOTES)
    assert project.counts["codings"] == len(project.codings) + len(QUOTES)


@pytest.mark.parametrize(
    "path_of", ["internal://nowhere.txt", "absolute:///etc/passwd", "relative:///../../etc/passwd"]
)
def test_texts_that_are_not_there_cost_their_codings_only(tmp_path: Path, path_of: str) -> None:
    xml = QDE.replace(f"internal://{guid('text').upper()}.txt", path_of)
    project = read_project(BUILT.write(tmp_path / "p.qdpx", **{"project.qde": xml.encode()}))
    assert project.sources[0].text == ""
    assert len(project.codings) == 2 * len(QUOTES)
    assert len(project.codes) == 3
    assert any("cannot be placed" in str(warning) for warning in project.warnings)
    folder = tmp_path / "study"
    for name, data in new_study("study", "fa").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    plan = into_study([project], existing_study(folder))
    assert {str(item.what): item.count for item in plan.left_out}["codings without a text"] == 2 * len(QUOTES)


def test_bare_paths_and_other_folders_are_found(tmp_path: Path) -> None:
    name = f"{guid('text').upper()}.txt"
    xml = QDE.replace("internal://", "")
    data = zipped(
        {
            "Project.QDE": xml.encode(),
            "Sources/": b"",
            f"Sources/{name.lower()}": QUALCODER.file(TEXT),
            "__MACOSX/._project.qde": b"x",
        }
    )
    (tmp_path / "export.zip").write_bytes(data)
    project = read_project(tmp_path / "export.zip")
    assert project.sources[0].text == TEXT
    assert any("internal://" in str(warning) for warning in project.warnings)


def test_a_text_beside_the_archive_is_read_and_rich_text_too(tmp_path: Path) -> None:
    xml = QDE.replace(f"internal://{guid('text').upper()}.txt", "relative:///texts/a.txt")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_bytes(QUALCODER.file(TEXT))
    assert (
        read_project(BUILT.write(tmp_path / "p.qdpx", **{"project.qde": xml.encode()})).sources[0].text
        == TEXT
    )
    rich = (
        Project(QUALCODER, quotes=())
        .qde()
        .replace(f'plainTextPath="internal://{guid("text").upper()}.txt"', 'richTextPath="internal://a.rtf"')
    )
    document = b"{\\rtf1\\ansi one two\\par three}"
    members = {"project.qde": rich.encode(), "sources/a.rtf": document}
    (tmp_path / "r.qdpx").write_bytes(zipped(members))
    project = read_project(tmp_path / "r.qdpx")
    assert project.sources[0].text == "one two\nthree"
    assert any("formatted text only" in str(warning) for warning in project.warnings)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<CodeBook><Codes>", "not intact XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><CodeBook/>', "document type"),
        (b"<Codes/>", "root is not CodeBook"),
        (b"PK", "not intact XML"),
    ],
)
def test_hostile_codebooks_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.qdc").write_bytes(data)
    with pytest.raises(StudyError, match=message):
        read_project(tmp_path / "a.qdc")


def test_codebooks_of_imitators(tmp_path: Path) -> None:
    xml = (
        f'<CodeBook xmlns="urn:QDA-XML:codebook:1:0"><Sets/><Codes><Code guid="{{{guid("a").upper()}}}" name=""/>'
        f'<Code guid="{guid("a")}" name="again"/><Code name="no id" isCodable="true"><Code name="kid"/></Code>'
        f'<Code guid="{guid("b")}" name="kid"/><Code guid="{guid("c")}" name="kid"/></Codes></CodeBook>'
    )
    (tmp_path / "book.xml").write_text(xml, encoding="utf-8")
    project = read_project(tmp_path / "book.xml")
    assert [code.path for code in project.codes] == [
        ("(unnamed)",),
        ("no id",),
        ("kid",),
        ("kid (2)",),
        ("kid (3)",),
    ]
    assert lost(project)["codes with the GUID of another code"] == 1


def outcome(path: Path) -> ImportedProject | None:
    """Read a file that may be anything: a project, or a StudyError, and nothing else."""
    try:
        project = read_project(path)
    except StudyError:
        return None
    texts = {source.id: source.text for source in project.sources}
    for each in project.quotations:
        assert each.start >= 0
        assert each.start <= each.end
        assert each.end <= len(texts[each.source]) or not texts[each.source]
    lost_codings = sum(count for what, count in lost(project).items() if what.startswith("codings"))
    assert project.counts["codings"] == len(project.codings) + lost_codings
    return project


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
XML = QDE.encode()
PIECES = [
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"\xff",
    b"-1",
    b"99999999",
    b"</Code>",
    b"<Coding/>",
    b"<Set>",
    b"{",
    b"=''",
]


@FUZZ
@given(data=st.data())
def test_mutated_xml(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    xml = bytearray(XML)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(xml) - 1))
        width = data.draw(st.integers(0, 40))
        xml[at : at + width] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=6))
    path = tmp_path_factory.getbasetemp() / "mutated.qdpx"
    path.write_bytes(zipped({**BUILT.members(), "project.qde": bytes(xml)}))
    outcome(path)


VALUES = st.sampled_from(
    ["", "0", "-5", "7", "1e9", guid("code bank"), guid("سارا"), guid("source"), "x" * 50, "true"]
)
ATTRIBUTES = (
    "guid",
    "targetGUID",
    "startPosition",
    "endPosition",
    "name",
    "creatingUser",
    "plainTextPath",
    "isCodable",
)


@FUZZ
@given(data=st.data())
def test_mutated_attributes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    from lxml import etree

    root = etree.fromstring(XML)
    elements = list(root.iter())
    for _ in range(data.draw(st.integers(1, 6))):
        element = data.draw(st.sampled_from(elements))
        kind = data.draw(st.sampled_from(["set", "drop", "move", "tag"]))
        name = data.draw(st.sampled_from(ATTRIBUTES))
        if kind == "set":
            element.set(name, data.draw(VALUES))
        elif kind == "drop":
            element.attrib.pop(name, "")
        elif kind == "tag" and element is not root:
            element.tag = data.draw(st.sampled_from(elements)).tag
        elif element.getparent() is not None:
            target = data.draw(st.sampled_from(elements))
            if element not in target.iterancestors() and target is not element:
                target.append(element)
    path = tmp_path_factory.getbasetemp() / "attributes.qdpx"
    path.write_bytes(zipped({**BUILT.members(), "project.qde": etree.tostring(root)}))
    outcome(path)


@FUZZ
@given(data=st.data())
def test_mutated_archives(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(zipped(BUILT.members()))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=5))
        if not whole:
            break
    path = tmp_path_factory.getbasetemp() / "archive.qdpx"
    path.write_bytes(whole)
    outcome(path)


@FUZZ
@given(data=st.binary(max_size=300))
def test_any_bytes_as_a_codebook(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.qdc"
    path.write_bytes(data)
    outcome(path)
