"""anonymize: a copy of a study with reviewed replacements, read back before it is kept."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.files import reading, write_all
from omnistudy.cli.folder_lock import held
from omnistudy.cli.next_step import command_line, say_next
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    provenance,
)
from omnistudy.cli.output import emit
from omnistudy.errors import StudyError
from omnistudy.results import msg

_WAITING = ".omnistudy-copy-"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("anonymize")(anonymize_study)


def anonymize_study(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="A study folder or its study.toml.")],
    table: Annotated[
        Path,
        typer.Option("--table", metavar="FILE", help="Reviewed table: find,replace and kind,whole_word."),
    ],
    into: Annotated[Path, typer.Option("--into", metavar="NEW", help="Folder of the copy, new or empty.")],
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Copy a study with names and places replaced; offsets and quotes are carried over."""
    from omnistudy.formats.anonymizing.anonymize import anonymize, study_tables
    from omnistudy.formats.anonymizing.replacements import read_replacements
    from omnistudy.formats.anonymizing.result import AnonymizeResult
    from omnistudy.results import InputFile
    from omnistudy.study.input_files import fault_of, read_input
    from omnistudy.study.load import find_study, load_study

    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise StudyError.of("The place is taken.", "Choose a name that does not exist yet.", file=str(into))
    folder = find_study(study, Path.cwd())
    with reading(folder):
        loaded = load_study(folder)
    try:
        data = read_input(table)
    except OSError as error:
        raise StudyError.of(f"The file {fault_of(error)}.", "Name the table.", file=str(table)) from None
    rows = read_replacements(data, str(table))
    copy = anonymize(loaded, study_tables(folder, loaded), rows)
    verified = _kept(into, dict(copy.files))
    inputs = [*loaded.inputs, InputFile(str(table), hashlib.sha256(data).hexdigest())]
    result = AnonymizeResult(
        copy=copy,
        rows=rows,
        verified=verified,
        provenance=provenance(inputs, seed=None, synthetic=loaded.synthetic),
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    step = msg("Next: read the copy, then {command}", command=command_line("check", into))
    say_next(step, lang, quiet=quiet)


def _kept(into: Path, files: dict[str, bytes]) -> int:
    """Write the copy beside its place, read it back, and only then move it there."""
    from omnistudy.study.load import load_study

    into.parent.mkdir(parents=True, exist_ok=True)
    with held(into.parent) as alone:
        if alone:
            for left in into.parent.glob(f"{_WAITING}????????"):  # of a command that was killed
                shutil.rmtree(left, ignore_errors=True)
        waiting = Path(tempfile.mkdtemp(dir=into.parent, prefix=_WAITING))
        try:
            write_all({waiting / path: data for path, data in files.items()})
            verified = load_study(waiting).quotes_checked
            if into.exists():
                into.rmdir()
            waiting.chmod(0o755)
            waiting.rename(into)
        finally:
            shutil.rmtree(waiting, ignore_errors=True)
    return verified
