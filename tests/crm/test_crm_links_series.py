"""What metrics did: series with controls and adjustments, comparisons, boxes, names, faults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from links_builder import DATED, LINK, codes, linked, visits

from omnistudy.crm.links.analysis import LinksOptions
from omnistudy.crm.links.grades import Difference, Evidence, Grade, Reliability, grade, sentence
from omnistudy.crm.links.interrupted import Interrupted, interrupted_series
from omnistudy.crm.links.measures import with_measures
from omnistudy.crm.links.register import read_links
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.pictures import Diagram, DiagramNode, Lines
from omnistudy.results import Kind, Label, Number, msg
from omnistudy.study.load import load_study
from omnistudy.study.model import Study


@pytest.fixture(scope="module")
def study(demo: Path) -> Study:
    return load_study(demo)


def test_a_control_takes_out_what_happened_to_everybody(study: Study, tmp_path: Path) -> None:
    result = linked(study, tmp_path, DATED, events=visits(changes={"retail": 24}))
    (row,) = result.rows
    alone, apart = row.evidence.series, row.evidence.controlled
    assert alone is not None
    assert apart is not None
    assert apart.term("level_change").se < alone.term("level_change").se
    assert apart.term("level_change").value == pytest.approx(25 / 80, abs=0.05)
    assert apart.placebo_p is not None
    assert apart.placebo_p < 0.05
    # Alone it is grade C at most, however clear the step.
    assert (row.grade, row.evidence.repetitions) == ("C", 0)
    figure = next(block for block in result.blocks() if getattr(block, "name", "") == "crm-series-a")
    picture = figure.picture  # type: ignore[union-attr]
    assert isinstance(picture, Lines)
    assert len(picture.series) == 3
    assert picture.series[0].values[24] is None
    assert picture.series[1].values[23] is None


def test_what_is_repeated_elsewhere_is_grade_d(study: Study, tmp_path: Path) -> None:
    again = DATED.replace('id = "a"', 'id = "b"').replace("segment=retail", "segment=rural")
    again = again.replace("2023-01-01", "2022-07-01")
    events = visits(changes={"retail": 24, "rural": 18})
    result = linked(study, tmp_path, DATED + again, events=events)
    assert [row.evidence.repetitions for row in result.rows] == [1, 1]
    for row in result.rows:
        reliable = replace(row.evidence, reliability=Reliability(alpha=0.9, low=0.8, high=1.0))
        given = grade(reliable)
        assert given is Grade.D
        words = str(sentence(reliable, given))
        assert words.startswith(
            "Evidence of an effect under the stated assumptions: nothing else changed at 2 dates"
        )
        assert "Nowruz were held constant" in words
        assert grade(replace(reliable, repetitions=0)) is Grade.C
        assert grade(replace(reliable, role="moderator")) is Grade.Q1
    # A link that repeats itself repeats nothing.
    same = DATED + DATED.replace('id = "a"', 'id = "b"')
    assert [row.evidence.repetitions for row in linked(study, tmp_path, same, events=events).rows] == [0, 0]


def test_a_step_the_other_way_is_a_contradiction() -> None:
    t = np.arange(40.0)
    falling = interrupted_series((5 - 3 * (t >= 20) + 0.3 * np.sin(2.3 * t)).tolist(), 20)
    assert isinstance(falling, Interrupted)
    evidence = Evidence(
        direction="+", role="effect", fit="", salience=(9, 14), metric="m",
        reliability=Reliability(alpha=0.9, low=0.8, high=1.0),
        difference=Difference(before=1, after=2, value=1, low=0.5, high=1.5), series=falling,
    )  # fmt: skip
    assert falling.placebo_p is not None
    assert falling.placebo_p < 0.05
    assert grade(evidence) is Grade.X
    assert grade(replace(evidence, direction="-", difference=None)) is Grade.Q1
    # Where there is a control, its difference decides.
    risen = interrupted_series((5 + 3 * (t >= 20) + 0.3 * np.sin(2.3 * t)).tolist(), 20)
    assert isinstance(risen, Interrupted)
    assert grade(replace(evidence, controlled=risen, repetitions=1)) is Grade.D


def test_dummies_hold_holidays_regulation_and_outages_constant(study: Study, tmp_path: Path) -> None:
    ops = "period,unit,indicator,value\n2022-05,all,regulation_events,2\n2023-06,all,outages,1\n2023-07,all,outages,0\n"
    events = visits(changes={"retail": 24})
    text = DATED.replace('control = "segment=corporate"\n', "")
    (row,) = linked(study, tmp_path, text, events=events, ops=ops).rows
    series = row.evidence.series
    assert series is not None
    assert series.adjusted == ("nowruz", "regulation", "outage")
    monthly = text + 'adjust = "nowruz, month"\n'
    (row,) = linked(study, tmp_path, monthly, events=events, ops=ops).rows
    series = row.evidence.series
    assert series is not None
    # March is a month too: its dummy says nothing that Nowruz does not say.
    assert series.left_out == ("month:03",)
    assert len(series.adjusted) == 11
    (row,) = linked(study, tmp_path, text + 'adjust = "none"\n', events=events, ops=ops).rows
    assert row.evidence.series is not None
    assert row.evidence.series.adjusted == ()


def test_a_metric_without_months_says_so(study: Study, tmp_path: Path) -> None:
    text = LINK.replace("digital_share", "return_rate") + 'level = "pooled"\ndate = "2022-01-01"\n'
    (row,) = linked(study, tmp_path, text, events=visits(24)).rows
    (found,) = [refusal for refusal in row.refusals if refusal.code == "no_months"]
    assert "it is not defined per month" in str(found.reason)


def test_the_month_of_the_change_belongs_to_neither_side(study: Study, tmp_path: Path) -> None:
    events = visits(changes={"retail": 24})
    text = LINK + 'within = "segment=retail"\nadjust = "none"\ndate = "{date}"\n'
    steps = {}
    for date in ("2023-01-01", "2022-12-16"):
        (row,) = linked(study, tmp_path, text.format(date=date), events=events).rows
        series = row.evidence.series
        assert series is not None
        assert series.adjusted == (() if date.endswith("-01") else ("mixed_month",))
        steps[date] = series.term("level_change").value
    # December is all before the true change; held out, it does not blur the step.
    assert steps["2022-12-16"] == pytest.approx(steps["2023-01-01"], abs=0.03)


def test_a_dummy_takes_an_odd_month_out() -> None:
    t = np.arange(40.0)
    y = 10 + 0.1 * t + 2 * (t >= 20) + 0.2 * np.sin(1.7 * t)
    hit = y + 30 * (t == 25)
    plain = interrupted_series(y.tolist(), 20)
    held = interrupted_series(hit.tolist(), 20, beside={"outage": ((t == 25) * 1.0).tolist()})
    assert isinstance(plain, Interrupted)
    assert isinstance(held, Interrupted)
    assert held.term("level_change").value == pytest.approx(plain.term("level_change").value, abs=0.1)
    assert held.term("outage").value == pytest.approx(30, abs=1)


def test_the_fit_is_that_of_generalised_least_squares() -> None:
    """At the profiled ρ the estimates are those of statsmodels with that correlation."""
    from statsmodels.regression.linear_model import GLS

    t = np.arange(36.0)
    y = 3 + 0.2 * t + 1.5 * (t >= 18) + np.random.default_rng(1).normal(size=36)
    dummy = (t % 12 == 2) * 1.0
    found = interrupted_series(y.tolist(), 18, beside={"nowruz": dummy.tolist()})
    assert isinstance(found, Interrupted)
    design = np.column_stack([np.ones(36), t, t >= 18, (t >= 18) * (t - 18), dummy])
    correlation = found.rho ** np.abs(t[:, None] - t[None, :])
    theirs = GLS(y, design, sigma=correlation).fit()
    assert [one.value for one in found.coefficients] == pytest.approx(theirs.params.tolist())
    assert [one.se for one in found.coefficients] == pytest.approx(theirs.bse.tolist())


def test_few_placebo_dates_say_how_small_p_can_get() -> None:
    found = interrupted_series(np.random.default_rng(2).normal(size=20).tolist(), 10)
    assert isinstance(found, Interrupted)
    assert found.placebo_dates == 8
    assert any("cannot fall below 0.111" in str(note) for note in found.notes)
    assert any("fewer than 24 points" in str(note) for note in found.notes)


def test_long_series_are_told_that_a_p_near_the_level_is_weak() -> None:
    found = interrupted_series(np.random.default_rng(2).normal(size=51).tolist(), 26)
    assert isinstance(found, Interrupted)
    (note,) = (str(note) for note in found.notes)
    assert "24 points and more" in note
    assert "7 to 8 %" in note
    assert "placebo dates is the stricter check" in note


def test_every_p_of_the_links_is_written_as_a_p(study: Study, tmp_path: Path) -> None:
    """A p is never written as 0.000, and files keep its digits."""
    result = linked(study, tmp_path, DATED, events=visits(changes={"retail": 24}))
    kinds = {
        column.key: column.kind
        for table in result.tables()
        for column in table.columns
        if column.key in {"p", "p_adjusted", "placebo_p"}
    }
    assert set(kinds.values()) == {Kind.P_VALUE}
    changes = next(table for table in result.tables() if table.name == "crm-link-changes")
    at = [column.key for column in changes.columns].index("p")
    least = min(cell for cell in (row[at] for row in changes.rows) if isinstance(cell, float))
    assert 0 < least < 1e-4
    assert str(msg("{p}", p=Number(least, Kind.P_VALUE))) == "< 0.0001"


def test_a_metric_of_many_values_has_no_place_on_a_box(study: Study, tmp_path: Path) -> None:
    text = LINK.replace("digital_share", "retention")
    result = linked(study, tmp_path, text, events=visits(12))
    (row,) = result.rows
    assert row.evidence.value is None
    nodes = tuple(DiagramNode(id=code, label=row.label, group="causal") for code in sorted(row.codes))
    drawn = with_measures(Diagram(groups=(), nodes=nodes, edges=()), result)
    assert [node.measure for node in drawn.nodes] == [None] * len(nodes)


def test_targets_and_controls_without_a_date(study: Study, tmp_path: Path) -> None:
    text = LINK + 'within = "segment=retail"\ntarget = 0.3\n'
    text += (
        LINK.replace('id = "a"', 'id = "b"') + 'within = "segment=retail"\ncontrol = "segment=corporate"\n'
    )
    result = linked(study, tmp_path, text, events=visits(changes={"retail": 6}))
    target, other = result.rows
    assert target.evidence.difference is not None
    assert target.evidence.difference.before == 0.3
    assert (target.evidence.difference.against, target.proposal) == ("target", "agrees")
    assert target.grade == "A"
    assert f"= {100 * (target.evidence.value or 0):.1f} %" in str(target.sentence)
    assert other.evidence.difference is not None
    assert (other.evidence.difference.against, other.proposal) == ("control", "agrees")


def test_a_control_without_rows_is_refused(study: Study, tmp_path: Path) -> None:
    text = DATED.replace("segment=corporate", "segment=nobody")
    (row,) = linked(study, tmp_path, text, events=visits()).rows
    assert "control_missing" in codes(row)
    lacking = DATED.replace("segment=corporate", "region=north")
    (row,) = linked(study, tmp_path, lacking, events=visits()).rows
    assert "no column region" in str(next(r for r in row.refusals if r.code == "control_missing").reason)


def test_rows_that_cannot_be_told_apart_give_no_value(study: Study, tmp_path: Path) -> None:
    (row,) = linked(study, tmp_path, LINK + 'within = "region=north"\n', events=visits(12)).rows
    assert row.evidence.value is None
    assert "no column region" in str(row.reason)


def test_a_level_that_is_not_there_is_named(study: Study, tmp_path: Path) -> None:
    text = LINK.replace("digital_share", "conversion") + 'level = "{level}"\n'
    events = visits(3).replace(",v,", ",goal,")
    options = LinksOptions(metrics=MetricsOptions(goal="goal"))
    (row,) = linked(study, tmp_path, text.format(level="month"), options, events=events).rows
    assert "Conversion has no level month" in str(row.reason)
    (row,) = linked(study, tmp_path, text.format(level="customer"), events=events).rows
    assert "name the event that is the goal" in str(row.reason)
    without = text.replace('level = "{level}"\n', "").replace("conversion", "channel_entropy")
    (row,) = linked(study, tmp_path, without, events=events).rows
    assert "Channel entropy has several rows" in str(row.reason)


def test_short_series_and_gaps_are_refused_and_plotted(study: Study, tmp_path: Path) -> None:
    short = linked(study, tmp_path, LINK + 'date = "2021-04-01"\n', events=visits(12, {"retail": 3}))
    (row,) = short.rows
    assert "series_too_short" in codes(row)
    assert row.evidence.difference is not None
    assert any(getattr(block, "name", "") == "crm-series-a" for block in short.blocks())
    holes = "\n".join(line for line in visits(36).splitlines() if ",2022-03-" not in line)
    (row,) = linked(study, tmp_path, LINK + 'date = "2022-07-01"\n', events=holes).rows
    (gap,) = [refusal for refusal in row.refusals if refusal.code == "series_has_gaps"]
    assert "2022-03" in str(gap.reason)


def test_measures_on_the_boxes_of_the_diagram(study: Study, tmp_path: Path) -> None:
    against = LINK.replace('id = "a"', 'id = "b"').replace("digital_share", "identity_match")
    result = linked(study, tmp_path, LINK + against + 'fit = "discord"\n', events=visits(3))
    code = next(iter(result.rows[0].codes))
    nodes = tuple(DiagramNode(id=name, label=Label(name), group="causal") for name in (code, "elsewhere"))
    drawn = with_measures(Diagram(groups=(), nodes=nodes, edges=()), result)
    assert str(drawn.nodes[0].measure).startswith("Identity match: 100.0 %, grade X; 1 more")
    assert drawn.nodes[1].measure is None
    assert result.figure is not None
    picture = result.figure.picture
    assert isinstance(picture, Diagram)
    assert sum(node.measure is not None for node in picture.nodes) >= 1
    assert result.figure in result.blocks()


def test_names_for_people_stand_beside_ids(study: Study, tmp_path: Path) -> None:
    text = LINK.replace("digital_share", "identity_match")
    options = LinksOptions(labels={"access": Label("access", {"en": "Access", "fa": "دسترسی"})})
    (table, *_) = linked(study, tmp_path, text, options, events=visits(3)).tables()
    cells = dict(zip([column.key for column in table.columns], table.rows[0], strict=True))
    assert cells["metric"] == "identity_match"
    assert str(cells["metric_title"]) == "Identity match"
    label = cells["category_label"]
    assert isinstance(label, Label)
    assert label.in_language("fa") == "دسترسی"
    assert "14" in str(cells["of_interviews"])
    assert str(cells["quotes"]).count(":") == 2


def test_a_metric_is_computed_once_for_all_links(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from omnistudy.crm.links import metrics as links_metrics
    from omnistudy.crm.metrics.registry import metrics_of_records as compute

    asked: list[tuple[str, ...]] = []

    def counted(records: Any, options: Any, provenance: Any) -> Any:
        asked.append(options.metrics)
        return compute(records, options, provenance)

    monkeypatch.setattr(links_metrics, "metrics_of_records", counted)
    text = "".join(LINK.replace('id = "a"', f'id = "l{at}"') for at in range(12))
    linked(study, tmp_path, text, events=visits(3))
    assert asked == [("digital_share",)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('within = "city=x"', "within is not of the form column=value"),
        ('control = "segment"', "control is not of the form column=value"),
        ('within = "segment=x"\ncontrol = "segment=x"', "control and within are the same rows"),
        ('target = "high"', "'high' is no number"),
        ('adjust = "ramadan"', "'ramadan' cannot be adjusted for"),
        ('test = "anova"', "'anova' is no test"),
        ('salience = "loud"', "'loud' is no salience"),
    ],
)
def test_faults_of_the_new_keys(tmp_path: Path, line: str, words: str) -> None:
    from omnistudy.errors import StudyError

    path = tmp_path / "links.toml"
    path.write_text(LINK + line + "\n", encoding="utf-8")
    with pytest.raises(StudyError, match=words.replace("(", r"\(")):
        read_links(path, METRICS)


def test_the_shipped_map_uses_existing_metrics_and_theories(repository: Path) -> None:
    register = read_links(repository / "codebooks" / "maskan-crm-links.toml", METRICS)
    assert register.reference == "maskan-bank"
    for link in register.links:
        assert link.metric in METRICS, link.id
        assert link.theory
        assert link.source or link.role == "confounder"
        assert link.rationale
    two_sided = {
        link.category for link in register.links if link.role == "effect" and link.direction == "two-sided"
    }
    assert "channel-relationship" in two_sided
