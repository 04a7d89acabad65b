"""The page as bytes: its policy, its limits, what it keeps to itself, and colours that can be read."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest
from render_samples import PROVENANCE, SMALL, SampleResult, diagram, quote, whole

from omnistudy.pictures import Heatmap
from omnistudy.render import words
from omnistudy.render.context import QuotePolicy, RenderContext
from omnistudy.render.figures import MOST_SHADED
from omnistudy.render.html_views import MOST_CELLS
from omnistudy.render.language import language
from omnistudy.render.quoting import SHORT_CHARACTERS, beginning, limited, policy_note, quote_cell
from omnistudy.render.registry import render
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Quotes,
    Table,
    Undefined,
    listed,
)

LONG = " ".join(f"واژه{n}" for n in range(30))
LAST_WORD = "واژه29"


def page_of(*content: Block, name: str = "html", tag: str = "en", **options: object) -> str:
    context = RenderContext(language=language(tag), **options)  # type: ignore[arg-type]
    made = render(name, [SampleResult(provenance=PROVENANCE, content=content)], context)
    assert isinstance(made, str)
    return made


def text_of(name: str) -> str:
    return files("omnistudy.render").joinpath("templates", name).read_text(encoding="utf-8")


def between(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def sources() -> tuple[Block, ...]:
    """One passage wherever a page can show one: a list, a table, a box and an arrow of a model."""
    said = quote(LONG)
    model = diagram(SMALL, edges=2)
    model = type(model)(
        groups=model.groups,
        nodes=tuple(type(n)(id=n.id, label=n.label, group=n.group, quotes=(said,)) for n in model.nodes),
        edges=tuple(
            type(e)(source=e.source, target=e.target, solid=True, quotes=(said,)) for e in model.edges
        ),
    )
    table = Table(name="t", columns=(Column("q", Message("Q"), Kind.QUOTE),), rows=((said,),))
    return (
        Quotes(quotes=(said,)),
        table,
        Figure(name="m", picture=model, caption=Message("C"), alt=Message("A")),
    )


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_policy_names_the_hashes_of_what_stands_in_the_page(tag: str) -> None:
    page = page_of(*sources(), tag=tag)
    policy = between(page, 'Content-Security-Policy" content="', '"').replace("&#39;", "'")
    for kind, part in (
        ("script", between(page, "<script>", "</script>")),
        ("style", between(page, "<style>", "</style>")),
    ):
        digest = b64encode(sha256(part.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert page.count("<script") == page.count("<style") == 1
    assert not re.search(r"<[^>]* style=", page.replace(between(page, "<script>", "</script>"), ""))


def test_script_uses_nothing_that_its_policy_forbids() -> None:
    script = text_of("report.js")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "Function(",
        "document.write",
        "</script",
    ):
        assert word not in script
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "import(",
        "sendBeacon",
        "localStorage",
        "sessionStorage",
    ):
        assert word not in script
    for word in ("cookie", "indexedDB", 'setAttribute("style"', "<!--"):
        assert word not in script


def test_without_script_there_are_no_controls() -> None:
    page = page_of(*sources())
    template = between(page, "<template", "</template>")
    rest = page.replace(template, "").replace(between(page, "<script>", "</script>"), "")
    assert "<button" in template
    assert not re.search(r"<(button|input|select|dialog)\b", rest)


@pytest.mark.parametrize("name", ["html", "md"])
@pytest.mark.parametrize(
    ("policy", "first", "last"), [("full", True, True), ("short", True, False), ("none", False, False)]
)
def test_quotation_policy_holds_everywhere(name: str, policy: QuotePolicy, first: bool, last: bool) -> None:
    page = page_of(*sources(), name=name, quotes=policy)
    assert ("واژه0" in page) is first
    assert (LAST_WORD in page) is last
    assert "10–" in page
    context = RenderContext(quotes=policy)
    note = policy_note(context)
    assert (note is None) is (policy == "full")
    assert note is None or str(note) in page


@pytest.mark.parametrize("name", ["html", "md"])
def test_long_lists_are_counted_not_printed(name: str) -> None:
    many = tuple(quote(f"passage{n}x", "en") for n in range(50))
    page = page_of(Quotes(quotes=many, left_out=7), name=name, quote_limit=20)
    assert "passage19x" in page
    assert "passage20x" not in page
    assert "Further quotations: 30; the spreadsheet report lists them all." in page
    assert "left out here: 7" in page


def test_shortened_passages_keep_letters_whole() -> None:
    assert beginning("one two") == "one two"
    assert beginning(LONG).split() == [*LONG.split()[:12], "…"]
    marked = "ب\u0651" * 200
    cut = beginning(marked)
    assert cut.endswith("\u0651 …")
    assert len(cut) <= SHORT_CHARACTERS + 4
    assert beginning("x" * 300) == f"{'x' * SHORT_CHARACTERS} …"


def test_a_cell_without_words_says_where_the_passage_stands() -> None:
    english = language("en")
    said = quote("secret words", "en")
    assert quote_cell(said, RenderContext(quotes="none"), english).startswith("[P03, 10–22")
    shown, beyond, left = limited([said] * 3, RenderContext(quotes="none", quote_limit=2), 4)
    assert [(q.text, q.interview) for q in shown] == [("", "P03")] * 2
    assert (beyond, left) == (1, 4)


def test_turn_is_part_of_the_place() -> None:
    from dataclasses import replace

    said = replace(quote("a", "en"), turn=12, speaker=None)
    assert str(words.place_of(said)) == "P03, turn 12, 10–11"


def test_wide_tables_and_large_matrices_stop_and_say_so() -> None:
    labels = tuple(Label(f"c{n}") for n in range(300))
    wide = Table(
        name="wide",
        columns=tuple(Column(f"c{n}", Message("N"), Kind.COUNT) for n in range(300)),
        rows=tuple((n,) * 300 for n in range(300)),
    )
    heat = Heatmap(rows=labels, columns=labels, values=((1.0,) * 300,) * 300, axis=Message("Counts"))
    figure = Figure(name="h", picture=heat, caption=Message("C"), alt=Message("A"))
    page = page_of(wide, figure)
    assert page.count("<td") <= MOST_CELLS + MOST_SHADED**2
    assert f"More rows: {300 - MOST_CELLS // 300}" in page
    assert "The figure shows 60 of 300 rows and 60 of 300 columns." in page


def test_cells_carry_the_value_they_are_sorted_by() -> None:
    columns = tuple(
        Column(kind.value, Message(kind.value), kind)
        for kind in (Kind.COUNT, Kind.COEFFICIENT, Kind.DATE, Kind.TEXT)
    )
    row = (1234567, -0.123456789, "2025-03-12", "word")
    undefined = tuple(Undefined(Message("no")) for _ in columns)
    page = page_of(Table(name="t", columns=columns, rows=(row, undefined)), tag="fa")
    assert re.findall(r'data-v="([^"]*)"', page) == ["1234567", "-0.123456789", "2025-03-12"]


def test_headings_leave_out_no_level() -> None:
    page = page_of(*(Heading(text=Message("H"), level=level) for level in (3, 3, 4, 2, 4)))
    assert [int(n) for n in re.findall(r"<h([1-6])[ >]", between(page, "<main", "</main>"))] == [
        2,
        3,
        3,
        4,
        3,
        4,
        2,
    ]


def test_lists_of_names_have_the_commas_of_the_language() -> None:
    names = listed(["c1", "c2", "c3"])
    assert str(names) == "c1, c2, c3"
    assert listed([]) is None
    pieces = language("fa").value("c1, c2; P03", Kind.ID)
    assert [piece.text for piece in pieces] == ["c1", "، ", "c2", "؛ ", "P03"]
    assert [piece.text for piece in language("en").value("c1, c2", Kind.ID)] == ["c1, c2"]


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_can_be_told_apart(scheme: str) -> None:
    style = text_of("report.css")
    light = colours(between(style, ":root {", "}"))
    dark = colours(between(style, "(prefers-color-scheme: dark) {", "}"))
    printed = colours(between(style, "@media print {", "}"))
    found = {"light": light, "dark": light | dark, "print": light | printed}[scheme]
    roles = ("causal", "phenomenon", "context", "intervening", "strategy", "outcome")
    inks = ("ink", "soft", "accent", "mark", "good", "warning", "bad", *roles)
    for ground in ("paper", "card", "faint"):
        for ink in inks:
            assert contrast(found[ink], found[ground]) >= 4.5, (scheme, ink, ground)
        for line in ("focus", "edge"):
            assert contrast(found[line], found[ground]) >= 3, (scheme, line, ground)
    assert contrast(found["ink"], found["mark-paper"]) >= 4.5
    assert contrast(found["soft"], found["mark-paper"]) >= 4.5


def test_same_bytes_whatever_the_line_ends_of_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    from omnistudy.render import html

    before = render("html", [whole()], RenderContext())
    monkeypatch.setattr(html, "files", lambda _: Windows())
    assert render("html", [whole()], RenderContext()) == before


class Windows:
    """The package's files as a checkout with CRLF has them."""

    def joinpath(self, *parts: str) -> Windows:
        self.name = parts[-1]
        return self

    def read_text(self, encoding: str) -> str:
        return text_of(self.name).replace("\n", "\r\n")
