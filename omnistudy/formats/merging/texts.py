"""Documents and interviews: the same by the hash of their text, else by name if they are almost equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from omnistudy.errors import Problem
from omnistudy.formats.into_study.csv_text import parse_csv
from omnistudy.formats.into_study.existing import ExistingStudy
from omnistudy.formats.into_study.same_text import by_hash, in_study
from omnistudy.formats.into_study.stored_texts import storable
from omnistudy.formats.merging.realign import LOWEST_SIMILARITY, Realignment, realignment
from omnistudy.formats.reading.imported import ImportedProject, ImportedSource
from omnistudy.formats.reading.interview_ids import safe_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedSource:
    """How a document of a file was recognised: ``same``, ``realigned`` or ``new``."""

    file: str
    name: str
    interview: str
    how: str
    similarity: float


@dataclass
class SourceMatching:
    """Finds for every document of every file the text that stands for it in the study."""

    study: ExistingStudy
    found: list[MatchedSource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    texts: dict[tuple[str, str], tuple[str, Realignment | None]] = field(default_factory=dict)

    def choose(self, projects: Sequence[ImportedProject]) -> None:
        """Match the documents of all files at once, so that no file comes first."""
        texts = by_hash(self.study.interviews)
        names = self._names()
        new: defaultdict[str, list[tuple[ImportedProject, ImportedSource]]] = defaultdict(list)
        for project in projects:
            known = in_study((source for source in project.sources if source.text.strip()), texts)
            for source in project.sources:
                text = storable(source.text)
                interview = known.get(source.id)
                named = names.get(safe_id(source.name).casefold())
                if interview is not None or not text.strip():
                    self._note(project, source, interview or "", "same", 1.0)
                elif named is not None:
                    self._realign(project, source, named, self.study.texts[named])
                else:
                    new[safe_id(source.name).casefold()].append((project, source))
        for group in new.values():
            base = max((storable(source.text) for _, source in group), key=lambda text: (len(text), text))
            for project, source in group:
                if storable(source.text) == base:
                    self._note(project, source, safe_id(source.name), "new", 1.0)
                else:
                    self._realign(project, source, safe_id(source.name), base)

    def _names(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for row in parse_csv(self.study.files.get(self.study.participants, b"")).rows:
            interview, original = row.get("interview", "").strip(), row.get("original_name", "").strip()
            if original and interview in self.study.texts:
                names[safe_id(original).casefold()] = interview
        return {**names, **{safe_id(each).casefold(): each for each in self.study.texts}}

    def _realign(self, project: ImportedProject, source: ImportedSource, interview: str, text: str) -> None:
        found = realignment(storable(source.text), text)
        if found.similarity < LOWEST_SIMILARITY:
            self.problems.append(
                Problem(
                    what=f"The document '{source.name}' and the interview '{interview}' are different texts:"
                    f" {found.similarity:.0%} of the characters are equal, {LOWEST_SIMILARITY:.0%} are needed.",
                    remedy="Rename one of them, or code the same version.",
                    file=project.file,
                )
            )
            return
        self.texts[project.sha256 + project.file, source.id] = (text, found)
        self._note(project, source, interview, "realigned", found.similarity)

    def _note(
        self, project: ImportedProject, source: ImportedSource, interview: str, how: str, similarity: float
    ) -> None:
        self.found.append(
            MatchedSource(
                file=project.file, name=source.name, interview=interview, how=how, similarity=similarity
            )
        )
