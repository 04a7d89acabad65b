"""Links of a study of four interviews: what is counted, who agrees, what is tested, in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from links_builder import GROUPS, LINK, linked
from links_study import BOOK, coding, small_study
from records_builder import PROVENANCE, records_of

from omnistudy.crm.links.analysis import LinksOptions, links_of, local_codes
from omnistudy.crm.links.association import adjusted
from omnistudy.crm.links.register import read_links
from omnistudy.crm.links.result import LinkRow, LinksResult
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.statistics.intervals import wilson
from omnistudy.pictures import Diagram
from omnistudy.results import Label
from omnistudy.study.model import Codebook, Study

# Six of ten events in the app, on ten days.
EVENTS = "customer_id,ts,channel,event\n" + "".join(
    f"c{day},2024-01-{day:02d},{'app' if day <= 6 else 'branch'},v\n" for day in range(1, 11)
)


def test_choices_that_nobody_made() -> None:
    assert LinksOptions() == LinksOptions(
        metrics=MetricsOptions(), registered=frozenset(), labels={}, seed=1, confidence=0.95
    )


def without_records(study: Study, folder: Path, text: str, **options: Any) -> LinksResult:
    path = folder / "links.toml"
    path.write_text(text, encoding="utf-8")
    return links_of(study, None, read_links(path, METRICS), LinksOptions(**options), PROVENANCE)


def test_a_link_of_the_interviews_and_its_metric(tmp_path: Path) -> None:
    """Access: three spans in i1 and i2 of four; alpha = 1 - (2/8) / (2·3·5/(8·7)); six of ten events digital."""
    (row,) = linked(small_study(), tmp_path, LINK, events=EVENTS).rows
    salience, share = wilson(2, 4), wilson(6, 10)
    data = row.as_json()
    expected = {
        "category_label": "Access", "interviews": 2, "of_interviews": 4, "quotations": 3,
        "salience_low": pytest.approx(salience.low), "salience_high": pytest.approx(salience.high),
        "alpha": pytest.approx(1 - (2 / 8) / (2 * 3 * 5 / 56)), "alpha_code": "access", "grade": "Q0",
        "value": 0.6, "unit": "share", "ci_low": pytest.approx(share.low), "ci_high": pytest.approx(share.high),
        "ci_method": "wilson", "window": "2024-01-01/2024-01-10", "date": None, "difference": None, "months": [],
        "series": None, "controlled": None, "panel": None, "association": None, "cases": [], "repetitions": 0,
        "proposal": "unknown", "registered": False, "reason": None,
        "quotes": [
            {"interview": "i1", "start": 0, "end": 7, "text": "one two"},
            {"interview": "i2", "start": 0, "end": 3, "text": "one"},
        ],
    }  # fmt: skip
    assert {key: data[key] for key in expected} == expected
    assert row.codes == {"access", "causes"}
    assert [refusal.code for refusal in row.refusals] == ["no_cases"]


def test_without_records_every_link_rests_on_the_interviews(tmp_path: Path) -> None:
    panel = LINK.replace('id = "a"', 'id = "b"') + 'date = "2024-01-05"\ntest = "panel"\n'
    found = without_records(small_study(), tmp_path, LINK + panel)
    assert found.loaded == ()
    assert found.interviews == 4
    assert [(row.evidence.value, row.unit, row.ci_method, str(row.reason)) for row in found.rows] == [
        (None, "", None, "the study has no customer records")
    ] * 2
    assert [[refusal.code for refusal in row.refusals] for row in found.rows] == [
        ["no_cases"],
        ["no_cases", "panel_constant"],
    ]
    assert all(row.panel is None and row.evidence.difference is None for row in found.rows)
    assert {
        (row.evidence.low, row.evidence.high, row.evidence.unit, row.evidence.window) for row in found.rows
    } == {(None, None, "", "")}
    moderator = panel.replace('role = "effect"', 'role = "moderator"')
    (row,) = without_records(small_study(), tmp_path, moderator).rows
    assert [refusal.code for refusal in row.refusals] == ["role"]


def test_the_level_of_all_limits(tmp_path: Path) -> None:
    options = LinksOptions(confidence=0.5)
    (row,) = linked(small_study(), tmp_path, LINK + 'target = "0.5"\n', options, events=EVENTS).rows
    salience, share = wilson(2, 4, 0.5), wilson(6, 10, 0.5)
    assert (row.salience_low, row.salience_high) == pytest.approx((salience.low, salience.high))
    assert (row.evidence.low, row.evidence.high) == pytest.approx((share.low, share.high))
    difference = row.evidence.difference
    assert difference is not None
    assert (difference.low, difference.high) == pytest.approx((share.low - 0.5, share.high - 0.5))
    narrow = without_records(small_study(), tmp_path, LINK, confidence=0.5).rows[0].evidence.reliability
    wide = without_records(small_study(), tmp_path, LINK).rows[0].evidence.reliability
    assert narrow.low is not None
    assert wide.low is not None
    assert narrow.low > wide.low


def test_the_metric_agrees_or_not_and_contradictions_stand_first(tmp_path: Path) -> None:
    """The share of .6 has the limits .313 to .832: above .1, below .95, and either side of .5."""
    text = "".join(
        LINK.replace('id = "a"', f'id = "{name}"') + f'target = "{target}"\n'
        for name, target in (("near", 0.5), ("above", 0.1), ("below", 0.95), ("under", 0.99))
    )
    found = linked(small_study(), tmp_path, text, events=EVENTS)
    assert [(row.link.id, row.proposal, row.grade) for row in found.rows] == [
        ("below", "disagrees", "X"),
        ("under", "disagrees", "X"),
        ("near", "unknown", "Q0"),
        ("above", "agrees", "Q0"),
    ]
    trust = linked(
        small_study(), tmp_path, LINK.replace('"access"', '"trust"') + 'target = "0.1"\n', events=EVENTS
    )
    # Both coders found trust in i4 alone, so that alpha is 1.
    assert (trust.rows[0].grade, trust.rows[0].evidence.reliability.alpha) == ("A", 1.0)
    assert str(trust.rows[0].sentence) == (
        "Consistent with Digital share = 60.0 % (31.3 % to 83.2 %) in 2024-01-01/2024-01-10; not tested."
    )


def test_codes_of_a_category() -> None:
    """By crosswalk, else by equal id; a code that somebody set against nothing counts for nothing."""
    plain = small_study()
    assert local_codes(plain, "access") == {"access"}
    assert local_codes(plain, "elsewhere") == frozenset()
    crossed = small_study(
        crosswalk=[("trust", "loyalty", "same"), ("core", "loyalty", "part"), ("access", "loyalty", "none"),
                   ("causes", "other", "same")]
    )  # fmt: skip
    assert local_codes(crossed, "loyalty") == {"trust", "core"}
    assert local_codes(crossed, "access") == {"access"}
    none = small_study(crosswalk=[("trust", "access", "none")])
    assert local_codes(none, "access") == {"access"}


def alphas(study: Study, folder: Path) -> tuple[str | None, float | None, str | None]:
    (row,) = without_records(study, folder, LINK.replace('"access"', '"reference"')).rows
    measured = row.evidence.reliability
    return measured.code, measured.alpha, None if measured.reason is None else str(measured.reason)


def test_the_least_reliable_code_speaks_for_a_category(tmp_path: Path) -> None:
    both = small_study(crosswalk=[("trust", "reference", "same"), ("access", "reference", "same")])
    assert alphas(both, tmp_path)[0] == "access"
    assert alphas(small_study(crosswalk=[("trust", "reference", "same")]), tmp_path) == ("trust", 1.0, None)
    # Core was never coded, so that nobody could agree on it; it does not hide what was measured.
    mixed = small_study(crosswalk=[("core", "reference", "same"), ("trust", "reference", "same")])
    assert alphas(mixed, tmp_path) == ("trust", 1.0, None)
    # Of two that are equally reliable the first by name stands there.
    alike = small_study(crosswalk=[("trust", "reference", "same"), ("core", "reference", "same")])
    agreed = (*alike.analysed, coding("i3", 0, 3, "core"), coding("i3", 0, 3, "core", "B"))
    assert alphas(replace(alike, codings=agreed, analysed=agreed), tmp_path) == ("core", 1.0, None)
    without = (None, None, "no coders agree or disagree on it")
    assert alphas(small_study(crosswalk=[("core", "reference", "same")]), tmp_path) == without
    assert alphas(small_study(), tmp_path) == without


def test_what_a_category_is_called(tmp_path: Path) -> None:
    """The name of the reference, else that of the study's code, else the id."""
    given = Label("access", {"en": "Reach"})
    text = LINK + LINK.replace('id = "a"', 'id = "b"').replace('"access"', '"unknown"')
    named = without_records(small_study(), tmp_path, text, labels={"access": given})
    assert [row.label for row in named.rows] == [given, Label("unknown")]
    assert without_records(small_study(), tmp_path, LINK).rows[0].label == BOOK["access"].label


def test_nothing_said_of_a_category(tmp_path: Path) -> None:
    (row,) = without_records(small_study(), tmp_path, LINK.replace('"access"', '"core"')).rows
    limits = wilson(0, 4)
    assert (row.evidence.salience, row.quotations, row.quotes) == ((0, 4), 0, ())
    assert (row.salience_low, row.salience_high) == (limits.low, limits.high)
    empty = small_study(interviews=(), codings=(), analysed=(), seen=frozenset())
    (row,) = without_records(empty, tmp_path, LINK).rows
    assert (row.evidence.salience, row.salience_low, row.salience_high) == ((0, 0), None, None)
    assert row.as_json()["salience_reason"] == "no interview is coded"


def branches() -> tuple[str, str]:
    """Twelve branches, the interviews in turn; the more digital, the later."""
    events = ["customer_id,ts,channel,event,branch_id"]
    cases = ["case_id,kind,branch_id,interview"]
    for at in range(12):
        cases.append(f"B{at},branch,b{at},i{at % 4 + 1}")
        events += [
            f"c,2024-01-{day:02d},{'app' if day <= 8 + at else 'branch'},v,b{at}" for day in range(1, 29)
        ]
    return "\n".join(events) + "\n", "\n".join(cases) + "\n"


def test_p_is_adjusted_in_the_family_of_what_was_registered(tmp_path: Path) -> None:
    """Two registered links over cases are the family; a third is exploratory, a fourth has no cases."""
    events, cases = branches()
    case = 'case = "branch"\n'
    texts = [
        LINK + case,
        LINK.replace('id = "a"', 'id = "b"').replace('"access"', '"trust"') + case,
        LINK.replace('id = "a"', 'id = "c"') + case,
        LINK.replace('id = "a"', 'id = "d"'),
    ]
    path = tmp_path / "links.toml"
    path.write_text("".join(texts), encoding="utf-8")
    links = read_links(path, METRICS).links
    known = frozenset(link.sha256 for link in links if link.id != "c")
    found = _linked_as(small_study(), tmp_path, "".join(texts), known, events=events, cases=cases)
    rows = {row.link.id: row for row in found.rows}
    assert found.registered == 3
    assert [rows[name].evidence.registered for name in "abcd"] == [True, True, False, True]
    p = [rows[name].evidence.association.p for name in "ab"]  # type: ignore[union-attr]
    assert p[0] != p[1]
    assert [rows[name].evidence.p_adjusted for name in "ab"] == list(adjusted(p))
    assert (rows["c"].evidence.p_adjusted, rows["d"].evidence.p_adjusted) == (None, None)
    assert rows["c"].evidence.association == rows["a"].evidence.association
    assert rows["d"].evidence.association is None


def _linked_as(
    study: Study, folder: Path, text: str, registered: frozenset[str], **tables: Any
) -> LinksResult:
    path = folder / "links.toml"
    path.write_text(text, encoding="utf-8")
    with records_of(folder, columns=GROUPS, **tables) as records:
        options = LinksOptions(registered=registered)
        return links_of(study, records, read_links(path, METRICS), options, PROVENANCE)


def test_the_seed_decides_on_chance(tmp_path: Path) -> None:
    events, cases = branches()
    text = LINK + 'case = "branch"\n'

    def row(seed: int) -> LinkRow:
        return linked(
            small_study(), tmp_path, text, LinksOptions(seed=seed), events=events, cases=cases
        ).rows[0]

    first, again, other = row(1).evidence, row(1).evidence, row(2).evidence
    assert first.association == again.association
    assert first.association != other.association


def test_words_of_cause_are_taken_out_of_the_row(tmp_path: Path) -> None:
    (row,) = without_records(small_study(), tmp_path, LINK + 'meta_inference = "This causes that."\n').rows
    assert (row.meta_inference, [one.code for one in row.refusals]) == ("", ["no_cases", "causal_words"])
    (row,) = without_records(small_study(), tmp_path, LINK + 'meta_inference = "They go together."\n').rows
    assert (row.meta_inference, [one.code for one in row.refusals]) == ("They go together.", ["no_cases"])


@pytest.mark.parametrize(
    ("interviews", "records", "asked", "shown", "codes"),
    [
        (False, False, False, False, []),
        (False, False, True, True, []),
        (True, False, False, True, ["no_watermark"]),
        (True, False, True, True, []),
        (False, True, False, True, ["no_watermark"]),
    ],
)
def test_the_watermark(
    tmp_path: Path, interviews: bool, records: bool, asked: bool, shown: bool, codes: list[str]
) -> None:
    path = tmp_path / "links.toml"
    path.write_text(LINK, encoding="utf-8")
    study, columns = small_study(synthetic=interviews), replace(GROUPS, synthetic=records)
    provenance = replace(PROVENANCE, synthetic=asked)
    with records_of(tmp_path, columns=columns, events=EVENTS) as given:
        found = links_of(study, given, read_links(path, METRICS), LinksOptions(), provenance)
    assert found.provenance == replace(provenance, synthetic=shown)
    assert [refusal.code for refusal in found.refusals] == codes
    assert [table.name for table in found.loaded] == ["events"]


def test_the_diagram_of_the_model_shows_the_measures(tmp_path: Path) -> None:
    found = linked(small_study(), tmp_path, LINK, events=EVENTS).figure
    assert found is not None
    assert isinstance(found.picture, Diagram)
    assert {node.id: str(node.measure) for node in found.picture.nodes} == {
        "access": "Digital share: 60.0 %, grade Q0",
        "core": "None",
        "trust": "None",
    }
    assert (found.name, str(found.alt)) == (
        "crm-paradigm",
        "Paradigm model with 3 categories, 1 of which show a metric and its grade.",
    )
    # Without a value, or without a model, there is no such figure.
    assert without_records(small_study(), tmp_path, LINK).figure is None
    bare = Codebook("book", tuple(replace(code, role=None) for code in BOOK))
    assert linked(small_study(codebook=bare), tmp_path, LINK, events=EVENTS).figure is None


def test_codings_below_a_category_are_its_own(tmp_path: Path) -> None:
    """A category is said where its codes are; a code is not said where only its category is."""
    study = small_study(crosswalk=[("causes", "top", "same"), ("access-app", "leaf", "same")])
    study = replace(study, analysed=(*study.analysed, coding("i3", 0, 3, "causes")))
    text = LINK.replace('"access"', '"top"') + LINK.replace('id = "a"', 'id = "b"').replace(
        '"access"', '"leaf"'
    )
    rows = without_records(study, tmp_path, text).rows
    assert [(row.evidence.salience, row.quotations) for row in rows] == [((3, 4), 4), ((1, 4), 1)]
    assert [row.codes for row in rows] == [{"causes"}, {"access-app", "access", "causes"}]
