"""Documents of imported projects as interviews of a study: known by the hash of their text, or new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from omnistudy.errors import Problem
from omnistudy.formats.into_study.csv_text import parse_csv
from omnistudy.formats.into_study.existing import ExistingStudy
from omnistudy.formats.into_study.remarks import Remarks
from omnistudy.formats.into_study.rows import Row, numbered
from omnistudy.formats.into_study.same_text import by_hash, in_study
from omnistudy.formats.into_study.stored_texts import storable, text_warnings, unreadable
from omnistudy.formats.reading.imported import ImportedProject, ImportedSource
from omnistudy.formats.reading.interview_ids import safe_id, same_file
from omnistudy.results import msg
from omnistudy.study.interviews import natural_order
from omnistudy.text.transcript import Transcript


@dataclass
class NewInterviews:
    """The interviews that imported documents are; lives as long as one call of ``into_study``.

    ``texts`` and ``attributes`` hold those that the study does not have, ``known`` counts the others.
    """

    study: ExistingStudy
    remarks: Remarks
    texts: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Row] = field(default_factory=dict)
    known: int = 0

    def __post_init__(self) -> None:
        self.ids_by_hash = by_hash(self.study.interviews)
        self.ids_of_documents: dict[tuple[str, str], str] = {}

    def take(self, project: ImportedProject) -> Mapping[str, str]:
        """Return the interview of every document of a project that is one."""
        known = in_study((source for source in project.sources if source.text.strip()), self.ids_by_hash)
        found: dict[str, str] = {}
        for source in sorted(project.sources, key=lambda source: natural_order(source.name)):
            interview = self._interview(source, project.file, known.get(source.id))
            if interview is not None:
                found[source.id] = interview
        return found

    def _interview(self, source: ImportedSource, file: str, known: str | None) -> str | None:
        text = storable(source.text)
        if not text.strip():
            self.remarks.leave_out(msg("documents without text"), 1, msg("there is nothing in them to code"))
            return None
        digest = Transcript(text).sha256
        if known is None:
            # The same text under the same name is the same document, also where it stands in one file twice.
            known = self.ids_of_documents.get((digest, safe_id(source.name).casefold()))
        if known is not None:
            self.known += 1
            return known
        if fault := unreadable(text):
            self.remarks.problems.append(
                Problem(
                    what=f"The text of the document '{source.name}' could not be read back. {fault}",
                    remedy="Correct the document in the program that it comes from.",
                    file=file,
                )
            )
            return None
        interview = safe_id(source.name)
        if any(same_file(interview, other) for other in self.study.interviews):
            self.remarks.problems.append(
                Problem(
                    what=f"The study has another text under the name of the document '{source.name}'.",
                    remedy="Rename one of them, or use omnistudy merge if it is a later version.",
                    file=file,
                )
            )
            return None
        interview = self._free(interview)
        self.ids_by_hash.setdefault(digest, []).append(interview)
        self.ids_of_documents[digest, safe_id(source.name).casefold()] = interview
        self.texts[interview] = text
        attributes = {
            key.casefold().replace(" ", "_"): value for key, value in source.attributes.items() if key.strip()
        }
        self.attributes[interview] = {
            **attributes,
            "interview": interview,
            "original_name": source.name,
            "text_sha256": digest,
            **({"excerpt": "yes"} if source.excerpt else {}),
        }
        self.remarks.warnings.extend(text_warnings(source, text))
        return interview

    def _free(self, interview: str) -> str:
        candidate, number = interview, 2
        while any(same_file(candidate, taken) for taken in (*self.study.interviews, *self.texts)):
            candidate, number = f"{interview}-{number}", number + 1
        return candidate

    def participant_rows(self) -> list[Row]:
        """Return rows of new interviews, numbered after those there are unless the study numbers none."""
        rows = parse_csv(self.study.files.get(self.study.participants, b"")).rows
        listed = {row.get("interview", "").strip() for row in rows}
        new, said = numbered(
            rows, (row for interview, row in self.attributes.items() if interview not in listed)
        )
        if len(new) > 1 and not said:
            self.remarks.warnings.append(
                msg("The files do not say in which order the interviews were held; they are ordered by name.")
            )
        return new

    def excerpt_lines(self) -> Iterable[str]:
        """Yield the unit that statements without running text are compared on."""
        new = any("excerpt" in row for row in self.attributes.values())
        if new and self.study.settings.agreement.unit != "quotation":
            yield from ("[agreement]", 'unit = "quotation"')
