"""import: other programs' files into a study, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    provenance,
)
from omnistudy.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("import")(import_files)


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of other programs.")],
    into: Annotated[Path, typer.Option("--into", metavar="STUDY", help="The study that takes them in.")],
    coder: Annotated[
        str | None, typer.Option("--coder", metavar="NAME", help="Who coded, for files that do not say.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring other programs' files into a study: what was read, left out, verified."""
    from omnistudy.formats.existing import existing_study
    from omnistudy.formats.into_study import into_study
    from omnistudy.formats.registry import read_project
    from omnistudy.formats.result import ImportResult
    from omnistudy.results import InputFile
    from omnistudy.study.load import find_study

    folder = find_study(into, Path.cwd())
    projects = [read_project(path, coder) for path in files]
    study = existing_study(folder)
    plan = into_study(projects, study)
    inputs = [InputFile(str(path), project.sha256) for path, project in zip(files, projects, strict=True)]
    shared = provenance(inputs, seed=None, synthetic=False)
    result = ImportResult(plan=plan, dry_run=dry_run, provenance=shared)
    if not dry_run:
        write_all({folder / path: data for path, data in plan.files.items()})
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    if plan.files and not dry_run:
        say(f"Next: omnistudy check {into}", quiet=quiet)
