"""Problems as lines for people: one per problem, errors first, with a count at the end."""

from __future__ import annotations

from collections.abc import Sequence

from omnistudy.errors import Problem, Severity
from omnistudy.text.direction import terminal_safe


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Return one line per problem in the order of the files, and a last line that counts them."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    lines = [f"{problem.severity}: {terminal_safe(str(problem))}" for problem in problems]
    warnings = len(problems) - errors
    if len(problems) > 1:
        counts = [f"{errors} error{'s' * (errors != 1)}"] if errors else []
        counts += [f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []
        lines.append(" and ".join(counts) + ("; nothing was written." if errors else "."))
    return lines
