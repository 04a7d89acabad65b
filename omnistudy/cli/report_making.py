"""Making a report: every section computed, then every file of it rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.errors import StudyError
from omnistudy.results import InputFile, msg

if TYPE_CHECKING:
    from omnistudy.cli.report_choices import ReportChoices
    from omnistudy.replication.compare import ComparisonInput
    from omnistudy.reporting.answers import Answers
    from omnistudy.results import Provenance, Result
    from omnistudy.study.model import Study
    from omnistudy.workflow import Step

Progress = Callable[[Sequence[str]], AbstractContextManager[Callable[["Step"], None]]]


def analysed(
    study: Study, given: Path | None, choices: ReportChoices, shared: Provenance, progress: Progress
) -> tuple[Result, ...]:
    """Compute every section of the report.

    Parameters
    ----------
    study, given
        The study, and how the command line named it.
    choices
        What the user chose.
    shared
        Provenance without the files that the report reads beside the study, which are added here.
    progress
        Opens the display of progress over the titles of the steps.
    """
    from omnistudy.cli.report_customers import customer_sources
    from omnistudy.study.load import find_study
    from omnistudy.workflow import WorkflowOptions, raise_differences, run_steps, steps

    folder = find_study(given, Path.cwd())
    comparison = _comparison(study, folder)
    answers = _answers(study, folder)
    with customer_sources(study, folder) as (customers, read):
        further = [*(() if comparison is None else comparison.files), *read]
        if answers is not None and answers.source is not None:
            further.append(answers.source)
        if choices.template is not None:
            further.append(InputFile(choices.template, hashlib.sha256(_template(choices) or b"").hexdigest()))
        shared = replace(shared, inputs=_each_once((*shared.inputs, *further)))
        workflow = WorkflowOptions(
            seed=choices.seed,
            cross_check=choices.cross_check,
            comparison=comparison,
            customers=customers,
            answers=answers,
            described=choices.described,
        )
        with progress([str(step.title) for step in steps(workflow)]) as started:
            results = run_steps(study, workflow, shared, started)
    raise_differences(results)
    return results


def _each_once(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    return tuple({file.path: file for file in reversed(tuple(files))}.values())[::-1]


def _comparison(study: Study, folder: Path) -> ComparisonInput | None:
    """Read the published model that the study is to be compared with, if it names one."""
    if study.settings.reference.model is None:
        return None
    from omnistudy.replication.compare import load_comparison_input

    return load_comparison_input(study, folder, Path.cwd())


def _answers(study: Study, folder: Path) -> Answers | None:
    """Read the researcher's answers to checklist items, if the study names them."""
    name = study.settings.report.answers
    if name is None:
        return None
    from omnistudy.reporting.answers import read_answers
    from omnistudy.reporting.checklists import STANDARDS

    return read_answers(folder / name, name, STANDARDS)


def _template(choices: ReportChoices) -> bytes | None:
    if choices.template is None:
        return None
    from omnistudy.study.input_files import fault_of, read_input

    try:
        return read_input(Path(choices.template))
    except OSError as error:
        raise StudyError.of(
            f"The template {fault_of(error)}.",
            "Name a Word document, FILE.docx.",
            file=choices.template,
        ) from None


def report_files(study: Study, results: Sequence[Result], choices: ReportChoices) -> dict[Path, bytes]:
    """Render the report in all formats that were asked for, with its figures and manifest."""
    from omnistudy.cli.figures import figure_files
    from omnistudy.cli.manifest import manifest
    from omnistudy.cli.report_choices import report_folder
    from omnistudy.render.context import RenderContext
    from omnistudy.render.language import language
    from omnistudy.render.once import Once
    from omnistudy.render.registry import RENDERERS

    results = [Once.of(result) for result in results]
    folder = report_folder(study.id, choices.lang)
    figures = {f"{name}.svg": data for name, data in figure_files(results, choices.lang).items()}
    pictures = figure_files(results, choices.lang, "png")
    figures |= {f"{name}.png": data for name, data in pictures.items()}
    context = RenderContext(
        language=language(choices.lang),
        title=msg("{title}", title=study.settings.study.title or study.id),
        figure_files={Path(name).stem: f"figures/{name}" for name in figures if name.endswith(".svg")},
        pictures=pictures,
        quotes=choices.quotes,
        template=_template(choices),
    )
    files: dict[Path, bytes] = {}
    for name in choices.to:
        rendered = RENDERERS[name].render(results, context)
        data = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")
        files[folder / f"report{RENDERERS[name].suffix}"] = data
    files |= {folder / "figures" / name: data for name, data in figures.items()}
    files[folder / "manifest.json"] = manifest(results, choices.as_json(), files)
    return files
