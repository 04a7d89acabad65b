"""report and run: everything that the study has data for, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.messages import say
from omnistudy.cli.next_step import command_line, say_next
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
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
from omnistudy.cli.report_choices import (
    CrossCheckOption,
    ParticipantsOption,
    QuotesOption,
    ReportChoices,
    TemplateOption,
    ToOption,
)
from omnistudy.results import msg
from omnistudy.text.direction import terminal_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from omnistudy.cli.report_result import ReportResult
    from omnistudy.workflow import Step

DEFAULT_PAGES = "html,docx,xlsx,md"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("report")(report)
    app.command("run")(run)


def report(
    study: StudyArgument = None,
    to: ToOption = DEFAULT_PAGES,
    quotes: QuotesOption = "full",
    participants: ParticipantsOption = "id",
    template: TemplateOption = None,
    cross_check: CrossCheckOption = True,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write the report of a study to reports/<study id>/ below the current folder."""
    from omnistudy.cli.report_result import ReportResult

    choices = ReportChoices.of_command_line(
        to=to,
        lang=lang,
        seed=seed,
        cross_check=cross_check,
        quotes=quotes,
        participants=participants,
        template=template,
    )
    _written(
        study, choices, OutputOptions(format=format, output=output, lang=lang, quiet=quiet), ReportResult
    )


def run(
    study: StudyArgument = None,
    to: ToOption = DEFAULT_PAGES,
    quotes: QuotesOption = "full",
    participants: ParticipantsOption = "id",
    template: TemplateOption = None,
    cross_check: CrossCheckOption = True,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Check a study, analyse everything it has data for, and write the report."""
    from omnistudy.cli.report_result import RunResult

    choices = ReportChoices.of_command_line(
        to=to,
        lang=lang,
        seed=seed,
        cross_check=cross_check,
        quotes=quotes,
        participants=participants,
        template=template,
    )
    _written(study, choices, OutputOptions(format=format, output=output, lang=lang, quiet=quiet), RunResult)


def _written(
    given: Path | None, choices: ReportChoices, options: OutputOptions, answer: type[ReportResult]
) -> None:
    from omnistudy.cli.report_making import analysed, report_files

    study = open_study(given, quiet=options.quiet, lang=options.lang)
    shared = provenance(study.inputs, seed=choices.seed, synthetic=study.synthetic)
    results = analysed(
        study, given, choices, shared, partial(progress, quiet=options.quiet, lang=options.lang)
    )
    files = report_files(study, results, choices)
    write_all(files)
    names = tuple(path.as_posix() for path in files)
    emit(answer(provenance=results[0].provenance, sections=results, files=names), options)
    named = () if given is None else (given,)
    say_next(
        msg(
            "Next: read {file}; later {command} says whether it can be made again",
            file=terminal_safe(names[0]),
            command=command_line("verify", *named),
        ),
        options.lang,
        quiet=options.quiet,
    )


@contextmanager
def progress(titles: Sequence[str], *, quiet: bool, lang: str = "en") -> Iterator[Callable[[Step], None]]:
    """Show which analysis is running: a bar in a terminal, a line each elsewhere, nothing if quiet."""
    import sys

    from omnistudy.render.language import language

    reader = language(lang)

    if quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield lambda step: say(msg("{title} …", title=step.title), lang)
    else:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description:<24}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=len(titles) + 1)

            def started(step: Step) -> None:
                bar.update(task, advance=1, description=reader.text(step.title))

            yield started
