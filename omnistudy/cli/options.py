"""Options that several commands share, and the values they make up together."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from omnistudy import __version__
from omnistudy.errors import did_you_mean
from omnistudy.results import InputFile, Provenance

FORMATS = ("table", "json", "csv", "md")
LANGUAGES = ("en", "fa")
MOST_DRAWS = 1_000_000
"""Resamples, orders and decoys at most: more tell nothing, and their table would fill the memory."""


def one_of(value: str, known: Iterable[str]) -> str:
    """Return ``value`` when it is known, else refuse it with the nearest known name."""
    choices = tuple(known)
    if value not in choices:
        near = did_you_mean(value, choices)
        raise typer.BadParameter(f"'{value}' is not one of {', '.join(choices)}. {near}".rstrip())
    return value


def _format(value: str) -> str:
    return one_of(value, FORMATS)


def _language(value: str) -> str:
    return one_of(value, LANGUAGES)


StudyArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[STUDY]", help="A study folder or its study.toml; else the one study here."),
]
FormatOption = Annotated[
    str, typer.Option("--format", callback=_format, metavar="table|json|csv|md", help="How to print it.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of printing.")
]
LangOption = Annotated[
    str, typer.Option("--lang", callback=_language, metavar="en|fa", help="Language of words and numbers.")
]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of everything that draws random numbers.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No messages beside the result.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """How and where a result is to be shown."""

    format: str = "table"
    output: Path | None = None
    lang: str = "en"
    quiet: bool = False


def provenance(inputs: Iterable[InputFile], *, seed: int | None, synthetic: bool) -> Provenance:
    """Build the provenance of a result of this very command line."""
    command = shlex.join(["omnistudy", *sys.argv[1:]])
    return Provenance(
        version=__version__, command=command, seed=seed, inputs=tuple(inputs), synthetic=synthetic
    )
