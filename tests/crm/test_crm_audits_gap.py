"""Journey gaps: the rule of the source stage by stage, the order of urgency, and what a reader is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from audits_builder import keys_of, outline, rows_of, sheet_of, table_of
from records_builder import PROVENANCE

from omnistudy.crm.audits.gap import COLUMNS, gaps_of
from omnistudy.crm.audits.gap_result import GapResult, Quadrant, Verdict
from omnistudy.errors import Problem, StudyError

ORDER = ["unacceptable", "fix", "watch", "over_served", "hold", "unrated"]


def gaps(folder: Path, text: str, midpoint: float = 3.0) -> GapResult:
    return gaps_of(sheet_of(folder, text), PROVENANCE, midpoint)


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        # current, target, acceptable_min, hurts_brand, critical_need: the first rule that fits decides
        (",4,2,yes,yes", "unrated"),
        ("2,,3,yes,yes", "unrated"),
        ("2,4,3,no,no", "unacceptable"),
        ("5,4,6,no,no", "unacceptable"),
        ("3,4,3,yes,no", "fix"),
        ("2,4,,yes,no", "fix"),
        ("2,4,,no,yes", "watch"),
        ("3,4,3,no,no", "watch"),
        ("5,4,3,no,no", "over_served"),
        ("5,4,3,yes,no", "hold"),
        ("5,4,3,no,yes", "hold"),
        ("4,4,4,no,no", "hold"),
        ("4,4,,yes,yes", "hold"),
    ],
)
def test_the_first_rule_that_fits_decides(tmp_path: Path, cells: str, verdict: str) -> None:
    header = "stage,current,target,acceptable_min,hurts_brand,critical_need\n"
    (stage,) = gaps(tmp_path, f"{header}pay,{cells}\n").stages
    assert stage.verdict == verdict


@pytest.mark.parametrize(
    ("cells", "gap"), [("2,4.5", 2.5), ("5,4", -1), ("4,4", 0), (",4", None), ("4,", None)]
)
def test_the_gap_is_target_minus_current(tmp_path: Path, cells: str, gap: float | None) -> None:
    (stage,) = gaps(tmp_path, f"stage,current,target\npay,{cells}\n").stages
    assert stage.gap == gap


@pytest.mark.parametrize(
    ("customer", "brand", "quadrant"),
    [("4", "4", "focus"), ("4", "3", "maintain"), ("3", "4", "test"), ("3", "3", "minimum"),
     ("3.1", "2", "maintain"), ("", "4", None), ("4", "", None), ("0", "5", "test")],
)  # fmt: skip
def test_importance_is_cut_above_the_midpoint(
    tmp_path: Path, customer: str, brand: str, quadrant: str | None
) -> None:
    text = "stage,current,target,importance_customer,importance_brand\n"
    (stage,) = gaps(tmp_path, f"{text}pay,1,2,{customer},{brand}\n").stages
    assert stage.quadrant == quadrant


def test_the_midpoint_is_an_option(tmp_path: Path) -> None:
    text = "stage,current,target,importance_customer,importance_brand\npay,1,2,5,6\n"
    assert gaps(tmp_path, text).stages[0].quadrant is Quadrant.FOCUS
    result = gaps(tmp_path, text, 5.0)
    assert result.stages[0].quadrant is Quadrant.TEST
    assert result.payload()["midpoint"] == 5
    caption = table_of(result, "crm-gap-priority").caption
    assert str(caption) == "Priority by importance, cut at 5"


@pytest.mark.parametrize(
    ("cells", "ahead"),
    [("3,yes,4", True), ("3,yes,3", False), ("3,no,4", False), ("3,yes,", False), (",yes,4", False)],
)
def test_a_competitor_is_ahead_on_critical_stages_only(tmp_path: Path, cells: str, ahead: bool) -> None:
    (stage,) = gaps(tmp_path, f"stage,target,current,critical_need,competitor\npay,4,{cells}\n").stages
    assert stage.competitor_ahead is ahead


def test_the_most_urgent_stage_comes_first(tmp_path: Path) -> None:
    """By verdict; inside a verdict by importance to customer × to brand × gap; else as in the sheet."""
    text = (
        "stage,current,target,acceptable_min,hurts_brand,importance_customer,importance_brand\n"
        "unrated,,4,,,,\nunrated-25,,4,,,5,5\nhold,4,4,,,,\nover,5,4,,,,\nwatch,3,4,,,,\nfix-nothing,3,4,,yes,0,5\n"
        "fix-12,3,4,,yes,4,3\nfix-24,2,4,,yes,4,3\nfix-unknown,1,4,,yes,,3\nfix-also-24,1,4,,yes,8,1\n"
        "fix-15,3,4,,yes,3,5\nbad,1,4,2,yes,1,1\nfix-none,1,4,,yes,4,\n"
    )
    result = gaps(tmp_path, text)
    assert [one.stage for one in result.stages] == [
        "bad", "fix-24", "fix-also-24", "fix-15", "fix-12", "fix-nothing", "fix-unknown", "fix-none",
        "watch", "over", "hold", "unrated", "unrated-25",
    ]  # fmt: skip
    assert list(dict.fromkeys(str(one.verdict) for one in result.stages)) == ORDER == list(Verdict)
    assert str(result.summary) == "13 stages: 1 unacceptable, 7 to fix, 1 over-served, 2 unrated."


def test_a_fix_needs_owner_action_and_date(tmp_path: Path) -> None:
    """So does an unacceptable stage; one that is only watched lacks nothing."""
    text = (
        "stage,current,target,acceptable_min,hurts_brand,owner,action,due\n"
        "a,1,4,2,no,,,\nb,3,4,,yes,people,train,\nc,3,4,,yes,people,,2025-01-01\nd,3,4,,no,,,\n"
        "e,3,4,,yes,people,train,2025-01-01\n"
    )
    result = gaps(tmp_path, text)
    found = {one.stage: one.missing for one in result.stages}
    assert found == {"a": ("owner", "action", "due"), "b": ("due",), "c": ("action",), "d": (), "e": ()}
    table = table_of(result, "crm-gap")
    assert keys_of(table) == "stage verdict current target gap competitor_ahead owner missing"
    assert rows_of(table) == [
        "a | unacceptable | 1 | 4 | 3 | no | – | owner, action and date",
        "b | fix | 3 | 4 | 1 | no | people | date",
        "c | fix | 3 | 4 | 1 | no | people | action",
        "e | fix | 3 | 4 | 1 | no | people | –",
        "d | watch | 3 | 4 | 1 | no | – | –",
    ]
    both = gaps(tmp_path, text.replace("people,train,\n", ",train,\n"))
    assert rows_of(table_of(both, "crm-gap"))[1] == "b | fix | 3 | 4 | 1 | no | – | owner and date"


@pytest.mark.parametrize(
    ("written", "kind"),
    [("people", "people"), ("People: branches", "people"), ("افراد: شعب", "people"), ("کارکنان", "people"),
     ("process", "process"), ("فرایند", "process"), ("فرآیند: وام", "process"),
     ("technology - app", "technology"), ("فناوری: نوبت‌دهی", "technology"), ("Ms X", None), ("", None),
     ("our people", None)],
)  # fmt: skip
def test_an_owner_is_people_process_or_technology(tmp_path: Path, written: str, kind: str | None) -> None:
    (stage,) = gaps(tmp_path, f"stage,current,target,owner\npay,1,2,{written}\n").stages
    assert (stage.owner, stage.owner_kind) == (written, kind)


FULL = (
    "segment,journey,stage,importance_customer,importance_brand,current,target,acceptable_min,hurts_brand,"
    "critical_need,competitor,owner,action,due,evidence_ref\n"
    "retail,loan,apply,5,4,2,4,1,yes,yes,3,process: web,one form,2025-06-21,doc:map.pdf | P01:1-2\n"
    "youth,loan,repay,2,4,,4,,,,,Ms X,,,\n"
)
EVIDENCE = [
    {
        "kind": "document",
        "reference": "map.pdf",
        "counts": True,
        "checked": False,
        "reason": None,
        "metric": None,
    },
    {
        "kind": "quotation",
        "reference": "P01:1-2",
        "counts": True,
        "checked": False,
        "reason": "no study was given to look it up in",
        "metric": None,
    },
]


def test_table_and_json_hold_the_whole_stage(tmp_path: Path) -> None:
    result = gaps(tmp_path, FULL)
    assert result.payload() == {
        "midpoint": 3.0,
        "stages": [
            {
                "segment": "retail",
                "journey": "loan",
                "stage": "apply",
                "current": 2,
                "target": 4,
                "gap": 2,
                "reason": None,
                "verdict": "fix",
                "quadrant": "focus",
                "competitor_ahead": True,
                "missing": [],
                "owner": "process: web",
                "owner_kind": "process",
                "action": "one form",
                "due": "2025-06-21",
                "evidence": EVIDENCE,
                "row": 2,
            },
            {
                "segment": "youth",
                "journey": "loan",
                "stage": "repay",
                "current": None,
                "target": 4,
                "gap": None,
                "reason": "a score is missing",
                "verdict": "unrated",
                "quadrant": "test",
                "competitor_ahead": False,
                "missing": [],
                "owner": "Ms X",
                "owner_kind": None,
                "action": "",
                "due": "",
                "evidence": [],
                "row": 3,
            },
        ],
        "quadrants": {"focus": ["apply"], "maintain": [], "test": ["repay"], "minimum": []},
        "sources": [
            {
                "key": "omnichannel-essays",
                "kind": "essay",
                "about": "essays on omnichannel retail, contact centres, a campaign and banking",
            }
        ],
    }
    table = table_of(result, "crm-gap")
    assert keys_of(table) == (
        "segment journey stage verdict quadrant current target gap competitor_ahead owner evidence"
    )
    unknown = "[a score is missing]"
    assert rows_of(table) == [
        "retail | loan | apply | fix | focus | 2 | 4 | 2 | yes | process: web | map.pdf; P01:1-2",
        f"youth | loan | repay | unrated | test | {unknown} | 4 | {unknown} | no | Ms X | –",
    ]
    priority = table_of(result, "crm-gap-priority")
    assert keys_of(priority) == "priority meaning stages"
    assert rows_of(priority) == [
        "focus | important to customer and brand: most attention | apply",
        "maintain | important to the customer only | –",
        "test | important to the brand only | repay",
        "minimum | important to neither | –",
    ]


SOURCE = (
    "neutral: Source: essays on omnichannel retail, contact centres, a campaign and banking; an essay: a "
    "practitioner's or author's view, without data of its own."
)


def test_a_page_says_what_is_still_missing_and_whose_owner_is_unknown(tmp_path: Path) -> None:
    text = (
        "stage,current,target,hurts_brand,owner\na,1,2,yes,Ms X\nb,1,2,yes,people\nc,1,2,no,Mr Y\nd,1,2,no,\n"
    )
    result = gaps(tmp_path, text)
    assert str(result.title) == "Journey gaps"
    assert outline(result.blocks()) == [
        SOURCE,
        "warning: Stages to fix that lack an owner, an action or a date: 2.",
        "neutral: Owners that do not begin with people, process or technology, which the source tells apart: 2.",
        "table crm-gap",
    ]


def test_a_page_shows_priorities_only_where_importance_is_known(tmp_path: Path) -> None:
    text = "stage,current,target,importance_customer,importance_brand\na,2,2,,\nb,2,2,5,5\n"
    assert outline(gaps(tmp_path, text).blocks()) == [SOURCE, "table crm-gap", "table crm-gap-priority"]
    assert outline(gaps(tmp_path, "stage,current,target\na,2,2\n").blocks()) == [SOURCE, "table crm-gap"]


def test_a_stage_stands_once_per_segment_and_journey(tmp_path: Path) -> None:
    text = "segment,journey,stage,current,target\nx,loan,pay,1,2\ny,loan,pay,1,2\nx,card,pay,1,2\n"
    assert len(gaps(tmp_path, text).stages) == 3
    with pytest.raises(StudyError) as caught:
        gaps(tmp_path, text + "y,loan,pay,2,2\n")
    assert caught.value.problems == (
        Problem(
            what="The stage 'pay' stands in row 3 already.",
            remedy="Keep one.",
            file=str(tmp_path / "sheet.csv"),
            row=5,
            column="stage",
        ),
    )


@pytest.mark.parametrize(
    "column",
    ["importance_customer", "importance_brand", "current", "target", "acceptable_min", "competitor",
     "hurts_brand", "critical_need"],
)  # fmt: skip
def test_every_number_and_every_yes_or_no_is_checked(tmp_path: Path, column: str) -> None:
    cells = {"stage": "pay", "current": "1", "target": "2", column: "perhaps"}
    row = ",".join(cells.values())
    with pytest.raises(StudyError) as caught:
        gaps(tmp_path, f"{','.join(cells)}\n{row}\n{row}\n")
    assert [(one.row, one.column) for one in caught.value.problems] == [(2, column), (3, column)]


def test_evidence_that_does_not_exist_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        gaps(tmp_path, "stage,current,target,evidence_ref\npay,1,2,quote:page 3\n")
    assert caught.value.problems == (
        Problem(
            what="'quote:page 3' is no quotation.",
            remedy="Write interview:start-end, for example P01:481-646.",
            file=str(tmp_path / "sheet.csv"),
            row=2,
            column="evidence_ref",
        ),
    )


@pytest.mark.parametrize("missing", ["stage", "current", "target"])
def test_three_columns_have_to_be_there(tmp_path: Path, missing: str) -> None:
    left = [name for name in COLUMNS if name != missing]
    with pytest.raises(StudyError) as caught:
        gaps(tmp_path, f"{','.join(left)}\n{',' * (len(left) - 1)}x\n")
    assert [one.what for one in caught.value.problems] == [f"The sheet has no column {missing}."]
