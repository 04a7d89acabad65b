"""Showing results: payload to standard output or a file, every other word to standard error."""

from __future__ import annotations

import os
import shutil
import sys

from omnistudy.cli.files import write_outputs
from omnistudy.cli.messages import say_wrote
from omnistudy.cli.options import OutputOptions
from omnistudy.results import Result


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
        say_wrote(options.output, options.lang, quiet=options.quiet)
