"""A copy of a study with reviewed replacements, its offsets carried over and its quotes verified again.

Everything that study.toml names is copied: transcripts as canonical text, tables with their free text
replaced, quotations moved with the words. Customers' records, protocols and logs are not.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from omnistudy.errors import StudyError
from omnistudy.formats.anonymizing.replacements import CODER, Carrier, Replacement, Replacer, applied
from omnistudy.formats.into_study.csv_text import CsvText, parse_csv
from omnistudy.formats.into_study.existing import QUOTATIONS, SETS, lies_inside
from omnistudy.formats.into_study.stored_texts import file_of
from omnistudy.formats.reading.interview_ids import safe_id, same_file
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.load import record_files
from omnistudy.study.model import Study
from omnistudy.study.tables import Door

_QUOTATION_ID = re.compile(r"(?P<interview>.+):(?P<start>\d+)-(?P<end>\d+)")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CODERS = frozenset({"coder", "rater"})
_UNTOUCHED = frozenset(
    {
        "start", "end", "code", "role", "round", "order", "date", "created", "polarity", "feedback", "type",
        "relation", "reference", "local", "parent", "level", "since", "kind", "text_sha256", "target", "relations",
        "excerpt", "direction", "member_type", "id", "shown", "shown_id", "answer", "criterion", "done",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymizedCopy:
    """The files of the copy and what was done.

    Parameters
    ----------
    files
        Path relative to the new study to the whole content.
    in_texts, in_tables
        Row of the table to the number of places, in transcripts and everywhere else.
    renamed
        Interviews whose id held a word of the table: old id to new.
    quotations, touched, widened
        Quotations carried over; those that hold a replaced word; those that cut one and now hold it.
    left_out
        Files that are not copied.
    """

    files: Mapping[str, bytes]
    in_texts: Mapping[int, int]
    in_tables: Mapping[int, int]
    renamed: Mapping[str, str]
    quotations: int
    touched: int
    widened: int
    synthetic: bool
    left_out: tuple[str, ...]
    warnings: tuple[Message, ...]


def study_tables(folder: Path, study: Study) -> Mapping[str, bytes]:
    """Read the tables that study.toml names, by their path in it; the codebook may lie elsewhere."""
    settings = study.settings
    named = [
        settings.interviews.attributes, settings.codings.seen, settings.codings.coders, settings.codebook.file,
        settings.codebook.roles, settings.theory.relations, settings.theory.propositions, settings.theory.memos,
        settings.theory.member_checks, settings.theory.trustworthiness,
        settings.reference.crosswalk, *(entry.file for entry in settings.codings.files),
    ]  # fmt: skip
    door = Door(folder)
    wanted = [path for path in dict.fromkeys(named) if path is not None]
    wanted += [path for path in (QUOTATIONS, SETS) if (folder / path).is_file() and path not in wanted]
    found = {path: door.read_bytes(path) for path in ["study.toml", *wanted]}
    door.raise_if_failed()
    return {path: data for path, data in found.items() if data is not None}


def anonymize(study: Study, tables: Mapping[str, bytes], rows: Sequence[Replacement]) -> AnonymizedCopy:
    """Compute the copy of a study with the words of a table replaced.

    Parameters
    ----------
    study
        The study, loaded and checked.
    tables
        Its tables and study.toml, see :func:`study_tables`.
    rows
        The reviewed table.

    Raises
    ------
    StudyError
        If two interviews would get one id, or a quotation did not keep its words.
    """
    work = _Work(study=study, rows=rows, replacer=Replacer(rows))
    work.take_texts()
    settings = study.settings
    transcripts = settings.interviews.transcripts
    folder = transcripts if lies_inside(transcripts) else "transcripts"
    files = {f"{folder}/{work.ids[each]}.txt": file_of(text) for each, text in work.texts.items()}
    paths = {transcripts: folder}
    for path, data in tables.items():
        if path == "study.toml":
            continue
        paths[path] = path if lies_inside(path) else PurePosixPath(path.replace("\\", "/")).name
        files[paths[path]] = work.table(path, data)
    files["study.toml"] = work.settings_text(tables["study.toml"], paths)
    left_out = [path for _, path in record_files(settings.crm)]
    return AnonymizedCopy(
        files=dict(sorted(files.items())),
        in_texts=dict(work.in_texts),
        in_tables=dict(work.in_tables),
        renamed={old: new for old, new in work.ids.items() if old != new},
        quotations=work.quotations,
        touched=work.touched,
        widened=work.widened,
        synthetic=study.synthetic,
        left_out=tuple(left_out),
        warnings=tuple(_warnings(work, files)),
    )


@dataclass
class _Work:
    """A copy in the making; lives as long as one call of ``anonymize``."""

    study: Study
    rows: Sequence[Replacement]
    replacer: Replacer
    ids: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    carriers: dict[str, Carrier] = field(default_factory=dict)
    in_texts: Counter[int] = field(default_factory=Counter)
    in_tables: Counter[int] = field(default_factory=Counter)
    quotations: int = 0
    touched: int = 0
    widened: int = 0

    def __post_init__(self) -> None:
        self.coders = {row.find: row for row in self.rows if row.kind == CODER}
        self.code_ids = {code.id for code in self.study.codebook}

    def take_texts(self) -> None:
        """Replace in every transcript, and in the ids of the interviews."""
        for interview in self.study.interviews:
            edits = self.replacer.edits(interview.text)
            self.in_texts.update(edit.row for edit in edits)
            self.texts[interview.id] = applied(interview.text, edits)
            self.carriers[interview.id] = Carrier(edits)
            renamed = self._replaced(interview.id)
            new = interview.id if renamed == interview.id else safe_id(renamed)
            if any(same_file(new, taken) for taken in self.ids.values()):
                raise StudyError.of(
                    f"Two interviews would be called '{new}'.",
                    "Give their names different replacements.",
                    file="participants.csv",
                )
            self.ids[interview.id] = new

    def _replaced(self, text: str) -> str:
        return self.replacer.replaced(text, self.in_tables)

    def table(self, path: str, data: bytes) -> bytes:
        """Return a table of the copy."""
        if path.casefold().endswith(".toml"):
            return self._toml(data)
        table = parse_csv(data)
        is_codings = path in {entry.file for entry in self.study.settings.codings.files}
        rows = tuple(self._row(row, is_codings=is_codings) for row in table.rows)
        return CsvText(table.header, rows).render()

    def _row(self, row: Mapping[str, str], *, is_codings: bool) -> Mapping[str, str]:
        new = {column: self._cell(column, cell, row) for column, cell in row.items()}
        interview = row.get("interview", "").strip()
        if interview in self.carriers and row.get("start", "").strip().isdecimal():
            start, end = self._span(interview, int(row["start"]), int(row["end"]), counted=is_codings)
            new["start"], new["end"] = str(start), str(end)
            if row.get("quote"):
                new["quote"] = self.texts[interview][start:end]
        return new

    def _cell(self, column: str, cell: str, row: Mapping[str, str]) -> str:
        from_text = column == "quote" and bool(row.get("start"))
        is_code = column == "source" and cell.strip() in self.code_ids  # where a relation starts
        if not cell or column in _UNTOUCHED or from_text or is_code:
            return cell
        if column == "interview":
            return self.ids.get(cell.strip(), cell)
        if column in _CODERS:
            return self._coder(cell)
        # Evidence of trustworthiness is free words, that of relations and propositions a list of ids.
        if column in {"evidence", "negative_cases"} and "criterion" not in row:
            return ";".join(self._reference(part) for part in cell.split(";"))
        if column == "target_id" or (column == "member" and cell.strip() in {*self.ids, *self.code_ids}):
            return self._reference(cell)
        return self._replaced(cell)

    def _coder(self, name: str) -> str:
        row = self.coders.get(name.strip())
        if row is None:
            return name
        self.in_tables[row.row] += 1
        return row.replace

    def _reference(self, written: str) -> str:
        """Return the id of an interview or a quotation in the copy; other ids stay."""
        bare = written.strip()
        if bare in self.ids:
            return written.replace(bare, self.ids[bare])
        found = _QUOTATION_ID.fullmatch(bare)
        if found is None or found["interview"] not in self.ids:
            return written
        start, end = self._span(found["interview"], int(found["start"]), int(found["end"]), counted=False)
        return written.replace(bare, f"{self.ids[found['interview']]}:{start}-{end}")

    def _span(self, interview: str, start: int, end: int, *, counted: bool) -> tuple[int, int]:
        carrier = self.carriers[interview]
        new_start, new_end = carrier.span(start, end)
        old = self.study.interview[interview].text[start:end]
        new = self.texts[interview][new_start:new_end]
        touched = carrier.touched(start, end)
        if not touched and new != old:
            raise StudyError.of(
                f"The quotation {interview}:{start}-{end} would lose its words.",
                "Nothing was written; report it.",
            )
        if counted:
            self.quotations += 1
            self.touched += touched
            self.widened += touched and new != self.replacer.replaced(old, Counter())
        return new_start, new_end

    def _toml(self, data: bytes) -> bytes:
        """Replace in the strings of a codebook, but for its ids."""
        text = data.decode("utf-8-sig")

        def new(found: re.Match[str]) -> str:
            return found[0] if found[1] in self.code_ids else f'"{self._replaced(found[1])}"'

        replaced = _LITERAL.sub(new, text)
        tomllib.loads(replaced)
        return replaced.encode("utf-8")

    def settings_text(self, data: bytes, paths: Mapping[str, str]) -> bytes:
        """Return study.toml of the copy: its paths, ids, coders, title and comments, and the watermark."""
        exact = {**paths, **self.ids, **{name: row.replace for name, row in self.coders.items()}}
        lines = []
        section = ""
        for line in data.decode("utf-8-sig").splitlines():
            if heading := re.match(r"\s*\[([^\[\]]+)\]", line):
                section = heading[1].strip()
            if section == "crm" or (section == "study" and re.match(r"\s*synthetic\s*=", line)):
                continue
            if line.lstrip().startswith("#") or re.match(r"\s*(title|id)\s*=", line):
                lines.append(self._replaced(line))
            else:
                lines.append(_LITERAL.sub(lambda found: f'"{exact.get(found[1], found[1])}"', line))
            if heading and section == "study" and self.study.synthetic:
                lines.append("synthetic = true")
        text = "\n".join(lines) + "\n"
        if tomllib.loads(text)["study"].get("synthetic", False) is not self.study.synthetic:
            raise StudyError.of(
                "The copy could not be marked as synthetic.",
                "Write [study] of study.toml as a section of its own.",
                file="study.toml",
            )
        return text.encode("utf-8")


def _warnings(work: _Work, files: Mapping[str, bytes]) -> Iterator[Message]:
    if left := _remaining(work, files):
        yield msg(
            "Words of the table still stand in {files}: in ids, codes or names of coders, or in a"
            " replacement of their own.",
            files=", ".join(left),
        )
    formats = {each for each in work.study.interviews if each.transcript.voices}
    if formats:
        yield msg(
            "{n} transcripts named their speakers in the file format; the copies are plain text.",
            n=Number(len(formats), Kind.COUNT),
        )


def _remaining(work: _Work, files: Mapping[str, bytes]) -> list[str]:
    return [name for name, data in files.items() if work.replacer.edits(data.decode("utf-8"))]


def replacements_unused(rows: Iterable[Replacement], copy: AnonymizedCopy) -> tuple[Replacement, ...]:
    """Return the rows of the table that were found nowhere."""
    return tuple(row for row in rows if not copy.in_texts.get(row.row) and not copy.in_tables.get(row.row))
