"""report and run: everything that the study has data for, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    SeedOption,
    StudyArgument,
    one_of,
    provenance,
)
from omnistudy.cli.output import emit, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from omnistudy.cli.report_result import ReportResult
    from omnistudy.replication.compare import ComparisonInput
    from omnistudy.results import Result
    from omnistudy.study.model import Study
    from omnistudy.workflow import Step

PAGES = ("html", "md")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("report")(report)
    app.command("run")(run)


def _pages(value: str) -> str:
    for name in value.split(","):
        one_of(name.strip(), PAGES)
    return value


ToOption = Annotated[
    str,
    typer.Option(
        "--to", callback=_pages, metavar=",".join(PAGES), help="Formats of the report, with commas."
    ),
]
CrossCheckOption = Annotated[
    bool, typer.Option("--cross-check/--no-cross-check", help="Recompute agreement with other packages.")
]


def report(
    study: StudyArgument = None,
    to: ToOption = "html,md",
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

    options = OutputOptions(format=format, output=output, lang=lang, quiet=quiet)
    _written(study, to, cross_check, seed, options, ReportResult)


def run(
    study: StudyArgument = None,
    to: ToOption = "html,md",
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

    options = OutputOptions(format=format, output=output, lang=lang, quiet=quiet)
    _written(study, to, cross_check, seed, options, RunResult)


def _written(
    given: Path | None,
    to: str,
    cross_check: bool,
    seed: int,
    options: OutputOptions,
    answer: type[ReportResult],
) -> None:
    from omnistudy.workflow import WorkflowOptions, raise_differences, run_steps, steps

    study = open_study(given, quiet=options.quiet)
    comparison = _comparison(study, given)
    inputs = (*study.inputs, *(comparison.files if comparison is not None else ()))
    shared = provenance(inputs, seed=seed, synthetic=study.synthetic)
    workflow = WorkflowOptions(seed=seed, cross_check=cross_check, comparison=comparison)
    with progress([str(step.title) for step in steps(workflow)], quiet=options.quiet) as started:
        results = run_steps(study, workflow, shared, started)
    raise_differences(results)
    files = report_files(study, results, to, options.lang, seed)
    write_all(files)
    names = tuple(path.as_posix() for path in files)
    emit(answer(provenance=shared, sections=results, files=names), options)


def _comparison(study: Study, given: Path | None) -> ComparisonInput | None:
    """Read the published model that the study is to be compared with, if it names one."""
    if study.settings.reference.model is None:
        return None
    from omnistudy.replication.compare import load_comparison_input
    from omnistudy.study.load import find_study

    current = Path.cwd()
    return load_comparison_input(study, find_study(given, current), current)


def report_files(study: Study, results: Sequence[Result], to: str, lang: str, seed: int) -> dict[Path, bytes]:
    """Render the report in all formats that were asked for, with its figures and manifest."""
    from omnistudy.cli.figures import figure_files
    from omnistudy.cli.manifest import manifest
    from omnistudy.render.context import RenderContext
    from omnistudy.render.language import language
    from omnistudy.render.registry import RENDERERS
    from omnistudy.results import msg

    folder = Path("reports") / study.id
    figures = {f"{name}.svg": data for name, data in figure_files(results, lang).items()}
    context = RenderContext(
        language=language(lang),
        title=msg("{title}", title=study.settings.study.title or study.id),
        figure_files={name.removesuffix(".svg"): f"figures/{name}" for name in figures},
    )
    files: dict[Path, bytes] = {}
    for name in dict.fromkeys(part.strip() for part in to.split(",")):
        rendered = RENDERERS[name].render(results, context)
        data = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")
        files[folder / f"report{RENDERERS[name].suffix}"] = data
    files |= {folder / "figures" / name: data for name, data in figures.items()}
    chosen = {"to": to, "lang": lang, "seed": seed}
    files[folder / "manifest.json"] = manifest(results, chosen, files)
    return files


@contextmanager
def progress(titles: Sequence[str], *, quiet: bool) -> Iterator[Callable[[Step], None]]:
    """Show which analysis is running: a bar in a terminal, a line each elsewhere, nothing if quiet."""
    import sys

    if quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield lambda step: say(f"{step.title} …")
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
                bar.update(task, advance=1, description=str(step.title))

            yield started
