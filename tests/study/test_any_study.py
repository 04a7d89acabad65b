"""Studies of anything: random settings, tables and texts give a study or a report of problems, nothing else."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_folder import StudyFolder

from omnistudy.errors import Problem, StudyError
from omnistudy.study.load import load_study
from omnistudy.study.model import Study
from omnistudy.study.settings import StudySettings

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What readers stumble over: joiners, marks and overrides of direction, combining marks, other planes, breaks.
SIGNS = st.sampled_from(
    [
        *"ab صفی‌ي",
        "\u200c",
        "\u200d",
        "\u202e",
        "\u2066",
        "\u0301",
        "😀",
        "👩‍👧",
        "\r\n",
        "\r",
        "\n",
        "\ufeff",
        "\u2028",
        "\x85",
        "\t",
    ]
)
TEXTS = st.lists(SIGNS, min_size=1, max_size=40).map("".join)
CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "P1",
            "P2",
            "a",
            "trust",
            "slow",
            "0",
            "7",
            "-1",
            "1e9",
            "²",
            "9" * 30,
            "model",
            "exact",
            "causal",
            "yes",
            "\u202e",
            "1403-12-30",
            "P1:3-9",
            "P1:9-3",
            "x;y",
        ]
    ),
    st.text(max_size=6),
)
HEADERS = [
    "interview",
    "start",
    "end",
    "coder",
    "code",
    "quote",
    "round",
    "role",
    "rationale",
    "source",
    "target",
    "type",
    "polarity",
    "feedback",
    "evidence",
    "id",
    "text",
    "relations",
    "target_id",
    "created",
    "local",
    "reference",
    "relation",
    "rater",
    "member",
    "shown",
    "answer",
    "order",
    "date",
    "",
    "x",
]
TABLES = {
    "participants.csv": "",
    "codings.csv": "",
    "codebook.csv": "",
    "seen.csv": 'seen = "seen.csv"',
    "roles.csv": 'roles = "roles.csv"',
    "relations.csv": 'relations = "relations.csv"',
    "memos.csv": 'memos = "memos.csv"',
    "propositions.csv": 'propositions = "propositions.csv"',
    "crosswalk.csv": 'crosswalk = "crosswalk.csv"',
    "member_checks.csv": 'member_checks = "member_checks.csv"',
}
SECTION_OF = {"seen.csv": "codings", "roles.csv": "codebook", "crosswalk.csv": "reference"}
LEAVES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    CELLS,
    st.dates(),
    st.times(),
    st.datetimes(min_value=datetime(1000, 1, 1)),
    st.lists(CELLS, max_size=3),
    st.dictionaries(st.sampled_from(["file", "coder", "en", "recall", "x"]), CELLS, max_size=2),
)


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case date() | datetime() | time():
            return value.isoformat()
        case _:
            return str(value)


def loaded(folder: Path) -> None:
    """Load a study that may be anything; every problem says what to do and where."""
    study: Study | None = None
    problems: tuple[Problem, ...] = ()
    try:
        study = load_study(folder)
    except StudyError as error:
        problems = error.problems
    assert all(problem.what and problem.remedy for problem in problems)
    if study is None:
        assert problems
        return
    for coding in study.codings:
        assert (
            0
            <= coding.quotation.start
            < coding.quotation.end
            <= len(study.interview[coding.quotation.interview].text)
        )


@FEW
@given(st.data())
def test_settings_of_any_type(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = StudyFolder()
    sections: dict[str, dict[str, Any]] = {
        "study": {"id": "small"},
        "interviews": {"attributes": "participants.csv"},
        "codings": {"files": ["codings.csv"]},
        "codebook": {"file": "codebook.csv"},
        "analysis": {"codings": "any"},
    }
    for _ in range(data.draw(st.integers(1, 3))):
        section = data.draw(st.sampled_from([*StudySettings.model_fields, "other"]))
        field = StudySettings.model_fields.get(section)
        keys = (
            list(field.annotation.model_fields) if field is not None and field.annotation is not None else []
        )
        key = data.draw(st.sampled_from([*keys, "misspelt"]))
        sections.setdefault(section, {})[key] = data.draw(LEAVES)
    text = ""
    for name, values in sections.items():
        text += f"[{name}]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in values.items())
    folder.files["study.toml"] = text.encode("utf-8", "replace")
    loaded(folder.write(tmp_path_factory.mktemp("any")))


@FEW
@given(
    st.sampled_from(sorted(TABLES)),
    st.lists(st.sampled_from(HEADERS), min_size=1, max_size=8, unique=True),
    st.lists(st.lists(CELLS, max_size=8), max_size=5),
    st.sampled_from([",", ";", "\t"]),
)
def test_tables_of_any_cells(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    header: list[str],
    rows: list[list[str]],
    delimiter: str,
) -> None:
    folder = StudyFolder()
    section = SECTION_OF.get(name, "theory")
    added = TABLES[name]
    text = folder.text("study.toml")
    text = text if f"[{section}]" in text else f"{text}[{section}]\n"
    folder.files["study.toml"] = text.replace(f"[{section}]", f"[{section}]\n{added}")
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    folder.files[name] = out.getvalue().encode("utf-8", "replace")
    loaded(folder.write(tmp_path_factory.mktemp("any")))


@FEW
@given(TEXTS, st.booleans(), st.data())
def test_any_span_of_any_text_is_verified(
    tmp_path_factory: pytest.TempPathFactory, written: str, marked: bool, data: st.DataObject
) -> None:
    """Offsets count code points of the canonical text; the quotation in the table is compared with it."""
    if not written.strip():
        return
    text = f"P1: {written} end"
    canonical = text.replace("\r\n", "\n").replace("\r", "\n")
    start = data.draw(st.integers(0, len(canonical) - 1))
    end = data.draw(st.integers(start + 1, len(canonical)))
    quote = canonical[start:end]
    out = io.StringIO()
    csv.writer(out).writerows(
        [["interview", "start", "end", "coder", "code", "quote"], ["P1", start, end, "a", "slow", quote]]
    )
    folder = StudyFolder()
    folder.files["transcripts/P1.txt"] = (b"\xef\xbb\xbf" if marked else b"") + text.encode()
    folder.files["codings.csv"] = out.getvalue().encode()
    with contextlib.suppress(StudyError):
        study = load_study(folder.write(tmp_path_factory.mktemp("any")))
        assert study.interview["P1"].text == canonical
        (coding,) = study.codings
        assert study.interview["P1"].text[coding.quotation.start : coding.quotation.end] == quote
        return
    assert not quote.strip()  # only a quotation without words is refused
