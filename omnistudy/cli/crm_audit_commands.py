"""crm maturity, readiness, ecrm, gap, funnel: the audits of the source frameworks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.crm_audit_inputs import AuditChoice, opened, sheet_alone
from omnistudy.cli.crm_records import (
    ColumnsOption,
    FromOption,
    MapOption,
    RecordChoice,
    UntilOption,
    ZoneOption,
    a_day,
)
from omnistudy.cli.options import (
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    one_of,
)
from omnistudy.cli.output import emit

LEVELS = ("single", "multi", "cross", "omni")

GivenArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[STUDY|TABLE]", help="A study, a table or folder of records, or the sheet of the audit."
    ),
]
SheetOption = Annotated[
    Path | None,
    typer.Option("--sheet", metavar="FILE", help="Answers: item,answer,evidence,…; else study.toml's [crm]."),
]
RecordsOption = Annotated[
    Path | None,
    typer.Option("--records", metavar="TABLE", help="Records: a table or a folder; else the study's."),
]
ConfidenceOption = Annotated[
    float, typer.Option("--confidence", min=0.5, max=0.999, help="Level of the intervals.")
]
GoalOption = Annotated[
    str | None,
    typer.Option("--goal", metavar="EVENT", help="Event that is a conversion; else outcome completed."),
]
InactiveOption = Annotated[
    int | None,
    typer.Option("--inactive-days", min=1, help="Silent days after which a customer counts as lost."),
]


def register_audits(crm: typer.Typer) -> None:
    """Add the audits to the group ``crm``."""
    crm.command("maturity")(maturity)
    crm.command("readiness")(readiness)
    crm.command("ecrm")(ecrm)
    crm.command("gap")(gap)
    crm.command("funnel")(funnel)


def maturity(
    given: GivenArgument = None,
    sheet: SheetOption = None,
    records: RecordsOption = None,
    declared: Annotated[
        str | None, typer.Option(metavar="|".join(LEVELS), help="Level that the organisation declares.")
    ] = None,
    central_record: Annotated[
        str, typer.Option(metavar="DOCUMENT", help="Document that shows a central customer record.")
    ] = "",
    threshold: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Where a criterion is cut; repeatable.")
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, help="Days within which replies, prompts and requests count.")
    ] = 7,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    since: FromOption = None,
    until: UntilOption = None,
    confidence: ConfidenceOption = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Audit channel maturity: the declared level against the log, five traits, practices, consistency."""
    from omnistudy.crm.audits.maturity import MaturityOptions, maturity_of, thresholds_of
    from omnistudy.crm.audits.maturity_levels import Level
    from omnistudy.crm.metrics.case import MetricsOptions

    options = MaturityOptions(
        declared=None if declared is None else Level.named(one_of(declared, LEVELS)),
        central_record=central_record,
        thresholds=thresholds_of(_pairs(threshold or ())),
        days=days,
        metrics=MetricsOptions(confidence=confidence),
    )
    wanted = RecordChoice(given=None, pairs=map or (), columns=columns, zone=zone, since=since, until=until)
    choice = AuditChoice(
        audit="maturity",
        given=given,
        sheet=sheet,
        records=records,
        record_options=wanted,
        lang=lang,
        quiet=quiet,
    )
    with opened(choice) as inputs:
        result = maturity_of(inputs.study, inputs.records, inputs.sheet, options, inputs.provenance)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def readiness(
    given: GivenArgument = None,
    sheet: SheetOption = None,
    records: RecordsOption = None,
    goal: GoalOption = None,
    inactive_days: InactiveOption = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    since: FromOption = None,
    until: UntilOption = None,
    confidence: ConfidenceOption = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Audit readiness: nine steps scored with evidence, four KPIs, risks, benefits."""
    from omnistudy.crm.audits.readiness import ReadinessOptions, readiness_of
    from omnistudy.crm.metrics.case import MetricsOptions

    options = ReadinessOptions(
        metrics=MetricsOptions(goal=goal, inactive_days=inactive_days, confidence=confidence)
    )
    wanted = RecordChoice(given=None, pairs=map or (), columns=columns, zone=zone, since=since, until=until)
    choice = AuditChoice(
        audit="readiness",
        given=given,
        sheet=sheet,
        records=records,
        record_options=wanted,
        lang=lang,
        quiet=quiet,
    )
    with opened(choice) as inputs:
        result = readiness_of(inputs.study, inputs.records, inputs.sheet, options, inputs.provenance)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def ecrm(
    given: GivenArgument = None,
    sheet: SheetOption = None,
    records: RecordsOption = None,
    cycle_start: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="First day of this cycle; as many days before are the last."),
    ] = None,
    margin: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="Fall of satisfaction or retention that the guard-rail lets pass."
        ),
    ] = 0.02,
    goal: GoalOption = None,
    inactive_days: InactiveOption = None,
    columns: ColumnsOption = None,
    map: MapOption = None,
    zone: ZoneOption = None,
    since: FromOption = None,
    until: UntilOption = None,
    confidence: ConfidenceOption = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Audit the five processes of electronic CRM, cycle by cycle, its stages, and cost against satisfaction."""
    from omnistudy.crm.audits.ecrm import EcrmOptions, ecrm_of
    from omnistudy.crm.metrics.case import MetricsOptions

    options = EcrmOptions(
        cycle_start=a_day(cycle_start),
        margin=margin,
        metrics=MetricsOptions(goal=goal, inactive_days=inactive_days, confidence=confidence),
    )
    wanted = RecordChoice(given=None, pairs=map or (), columns=columns, zone=zone, since=since, until=until)
    choice = AuditChoice(
        audit="ecrm", given=given, sheet=sheet, records=records, record_options=wanted, lang=lang, quiet=quiet
    )
    with opened(choice) as inputs:
        result = ecrm_of(inputs.study, inputs.records, inputs.sheet, options, inputs.provenance)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def gap(
    given: Annotated[
        Path | None,
        typer.Argument(metavar="[STUDY|TABLE]", help="A study, or one row per stage: stage,current,target,…"),
    ] = None,
    midpoint: Annotated[float, typer.Option(help="Middle of the scale of importance.")] = 3.0,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Judge the stages of a journey, current against target: unacceptable, fix, watch, over-served, hold."""
    from omnistudy.crm.audits.gap import gaps_of

    sheet, study, shared = sheet_alone(given, "gap", lang=lang, quiet=quiet)
    result = gaps_of(sheet, shared, midpoint, study)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def funnel(
    given: Annotated[
        Path | None,
        typer.Argument(metavar="[STUDY|TABLE]", help="A study, or one row per campaign: campaign,noticed,…"),
    ] = None,
    confidence: ConfidenceOption = 0.95,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Compute campaign funnels: noticed, engaged, acted, valid, cost, user content, referral and viral K."""
    from omnistudy.crm.audits.funnel import funnel_of

    sheet, _, shared = sheet_alone(given, "funnel", lang=lang, quiet=quiet)
    result = funnel_of(sheet, shared, confidence)
    emit(result, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))


def _pairs(written: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in written:
        name, sign, value = pair.partition("=")
        if not sign:
            raise typer.BadParameter(f"'{pair}' is not NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found
