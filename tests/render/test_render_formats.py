"""Every renderer: hostile text stays text, the watermark is there, nothing undefined becomes a number."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from html.parser import HTMLParser

import pytest
from render_samples import HOSTILE, PROVENANCE, SMALL, TABLE, SampleResult, diagram, figures, quote, whole

from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC
from omnistudy.render.context import RenderContext
from omnistudy.render.language import language
from omnistudy.render.registry import RENDERERS, render
from omnistudy.results import Column, Figure, Kind, Label, Message, Quotes, Result, Table, Undefined

TAGS = ("en", "fa")
BYTES = ("docx", "xlsx")  # their own tests open them: test_render_docx.py, test_render_xlsx.py
TEXTS = tuple(name for name in RENDERERS if name not in BYTES)
OVERRIDES = re.compile("[\u202a-\u202e\u2067]")


def output(name: str, result: Result | None = None, tag: str = "en", **options: int | bool) -> str:
    context = RenderContext(language=language(tag), **options)  # type: ignore[arg-type]
    made = render(name, [result or whole()], context)
    return made if isinstance(made, str) else made.decode()


class Page(HTMLParser):
    """Collects what a browser would see of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_registry_names_and_suffixes() -> None:
    assert {"table", "json", "csv", "md", "html", *BYTES} <= set(RENDERERS)
    assert len({row.suffix for row in RENDERERS.values()}) == len(RENDERERS)
    with pytest.raises(ValueError, match="table, json"):
        render("pdf", [whole()], RenderContext())


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("name", TEXTS)
def test_same_bytes_twice(name: str, tag: str) -> None:
    assert output(name, tag=tag) == output(name, tag=tag)
    output(name, tag=tag).encode("utf-8")


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("name", TEXTS)
def test_watermark_only_on_synthetic_data(name: str, tag: str) -> None:
    marks = {"json": '"synthetic": true', "csv": str(words.SYNTHETIC_SHORT)}
    mark = marks.get(name, language(tag).text(words.SYNTHETIC))
    assert mark in output(name, tag=tag)
    assert mark not in output(name, whole(synthetic=False), tag)


def test_watermark_in_every_figure_of_a_page() -> None:
    drawings = re.findall(r"<svg xmlns.*?</svg>", output("html"), re.DOTALL)
    assert len(drawings) == len(figures())
    assert all('class="watermark"' in drawing for drawing in drawings)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_no_steering_character_survives(name: str, tag: str) -> None:
    text = output(name, tag=tag)
    assert not OVERRIDES.search(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)
    assert "␛" in text
    assert "⟨U+202E⟩" in text
    opened, closed = len(re.findall("[\u2066\u2068]", text)), text.count("\u2069")
    assert opened == closed


def test_html_escapes_everything() -> None:
    page = Page(output("html"))
    names = {tag for tag, _ in page.tags}
    assert not names & {"img", "iframe", "object", "link"}
    assert list(page.all("script")) == [{}]
    handlers = [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert not handlers
    links = [attributes["href"] or "" for attributes in page.all("a")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in output("html")


def test_html_needs_nothing_from_outside() -> None:
    text = output("html")
    page = Page(text)
    loading = {"src", "srcset", "href", "xlink:href", "data", "action", "poster", "background"}
    addresses = [value for _, attributes in page.tags for key, value in attributes.items() if key in loading]
    assert addresses
    assert all((address or "").startswith("#") for address in addresses)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in page.all("meta"))


@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("fa", "rtl")])
def test_html_directions(tag: str, direction: str) -> None:
    page = Page(output("html", tag=tag))
    assert page.all("html") == [{"lang": tag, "dir": direction}]
    assert {(q["lang"], q["dir"]) for q in page.all("blockquote")} == {("fa", "rtl")}
    # Figures place their texts by physical sides, so they must not inherit the page's direction.
    assert all(svg["direction"] == "ltr" for svg in page.all("svg") if "role" in svg)


def test_quotation_keeps_its_own_direction() -> None:
    passages = (quote("English words", "en"), quote("متن", "fa"), quote("?", '"><x'))
    page = Page(output("html", SampleResult(provenance=PROVENANCE, content=(Quotes(quotes=passages),)), "fa"))
    assert [q["dir"] for q in page.all("blockquote")] == ["ltr", "rtl", "auto"]


@pytest.mark.parametrize("tag", TAGS)
def test_html_identifiers_are_unique_and_links_lead_somewhere(tag: str) -> None:
    result = whole()
    made = render("html", [result, result], RenderContext(language=language(tag)))
    assert isinstance(made, str)
    page = Page(made)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {(a["href"] or "")[1:] for a in page.all("a")}
    for key in ("aria-labelledby",):
        for _, attributes in page.tags:
            wanted |= set((attributes.get(key) or "").split())
    assert wanted <= set(ids)


def test_html_is_accessible_in_structure() -> None:
    page = Page(output("html"))
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("nav")) == 1
    assert all(cell.get("scope") in {"col", "row"} for cell in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    drawings = [svg for svg in page.all("svg") if svg.get("aria-hidden") != "true"]
    assert len(drawings) == len(figures())
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in drawings)
    regions = [div for div in page.all("div") if "scroll" in (div.get("class") or "").split()]
    assert regions
    assert all(div["tabindex"] == "0" and div["aria-labelledby"] for div in regions)


@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_undefined_cells_show_their_reason(name: str) -> None:
    text = output(name)
    assert "no variation in the test" in text
    assert not re.search(
        r"\b(nan|inf)\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL), re.IGNORECASE
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("name", TEXTS)
def test_a_number_that_is_none_is_refused(name: str, bad: float) -> None:
    table = Table(name="t", columns=(Column("x", Message("X"), Kind.NUMBER),), rows=((bad,),))
    result = SampleResult(provenance=PROVENANCE, content=(table,), data={"x": [{"y": bad}]})
    with pytest.raises(ValueError, match=r"reason|Undefined"):
        output(name, result)


def test_json_names_the_place_of_a_bad_value() -> None:
    with pytest.raises(ValueError, match=r"rows\[1\]\.value"):
        output("json", SampleResult(provenance=PROVENANCE, data={"rows": [{}, {"value": math.nan}]}))
    with pytest.raises(TypeError, match="codes: set"):
        output("json", SampleResult(provenance=PROVENANCE, data={"codes": {"a"}}))


def test_json_object() -> None:
    data: dict[str, object] = {
        "value": 0.1 + 0.2,
        "label": Label("x", {"en": "trust", "fa": "اعتماد"}),
        "gone": Undefined(Message("because")),
        "said": quote(HOSTILE[9]),
        "text": Message("{n} codes", {"n": 3}),
        "many": (1, True, None),
    }
    text = output("json", SampleResult(provenance=PROVENANCE, data=data), "fa")
    made = json.loads(text)
    assert made["schema"] == "omnistudy.sample/1"
    assert made["provenance"]["inputs"] == [{"path": PROVENANCE.inputs[0].path, "sha256": "ab" * 32}]
    assert set(made["provenance"]) == {"version", "command", "seed", "inputs", "synthetic"}
    assert made["summary"] == "Alpha is 0.712 [-0.400, 0.815]."
    assert (made["value"], made["label"], made["gone"]) == (0.1 + 0.2, "trust", None)
    assert made["said"]["quote"] == HOSTILE[9]
    assert made["text"] == "3 codes"
    assert made["many"] == [1, True, None]


def test_csv_is_raw_and_tidy() -> None:
    rows = list(csv.DictReader(io.StringIO(output("csv", tag="fa"))))
    assert "\r" not in output("csv")
    assert rows[0]["alpha"] == "0.71234567890123"
    assert rows[0]["units"] == "12345"
    assert rows[1]["alpha"] == "-0.13"
    assert rows[2]["alpha"] == rows[2]["share"] == ""
    assert rows[0]["flag"] == "true"
    assert rows[0]["code"] == "پلتفرم دیجیتال"
    assert rows[0]["date"] == "2025-03-12"
    assert {row["synthetic"] for row in rows} == {"SYNTHETIC demo data"}


def test_csv_without_formulas() -> None:
    cells = [cell for row in csv.reader(io.StringIO(output("csv"))) for cell in row]
    numbers = re.compile(r"-?[\d.]+(e-?\d+)?")
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r") and not numbers.fullmatch(cell)]
    assert f"'{HOSTILE[2]}" in cells


def test_csv_without_a_table_gives_the_sentence() -> None:
    text = output("csv", SampleResult(provenance=PROVENANCE))
    assert text.splitlines()[0] == "command,summary,synthetic"


def test_terminal_is_plain_and_as_wide_as_asked() -> None:
    from rich.cells import cell_len

    text = output("table", width=90)
    assert "\x1b" not in text
    assert max(cell_len(line) for line in text.splitlines()) <= 90
    assert "[bold red]loud[/bold red] :smile:" in text
    assert "\x1b[" in output("table", colour=True)


def test_terminal_stops_long_tables() -> None:
    long = Table(
        name="t", columns=(Column("n", Message("N"), Kind.COUNT),), rows=tuple((n,) for n in range(100))
    )
    text = output("table", SampleResult(provenance=PROVENANCE, content=(long,)), row_limit=10)
    assert "More rows: 90; --format csv shows all" in text
    assert "\n10\n" not in text


def test_page_stops_long_tables() -> None:
    long = Table(
        name="t", columns=(Column("n", Message("N"), Kind.COUNT),), rows=tuple((n,) for n in range(100))
    )
    result = SampleResult(provenance=PROVENANCE, content=(long,))
    for name in ("md", "html"):
        assert "More rows: 90" in output(name, result, page_row_limit=10)


def test_markdown_shows_hostile_text_as_text() -> None:
    text = output("md")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\\| pipe \\| \\`code\\` \\*\\*bold\\*\\*" in text
    assert "https://" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and "12,345" in line]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == len(TABLE.columns) + 1


def test_markdown_links_figures_that_have_files() -> None:
    context = RenderContext(figure_files={"model": "figures/model.svg"})
    text = render("md", [whole()], context)
    assert isinstance(text, str)
    assert "![Alt model](<figures/model.svg>)" in text
    assert "![Alt bars]" not in text


def test_digits_follow_the_language() -> None:
    assert "۱۲٬۳۴۵" in output("html", tag="fa")
    assert "12,345" in output("html", tag="en")
    assert '<bdi dir="ltr">−۰٫۱۳۰</bdi>' in output("html", tag="fa")


def test_trace_shows_the_quotations_of_the_model() -> None:
    model = Figure(
        name="m",
        picture=diagram(SMALL, edges=3),
        caption=Message("Model"),
        alt=Message("A model of the test"),
    )
    page = Page(output("html", SampleResult(provenance=PROVENANCE, content=(model,))))
    assert len(page.all("blockquote")) == 3


def test_numeric_kinds_are_known() -> None:
    assert {kind for kind in Kind if kind not in NUMERIC} == {
        Kind.TEXT,
        Kind.ID,
        Kind.QUOTE,
        Kind.FLAG,
        Kind.DATE,
        Kind.SENTENCE,
    }


@pytest.mark.parametrize("name", TEXTS)
def test_results_without_anything(name: str) -> None:
    bare = SampleResult(provenance=PROVENANCE)
    assert output(name, bare)
