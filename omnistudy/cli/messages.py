"""What is said to people beside a result: on the error stream, in their language, never part of the payload."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from omnistudy.cli.problems import problem_lines
from omnistudy.errors import Problem
from omnistudy.results import Message, msg
from omnistudy.text.direction import terminal_safe


def say(words: Message, lang: str = "en", *, quiet: bool = False) -> None:
    """Print a message for people, never part of the payload; names in it may come from anybody."""
    if quiet:
        return
    values = {
        name: terminal_safe(value) if isinstance(value, str) else value
        for name, value in words.values.items()
    }
    safe = replace(words, values=values)
    if lang == "en":
        text = str(safe)
    else:
        from omnistudy.render.language import language

        text = language(lang).text(safe)
    sys.stderr.write(f"{text}\n")


def say_wrote(file: Path | str, lang: str = "en", *, quiet: bool = False) -> None:
    """Say which file was written."""
    say(msg("Wrote {file}", file=str(file)), lang, quiet=quiet)


def warn(problems: Sequence[Problem], *, quiet: bool = False, lang: str = "en", most: int = 10) -> None:
    """Print warnings of loading, at most ``most`` of them."""
    if quiet or not problems:
        return
    for line in problem_lines(problems[:most], lang)[: min(len(problems), most)]:
        sys.stderr.write(f"{line}\n")  # its names were made safe when it was put together
    if len(problems) > most:
        more = msg(
            "{n} more warnings: {command} shows all.", n=len(problems) - most, command="omnistudy check"
        )
        say(more, lang)
