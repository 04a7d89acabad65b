"""Small studies for the tests of the theory room, built without files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from omnistudy.results import Label, Provenance
from omnistudy.study.model import (
    Code,
    Codebook,
    Coder,
    CoderKind,
    Coding,
    Interview,
    Level,
    Memo,
    Property,
    Proposition,
    Quotation,
    Relation,
    Role,
    RoleVote,
    Seen,
    Study,
)
from omnistudy.study.settings import StudySettings
from omnistudy.text.transcript import Transcript

PROVENANCE = Provenance(version="0", command="test", seed=1, inputs=(), synthetic=False)

Span = tuple[str, int, int, str, str]  # interview, start, end, coder, code


def label(name: str) -> Label:
    return Label(name, {"en": name.replace("-", " ")})


def code(
    name: str,
    level: Level = Level.CODE,
    parent: str | None = None,
    role: Role | None = None,
    *,
    definition: str = "defined",
    properties: Iterable[str] = (),
) -> Code:
    return Code(
        id=name,
        label=label(name),
        level=level,
        parent=parent,
        role=role,
        definition=Label("definition", {"en": definition} if definition else {}),
        include=Label("include"),
        exclude=Label("exclude"),
        example=Label("example"),
        properties=tuple(Property(label(p), label("low"), label("high")) for p in properties),
    )


def quotation(text: str) -> Quotation:
    interview, _, span = text.rpartition(":")
    start, _, end = span.partition("-")
    return Quotation(interview, int(start), int(end))


@dataclass(kw_only=True)
class Draft:
    """What a test says of its study; everything else gets a plain default."""

    codes: list[Code]
    spans: list[Span] = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    propositions: list[Proposition] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    role_votes: list[RoleVote] = field(default_factory=list)
    coder_kinds: Mapping[str, CoderKind] = field(default_factory=dict)
    interviews: list[str] = field(default_factory=list)
    analysis_set: str = "any"
    analysed_coder: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    def study(self) -> Study:
        codings = tuple(
            Coding(quotation=Quotation(i, start, end), coder=coder, code=name)
            for i, start, end, coder, name in self.spans
        )
        ids = list(dict.fromkeys([*self.interviews, *self.texts, *(c.quotation.interview for c in codings)]))
        coders = tuple(dict.fromkeys(c.coder for c in codings))
        reach = max([c.quotation.end for c in codings], default=10)
        return Study(
            settings=StudySettings.model_validate({"study": {"id": "small"}, **self.settings}),
            interviews=tuple(
                Interview(
                    id=i,
                    order=n,
                    transcript=Transcript(self.texts.get(i, "word " * (reach // 5 + 1))),
                    attributes=self.attributes.get(i, {}),
                )
                for n, i in enumerate(ids, start=1)
            ),
            codebook=Codebook("book", tuple(self.codes)),
            coders=tuple(Coder(c, self.coder_kinds.get(c, CoderKind.HUMAN)) for c in coders),
            codings=codings,
            analysed=tuple(c for c in codings if self.analysed_coder in (None, c.coder)),
            analysis_set=self.analysis_set,
            rounds=("",),
            seen=frozenset(Seen(c.quotation.interview, c.coder) for c in codings),
            seen_assumed=True,
            role_votes=tuple(self.role_votes),
            relations=tuple(self.relations),
            propositions=tuple(self.propositions),
            memos=tuple(self.memos),
        )


def memo(name: str, target: str = "study", target_id: str = "", title: str = "") -> Memo:
    return Memo(id=name, target=target, target_id=target_id, coder="a", created="", title=title, text="words")
