"""What the page does in a browser: search, sorting, filters, diagrams, colours, print, no script."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import chromium, violations
from render_samples import HOSTILE, PROVENANCE, SMALL, SampleResult, diagram, figures, quote, whole

from omnistudy.render.context import RenderContext
from omnistudy.render.language import language
from omnistudy.render.registry import render
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Prose,
    Quotes,
    Table,
    Undefined,
)
from omnistudy.text.keys import match_key

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = replace(quote("رفتار کارمند بانک با مشتری", "fa"), turn=7, speaker=None, coders=("c1", "c2"))
NUMBERS = (10, 9, 100, None, -3, 12345, 0, 2, 7, 30, 5)


def content() -> tuple[Block, ...]:
    model = diagram(SMALL, edges=14)
    model = replace(
        model,
        nodes=tuple(replace(n, quotes=(SAID,), detail=Message("detail of the box")) for n in model.nodes),
        edges=tuple(replace(e, quotes=(SAID,) if e.solid else ()) for e in model.edges),
    )
    rows = tuple(
        (
            f"كتاب {n}" if n == 9 else f"row {n}",
            Undefined(Message("no value")) if n is None else n,
            "2025-03-12",
        )
        for n in NUMBERS
    )
    table = Table(
        name="numbers",
        caption=Message("Numbers"),
        columns=(
            Column("name", Message("Name")),
            Column("n", Message("Count"), Kind.COUNT),
            Column("d", Message("Date"), Kind.DATE),
        ),
        rows=rows,
    )
    return (
        Heading(text=Message("A part"), level=2, anchor="part"),
        Prose(text=Message("What was said of omnichannel banks.")),
        table,
        Quotes(quotes=(SAID, quote("شرايط علي و کتاب‌های ۱۴", "fa")), caption=Message("Passages")),
        Figure(name="model", picture=model, caption=Message("The model"), alt=Message("A model")),
        *figures()[:4],
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages on disk: with plain and with hostile content, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    results = [SampleResult(provenance=PROVENANCE, content=content()), whole()]
    for tag in ("en", "fa"):
        for name, chosen in {"plain": results[:1], "hostile": results[1:], "both": results}.items():
            path = folder / f"{name}-{tag}.html"
            made = render("html", chosen, RenderContext(language=language(tag)))
            assert isinstance(made, str)
            path.write_text(made, encoding="utf-8")
            found[f"{name}-{tag}"] = path
    return found


class Opened:
    """A page with everything it complained of or asked for."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        options.setdefault("reduced_motion", "reduce")
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.address = path.as_uri()

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.complaints == []
        assert set(self.requests) == {self.address}


def search(page: Page, words: str) -> str:
    page.fill("#search", "")
    page.locator("#told:empty").wait_for(state="attached")
    page.fill("#search", words)
    page.locator("#told:not(:empty)").wait_for()
    return page.inner_text("#told")


def test_search_counts_and_leads_to_what_it_finds(browser: Browser, files: dict[str, Path]) -> None:
    with Opened(browser, files["plain-en"]) as page:
        assert search(page, "omnichannel BANKS") == "Places found: 1"
        page.press("#search", "Enter")
        assert page.locator(".hit").inner_text() == "What was said of omnichannel banks."
        assert page.locator("#found").is_hidden()
        assert search(page, "zebra") == "Nothing found"
        assert page.locator("[data-move=next]").is_disabled()
        search(page, "row")
        page.locator("#found button").first.click()
        assert page.evaluate("document.activeElement.tagName") == "TR"
        page.press("#search", "Escape")
        assert page.input_value("#search") == ""


def test_search_finds_spellings_and_what_is_folded_away(browser: Browser, files: dict[str, Path]) -> None:
    with Opened(browser, files["plain-fa"]) as page:
        assert "۱" in search(page, "کتابهای 14")
        assert "Nothing" not in search(page, "شرایط علّی و كتاب هاي 14")
        page.press("#search", "Enter")
        assert "شرايط علي و کتاب‌های ۱۴" in page.locator(".hit").inner_text()
        # The passages behind the model lie in a closed part of the page, which a hit opens.
        search(page, "رفتار كارمند")
        assert page.locator("details.trace").get_attribute("open") is None
        page.locator("[data-move=next]").click()
        page.locator("[data-move=next]").click()
        assert page.locator("details.trace").get_attribute("open") is not None
        assert page.locator(".hit").is_visible()


PAIRS = (
    ("كتاب هاي ١٤", "کتاب‌های ۱۴"),
    ("پدیدۀ", "پدیده‌ی"),
    ("شرايط علي", "شرایط علّی"),
    ("«فناوری (ICT)»", "فناوري ict"),
    ("۱۲٫۵٪", "12.5%"),
    ("۱٬۲۰۰", "1200"),
    ("مشتــــري", "مشتری"),
    ("رأی", "رای"),
    ("STRASSE", "straße"),
    ("ΟΔΟΣ", "οδος"),
    ("ﻣﺸﺘﺮﯼ", "مشتری"),
)


def test_script_makes_the_keys_of_the_package(browser: Browser, files: dict[str, Path]) -> None:
    chance = random.Random(1)
    letters = [
        chr(n) for n in (*range(0x20, 0x7F), *range(0x600, 0x700), *range(0xFB50, 0xFDFE), 0x200C, 0x200D)
    ]
    letters += list("\u200c یيكکهةۀ٬٫.،۱۲١٢\u064b\u0651")
    letters = [c for c in letters if c.isprintable() or c in "\u200c\u200d"]
    texts = (
        [text for pair in PAIRS for text in pair] + list(HOSTILE[:9]) + ["مسئله", "مسأله", "آموزش", "اموزش"]
    )
    texts += ["".join(chance.choices(letters, k=chance.randrange(1, 14))) for _ in range(3000)]
    with Opened(browser, files["plain-en"]) as page:
        made = page.evaluate("texts => texts.map(t => omnistudy.matchKey(t))", texts)
    assert made == [match_key(text) for text in texts]
    assert all(match_key(one) == match_key(other) for one, other in PAIRS)


def numbers(page: Page) -> list[str]:
    return page.locator("#table-numbers tbody tr > :nth-child(2)").all_inner_texts()


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_columns_sort_by_their_values(browser: Browser, files: dict[str, Path], tag: str) -> None:
    with Opened(browser, files[f"plain-{tag}"]) as page:
        before = numbers(page)
        head = page.locator("#table-numbers th[scope=col]").nth(1)
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        values = page.evaluate(
            "[...document.querySelectorAll('#table-numbers tbody td.n')].map(c => c.dataset.v)"
        )
        assert values == [*(str(n) for n in sorted(n for n in NUMBERS if n is not None)), None]
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        values = page.evaluate(
            "[...document.querySelectorAll('#table-numbers tbody td.n')].map(c => c.dataset.v)"
        )
        assert values[0] == "12345"
        assert values[-1] is None
        head.locator("button").press("Space")
        assert head.get_attribute("aria-sort") is None
        assert numbers(page) == before


def test_filter_shows_the_rows_that_fit(browser: Browser, files: dict[str, Path]) -> None:
    with Opened(browser, files["plain-en"]) as page:
        # Only the table with more than eight rows has one.
        tables = page.locator(".table:has(.filter)")
        assert all(tables.evaluate_all("ts => ts.map(t => t.querySelectorAll('tbody tr').length > 8)"))
        block = page.locator("#table-numbers")
        block.locator(".filter input").fill("کتاب")
        assert block.locator("tbody tr:visible").count() == 1
        assert block.locator(".filter [role=status]").inner_text() == "Rows shown: 1 of 11"
        # A hit in a row that the filter hides brings the row back.
        search(page, "row 12345")
        page.press("#search", "Enter")
        assert block.locator("tbody tr:visible").count() == 11
        assert block.locator(".filter input").input_value() == ""


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_boxes_and_arrows_show_what_stands_behind_them(
    browser: Browser, files: dict[str, Path], tag: str
) -> None:
    with Opened(browser, files[f"plain-{tag}"]) as page:
        panel = page.locator("#passages")
        box = page.locator("svg .node").first
        box.scroll_into_view_if_needed()
        box.hover()
        panel.wait_for()
        assert panel.get_attribute("role") == "tooltip"
        assert "رفتار کارمند بانک با مشتری" in panel.inner_text()
        for part in ("P03", "c1", "c2"):
            assert part in panel.inner_text()
        assert ("turn 7" if tag == "en" else "۷") in panel.inner_text()
        page.mouse.move(1, 1)
        panel.wait_for(state="hidden")
        # By keyboard: focus shows, Enter keeps and moves into it, Escape closes and gives the focus back.
        box.focus()
        panel.wait_for()
        assert box.get_attribute("aria-describedby") == "passages-body"
        page.keyboard.press("Enter")
        assert panel.get_attribute("role") == "dialog"
        assert page.evaluate("document.activeElement.id") == "passages"
        page.keyboard.press("Escape")
        assert panel.is_hidden()
        assert box.evaluate("element => element === document.activeElement")
        # An arrow by a click; a click elsewhere closes it.
        page.locator("svg .edge").first.dispatch_event("click")
        panel.wait_for()
        page.mouse.move(2, 2)
        page.wait_for_timeout(400)
        assert panel.is_visible()
        page.mouse.click(4, 300)
        assert panel.is_hidden()


def test_boxes_come_before_arrows_and_can_be_skipped(browser: Browser, files: dict[str, Path]) -> None:
    with Opened(browser, files["plain-en"]) as page:
        page.locator(".skip-figure").focus()
        order = []
        for _ in range(34):
            page.keyboard.press("Tab")
            order.append(
                page.evaluate("document.activeElement.classList[0] ?? document.activeElement.tagName")
            )
        assert order[0] == "scroll"
        boxes = sum(SMALL.values())
        assert order[1 : boxes + 1] == ["node"] * boxes
        assert order[boxes + 1 : boxes + 15] == ["edge"] * 14
        page.locator(".skip-figure").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "FIGCAPTION"


def test_tapping_a_box_on_a_phone(browser: Browser, files: dict[str, Path]) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with Opened(browser, files["plain-fa"], **options) as page:
        page.locator("svg .node").first.tap()
        panel = page.locator("#passages")
        panel.wait_for()
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] == 0
        assert abs(box["y"] + box["height"] - 844) <= 1
        panel.locator("button").tap()
        assert panel.is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_screen_and_the_button(
    browser: Browser, files: dict[str, Path], scheme: str
) -> None:
    with Opened(browser, files["plain-en"], color_scheme=scheme) as page:
        ground = "getComputedStyle(document.documentElement).backgroundColor"
        first = page.evaluate(ground)
        button = page.locator(".theme")
        assert button.get_attribute("aria-pressed") == str(scheme == "dark").lower()
        button.click()
        second = page.evaluate(ground)
        assert button.get_attribute("aria-pressed") == str(scheme == "light").lower()
        button.click()
        assert page.evaluate(ground) == first != second
        page.reload()
        assert page.evaluate(ground) == first
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_links_to_parts_and_where_the_reader_is(browser: Browser, files: dict[str, Path]) -> None:
    with Opened(browser, files["both-en"], permissions=["clipboard-read", "clipboard-write"]) as page:
        line = page.locator(".headline").first
        line.hover()
        line.locator(".link").click()
        assert page.url.endswith("#summary")
        line.locator(".link-status:not(:empty)").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == page.url
        page.locator("#provenance").scroll_into_view_if_needed()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.locator("#contents a[aria-current]:has-text('Provenance')").wait_for()
        assert page.locator("#contents a[aria-current]").count() == 1


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_everything_can_be_read_without_script(browser: Browser, files: dict[str, Path], tag: str) -> None:
    with Opened(browser, files[f"both-{tag}"], java_script_enabled=False) as page:
        assert page.locator("button, input, select").count() == 0
        assert page.locator(".passages, .toolbar, .filter").count() == 0
        page.locator("details.trace > summary").first.click()
        assert page.locator("details.trace .quote").first.is_visible()
        assert page.locator("svg[role=img]").count() == page.locator("figure.figure svg").count()


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_print_shows_the_words_and_no_controls(browser: Browser, files: dict[str, Path], tag: str) -> None:
    with Opened(browser, files[f"both-{tag}"], color_scheme="dark") as page:
        page.locator(".theme").click()
        page.locator(".theme").click()
        page.emulate_media(media="print")
        assert page.locator(".toolbar, nav, .filter, .link, .explore").evaluate_all(
            "all => all.every(e => !e.offsetParent)"
        )
        assert (
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == "rgb(255, 255, 255)"
        )
        page.emulate_media(media=None)


@pytest.mark.parametrize("tag", ["en", "fa"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_hostile_words_do_nothing_and_nothing_overflows(
    browser: Browser, files: dict[str, Path], tag: str, width: int
) -> None:
    with Opened(browser, files[f"hostile-{tag}"], viewport={"width": width, "height": 800}) as page:
        for details in page.locator("details > summary").all():
            details.click()
        search(page, HOSTILE[0])
        page.press("#search", "Enter")
        page.locator("#table-codes .sort").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("main script, main img, main b:has-text('html')").count() == 0


def test_policy_stops_what_is_not_ours(browser: Browser, files: dict[str, Path]) -> None:
    opened = Opened(browser, files["plain-en"])
    refused: list[str] = []
    opened.page.on("requestfailed", lambda request: refused.append(request.failure or ""))
    opened.page.evaluate(
        """() => {
          const script = document.createElement('script');
          try { script.text = 'window.bad = 1'; } catch {}
          document.body.append(script);
          const image = document.createElement('img');
          image.src = 'https://example.org/x.png';
          document.body.append(image);
        }"""
    )
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)
    assert refused == ["csp"]
    opened.context.close()


@pytest.mark.parametrize("tag", ["en", "fa"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(
    browser: Browser, files: dict[str, Path], tag: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(files[f"plain-{tag}"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(page) == []
    page.locator("svg .node").first.focus()
    page.keyboard.press("Enter")
    page.locator("#passages").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    search(page, "row")
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_targets_are_large_enough(browser: Browser, files: dict[str, Path], width: int) -> None:
    with Opened(browser, files["plain-en"], viewport={"width": width, "height": 900}) as page:
        search(page, "row")
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, input, summary')].filter(e => e.checkVisibility())
              .filter(e => { e.scrollIntoView(); const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24; })
              .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == []


def test_large_reports_open_quickly(browser: Browser, tmp_path: Path) -> None:
    """200 interviews, 1,000 codes: tables and lists stop at their limits; the generous time is for busy machines."""
    chance = random.Random(1)
    labels = tuple(
        Label(f"code-{n}", {"fa": f"کد {n} اعتماد مشتری", "en": f"code {n} of trust"}) for n in range(1000)
    )
    interviews = tuple(Column(f"P{n}", Message("N"), Kind.COUNT) for n in range(200))
    matrix = Table(
        name="matrix",
        columns=(Column("code", Message("Code")), *interviews),
        rows=tuple((label, *(chance.randrange(9) for _ in interviews)) for label in labels),
    )
    said = tuple(replace(SAID, interview=f"P{n % 200}", start=n, end=n + 50) for n in range(5000))
    quotes = Table(
        name="quotes", columns=(Column("q", Message("Q"), Kind.QUOTE),), rows=tuple((q,) for q in said * 20)
    )
    lists = tuple(Quotes(quotes=said) for _ in range(50))
    result = SampleResult(provenance=PROVENANCE, content=(matrix, quotes, *lists))
    made = render("html", [result], RenderContext(language=language("fa")))
    assert isinstance(made, str)
    assert len(made.encode()) <= 15_000_000
    path = tmp_path / "big.html"
    path.write_text(made, encoding="utf-8")
    with Opened(browser, path) as page:
        ready = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
        assert ready < 10_000
        assert search(page, "اعتماد").startswith("جاهای") or page.inner_text("#told")
