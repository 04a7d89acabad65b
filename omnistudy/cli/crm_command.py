"""crm: what the customers' records say, beside what the interviews say."""

from __future__ import annotations

from typing import Annotated

import typer

from omnistudy.cli.crm_audit_commands import register_audits
from omnistudy.cli.crm_links_command import links
from omnistudy.cli.crm_records import (
    CalendarOption,
    ColumnsOption,
    EngineOption,
    FromOption,
    MapOption,
    RecordChoice,
    RecordsArgument,
    UntilOption,
    ZoneOption,
    a_day,
    open_records,
)
from omnistudy.cli.options import (
    MOST_DRAWS,
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    SeedOption,
    one_of,
    provenance,
)
from omnistudy.cli.output import emit
from omnistudy.errors import StudyError

CALENDARS = ("gregorian", "jalali")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    crm = typer.Typer(
        help="Customer records: metrics, lifetime value, journeys, audits, links to the model.",
        no_args_is_help=True,
    )
    crm.command("metrics")(metrics)
    crm.command("clv")(clv)
    crm.command("journeys")(journeys)
    register_audits(crm)
    crm.command("links")(links)
    app.add_typer(crm, name="crm")


def clv(
    given: RecordsArgument = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    engine: EngineOption = "duckdb",
    model: Annotated[
        str,
        typer.Option(
            metavar="auto|bgnbd|paretonbd|kaplan_meier|sbg", help="Model; auto goes by the records."
        ),
    ] = "auto",
    calibration_end: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day the model sees; later days test it.")
    ] = None,
    time_unit: Annotated[
        str, typer.Option(metavar="week|day", help="Time unit of BG/NBD and Pareto/NBD.")
    ] = "week",
    horizon: Annotated[
        float | None, typer.Option(help="Time units to look ahead; a year (or 12 periods) if not given.")
    ] = None,
    discount: Annotated[
        float, typer.Option(min=0.0, help="Discount rate: per year, for contracts per period.")
    ] = 0.10,
    margin: Annotated[float, typer.Option(min=1e-9, help="Share of the value that is profit.")] = 1.0,
    renewals: Annotated[
        int, typer.Option(min=0, help="sbg: renewals made so far, for residual lifetime.")
    ] = 0,
    ci: Annotated[
        str, typer.Option(metavar="hessian|bootstrap|none", help="Intervals of BG/NBD and Gamma–Gamma.")
    ] = "hessian",
    resamples: Annotated[
        int, typer.Option(min=20, max=MOST_DRAWS, help="Resamples of --ci bootstrap.")
    ] = 200,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    until: UntilOption = None,
    since: FromOption = None,
    seed: SeedOption = 1,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Estimate lifetime value: BG/NBD with Gamma–Gamma, or Kaplan–Meier and sBG for contracts."""
    from omnistudy.crm.lifetime.analysis import PREFERRED, clv_of_records
    from omnistudy.crm.lifetime.options import INTERVALS, MODELS, UNITS_PER_YEAR, ClvOptions

    if horizon is not None and not 0 < horizon < 1e5:
        raise typer.BadParameter("--horizon is a number of time units above 0.")
    options = ClvOptions(
        model=one_of(model, MODELS),
        calibration_end=a_day(calibration_end),
        unit=one_of(time_unit, UNITS_PER_YEAR),
        horizon=horizon,
        discount=discount,
        margin=margin,
        renewals=renewals,
        ci=one_of(ci, INTERVALS),
        resamples=resamples,
        seed=seed,
        confidence=confidence,
    )
    choice = RecordChoice(
        given=given, pairs=map or (), columns=columns, zone=zone, since=since, until=until, engine=engine
    )
    with open_records(choice, PREFERRED, lang=lang, quiet=quiet) as opened:
        used_seed = seed if options.ci == "bootstrap" else None
        shared = provenance(opened.inputs, seed=used_seed, synthetic=opened.synthetic)
        result = clv_of_records(opened.records, options, shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def metrics(
    given: RecordsArgument = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    engine: EngineOption = "duckdb",
    metric: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this metric; repeatable.")
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="all|segment|channel|period", help="Tell rows apart by this.")
    ] = "all",
    calendar: CalendarOption = "gregorian",
    since: FromOption = None,
    until: UntilOption = None,
    activity: Annotated[
        str | None, typer.Option(metavar="transactions|events", help="What counts as being active.")
    ] = None,
    inactive_days: Annotated[
        int | None, typer.Option(min=1, help="Silent days after which a customer counts as lost.")
    ] = None,
    goal: Annotated[str | None, typer.Option(metavar="EVENT", help="Event that is a conversion.")] = None,
    start: Annotated[str | None, typer.Option(metavar="EVENT", help="Event that starts one.")] = None,
    invitation: Annotated[
        str, typer.Option(metavar="EVENT", help="Event that is an invitation.")
    ] = "invitation",
    feature: Annotated[
        str, typer.Option(metavar="EVENT", help="Event that is the use of a new feature.")
    ] = "feature",
    recontact_days: Annotated[int, typer.Option(min=0, help="First-contact resolution: days to wait.")] = 7,
    silent_days: Annotated[int, typer.Option(min=0, help="Silent churn: days without a ticket.")] = 90,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Compute metrics of customers, answers, tickets and channels, each with interval and definition."""
    from omnistudy.crm.metrics.case import BY_CHOICES, By, MetricsOptions
    from omnistudy.crm.metrics.registry import PREFERRED, metrics_of_records

    options = MetricsOptions(
        metrics=tuple(metric or ()),
        by=By(one_of(by, tuple(str(one) for one in BY_CHOICES))),
        activity=None if activity is None else one_of(activity, ("transactions", "events")),
        inactive_days=inactive_days,
        goal=goal,
        start=start,
        invitation=invitation,
        feature=feature,
        recontact_days=recontact_days,
        silent_days=silent_days,
        confidence=confidence,
    )
    choice = RecordChoice(
        given=given,
        pairs=map or (),
        columns=columns,
        zone=zone,
        calendar=one_of(calendar, CALENDARS),
        since=since,
        until=until,
        engine=engine,
    )
    with open_records(choice, PREFERRED, lang=lang, quiet=quiet) as opened:
        shared = provenance(opened.inputs, seed=None, synthetic=opened.synthetic)
        result = metrics_of_records(opened.records, options, shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def journeys(
    given: RecordsArgument = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    engine: EngineOption = "duckdb",
    unit: Annotated[
        str,
        typer.Option(metavar="event|journey", help="Switches from event to event, or journey to journey."),
    ] = "event",
    gap_hours: Annotated[
        float | None, typer.Option(min=0.0, help="Longest pause that still is one switch.")
    ] = None,
    goal: Annotated[
        str | None, typer.Option(metavar="EVENT", help="Event that is a conversion; else outcome completed.")
    ] = None,
    since: FromOption = None,
    until: UntilOption = None,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Describe journeys: switching between channels, path lengths, drop-off, removal effects, peak–end."""
    from omnistudy.crm.journeys.analysis import PREFERRED, UNITS, JourneysOptions, journeys_of_records

    options = JourneysOptions(unit=one_of(unit, UNITS), gap_hours=gap_hours, goal=goal, confidence=confidence)
    choice = RecordChoice(
        given=given, pairs=map or (), columns=columns, zone=zone, since=since, until=until, engine=engine
    )
    with open_records(choice, PREFERRED, lang=lang, quiet=quiet) as opened:
        if not opened.records.has("events"):
            raise StudyError.of("There are no events.", "Journeys need a table of events.")
        shared = provenance(opened.inputs, seed=None, synthetic=opened.synthetic)
        result = journeys_of_records(opened.records, options, shared)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
