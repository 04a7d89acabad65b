"""Codes whose labels look alike: pairs to read side by side, never merged by a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from omnistudy.results import (
    Block,
    Column,
    Kind,
    Label,
    Message,
    Number,
    Prose,
    Provenance,
    Result,
    Status,
    Table,
    Undefined,
    msg,
)
from omnistudy.study.model import Code, Study
from omnistudy.theory.counts.co_occurrence import overlap_counts
from omnistudy.theory.counts.frequencies import incidence, tree_targets
from omnistudy.theory.suggestions.log import (
    DECISIONS,
    Acceptance,
    Decision,
    acceptance,
    acceptance_json,
    acceptance_table,
)
from omnistudy.theory.suggestions.ngrams import likeness
from omnistudy.theory.terms import count

KIND = "duplicates"
THRESHOLD = 0.70
"""Cosine from which a pair is shown; this program's choice."""
NO_ALIASES = msg("no code of the codebook has a second name to try the threshold on")
NONE_SHOWN = msg("no pair of names reaches the threshold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Two codes with labels that look alike.

    Parameters
    ----------
    id
        ``first~second``.
    score, language
        The largest cosine over the languages in which both have a label, and that language.
    quotations, interviews
        Of the first and of the second code, codes below them included.
    overlaps
        Pairs of overlapping quotations: often together can mean one thing with two names, or two things.
    """

    id: str
    first: Label
    second: Label
    language: str
    score: float
    quotations: tuple[int, int]
    interviews: tuple[int, int]
    overlaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTrial:
    """The threshold tried on names that are known to mean the same: labels and aliases of one code.

    ``same`` pairs of names belong to one code, ``shown`` reach the threshold, ``right`` do both.
    """

    same: int
    shown: int
    right: int

    @property
    def precision(self) -> float | None:
        """Share of the shown pairs that belong to one code."""
        return self.right / self.shown if self.shown else None

    @property
    def recall(self) -> float | None:
        """Share of the pairs of one code that are shown."""
        return self.right / self.same if self.same else None


@dataclass(frozen=True, kw_only=True)
class DuplicatesResult(Result):
    """Pairs of codes to read side by side."""

    threshold: float
    pairs: tuple[Duplicate, ...]
    n_codes: int
    trial: PairTrial
    standing: Mapping[str, Decision]
    command: ClassVar[str] = "suggest-duplicates"

    @property
    def kind(self) -> str:
        """The kind of suggestion, as in the log."""
        return KIND

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the suggestions, in the order shown."""
        return tuple(pair.id for pair in self.pairs)

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Codes with labels that look alike")

    @property
    def accepted(self) -> Acceptance:
        """What became of the suggestions so far."""
        return acceptance(self.standing)

    @property
    def summary(self) -> Message:
        """Say how many pairs there are, and that letters are compared."""
        if len(self.pairs) == 1:
            return msg(
                "1 pair among {codes} codes has labels whose letters are alike by {threshold} or more; "
                "synonyms are not found in this way, and nothing is merged.",
                codes=count(self.n_codes),
                threshold=Number(self.threshold, Kind.COEFFICIENT),
            )
        return msg(
            "{pairs} pairs among {codes} codes have labels whose letters are alike by {threshold} or more; "
            "synonyms are not found in this way, and nothing is merged.",
            pairs=count(len(self.pairs)),
            codes=count(self.n_codes),
            threshold=Number(self.threshold, Kind.COEFFICIENT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        trial = self.trial
        return {
            "kind": KIND,
            "threshold": self.threshold,
            "suggestions": [
                {
                    "id": pair.id,
                    "first": pair.first.id,
                    "second": pair.second.id,
                    "score": pair.score,
                    "language": pair.language,
                    "quotations": list(pair.quotations),
                    "interviews": list(pair.interviews),
                    "overlaps": pair.overlaps,
                    "decision": str(self.standing.get(pair.id, Decision.SHOWN)),
                }
                for pair in self.pairs
            ],
            "evaluation": {
                "names_of_one_code": trial.same,
                "pairs_shown": trial.shown,
                "pairs_right": trial.right,
                "precision": trial.precision,
                "precision_reason": str(NONE_SHOWN) if trial.precision is None else None,
                "recall": trial.recall,
                "recall_reason": str(NO_ALIASES) if trial.recall is None else None,
            },
            "acceptance": acceptance_json(self.accepted),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the pairs, the trial and the acceptance."""
        return (self._pairs(), self._trial(), acceptance_table(self.accepted))

    def blocks(self) -> tuple[Block, ...]:
        """Return the section."""
        shown: list[Block] = []
        if self.pairs:
            shown.append(self._pairs())
        else:
            shown.append(Prose(text=msg("No two labels look alike."), status=Status.GOOD))
        return (*shown, self._trial(), acceptance_table(self.accepted))

    def _pairs(self) -> Table:
        return Table(
            name="duplicates",
            caption=msg("Pairs of codes to read side by side"),
            columns=(
                Column("id", msg("Suggestion"), Kind.ID),
                Column("first", msg("Code")),
                Column("second", msg("With")),
                Column("score", msg("Likeness"), Kind.COEFFICIENT),
                Column("first_quotations", msg("Quotations of the first"), Kind.COUNT),
                Column("second_quotations", msg("Quotations of the second"), Kind.COUNT),
                Column("overlaps", msg("Overlaps"), Kind.COUNT),
                Column("decision", msg("Decision")),
            ),
            rows=tuple(
                (
                    pair.id,
                    pair.first,
                    pair.second,
                    pair.score,
                    *pair.quotations,
                    pair.overlaps,
                    DECISIONS[self.standing.get(pair.id, Decision.SHOWN)],
                )
                for pair in self.pairs
            ),
            note=msg("Likeness is the cosine of letter groups in the labels' match keys, at most 1."),
        )

    def _trial(self) -> Table:
        trial = self.trial
        return Table(
            name="trial",
            caption=msg("The threshold tried on the codebook's own second names"),
            columns=(
                Column("same", msg("Pairs of names of one code"), Kind.COUNT),
                Column("shown", msg("Pairs above the threshold"), Kind.COUNT),
                Column("right", msg("Of these of one code"), Kind.COUNT),
                Column("precision", msg("Precision"), Kind.SHARE),
                Column("recall", msg("Recall"), Kind.SHARE),
            ),
            rows=(
                (
                    trial.same,
                    trial.shown,
                    trial.right,
                    Undefined(NONE_SHOWN) if trial.precision is None else trial.precision,
                    Undefined(NO_ALIASES) if trial.recall is None else trial.recall,
                ),
            ),
        )


def suggest_duplicates(
    study: Study,
    provenance: Provenance,
    *,
    threshold: float = THRESHOLD,
    standing: Mapping[str, Decision] | None = None,
) -> DuplicatesResult:
    """Find codes whose labels look alike, in any language in which both have one.

    A code and a category above it are no pair: a category may carry the name of its main code.

    Parameters
    ----------
    study
        The study; its whole codebook is looked at, used codes and unused ones.
    provenance
        Where the result comes from.
    threshold
        Least cosine, above 0 and at most 1.
    standing
        Decisions of the log so far.

    Returns
    -------
    DuplicatesResult
        Pairs with their likeness, what each code carries, and how often they overlap; nothing is merged.

    Examples
    --------
    Pairs of codes of the shipped demonstration study whose labels look alike, the nearest first:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = suggest_duplicates(study, provenance_of(study), threshold=0.5)
    >>> pair = result.pairs[0]
    >>> pair.first.id, pair.second.id, round(pair.score, 2)
    ('teaching-customers', 'customer-voice-in-decisions', 0.57)
    """
    codes = tuple(study.codebook)
    scores = _scores(codes)
    counts = incidence(study, *tree_targets(study))
    overlaps = overlap_counts(counts)
    pairs = []
    for (one, other), (score, language) in scores.items():
        first, second = codes[one], codes[other]
        related = {first.id, second.id} & {
            *study.codebook.ancestors(first.id),
            *study.codebook.ancestors(second.id),
        }
        if score < threshold or related:
            continue
        at = counts.column[first.id], counts.column[second.id]
        pairs.append(
            Duplicate(
                id=f"{first.id}~{second.id}",
                first=Label(first.id, first.label.texts),
                second=Label(second.id, second.label.texts),
                language=language,
                score=score,
                quotations=(int(counts.grounding[at[0]]), int(counts.grounding[at[1]])),
                interviews=(int(counts.n_interviews[at[0]]), int(counts.n_interviews[at[1]])),
                overlaps=int(overlaps[at]),
            )
        )
    return DuplicatesResult(
        provenance=provenance,
        threshold=threshold,
        pairs=tuple(sorted(pairs, key=lambda pair: -pair.score)),
        n_codes=len(codes),
        trial=_trial(codes, threshold),
        standing=dict(standing or {}),
    )


def _scores(codes: Sequence[Code]) -> dict[tuple[int, int], tuple[float, str]]:
    """Return the largest cosine of each pair with its language."""
    best: dict[tuple[int, int], tuple[float, str]] = {}
    for language in sorted({tag for code in codes for tag in code.label.texts}):
        named = [at for at, code in enumerate(codes) if code.label.texts.get(language)]
        cosines = likeness([codes[at].label.texts[language] for at in named])
        for one, other in np.argwhere(np.triu(cosines, k=1) > 0):
            pair = named[one], named[other]
            score = float(cosines[one, other])
            if score > best.get(pair, (0.0, ""))[0]:
                best[pair] = score, language
    return best


def _trial(codes: Sequence[Code], threshold: float) -> PairTrial:
    """Try the threshold on labels and aliases: are names of one code alike, and others not?"""
    tags = sorted({tag for code in codes for tag in code.label.texts})
    names = [(code.id, name) for code in codes for name in _names(code, tags)]
    if not any(code.aliases for code in codes):
        return PairTrial(same=0, shown=0, right=0)
    cosines = likeness([name for _, name in names])
    same = shown = right = 0
    for one, other in combinations(range(len(names)), 2):
        is_same = names[one][0] == names[other][0]
        is_shown = bool(cosines[one, other] >= threshold)
        same += is_same
        shown += is_shown
        right += is_same and is_shown
    return PairTrial(same=same, shown=shown, right=right)


def _names(code: Code, tags: Sequence[str]) -> list[str]:
    """Names that could be one another's spelling: the first label, and the aliases."""
    labels = [code.label.texts[tag] for tag in tags if code.label.texts.get(tag)]
    return [*labels[:1], *code.aliases]
