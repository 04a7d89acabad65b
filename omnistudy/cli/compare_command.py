"""freeze and compare: the protocol fixed before coding, and the comparison with a published model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    MOST_DRAWS,
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    SeedOption,
    StudyArgument,
    provenance,
)
from omnistudy.cli.output import emit

ReferenceOption = Annotated[
    str | None,
    typer.Option(
        "--reference", metavar="MODEL", help="A model in codebooks/ or a path; else the one of study.toml."
    ),
]
ResamplesOption = Annotated[int, typer.Option(min=0, max=MOST_DRAWS, help="Resamples of interviews.")]
BootstrapOption = Annotated[
    int, typer.Option(min=0, max=MOST_DRAWS, help="Resamples of concepts for role kappa.")
]
DecoysOption = Annotated[int, typer.Option(min=0, max=MOST_DRAWS, help="Draws of each kind of decoy.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("freeze")(freeze)
    app.command("compare")(compare)


def freeze(
    study: StudyArgument = None,
    reference: ReferenceOption = None,
    resamples: ResamplesOption = 2000,
    bootstrap: BootstrapOption = 10_000,
    decoys: DecoysOption = 200,
    replace: Annotated[
        bool, typer.Option("--replace", help="Freeze anew over an older protocol.json.")
    ] = False,
    date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Date to write instead of today's.")
    ] = None,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Fix the protocol of a study by its hash, before coding: writes protocol.json into the study."""
    from datetime import date as calendar_date

    from omnistudy.errors import StudyError
    from omnistudy.replication.compare import load_comparison_input
    from omnistudy.replication.freeze import PROTOCOL_FILE, protocol_bytes, protocol_of
    from omnistudy.replication.freeze_result import FreezeResult
    from omnistudy.replication.options import CompareOptions

    folder = study_folder(study)
    target = folder / PROTOCOL_FILE
    if target.exists() and not replace:
        raise StudyError.of(
            "The study is frozen already.",
            "Keep its protocol: compare lists every later change. To start over, give --replace.",
            file=PROTOCOL_FILE,
        )
    written = _date(date) if date is not None else calendar_date.today().isoformat()
    loaded = open_study(folder, quiet=quiet, lang=lang)
    given = load_comparison_input(loaded, folder, Path.cwd(), reference)
    options = CompareOptions(resamples=resamples, bootstrap=bootstrap, decoys=decoys, seed=seed)
    protocol = protocol_of(loaded, given.reference, options)
    codings = len(loaded.codings)
    write_all({target: protocol_bytes(protocol, date=written, codings=codings)})
    result = FreezeResult(
        provenance=provenance((*loaded.inputs, given.reference.file), seed=seed, synthetic=loaded.synthetic),
        protocol=protocol,
        date=written,
        codings=codings,
    )
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _date(text: str) -> str:
    from datetime import date as calendar_date

    try:
        return calendar_date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a date such as 2025-01-31.") from error


def compare(
    study: StudyArgument = None,
    reference: ReferenceOption = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="ATTRIBUTE", help="Group respondents by this attribute; repeatable."),
    ] = None,
    resamples: ResamplesOption = 2000,
    bootstrap: BootstrapOption = 10_000,
    decoys: DecoysOption = 200,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Compare a study with a published model, by the rule that was declared beforehand."""
    from omnistudy.replication.compare import compare_of, load_comparison_input
    from omnistudy.replication.options import CompareOptions

    folder = study_folder(study)
    loaded = open_study(folder, quiet=quiet, lang=lang)
    given = load_comparison_input(loaded, folder, Path.cwd(), reference)
    options = CompareOptions(
        resamples=resamples, bootstrap=bootstrap, decoys=decoys, seed=seed, attributes=tuple(group or ())
    )
    shared = provenance((*loaded.inputs, *given.files), seed=seed, synthetic=loaded.synthetic)
    result = compare_of(loaded, given, options, shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def study_folder(given: Path | None) -> Path:
    """Return the folder of the study that a command means."""
    from omnistudy.study.load import find_study

    return find_study(given, Path.cwd())
