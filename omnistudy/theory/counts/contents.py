"""What is in a study: interviews, coders, codes, codings and how much of the speech is coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import (
    Block,
    Cell,
    Column,
    Kind,
    Message,
    Number,
    Provenance,
    Result,
    Table,
    listed,
    msg,
)
from omnistudy.study.model import Level, Study
from omnistudy.text.speakers import turns
from omnistudy.theory.counts.coverage import coverage_of, participants_speech
from omnistudy.theory.counts.frequencies import in_order
from omnistudy.theory.terms import CONSENSUS, analysis_set_words, coder_name, count

NOTHING_SAID = msg("nothing was said, so coverage is undefined")
SINGLE_STATEMENTS = msg("coverage does not apply to single statements")

KIND_NAMES: Mapping[str, Message] = {
    "human": msg("person"),
    "consensus": CONSENSUS,
    "machine": msg("machine"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewContents:
    """One interview in numbers: characters of its text, turns, all codings, coverage of the analysed ones."""

    id: str
    order: int
    date: str | None
    characters: int
    turns: int
    codings: int
    coders: tuple[str, ...]
    coverage: float | None
    attributes: Mapping[str, str]
    excerpt: bool = False

    @property
    def coverage_reason(self) -> Message | None:
        """Why there is no coverage."""
        if self.coverage is not None:
            return None
        return SINGLE_STATEMENTS if self.excerpt else NOTHING_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderContents:
    """One coder in numbers, over all rounds."""

    id: str
    kind: str
    interviews: int
    codings: int


@dataclass(frozen=True, kw_only=True)
class ContentsResult(Result):
    """The contents of a study; counts are of all rounds, coverage is of the analysis set."""

    command: ClassVar[str] = "show"
    name: str
    study_title: str
    language: str
    interviews: tuple[InterviewContents, ...]
    coders: tuple[CoderContents, ...]
    rounds: tuple[str, ...]
    codes: int
    categories: int
    codings: int
    analysed: int
    quotations: int
    coverage: float | None
    memos: int
    relations: int
    analysis_set: str
    analysis_words: Message

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("The study")

    @property
    def coverage_reason(self) -> Message | None:
        """Why there is no coverage over all interviews."""
        if self.coverage is not None:
            return None
        only = bool(self.interviews) and all(row.excerpt for row in self.interviews)
        return SINGLE_STATEMENTS if only else NOTHING_SAID

    @property
    def summary(self) -> Message:
        """Counts in one sentence."""
        share = (
            self.coverage_reason or NOTHING_SAID
            if self.coverage is None
            else msg("{share} of what participants said is coded", share=Number(self.coverage, Kind.SHARE))
        )
        return msg(
            "{study}: interviews {interviews}, coders {coders}, codes {codes}, codings {codings} of quotations "
            "{quotations}; {share}, counting {set}.",
            study=self.study_title or self.name,
            interviews=count(len(self.interviews)),
            coders=count(len(self.coders)),
            codes=count(self.codes),
            codings=count(self.codings),
            quotations=count(self.quotations),
            share=share,
            set=self.analysis_words,
        )

    def payload(self) -> dict[str, object]:
        """Counts, and one object per interview and coder."""
        return {
            "study": {"id": self.name, "title": self.study_title, "language": self.language},
            "interviews": [
                {
                    "id": row.id,
                    "order": row.order,
                    "date": row.date,
                    "characters": row.characters,
                    "turns": row.turns,
                    "codings": row.codings,
                    "coders": list(row.coders),
                    "coverage": row.coverage,
                    "coverage_reason": None if row.coverage_reason is None else str(row.coverage_reason),
                    "attributes": dict(row.attributes),
                }
                for row in self.interviews
            ],
            "coders": [
                {"id": row.id, "kind": row.kind, "interviews": row.interviews, "codings": row.codings}
                for row in self.coders
            ],
            "rounds": list(self.rounds),
            "codes": self.codes,
            "categories": self.categories,
            "codings": self.codings,
            "analysed_codings": self.analysed,
            "quotations": self.quotations,
            "coverage": self.coverage,
            "coverage_reason": None if self.coverage_reason is None else str(self.coverage_reason),
            "memos": self.memos,
            "relations": self.relations,
            "analysis_set": self.analysis_set,
        }

    def tables(self) -> tuple[Table, ...]:
        """The interviews, then the coders."""
        return (self._interview_table(), self._coder_table())

    def blocks(self) -> tuple[Block, ...]:
        """Both tables."""
        return self.tables()

    def _interview_table(self) -> Table:
        columns = [
            Column("interview", msg("Interview"), Kind.ID),
            Column("order", msg("Order"), Kind.COUNT),
            Column("date", msg("Date"), Kind.DATE),
            Column("characters", msg("Characters"), Kind.COUNT),
            Column("turns", msg("Turns"), Kind.COUNT),
            Column("codings", msg("Codings"), Kind.COUNT),
            Column("coders", msg("Coders"), Kind.ID),
            Column("coverage", msg("Coded share"), Kind.SHARE),
        ]
        rows: list[tuple[Cell, ...]] = [
            (r.id, r.order, r.date, r.characters, r.turns, r.codings, _coders(r), r.coverage)
            for r in self.interviews
        ]
        note = msg(
            "Codings count all coders and rounds; the coded share counts {set}.", set=self.analysis_words
        )
        return Table(
            name="interviews", columns=tuple(columns), rows=tuple(rows), caption=msg("Interviews"), note=note
        )

    def _coder_table(self) -> Table:
        columns = (
            Column("coder", msg("Coder"), Kind.ID),
            Column("kind", msg("Kind")),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("codings", msg("Codings"), Kind.COUNT),
        )
        rows = tuple((coder_name(r.id), KIND_NAMES[r.kind], r.interviews, r.codings) for r in self.coders)
        return Table(name="coders", columns=columns, rows=rows, caption=msg("Coders"))


def _coders(row: InterviewContents) -> Message | None:
    return listed([coder_name(coder) for coder in row.coders])


def contents_of(study: Study, provenance: Provenance) -> ContentsResult:
    """Count what is in a study.

    Quotations are distinct spans that any coder coded; categories are the codes at the levels
    subcategory and category.

    Parameters
    ----------
    study
        The study.
    provenance
        Where the result comes from.

    Returns
    -------
    ContentsResult
        Interviews, coders, rounds, codes, codings, quotations, and how much of what participants said is
        coded.

    Examples
    --------
    The shipped demonstration study, which is synthetic:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> contents = contents_of(study, provenance_of(study)).payload()
    >>> len(contents["interviews"]), contents["codes"], contents["codings"], contents["quotations"]
    (14, 80, 1237, 486)
    """
    by_coder: Counter[str] = Counter(coding.coder for coding in study.codings)
    coverage = coverage_of(study, participants_speech(study))
    return ContentsResult(
        provenance=provenance,
        name=study.id,
        study_title=study.settings.study.title,
        language=study.language,
        interviews=_interviews(study, {row.interview: row.share for row in coverage.interviews}),
        coders=tuple(
            CoderContents(
                id=coder.id,
                kind=str(coder.kind),
                interviews=len({seen.interview for seen in study.seen if seen.coder == coder.id}),
                codings=by_coder[coder.id],
            )
            for coder in study.coders
        ),
        rounds=study.rounds,
        codes=len(study.codebook.codes),
        categories=sum(code.level is not Level.CODE for code in study.codebook),
        codings=len(study.codings),
        analysed=len(study.analysed),
        quotations=len({coding.quotation for coding in study.codings}),
        coverage=coverage.share,
        memos=len(study.memos),
        relations=len(study.relations),
        analysis_set=study.analysis_set,
        analysis_words=analysis_set_words(study),
    )


def _interviews(study: Study, coverage: Mapping[str, float | None]) -> tuple[InterviewContents, ...]:
    codings: Counter[str] = Counter()
    coders: dict[str, dict[str, None]] = {}
    for coding in study.codings:
        codings[coding.quotation.interview] += 1
        coders.setdefault(coding.quotation.interview, {}).setdefault(coding.coder)
    names = study.settings.interviews.interviewers
    return tuple(
        InterviewContents(
            id=interview.id,
            order=interview.order,
            date=interview.date,
            characters=len(interview.text),
            turns=len(turns(interview.transcript, names)),
            codings=codings[interview.id],
            coders=tuple(sorted(coders.get(interview.id, ()))),
            coverage=coverage[interview.id],
            excerpt=interview.excerpt,
            attributes=interview.attributes,
        )
        for interview in in_order(study)
    )
