"""Cases that carry interviews and a metric: who belongs to them, how present a category is, what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from links_builder import GROUPS
from links_study import CODINGS, coding, small_study
from records_builder import records_of

from omnistudy.crm.links.association import associated
from omnistudy.crm.links.cases import CasePair, OverCases, members, over_cases, salience_by_case
from omnistudy.crm.links.metrics import Rows, View
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.case import By
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.results import msg
from omnistudy.text.transcript import Transcript

EVENTS = "customer_id,ts,channel,event\nc1,2024-01-05,app,v\n"
CASES = """case_id,kind,interview
b1,branch,i1
b1,branch,i2
b2,branch,i2
b2,branch,i9
b3,branch,i9
b4,branch,
r1,region,i3
"""
ACCESS = tuple(one for one in CODINGS if one.code.startswith("access"))


def link(**changes: str) -> Link:
    return Link(id="a", category="access", metric="digital_share", role="effect", direction="+", **changes)


def test_members_come_from_the_table_of_cases(tmp_path: Path) -> None:
    """Interviews that the study does not have, and cases that are left without any, are passed over."""
    study = small_study(attributes={"i1": {"branch": "x"}, "i4": {"role": "head"}, "i2": {"role": "head"}})
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=CASES) as records:
        assert members(study, records, "branch") == {"b1": {"i1", "i2"}, "b2": {"i2"}}
        assert members(study, records, "region") == {"r1": {"i3"}}
        # A kind that the table does not have is looked for among the attributes.
        assert members(study, records, "role") == {"head": {"i2", "i4"}}
        assert members(study, records, "nowhere") == {}


def test_members_come_from_attributes_where_the_table_names_no_interview(tmp_path: Path) -> None:
    study = small_study(attributes={"i1": {"branch": "x"}, "i2": {"branch": ""}, "i3": {"branch": "x"}})
    cases = "case_id,kind,segment\nb1,branch,retail\n"
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=cases) as records:
        assert members(study, records, "branch") == {"x": {"i1", "i3"}}
    with records_of(tmp_path, columns=GROUPS, events=EVENTS) as records:
        assert members(study, records, "branch") == {"x": {"i1", "i3"}}


def test_salience_by_hand(tmp_path: Path) -> None:
    """Access has two spans in i1 and one in i2, of ten words each; coded twice, a span counts once."""
    cases = "case_id,kind,interview\nboth,branch,i1\nboth,branch,i2\nhalf,branch,i2\nhalf,branch,i3\nnone,branch,i4\n"
    again = (*ACCESS, coding("i2", 0, 3, "access-app", "B"))
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=cases) as records:
        for measure in ("", "presence"):
            assert salience_by_case(small_study(), records, link(case="branch", salience=measure), again) == {
                "both": 1.0,
                "half": 0.5,
                "none": 0.0,
            }
        quoted = link(case="branch", salience="references")
        assert salience_by_case(small_study(), records, quoted, again) == {
            "both": 1000 * 3 / 20,
            "half": 1000 * 1 / 20,
            "none": 0.0,
        }


def test_an_interview_without_words_has_no_quotations(tmp_path: Path) -> None:
    study = small_study()
    silent = replace(study.interviews[3], transcript=Transcript(""))
    study = replace(study, interviews=(*study.interviews[:3], silent))
    with records_of(
        tmp_path, columns=GROUPS, events=EVENTS, cases="case_id,kind,interview\nb,branch,i4\n"
    ) as records:
        quoted = link(case="branch", salience="references")
        assert salience_by_case(study, records, quoted, ACCESS) == {"b": 0.0}


def rows_of_cases(values: dict[str, float | None], **more: object) -> tuple[MetricRow, ...]:
    return tuple(
        MetricRow(metric="digital_share", group=case, value=value, n=1, denominator=2, unit="share", window="",
                  calendar="gregorian", definition=msg("defined"), **more)  # type: ignore[arg-type]
        for case, value in values.items()
    )  # fmt: skip


def spread_over(n: int) -> tuple[str, dict[str, float | None]]:
    """Cases of one interview each, i1 to i4 in turn, with a metric that rises."""
    lines = [f"b{at:02d},branch,i{at % 4 + 1}" for at in range(n)]
    return "case_id,kind,interview\n" + "\n".join(lines) + "\n", {f"b{at:02d}": at / 20 for at in range(n)}


@pytest.mark.parametrize("n", [5, 6, 9, 12])
def test_pairs_and_association_over_cases(tmp_path: Path, n: int) -> None:
    """Pairs from six cases on, an association from ten; a case without metric or interview is none."""
    cases, values = spread_over(n)
    asked = link(case="branch")
    rows: Rows = {
        (View(by=By.CASE, kind="branch"), "digital_share"): rows_of_cases(
            {**values, "b99": 0.5, "b00": values["b00"]}
        )
    }
    absent = cases + "b50,branch,i1\n"
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=absent) as records:
        found = over_cases(small_study(), records, rows, asked, ACCESS, (7, 0.9))
    pairs = tuple(CasePair(f"b{at:02d}", float(at % 4 < 2), at / 20) for at in range(n))
    alone = associated([one.salience for one in pairs], [one.metric for one in pairs], seed=7, confidence=0.9)
    shown = pairs if n >= 6 else ()
    if n < 10:
        assert found.refusal is not None
        assert found.refusal.subject == "a"
        assert found.refusal.code == ("too_few_cases" if n >= 6 else "far_too_few_cases")
        assert found == OverCases(pairs=shown, refusal=found.refusal, n=n)
    else:
        assert found == OverCases(pairs=shown, association=alone, n=n)  # type: ignore[arg-type]


def test_a_case_without_value_is_none(tmp_path: Path) -> None:
    cases, values = spread_over(7)
    rows: Rows = {(View(by=By.CASE, kind="branch"), "digital_share"): rows_of_cases({**values, "b03": None})}
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=cases) as records:
        found = over_cases(small_study(), records, rows, link(case="branch"), ACCESS, (1, 0.95))
    assert [pair.case for pair in found.pairs] == ["b00", "b01", "b02", "b04", "b05", "b06"]
    assert found.n == 6


def test_several_values_of_one_case_ask_for_a_level(tmp_path: Path) -> None:
    """None of median and mean stands for a case unless the link says which."""
    cases, values = spread_over(6)
    view = View(by=By.CASE, kind="branch")
    both = rows_of_cases(values, level="median") + rows_of_cases(dict.fromkeys(values, 0.5), level="mean")
    rows: Rows = {(view, "digital_share"): both}
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=cases) as records:
        found = over_cases(small_study(), records, rows, link(case="branch"), ACCESS, (1, 0.95))
        named = over_cases(
            small_study(), records, rows, link(case="branch", level="median"), ACCESS, (1, 0.95)
        )
    assert found.refusal is not None
    assert found == OverCases(refusal=found.refusal)
    assert found.refusal.as_json() == {
        "code": "several_rows",
        "subject": "a",
        "reason": "Digital share has several rows: name a level in the link.",
        "needed": 'one value for every case or branch month: name the row with level = "…".',
    }
    assert [pair.metric for pair in named.pairs] == list(values.values())


def test_one_organisation_is_no_case(tmp_path: Path) -> None:
    with records_of(tmp_path, columns=GROUPS, events=EVENTS) as records:
        alone = over_cases(small_study(), records, {}, link(), ACCESS, (1, 0.95))
        nothing = over_cases(small_study(), None, {}, link(case="branch"), ACCESS, (1, 0.95))
    assert alone == nothing
    assert alone.refusal is not None
    assert alone == OverCases(refusal=alone.refusal)
    assert alone.refusal.as_json() == {
        "code": "no_cases",
        "subject": "a",
        "reason": "4 informants speak of one organisation, whose metric has one value: nothing varies, so there is no "
        "correlation to compute.",
        "needed": "at least 10 cases (branches, regions, segments) that carry both coded interviews and their own "
        'metric; name the attribute with case = "…".',
    }
