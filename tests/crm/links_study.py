"""A study of four short interviews whose salience, agreement and quotations can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from omnistudy.results import Label
from omnistudy.study.model import (
    Code,
    Codebook,
    Coder,
    Coding,
    CrosswalkRow,
    Interview,
    Level,
    Quotation,
    Role,
    Seen,
    Study,
)
from omnistudy.study.settings import StudySettings
from omnistudy.text.transcript import Transcript

WORDS = "one two three four five six seven eight nine ten"
"""The text of every interview: ten words, one turn."""


def code(name: str, level: Level, parent: str | None = None, role: Role | None = None) -> Code:
    empty = Label("")
    return Code(
        id=name, label=Label(name, {"en": name.capitalize(), "fa": f"فا {name}"}), level=level, parent=parent,
        role=role, definition=empty, include=empty, exclude=empty, example=empty,
    )  # fmt: skip


BOOK = Codebook(
    "book",
    (
        code("core", Level.CATEGORY, role=Role.PHENOMENON),
        code("causes", Level.CATEGORY, role=Role.CAUSAL),
        code("access", Level.SUBCATEGORY, "causes"),
        code("access-app", Level.CODE, "access"),
        code("ends", Level.CATEGORY, role=Role.OUTCOME),
        code("trust", Level.SUBCATEGORY, "ends"),
    ),
)


def coding(interview: str, start: int, end: int, name: str, coder: str = "A") -> Coding:
    return Coding(quotation=Quotation(interview, start, end), coder=coder, code=name)


CODINGS = (
    coding("i1", 0, 7, "access-app"),
    coding("i1", 4, 7, "access"),
    coding("i2", 0, 3, "access"),
    coding("i1", 0, 7, "access", "B"),
    coding("i4", 0, 3, "trust"),
    coding("i4", 0, 3, "trust", "B"),
)
"""Both coders find access in i1, only A in i2, nobody in i3 and i4; trust both in i4 alone."""


def small_study(**changes: Any) -> Study:
    """Four interviews by two coders; ``crosswalk`` are pairs of a code here and a category there."""
    attributes: dict[str, dict[str, str]] = changes.pop("attributes", {})
    crosswalk = changes.pop("crosswalk", ())
    names = [f"i{at}" for at in range(1, 5)]
    study = Study(
        settings=StudySettings.model_validate({"study": {"id": "small"}}),
        interviews=tuple(
            Interview(id=name, order=at, transcript=Transcript(WORDS), attributes=attributes.get(name, {}))
            for at, name in enumerate(names, 1)
        ),
        codebook=BOOK,
        coders=(Coder("A"), Coder("B")),
        codings=CODINGS,
        analysed=CODINGS,
        analysis_set="any",
        rounds=("",),
        seen=frozenset(Seen(name, coder) for name in names for coder in "AB"),
        seen_assumed=False,
        crosswalk=tuple(
            CrosswalkRow(local=local, reference=reference, relation=relation, rater="r")
            for local, reference, relation in crosswalk
        ),
    )
    return replace(study, **changes)
