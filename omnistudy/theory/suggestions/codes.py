"""Passages without a code that look like coded ones: a ranked list with the nearest quotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from omnistudy.results import (
    Block,
    Cell,
    Column,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Prose,
    Provenance,
    Quote,
    Quotes,
    Result,
    Table,
    Undefined,
    msg,
)
from omnistudy.study.model import Level, Quotation, Study
from omnistudy.theory.counts.frequencies import Incidence, incidence, level_targets
from omnistudy.theory.counts.retrieval import quote
from omnistudy.theory.suggestions.beside import NO_PAIR, WARNING, Alphas, PairAlpha, beside_table, pair_json
from omnistudy.theory.suggestions.log import (
    DECISIONS,
    Acceptance,
    Decision,
    acceptance,
    acceptance_json,
    acceptance_table,
)
from omnistudy.theory.suggestions.nearest import (
    MOST_CODES,
    NEVER,
    NO_UNIT,
    NOTHING,
    Passages,
    Trial,
    code_scores,
    leave_one_interview_out,
    passages_of,
    quotation_codes,
    quotation_keys,
    trial_json,
)
from omnistudy.theory.terms import analysis_set_words, count

KIND = "codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesSuggestOptions:
    """What is looked at.

    Parameters
    ----------
    unit
        Text unit of the passages.
    level
        Level of the codes that are suggested.
    threshold
        Least cosine with a coded quotation; this program's choice.
    most
        Passages shown.
    """

    unit: str = "sentence"
    level: Level = Level.CODE
    threshold: float = 0.30
    most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A code for a passage, with the coded quotation that it comes from; ``id`` is for the log."""

    id: str
    code: str
    score: float
    nearest: Quotation


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageSuggestion:
    """A passage without a code, and at most five codes, the likeliest first."""

    passage: Quotation
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class CodesSuggestResult(Result):
    """Passages that look like a code but are not coded."""

    options: CodesSuggestOptions
    analysis_set: str
    analysis_words: Message
    suggestions: tuple[PassageSuggestion, ...]
    found: int
    trial: Trial
    labels: Mapping[str, Label]
    quotes: Mapping[Quotation, Quote]
    standing: Mapping[str, Decision]
    beside: tuple[PairAlpha, ...] = ()
    command: ClassVar[str] = "suggest-codes"

    @property
    def kind(self) -> str:
        """The kind of suggestion, as in the log."""
        return KIND

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all suggestions, in the order shown."""
        return tuple(candidate.id for row in self.suggestions for candidate in row.candidates)

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Passages that look like a code")

    @property
    def accepted(self) -> Acceptance:
        """What became of the suggestions so far."""
        return acceptance(self.standing)

    @property
    def summary(self) -> Message:
        """Say how many passages there are, and first of all how often such suggestions are right."""
        trial = self.trial
        if trial.precision is None or trial.recall is None:
            return msg(
                "{passages} passages without a code look like coded ones; how often that is right could not "
                "be tried: {reason}.",
                passages=count(self.found),
                reason=trial.reason or NOTHING,
            )
        return msg(
            "{passages} passages without a code look like coded ones; leaving one interview out, the first "
            "suggestion was right in {precision} of its cases and found {recall} of what the coders coded "
            "(always the most frequent code: {majority}; at random: {random}).",
            passages=count(self.found),
            precision=Number(trial.precision, Kind.SHARE),
            recall=Number(trial.recall, Kind.SHARE),
            majority=Number(trial.majority_right / trial.units, Kind.SHARE),
            random=Number(trial.random_right / trial.suggested, Kind.SHARE),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "kind": KIND,
            "analysis_set": self.analysis_set,
            "unit": self.options.unit,
            "level": str(self.options.level),
            "threshold": self.options.threshold,
            "passages": self.found,
            "suggestions": [self._suggestion(row) for row in self.suggestions],
            "evaluation": {
                **trial_json(self.trial),
                "alpha": [pair_json(pair) for pair in self.beside],
                "alpha_reason": None if self.beside else str(self.trial.reason or NO_PAIR),
                "alpha_warning": str(WARNING),
            },
            "acceptance": acceptance_json(self.accepted),
        }

    def _suggestion(self, row: PassageSuggestion) -> dict[str, object]:
        return {
            "interview": row.passage.interview,
            "start": row.passage.start,
            "end": row.passage.end,
            "text": self.quotes[row.passage].text,
            "codes": [
                {
                    "id": candidate.id,
                    "code": candidate.code,
                    "score": candidate.score,
                    "nearest": candidate.nearest.id,
                    "nearest_text": self.quotes[candidate.nearest].text,
                    "decision": str(self.standing.get(candidate.id, Decision.SHOWN)),
                }
                for candidate in row.candidates
            ],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the suggestions, the trial and the acceptance."""
        return (
            self._suggestions(),
            self._trial(),
            beside_table(self.beside),
            acceptance_table(self.accepted),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the section, the trial before the suggestions."""
        shown: list[Block] = [Prose(text=_how(self))]
        if self.trial.reason is not None:
            shown.append(Note(text=msg("There was no trial: {reason}.", reason=self.trial.reason)))
        else:
            shown.append(self._trial())
        if self.beside:
            shown.append(beside_table(self.beside))
        shown.append(self._suggestions())
        if self.suggestions:
            shown.append(
                Quotes(
                    quotes=tuple(self.quotes[row.passage] for row in self.suggestions),
                    caption=msg("The passages without a code"),
                    left_out=self.found - len(self.suggestions),
                )
            )
        return (*shown, acceptance_table(self.accepted))

    def _suggestions(self) -> Table:
        return Table(
            name="suggestions",
            caption=msg("Codes that the nearest coded quotations carry"),
            columns=(
                Column("id", msg("Suggestion"), Kind.ID),
                Column("passage", msg("Passage"), Kind.QUOTE),
                Column("label", msg("Code")),
                Column("score", msg("Likeness"), Kind.COEFFICIENT),
                Column("nearest", msg("Nearest coded quotation"), Kind.QUOTE),
                Column("decision", msg("Decision")),
            ),
            rows=tuple(
                (
                    candidate.id,
                    self.quotes[row.passage],
                    self.labels[candidate.code],
                    candidate.score,
                    self.quotes[candidate.nearest],
                    DECISIONS[self.standing.get(candidate.id, Decision.SHOWN)],
                )
                for row in self.suggestions
                for candidate in row.candidates
            ),
        )

    def _trial(self) -> Table:
        rows: list[tuple[Cell, ...]] = [
            (
                self.labels[row.code],
                row.carried,
                row.suggested,
                row.right,
                Undefined(NEVER) if row.precision is None else row.precision,
                Undefined(NO_UNIT) if row.recall is None else row.recall,
                Undefined(NO_UNIT) if row.f1 is None else row.f1,
                row.majority_f1,
                row.random_f1,
            )
            for row in self.trial.codes
            if row.carried or row.suggested
        ]
        return Table(
            name="trial",
            caption=msg("Leaving one interview out: the first suggestion beside the coders"),
            columns=(
                Column("code", msg("Code")),
                Column("carried", msg("Units that carry it"), Kind.COUNT),
                Column("suggested", msg("Units suggested"), Kind.COUNT),
                Column("right", msg("Right"), Kind.COUNT),
                Column("precision", msg("Precision"), Kind.SHARE),
                Column("recall", msg("Recall"), Kind.SHARE),
                Column("f1", msg("F1"), Kind.COEFFICIENT),
                Column("majority_f1", msg("F1 of the most frequent code"), Kind.COEFFICIENT),
                Column("random_f1", msg("F1 at random"), Kind.COEFFICIENT),
            ),
            rows=tuple(rows),
            note=msg(
                "Of {coded} coded units, {in_list} have one of their codes among the suggested ones. A "
                "suggestion on a unit that the coders left without a code counts as wrong.",
                coded=count(self.trial.coded),
                in_list=count(self.trial.in_list),
            ),
        )


def _how(result: CodesSuggestResult) -> Message:
    return msg(
        "A passage is compared with the coded quotations by its letters, counting {analysis_set}. A code is "
        "suggested where the nearest quotation is alike by {threshold} or more. Coding stays with people; "
        "the machine is no coder and enters no coefficient.",
        analysis_set=result.analysis_words,
        threshold=Number(result.options.threshold, Kind.COEFFICIENT),
    )


def suggest_codes(
    study: Study,
    options: CodesSuggestOptions,
    provenance: Provenance,
    standing: Mapping[str, Decision] | None = None,
    alphas: Alphas | None = None,
) -> CodesSuggestResult:
    """Find passages of the participants without a code that look like coded quotations.

    Parameters
    ----------
    study
        The study; its analysed codings are what a passage is compared with.
    options, provenance
        What is looked at, and where the result comes from.
    standing
        Decisions of the log so far.
    alphas
        Computes agreement with the suggestions of the trial; without it none is shown.

    Returns
    -------
    CodesSuggestResult
        Passages with up to five codes each and the nearest coded quotation, and how often such suggestions
        are right when one interview after the other is left out.

    Examples
    --------
    The shipped demonstration study, which is synthetic:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = suggest_codes(study, CodesSuggestOptions(), provenance_of(study))
    >>> result.found >= len(result.suggestions)
    True
    """
    counts = incidence(study, *level_targets(study, options.level))
    passages = passages_of(study, counts, options.unit)
    rows = _found(study, counts, passages, options)
    shown = rows[: options.most]
    spans = {row.passage for row in shown} | {c.nearest for row in shown for c in row.candidates}
    trial = leave_one_interview_out(study, counts, passages, options.threshold)
    return CodesSuggestResult(
        provenance=provenance,
        options=options,
        analysis_set=study.analysis_set,
        analysis_words=analysis_set_words(study),
        suggestions=shown,
        found=len(rows),
        trial=trial,
        labels={code: Label(code, study.codebook[code].label.texts) for code in counts.codes},
        quotes={span: quote(study, span) for span in spans},
        standing=dict(standing or {}),
        beside=alphas(trial.named) if alphas is not None and trial.reason is None else (),
    )


def _found(
    study: Study, counts: Incidence, passages: Passages, options: CodesSuggestOptions
) -> tuple[PassageSuggestion, ...]:
    free = np.flatnonzero(~passages.carries.any(axis=1) & passages.fit)
    scores, nearest = code_scores(
        [passages.keys[at] for at in free], quotation_keys(study, counts), quotation_codes(counts)
    )
    rows = []
    for row in np.argsort(-scores.max(axis=1, initial=0.0), kind="stable"):
        best = [int(code) for code in np.argsort(-scores[row], kind="stable")[:MOST_CODES]]
        kept = [code for code in best if scores[row, code] >= options.threshold]
        if not kept:
            break  # rows come by their best score
        at = int(free[row])
        span = Quotation(
            counts.interviews[passages.interview_of[at]], int(passages.starts[at]), int(passages.ends[at])
        )
        rows.append(
            PassageSuggestion(
                passage=span,
                candidates=tuple(
                    Candidate(
                        id=f"{span.id}~{counts.codes[code]}",
                        code=counts.codes[code],
                        score=float(scores[row, code]),
                        nearest=counts.quotations[nearest[row, code]],
                    )
                    for code in kept
                ),
            )
        )
    return tuple(rows)
