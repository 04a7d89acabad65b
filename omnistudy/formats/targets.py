"""What a study can be exported to: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from omnistudy.formats.exported import Exported, KeptTables
from omnistudy.formats.refi.codebook_writer import export_qdc
from omnistudy.formats.refi.project_writer import export_qdpx
from omnistudy.formats.sheets.tidy_export import export_csv, export_xlsx
from omnistudy.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTarget:
    """A kind of file that a study can be exported to.

    Parameters
    ----------
    name
        Its name on the command line.
    suffix
        Ending of the file.
    title
        Its name for people.
    write
        Makes the file; the second argument holds tables that only imports write.
    programs
        Programs for which it can be written in another way, by the name on the command line.
    """

    name: str
    suffix: str
    title: str
    write: Callable[[Study, KeptTables], Exported]
    programs: tuple[tuple[str, Callable[[Study, KeptTables], Exported]], ...] = ()


EXPORT_TARGETS: tuple[ExportTarget, ...] = (
    ExportTarget(
        name="qdpx",
        suffix=".qdpx",
        title="REFI-QDA project",
        write=lambda study, kept: export_qdpx(study, kept=kept),
        programs=(("nvivo", lambda study, kept: export_qdpx(study, nvivo=True, kept=kept)),),
    ),
    ExportTarget(
        name="qdc", suffix=".qdc", title="REFI-QDA codebook", write=lambda study, _: export_qdc(study)
    ),
    ExportTarget(
        name="csv", suffix=".csv", title="one row per coding", write=lambda study, _: export_csv(study)
    ),
    ExportTarget(
        name="xlsx", suffix=".xlsx", title="one row per coding", write=lambda study, _: export_xlsx(study)
    ),
)
