"""What of imported projects is new to a study, and the files that hold both: computed, not written.

Nothing is guessed twice: interviews are known by the hash of their text, codes by id or path, codings
by interview, span, coder, code and round. Importing a file again therefore changes no byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.codes import CodeMatcher, grown_codebook
from omnistudy.formats.into_study.csv_text import CsvText, parse_csv
from omnistudy.formats.into_study.existing import (
    CODEBOOK,
    CODINGS,
    QUOTATIONS,
    SETS,
    ExistingStudy,
    lies_inside,
    settings_lines,
)
from omnistudy.formats.into_study.interviews import NewInterviews
from omnistudy.formats.into_study.near_names import one_edit_away
from omnistudy.formats.into_study.plan import KINDS, RARER_KINDS, ImportPlan, NewName
from omnistudy.formats.into_study.remarks import Remarks
from omnistudy.formats.into_study.rows import (
    CODING_COLUMNS,
    MEMO_COLUMNS,
    PARTICIPANT_COLUMNS,
    QUOTATION_COLUMNS,
    RELATION_COLUMNS,
    SET_COLUMNS,
    Row,
    coding_key,
    coding_row,
    quotation_key,
    span,
    text_order,
)
from omnistudy.formats.into_study.stored_texts import file_of, storable
from omnistudy.formats.into_study.theory import Places, TheoryRows
from omnistudy.formats.reading.imported import Check, ImportedProject, ImportedQuotation
from omnistudy.results import Kind, Message, Number, msg


def into_study(projects: Sequence[ImportedProject], study: ExistingStudy) -> ImportPlan:
    """Compute the files that bring ``projects`` into ``study``.

    Parameters
    ----------
    projects
        What was read from other programs' files, in any order.
    study
        The study as it is.

    Returns
    -------
    ImportPlan
        Codings read = added + known + left out, for every kind of thing.

    Raises
    ------
    StudyError
        If the study has another text under the name of an imported document.
    """
    growth = _Growth(study, CodeMatcher(study.codebook))
    for project in projects:
        growth.take(project)
    if growth.remarks.problems:
        raise StudyError(growth.remarks.problems)
    return growth.plan(projects)


@dataclass
class _Growth:
    """The study while projects are brought into it; lives as long as one call of ``into_study``."""

    study: ExistingStudy
    codes: CodeMatcher
    remarks: Remarks = field(default_factory=Remarks)
    codings: list[Row] = field(default_factory=list)
    quotations: list[Row] = field(default_factory=list)
    known: Counter[str] = field(default_factory=Counter)
    codings_by: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.interviews = NewInterviews(self.study, self.remarks)
        self.coding_keys = {coding_key(row) for row in self._existing_codings()}
        self.quotation_keys = {quotation_key(row) for row in self._table(QUOTATIONS).rows}
        self.theory = TheoryRows(
            self._table(self.study.memos), self._table(self.study.relations), self._table(SETS)
        )

    def _table(self, path: str) -> CsvText:
        return parse_csv(self.study.files.get(path, b""))

    def _existing_codings(self) -> Iterable[Mapping[str, str]]:
        named = {entry.file: entry.coder for entry in self.study.settings.codings.files}
        for path in dict.fromkeys([CODINGS, *named]):
            for row in self._table(path).rows:
                yield {**row, "coder": row.get("coder") or named.get(path) or ""}

    def take(self, project: ImportedProject) -> None:
        """Bring one project in, after those before it."""
        known_codes = {
            *(code.id for code in self.study.codebook or ()),
            *(code.id for code in self.codes.new),
        }
        code_ids = self.codes.match(project.codes)
        self.known["codes"] += sum(code in known_codes for code in code_ids.values())
        interviews = self.interviews.take(project)
        texts = {source.id: storable(source.text) for source in project.sources}
        place = {quotation.id: quotation for quotation in project.quotations}
        self._take_codings(project, place, interviews, code_ids, texts)
        self._take_quotations(project, interviews)
        spans = [(each.source, each.start, each.end) for each in project.quotations]
        if repeated := len(spans) - len(set(spans)):
            self.remarks.warnings.append(
                msg(
                    "{n} quotations of {file} mark the same words as another one; here they are one quotation.",
                    n=Number(repeated, Kind.COUNT),
                    file=project.file,
                )
            )
        self._take_theory(project, place, interviews, code_ids)
        self.remarks.left_out.extend(project.left_out)
        self.remarks.warnings.extend(project.warnings)

    def _take_codings(
        self,
        project: ImportedProject,
        place: Mapping[str, ImportedQuotation],
        interviews: Mapping[str, str],
        code_ids: Mapping[str, str],
        texts: Mapping[str, str],
    ) -> None:
        of_this_file: set[tuple[str, ...]] = set()
        for coding in project.codings:
            quotation = place.get(coding.quotation)
            if quotation is None or coding.code not in code_ids:
                self.remarks.leave_out(
                    msg("codings without a place or a code"), 1, msg("the file does not hold both")
                )
            elif quotation.source not in interviews:
                self.remarks.leave_out(
                    msg("codings without a text"), 1, msg("their document is not in the study")
                )
            elif quotation.start == quotation.end:
                self.remarks.leave_out(msg("codings of no words"), 1, msg("their quotation is empty"))
            else:
                row = coding_row(
                    coding,
                    quotation,
                    interview=interviews[quotation.source],
                    code=code_ids[coding.code],
                    quote=texts[quotation.source][quotation.start : quotation.end],
                    source=f"{project.file}#{quotation.id}",
                )
                key = coding_key(row)
                if key in of_this_file:
                    self.remarks.leave_out(
                        msg("repeated codings"), 1, msg("the same coder gave the same words the same code")
                    )
                    continue
                of_this_file.add(key)
                self.codings_by[row["coder"], row["code"]] += 1
                if key in self.coding_keys:
                    self.known["codings"] += 1
                else:
                    self.coding_keys.add(key)
                    self.codings.append(row)

    def _take_quotations(self, project: ImportedProject, interviews: Mapping[str, str]) -> None:
        """Keep what codings.csv cannot hold: names, comments, and quotations without a code."""
        coded = {coding.quotation for coding in project.codings}
        for quotation in project.quotations:
            says_more = quotation.name or quotation.comment or quotation.id not in coded
            if not says_more or quotation.source not in interviews:
                continue
            row = {
                "interview": interviews[quotation.source],
                "start": str(quotation.start),
                "end": str(quotation.end),
                "name": quotation.name,
                "comment": quotation.comment,
                "coder": quotation.coder,
                "source": f"{project.file}#{quotation.id}",
            }
            if (key := quotation_key(row)) not in self.quotation_keys:
                self.quotation_keys.add(key)
                self.quotations.append(row)

    def _take_theory(
        self,
        project: ImportedProject,
        place: Mapping[str, ImportedQuotation],
        interviews: Mapping[str, str],
        code_ids: Mapping[str, str],
    ) -> None:
        places = Places(
            study=self.study.settings.study.id,
            interviews=interviews,
            codes=code_ids,
            quotations={
                quotation.id: f"{interviews[quotation.source]}:{quotation.start}-{quotation.end}"
                for quotation in place.values()
                if quotation.source in interviews
            },
        )
        lost = Counter(self.theory.lost)
        self.theory.take(project, places)
        lost = self.theory.lost - lost
        for kind, what, why in (
            ("memos", msg("memos"), msg("what they are about is not in the study")),
            ("relations", msg("relations"), msg("they join no two different codes of the study")),
            ("evidence", msg("evidence of relations"), msg("the study does not hold it")),
        ):
            if lost[kind]:
                self.remarks.leave_out(what, lost[kind], why)

    def _files(self) -> dict[str, bytes]:
        """Render the transcripts and tables that have grown."""
        files = {
            f"{self.study.settings.interviews.transcripts}/{interview}.txt": file_of(text)
            for interview, text in self.interviews.texts.items()
        }
        for path, rows, columns in (
            (CODINGS, self.codings, CODING_COLUMNS),
            (QUOTATIONS, self.quotations, QUOTATION_COLUMNS),
            (self.study.memos, self.theory.memos, MEMO_COLUMNS),
            (self.study.relations, self.theory.relations, RELATION_COLUMNS),
            (SETS, self.theory.sets, SET_COLUMNS),
            (self.study.participants, self.interviews.participant_rows(), PARTICIPANT_COLUMNS),
        ):
            if rows:
                extra = sorted({column for row in rows for column in row} - set(columns))
                table = self._table(path).with_rows(rows, [*columns, *extra])
                if path in {CODINGS, QUOTATIONS}:
                    table = CsvText(table.header, tuple(sorted(table.rows, key=text_order)))
                files[path] = table.render()
        if self.codes.new:
            path = self.study.codebook_file
            files[path] = grown_codebook(
                path,
                self.study.files.get(path),
                self.codes.new,
                self.study.codebook,
                self.study.settings.study.language,
            )
            self.remarks.warnings.extend(self._shared_codebook_warning())
        return files

    def plan(self, projects: Sequence[ImportedProject]) -> ImportPlan:
        """Return what has grown, with its counts."""
        files = self._files()
        read = Counter[str]()
        for project in projects:
            read.update({"memos": len(project.memos), **project.counts})
        added = {
            "interviews": len(self.interviews.texts),
            "codes": len(self.codes.new),
            "quotations": len({span(row) for row in self.codings} | {span(row) for row in self.quotations}),
            "codings": len(self.codings),
            "memos": len(self.theory.memos),
            "relations": len(self.theory.relations),
            "sets": self.theory.new_sets(),
        }
        self.known.update({"interviews": self.interviews.known})
        self.known.update(self.theory.known)
        kinds = [*KINDS, *(kind for kind in RARER_KINDS if read[kind] or added[kind])]
        checks = Counter[Check]()
        for project in projects:
            checks.update(project.checks)
        return ImportPlan(
            files=dict(sorted(files.items())),
            settings=(*settings_lines(self.study, files), *self.interviews.excerpt_lines()),
            read={kind: read[kind] for kind in kinds},
            added={kind: added[kind] for kind in kinds},
            known={kind: self.known[kind] for kind in kinds if kind != "quotations"},
            checks=checks,
            codings_by=dict(sorted(self.codings_by.items())),
            dialects={project.file: str(project.dialect or "") for project in projects},
            left_out=tuple(self.remarks.left_out),
            warnings=tuple(self.remarks.warnings),
            new_codes=tuple(self._new_codes()),
        )

    def _new_codes(self) -> Iterable[NewName]:
        """Yield the new codes of a study that had codes before, each with the one it may be meant to be."""
        known = [
            name
            for code in self.study.codebook or ()
            for name in dict.fromkeys((code.id, *code.label.texts.values()))
        ]
        for code in self.codes.new:
            yield NewName(code.id, one_edit_away(code.label, known))

    def _shared_codebook_warning(self) -> Iterable[Message]:
        shared = self.study.settings.codebook.file
        if shared is not None and not lies_inside(shared):
            yield msg(
                "The shared codebook {file} is not changed and lacks {codes}; {own} holds its codes and these.",
                file=shared,
                codes=", ".join(code.id for code in self.codes.new),
                own=CODEBOOK,
            )
