"""Showing results: payload to standard output or a file, every other word to standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from omnistudy.cli.files import write_outputs
from omnistudy.cli.options import OutputOptions
from omnistudy.errors import Problem
from omnistudy.results import Result
from omnistudy.text.direction import terminal_safe


def emit(result: Result, options: OutputOptions) -> None:
    """Render a result in the wanted format and print it or write it to the wanted file."""
    from omnistudy.render.context import RenderContext
    from omnistudy.render.language import language
    from omnistudy.render.registry import RENDERERS

    to_terminal = options.output is None and sys.stdout.isatty()
    context = RenderContext(
        language=language(options.lang),
        colour=to_terminal and "NO_COLOR" not in os.environ,
        width=shutil.get_terminal_size((100, 24)).columns,
    )
    rendered = RENDERERS[options.format].render((result,), context)
    data = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")
    if options.output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_outputs({options.output: data}, [file.path for file in result.provenance.inputs])
        say(f"Wrote {options.output}", quiet=options.quiet)


def say(text: str, *, quiet: bool = False) -> None:
    """Print a message for people, never part of the payload; names in it may come from anybody."""
    if not quiet:
        sys.stderr.write(f"{terminal_safe(text)}\n")


def warn(problems: Sequence[Problem], *, quiet: bool = False, lang: str = "en", most: int = 10) -> None:
    """Print warnings of loading, at most ``most`` of them."""
    from omnistudy.cli.problems import problem_lines

    if quiet or not problems:
        return
    for line in problem_lines(problems[:most], lang)[: min(len(problems), most)]:
        sys.stderr.write(f"{line}\n")  # its names were made safe when it was put together
    if len(problems) > most:
        say(f"{len(problems) - most} more warnings: omnistudy check shows all.")
