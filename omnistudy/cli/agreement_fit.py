"""Whether the options of `agreement` fit what it was given: one that cannot apply is refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from omnistudy.errors import did_you_mean

if TYPE_CHECKING:
    from omnistudy.agreement.options import AgreementOptions
    from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
    from omnistudy.study.bare_table import BareTable
    from omnistudy.study.model import Study

_OF_TEXTS = {
    "unit": "--unit divides the texts of a study; the units of a table are its rows.",
    "level": "--level climbs the code tree of a study; a table has none.",
    "min_overlap": "--min-overlap is about quotations and units of a text; a table has ratings.",
}


def fit_study(study: Study, options: AgreementOptions) -> None:
    """Refuse comparisons of rounds that the study does not have.

    Raises
    ------
    typer.BadParameter
        With the rounds that there are.
    """
    rounds = [name for name in study.rounds if name]
    passes = [name for name in rounds if name.casefold() != "consensus"]
    named = ", ".join(rounds)
    if options.compare_rounds is not None:
        missing = [name for name in options.compare_rounds if name not in rounds]
        if missing and not rounds:
            raise typer.BadParameter("--compare-rounds: the codings of this study name no rounds.")
        if missing:
            raise typer.BadParameter(
                f"--compare-rounds: no round is called '{missing[0]}'; the study's rounds: {named}."
                f" {did_you_mean(missing[0], rounds)}".rstrip()
            )
    if options.retest and len(passes) < 2:
        there = f"only the round '{passes[0]}'" if passes else "no rounds"
        raise typer.BadParameter(
            f"--retest compares a coder's two rounds before the consensus; this study has {there}."
        )


def fit_spans(options: AgreementOptions) -> None:
    """Refuse what a table of passages has no place for.

    Raises
    ------
    typer.BadParameter
        With the reason.
    """
    if options.unit not in {None, "character"}:
        raise typer.BadParameter(
            "--unit: a table of passages has no text to divide; its unit is the character."
        )
    if options.level is not None:
        raise typer.BadParameter(_OF_TEXTS["level"])


def fit_table(
    table: BareTable, ratings: Ratings | SetRatings, options: AgreementOptions, *, counts: bool
) -> None:
    """Refuse what a table of ratings has no column for.

    Raises
    ------
    typer.BadParameter
        With the column that is missing.
    """
    for name, reason in _OF_TEXTS.items():
        if getattr(options, name) is not None:
            raise typer.BadParameter(reason)
    if ratings.frame.interview is None:
        told = (
            "A contingency table has none."
            if counts
            else "The table has no column 'interview' that is filled."
        )
        if "interview" in options.by:
            raise typer.BadParameter(f"--by interview needs to know the interview of every unit. {told}")
        if options.cluster == "interview":
            raise typer.BadParameter(f"--cluster interview needs to know the interview of every unit. {told}")
    has_rounds = any(name.casefold().strip() == "round" for name in table.columns)
    if options.round is not None and (counts or not has_rounds):
        raise typer.BadParameter("--round needs a long table (unit,coder,value) with a column 'round'.")
