"""Sheets of the audits: what an answer and its evidence become, and what every fault says and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from audits_builder import sheet_of

from omnistudy.crm.audits.evidence import Evidence, EvidenceKind, Fault, evidence_of, metric_names, references
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.items import Item, Scale
from omnistudy.crm.audits.questionnaire import AUDIT_ITEMS, sheet_reader
from omnistudy.crm.audits.sheet import Rating, SheetReader, metrics_of_sheet, ratings_of
from omnistudy.crm.audits.sources import STEPS
from omnistudy.errors import Problem, StudyError
from omnistudy.results import msg
from omnistudy.study.load import load_study
from omnistudy.study.model import Study

CSAT = Indicator(
    id="csat/top_two", title=msg("Satisfaction"), definition=msg("best / all"), value=0.5, n=2, denominator=4
)
NOBODY_CAME = Indicator(
    id="nps", title=msg("Promoters"), definition=msg("score"), reason=msg("no answers")
).lacking(msg("no answers"))
VALUES = {("csat", ""): CSAT, ("csat", "top_two"): CSAT, ("nps", ""): NOBODY_CAME}


def item(name: str, scale: Scale = Scale.SCORE) -> Item:
    return Item(id=name, title=msg("Title"), asks=msg("Asked in full"), scale=scale, source=STEPS)


ITEMS = (
    item("step.first"), item("step.second"), item("stage.hours", Scale.STAGE), item("look.same", Scale.YES_NO),
    item("cycle.start", Scale.DAY), item("other.third"), item("level.said", Scale.LEVEL),
    item("side.goal", Scale.SIDE), item("risk.theft", Scale.RISK),
)  # fmt: skip
READER = SheetReader(
    audit="crm readiness",
    items=ITEMS,
    others={"crm maturity": ("head.top",)},
    metrics=VALUES,
    without_evidence=frozenset({"cycle.start"}),
)


@pytest.fixture(scope="module")
def study(repository: Path) -> Study:
    return load_study(repository / "interviews" / "maskan-demo")


def rated(folder: Path, text: str, reader: SheetReader = READER) -> list[Rating]:
    return [one for one in ratings_of(sheet_of(folder, text), reader) if one.row is not None]


def faults(folder: Path, text: str, reader: SheetReader = READER) -> list[str]:
    with pytest.raises(StudyError) as caught:
        ratings_of(sheet_of(folder, text), reader)
    assert {one.file for one in caught.value.problems} == {str(folder / "sheet.csv")}
    return [f"{one.row} {one.column}: {one.what} {one.remedy}" for one in caught.value.problems]


def test_a_rating_is_written_out_in_full(tmp_path: Path) -> None:
    """Two references, one of them a metric that has a value: the answer counts."""
    sheet = "item,score,evidence,owner,note\nstep.first,3,doc: plan.pdf; metric:csat,Sara,half done\n"
    (one,) = rated(tmp_path, sheet)
    assert one.as_json() == {
        "item": "step.first",
        "title": "Title",
        "answer": "3",
        "counts": True,
        "reason": None,
        "evidence": [
            {
                "kind": "document",
                "reference": "plan.pdf",
                "counts": True,
                "checked": False,
                "reason": None,
                "metric": None,
            },
            {
                "kind": "metric",
                "reference": "csat",
                "counts": True,
                "checked": True,
                "reason": None,
                "metric": CSAT.as_json(),
            },
        ],
        "owner": "Sara",
        "note": "half done",
        "cycle": "",
        "source": "nine-steps",
    }
    assert (one.row, one.number) == (2, 3)
    told = Rating(item=one.item).as_json()
    assert (told["answer"], told["counts"], told["reason"]) == (None, False, "not answered")


def test_items_without_a_row_stand_in_their_place_as_not_answered(tmp_path: Path) -> None:
    text = "item,answer,evidence\nstage.hours,2,a.pdf\nstep.second,0,\n"
    found = ratings_of(sheet_of(tmp_path, text), READER)
    assert [(one.item.id, one.answer, one.counts, str(one.reason), one.row, one.number) for one in found] == [
        ("step.first", None, False, "not answered", None, None),
        ("step.second", "0", False, "no evidence is named", 3, None),
        ("stage.hours", "2", True, "None", 2, 2),
        *((one.id, None, False, "not answered", None, None) for one in ITEMS[3:]),
    ]
    assert ratings_of(None, READER) == tuple(Rating(item=one) for one in ITEMS)


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("look.same", {"yes": ("Yes", "y", "TRUE", "1", "بله", "بلی"), "partly": ("partly", "تا حدی", "تا‌حدی"),
                       "no": ("no", "N", "false", "0", "خیر", "نه")}),
        ("level.said", {"single": ("single", "1", "تک‌کاناله"), "multi": ("Multi", "2", "چندکاناله"),
                        "cross": ("cross", "3", "میان کاناله"), "omni": ("omni", "4", "۴", "همه‌کاناله")}),
        ("side.goal", {"multi": ("multi", "no", "n", "چند کاناله", "خیر"), "omni": ("omni", "yes", "y", "بله")}),
        ("risk.theft", {"open": ("open", "باز"), "mitigated": ("mitigated", "مهار شده"),
                        "accepted": ("accepted", "پذیرفته"), "closed": ("closed", "بسته")}),
        ("step.first", {"0": ("0", "۰"), "4": ("4", "٤")}),
        ("stage.hours", {"1": ("1",), "3": ("۳",)}),
        ("cycle.start", {"2024-03-20": ("2024-03-20", "1403-01-01", "۱۴۰۳-۰۱-۰۱")}),
    ],
)  # fmt: skip
def test_answers_are_read_in_both_languages(
    tmp_path: Path, name: str, spellings: dict[str, tuple[str, ...]]
) -> None:
    for answer, written in spellings.items():
        found = [rated(tmp_path, f"item,answer,evidence\n{name},{one},a.pdf\n")[0].answer for one in written]
        assert set(found) == {answer}


def test_only_scores_and_stages_are_numbers() -> None:
    """A level that is written 3 is a name, and an answer that does not count is no number."""
    numbers = {
        scale: Rating(item=item("a.b", scale), answer="3", counts=True, reason=None).number for scale in Scale
    }
    assert {scale for scale, number in numbers.items() if number is not None} == {Scale.SCORE, Scale.STAGE}
    assert Rating(item=item("a.b"), answer="3").number is None


def test_an_answer_rests_on_one_reference_that_counts(tmp_path: Path) -> None:
    """Declarations need none; a metric without a value supports nothing, beside a document it does no harm."""
    text = (
        "item,answer,evidence\nstep.first,1,metric:nps\nstep.second,2,metric:nps | a.pdf\n"
        "cycle.start,2024-03-20,\nlook.same,,a.pdf\n"
    )
    found = {one.item.id: (one.counts, str(one.reason)) for one in rated(tmp_path, text)}
    assert found == {
        "step.first": (False, "none of its evidence has a value here"),
        "step.second": (True, "None"),
        "cycle.start": (True, "None"),
        "look.same": (False, "not answered"),
    }


def test_cycles_are_kept_only_where_the_audit_has_them(tmp_path: Path) -> None:
    """With cycles an item stands once per cycle, in their order; without, its second row is a fault."""
    text = "item,answer,evidence,cycle\nstep.first,1,a.pdf,1403\nstep.first,2,a.pdf,1402\n"
    with_cycles = SheetReader(audit="crm ecrm", items=ITEMS, cycles=True)
    assert [(one.cycle, one.answer) for one in rated(tmp_path, text, with_cycles)] == [
        ("1402", "2"),
        ("1403", "1"),
    ]
    assert faults(tmp_path, text) == ["3 item: 'step.first' stands in row 2 already. Keep one."]
    assert rated(tmp_path, text.splitlines()[0] + "\nstep.first,1,a.pdf,1403\n")[0].cycle == ""
    text += "step.first,1,a.pdf,1402\n"
    assert faults(tmp_path, text, with_cycles) == ["4 item: 'step.first' stands in row 3 already. Keep one."]


def test_cycles_that_are_numbered_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    text = "item,answer,evidence,cycle\n" + "".join(f"step.first,1,a.pdf,{one}\n" for one in (10, 9, "۱۱", 2))
    with_cycles = SheetReader(audit="crm ecrm", items=ITEMS, cycles=True)
    assert [one.cycle for one in rated(tmp_path, text, with_cycles)] == ["2", "9", "10", "۱۱"]


def test_an_item_may_be_written_without_its_section_where_that_is_one_item(tmp_path: Path) -> None:
    (one,) = rated(tmp_path, "item,answer,evidence\nfirst,2,a.pdf\n")
    assert one.item.id == "step.first"
    for items in AUDIT_ITEMS.values():
        short = [one.id.partition(".")[2] for one in items]
        assert len(set(short)) == len(short)


def test_what_is_no_item_says_where_it_belongs_or_what_is_near(tmp_path: Path) -> None:
    text = "item,answer\nstep.frist,1\nhead.top,yes\n,2\nqqqq,1\n"
    sections = "step, stage, look, cycle, other, level, side, risk"
    assert faults(tmp_path, text) == [
        "2 item: 'step.frist' is not an item of crm readiness. Did you mean 'step.first'?",
        "3 item: 'head.top' is an item of crm maturity, not of crm readiness. "
        "Give the row to omnistudy crm maturity.",
        "4 item: The row names no item. Write the item, or remove the row.",
        f"5 item: 'qqqq' is not an item of crm readiness. Items begin with one of: {sections}.",
    ]


def test_what_is_no_answer_says_what_would_be_one(tmp_path: Path) -> None:
    """A minus or a fraction is never read as the number without it."""
    text = (
        "item,answer,score,stage\nstep.first,-1,,\nstep.second,,2.5,\nstage.hours,,,4\nlook.same,maybe,,\n"
        "cycle.start,2024-02-30,,\nlevel.said,5,,\nside.goal,both,,\nrisk.theft,,1,2\n"
    )
    assert faults(tmp_path, text) == [
        "2 answer: '-1' is no answer to step.first. Write a whole number from 0 to 4, or leave it empty.",
        "3 score: '2.5' is no answer to step.second. Write a whole number from 0 to 4, or leave it empty.",
        "4 stage: '4' is no answer to stage.hours. Write 1, 2 or 3, or leave it empty.",
        "5 answer: 'maybe' is no answer to look.same. Write yes, partly or no, or leave it empty.",
        "6 answer: There is no date '2024-02-30'. Write a date such as 2024-03-20 or 1403-01-01.",
        "7 answer: '5' is no answer to level.said. Write single, multi, cross or omni, or leave it empty.",
        "8 answer: 'both' is no answer to side.goal. Write multi or omni, or leave it empty.",
        "9 stage: score and stage both hold an answer. Keep one column.",
        "9 score: '1' is no answer to risk.theft. "
        "Write open, mitigated, accepted or closed, or leave it empty.",
    ]


@pytest.mark.parametrize(
    ("header", "command"),
    [("stage,current", None), ("current,target", "crm gap"), ("Acceptable Min,hurts_brand", "crm gap"),
     ("campaign,noticed", "crm funnel"), ("engaged,acted", "crm funnel"), ("campaign,cost", None)],
)  # fmt: skip
def test_two_columns_give_another_sheet_away(tmp_path: Path, header: str, command: str | None) -> None:
    with pytest.raises(StudyError) as caught:
        ratings_of(sheet_of(tmp_path, f"{header}\na,1\n"), READER)
    expected = Problem(
        what=f"These are the columns of a sheet for {command}, not for crm readiness.",
        remedy=f"Give it to omnistudy {command}.",
        file=str(tmp_path / "sheet.csv"),
        row=1,
    )
    assert (caught.value.problems == (expected,)) is (command is not None)
    if command is None:
        assert caught.value.problems[0].what == "The sheet has no column item."


def test_a_sheet_with_items_is_the_audits_own_whatever_else_it_holds(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        ratings_of(sheet_of(tmp_path, "item,current,target\nstep.first,1,2\n"), READER)
    assert [one.what for one in caught.value.problems] == [
        "'current' is not a column of this sheet.",
        "'target' is not a column of this sheet.",
    ]


def test_evidence_that_does_not_exist_is_a_fault_of_its_column(tmp_path: Path) -> None:
    text = "item,answer,evidence\nstep.first,1,metric:csatt | a.pdf | quote:page 3\n"
    assert faults(tmp_path, text) == [
        "2 evidence: 'csatt' is not a metric. Did you mean 'csat'?",
        "2 evidence: 'quote:page 3' is no quotation. Write interview:start-end, for example P01:481-646.",
    ]


QUOTATION, METRIC, DOCUMENT = EvidenceKind


def evidence(kind: EvidenceKind, written: str, *, checked: bool = False, **more: object) -> Evidence:
    return Evidence(kind=kind, written=written, checked=checked, **more)  # type: ignore[arg-type]


UNSEEN = msg("no study was given to look it up in")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("P01:481-646", evidence(QUOTATION, "P01:481-646", reason=UNSEEN)),
        ("quote: P01:0481-646", evidence(QUOTATION, "P01:481-646", reason=UNSEEN)),
        ("quotation:P۰۱:۴۸۱-۶۴۶", evidence(QUOTATION, "P01:481-646", reason=UNSEEN)),
        ("doc:plan.pdf", evidence(DOCUMENT, "plan.pdf")),
        ("مصوبهٔ ۱۴۰۲", evidence(DOCUMENT, "مصوبهٔ ۱۴۰۲")),
        ("doc:", evidence(DOCUMENT, "doc:")),
        ("P01:481", evidence(DOCUMENT, "P01:481")),
        ("metric:csat", evidence(METRIC, "csat", checked=True, indicator=CSAT)),
        ("metric: csat/top_two", evidence(METRIC, "csat/top_two", checked=True, indicator=CSAT)),
        ("metric:nps", evidence(METRIC, "nps", counts=False, reason=msg("no answers"), indicator=NOBODY_CAME)),
        (
            "metric:nps/all",
            evidence(METRIC, "nps/all", counts=False, reason=msg("no answers"), indicator=NOBODY_CAME),
        ),
        (
            "metric:churn/x",
            evidence(
                METRIC, "churn/x", counts=False, reason=msg("there are no records to compute it from")
            ),
        ),
        ("metric:", Fault("'metric:' names no metric.", "Write metric:NAME, for example metric:csat.")),
        ("metric:csat/mean", Fault("The metric csat has no level 'mean'.", "Its levels here: top_two.")),
        ("metric:csat/top_tow", Fault("The metric csat has no level 'top_tow'.", "Did you mean 'top_two'?")),
        (
            "Quote:page",
            Fault(
                "'Quote:page' is no quotation.", "Write interview:start-end, for example P01:481-646."
            ),
        ),
    ],
)  # fmt: skip
def test_a_reference_becomes_evidence_or_a_fault(reference: str, expected: Evidence | Fault) -> None:
    assert evidence_of(reference, None, VALUES) == expected


def test_a_metric_without_levels_says_so() -> None:
    one = evidence_of("metric:churn/x", None, {("churn", ""): CSAT})
    assert one == Fault("The metric churn has no level 'x'.", "Its levels here: none.")
    unknown = evidence_of("metric:zzzz", None, {})
    assert isinstance(unknown, Fault)
    assert unknown.remedy.startswith("Known: ")


def test_quotations_are_looked_up_where_there_is_a_study(study: Study) -> None:
    assert evidence_of("P01:1118-1221", study, {}) == evidence(QUOTATION, "P01:1118-1221", checked=True)
    assert evidence_of("P01:1118-1222", study, {}) == Fault(
        "Nobody coded the quotation P01:1118-1222.", "Did you mean 'P01:1118-1221'?"
    )
    assert evidence_of("P01:99999999-999999999", study, {}) == Fault(
        "Nobody coded the quotation P01:99999999-999999999.", "omnistudy codes --quotes lists the quotations."
    )
    assert evidence_of("PP01:7-8", study, {}) == Fault("There is no interview PP01.", "Did you mean 'P01'?")
    assert evidence_of("clerk:7-8", study, {}) == Fault(
        "There is no interview clerk.", "Name one of the study's interviews."
    )


def test_a_cell_holds_several_references(tmp_path: Path) -> None:
    assert list(references(" a.pdf | b.pdf;P01:1-2؛ ;")) == ["a.pdf", "b.pdf", "P01:1-2"]
    assert list(metric_names("a.pdf|metric:csat/mean|metric:nothing|metric: nps")) == ["csat", "nps"]
    sheet = sheet_of(tmp_path, "item,evidence\na,metric:nps\nb,metric:csat|metric:nps\nc,\n")
    assert sorted(metrics_of_sheet(sheet)) == ["csat", "nps"]
    assert metrics_of_sheet(None) == ()
    assert metrics_of_sheet(sheet_of(tmp_path, "item\na\n")) == ()


def test_each_audit_knows_the_items_of_the_others() -> None:
    reader = sheet_reader("crm ecrm", None, VALUES, frozenset({"cycle.start"}), cycles=True)
    assert reader == SheetReader(
        audit="crm ecrm",
        items=AUDIT_ITEMS["crm ecrm"],
        others={
            name: tuple(one.id for one in AUDIT_ITEMS[name]) for name in ("crm maturity", "crm readiness")
        },
        study=None,
        metrics=VALUES,
        without_evidence=frozenset({"cycle.start"}),
        cycles=True,
    )
    assert sheet_reader("crm maturity", None, {}).cycles is False
    assert sheet_reader("crm maturity", None, {}).without_evidence == frozenset()
