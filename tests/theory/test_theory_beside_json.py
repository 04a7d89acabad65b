"""Reporting tables, content validity, trustworthiness and code history: table, JSON and sentence agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from theory_builder import PROVENANCE, Draft, Span, code

from omnistudy.errors import StudyError
from omnistudy.results import Note, Number, Prose, Quote, Table, Undefined
from omnistudy.study.bare_table import read_bare_table
from omnistudy.study.model import Level, MemberCheck, Role, Study, TrustTechnique
from omnistudy.theory.codes.reporting_result import ReportingResult, reporting_of
from omnistudy.theory.counts.history import code_history, history_json, history_table
from omnistudy.theory.counts.retrieval import QuoteFilter, check_attribute, find_quotes, quotes_of, spread
from omnistudy.theory.trustworthiness.analysis import TrustworthinessResult, trustworthiness_of
from omnistudy.theory.trustworthiness.validity_result import ValidityResult, validity_of

TREE = [
    code("means", Level.CATEGORY),
    code("action", Level.SUBCATEGORY, "means", role=Role.STRATEGY),
    code("learning", Level.CODE, "action"),
    code("teach", Level.CODE, "learning"),
    code("trust", Level.SUBCATEGORY, role=Role.CAUSAL),
    code("loose", Level.CODE),
]
SPANS: list[Span] = [
    ("P2", 0, 4, "a", "teach"),
    ("P1", 5, 9, "a", "teach"),
    ("P1", 5, 9, "b", "teach"),
    ("P1", 0, 4, "a", "teach"),
    ("P1", 0, 4, "a", "trust"),
    ("P2", 0, 4, "a", "loose"),
]


def study(**more: Any) -> Study:
    given: dict[str, Any] = {
        "codes": TREE,
        "spans": SPANS,
        "interviews": ["P1", "P2"],
        "texts": {"P1": "word more text", "P2": "long talk"},
        "attributes": {"P1": {"age": "40", "town": ""}, "P2": {"city": "Yasuj"}},
    }
    return Draft(**{**given, **more}).study()


def dicts(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    assert all(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def reporting(**more: Any) -> ReportingResult:
    return reporting_of(study(**more), PROVENANCE)


def test_the_trace_in_table_and_json() -> None:
    result = reporting()
    payload: Any = result.payload()
    trace, frequency, people = result.tables()
    assert (trace.name, frequency.name, people.name) == ("trace", "frequencies", "participants")
    assert [(row["code"], row["quotation"]) for row in payload["trace"]] == [
        ("trust", "P1:0-4"),
        ("teach", "P1:0-4"),
        ("teach", "P1:5-9"),
        ("teach", "P2:0-4"),
        ("loose", "P2:0-4"),
    ]
    for row, entry in zip(dicts(trace), payload["trace"], strict=True):
        assert isinstance(row["quotation"], Quote)
        assert (row["quotation"].text, row["interviewee"]) == (entry["text"], entry["interview"])
        assert (row["quotation"].start, row["quotation"].end) == (entry["start"], entry["end"])
        for key in ("concept", "subcategory", "category"):
            assert (None if row[key] is None else row[key].id) == entry[key]
        assert (row["role"] is None) == (entry["role"] is None)
    teach = payload["trace"][1]
    assert (teach["concept"], teach["subcategory"], teach["category"], teach["role"]) == (
        "learning",
        "action",
        "means",
        "strategy",
    )
    assert {
        key: payload["trace"][4][key] for key in ("concept", "subcategory", "category", "role")
    } == dict.fromkeys(("concept", "subcategory", "category", "role"))
    for row, entry in zip(dicts(frequency), payload["frequencies"], strict=True):
        assert (row["code"].id, row["who"]) == (entry["code"], ", ".join(entry["interview_ids"]))
        assert (row["interviewees"], row["mentions"]) == (entry["interviewees"], entry["mentions"])
        assert entry["interviewees"] == len(entry["interview_ids"])
    counts = {row["code"]: (row["interviewees"], row["mentions"]) for row in payload["frequencies"]}
    assert counts == {"trust": (1, 1), "teach": (2, 3), "loose": (1, 1)}
    assert str(result.summary).startswith("Counting")
    assert ": 5 quotations with a code from 2 interviewees, of which 4 lead up to a role" in str(
        result.summary
    )
    assert "; 3 codes are in use" in str(result.summary)


def test_participants_in_table_and_json() -> None:
    result = reporting()
    payload: Any = result.payload()
    rows = dicts(result.tables()[2])
    assert rows == [
        {"interview": "P1", "date": None, "age": "40", "town": None, "city": None, "words": 3},
        {"interview": "P2", "date": None, "age": None, "town": None, "city": "Yasuj", "words": 2},
    ]
    assert payload["participants"][0] == {
        "interview": "P1",
        "date": None,
        "attributes": {"age": "40", "town": None},
        "words": 3,
    }
    hidden = reporting_of(study(), PROVENANCE, described=False)
    assert hidden.payload()["participants"] == []
    assert [table.name for table in hidden.tables()] == ["trace", "frequencies"]
    assert [block.name for block in result.blocks() if isinstance(block, Table)] == [
        "participants",
        "frequencies",
        "trace",
    ]
    nothing = reporting(spans=[])
    assert [type(block) for block in nothing.blocks()] == [Prose, Table]


def test_the_concept_column_stands_back_where_no_tree_has_concepts() -> None:
    def concept(result: ReportingResult) -> bool:
        return next(column.secondary for column in result.tables()[0].columns if column.key == "concept")

    assert not concept(reporting())
    flat = [part for part in TREE if part.id not in {"learning", "teach"}]
    assert concept(reporting(codes=flat, spans=[("P1", 0, 4, "a", "trust")]))
    assert reporting().tables()[0].note is None
    assert reporting(codes=flat, spans=[("P1", 0, 4, "a", "trust")]).tables()[0].note is not None


def validity(folder: Path, *rows: str) -> ValidityResult:
    path = folder / "experts.csv"
    path.write_text("\n".join(["item,expert,rating", *rows]) + "\n", encoding="utf-8")
    return validity_of(read_bare_table(path), PROVENANCE)


def test_content_validity_in_table_json_and_sentence(tmp_path: Path) -> None:
    rows = [f"good,e{n},1" for n in range(6)] + [f"poor,e{n},{1 if n < 3 else 3}" for n in range(6)]
    result = validity(tmp_path, *rows)
    payload: Any = result.payload()
    good, poor = payload["items"]
    assert (good["experts"], good["essential"], good["cvr"], good["kept"]) == (6, 6, 1, True)
    # six of six: chance gives it in 1 of 64 panels; three of six in 42 of 64
    assert (good["p"], poor["p"]) == pytest.approx((1 / 64, 42 / 64))
    assert (poor["cvr"], poor["kept"], poor["least"], poor["reason"]) == (0, False, 6, None)
    assert (payload["cvi"], payload["cvi_reason"]) == (1, None)
    for row, entry in zip(dicts(result.tables()[0]), payload["items"], strict=True):
        assert isinstance(row["cvr"], Number)
        assert row["cvr"].value == entry["cvr"]
        for key in ("item", "experts", "essential", "least", "p", "kept"):
            assert row[key] == entry[key], key
    assert str(result.summary).startswith("1 of 2 items are called essential")
    assert not [block for block in result.blocks() if isinstance(block, Note)]
    few = validity(tmp_path, "a,e1,1", "a,e2,1", "b,e1,2")
    payload = few.payload()
    assert (payload["cvi"], payload["items"][0]["least"]) == (None, None)
    assert payload["cvi_reason"]
    assert payload["items"][0]["reason"]
    assert isinstance(dicts(few.tables()[0])[0]["least"], Undefined)
    assert str(few.summary).startswith("0 of 2 items are kept; the index is undefined")
    [note] = [block for block in few.blocks() if isinstance(block, Note)]
    assert "Not every expert rated every item" in str(note.text)


def trust(*rows: TrustTechnique, checks: tuple[MemberCheck, ...] = ()) -> TrustworthinessResult:
    given = Draft(codes=TREE, interviews=["P1", "P2"]).study()
    return trustworthiness_of(replace(given, trustworthiness=rows, member_checks=checks), PROVENANCE)


CHECKS = (
    MemberCheck(
        member="P1", shown="code", shown_id="trust", answer="agree", date="2024-01-02", comment="", change=""
    ),
    MemberCheck(
        member="P1", shown="role", shown_id="causal", answer="disagree", date="", comment="why", change=""
    ),
    MemberCheck(
        member="expert", shown="code", shown_id="trust", answer="partly", date="", comment="", change="done"
    ),
    MemberCheck(
        member="expert",
        shown="relation",
        shown_id="trust>action",
        answer="partly",
        date="",
        comment="",
        change="",
    ),
    MemberCheck(member="P2", shown="model", shown_id="", answer="agree", date="", comment="", change=""),
)


def test_member_checks_in_table_json_and_sentence() -> None:
    result = trust(checks=CHECKS)
    payload: Any = result.payload()["member_checks"]
    assert {key: payload[key] for key in payload if key != "rows"} == {
        "members": 3,
        "interviewees": 2,
        "of_interviewees": 2,
        "shown": 4,
        "answers": {"agree": 2, "partly": 2, "disagree": 1},
        "changes": 1,
        "without_comment_or_change": 1,
    }
    assert payload["rows"][0] == {
        "member": "P1",
        "interviewee": True,
        "date": "2024-01-02",
        "shown": "code",
        "shown_id": "trust",
        "answer": "agree",
        "comment": None,
        "change": None,
    }
    techniques, by_shown, answers = result.tables()
    for row, entry in zip(dicts(answers), payload["rows"], strict=True):
        assert (row["member"], row["interviewee"], row["date"]) == (
            entry["member"],
            entry["interviewee"],
            entry["date"],
        )
        assert (row["comment"], row["change"]) == (entry["comment"], entry["change"])
        assert str(row["shown"]) == entry["shown"]
    assert [str(row["answer"]) for row in dicts(answers)] == [
        "agrees",
        "disagrees",
        "agrees in part",
        "agrees in part",
        "agrees",
    ]
    shown = dicts(by_shown)
    assert [
        (row["members"], row["agree"], row["partly"], row["disagree"], row["changes"]) for row in shown
    ] == [
        (2, 1, 1, 0, 1),
        (1, 0, 0, 1, 0),
        (1, 0, 1, 0, 0),
        (1, 1, 0, 0, 0),
    ]
    assert str(shown[0]["shown_id"]) == "trust"
    assert all(end in str(shown[2]["shown_id"]) for end in ("trust", "action"))
    assert shown[3]["shown_id"] is None
    assert "3 members gave 5 answers on 4 findings: 2 agree, 2 partly, 1 disagree" in str(result.summary)
    assert techniques.name == "trustworthiness"


def test_techniques_in_table_json_and_sentence() -> None:
    rows = (
        TrustTechnique(
            criterion="credibility", technique="Triangulation", done="yes", evidence="two sources", note="n"
        ),
        TrustTechnique(criterion="dependability", technique="own way", done="partly", evidence="", note=""),
        TrustTechnique(criterion="confirmability", technique="another", done="no", evidence="", note=""),
    )
    result = trust(*rows)
    payload: Any = result.payload()["criteria"]
    told = {
        entry["title"]: (criterion["criterion"], entry)
        for criterion in payload
        for entry in criterion["techniques"]
        if entry["state"] != "not described"
    }
    assert {
        title: entry["state"] for title, (_, entry) in told.items() if title in {"own way", "another"}
    } == {
        "own way": "partly",
        "another": "no",
    }
    own = told["own way"]
    assert own[0] == "dependability"
    assert (own[1]["technique"], own[1]["evidence"], own[1]["note"]) == (None, None, None)
    source = next(entry for _, entry in told.values() if entry["technique"] == "triangulation")
    assert (source["evidence"], source["note"], source["state"]) == ("two sources", "n", "yes")
    for criterion in payload:
        silent = [
            entry["technique"] for entry in criterion["techniques"] if entry["state"] == "not described"
        ]
        assert criterion["not_described"] == silent
        assert criterion["described"] == (len(silent) < len(criterion["techniques"]))
    shown = dicts(result.tables()[0])
    entries = [entry for criterion in payload for entry in criterion["techniques"]]
    assert len(shown) == len(entries)
    for row, entry in zip(shown, entries, strict=True):
        assert str(row["title"] if "title" in row else row["technique"]) == entry["title"]
        assert (row["evidence"], row["note"]) == (entry["evidence"], entry["note"])
        words = {"yes": "done", "partly": "done in part", "no": "not done", "not described": "not described"}
        assert str(row["state"]) == words[entry["state"]]
    silent_count = sum(entry["state"] == "not described" for entry in entries)
    assert "1 techniques are described as done and 1 in part, under 2 of 4 criteria" in str(result.summary)
    assert f"{silent_count} techniques of the source are not described" in str(result.summary)
    assert [block.name for block in result.blocks() if isinstance(block, Table)] == ["trustworthiness"]
    with_answers = trust(*rows, checks=CHECKS)
    assert [block.name for block in with_answers.blocks() if isinstance(block, Table)] == [
        "trustworthiness",
        "member_checks",
        "member_answers",
    ]


def test_the_history_of_codes_in_table_and_json() -> None:
    given = study()
    days = ["2024-03-01T10:00:00", "2024-01-05", "2024-02-01", "01/02/2024", "2024-01-01", ""]
    dated = tuple(replace(c, created=day) for c, day in zip(given.codings, days, strict=True))
    rows = code_history(replace(given, codings=dated))
    assert [history_json(row) for row in rows] == [
        {
            "code": "trust",
            "first": "2024-01-01",
            "first_coder": "a",
            "last": "2024-01-01",
            "dated": 1,
            "undated": 0,
        },
        {
            "code": "teach",
            "first": "2024-01-05",
            "first_coder": "a",
            "last": "2024-03-01",
            "dated": 3,
            "undated": 1,
        },
    ]
    for row, entry in zip(dicts(history_table(rows)), map(history_json, rows), strict=True):
        assert {key: row[key] for key in entry if key != "first_coder"} == {
            key: value for key, value in entry.items() if key != "first_coder"
        }
        assert str(row["first_coder"]) == entry["first_coder"]
    assert code_history(given) == ()


def test_quotations_name_codes_in_codebook_order_and_their_turn() -> None:
    text = "R: word more text\nR: long talk\n"
    spans = [("P1", 3, 7, "b", "trust"), ("P1", 3, 7, "a", "teach"), ("P1", 21, 25, "a", "loose")]
    given = study(spans=spans, texts={"P1": text}, interviews=["P1"])
    first, second = find_quotes(given, QuoteFilter())
    assert [label.id for label in first.codes] == ["teach", "trust"]
    assert first.coders == ("a", "b")
    assert (first.text, first.turn, second.turn) == ("word", 1, 2)
    every = [("P1", 3, 7, "a", name) for name in ("loose", "trust", "teach", "learning", "action", "means")]
    [whole] = find_quotes(study(spans=every, texts={"P1": text}, interviews=["P1"]), QuoteFilter())
    assert [label.id for label in whole.codes] == ["means", "action", "learning", "teach", "trust", "loose"]
    before = study(spans=[("P1", 0, 3, "a", "teach")], texts={"P1": "...\nR: word\n"}, interviews=["P1"])
    assert quotes_of(before, before.codings)[0].turn in {None, 1}


def test_one_quotation_from_each_interview_before_a_second() -> None:
    quotes = [
        Quote(text=str(n), interview=name, start=n, end=n + 1, language="en")
        for n, name in enumerate("aabac")
    ]
    assert [quote.text for quote in spread(quotes, 3)] == ["0", "2", "4"]
    assert [quote.text for quote in spread(quotes, 4)] == ["0", "1", "2", "4"]
    assert spread(quotes, 0) == ()


def test_unknown_attributes_are_answered_with_those_there_are() -> None:
    with pytest.raises(StudyError, match="The participants have: age, city, town"):
        check_attribute(study(), "zzzz")
    with pytest.raises(StudyError, match="No participant has age = '41'"):
        check_attribute(study(), "age", "41")
    check_attribute(study(), "age", "40")
    check_attribute(study(), "age")
