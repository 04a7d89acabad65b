"""What `crm readiness` says: scores with their evidence, KPIs, sides, risks, and claims as claims."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audits_builder import keys_of, outline, rows_of, sheet_of, table_of
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.evidence import Evidence, EvidenceKind
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.questionnaire import READINESS_ITEMS
from omnistudy.crm.audits.readiness import ReadinessOptions, readiness_of
from omnistudy.crm.audits.readiness_items import CLAIMS, KPIS, STEP_ITEMS
from omnistudy.crm.audits.readiness_result import ReadinessResult
from omnistudy.crm.audits.risk_register import BENEFITS, ORGANISATION
from omnistudy.crm.audits.sheet import NO_EVIDENCE, Rating
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.statistics.intervals import wilson
from omnistudy.pictures import Forest
from omnistudy.results import Figure, Label, msg

SHARE = Indicator(
    id="csat/top_two", title=msg("Satisfied"), definition=msg("best / all"), window="2024-01-01/2024-01-31"
).share_of(1, 4, 0.95)
DELAY = replace(SHARE, id="response_time/p90", title=msg("Wait"), unit="seconds").lacking(msg("no tickets"))
DOCUMENT = Evidence(kind=EvidenceKind.DOCUMENT, written="plan.pdf")
METRIC = Evidence(kind=EvidenceKind.METRIC, written="csat", checked=True, indicator=SHARE)
STEPS = [one.id.partition(".")[2] for one in STEP_ITEMS]


def made(answers: dict[str, Rating | tuple[str, bool]] | None = None, **more: Any) -> ReadinessResult:
    """A result whose items have these answers, each with or without a document that supports it."""
    ratings = []
    for item in READINESS_ITEMS:
        given = (answers or {}).get(item.id)
        if isinstance(given, tuple):
            answer, counts = given
            given = Rating(
                item=item,
                answer=answer,
                counts=counts,
                reason=None if counts else NO_EVIDENCE,
                evidence=(DOCUMENT,) if counts else (),
            )
        ratings.append(Rating(item=item) if given is None else replace(given, item=item))
    values: dict[str, Any] = {
        "provenance": PROVENANCE,
        "ratings": tuple(ratings),
        "kpis": (SHARE, DELAY),
        "benefits": (("retention", msg("Retained"), (SHARE, DELAY)),),
        "organisation": (("service", msg("Served"), (DELAY,)),),
        "confidence": 0.9,
        "loaded": (),
    }
    return ReadinessResult(**(values | more))


SCORED = made(
    {
        "step.know_needs": ("4", True),
        "step.journey_map": ("1", True),
        "step.personalise": ("0", False),
        "step.train_align": ("3", True),
    }
)


@pytest.mark.parametrize(
    ("scores", "mean", "weakest", "words"),
    [
        (
            {"know_needs": ("4", True), "journey_map": ("1", True)}, 2.5, ["journey_map"],
            "2 of 9 steps are scored with evidence: mean 2.5 of 4; weakest: Map the journey, with 1.",
        ),
        (
            {"know_needs": ("2", True), "journey_map": ("3", True), "personalise": ("2", True)}, 7 / 3,
            ["know_needs", "personalise"],
            "3 of 9 steps are scored with evidence: mean 2.333 of 4; weakest: Know the needs and 1 more, with 2.",
        ),
        (
            dict.fromkeys(STEPS, ("0", True)), 0.0, STEPS,
            "9 of 9 steps are scored with evidence: mean 0 of 4; weakest: Know the needs and 8 more, with 0.",
        ),
        (
            {"know_needs": ("4", False)}, None, [],
            "No step of nine is scored with evidence, so there is neither a mean nor a weakest step.",
        ),
    ],
)  # fmt: skip
def test_mean_and_weakest_are_those_of_the_scored_steps(
    scores: dict[str, Rating | tuple[str, bool]], mean: float | None, weakest: list[str], words: str
) -> None:
    result = made({f"step.{name}": given for name, given in scores.items()})
    assert result.mean == (None if mean is None else pytest.approx(mean))
    assert [one.item.id for one in result.weakest] == [f"step.{one}" for one in weakest]
    assert str(result.summary) == words
    assert str(result.title) == "Omnichannel readiness"


def test_a_step_without_evidence_is_unscored_and_not_0() -> None:
    table = table_of(SCORED.blocks(), "readiness-steps")
    assert keys_of(table) == "number step score means evidence value"
    unscored = "[unscored: not answered]"
    assert rows_of(table) == [
        "1 | Know the needs | 4 | also measured and improved in the last twelve months | plan.pdf | –",
        "2 | Map the journey | 1 | planned | plan.pdf | –",
        f"3 | Integrate the systems | {unscored} | – | – | –",
        f"4 | Centralise the data | {unscored} | – | – | –",
        "5 | Personalise | [unscored: no evidence is named] | – | – | –",
        f"6 | Flow between channels | {unscored} | – | – | –",
        f"7 | Security and privacy | {unscored} | – | – | –",
        "8 | Train and align the teams | 3 | in all declared channels | plan.pdf | –",
        f"9 | Evaluate, test, improve | {unscored} | – | – | –",
    ]
    assert str(table.note) == "Scores are this program's scale; unscored is not 0."
    zero = made({"step.personalise": ("0", True)})
    assert rows_of(table_of(zero, "readiness-steps"))[4].startswith(
        "5 | Personalise | 0 | nothing | plan.pdf"
    )


def test_a_sheet_of_the_steps_holds_the_question_and_who_answers() -> None:
    one = Rating(
        item=STEP_ITEMS[0], answer="2", counts=True, reason=None, evidence=(DOCUMENT, METRIC), owner="Sara", note="soon"
    )  # fmt: skip
    result = made({"step.know_needs": one})
    table = table_of(result, "readiness-steps")
    assert keys_of(table) == "number step score means evidence value item asks show categories owner note"
    assert rows_of(table)[0] == (
        "1 | Know the needs | 2 | in some channels | plan.pdf; csat | 25.00% | step.know_needs | "
        f"{STEP_ITEMS[0].asks} | {STEP_ITEMS[0].show} | I3, I4 | Sara | soon"
    )
    page = rows_of(table_of(result.blocks(), "readiness-steps"))[0]
    assert page == "1 | Know the needs | 2 | in some channels | plan.pdf; Satisfied | 25.00%"


def test_the_picture_has_a_point_for_every_scored_step() -> None:
    (figure,) = [one for one in SCORED.blocks() if isinstance(one, Figure)]
    labels = tuple(msg("{number}. {step}", number=one.number, step=one.title) for one in STEP_ITEMS)
    assert figure.name == "readiness-steps"
    assert figure.picture == Forest(
        labels=labels,
        values=(4.0, 1.0, None, None, None, None, None, 3.0, None),
        lows=(None,) * 9,
        highs=(None,) * 9,
        axis=msg("Score, 0 to 4"),
    )
    assert not any(isinstance(label, Label) for label in labels)


VENDOR = (
    "neutral: Source: a strategy of nine steps towards omnichannel marketing, with four KPIs; a vendor's page: "
    "written to sell, without a study behind it."
)
BELOW = [
    "### Four KPIs",
    "table readiness-kpis",
    "### Four benefits for the organisation",
    "neutral: Source: the grounded-theory study of omnichannel CRM at Maskan Bank; an article in a journal, of which "
    "only the abstract was at hand.",
    "table readiness-organisation",
    "### Multichannel or omnichannel",
    "table readiness-sides",
    "neutral: Every omnichannel organisation is multichannel; the reverse does not hold.",
    "### Register of risks",
    "neutral: Source: an overview of the theory of CRM; an essay: a practitioner's or author's view, without data of "
    "its own.",
    "table readiness-risks",
    "### Benefits of CRM and the metrics that would show them",
    "table readiness-benefits",
    "### Claims of the source",
    "table readiness-claims",
    "warning: These are claims of the source. They are not findings, and no benchmark.",
]


def test_a_page_counts_the_scores_that_have_no_evidence() -> None:
    uncounted = "warning: Scores that are not counted, because no evidence supports them: {}."
    assert outline(SCORED.blocks()) == [
        VENDOR,
        "table readiness-steps",
        uncounted.format(1),
        "figure readiness-steps",
        *BELOW,
    ]
    without = made({"step.know_needs": ("4", False), "step.personalise": ("4", False)})
    assert outline(without.blocks()) == [VENDOR, "table readiness-steps", uncounted.format(2), *BELOW]
    counted = made({"step.know_needs": ("4", True)})
    assert outline(counted.blocks()) == [VENDOR, "table readiness-steps", "figure readiness-steps", *BELOW]


def test_kpis_stand_with_limits_unit_and_window() -> None:
    table = table_of(made(), "readiness-kpis")
    assert keys_of(table) == "kpi value ci_low ci_high n denominator unit window"
    window = "2024-01-01/2024-01-31"
    # Wilson for 1 of 4: .0456 to .6994.
    assert rows_of(table) == [
        f"Satisfaction rate, two best boxes | 25.00% | 4.56% | 69.94% | 1 | 4 | share | {window}",
        f"Response time, 90th percentile | [no tickets] | – | – | – | – | seconds | {window}",
    ]


def test_sides_and_risks_show_a_reason_only_where_an_answer_does_not_count() -> None:
    """A risk that somebody answered has an owner, or says that it has none."""
    answers: dict[str, Rating | tuple[str, bool]] = {
        one.id: ("omni" if one.section == "side" else "open", True)
        for one in READINESS_ITEMS
        if one.section in {"side", "risk"}
    }
    result = made(answers)
    sides, risks = table_of(result.blocks(), "readiness-sides"), table_of(result.blocks(), "readiness-risks")
    assert (keys_of(sides), keys_of(risks)) == (
        "row multi omni answer evidence",
        "risk status owner evidence",
    )
    assert rows_of(sides)[0] == (
        "Goal | to be present in several channels | one integrated experience | omnichannel | plan.pdf"
    )
    assert rows_of(risks)[5] == "Expectations and privacy | open | [no owner] | plan.pdf"
    privacy = Rating(item=READINESS_ITEMS[0], answer="open", owner="Sara", note="soon")
    some = made({"side.goal": ("multi", False), "risk.privacy": privacy})
    sides, risks = table_of(some, "readiness-sides"), table_of(some, "readiness-risks")
    assert keys_of(sides) == "row multi omni answer evidence reason"
    assert rows_of(sides)[0].endswith(" | multichannel | – | no evidence is named")
    assert rows_of(sides)[1].endswith(" | – | – | not answered")
    assert keys_of(risks) == "risk status owner evidence reason item asks note"
    assert rows_of(risks)[4:] == [
        "Automation against personal contact | – | – | – | not answered | risk.automation | "
        "Automated contacts lose what was personal in them. | –",
        "Expectations and privacy | open | Sara | – | not answered | risk.privacy | "
        "Customers expect more, and fear for their data. | soon",
    ]


def test_benefits_stand_with_their_metrics_and_claims_as_claims() -> None:
    result = made()
    for name, rows in (
        ("readiness-benefits", ["Retained | Satisfied | 25.00%", "Retained | Wait | [no tickets]"]),
        ("readiness-organisation", ["Served | Wait | [no tickets]"]),
    ):
        full, page = table_of(result, name), table_of(result.blocks(), name)
        assert [" | ".join(row.split(" | ")[:3]) for row in rows_of(page)] == rows
        assert keys_of(full) == keys_of(page) + " group window definition needed"
    claims = table_of(result, "readiness-claims")
    assert (keys_of(claims), rows_of(claims)) == ("claim", [str(text) for _, text in CLAIMS])
    names = ["steps", "kpis", "organisation", "sides", "risks", "benefits", "claims"]
    assert [table.name for table in result.tables()] == [f"readiness-{name}" for name in names]


def test_json_of_the_steps_and_of_all_else() -> None:
    payload: Any = SCORED.payload()
    assert payload["steps"][1] == {
        **SCORED.steps[1].as_json(),
        "number": 2,
        "score": 1,
        "asks": "Map all contacts from awareness to purchase, support and return.",
        "evidence_to_ask_for": "a dated map; logged touchpoints that are on it / logged touchpoints",
        "categories": ["I1", "I5"],
    }
    assert [one["score"] for one in payload["steps"]] == [4, 1, None, None, None, None, None, 3, None]
    assert (payload["mean"], payload["weakest"], payload["reason"]) == (8 / 3, ["step.journey_map"], None)
    assert payload["coverage"] == {"scored": 3, "steps": 9}
    assert payload["kpis"] == [SHARE.as_json(), DELAY.as_json()]
    assert payload["benefits"] == [
        {"id": "retention", "title": "Retained", "metrics": [SHARE.as_json(), DELAY.as_json()]}
    ]
    assert payload["organisation"] == [{"id": "service", "title": "Served", "metrics": [DELAY.as_json()]}]
    assert [one["item"] for one in payload["multi_or_omni"]] == [
        f"side.{name}" for name in ("goal", "link", "experience", "example", "outlook")
    ]
    assert [one["item"].partition(".")[0] for one in payload["risks"]] == ["risk"] * 6
    assert payload["claims"][6] == {
        "id": "cheaper_to_keep",
        "claim": "Keeping a customer is cheaper than winning one.",
        "finding": False,
        "source": "nine-steps",
    }
    assert (payload["confidence"], payload["tables"]) == (0.9, [])
    assert [one["key"] for one in payload["sources"]] == ["nine-steps", "crm-theory", "maskan-abstract"]
    nothing: Any = made().payload()
    assert (nothing["mean"], nothing["weakest"]) == (None, [])
    assert nothing["reason"] == "no step is scored with evidence"


def test_without_records_every_metric_has_the_same_reason() -> None:
    result = readiness_of(None, None, None, ReadinessOptions(), PROVENANCE)
    assert [one.id for one in result.kpis] == [f"{name}/{level}" for name, level in KPIS]
    reasons = {str(one.reason) for one in result.kpis}
    assert reasons == {"there are no records to compute it from"}
    assert [(name, title) for name, title, _ in result.benefits] == [one[:2] for one in BENEFITS]
    assert [(name, [one.id for one in found]) for name, _, found in result.organisation] == [
        (name, list(metrics)) for name, _, metrics in ORGANISATION
    ]
    found = {name: [(one.id, str(one.reason)) for one in metrics] for name, _, metrics in result.benefits}
    assert found["decisions"] == [
        ("decisions", "the records hold no decisions: count those that refer to a metric")
    ]
    assert found["targeting"] == [
        ("lift", "lift needs a group that was targeted and one that was not, which the tables do not hold")
    ]
    assert found["service"][0] == ("first_contact_resolution", "there are no records to compute it from")
    assert (result.confidence, result.loaded) == (0.95, ())


def test_a_kpi_that_the_records_give_in_another_form_only_says_so(tmp_path: Path) -> None:
    """Without journeys the log converts customers, not journeys; without tickets nobody waits."""
    events = (
        "customer_id,ts,channel,event,outcome\na,2024-01-01,app,x,started\na,2024-01-02,app,y,completed\n"
    )
    options = ReadinessOptions(metrics=MetricsOptions(confidence=0.9))
    sheet = sheet_of(tmp_path, "item,score,evidence\nstep.know_needs,1,metric:digital_share\n")
    with records_of(tmp_path, events=events) as records:
        result = readiness_of(None, records, sheet, options, PROVENANCE)
    found = {one.id: one for one in result.kpis}
    conversion, wait = found["conversion/journey"], found["response_time/median"]
    assert (conversion.value, conversion.n, conversion.denominator, conversion.interval) == (None,) * 4
    assert str(conversion.reason) == "the records do not give it in this form"
    assert (wait.value, str(wait.reason)) == (None, "there is no table of tickets")
    assert (result.confidence, [one.name for one in result.loaded]) == (0.9, ["events"])
    assert str(result.steps[0].evidence[0].reason).startswith("no channel has a group")
    assert outline(result.blocks())[-1] == "table records-read"


def test_a_kpi_of_the_records_keeps_its_interval(tmp_path: Path) -> None:
    survey = "ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n2024-01-02,csat,1,1,5\n"
    options = ReadinessOptions(metrics=MetricsOptions(confidence=0.9))
    with records_of(tmp_path, survey=survey) as records:
        result = readiness_of(None, records, None, options, PROVENANCE)
    first = result.kpis[0]
    assert (first.id, first.value, first.interval) == ("csat/top_two", 0.5, wilson(1, 2, 0.9))
    satisfied = result.benefits[0][2]
    assert [one.id for one in satisfied] == ["csat/top_two", "nps"]
    assert satisfied[0] == first
