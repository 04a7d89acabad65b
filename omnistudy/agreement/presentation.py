"""How agreement is shown to people: sentences, a forest of intervals, short tables, and warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.agreement.disagreements import Disagreement
from omnistudy.agreement.intervals import FIRM, TENTATIVE
from omnistudy.agreement.registry import COEFFICIENTS
from omnistudy.agreement.rows import AgreementRow
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Figure,
    Forest,
    Heading,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Prose,
    Quote,
    Status,
    Table,
    Undefined,
    msg,
)

if TYPE_CHECKING:
    from omnistudy.agreement.result import AgreementResult, Subject

FLAG_NOTES: Mapping[str, Message] = MappingProxyType(
    {
        "paradox": msg(
            "Kappa paradox: agreement is at least .80 and yet the coefficient lies far below what equally common"
            " categories would give, because one category dominates. Read AC1 and positive agreement beside it."
        ),
        "small_n": msg("Small sample: fewer than 10 interviews, or 40 units, carry an interval."),
        "few_clusters": msg(
            "Fewer than five interviews carry an interval: take it as a rough indication, or double-code more."
        ),
        "no_variation": msg(
            "No variation: all ratings are the same, so chance-corrected coefficients do not exist."
        ),
    }
)

SCOPE_TITLES: Mapping[str, Message] = MappingProxyType(
    {
        "overall": msg("Overall"),
        "code": msg("Per code"),
        "category": msg("Per category"),
        "pair": msg("Per pair of coders"),
        "interview": msg("Per interview"),
        "without_coder": msg("Each coder left out"),
    }
)

AGGREGATES: Mapping[str, Message] = MappingProxyType(
    {"direct": msg("all ratings"), "mean_of_codes": msg("mean of codes")}
)


def blocks(result: AgreementResult) -> tuple[Block, ...]:
    """Return the result as part of a page."""
    out: list[Block] = [Prose(text=result.summary)]
    if result.subject.answer is None and result.rows:
        out += [Prose(text=sentence) for sentence in _sentences(result)]
        figure = _forest(result)
        out += [figure] if figure else []
        for scope, title in SCOPE_TITLES.items():
            rows = [row for row in result.rows if row.scope == scope]
            if rows:
                out += [
                    Heading(text=title, level=3, anchor=f"agreement-{scope}"),
                    _table(scope, rows, result.subject),
                ]
        raised = {flag for row in result.rows for flag in row.flag}
        out += [Note(text=text) for flag, text in FLAG_NOTES.items() if flag in raised]
    out += [Note(text=note, status=Status.NEUTRAL) for note in result.notes]
    if result.disagreements:
        subject = result.subject
        out.append(Heading(text=msg("Where coders disagree"), level=3, anchor="agreement-disagreements"))
        out.append(disagreement_table(result.disagreements, subject.coders, subject.language))
    return tuple(out)


def _sentences(result: AgreementResult) -> list[Message]:
    """Say who was compared on what, and how the interval was made."""
    subject, row = result.subject, result.headline
    out = []
    if subject.level is not None:
        out.append(
            msg(
                "{coders} coded {count} of {all} interviews independently (round: {round});"
                " unit: {unit}, level: {level}.",
                coders=", ".join(subject.coders),
                count=Number(len(subject.interviews), Kind.COUNT),
                all=Number(subject.of_interviews, Kind.COUNT),
                round=subject.round or "—",
                unit=subject.unit,
                level=subject.level,
            )
        )
    if row is not None and row.ci_low is not None:
        out.append(_against_the_lines(row))
    return out


def _against_the_lines(row: AgreementRow) -> Message:
    low = row.ci_low if row.ci_low is not None else -1.0
    if low >= FIRM:
        return msg("The lower limit of the interval reaches .80, the line for firm conclusions.")
    if low >= TENTATIVE:
        return msg("The lower limit of the interval lies between .667 and .80: tentative conclusions only.")
    return msg("The lower limit of the interval lies below .667, the line for tentative conclusions.")


def _forest(result: AgreementResult) -> Figure | None:
    rows = [row for row in result.rows if row.scope == "code" and row.coefficient == "krippendorff_alpha"]
    if not rows:
        return None
    labels = tuple(result.subject.label(row.code or "") for row in rows)
    defined = [(row.value, label) for row, label in zip(rows, labels, strict=True) if row.value is not None]
    picture = Forest(
        labels=labels,
        values=tuple(row.value for row in rows),
        lows=tuple(row.ci_low for row in rows),
        highs=tuple(row.ci_high for row in rows),
        axis=msg("Krippendorff's alpha"),
        lines=(TENTATIVE, FIRM),
    )
    alt = msg("Alpha per code; no code has a value.")
    if defined:
        low, high = min(defined, key=lambda pair: pair[0]), max(defined, key=lambda pair: pair[0])
        alt = msg(
            "Alpha per code with intervals, from {low} ({low_code}) to {high} ({high_code}).",
            low=Number(low[0], Kind.COEFFICIENT),
            low_code=low[1],
            high=Number(high[0], Kind.COEFFICIENT),
            high_code=high[1],
        )
    caption = msg("Krippendorff's alpha per code with its interval; dashed lines at .667 and .80.")
    return Figure(name="agreement-codes", picture=picture, caption=caption, alt=alt)


def _table(scope: str, rows: Sequence[AgreementRow], subject: Subject) -> Table:
    return _overall_table(rows, subject) if scope == "overall" else _crossed_table(scope, rows, subject)


def _overall_table(rows: Sequence[AgreementRow], subject: Subject) -> Table:
    """One row per coefficient, with everything needed to judge it."""
    columns: tuple[Column, ...] = (
        Column("aggregate", msg("Aggregate"), Kind.TEXT),
        Column("coefficient", msg("Coefficient"), Kind.TEXT),
        Column("value", msg("Value"), Kind.COEFFICIENT),
        Column("ci_low", msg("Lower limit"), Kind.COEFFICIENT),
        Column("ci_high", msg("Upper limit"), Kind.COEFFICIENT),
        Column("observed", msg("Observed agreement"), Kind.COEFFICIENT),
        Column("coverage", msg("Coverage"), Kind.SHARE),
        Column("n_pairable", msg("Units rated twice or more"), Kind.COUNT),
        Column("flag", msg("Flags"), Kind.TEXT),
    )
    if all(row.coverage is None for row in rows):
        columns = tuple(column for column in columns if column.key != "coverage")
    body = tuple(tuple(_cell(column.key, row, subject) for column in columns) for row in rows)
    return Table(name="agreement-overall", columns=columns, rows=body, caption=_caption(rows[0]))


def _crossed_table(scope: str, rows: Sequence[AgreementRow], subject: Subject) -> Table:
    """One row per code, pair or interview and one column per coefficient; the interval is alpha's."""
    about = {
        "code": Column("code", msg("Code"), Kind.TEXT),
        "category": Column("code", msg("Category"), Kind.TEXT),
        "pair": Column("coders", msg("Coders"), Kind.ID),
        "interview": Column("interview", msg("Interview"), Kind.ID),
        "without_coder": Column("coders", msg("Remaining coders"), Kind.ID),
    }[scope]
    groups: dict[tuple[Cell, str], list[AgreementRow]] = {}
    for row in rows:
        groups.setdefault((getattr(row, about.key), row.aggregate), []).append(row)
    names = list(dict.fromkeys(row.coefficient for row in rows))
    main = "krippendorff_alpha" if "krippendorff_alpha" in names else names[0]
    mixed = len({row.aggregate for row in rows}) > 1
    covered = any(row.coverage is not None for row in rows)
    columns = (
        about,
        *((Column("aggregate", msg("Aggregate"), Kind.TEXT),) if mixed else ()),
        Column("n_pairable", msg("Units rated twice or more"), Kind.COUNT),
        *(Column(name, COEFFICIENTS[name].title, Kind.COEFFICIENT) for name in names),
        Column("ci_low", msg("Lower limit"), Kind.COEFFICIENT),
        Column("ci_high", msg("Upper limit"), Kind.COEFFICIENT),
        *((Column("coverage", msg("Coverage"), Kind.SHARE),) if covered else ()),
        Column("flag", msg("Flags"), Kind.TEXT),
    )
    body = []
    for group in groups.values():
        by_name = {row.coefficient: row for row in group}
        shown = by_name.get(main, group[0])
        special: dict[str, Cell] = {
            "flag": ", ".join(dict.fromkeys(flag for row in group for flag in row.flag)),
            "coverage": next((row.coverage for row in group if row.coverage is not None), None),
            **{name: _cell("value", by_name[name], subject) if name in by_name else None for name in names},
        }
        body.append(
            tuple(special[c.key] if c.key in special else _cell(c.key, shown, subject) for c in columns)
        )
    note = msg("Lower and upper limit belong to {name}.", name=COEFFICIENTS[main].title)
    return Table(
        name=f"agreement-{scope}", columns=columns, rows=tuple(body), caption=_caption(rows[0]), note=note
    )


def _caption(row: AgreementRow) -> Message:
    return msg(
        "Interval: {method}, by {cluster}; unit: {unit}.",
        method=row.ci_method,
        cluster=row.cluster,
        unit=row.unit,
    )


def _cell(key: str, row: AgreementRow, subject: Subject) -> Cell:
    words: dict[str, Cell] = {
        "aggregate": AGGREGATES[row.aggregate],
        "code": subject.label(row.code or ""),
        "coders": ", ".join(row.coders),
        "coefficient": _name(row),
        "value": row.value if row.value is not None else Undefined(row.reason or msg("undefined")),
        "flag": ", ".join(row.flag),
    }
    if key in words:
        return words[key]
    cell: Cell = getattr(row, key)
    return cell


def _name(row: AgreementRow) -> Message:
    title = COEFFICIENTS[row.coefficient].title
    if row.metric != "nominal":
        return msg("{name} ({metric})", name=title, metric=row.metric)
    return title if row.weights == "identity" else msg("{name} ({metric})", name=title, metric=row.weights)


def disagreement_table(items: Sequence[Disagreement], coders: Sequence[str], language: str) -> Table:
    """Return the passages with every coder's codes, the weightiest first; untrusted text stays a quote."""
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
            _quote(item, language),
            *_codes(item, coders),
            item.weight,
        )
        for item in items
    )
    note = msg("An empty cell: the coder saw the passage and applied no code; —: the coder did not see it.")
    return Table(name="disagreements", columns=columns, rows=rows, note=note)


def _quote(item: Disagreement, language: str) -> Quote | None:
    if item.quote is None or item.start is None or item.end is None:
        return None
    codes = tuple(Label(code) for code in dict.fromkeys(c for _, chosen in item.codes for c in chosen))
    return Quote(
        text=item.quote,
        interview=item.interview or "",
        start=item.start,
        end=item.end,
        language=language,
        coders=tuple(coder for coder, _ in item.codes),
        codes=codes,
    )


def _codes(item: Disagreement, coders: Sequence[str]) -> tuple[str, ...]:
    chosen = dict(item.codes)
    return tuple(" | ".join(chosen[coder]) if coder in chosen else "—" for coder in coders)
