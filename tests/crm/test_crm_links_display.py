"""Tables and figures of the links, every cell, on rows made by hand."""

from __future__ import annotations

from dataclasses import replace

from links_rows import BARE, CONTROL, FULL, MONTHS, series, with_evidence

from omnistudy.crm.links.change import Change
from omnistudy.crm.links.display import (
    association_table,
    joint_display,
    metric_of,
    panel_table,
    series_figures,
    series_table,
    theory_table,
)
from omnistudy.crm.links.grades import Difference, Reliability
from omnistudy.crm.links.metrics import Monthly
from omnistudy.pictures import Lines, Series
from omnistudy.results import Cell, Figure, Kind, Message, Number, Table, Undefined, msg, plain

NO_LIMITS = "undefined: a value of this kind has no interval here, or too few units were counted for one"


def shown(cell: Cell) -> str | float | int | None:
    """A cell as plain English; numbers without a unit stay numbers."""
    if isinstance(cell, Undefined):
        return f"undefined: {cell.reason}"
    if isinstance(cell, Number):
        return plain(cell)
    return cell if cell is None or isinstance(cell, int | float) else str(cell)


def rows_of(table: Table) -> list[dict[str, str | float | int | None]]:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    return [dict(zip(keys, map(shown, row), strict=True)) for row in table.rows]


def primary(table: Table) -> list[str]:
    """The columns that stay where there is little room."""
    return [column.key for column in table.columns if not column.secondary]


def test_the_joint_display_cell_by_cell() -> None:
    table = joint_display([FULL, BARE])
    assert table.name == "crm-links"
    assert rows_of(table) == [
        {
            "category": "access", "category_label": "Access", "metric": "digital_share",
            "metric_title": "Digital share (median)", "role": "effect", "direction": "falls", "grade": "C",
            "interviews": 2, "of_interviews": 4, "salience_low": 0.15, "salience_high": 0.85, "quotations": 5,
            "quotes": "i1:0-7; i2:8-13", "alpha": 0.8, "alpha_low": 0.7, "alpha_high": 0.9, "value": "61.0 %",
            "ci_low": "51.0 %", "ci_high": "71.0 %", "window": "2023-01-01/2023-03-31", "proposal": "agrees",
            "fit": "confirms", "meta_inference": "analyst's", "sentence": "What is said.",
        },
        {
            "category": "trust", "category_label": "trust", "metric": "own:trust", "metric_title": "own:trust (mine)",
            "role": "moderator", "direction": "either way", "grade": "Q0", "interviews": 0, "of_interviews": 0,
            "salience_low": None, "salience_high": None, "quotations": 0, "quotes": "",
            "alpha": "undefined: nobody coded it twice", "alpha_low": "undefined: nobody coded it twice",
            "alpha_high": "undefined: nobody coded it twice", "value": "undefined: there are no records",
            "ci_low": "undefined: there are no records", "ci_high": "undefined: there are no records", "window": "",
            "proposal": "unknown", "fit": "undefined: not written yet", "meta_inference": "undefined: not written yet",
            "sentence": "Nothing measured.",
        },
    ]  # fmt: skip
    assert primary(table) == [
        "category_label", "metric_title", "grade", "interviews", "value", "ci_low", "ci_high", "proposal", "fit",
    ]  # fmt: skip


def test_values_without_an_interval_say_so() -> None:
    """A value that was measured is not called unmeasured because it has no limits."""
    row = with_evidence(FULL, low=None, high=None, reliability=Reliability(alpha=1.0, low=None, high=None))
    (cells,) = rows_of(joint_display([row]))
    assert (cells["value"], cells["alpha"]) == ("61.0 %", 1.0)
    assert [cells[key] for key in ("ci_low", "ci_high", "alpha_low", "alpha_high")] == [NO_LIMITS] * 4


def test_the_metric_of_a_row_names_its_level() -> None:
    def name(metric: str, level: str) -> str:
        return str(metric_of(replace(FULL, link=replace(FULL.link, metric=metric, level=level))))

    assert name("digital_share", "") == "Digital share"
    assert name("digital_share", "p90") == "Digital share (90th percentile)"
    assert name("scale_mean", "my-scale") == "Mean of a scale (my-scale)"
    assert name("own:x", "") == "own:x"


def test_associations_cell_by_cell() -> None:
    """p only of what was registered; without limits the reason stands there."""
    found = FULL.evidence.association
    assert found is not None
    exploratory = with_evidence(
        FULL, registered=False, p_adjusted=None, association=replace(found, low=None, high=None)
    )
    table = association_table([BARE, FULL, exploratory])
    same = {
        "category_label": "Access", "metric_title": "Digital share (median)", "n": 13, "rho": 0.62, "left_low": 0.55,
        "left_high": 0.66, "detectable": 0.72,
    }  # fmt: skip
    still = "undefined: the cases do not vary enough to be resampled"
    late = "undefined: exploratory: not registered before the data were read"
    assert table.name == "crm-link-cases"
    assert rows_of(table) == [
        {**same, "low": 0.31, "high": 0.82, "p": 0.021, "p_adjusted": 0.042},
        {**same, "low": still, "high": still, "p": late, "p_adjusted": late},
    ]
    assert primary(table) == [
        "category_label", "metric_title", "n", "rho", "low", "high", "detectable", "p_adjusted",
    ]  # fmt: skip


def test_changes_cell_by_cell() -> None:
    """The difference, the step of the series alone, and that of its difference from the control."""
    target = with_evidence(
        BARE, difference=Difference(before=1, after=3, value=2, low=1, high=4, against="target")
    )
    stepped = with_evidence(BARE, controlled=series(1.0))
    table = series_table([FULL, target, stepped])
    full = {"category_label": "Access", "metric_title": "Digital share (median)"}
    bare = {"category_label": "trust", "metric_title": "own:trust (mine)"}
    empty = {"p": None, "placebo_p": None, "points": None, "adjusted": None}
    assert table.name == "crm-link-changes"
    held = "Nowruz, months of the year"
    apart = "step of the difference from the control"
    assert rows_of(table) == [
        {**full, "what": "difference from the time before", "value": 0.11, "low": 0.06, "high": 0.16, **empty},
        {
            **full, "what": "step of the series", "value": 5.0, "low": 4.0, "high": 6.0, "p": 0.01, "placebo_p": 0.04,
            "points": 36, "adjusted": held,
        },
        {
            **full, "what": apart, "value": 7.0, "low": 6.0, "high": 8.0, "p": 0.01, "placebo_p": None, "points": 36,
            "adjusted": None,
        },
        {**bare, "what": "difference from the target", "value": 2, "low": 1, "high": 4, **empty},
        {
            **bare, "what": apart, "value": 1.0, "low": 0.0, "high": 2.0, "p": 0.01, "placebo_p": 0.04, "points": 36,
            "adjusted": held,
        },
    ]  # fmt: skip
    assert primary(table) == ["category_label", "metric_title", "what", "value", "low", "high", "placebo_p"]
    control = replace(target.evidence.difference, against="control")  # type: ignore[type-var]
    (cells,) = rows_of(series_table([with_evidence(BARE, difference=control)]))
    assert cells["what"] == "difference from the control"


def test_panels_cell_by_cell() -> None:
    table = panel_table([BARE, FULL])
    assert table.name == "crm-link-panel"
    assert rows_of(table) == [
        {
            "category_label": "Access", "metric_title": "Digital share (median)", "branches": 14, "months": 8,
            "observations": 111, "estimate": 0.33, "low": 0.13, "high": 0.53, "p": 0.007,
            "method": "clustered_by_branch",
        }
    ]  # fmt: skip
    assert primary(table) == [
        "category_label", "metric_title", "branches", "months", "estimate", "low", "high", "p",
    ]  # fmt: skip


def test_grades_by_theory() -> None:
    """In the order of the theories' ids, what names none first, contradictions before the rest."""
    rows = [
        replace(BARE, grade=grade, link=replace(BARE.link, theory=theory))
        for grade, theory in (
            ("C", "tam"),
            ("X", "clv"),
            ("Q1", "tam"),
            ("A", ""),
            ("C", "tam"),
            ("D", "own"),
        )
    ]
    table = theory_table(rows)
    none = {f"grade_{grade}": 0 for grade in ("X", "D", "C", "B", "A", "Q1", "Q0")}
    assert table.name == "crm-link-theories"
    assert rows_of(table) == [
        {"theory": "no theory named", **none, "grade_A": 1},
        {"theory": "customer lifetime value", **none, "grade_X": 1},
        {"theory": "own", **none, "grade_D": 1},
        {"theory": "technology acceptance", **none, "grade_C": 2, "grade_Q1": 1},
    ]
    assert [str(column.heading) for column in table.columns] == [
        "Theory", "Grade X", "Grade D", "Grade C", "Grade B", "Grade A", "Grade Q1", "Grade Q0",
    ]  # fmt: skip
    assert primary(table) == [column.key for column in table.columns]


def picture(figure: Figure) -> Lines:
    assert isinstance(figure.picture, Lines)
    return figure.picture


def test_the_months_before_and_after_and_those_of_the_control() -> None:
    (figure,) = series_figures([BARE, FULL])
    drawn = picture(figure)
    places = (1.0, 2.0, 3.0)
    assert drawn.series == (
        Series(
            name=msg("before {date}", date="2023-03-01"), places=places, values=(0.1, 0.2, None), marked=True
        ),
        Series(
            name=msg("from {date} on", date="2023-03-01"),
            places=places,
            values=(None, None, 0.3),
            marked=True,
        ),
        Series(name=msg("control"), places=places, values=CONTROL.values, dashed=True),
    )
    assert drawn.kind is Kind.SHARE
    assert figure.name == "crm-series-full"
    assert str(figure.caption) == "Digital share (median) by month, from 2023-01 to 2023-03"
    assert str(figure.alt) == (
        "Digital share (median) by month, from 2023-01 to 2023-03: 2 months before the change, 1 after it."
    )


def test_a_side_without_months_has_no_curve() -> None:
    def names(months: Monthly) -> list[str]:
        (figure,) = series_figures([replace(FULL, change=Change(months=months))])
        return [str(one.name) for one in picture(figure).series]

    assert names(replace(MONTHS, change=0)) == ["from 2023-03-01 on"]
    assert names(replace(MONTHS, change=3)) == ["before 2023-03-01"]
    assert names(MONTHS) == ["before 2023-03-01", "from 2023-03-01 on"]
    (figure,) = series_figures([replace(FULL, unit="")])
    assert picture(figure).kind is Kind.NUMBER
    (figure,) = series_figures([replace(FULL, unit="coefficient")])
    assert picture(figure).kind is Kind.COEFFICIENT


def test_the_same_months_are_drawn_once() -> None:
    """Links on one series share its figure; another metric, level, date or group has its own."""
    again = replace(FULL, link=replace(FULL.link, id="again", category="trust", direction="+"))
    changes = {
        "metric": "csat", "level": "p90", "date": "2023-02-01", "within": "segment=x", "control": "segment=y",
    }  # fmt: skip
    others = [
        replace(FULL, link=replace(FULL.link, id=key, **{key: value})) for key, value in changes.items()
    ]
    figures = list(series_figures([FULL, again, *others]))
    assert [figure.name for figure in figures] == [
        "crm-series-full",
        *(f"crm-series-{key}" for key in changes),
    ]
    assert all(isinstance(one.name, Message) for figure in figures for one in picture(figure).series)
