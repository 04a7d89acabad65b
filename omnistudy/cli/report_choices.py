"""What a user chooses of a report; the manifest keeps it, so that ``verify`` chooses the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from omnistudy.cli.options import one_of
from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from omnistudy.render.context import QuotePolicy

PAGES = ("html", "docx", "xlsx", "md")
QUOTES: tuple[QuotePolicy, ...] = ("full", "short", "none")


def _pages(value: str) -> str:
    for name in value.split(","):
        one_of(name.strip(), PAGES)
    return value


def _quotes(value: str) -> str:
    return one_of(value, QUOTES)


def _participants(value: str) -> str:
    return one_of(value, ("id", "described"))


ToOption = Annotated[
    str,
    typer.Option(
        "--to", callback=_pages, metavar=",".join(PAGES), help="Formats of the report, with commas."
    ),
]
CrossCheckOption = Annotated[
    bool, typer.Option("--cross-check/--no-cross-check", help="Recompute agreement with other packages.")
]
QuotesOption = Annotated[
    str,
    typer.Option(
        "--quotes",
        callback=_quotes,
        metavar="full|short|none",
        help="How much of a quotation the report shows.",
    ),
]
ParticipantsOption = Annotated[
    str,
    typer.Option(
        "--participants",
        callback=_participants,
        metavar="id|described",
        help="Participants by id only, or each described in a row.",
    ),
]
TemplateOption = Annotated[
    Path | None,
    typer.Option("--template", metavar="FILE.docx", help="Word document whose styles the report takes."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoices:
    """The choices of one report, as its manifest records them."""

    to: tuple[str, ...]
    lang: str
    seed: int
    cross_check: bool
    quotes: QuotePolicy
    described: bool
    template: str | None

    @classmethod
    def of_command_line(
        cls,
        *,
        to: str,
        lang: str,
        seed: int,
        cross_check: bool,
        quotes: str,
        participants: str,
        template: Path | None,
    ) -> ReportChoices:
        """Read the options of a command line, whose callbacks have checked them."""
        return cls(
            to=tuple(dict.fromkeys(part.strip() for part in to.split(","))),
            lang=lang,
            seed=seed,
            cross_check=cross_check,
            quotes=next(policy for policy in QUOTES if policy == quotes),
            described=participants == "described",
            template=None if template is None else template.as_posix(),
        )

    @classmethod
    def of_manifest(cls, stored: Mapping[str, Any]) -> ReportChoices:
        """Read the choices that :meth:`as_json` wrote.

        Raises
        ------
        StudyError
            When another version wrote them, with other choices.
        """
        if set(stored) != {one.name for one in fields(cls)}:
            raise StudyError.of(
                "The manifest was written by another version, with other choices.", "Make the report anew."
            )
        return cls(**{**stored, "to": tuple(stored["to"])})

    def as_json(self) -> dict[str, object]:
        """Return the choices as JSON values."""
        return {**asdict(self), "to": list(self.to)}


def report_folder(study: str, lang: str) -> Path:
    """Return the folder of a study's report; one in another language lies inside that of the English one."""
    folder = Path("reports") / study
    return folder if lang == "en" else folder / lang
