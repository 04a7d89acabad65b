"""The formats a result can be rendered in: one row each, read by the command line and the tests.

A new format is a function that takes results and a context and returns text or bytes, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from omnistudy.render.context import RenderContext
from omnistudy.render.csv import render_csv
from omnistudy.render.html import render_html
from omnistudy.render.json import render_json
from omnistudy.render.markdown import render_markdown
from omnistudy.render.terminal import render_terminal
from omnistudy.results import Message, Result, msg

RenderFunction = Callable[[Sequence[Result], RenderContext], str | bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """One format.

    Parameters
    ----------
    name
        What ``--format`` or ``--to`` is given.
    suffix
        Of files that hold it, with the dot.
    description
        What it is good for, one line for help texts.
    page
        Whether it makes a document that ``report --to`` offers.
    render
        The function; it never writes.
    """

    name: str
    suffix: str
    description: Message
    page: bool
    render: RenderFunction


def _docx(results: Sequence[Result], context: RenderContext) -> bytes:
    # Loaded here and not above, so that commands that print a table start without the two packages.
    from omnistudy.render.word.document import render_docx

    return render_docx(results, context)


def _xlsx(results: Sequence[Result], context: RenderContext) -> bytes:
    from omnistudy.render.workbook.document import render_xlsx

    return render_xlsx(results, context)


_ROWS = (
    Renderer(
        name="table",
        suffix=".txt",
        description=msg("tables and sentences for the terminal"),
        page=False,
        render=render_terminal,
    ),
    Renderer(
        name="json",
        suffix=".json",
        description=msg("one JSON object with full precision, for programs"),
        page=False,
        render=render_json,
    ),
    Renderer(
        name="csv",
        suffix=".csv",
        description=msg("the main table as tidy CSV, for spreadsheets and R"),
        page=False,
        render=render_csv,
    ),
    Renderer(
        name="md",
        suffix=".md",
        description=msg("a Markdown document, for repositories"),
        page=True,
        render=render_markdown,
    ),
    Renderer(
        name="html",
        suffix=".html",
        description=msg("one self-contained page for reading and printing"),
        page=True,
        render=render_html,
    ),
    Renderer(
        name="docx",
        suffix=".docx",
        description=msg("a Word document with numbered tables and figures, for theses and reviewers"),
        page=True,
        render=_docx,
    ),
    Renderer(
        name="xlsx",
        suffix=".xlsx",
        description=msg("a workbook with every table, quotation and column described, for spreadsheets"),
        page=True,
        render=_xlsx,
    ),
)

RENDERERS: Mapping[str, Renderer] = MappingProxyType({row.name: row for row in _ROWS})
"""Name to renderer, in the order in which help texts list them."""


def render(name: str, results: Sequence[Result], context: RenderContext) -> str | bytes:
    """Render results in the format ``name``.

    Parameters
    ----------
    name
        A key of :data:`RENDERERS`: table, json, csv, md, html, docx or xlsx.
    results
        One result, or several as the sections of a document.
    context
        Language, title, width and how much of a quotation is shown.

    Returns
    -------
    str or bytes
        The document; writing it is the caller's business. Synthetic data carry their watermark.

    Raises
    ------
    ValueError
        For a name that is not in :data:`RENDERERS`.

    Examples
    --------
    >>> from omnistudy.agreement.audit import audit_kappa
    >>> from omnistudy.render.language import language
    >>> from omnistudy.study.provenance import provenance_of
    >>> audit = audit_kappa(20, 5, 10, 15, provenance_of(), printed=".6809")
    >>> render("csv", [audit], RenderContext()).splitlines()[0]
    'formula,value,matches'
    >>> page = render("html", [audit], RenderContext(language=language("fa")))
    >>> page.startswith("<!DOCTYPE html>"), 'dir="rtl"' in page
    (True, True)
    """
    if name not in RENDERERS:
        raise ValueError(f"{name!r} is not one of {', '.join(RENDERERS)}")
    return RENDERERS[name].render(results, context)
