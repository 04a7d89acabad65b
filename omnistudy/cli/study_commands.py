"""new, check, show: making a study and looking at what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    StudyArgument,
    provenance,
)
from omnistudy.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command("new")(new)
    app.command("check")(check)
    app.command("show")(show)


def new(
    name: Annotated[Path, typer.Argument(metavar="NAME", help="Folder to make, here or at the given path.")],
    reference: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Start around a published model: a name or a file.")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of the transcripts: en, fa, …")
    ] = "en",
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make an empty study that passes check and says what is still to come."""
    from omnistudy.errors import StudyError
    from omnistudy.study.scaffold import NewStudyResult, new_study

    if name.exists() and (not name.is_dir() or any(name.iterdir())):
        raise StudyError.of("The place is taken.", "Choose a name that does not exist yet.", file=str(name))
    files = new_study(name.name, language) if reference is None else _around(name.name, language, reference)
    write_all({name / path: data for path, data in files.items()})
    result = NewStudyResult(
        folder=name.as_posix(), files=tuple(files), provenance=provenance((), seed=None, synthetic=False)
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    say(f"Next: omnistudy import FILE --into {name}, or fill its tables.", quiet=quiet)


def _around(name: str, language: str, given: str) -> dict[str, bytes]:
    """Return the files of a study around a published model, with the model itself where it is a file."""
    from omnistudy.replication.around_model import study_around
    from omnistudy.replication.reference import load_reference

    reference = load_reference(given, None, Path.cwd())
    path = Path(given)
    if not path.is_file():
        return study_around(name, language, reference, model=given)
    files = study_around(name, language, reference, model=path.stem)
    return {**files, f"codebooks/{path.name}": path.read_bytes()}


def check(
    study: StudyArgument = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Report every problem of a study at once: file, row, what, remedy."""
    from omnistudy.study.check import CheckResult

    loaded = open_study(study, quiet=True)
    result = CheckResult.of(
        loaded, provenance=provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic)
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def show(
    study: StudyArgument = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what is in a study: interviews, coders, codes, codings, coverage."""
    from omnistudy.theory.contents import contents_of

    loaded = open_study(study, quiet=quiet)
    result = contents_of(loaded, provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic))
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
