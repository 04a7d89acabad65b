"""Reference models: where they are looked up, what is wrong with them, and a study's own as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from replication_builder import DEMO, compared, demo_input, demo_study

from omnistudy.errors import StudyError
from omnistudy.replication.around_model import study_around
from omnistudy.replication.compare import ComparisonInput, load_comparison_input
from omnistudy.replication.export_reference import reference_of
from omnistudy.replication.reference import ReferenceModel, load_reference
from omnistudy.replication.verdict import Verdict
from omnistudy.study.load import load_study
from omnistudy.study.model import CrosswalkRow
from omnistudy.study.shipped import find_codebook, shipped_codebooks

CONCEPT = '[[codes]]\nid = "{id}"\nlevel = "subcategory"\nlabel = "{id}"\n'


def model(folder: Path, text: str, name: str = "model.toml") -> ReferenceModel:
    (folder / name).write_text(text, encoding="utf-8")
    return load_reference(name, folder, folder)


def test_maskan_bank_as_published() -> None:
    reference = load_reference("maskan-bank", None, Path("/"))
    assert len(reference.concepts) == 19
    assert reference.phenomenon == ("omnichannel-relationship",)
    assert reference.frequencies == {}
    assert reference.relations == ()
    assert "frequencies" in reference.not_reported
    assert reference.file.path == "codebooks/maskan-bank.toml"
    assert reference.title.in_language("fa").startswith("الگوی")


def test_lookup_order(tmp_path: Path) -> None:
    study = tmp_path / "work" / "study"
    (study / "codebooks").mkdir(parents=True)
    shipped = shipped_codebooks()
    assert shipped is not None
    assert find_codebook("maskan-bank", study, tmp_path) == shipped / "maskan-bank.toml"
    above = tmp_path / "codebooks" / "maskan-bank.toml"
    above.parent.mkdir()
    above.write_text("", encoding="utf-8")
    assert find_codebook("maskan-bank", study, tmp_path) == above
    nearer = study / "codebooks" / "maskan-bank.toml"
    nearer.write_text("", encoding="utf-8")
    assert find_codebook("maskan-bank", study, tmp_path) == nearer
    beside = study / "own.toml"
    beside.write_text("", encoding="utf-8")
    assert find_codebook("own.toml", study, tmp_path) == beside
    assert find_codebook("study/own.toml", None, tmp_path / "work") == beside


def test_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="maskan-bank"):
        find_codebook("maskanbank", None, tmp_path)


def test_reference_without_roles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no concept a role"):
        model(tmp_path, CONCEPT.format(id="a") + CONCEPT.format(id="b"))


def test_every_concept_without_a_role_is_named(tmp_path: Path) -> None:
    text = CONCEPT.format(id="a") + 'role = "causal"\n' + CONCEPT.format(id="b") + CONCEPT.format(id="c")
    with pytest.raises(StudyError) as error:
        model(tmp_path, text)
    assert [problem.what.split("'")[1] for problem in error.value.problems] == ["b", "c"]


def test_empty_and_broken_references(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="TOML"):
        model(tmp_path, "[[codes]\n")
    with pytest.raises(StudyError, match=r"\[\[codes\]\]"):
        model(tmp_path, "")
    with pytest.raises(StudyError, match="nothing else"):
        model(tmp_path, CONCEPT.format(id="a") + 'role = "phenomenon"\n')
    unknown = CONCEPT.format(id="a") + 'role = "causal"\n[[frequencies]]\ncode = "z"\ninterviews = 3\n'
    with pytest.raises(StudyError, match="'z'"):
        model(tmp_path, unknown)


def test_hash_is_the_same_with_windows_line_ends(tmp_path: Path) -> None:
    text = CONCEPT.format(id="a") + 'role = "causal"\n'
    unix = model(tmp_path, text, "unix.toml")
    (tmp_path / "windows.toml").write_bytes(text.replace("\n", "\r\n").encode())
    windows = load_reference("windows.toml", tmp_path, tmp_path)
    assert unix.content_sha256 == windows.content_sha256
    assert unix.file.sha256 != windows.file.sha256


@pytest.fixture
def own_model(tmp_path: Path) -> ReferenceModel:
    (tmp_path / "own.toml").write_bytes(reference_of(demo_study()))
    return load_reference("own.toml", tmp_path, tmp_path)


def test_a_study_compared_with_its_own_model(own_model: ReferenceModel) -> None:
    """The export is a reference, and against itself everything agrees, frequencies and arrows included."""
    study = demo_study()
    crosswalk = tuple(
        CrosswalkRow(local=concept, reference=concept, relation="exact", rater=rater)
        for concept in own_model.everything
        for rater in ("r1", "r2")
    )
    result = compared(replace(study, crosswalk=crosswalk), ComparisonInput(reference=own_model))
    assert result.recovery.recall.value == 1.0
    assert result.recovery.precision.value == 1.0
    assert result.role.value == 1.0
    assert result.rank.value == pytest.approx(1.0)
    assert result.rank.concepts == 20
    assert (result.edges.recall, result.edges.precision, result.edges.jaccard) == (1.0, 1.0, 1.0)
    assert result.edges.reported > 10
    assert result.judgement.verdict is Verdict.CONSISTENT


def test_export_holds_no_word_of_a_participant(own_model: ReferenceModel) -> None:
    text = reference_of(demo_study()).decode("utf-8")
    study = demo_study()
    assert not any(study.passage(c.quotation)[:40] in text for c in study.analysed)
    assert "example" not in text
    assert "SYNTHETIC" in text
    assert own_model.frequency_of == "interviews"


def test_edges_that_only_one_side_has(own_model: ReferenceModel) -> None:
    study = demo_study()
    crosswalk = tuple(
        CrosswalkRow(local=concept, reference=concept, relation="exact", rater="r1")
        for concept in own_model.everything
    )
    fewer = replace(study, crosswalk=crosswalk, relations=study.relations[::2])
    edges = compared(fewer, ComparisonInput(reference=own_model)).edges
    assert edges.precision == 1.0
    assert edges.recall == pytest.approx(edges.shared / edges.reported)
    assert edges.shared < edges.reported


def test_a_study_without_roles_has_no_model_to_export() -> None:
    study = demo_study()
    bare = replace(
        study,
        role_votes=(),
        codebook=replace(study.codebook, codes=tuple(replace(code, role=None) for code in study.codebook)),
    )
    with pytest.raises(StudyError, match="no model"):
        reference_of(bare)


def test_new_study_around_a_model(tmp_path: Path) -> None:
    reference = demo_input().reference
    files = study_around("our-bank", "fa", reference, model="maskan-bank")
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    study = load_study(tmp_path)
    assert [warning.what for warning in study.warnings] == ["There is no transcript yet."]
    assert study.settings.reference.mode == "informed"
    assert [code.id for code in study.codebook] == [code.id for code in reference.book]
    assert all(study.codebook.role_of(c) is reference.role(c) for c in reference.everything)
    given = load_comparison_input(study, tmp_path, tmp_path)
    result = compared(study, given)
    assert result.judgement.verdict is Verdict.INCONCLUSIVE
    assert result.crosswalk.identity
    assert "crosswalk_kappa" not in {gate.name for gate in result.judgement.gates}


def test_no_model_named(tmp_path: Path) -> None:
    study = demo_study()
    settings = study.settings.reference.model_copy(update={"model": None})
    nameless = replace(study, settings=study.settings.model_copy(update={"reference": settings}))
    with pytest.raises(StudyError, match="names no model"):
        load_comparison_input(nameless, DEMO, tmp_path)
