"""codes: frequencies, co-occurrence, cross tables, and the quotations themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnistudy.cli.opening import open_study
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

UNITS = ("character", "token", "sentence", "paragraph", "turn", "quotation", "interview")
LEVELS = ("code", "subcategory", "category")
ROLES = ("causal", "phenomenon", "context", "intervening", "strategy", "outcome")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("codes")(codes)


def _level(value: str | None) -> str | None:
    return None if value is None else one_of(value, LEVELS)


def _role(value: str | None) -> str | None:
    return None if value is None else one_of(value, ROLES)


def _unit(value: str | None) -> str | None:
    return None if value is None else one_of(value, UNITS)


def codes(
    study: StudyArgument = None,
    level: Annotated[
        str | None,
        typer.Option(callback=_level, metavar="|".join(LEVELS), help="Count at this level of the code tree."),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            callback=_unit, metavar="|".join(UNITS), help="Unit of co-occurrence, instead of study.toml's."
        ),
    ] = None,
    reporting: Annotated[
        bool,
        typer.Option("--reporting", help="Print quotation to role, frequencies and participants instead."),
    ] = False,
    quotes: Annotated[bool, typer.Option("--quotes", help="Retrieve the quotations; filters below.")] = False,
    code: Annotated[str | None, typer.Option(help="With --quotes: of this code and those under it.")] = None,
    role: Annotated[
        str | None,
        typer.Option(callback=_role, metavar="|".join(ROLES), help="With --quotes: of codes in this role."),
    ] = None,
    interview: Annotated[str | None, typer.Option(help="With --quotes: of this interview.")] = None,
    coder: Annotated[str | None, typer.Option(help="With --quotes: of this coder.")] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=VALUE]", help="Cross table by this attribute; =VALUE filters --quotes."),
    ] = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Count codes: quotations, interviews, coders, density, co-occurrence, code by interview."""
    from omnistudy.study.model import Level, Role
    from omnistudy.theory.codes.analysis import CodesOptions, codes_of
    from omnistudy.theory.counts.retrieval import QuoteFilter

    filters = [tuple(text.split("=", 1)) for text in attribute or () if "=" in text]
    if not quotes and (code or role or interview or coder or filters):
        raise typer.BadParameter(
            "--code, --role, --interview, --coder and NAME=VALUE filter quotations: add --quotes."
        )
    if len(filters) > 1:
        raise typer.BadParameter("Quotations can be filtered by one attribute at a time.")
    shown = OutputOptions(format=format, output=output, lang=lang, quiet=quiet)
    if reporting:
        if quotes or level or unit or attribute:
            raise typer.BadParameter("--reporting prints its own tables; give it without other filters.")
        _report(study, shown)
        return
    loaded = open_study(study, quiet=quiet, lang=lang)
    wanted = QuoteFilter(
        code=code,
        role=None if role is None else Role(role),
        interview=interview,
        coder=coder,
        attribute=(filters[0][0], filters[0][1]) if filters else None,
    )
    options = CodesOptions(
        level=None if level is None else Level(level),
        attributes=tuple(name for name in attribute or () if "=" not in name),
        quotes=wanted if quotes else None,
        unit=unit,
    )
    result = codes_of(loaded, options, provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic))
    emit(result, shown)


def _report(study: Path | None, shown: OutputOptions) -> None:
    from omnistudy.theory.codes.reporting_result import reporting_of

    loaded = open_study(study, quiet=shown.quiet, lang=shown.lang)
    source = provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic)
    emit(reporting_of(loaded, source), shown)
