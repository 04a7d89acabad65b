"""crm links: the categories of the model beside the metrics of the records."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.crm_records import (
    CalendarOption,
    ColumnsOption,
    EngineOption,
    MapOption,
    RecordChoice,
    ZoneOption,
    open_records,
)
from omnistudy.cli.files import write_all, write_outputs
from omnistudy.cli.messages import say_wrote
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
from omnistudy.cli.output import emit
from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from omnistudy.cli.crm_records import Opened
    from omnistudy.crm.links.result import LinksResult
    from omnistudy.results import Label
    from omnistudy.study.model import Study

SHIPPED = "maskan-crm-links"
CALENDARS = ("gregorian", "jalali")


def links(
    study: StudyArgument = None,
    links: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The links; else study.toml's, else the shipped map.")
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Records, when the study names none: a table or a folder."),
    ] = None,
    register: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only write the hashes of the links, before any data.")
    ] = None,
    registered: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What --register wrote; else study.toml's [crm] registered."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the joint display: FILE.md, .html or .csv; asks for meta-inferences."
        ),
    ] = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    engine: EngineOption = "duckdb",
    calendar: CalendarOption = "gregorian",
    goal: Annotated[str | None, typer.Option(metavar="EVENT", help="Event that is a conversion.")] = None,
    feature: Annotated[
        str, typer.Option(metavar="EVENT", help="Event that is the use of the new feature.")
    ] = "feature",
    inactive_days: Annotated[
        int | None, typer.Option(min=1, help="Silent days after which a customer counts as lost.")
    ] = None,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Link categories to metrics: joint display, grade of evidence, and what is refused and why."""
    from omnistudy.crm.links.analysis import LinksOptions, links_of
    from omnistudy.crm.links.register import read_links, registered_hashes, registration
    from omnistudy.crm.metrics.case import MetricsOptions
    from omnistudy.crm.metrics.registry import METRICS
    from omnistudy.crm.records.files import hashed

    loaded = open_study(study, quiet=quiet, lang=lang)
    found = read_links(_links_file(study, loaded, links), METRICS)
    if register is not None:
        write_all({register: registration(found)})
        say_wrote(register, lang, quiet=quiet)
        return
    fixed = _registered_file(study, loaded, registered)
    options = LinksOptions(
        metrics=MetricsOptions(goal=goal, feature=feature, inactive_days=inactive_days),
        registered=frozenset() if fixed is None else registered_hashes(fixed),
        labels=category_labels(_folder(study), loaded, found.reference),
        seed=seed,
        confidence=confidence,
    )
    choice = RecordChoice(
        given=records or study,
        pairs=map or (),
        columns=columns,
        zone=zone,
        engine=engine,
        calendar=one_of(calendar, CALENDARS),
    )
    with _records(loaded, choice, records, lang=lang, quiet=quiet) as opened:
        files = [*loaded.inputs, found.source, *(opened.records.inputs if opened else ())]
        files += [] if fixed is None else [hashed(fixed)]
        synthetic = loaded.synthetic or (opened is not None and opened.synthetic)
        shared = provenance(dict.fromkeys(files), seed=seed, synthetic=synthetic)
        result = links_of(loaded, opened.records if opened else None, found, options, shared)
    if export is not None:
        write_outputs(
            {export: _display(result, export, lang)}, [file.path for file in result.provenance.inputs]
        )
        say_wrote(export, lang, quiet=quiet)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _registered_file(given: Path | None, study: Study, registered: Path | None) -> Path | None:
    """The registration on the command line, else the one that study.toml names."""
    from omnistudy.study.load import find_study

    if registered is not None or study.settings.crm.registered is None:
        return registered
    return find_study(given, Path.cwd()) / study.settings.crm.registered


def _folder(given: Path | None) -> Path:
    from omnistudy.study.load import find_study

    return find_study(given, Path.cwd())


def category_labels(folder: Path, study: Study, reference: str) -> Mapping[str, Label]:
    """Names of the categories in the reference model of the links, where there is one."""
    from omnistudy.replication.reference import load_reference

    name = reference or study.settings.reference.model
    if not name:
        return {}
    book = load_reference(name, folder, Path.cwd()).book
    return {code.id: code.label for code in book}


def _display(result: LinksResult, export: Path, lang: str) -> bytes:
    """The joint display as a file; refused while an analyst's meta-inference is missing."""
    from omnistudy.render.context import RenderContext
    from omnistudy.render.language import language
    from omnistudy.render.registry import RENDERERS

    formats = {RENDERERS[name].suffix: RENDERERS[name] for name in ("md", "html", "csv")}
    chosen = formats.get(export.suffix.casefold())
    if chosen is None:
        raise typer.BadParameter(f"The joint display is written as {', '.join(formats)}.")
    missing = result.without_meta_inference
    if missing:
        raise StudyError.of(
            f"{len(missing)} of {len(result.rows)} links have no meta-inference that can be printed: "
            f"{', '.join(missing[:5])}{', …' if len(missing) > 5 else ''}.",
            'Write meta_inference = "…" for each of them in the file of links, without words of cause below grade D.',
            file=str(export),
        )
    rendered = chosen.render((result,), RenderContext(language=language(lang)))
    return rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")


@contextlib.contextmanager
def _records(
    study: Study, choice: RecordChoice, given: Path | None, *, lang: str, quiet: bool
) -> Iterator[Opened | None]:
    """Open the records that were named on the command line or by the study; none is an answer too."""
    from omnistudy.crm.metrics.registry import PREFERRED

    crm = study.settings.crm
    if given is None and not any((crm.events, crm.transactions, crm.survey, crm.tickets, crm.ops)):
        yield None
        return
    with open_records(choice, PREFERRED, lang=lang, quiet=quiet) as opened:
        yield opened


def _links_file(given: Path | None, study: Study, links: Path | None) -> Path:
    from omnistudy.study.load import find_study
    from omnistudy.study.shipped import find_codebook

    if links is not None:
        return links
    folder = find_study(given, Path.cwd())
    if study.settings.crm.links is not None:
        path = folder / study.settings.crm.links
        if not path.is_file():
            raise StudyError.of(
                "The file does not exist.", "Correct [crm] links in study.toml.", file=str(path)
            )
        return path
    return find_codebook(SHIPPED, folder, Path.cwd())
