"""The last line of a command: which one comes next, ready to be typed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from omnistudy.results import Message, msg
from omnistudy.text.direction import terminal_safe

FILE = "FILE"  # stands in a command for what the user has to name


def command_line(*arguments: str | Path) -> str:
    """Return a command line that a shell takes as it stands, whatever the names hold."""
    return terminal_safe(shlex.join(["omnistudy", *(str(argument) for argument in arguments)]))


def say_next(step: Message, lang: str, *, quiet: bool = False) -> None:
    """Print the next step for people, in their language."""
    if quiet:
        return
    from omnistudy.render.language import language

    # The values were made safe above; the isolates around them are the renderer's own.
    sys.stderr.write(f"{language(lang).text(step)}\n")


def next_commands(commands: Iterable[str]) -> Message:
    """Return the line that names several commands, of which any may come next."""
    return msg("Next: {command}", command=" | ".join(commands))
