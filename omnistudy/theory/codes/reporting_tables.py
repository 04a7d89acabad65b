"""The tables that Iranian theses and journals ask for, with what every frequency counts.

From the quotation over the open code, concept, subcategory and category to the role, with the
interviewees' ids; the same by code, with interviewees and mentions told apart in the headings; and the
participants.
"""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Cell, Column, Kind, Message, Table, msg
from omnistudy.study.model import Level, Quotation, Role, Study
from omnistudy.theory.counts.frequencies import in_order
from omnistudy.theory.counts.retrieval import quote
from omnistudy.theory.terms import analysis_set_words, role_name

NO_CONCEPTS = msg(
    "The code tree has no level of concepts between open codes and subcategories: that column is empty."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What stands above a code of the tree, or is the code itself; ``None`` where its branch lacks the level.

    A concept is an open code that other open codes stand under.
    """

    concept: str | None
    subcategory: str | None
    category: str | None
    role: Role | None


def place_of(study: Study, code: str) -> Place:
    """Return the place of ``code`` in the tree: the nearest code of each level at or above it."""
    book = study.codebook
    by_level = {book[name].level: name for name in (*reversed(book.ancestors(code)), code)}
    concepts = [name for name in book.ancestors(code) if book[name].level is Level.CODE]
    return Place(
        concept=concepts[0] if concepts else None,
        subcategory=by_level.get(Level.SUBCATEGORY),
        category=by_level.get(Level.CATEGORY),
        role=book.role_of(code),
    )


def traced(study: Study) -> tuple[tuple[str, Quotation], ...]:
    """Return every code and quotation of the analysis set once, by role, codebook, interview and place."""
    order = {interview.id: place for place, interview in enumerate(in_order(study))}
    rank = _rank(study)
    return tuple(
        sorted(
            {(coding.code, coding.quotation) for coding in study.analysed},
            key=lambda pair: (rank[pair[0]], order[pair[1].interview], pair[1].start, pair[1].end),
        )
    )


def trace_table(study: Study) -> Table:
    """Return one row per coded quotation and code of the analysis set, by role, category and place.

    Columns are the quotation, the interviewee's id, the open code, and what stands above it. A level that
    a branch of the tree lacks is empty, never filled with its neighbour.
    """
    pairs = traced(study)
    above, note = _above_columns(study)
    places = {code: _above(study, code) for code in dict.fromkeys(code for code, _ in pairs)}
    return Table(
        name="trace",
        caption=msg(
            "From the quotation to the role, counting {analysis_set}", analysis_set=analysis_set_words(study)
        ),
        columns=(
            Column("quotation", msg("Quotation"), Kind.QUOTE),
            Column("interviewee", msg("Interviewee"), Kind.ID),
            Column("code", msg("Open code")),
            *above,
        ),
        note=note,
        rows=tuple(
            (quote(study, span), span.interview, study.codebook[code].label, *places[code])
            for code, span in pairs
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """Who speaks of a code, in the order of the interviews, and in how many quotations of its own."""

    code: str
    interviewees: tuple[str, ...]
    mentions: int


def frequencies(study: Study) -> tuple[Frequency, ...]:
    """Return the used codes of the analysis set, by role and codebook."""
    spans: dict[str, set[Quotation]] = {}
    for code, span in traced(study):
        spans.setdefault(code, set()).add(span)
    order = [interview.id for interview in in_order(study)]
    held = {code: {span.interview for span in own} for code, own in spans.items()}
    return tuple(
        Frequency(
            code=code,
            interviewees=tuple(interview for interview in order if interview in held[code]),
            mentions=len(own),
        )
        for code, own in spans.items()
    )


def frequency_table(study: Study) -> Table:
    """Return one row per used code with the interviewees who speak of it and the mentions.

    Interviewees are distinct interviews, mentions distinct quotations of the code itself: both headings
    say so, because a bare "frequency" can mean either.
    """
    above, _ = _above_columns(study)
    rows: list[tuple[Cell, ...]] = [
        (
            study.codebook[row.code].label,
            *_above(study, row.code),
            ", ".join(row.interviewees),
            len(row.interviewees),
            row.mentions,
        )
        for row in frequencies(study)
    ]
    return Table(
        name="frequencies",
        caption=msg(
            "Codes with interviewees and mentions, counting {analysis_set}",
            analysis_set=analysis_set_words(study),
        ),
        columns=(
            Column("code", msg("Open code")),
            *above,
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


def _above_columns(study: Study) -> tuple[tuple[Column, ...], Message | None]:
    """Columns of what stands above a code; the note says where the tree has no concepts."""
    some = any(place_of(study, code.id).concept is not None for code in study.codebook)
    columns = (
        Column("concept", msg("Concept"), secondary=not some),
        Column("subcategory", msg("Subcategory")),
        Column("category", msg("Main category")),
        Column("role", msg("Role")),
    )
    return columns, None if some else NO_CONCEPTS


def _above(study: Study, code: str) -> tuple[Cell, ...]:
    """Labels of the concept, subcategory and category above ``code`` or of itself, and its role."""
    place = place_of(study, code)
    names = (place.concept, place.subcategory, place.category)
    labels: list[Cell] = [None if name is None else study.codebook[name].label for name in names]
    return (*labels, None if place.role is None else role_name(place.role))
