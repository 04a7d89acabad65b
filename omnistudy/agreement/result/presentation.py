"""How agreement is shown to people: sentences, pictures, short tables, and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.agreement.intervals.limits import FIRM, TENTATIVE
from omnistudy.agreement.intervals.unanimous import EXACT
from omnistudy.agreement.result.tables import disagreement_table, scope_table, tables_beside
from omnistudy.agreement.result.words import LEVELS, ROUNDS, UNITS, word
from omnistudy.agreement.scopes.rows import NEVER_DIFFERED
from omnistudy.pictures import Forest, Heatmap
from omnistudy.results import (
    Block,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Prose,
    Status,
    listed,
    msg,
)

if TYPE_CHECKING:
    from omnistudy.agreement.result.result import AgreementResult

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


def _what_to_do(result: AgreementResult) -> Message:
    """What brings a second coder: another file into a study, another column into a table."""
    # Ratings of a study have a level of the code tree; passages have none, in a study or in a table.
    if result.subject.level is None and result.subject.unit != "span":
        return msg("A table needs one column per coder, or the columns unit, coder and value.")
    return msg("To add another coder's file: omnistudy merge STUDY FILE.")


def blocks(result: AgreementResult) -> tuple[Block, ...]:
    """Return the result as part of a page, without the summary, which renderers print first."""
    out: list[Block] = []
    if result.subject.answer is not None:
        out.append(Note(text=_what_to_do(result), status=Status.NEUTRAL))
    if result.subject.answer is None and result.rows:
        out += [Prose(text=sentence) for sentence in _sentences(result)]
        out += [Note(text=text) for text in result.warnings]
        out += _figures(result)
        for scope, title in SCOPE_TITLES.items():
            rows = [row for row in result.rows if row.scope == scope]
            if rows:
                out.append(Heading(text=title, level=3, anchor=f"agreement-{scope}"))
                chosen = not result.options.coefficients
                out.append(scope_table(scope, rows, result.subject, defaults=chosen))
        raised = {flag for row in result.rows for flag in row.flag}
        out += [Note(text=text) for flag, text in FLAG_NOTES.items() if flag in raised]
        out += [Note(text=text, status=Status.NEUTRAL) for text in _where_nobody_differed(result)]
    out += [Note(text=note, status=Status.NEUTRAL) for note in result.notes]
    for title, table in tables_beside(result.beside):
        out += [Heading(text=title, level=3, anchor=table.name), table]
    if result.disagreements:
        out.append(Heading(text=msg("Where coders disagree"), level=3, anchor="agreement-disagreements"))
        out.append(disagreement_table(result.disagreements, result.subject))
    if result.methods is not None:
        out.append(Heading(text=msg("For the methods section"), level=3, anchor="agreement-methods"))
        out.append(Prose(text=result.methods))
    return tuple(out)


def _sentences(result: AgreementResult) -> list[Message]:
    """Say who was compared on what, and what the interval allows."""
    subject, row = result.subject, result.headline
    out = []
    if subject.level is not None:
        out.append(
            msg(
                "{coders} coded {count} of {all} interviews independently (round: {round});"
                " unit: {unit}, level: {level}.",
                coders=listed(subject.coders),
                count=Number(len(subject.interviews), Kind.COUNT),
                all=Number(subject.of_interviews, Kind.COUNT),
                round=word(ROUNDS, subject.round or "—"),
                unit=word(UNITS, subject.unit),
                level=word(LEVELS, subject.level),
            )
        )
    if row is not None and row.ci_low is not None:
        out.append(_against_the_lines(row.ci_low))
    return out


def _against_the_lines(low: float) -> Message:
    if low >= FIRM:
        return msg("The lower limit of the interval reaches .80, the line for firm conclusions.")
    if low >= TENTATIVE:
        return msg("The lower limit of the interval lies between .667 and .80: tentative conclusions only.")
    return msg("The lower limit of the interval lies below .667, the line for tentative conclusions.")


def _where_nobody_differed(result: AgreementResult) -> list[Message]:
    """Say what stands in place of limits of 1 and 1."""
    out = []
    if any(row.ci_method == EXACT for row in result.rows):
        out.append(
            msg(
                "Where coders never differed, the lower limit is the exact one for no difference among that many units;"
                " leaving units out would always give 1."
            )
        )
    by_interview = [row for row in result.rows if row.cluster == "interview" and row.ci_low is None]
    if any(row.value is not None and row.ci_reason is NEVER_DIFFERED for row in by_interview):
        out.append(
            msg(
                "Where coders never differed and interviews were sampled there is no interval: every sample of these"
                " interviews agrees in full, which says nothing of interviews that were not double-coded."
            )
        )
    return out


def _figures(result: AgreementResult) -> list[Figure]:
    return [figure for figure in (_forest(result), _pairs(result), _code_map(result)) if figure is not None]


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


def _pairs(result: AgreementResult) -> Figure | None:
    """Draw alpha of every pair of three or more coders."""
    found = {
        frozenset(row.coders): row.value
        for row in result.rows
        if row.scope == "pair" and row.coefficient == "krippendorff_alpha" and row.aggregate == "direct"
    }
    coders = result.subject.coders
    if len(coders) < 3 or not found:
        return None
    values = tuple(tuple(found.get(frozenset({one, other})) for other in coders) for one in coders)
    labels = tuple(Label(coder) for coder in coders)
    axis = msg("Krippendorff's alpha")
    return Figure(
        name="agreement-pairs",
        picture=Heatmap(rows=labels, columns=labels, values=values, axis=axis, kind=Kind.COEFFICIENT),
        caption=msg("Krippendorff's alpha of every pair of coders."),
        alt=msg("Agreement of every pair of coders; the table per pair of coders has the same values."),
    )


def _code_map(result: AgreementResult) -> Figure | None:
    """Draw where in the material a code is applied by some coders only."""
    found = result.beside.code_map
    if not found.codes or len(found.interviews) < 2:
        return None
    picture = Heatmap(
        rows=tuple(result.subject.label(code) for code in found.codes),
        columns=tuple(Label(name) for name in found.interviews),
        values=found.values,
        axis=msg("Positive agreement"),
        kind=Kind.COEFFICIENT,
    )
    return Figure(
        name="agreement-map",
        picture=picture,
        caption=msg(
            "Positive agreement per code and interview: where one coder applied the code, the share of the others"
            " who did. Empty where nobody applied it."
        ),
        alt=msg(
            "Positive agreement of {codes} codes in {interviews} interviews.",
            codes=Number(len(found.codes), Kind.COUNT),
            interviews=Number(len(found.interviews), Kind.COUNT),
        ),
    )
