"""The figures of results as files of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from omnistudy.results import Figure, Result

if TYPE_CHECKING:
    from omnistudy.render.language import Language

FigureFormat = Literal["svg", "png"]


def figure_files(results: Iterable[Result], lang: str, format: FigureFormat = "svg") -> dict[str, bytes]:
    """Draw every figure of the results; name without suffix to the bytes of a standalone file.

    Parameters
    ----------
    results
        Results whose blocks may hold figures; each decides whether the watermark is drawn.
    lang
        The reader's language.
    format
        ``svg``, which scales and keeps its titles, or ``png`` for programs that take no SVG.
    """
    from omnistudy.render.language import language

    reader = language(lang)
    return {
        block.name: _drawn(block, reader, synthetic=result.provenance.synthetic, format=format)
        for result in results
        for block in result.blocks()
        if isinstance(block, Figure)
    }


def _drawn(figure: Figure, reader: Language, *, synthetic: bool, format: FigureFormat) -> bytes:
    if format == "png":
        from omnistudy.render.png import png_file

        return png_file(figure, reader, synthetic=synthetic)
    from omnistudy.render.figures import svg_file

    return svg_file(figure, reader, synthetic=synthetic).encode("utf-8")
