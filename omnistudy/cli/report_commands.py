"""report and run: everything that the study has data for, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from omnistudy.results import Provenance, Result
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
    study = open_study(given, quiet=options.quiet)
    shared = provenance(study.inputs, seed=seed, synthetic=study.synthetic)
    chosen = {"to": to, "lang": options.lang, "seed": seed, "cross_check": cross_check}
    results = analysed(study, given, chosen, shared, quiet=options.quiet)
    files = report_files(study, results, chosen)
    write_all(files)
    names = tuple(path.as_posix() for path in files)
    emit(answer(provenance=results[0].provenance, sections=results, files=names), options)


def analysed(
    study: Study, given: Path | None, chosen: Mapping[str, Any], shared: Provenance, *, quiet: bool = True
) -> tuple[Result, ...]:
    """Compute every section of the report.

    Parameters
    ----------
    study, given
        The study, and how the command line named it.
    chosen
        The options of the report: seed and cross_check matter here.
    shared
        Provenance without the reference model, which is added where the study names one.
    quiet
        Show no progress.
    """
    from omnistudy.workflow import WorkflowOptions, raise_differences, run_steps, steps

    comparison = _comparison(study, given)
    known = {file.path for file in shared.inputs}
    further = () if comparison is None else tuple(f for f in comparison.files if f.path not in known)
    shared = replace(shared, inputs=(*shared.inputs, *further))
    workflow = WorkflowOptions(seed=chosen["seed"], cross_check=chosen["cross_check"], comparison=comparison)
    with progress([str(step.title) for step in steps(workflow)], quiet=quiet) as started:
        results = run_steps(study, workflow, shared, started)
    raise_differences(results)
    return results


def _comparison(study: Study, given: Path | None) -> ComparisonInput | None:
    """Read the published model that the study is to be compared with, if it names one."""
    if study.settings.reference.model is None:
        return None
    from omnistudy.replication.compare import load_comparison_input
    from omnistudy.study.load import find_study

    current = Path.cwd()
    return load_comparison_input(study, find_study(given, current), current)


def report_files(study: Study, results: Sequence[Result], chosen: Mapping[str, Any]) -> dict[Path, bytes]:
    """Render the report in all formats that were asked for, with its figures and manifest."""
    from omnistudy.cli.figures import figure_files
    from omnistudy.cli.manifest import manifest
    from omnistudy.render.context import RenderContext
    from omnistudy.render.language import language
    from omnistudy.render.registry import RENDERERS
    from omnistudy.results import msg

    folder, lang = Path("reports") / study.id, chosen["lang"]
    figures = {f"{name}.svg": data for name, data in figure_files(results, lang).items()}
    context = RenderContext(
        language=language(lang),
        title=msg("{title}", title=study.settings.study.title or study.id),
        figure_files={name.removesuffix(".svg"): f"figures/{name}" for name in figures},
    )
    files: dict[Path, bytes] = {}
    for name in dict.fromkeys(part.strip() for part in chosen["to"].split(",")):
        rendered = RENDERERS[name].render(results, context)
        data = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")
        files[folder / f"report{RENDERERS[name].suffix}"] = data
    files |= {folder / "figures" / name: data for name, data in figures.items()}
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
