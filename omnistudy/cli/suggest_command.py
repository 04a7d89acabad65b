"""suggest duplicates|categories|codes: suggestions with evidence and a log; nothing is ever applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.messages import warn
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    StudyArgument,
    one_of,
    provenance,
)
from omnistudy.cli.output import emit
from omnistudy.errors import Problem, Severity, StudyError

if TYPE_CHECKING:
    from omnistudy.results import Provenance
    from omnistudy.study.model import Quotation, Study
    from omnistudy.study.settings import LevelName, UnitName
    from omnistudy.theory.suggestions.beside import Alphas, PairAlpha
    from omnistudy.theory.suggestions.categories import CategoriesResult
    from omnistudy.theory.suggestions.codes import CodesSuggestOptions, CodesSuggestResult
    from omnistudy.theory.suggestions.duplicates import DuplicatesResult
    from omnistudy.theory.suggestions.log import Decision

    Suggested = DuplicatesResult | CategoriesResult | CodesSuggestResult

LEVELS = ("code", "subcategory", "category")
UNITS = ("sentence", "paragraph", "turn", "quotation")

AcceptOption = Annotated[
    list[str] | None, typer.Option("--accept", metavar="ID", help="Note in the log as accepted; repeatable.")
]
RejectOption = Annotated[
    list[str] | None, typer.Option("--reject", metavar="ID", help="Note in the log as rejected; repeatable.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(
        help="Suggest duplicates, categories or codes, with evidence; nothing is ever applied.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("duplicates")(duplicates)
    group.command("categories")(categories)
    group.command("codes")(codes)
    app.add_typer(group, name="suggest")


def _likeness(value: float) -> float:
    if not 0 < value <= 1:
        raise typer.BadParameter("A likeness lies above 0 and is at most 1.")
    return value


def duplicates(
    study: StudyArgument = None,
    threshold: Annotated[float, typer.Option(callback=_likeness, help="Least likeness of a pair.")] = 0.70,
    accept: AcceptOption = None,
    reject: RejectOption = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Find codes whose labels look alike, in any spelling."""
    from omnistudy.theory.suggestions.duplicates import KIND, suggest_duplicates

    def compute(loaded: Study, source: Provenance, standing: Mapping[str, Decision]) -> Suggested:
        return suggest_duplicates(loaded, source, threshold=threshold, standing=standing)

    _run(
        study,
        KIND,
        compute,
        decided=(tuple(accept or ()), tuple(reject or ())),
        shown=OutputOptions(format=format, output=output, lang=lang, quiet=quiet),
    )


def categories(
    study: StudyArgument = None,
    groups: Annotated[
        int | None, typer.Option(min=2, help="How many groups; else as many as the codebook has categories.")
    ] = None,
    accept: AcceptOption = None,
    reject: RejectOption = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Group open codes that might belong together, beside the researchers' own categories."""
    from omnistudy.theory.suggestions.categories import KIND, suggest_categories

    def compute(loaded: Study, source: Provenance, standing: Mapping[str, Decision]) -> Suggested:
        return suggest_categories(loaded, source, clusters=groups, standing=standing)

    _run(
        study,
        KIND,
        compute,
        decided=(tuple(accept or ()), tuple(reject or ())),
        shown=OutputOptions(format=format, output=output, lang=lang, quiet=quiet),
    )


def codes(
    study: StudyArgument = None,
    unit: Annotated[
        str,
        typer.Option(
            callback=lambda value: one_of(value, UNITS), metavar="|".join(UNITS), help="Unit of the passages."
        ),
    ] = "sentence",
    level: Annotated[
        str,
        typer.Option(
            callback=lambda value: one_of(value, LEVELS), metavar="|".join(LEVELS), help="Level of the codes."
        ),
    ] = "code",
    threshold: Annotated[
        float, typer.Option(callback=_likeness, help="Least likeness with a coded quotation.")
    ] = 0.30,
    most: Annotated[int, typer.Option(min=1, help="Passages shown at most.")] = 20,
    accept: AcceptOption = None,
    reject: RejectOption = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Find passages without a code that look like coded quotations, with the trial of such suggestions."""
    from omnistudy.study.model import Level
    from omnistudy.theory.suggestions.codes import KIND, CodesSuggestOptions, suggest_codes

    options = CodesSuggestOptions(unit=unit, level=Level(level), threshold=threshold, most=most)

    def compute(loaded: Study, source: Provenance, standing: Mapping[str, Decision]) -> Suggested:
        return suggest_codes(loaded, options, source, standing, alphas=_alphas(loaded, options, source))

    _run(
        study,
        KIND,
        compute,
        decided=(tuple(accept or ()), tuple(reject or ())),
        shown=OutputOptions(format=format, output=output, lang=lang, quiet=quiet),
    )


def _alphas(study: Study, options: CodesSuggestOptions, source: Provenance) -> Alphas:
    """Let agreement, of which theory knows nothing, compare people with the suggestions of the trial."""
    from omnistudy.theory.suggestions.beside import PairAlpha

    def alphas(named: Sequence[tuple[Quotation, str]]) -> tuple[PairAlpha, ...]:
        from omnistudy.agreement.machine_beside import alphas_beside_machine

        # A passage here is a line; quotations of free coding overlap and divide no text.
        unit = "paragraph" if options.unit == "quotation" else options.unit
        name, rows = alphas_beside_machine(
            study,
            named,
            unit=cast("UnitName", unit),
            level=cast("LevelName", str(options.level)),
            provenance=source,
        )
        return tuple(
            PairAlpha(
                first=row.coders[0],
                second=row.coders[1],
                kind="human-machine" if name in row.coders else "human-human",
                value=row.value,
                reason=row.reason,
                units=row.n_units,
            )
            for row in rows
        )

    return alphas


class _Compute(Protocol):
    def __call__(
        self, loaded: Study, source: Provenance, standing: Mapping[str, Decision], /
    ) -> Suggested: ...


def _run(
    given: Path | None,
    kind: str,
    compute: _Compute,
    *,
    decided: tuple[tuple[str, ...], tuple[str, ...]],
    shown: OutputOptions,
) -> None:
    """Compute, note in the log what is shown and decided, and print what then stands."""
    from dataclasses import replace

    from omnistudy.study.load import find_study, load_study
    from omnistudy.theory.suggestions.log import LOG_FILE, decisions, log_lines, new_entries, read_log

    folder = find_study(given, Path.cwd())
    study = load_study(folder)
    warn(study.warnings, quiet=shown.quiet, lang=shown.lang)
    log = folder / LOG_FILE
    before = _read(log)
    entries = read_log(before, str(log))
    source = provenance(study.inputs, seed=None, synthetic=study.synthetic)
    result = compute(study, source, decisions(entries, kind))
    accept, reject = decided
    fresh = new_entries(kind, result.ids, result.standing, accept=accept, reject=reject)
    if fresh:
        _append(log, before, log_lines(fresh), must=bool(accept or reject), shown=shown)
        result = replace(result, standing=decisions((*entries, *fresh), kind))
    emit(result, shown)


def _read(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise StudyError.of(
            f"The log of suggestions cannot be read: {reason}.", "Restore or remove it.", file=str(log)
        ) from None


def _append(log: Path, before: str, lines: str, *, must: bool, shown: OutputOptions) -> None:
    """Append to the log; a study that cannot be written to can still be looked at."""
    whole = before if not before or before.endswith("\n") else f"{before}\n"
    try:
        write_all({log: (whole + lines).encode("utf-8")})
    except StudyError as error:
        if must:
            raise
        unlogged = Problem(
            what=f"What was shown is not in the log: {error.problems[0].what}",
            remedy="",
            severity=Severity.WARNING,
        )
        warn([unlogged], quiet=shown.quiet, lang=shown.lang)
