"""Other programs' files named under ``[codings] files``: read in place, nothing is imported or written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from omnistudy.errors import StudyError
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.formats.reading.interview_ids import safe_id
from omnistudy.formats.registry import read_project
from omnistudy.study.model import Interview
from omnistudy.study.settings import CodingFile
from omnistudy.study.tables import CsvTable, Door

COLUMNS = ("interview", "start", "end", "coder", "code", "quote", "round", "created", "memo", "source")


def coding_table(door: Door, entry: CodingFile, interviews: Sequence[Interview]) -> CsvTable | None:
    """Read the codings of another program's file as the table that ``load_study`` checks.

    Parameters
    ----------
    door
        Collects what is wrong with the file.
    entry
        Its path relative to the study, and the coder where the file does not say.
    interviews
        The study's interviews: a document of the file is the interview with the same text, else the one
        whose id its name gives.

    Returns
    -------
    CsvTable or None
        One row per coding with the words that the file's own text has there, so that every row is
        compared with the transcript; ``None`` when the file cannot be read. Row numbers count codings.
    """
    try:
        project = read_project(door.folder / entry.file, entry.coder)
    except StudyError as error:
        for problem in error.problems:
            door.problem(
                problem.what, problem.remedy, file=entry.file, row=problem.row, column=problem.column
            )
        return None
    door.inputs[entry.file] = project.sha256
    for item in project.left_out:
        door.warning(
            f"Left out: {item.what} ({item.count}), {item.why}.", "See: omnistudy import.", file=entry.file
        )
    records = list(enumerate(_records(project, interviews), start=1))
    return CsvTable(entry.file, COLUMNS, {name: at for at, name in enumerate(COLUMNS)}, records)


def _records(project: ImportedProject, interviews: Sequence[Interview]) -> Iterator[list[str]]:
    by_text = {interview.transcript.sha256: interview.id for interview in interviews}
    texts = {source.id: source.text for source in project.sources}
    names = {
        source.id: by_text.get(hashlib.sha256(source.text.encode("utf-8")).hexdigest())
        or safe_id(source.name)
        for source in project.sources
    }
    codes = {code.id: code.proposed_id or " > ".join(code.path) for code in project.codes}
    quotations = {quotation.id: quotation for quotation in project.quotations}
    for coding in project.codings:
        span = quotations[coding.quotation]
        yield [
            names[span.source],
            str(span.start),
            str(span.end),
            coding.coder,
            codes[coding.code],
            texts[span.source][span.start : span.end],
            coding.round,
            coding.created,
            coding.memo,
            f"{project.file}#{span.id}",
        ]
