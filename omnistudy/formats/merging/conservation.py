"""Every coding of the files looked up in the tables as they will be written: held, repeated or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.codes import CodeMatcher
from omnistudy.formats.into_study.csv_text import parse_csv
from omnistudy.formats.into_study.existing import CODINGS, ExistingStudy
from omnistudy.formats.into_study.plan import ImportPlan
from omnistudy.formats.into_study.rows import coding_key, coding_row
from omnistudy.formats.into_study.same_text import by_hash, in_study
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Conservation:
    """Codings that readers gave = codings of the study that hold them + exact duplicates + refused."""

    given: int
    held: int
    duplicates: int
    refused: int


def conserved(projects: Sequence[ImportedProject], study: ExistingStudy, plan: ImportPlan) -> Conservation:
    """Look up every coding in the tables as they will be written.

    Raises
    ------
    StudyError
        If one is in none of them and was not refused.
    """
    tables = dict.fromkeys([CODINGS, *(entry.file for entry in study.settings.codings.files)])
    named = {entry.file: entry.coder for entry in study.settings.codings.files}
    held = {
        coding_key({**row, "coder": row.get("coder") or named.get(path) or ""})
        for path in tables
        for row in parse_csv(plan.files.get(path) or study.files.get(path, b"")).rows
    }
    texts = by_hash(study.interviews)
    folder = f"{study.settings.interviews.transcripts}/"
    for path, data in plan.files.items():
        if path.startswith(folder):
            text = data.decode("utf-8").removeprefix("\ufeff")
            brought = path.removeprefix(folder).removesuffix(".txt")
            texts.setdefault(Transcript(text).sha256, []).append(brought)
    matcher = CodeMatcher(study.codebook)
    given, keys, refused, lost = 0, [], 0, 0
    for project in projects:
        codes = matcher.match(project.codes)
        interviews = in_study(project.sources, texts)
        place = {quotation.id: quotation for quotation in project.quotations}
        for coding in project.codings:
            given += 1
            quotation = place.get(coding.quotation)
            interview = interviews.get(quotation.source) if quotation else None
            if (
                quotation is None
                or interview is None
                or coding.code not in codes
                or quotation.start == quotation.end
            ):
                refused += 1
            else:
                row = coding_row(coding, quotation, interview=interview, code=codes[coding.code])
                keys.append(coding_key(row))
                lost += keys[-1] not in held
    if lost:
        raise StudyError.of(
            f"{lost} of {given} codings would be lost by the merge, so that nothing is written.",
            "Merge the files one at a time to see which it is, and report it.",
        )
    distinct = len(set(keys))
    return Conservation(given, distinct, len(keys) - distinct, refused)
