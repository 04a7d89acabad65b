"""The tables that Iranian theses and journals ask for, with what every frequency counts.

From the quotation over the open code, subcategory and category to the role, with the interviewees' ids;
the same by code, with interviewees and mentions told apart in the headings; and the participants.
"""

from __future__ import annotations

from omnistudy.results import Cell, Column, Kind, Label, Table, msg
from omnistudy.study.model import Level, Quotation, Role, Study
from omnistudy.theory.frequencies import in_order
from omnistudy.theory.retrieval import quote
from omnistudy.theory.terms import analysis_set_words, role_name

_ABOVE = (
    Column("subcategory", msg("Subcategory")),
    Column("category", msg("Main category")),
    Column("role", msg("Role")),
)


def trace_table(study: Study) -> Table:
    """Return one row per coded quotation and code of the analysis set, by role, category and place.

    Columns are the quotation, the interviewee's id, the open code, and what stands above it. A level that
    a branch of the tree lacks is empty, never filled with its neighbour.
    """
    order = {interview.id: place for place, interview in enumerate(in_order(study))}
    rank = _rank(study)
    pairs = sorted(
        {(coding.code, coding.quotation) for coding in study.analysed},
        key=lambda pair: (rank[pair[0]], order[pair[1].interview], pair[1].start, pair[1].end),
    )
    return Table(
        name="trace",
        caption=msg(
            "From the quotation to the role, counting {analysis_set}", analysis_set=analysis_set_words(study)
        ),
        columns=(
            Column("quotation", msg("Quotation"), Kind.QUOTE),
            Column("interviewee", msg("Interviewee"), Kind.ID),
            Column("code", msg("Open code")),
            *_ABOVE,
        ),
        rows=tuple(
            (quote(study, span), span.interview, study.codebook[code].label, *_above(study, code))
            for code, span in pairs
        ),
    )


def frequency_table(study: Study) -> Table:
    """Return one row per used code with the interviewees who speak of it and the mentions.

    Interviewees are distinct interviews, mentions distinct quotations of the code itself: both headings
    say so, because a bare "frequency" can mean either.
    """
    rank = _rank(study)
    spans: dict[str, set[Quotation]] = {}
    for coding in study.analysed:
        spans.setdefault(coding.code, set()).add(coding.quotation)
    order = [interview.id for interview in in_order(study)]
    rows: list[tuple[Cell, ...]] = []
    for code in sorted(spans, key=rank.__getitem__):
        held = {span.interview for span in spans[code]}
        who = [interview for interview in order if interview in held]
        label = study.codebook[code].label
        rows.append((label, *_above(study, code), ", ".join(who), len(who), len(spans[code])))
    return Table(
        name="frequencies",
        caption=msg(
            "Codes with interviewees and mentions, counting {analysis_set}",
            analysis_set=analysis_set_words(study),
        ),
        columns=(
            Column("code", msg("Open code")),
            *_ABOVE,
            Column("who", msg("Interviewees"), Kind.ID),
            Column("interviewees", msg("Frequency: interviewees"), Kind.COUNT),
            Column("mentions", msg("Frequency: mentions"), Kind.COUNT),
        ),
        rows=tuple(rows),
        note=msg("Interviewees are counted once, however often they speak of it; mentions are quotations."),
    )


def participants_table(study: Study) -> Table:
    """Return one row per interview in the order held, with the attributes as the study records them."""
    names = tuple(dict.fromkeys(name for i in in_order(study) for name in i.attributes))
    rows: list[tuple[Cell, ...]] = [
        (
            interview.id,
            interview.date,
            *(interview.attributes.get(name) or None for name in names),
            len(interview.text.split()),
        )
        for interview in in_order(study)
    ]
    return Table(
        name="participants",
        caption=msg("The participants"),
        columns=(
            Column("interview", msg("Interviewee"), Kind.ID),
            Column("date", msg("Date"), Kind.DATE),
            *(Column(name, msg("{attribute}", attribute=name)) for name in names),
            Column("words", msg("Words of the transcript"), Kind.COUNT),
        ),
        rows=tuple(rows),
    )


def _rank(study: Study) -> dict[str, tuple[int, int]]:
    """Roles in reading order, those without one last; inside a role the order of the codebook."""
    roles: dict[Role | None, int] = {role: at for at, role in enumerate((*Role, None))}
    return {code.id: (roles[study.codebook.role_of(code.id)], at) for at, code in enumerate(study.codebook)}


def _above(study: Study, code: str) -> tuple[Label | None, Label | None, Cell]:
    """Labels of the subcategory and category above ``code`` or of itself, and its role."""
    book = study.codebook
    by_level = {book[name].level: book[name].label for name in (*reversed(book.ancestors(code)), code)}
    role = book.role_of(code)
    return (
        by_level.get(Level.SUBCATEGORY),
        by_level.get(Level.CATEGORY),
        None if role is None else role_name(role),
    )
