"""Problems as lines for people: one per problem, errors first, with a count at the end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from omnistudy.cli.options import LANGUAGES
from omnistudy.errors import Problem, Severity
from omnistudy.results import Kind, Message, Number, listed, msg
from omnistudy.text.direction import terminal_safe

LONGEST_LINE = 1_200
"""Characters of one problem: a cell that is quoted in it may be of any length, its remedy must be seen."""


def language_asked(arguments: Sequence[str]) -> str:
    """Return the language that a command line asks for, also where it is refused before it is parsed."""
    given = [value for option, value in pairwise(arguments) if option == "--lang"]
    given += [argument.partition("=")[2] for argument in arguments if argument.startswith("--lang=")]
    return given[-1] if given and given[-1] in LANGUAGES else "en"


def problem_lines(problems: Sequence[Problem], lang: str = "en") -> list[str]:
    """Return one line per problem in the order of the files, and a last line that counts them."""
    if lang != "en":
        return _translated_lines(problems, lang)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    lines = [f"{problem.severity}: {_one_line(terminal_safe(str(problem)))}" for problem in problems]
    warnings = len(problems) - errors
    if len(problems) > 1:
        counts = [f"{errors} error{'s' * (errors != 1)}"] if errors else []
        counts += [f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []
        lines.append(" and ".join(counts) + ("; nothing was written." if errors else "."))
    return lines


def _one_line(text: str) -> str:
    """Return the words of a problem on one line, the middle of a very long one left out."""
    text = " ".join(text.split())
    half = LONGEST_LINE // 2
    return text if len(text) <= LONGEST_LINE else f"{text[:half]} … {text[-half:]}"


def _translated_lines(problems: Sequence[Problem], lang: str) -> list[str]:
    """Return the same lines in another language; names and English stretches are set apart."""
    from omnistudy.render.language import language
    from omnistudy.render.problem_sentences import said_in

    reader = language(lang)
    words = {Severity.ERROR: msg("error"), Severity.WARNING: msg("warning")}
    lines = []
    for problem in problems:
        where = place_of(problem)
        place = "" if where is None else f"{reader.text(where)}: "
        said = f"{said_in(lang, _one_line(problem.what))} {said_in(lang, _one_line(problem.remedy))}".strip()
        lines.append(f"{reader.text(words[problem.severity])}: {place}{said}")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if len(problems) > 1:
        lines.append(reader.text(_count(errors, len(problems) - errors)))
    return lines


def place_of(problem: Problem) -> Message | None:
    """Return file, row and column as words, ``None`` where nothing is known of them."""
    row = None if problem.row is None else msg("row {row}", row=problem.row)
    named = (problem.file or None, row, problem.column)
    return listed([_safe(part) for part in named if part is not None])


def _safe(part: Message | str) -> Message | str:
    return terminal_safe(part) if isinstance(part, str) else part


def _count(errors: int, warnings: int) -> Message:
    counted = {"errors": Number(errors, Kind.COUNT), "warnings": Number(warnings, Kind.COUNT)}
    if errors:
        return msg("Errors: {errors}, warnings: {warnings}; nothing was written.", **counted)
    return msg("Warnings: {warnings}.", warnings=counted["warnings"])
