"""Tables of agreement for people: one row per code, pair or interview, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.intervals.unanimous import EXACT
from omnistudy.agreement.programs.beside_ours import ProgramRow
from omnistudy.agreement.result.disagreements import Disagreement
from omnistudy.agreement.result.methods import measured_by
from omnistudy.agreement.result.side_tables import Compared, Retest, SideTables
from omnistudy.agreement.result.subject import Subject
from omnistudy.agreement.result.words import CLUSTERS, INTERVALS, UNITS, flags, word
from omnistudy.agreement.rounds.two_passes import passes_table
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.results import Cell, Column, Kind, Message, Number, Quote, Table, Undefined, listed, msg

AGGREGATES: Mapping[str, Message] = MappingProxyType(
    {"direct": msg("all ratings"), "mean_of_codes": msg("mean of codes")}
)
_ORDER = (
    "krippendorff_alpha",
    "percent_agreement",
    "gwet_ac1",
    "gwet_ac2",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
)
_UNITS_RATED = Column("n_pairable", msg("Units rated twice or more"), Kind.COUNT, secondary=True)
_Key = tuple[str, str]


def scope_table(scope: str, rows: Sequence[AgreementRow], subject: Subject, *, defaults: bool) -> Table:
    """Return the rows of one scope as people read them.

    Parameters
    ----------
    scope, rows
        The scope and its rows.
    subject
        Labels of the codes.
    defaults
        Whether nobody chose the coefficients, so that near-duplicates may stay out.
    """
    if scope == "overall":
        return _overall_table(rows)
    about, heading = _ABOUT[scope]
    groups: dict[str, list[AgreementRow]] = {}
    for row in rows:
        groups.setdefault(str(getattr(row, about)), []).append(row)
    labels = [_about(about, group[0], subject) for group in groups.values()]
    kind = Kind.TEXT if about == "code" else Kind.ID
    first = Column(about, heading, kind)
    return _crossed(f"agreement-{scope}", first, labels, list(groups.values()), defaults=defaults)


_ABOUT: Mapping[str, tuple[str, Message]] = MappingProxyType(
    {
        "code": ("code", msg("Code")),
        "category": ("code", msg("Category")),
        "pair": ("coders", msg("Coders")),
        "interview": ("interview", msg("Interview")),
        "without_coder": ("coders", msg("Remaining coders")),
    }
)


def _about(field: str, row: AgreementRow, subject: Subject) -> Cell:
    if field == "code":
        return subject.label(row.code or "")
    return ", ".join(row.coders) if field == "coders" else row.interview


def _crossed(
    name: str,
    first: Column,
    labels: Sequence[Cell],
    groups: Sequence[Sequence[AgreementRow]],
    *,
    defaults: bool,
) -> Table:
    """One row per group: the leading coefficient with its interval, the others beside it."""
    everyone = [row for group in groups for row in group]
    keys = _columns(everyone, defaults=defaults)
    main = keys[0]
    found = [{(row.coefficient, row.aggregate): row for row in group} for group in groups]
    examples = {key: row for group in found for key, row in group.items()}
    covered = any(row.coverage is not None for group in groups for row in group)
    mixed = len({aggregate for _, aggregate in keys}) > 1
    columns = (
        first,
        Column("value", _heading(examples[main], mixed=mixed), Kind.TEXT),
        *(
            Column(f"{key[0]}:{key[1]}", _heading(examples[key], mixed=mixed), Kind.COEFFICIENT)
            for key in keys[1:]
        ),
        *((Column("coverage", msg("Coverage"), Kind.SHARE),) if covered else ()),
        _UNITS_RATED,
        Column("flag", msg("Flags"), Kind.TEXT, secondary=True),
    )
    raised = [dict.fromkeys(flag for row in group for flag in row.flag) for group in groups]
    # what every row carries is said once, in the notes below the tables
    usual = set(raised[0]).intersection(*raised) if len(groups) > 1 else set()
    body = []
    for label, group, rows, own in zip(labels, found, groups, raised, strict=True):
        cells: list[Cell] = [label, _with_interval(group.get(main))]
        cells += [_value(group.get(key)) for key in keys[1:]]
        if covered:
            cells.append(next((row.coverage for row in rows if row.coverage is not None), None))
        shown = flags([flag for flag in own if flag not in usual])
        body.append((*cells, max(row.n_pairable for row in rows), shown))
    if not any(row[-1] for row in body):
        columns, body = columns[:-1], [row[:-1] for row in body]
    return Table(name=name, columns=columns, rows=tuple(body), caption=interval_caption(everyone))


def _columns(rows: Sequence[AgreementRow], *, defaults: bool) -> list[_Key]:
    """Return coefficient and aggregate of the columns, the headline first, in the order people read."""
    keys = list(dict.fromkeys((row.coefficient, row.aggregate) for row in rows))
    if defaults and any(name == "conger_kappa" for name, _ in keys):
        # for complete ratings the two differ in the third decimal; the tidy table has both
        keys = [key for key in keys if key[0] != "fleiss_kappa"]
    place = {name: at for at, name in enumerate(_ORDER)}
    return sorted(keys, key=lambda key: (key[1] != "direct", place.get(key[0], len(place))))


def _heading(row: AgreementRow, *, mixed: bool) -> Message:
    name = measured_by(row)
    return msg("{name}, mean of codes", name=name) if mixed and row.aggregate == "mean_of_codes" else name


def _value(row: AgreementRow | None) -> Cell:
    if row is None:
        return None
    return row.value if row.value is not None else Undefined(row.reason or msg("undefined"))


def _with_interval(row: AgreementRow | None) -> Cell:
    if row is None or row.value is None:
        return _value(row)
    value = Number(row.value, Kind.COEFFICIENT)
    if row.ci_low is None:
        return msg("{value} (no interval)", value=value)
    return msg(
        "{value} [{low}, {high}]",
        value=value,
        low=Number(row.ci_low, Kind.COEFFICIENT),
        high=Number(row.ci_high, Kind.COEFFICIENT),
    )


def interval_caption(rows: Sequence[AgreementRow]) -> Message:
    """Say how the intervals of a table were made, leaving the exact ones to their note."""
    row = next((row for row in rows if row.ci_method != EXACT), rows[0])
    return msg(
        "Interval: {method}, by {cluster}; unit: {unit}.",
        method=word(INTERVALS, row.ci_method),
        cluster=word(CLUSTERS, row.cluster),
        unit=word(UNITS, row.unit),
    )


def _overall_table(rows: Sequence[AgreementRow]) -> Table:
    """One row per coefficient, with everything needed to judge it."""
    columns: tuple[Column, ...] = (
        Column("aggregate", msg("Aggregate"), Kind.TEXT),
        Column("coefficient", msg("Coefficient"), Kind.TEXT),
        Column("value", msg("Value"), Kind.COEFFICIENT),
        Column("ci_low", msg("Lower limit"), Kind.COEFFICIENT),
        Column("ci_high", msg("Upper limit"), Kind.COEFFICIENT),
        Column("observed", msg("Observed agreement"), Kind.COEFFICIENT, secondary=True),
        Column("coverage", msg("Coverage"), Kind.SHARE),
        _UNITS_RATED,
        Column("flag", msg("Flags"), Kind.TEXT, secondary=True),
    )
    if all(row.coverage is None for row in rows):
        columns = tuple(column for column in columns if column.key != "coverage")
    body = tuple(tuple(_overall_cell(column.key, row) for column in columns) for row in rows)
    return Table(name="agreement-overall", columns=columns, rows=body, caption=interval_caption(rows))


def _overall_cell(key: str, row: AgreementRow) -> Cell:
    words: dict[str, Cell] = {
        "aggregate": AGGREGATES[row.aggregate],
        "coefficient": measured_by(row),
        "value": _value(row),
        "flag": flags(row.flag),
    }
    if key in words:
        return words[key]
    cell: Cell = getattr(row, key)
    return cell


def tables_beside(beside: SideTables) -> Iterator[tuple[Message, Table]]:
    """Yield the tables beside the main ones, each with its title."""
    if beside.units:
        yield msg("Units of analysis side by side"), _unit_table(beside.units)
    if beside.differences:
        yield msg("Differences"), _difference_table(beside.differences)
    if beside.retests:
        yield msg("Test–retest: coders with themselves"), _retest_table(beside.retests)
    if beside.passes:
        yield msg("Per cent of agreement as theses print it"), passes_table(beside.passes)
    if beside.programs:
        yield msg("What other programs would print"), _program_table(beside.programs)


def _unit_table(rows: Sequence[AgreementRow]) -> Table:
    groups: dict[str, list[AgreementRow]] = {}
    for row in rows:
        groups.setdefault(row.unit, []).append(row)
    labels = [word(UNITS, unit) for unit in groups]
    table = _crossed(
        "agreement-units",
        Column("unit", msg("Unit of analysis")),
        labels,
        list(groups.values()),
        defaults=True,
    )
    note = msg("The same codings on other units give other numbers, so the unit belongs in every report.")
    caption = msg(
        "Interval: {method}, by {cluster}.",
        method=word(INTERVALS, rows[0].ci_method),
        cluster=word(CLUSTERS, rows[0].cluster),
    )
    return Table(name=table.name, columns=table.columns, rows=table.rows, caption=caption, note=note)


def _difference_table(items: Sequence[Compared]) -> Table:
    columns = (
        Column("first", msg("First"), Kind.ID),
        Column("second", msg("Second"), Kind.ID),
        Column("coefficient", msg("Coefficient"), Kind.TEXT),
        Column("value_first", msg("First value"), Kind.COEFFICIENT),
        Column("value_second", msg("Second value"), Kind.COEFFICIENT),
        Column("difference", msg("Difference"), Kind.COEFFICIENT),
        Column("ci_low", msg("Lower limit"), Kind.COEFFICIENT),
        Column("ci_high", msg("Upper limit"), Kind.COEFFICIENT),
        Column("share_above", msg("Resamples in which the second is higher"), Kind.SHARE),
    )
    rows = tuple(
        (
            item.first,
            item.second,
            COEFFICIENTS[item.found.coefficient].title,
            item.found.first,
            item.found.second,
            item.found.value if item.found.value is not None else _no_difference(item),
            item.found.low,
            item.found.high,
            item.found.share_above,
        )
        for item in items
    )
    found = items[0].found
    caption = msg(
        "Second minus first, percentile bootstrap with the same draws for both, by {cluster} ({count} of them).",
        cluster=word(CLUSTERS, found.cluster),
        count=Number(found.n_clusters, Kind.COUNT),
    )
    return Table(name="agreement-differences", columns=columns, rows=rows, caption=caption)


def _no_difference(item: Compared) -> Undefined:
    return Undefined(item.found.reason or msg("undefined"))


def _retest_table(items: Sequence[Retest]) -> Table:
    filled = [item for item in items if item.rows]
    first = Column("coder", msg("Coder and rounds"), Kind.TEXT)
    labels: list[Cell] = [
        msg("{coder}: {first}, {second}", coder=item.coder, first=item.first, second=item.second)
        for item in filled
    ]
    if not filled:
        return Table(name="agreement-retest", columns=(first,), rows=())
    return _crossed("agreement-retest", first, labels, [item.rows for item in filled], defaults=True)


def _program_table(rows: Sequence[ProgramRow]) -> Table:
    columns = (
        Column("program", msg("Program"), Kind.ID),
        Column("measure", msg("What it prints"), Kind.TEXT),
        Column("mean", msg("Mean"), Kind.TEXT),
        Column("range", msg("Lowest to highest"), Kind.TEXT, secondary=True),
        Column("values", msg("Numbers printed"), Kind.COUNT, secondary=True),
        Column("why", msg("Why it is another number"), Kind.TEXT),
    )
    body = tuple((row.program, row.measure, _mean(row), _range(row), row.values, row.why) for row in rows)
    note = msg(
        "Codes as they were applied, two coders at a time. These programs count the whole file with the"
        " interviewer's words; SPSS gets our units. Reconstructed from manuals and source code: versions differ."
    )
    return Table(name="agreement-programs", columns=columns, rows=body, note=note)


def _kind(row: ProgramRow) -> Kind:
    return Kind.SHARE if row.share else Kind.COEFFICIENT


def _mean(row: ProgramRow) -> Cell:
    if row.mean is None:
        return Undefined(msg("it would print nothing"))
    return Number(row.mean, _kind(row))


def _range(row: ProgramRow) -> Cell:
    if row.mean is None:
        return None
    return msg("{low} to {high}", low=Number(row.lowest, _kind(row)), high=Number(row.highest, _kind(row)))


def disagreement_table(items: Sequence[Disagreement], subject: Subject) -> Table:
    """Return the passages with every coder's codes, the weightiest first; untrusted text stays a quote."""
    coders = subject.coders
    columns = (
        Column("interview", msg("Interview"), Kind.ID),
        Column("unit", msg("Unit"), Kind.ID),
        Column("start", msg("Start"), Kind.COUNT),
        Column("end", msg("End"), Kind.COUNT),
        Column("quote", msg("Passage"), Kind.QUOTE),
        *(Column(f"coder:{coder}", msg("Codes of {coder}", coder=coder), Kind.TEXT) for coder in coders),
        Column("weight", msg("Share of the disagreement"), Kind.SHARE),
    )
    rows = tuple(
        (
            item.interview,
            item.unit,
            item.start,
            item.end,
            _quote(item, subject),
            *_codes(item, subject),
            item.weight,
        )
        for item in items
    )
    note = msg("An empty cell: the coder saw the passage and applied no code; —: the coder did not see it.")
    return Table(name="disagreements", columns=columns, rows=rows, note=note)


def _quote(item: Disagreement, subject: Subject) -> Quote | None:
    if item.quote is None or item.start is None or item.end is None:
        return None
    codes = tuple(
        subject.label(code) for code in dict.fromkeys(c for _, chosen in item.codes for c in chosen)
    )
    return Quote(
        text=item.quote,
        interview=item.interview or "",
        start=item.start,
        end=item.end,
        language=subject.language,
        coders=tuple(coder for coder, _ in item.codes),
        codes=codes,
    )


def _codes(item: Disagreement, subject: Subject) -> tuple[Cell, ...]:
    chosen = dict(item.codes)
    return tuple(
        listed([subject.label(code) for code in chosen[coder]], apart=True) if coder in chosen else "—"
        for coder in subject.coders
    )
