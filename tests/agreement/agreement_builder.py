"""Small studies and tables for the agreement tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from omnistudy.agreement.analysis import agreement_of_study, agreement_of_table
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.spans import SpanRatings, span_ratings
from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.sources.from_table import ratings_of_table
from omnistudy.results import Cell, InputFile, Label, Message, Number, Provenance, Table, Undefined, plain
from omnistudy.study.bare_table import BareTable, Factor
from omnistudy.study.model import (
    Code,
    Codebook,
    Coder,
    CoderKind,
    Coding,
    Interview,
    Level,
    Quotation,
    Seen,
    Study,
)
from omnistudy.study.settings import StudySettings
from omnistudy.text.transcript import Transcript

PROVENANCE = Provenance(version="0", command="omnistudy agreement", seed=1, inputs=(), synthetic=True)
QUICK = AgreementOptions(resamples=0)


def code(name: str, level: Level = Level.CODE, parent: str | None = None, since: str = "") -> Code:
    return Code(
        id=name,
        label=Label(name),
        level=level,
        parent=parent,
        definition=Label(name),
        include=Label(name),
        exclude=Label(name),
        example=Label(name),
        since=since,
    )


def coding(interview: str, start: int, end: int, coder: str, code: str, *, round_: str = "") -> Coding:
    return Coding(quotation=Quotation(interview, start, end), coder=coder, code=code, round=round_)


def study(
    texts: Mapping[str, str],
    codings: Iterable[Coding],
    *,
    codes: Sequence[Code] = (),
    seen: Iterable[tuple[str, str, str]] | None = None,
    coders: Sequence[Coder] = (),
    rounds: Sequence[str] = (),
    agreement: Mapping[str, Any] | None = None,
    excerpt: bool = False,
) -> Study:
    """A study; without ``seen``, every coder saw every interview in every round."""
    given = tuple(codings)
    names = list(dict.fromkeys(c.coder for c in given))
    people = tuple(coders) or tuple(Coder(name) for name in names)
    all_rounds = tuple(rounds) or tuple(dict.fromkeys(c.round for c in given)) or ("",)
    everyone = [(i, c.id, r) for i in texts for c in people for r in all_rounds]
    settings = StudySettings.model_validate(
        {"study": {"id": "s"}, "agreement": {"level": "code", **(agreement or {})}}
    )
    book = tuple(codes) or tuple(code(name) for name in sorted({c.code for c in given}))
    return Study(
        settings=settings,
        interviews=tuple(
            Interview(id=name, order=i + 1, transcript=Transcript(text), excerpt=excerpt)
            for i, (name, text) in enumerate(texts.items())
        ),
        codebook=Codebook("book", book),
        coders=people,
        codings=given,
        analysed=(),
        analysis_set="any",
        rounds=all_rounds,
        seen=frozenset(Seen(*entry) for entry in (everyone if seen is None else seen)),
        seen_assumed=False,
    )


def consensus(name: str) -> Coder:
    return Coder(name, CoderKind.CONSENSUS)


def of_study(given: Study, options: AgreementOptions = QUICK) -> AgreementResult:
    return agreement_of_study(given, options, PROVENANCE)


def factor(cells: Sequence[str]) -> Factor:
    """A column as the reader of tables gives it: trimmed labels, -1 for empty cells."""
    trimmed = [cell.strip() for cell in cells]
    labels = tuple(sorted({cell for cell in trimmed if cell}))
    place = {label: at for at, label in enumerate(labels)}
    codes = np.array([place.get(cell, -1) for cell in trimmed], np.int32)
    return Factor(labels, codes, sum(a != b for a, b in zip(cells, trimmed, strict=True)))


def bare(columns: Mapping[str, Sequence[str]]) -> BareTable:
    """A table file that was read."""
    factors = {name: factor(cells) for name, cells in columns.items()}
    return BareTable(factors, InputFile("table.csv", "0" * 64))


def table(
    data: Sequence[Sequence[object]], categories: int | Sequence[str] | None = None
) -> Ratings | SetRatings:
    """Ratings from coders × units with ``None`` for missing."""
    columns: dict[str, list[str]] = {"unit": [f"u{i}" for i in range(len(data[0]))]}
    for g, coder in enumerate(data):
        columns[f"c{g}"] = ["" if value is None else str(value) for value in coder]
    return ratings_of_table(bare(columns), categories).ratings


def of_table(
    data: Sequence[Sequence[object]] | Ratings | SetRatings,
    options: AgreementOptions = QUICK,
    **keywords: Any,
) -> AgreementResult:
    ratings = data if isinstance(data, Ratings | SetRatings) else table(data, **keywords)
    return agreement_of_table(ratings, options, PROVENANCE)


def value_of(
    data: Sequence[Sequence[object]] | Ratings | SetRatings, name: str, **options: Any
) -> float | None:
    """The overall value of one coefficient."""
    return row_of(data, name, **options).value


def row_of(
    data: Sequence[Sequence[object]] | Ratings | SetRatings, name: str, **options: Any
) -> AgreementRow:
    chosen = AgreementOptions(**{"coefficients": (name,), "resamples": 0, **options})
    (row,) = (row for row in of_table(data, chosen).rows if row.scope == "overall")
    return row


def pick(result: AgreementResult, **wanted: object) -> AgreementRow:
    """The one row whose fields have these values."""
    found = [row for row in result.rows if all(getattr(row, key) == value for key, value in wanted.items())]
    if len(found) != 1:
        raise LookupError(f"{len(found)} rows have {wanted}")
    return found[0]


def passages(
    rows: list[tuple[int, int, int, int, int]],
    *,
    coders: int = 2,
    codes: int = 2,
    lengths: tuple[int, ...] = (20, 20),
    seen: list[list[int]] | None = None,
) -> SpanRatings:
    """Rows are interview, coder, code, start, end; coders x, y, z, codes k, m, n."""
    everyone = np.ones((len(lengths), coders), np.bool_) if seen is None else np.array(seen, np.bool_)
    return span_ratings(
        coders=tuple("xyz"[:coders]),
        codes=tuple("kmn"[:codes]),
        interviews=tuple("ABC"[: len(lengths)]),
        lengths=np.array(lengths),
        seen=everyone,
        rows=np.array(rows, np.int64),
    )


def said(cell: Cell | Undefined) -> object:
    """A cell in plain English: sentences, labels and reasons as text, numbers as they are."""
    if isinstance(cell, Undefined):
        return f"undefined: {cell.reason}"
    if isinstance(cell, Number):
        return plain(cell)
    return str(cell) if isinstance(cell, Message | Label) else cell


def rows_of(table: Table) -> list[tuple[object, ...]]:
    """All cells of a table in plain English."""
    return [tuple(said(cell) for cell in row) for row in table.rows]


def layout(table: Table) -> list[str]:
    """Key, heading and kind of every column, and whether it may be left out."""
    return [
        f"{column.key} | {column.heading} | {column.kind}" + (" | secondary" if column.secondary else "")
        for column in table.columns
    ]


def random_table(
    seed: int, coders: int, units: int, categories: int, missing: float
) -> list[list[str | None]]:
    """Correlated random ratings with missing ones."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, categories, units)
    data: list[list[str | None]] = []
    for _ in range(coders):
        guess = generator.integers(0, categories, units)
        chosen = np.where(generator.random(units) < 0.6, truth, guess)
        gone = generator.random(units) < missing
        data.append([None if g else str(int(c)) for c, g in zip(chosen, gone, strict=True)])
    return data
