"""new, check, show: making a study and looking at what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.next_step import FILE, command_line, next_commands, say_next
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
from omnistudy.cli.output import emit
from omnistudy.results import msg
from omnistudy.text.direction import terminal_safe

if TYPE_CHECKING:
    from omnistudy.results import Message
    from omnistudy.study.model import Study


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
        str | None,
        typer.Option("--language", help="Language of the transcripts: en, fa, …  [default: theirs, else en]"),
    ] = None,
    transcripts: Annotated[
        Path | None,
        typer.Option("--transcripts", metavar="FOLDER", help="Copy the transcripts of a folder into it."),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Copy the demonstration study, which is synthetic.")
    ] = False,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make an empty study that passes check and says what is still to come."""
    from omnistudy.errors import StudyError
    from omnistudy.study.scaffold import NewStudyResult

    if demo and (reference is not None or language is not None or transcripts is not None):
        raise typer.BadParameter(
            "--demo copies a whole study; --reference, --language and --transcripts start one of your own."
        )

    if name.exists() and (not name.is_dir() or any(name.iterdir())):
        raise StudyError.of("The place is taken.", "Choose a name that does not exist yet.", file=str(name))
    files = _demonstration() if demo else _own(name.name, language, reference, transcripts)
    write_all({name / path: data for path, data in files.items()})
    result = NewStudyResult(
        folder=name.as_posix(), files=tuple(files), provenance=provenance((), seed=None, synthetic=demo)
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    further = command_line("run", name) if demo else command_line("import", FILE, "--into", name)
    say_next(msg("Next: {command}", command=further), lang, quiet=quiet)


def _demonstration() -> dict[str, bytes]:
    from omnistudy.study.demonstration import demonstration_study

    return demonstration_study()


def _own(name: str, language: str | None, given: str | None, folder: Path | None) -> dict[str, bytes]:
    """Return the files of a new study; around a published model, with the model where it is a file."""
    from omnistudy.study.brought_transcripts import transcripts_of
    from omnistudy.study.scaffold import new_study

    brought = None if folder is None else transcripts_of(folder)
    language = language or ("en" if brought is None else brought.language)
    files = new_study(name, language, None if brought is None else brought.files)
    if given is None:
        return files
    from omnistudy.replication.around_model import study_around
    from omnistudy.replication.reference import load_reference

    reference = load_reference(given, None, Path.cwd())
    path = Path(given)
    if not path.is_file():
        around = study_around(name, language, reference, model=given)
    else:
        around = study_around(name, language, reference, model=path.stem)
        around[f"codebooks/{path.name}"] = path.read_bytes()
    if brought is None:
        return around
    of_interviews = {
        path: files[path] for path in files if path.startswith(("transcripts/", "participants."))
    }
    return {**{path: data for path, data in around.items() if path != "transcripts/.keep"}, **of_interviews}


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
    say_next(_after_check(loaded, study or Path()), lang, quiet=quiet)


def _after_check(study: Study, folder: Path) -> Message:
    """Return the next step of a study: its transcripts, its codings, then its coders or its report."""
    named = () if folder == Path() else (folder,)
    if not study.interviews:
        transcripts = (folder / study.settings.interviews.transcripts).as_posix()
        return msg("Next: put the transcripts into {folder}", folder=terminal_safe(transcripts))
    if not study.codings:
        return msg("Next: {command}", command=command_line("import", FILE, "--into", folder))
    commands = [command_line("run", *named)]
    if len({coding.coder for coding in study.codings}) > 1:
        commands.insert(0, command_line("agreement", *named))
    return next_commands(commands)


def show(
    study: StudyArgument = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what is in a study: interviews, coders, codes, codings, coverage."""
    from omnistudy.theory.counts.contents import contents_of

    loaded = open_study(study, quiet=quiet, lang=lang)
    result = contents_of(loaded, provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic))
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
