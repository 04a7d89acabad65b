"""crm links: the categories of the model beside the metrics of the records."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.crm_records import (
    CalendarOption,
    ColumnsOption,
    MapOption,
    RecordChoice,
    ZoneOption,
    open_records,
)
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
from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from omnistudy.cli.crm_records import Opened
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
        Path | None, typer.Option(metavar="FILE", help="What --register wrote: these links are confirmatory.")
    ] = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    calendar: CalendarOption = "gregorian",
    goal: Annotated[str | None, typer.Option(metavar="EVENT", help="Event that is a conversion.")] = None,
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
    from omnistudy.crm.link_register import read_links, registered_hashes, registration
    from omnistudy.crm.links import LinksOptions, links_of
    from omnistudy.crm.metric_case import MetricsOptions
    from omnistudy.crm.metrics import METRICS

    loaded = open_study(study, quiet=quiet)
    found = read_links(_links_file(study, loaded, links), METRICS)
    if register is not None:
        write_all({register: registration(found)})
        say(f"Wrote {register}", quiet=quiet)
        return
    options = LinksOptions(
        metrics=MetricsOptions(goal=goal, inactive_days=inactive_days),
        registered=frozenset() if registered is None else registered_hashes(registered),
        seed=seed,
        confidence=confidence,
    )
    choice = RecordChoice(
        given=records or study,
        pairs=map or (),
        columns=columns,
        zone=zone,
        calendar=one_of(calendar, CALENDARS),
    )
    with _records(loaded, choice, records, quiet=quiet) as opened:
        files = (*loaded.inputs, found.source, *(opened.records.inputs if opened else ()))
        synthetic = loaded.synthetic or (opened is not None and opened.synthetic)
        shared = provenance(dict.fromkeys(files), seed=seed, synthetic=synthetic)
        result = links_of(loaded, opened.records if opened else None, found, options, shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


@contextlib.contextmanager
def _records(
    study: Study, choice: RecordChoice, given: Path | None, *, quiet: bool
) -> Iterator[Opened | None]:
    """Open the records that were named on the command line or by the study; none is an answer too."""
    from omnistudy.crm.metrics import PREFERRED

    crm = study.settings.crm
    if given is None and not any((crm.events, crm.transactions, crm.survey, crm.tickets)):
        yield None
        return
    with open_records(choice, PREFERRED, quiet=quiet) as opened:
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
