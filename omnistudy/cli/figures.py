"""The figures of results as files of their own."""

from __future__ import annotations

from collections.abc import Iterable

from omnistudy.results import Figure, Result


def figure_files(results: Iterable[Result], lang: str) -> dict[str, bytes]:
    """Draw every figure of the results; name without suffix to the bytes of a standalone SVG."""
    from omnistudy.render.figures import svg_file
    from omnistudy.render.language import language

    reader = language(lang)
    return {
        block.name: svg_file(block, reader, synthetic=result.provenance.synthetic).encode("utf-8")
        for result in results
        for block in result.blocks()
        if isinstance(block, Figure)
    }
