"""Freezing a protocol, and naming what changed since, line by line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from replication_builder import compared, demo_input, demo_study, in_mode, with_thresholds

from omnistudy.errors import StudyError
from omnistudy.replication.freeze import (
    PROTOCOL_FILE,
    FreezeReport,
    StoredProtocol,
    canonical_hash,
    freeze_report,
    protocol_bytes,
    protocol_of,
    read_protocol,
)
from omnistudy.replication.options import CompareOptions
from omnistudy.results import Label
from omnistudy.study.model import Memo, Study

OPTIONS = CompareOptions()


def protocol(study: Study, options: CompareOptions = OPTIONS) -> dict[str, Any]:
    return protocol_of(study, demo_input().reference, options)


def stored(folder: Path, study: Study, date: str = "2025-01-01", codings: int = 0) -> StoredProtocol:
    (folder / PROTOCOL_FILE).write_bytes(protocol_bytes(protocol(study), date=date, codings=codings))
    found = read_protocol(folder)
    assert found is not None
    return found


def report(study: Study, frozen: StoredProtocol | None, options: CompareOptions = OPTIONS) -> FreezeReport:
    return freeze_report(study, protocol(study, options), frozen)


def test_unfrozen_is_exploratory() -> None:
    found = report(demo_study(), None)
    assert found.exploratory
    assert found.before_coding is None


def test_frozen_before_the_first_coding(tmp_path: Path) -> None:
    study = demo_study()
    found = report(study, stored(tmp_path, study))
    assert found.before_coding is True
    assert not found.exploratory
    assert found.deviations == ()
    assert found.intact
    assert found.first_coding == min(c.created for c in study.codings)
    assert found.stored is not None
    assert found.stored.sha256 == found.sha256


@pytest.mark.parametrize(("date", "codings"), [("2025-01-01", 12), ("2025-06-01", 0)])
def test_frozen_too_late_is_exploratory(tmp_path: Path, date: str, codings: int) -> None:
    found = report(demo_study(), stored(tmp_path, demo_study(), date, codings))
    assert found.before_coding is False
    assert found.exploratory


def test_codings_without_dates_cannot_tell(tmp_path: Path) -> None:
    study = demo_study()
    undated = replace(study, codings=tuple(replace(c, created="") for c in study.codings))
    found = report(undated, stored(tmp_path, undated))
    assert found.before_coding is None
    assert not found.exploratory


def test_every_change_is_named_line_by_line(tmp_path: Path) -> None:
    study = demo_study()
    frozen = stored(tmp_path, study)
    changed = with_thresholds(study, recall=0.70, alpha=0.60)
    found = report(changed, frozen, CompareOptions(seed=2))
    assert [(d.line, d.frozen, d.now, d.reason, d.edited) for d in found.deviations] == [
        ("draws.seed", "1", "2", None, False),
        ("thresholds.alpha", "0.667", "0.6", None, False),
        ("thresholds.recall", "0.8", "0.7", None, False),
    ]


def test_a_memo_gives_the_reason(tmp_path: Path) -> None:
    study = demo_study()
    frozen = stored(tmp_path, study)
    memo = Memo(
        id="D1",
        target="protocol",
        target_id="thresholds",
        coder="c1",
        created="2025-09-01",
        title="",
        text="agreed with the supervisor",
    )
    changed = replace(with_thresholds(study, recall=0.70), memos=(*study.memos, memo))
    (deviation,) = report(changed, frozen).deviations
    assert deviation.reason == "agreed with the supervisor"


def test_an_edited_protocol_is_found_out(tmp_path: Path) -> None:
    study = demo_study()
    stored(tmp_path, study)
    path = tmp_path / PROTOCOL_FILE
    data = json.loads(path.read_text(encoding="utf-8"))
    data["protocol"]["thresholds"]["recall"] = 0.5
    path.write_text(json.dumps(data), encoding="utf-8")
    found = report(with_thresholds(study, recall=0.5), read_protocol(tmp_path))
    assert not found.intact
    assert found.exploratory
    assert [(d.line, d.edited) for d in found.deviations] == [("thresholds.recall", True)]


def test_codebook_is_frozen_in_informed_mode_only(tmp_path: Path) -> None:
    blind, informed = demo_study(), in_mode(demo_study(), "informed")

    def redefined(study: Study) -> Study:
        first, *rest = study.codebook.codes
        changed = replace(first, definition=Label(first.id, {"en": "another definition"}))
        return replace(study, codebook=replace(study.codebook, codes=(changed, *rest)))

    assert protocol(redefined(blind)) == protocol(blind)
    found = report(redefined(informed), stored(tmp_path, informed))
    assert [d.line for d in found.deviations] == [f"codebook.{informed.codebook.codes[0].id}"]


def test_hash_is_canonical() -> None:
    assert canonical_hash({"b": 1, "a": "ی"}) == canonical_hash({"a": "ی", "b": 1})
    # sha256 of {"a":1} as any other program computes it
    assert canonical_hash({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "another/1"}', '{"schema": "omnistudy.protocol/1"}'])
def test_unusable_protocol(tmp_path: Path, text: str) -> None:
    (tmp_path / PROTOCOL_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_protocol(tmp_path)
    assert error.value.problems[0].file == PROTOCOL_FILE


def test_comparison_of_a_frozen_study_says_so(tmp_path: Path) -> None:
    study = demo_study()
    frozen = stored(tmp_path, study)
    result = compared(study, replace(demo_input(), protocol=frozen), OPTIONS)
    assert not result.freeze.exploratory
    assert "exploratory" not in str(result.summary)
    assert result.freeze.deviations == ()
