"""From a study to ratings: which unit a coder rated, with which codes, and what nobody was asked.

The rules are those of the contract. Only participants' speech is data. A quotation rates a unit that
it shares enough with. A coder who saw an interview in the round and applied nothing rated "absent";
a coder who did not see it, or a code that did not exist yet, is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import PRESENT, SetRatings, UnitFrame, set_ratings
from omnistudy.agreement.sources.overlap import Material, material_of, rated_rows
from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import Kind, Message, Number, listed, msg
from omnistudy.study.model import Coding, Level, Study


@dataclass(frozen=True, kw_only=True)
class StudyRatings:
    """The ratings of a study with the choices behind them.

    Parameters
    ----------
    ratings
        Code sets per unit and coder; only double-coded interviews, only codes somebody applied.
    unit, level, round
        What was compared.
    interviews
        Ids of the interviews that entered, in the order of the study.
    of_interviews
        Number of interviews of the study.
    unused
        Codes at this level that no coder applied in this material.
    assumed_seen
        Whether who saw what had to be inferred.
    notes
        What a reader has to know about the selection.
    """

    ratings: SetRatings
    unit: str
    level: Level
    round: str
    interviews: tuple[str, ...]
    of_interviews: int
    unused: tuple[str, ...]
    assumed_seen: bool
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Who and what is compared: coders, round, interviews, and the codings that count.

    ``seen`` holds (interview, coder) pairs; ``outside`` counts codings that were not independent.
    """

    coders: tuple[str, ...]
    round: str
    interviews: tuple[str, ...]
    seen: frozenset[tuple[str, str]]
    codings: tuple[Coding, ...]
    outside: int
    idle: tuple[str, ...]


def ratings_of_study(study: Study, options: AgreementOptions, level: Level | None = None) -> StudyRatings:
    """Return the ratings of a study.

    Parameters
    ----------
    study
        The study.
    options
        Unit, level, round and overlap override the study's settings.
    level
        A further override, for the levels of the code tree side by side.

    Raises
    ------
    StudyError
        Unknown coders, interviews or rounds; coders that are no persons; quotations that overlap where
        the unit is the quotation.
    """
    settings = study.settings.agreement
    unit = options.unit or settings.unit
    level = level or Level(options.level or settings.level)
    overlap = options.min_overlap if options.min_overlap is not None else settings.min_overlap
    chosen = select(study, options.round)
    book = _codes(study, chosen, level)
    material = [_material(study, interview, unit, chosen) for interview in chosen.interviews]
    applied, seen = _rate(study, chosen, material, book, overlap)
    frame = _frame(chosen.interviews, material)
    ratings = set_ratings(coders=chosen.coders, codes=book.codes, applied=applied, seen=seen, frame=frame)
    ratings, unused = _used_codes(ratings)
    return StudyRatings(
        ratings=ratings,
        unit=unit,
        level=level,
        round=chosen.round,
        interviews=chosen.interviews,
        of_interviews=len(study.interviews),
        unused=unused,
        assumed_seen=study.seen_assumed,
        notes=_notes(study, chosen, unused),
    )


def select(study: Study, round_wanted: str | None = None) -> Selection:
    """Return who and what is compared, before any unit or code is looked at."""
    coders = _coders(study)
    chosen_round = _round(study, round_wanted)
    seen = frozenset(
        (entry.interview, entry.coder)
        for entry in study.seen
        if entry.coder in coders and entry.round in {chosen_round, ""}
    )
    interviews = _interviews(study, seen)
    in_round = [c for c in study.codings if c.coder in coders and _belongs(c, chosen_round, study)]
    inside = [c for c in in_round if c.quotation.interview in interviews]
    independent = tuple(c for c in inside if (c.quotation.interview, c.coder) in seen)
    active = tuple(c for c in coders if any((interview, c) in seen for interview in interviews))
    return Selection(
        coders=active,
        round=chosen_round,
        interviews=interviews,
        seen=seen,
        codings=independent,
        outside=len(inside) - len(independent),
        idle=tuple(c for c in coders if c not in active),
    )


def _belongs(coding: Coding, chosen: str, study: Study) -> bool:
    """Tell whether a coding was made in the round; where codings carry no rounds, all were."""
    return coding.round == chosen or (coding.round == "" and not _coded_rounds(study))


def _coded_rounds(study: Study) -> frozenset[str]:
    humans = set(study.human_coders)
    return frozenset(c.round for c in study.codings if c.coder in humans and c.round)


def _coders(study: Study) -> tuple[str, ...]:
    wanted = study.settings.agreement.coders
    if wanted is None:
        return study.human_coders
    kinds = {coder.id: coder.kind for coder in study.coders}
    problems = []
    for name in wanted:
        if name not in kinds:
            near = did_you_mean(name, kinds)
            problems.append(
                _setting(
                    f"No coder is called '{name}'. {near}".strip(), "Name a coder of the study.", "coders"
                )
            )
        elif name not in study.human_coders:
            problems.append(
                _setting(
                    f"'{name}' is {kinds[name]}, no independent coder.",
                    "Leave it out of the coders.",
                    "coders",
                )
            )
    if problems:
        raise StudyError(problems)
    return tuple(dict.fromkeys(wanted))


def _setting(what: str, remedy: str, column: str) -> Problem:
    return Problem(what=what, remedy=remedy, file="study.toml", column=f"agreement.{column}")


def _round(study: Study, wanted: str | None) -> str:
    """Return the wanted round, else that of study.toml, else the last one that is not called consensus."""
    asked, wanted = wanted, wanted or study.settings.agreement.round
    named = tuple(name for name in study.rounds if name)
    if wanted is not None:
        if wanted not in named:
            near = did_you_mean(wanted, named)
            what = f"No coding round is called '{wanted}'. {near}".strip()
            remedy = (
                f"Choose among {', '.join(named)}." if named else "The codings name no round: leave it out."
            )
            in_study = _setting(what, remedy, "round")
            raise StudyError([Problem(what=what, remedy=remedy) if asked else in_study])
        return wanted
    humans = set(study.human_coders)
    of_humans = {entry.round for entry in study.seen if entry.coder in humans}
    independent = [r for r in study.rounds if r.casefold() != "consensus" and r in of_humans]
    return independent[-1] if independent else ""


def _interviews(study: Study, seen: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    wanted = study.settings.agreement.double_coded
    order = [interview.id for interview in study.interviews]
    if wanted is None:
        coders_of: dict[str, int] = {}
        for interview, _ in seen:
            coders_of[interview] = coders_of.get(interview, 0) + 1
        return tuple(name for name in order if coders_of.get(name, 0) >= 2)
    unknown = [name for name in wanted if name not in study.interview]
    if unknown:
        problems = [
            _setting(
                f"No interview is called '{name}'. {did_you_mean(name, order)}".strip(),
                "Correct it.",
                "double_coded",
            )
            for name in unknown
        ]
        raise StudyError(problems)
    return tuple(name for name in order if name in wanted)


class _Book(NamedTuple):
    """The codes of a level in codebook order, and the position that each code rolls up to."""

    codes: tuple[str, ...]
    position: dict[str, int]


def _codes(study: Study, chosen: Selection, level: Level) -> _Book:
    book = study.codebook
    target = {code.id: book.rolled_up(code.id, level) for code in book}
    reached = {*book.at_level(level), *(target[c.code] for c in chosen.codings if c.code in target)}
    codes = tuple(code.id for code in book if code.id in reached)
    place = {code: i for i, code in enumerate(codes)}
    return _Book(codes, {code: place[up] for code, up in target.items() if up in place})


def _existed(study: Study, chosen: Selection, book: _Book) -> NDArray[np.bool_]:
    """Return (C,) whether a code, or one that rolls up to it, existed in the round."""
    when = {name: i for i, name in enumerate(study.rounds)}
    now = when.get(chosen.round, len(when))
    existed = np.zeros(len(book.codes), np.bool_)
    for code in study.codebook:
        if code.id in book.position and when.get(code.since, -1) <= now:
            existed[book.position[code.id]] = True
    return existed


def _material(study: Study, interview: str, unit: str, chosen: Selection) -> Material:
    coded = [c.quotation for c in chosen.codings if c.quotation.interview == interview]
    return material_of(
        study.interview[interview],
        unit,
        coded,
        participants_only=study.settings.analysis.speakers == "participants",
        interviewers=study.settings.interviews.interviewers,
    )


def _rate(
    study: Study, chosen: Selection, material: Sequence[Material], book: _Book, overlap: int | str
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return (m, n, C) codes applied and (m, n) units seen."""
    n = sum(len(part.spans) for part in material)
    seen = np.zeros((len(chosen.coders), n), np.bool_)
    applied = np.zeros((len(chosen.coders), n, len(book.codes)), np.int8)
    applied[:, :, ~_existed(study, chosen, book)] = -1
    coder_at = {name: g for g, name in enumerate(chosen.coders)}
    by_interview: dict[str, list[Coding]] = {}
    for coding in chosen.codings:
        by_interview.setdefault(coding.quotation.interview, []).append(coding)
    start = 0
    for interview, part in zip(chosen.interviews, material, strict=True):
        stop = start + len(part.spans)
        for name, g in coder_at.items():
            seen[g, start:stop] = (interview, name) in chosen.seen
        rows = by_interview.get(interview, [])
        hit, unit = rated_rows(part, [c.quotation for c in rows], overlap)
        who = np.array([coder_at[c.coder] for c in rows], np.intp)
        which = np.array([book.position[c.code] for c in rows], np.intp)
        applied[who[hit], start + unit, which[hit]] = PRESENT
        start = stop
    return applied, seen


def _frame(interviews: Sequence[str], material: Sequence[Material]) -> UnitFrame:
    spans = np.concatenate([part.spans for part in material]) if material else np.zeros((0, 2), np.int64)
    where = np.repeat(np.arange(len(material)), [len(part.spans) for part in material])
    labels = [f"{interviews[int(i)]}:{start}-{end}" for i, (start, end) in zip(where, spans, strict=True)]
    ids = np.array(labels, dtype=np.object_)
    weights = [part.weight for part in material if part.weight is not None]
    return UnitFrame(
        ids=ids,
        interviews=tuple(interviews),
        interview=where.astype(np.int64),
        spans=spans,
        weight=np.concatenate(weights) if weights else None,
        runs=bool(weights),
    )


def _used_codes(ratings: SetRatings) -> tuple[SetRatings, tuple[str, ...]]:
    """Leave out the codes that nobody applied: there is nothing to agree on, and agreement on it is 1."""
    used = (ratings.states == PRESENT).any(axis=0)
    kept = SetRatings(
        coders=ratings.coders,
        codes=tuple(code for code, yes in zip(ratings.codes, used, strict=True) if yes),
        states=ratings.states[:, used],
        index=ratings.index,
        frame=ratings.frame,
    )
    return kept, tuple(code for code, yes in zip(ratings.codes, used, strict=True) if not yes)


def _notes(study: Study, chosen: Selection, unused: Sequence[str]) -> tuple[Message, ...]:
    notes = []
    if study.seen_assumed:
        notes.append(
            msg(
                "No table says who coded which interview, so a coder is assumed to have seen the interviews in"
                " which they coded anything; a coder who read one and found nothing is taken for absent."
            )
        )
    if statements := [name for name in chosen.interviews if study.interview[name].excerpt]:
        notes.append(
            msg(
                "In {n} of the compared interviews the text is single statements. Who saw what is known per"
                " interview: a statement that a coder was never shown counts as one in which they found nothing, which"
                " lowers agreement. Give every coder all statements, or leave such interviews out of double_coded.",
                n=Number(len(statements), Kind.COUNT),
            )
        )
    if chosen.outside:
        notes.append(
            msg(
                "{count} codings are left out: the seen table does not list their coder for that interview in this"
                " round, so they were not made independently.",
                count=Number(chosen.outside, Kind.COUNT),
            )
        )
    if chosen.idle:
        notes.append(
            msg("Coders without an interview in this comparison: {coders}.", coders=listed(chosen.idle))
        )
    if unused:
        notes.append(
            msg(
                "{count} codes of the codebook were applied by nobody here and have no row.",
                count=Number(len(unused), Kind.COUNT),
            )
        )
    return tuple(notes)
