"""export: a study for other programs, or its model for later studies."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.files import write_all
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import DebugOption, OutputOption, QuietOption, StudyArgument, one_of
from omnistudy.cli.output import say

if TYPE_CHECKING:
    from omnistudy.study.model import Study


def _reference(study: Study) -> bytes:
    from omnistudy.replication.export_reference import reference_of

    return reference_of(study)


TARGETS: Mapping[str, Callable[[Study], bytes]] = MappingProxyType({"reference": _reference})
"""Target to the function that makes its bytes from a study."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("export")(export)


def _target(value: str) -> str:
    return one_of(value, TARGETS)


def export(
    study: StudyArgument = None,
    to: Annotated[
        str, typer.Option("--to", callback=_target, metavar="|".join(TARGETS), help="What to make of it.")
    ] = "reference",
    output: OutputOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a study for other programs; reference makes its model one that later studies are compared with."""
    data = TARGETS[to](open_study(study, quiet=quiet))
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_all({Path(output): data})
        say(f"Wrote {output}", quiet=quiet)
