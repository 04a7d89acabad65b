"""One self-contained page: sections, tables, figures and quotations, with one small script of our own.

The page asks nothing of the outside and obeys nothing from inside: its policy allows exactly the
style sheet and the script whose hashes it names. Without the script everything can still be read.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from omnistudy.render import words
from omnistudy.render.blocks import inputs_of, is_synthetic, origins_of
from omnistudy.render.context import RenderContext
from omnistudy.render.html_text import markup, number
from omnistudy.render.html_views import Page, section, widths
from omnistudy.render.quoting import policy_note
from omnistudy.render.untrusted import visible
from omnistudy.results import Kind, Result

if TYPE_CHECKING:
    from markupsafe import Markup

_TAKEN = (
    "top",
    "report",
    "summary",
    "provenance",
    "contents",
    "tools",
    "search",
    "found",
    "told",
    "passages",
)


def render_html(results: Sequence[Result], context: RenderContext) -> str:
    """Return the whole page; the same results give the same bytes.

    Everything that came from outside is escaped and stands in an element of its own direction. An
    undefined cell shows a dash with a numbered reason below its table. Tables stop after
    ``context.page_row_limit`` rows, or after fewer where there are many columns, and say how many
    are left; lists of quotations stop after ``context.quote_limit``. The script adds search, sorting,
    filters and the quotations behind the boxes of a diagram; it makes its controls itself, so that a
    reader without it meets none that do nothing.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    language = context.language
    page = Page(context=context, synthetic=is_synthetic(results))
    page.taken.update(_TAKEN)
    environment = Environment(
        loader=PackageLoader("omnistudy.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    title = context.title or (results[0].title if results else words.REPORT)
    sections = tuple(section(result, index, page) for index, result in enumerate(results, start=1))
    style = _own("report.css") + "".join(f".w{w}{{--natural:{w}px}}" for w in widths(sections))
    script = _own("report.js")
    return environment.get_template("report.html.j2").render(
        language=language,
        title=markup(title, language),
        title_text=language.text(title),
        synthetic=page.synthetic,
        sections=sections,
        origins=origins_of(results),
        inputs=inputs_of(results),
        words=words,
        policy_note=policy_note(context),
        style=_trusted(style),
        script=_trusted(script),
        policy=content_policy(style, script),
        t=lambda message: markup(message, language),
        s=language.text,
        seed=lambda seed: markup(words.NO_SEED, language) if seed is None else number(seed, language),
        count=lambda value: language.number(value, Kind.COUNT),
        visible=visible,
    )


def content_policy(style: str, script: str) -> str:
    """Return the Content Security Policy that allows this style sheet and this script and nothing else.

    Source: W3C, Content Security Policy Level 3, hashes of inline content.
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _own(name: str) -> str:
    """Return a file of ours; a checkout with other line ends must not change the page."""
    text = files("omnistudy.render").joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _trusted(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - our own files, and numbers
