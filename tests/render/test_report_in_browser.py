"""The report of the demonstration study as a browser shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import chromium, violations

from omnistudy.cli.main import main
from omnistudy.cli.report_choices import report_folder
from omnistudy.render import words
from omnistudy.render.language import language

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("report-in-browser")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> dict[str, Path]:
    """The report in both languages."""
    found = {}
    for tag in ("en", "fa"):
        folder = tmp_path_factory.mktemp(tag)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            assert main(["report", str(demo), "--lang", tag, "--quiet", "--output", "answer.txt"]) == 0
        found[tag] = folder / report_folder("maskan-demo", tag) / "report.html"
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("tag", ["en", "fa"])
@pytest.mark.parametrize("width", [320, 390, 820, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_or_calls_out(
    browser: Browser, pages: dict[str, Path], tag: str, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(pages[tag].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    assert requests == [pages[tag].as_uri()]
    page.close()


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_every_label_of_the_model_lies_inside_its_box(
    browser: Browser, pages: dict[str, Path], tag: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages[tag].as_uri())
    outside, boxes = page.evaluate(
        """() => {
          const nodes = [...document.querySelectorAll('svg .node')];
          const bad = [];
          for (const node of nodes) {
            const box = node.querySelector('rect').getBoundingClientRect();
            for (const text of node.querySelectorAll('text')) {
              const t = text.getBoundingClientRect();
              if (t.left < box.left || t.right > box.right || t.top < box.top || t.bottom > box.bottom)
                bad.push(text.textContent);
            }
          }
          return [bad, nodes.length];
        }"""
    )
    assert boxes >= 20
    assert outside == []
    page.close()


def test_persian_reads_from_right_to_left(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages["fa"].as_uri())
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "fa"]
    page.goto(pages["en"].as_uri())
    directions = page.evaluate("[...document.querySelectorAll('blockquote')].map(q => [q.dir, q.lang])")
    assert directions
    assert {tuple(pair) for pair in directions} == {("rtl", "fa")}
    page.close()


@pytest.mark.parametrize(("tag", "width", "scheme"), [("en", 1280, "light"), ("fa", 390, "dark")])
def test_nobody_is_shut_out_of_the_report(
    browser: Browser, pages: dict[str, Path], tag: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(pages[tag].as_uri())
    page.locator("svg .node").first.focus()
    page.keyboard.press("Enter")
    page.locator("#passages").wait_for()
    assert violations(page, contrast=False) == []
    context.close()


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_every_box_and_arrow_tells_what_it_rests_on(
    browser: Browser, pages: dict[str, Path], tag: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(pages[tag].as_uri())
    silent, boxes = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll('#paradigm svg :is(.node, .edge)')];
          return [all.filter(e => e.getAttribute('role') !== 'button' || !e.getAttribute('aria-label')).length,
                  all.length];
        }"""
    )
    assert (silent, boxes >= 40) == (0, True)
    page.locator("#paradigm svg .node").first.focus()
    panel = page.locator("#passages")
    panel.wait_for()
    # Interview, turn and coder of every passage.
    sources = panel.locator("figcaption").all_inner_texts()
    assert sources
    assert all("P" in source and ("turn" in source or "نوبت" in source or tag == "fa") for source in sources)
    consensus = language(tag).text(words.coder_name("consensus"))
    assert all(any(name in source for name in ("c1", "c2", "c3", consensus)) for source in sources)
    page.close()
