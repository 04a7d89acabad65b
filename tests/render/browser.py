"""A headless browser for tests that look at pages as people do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the installed Chromium; skip where there is none, except where CI promised one."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("OMNISTUDY_CI"):
            pytest.fail("CI must install Chromium: these tests may not be skipped there")
        pytest.skip("no Chromium on this machine; the page is not looked at")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def axe_source() -> str:
    """Return axe-core's script; skip where it is not installed, except where CI promised it."""
    from importlib.util import find_spec
    from pathlib import Path

    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        if os.environ.get("OMNISTUDY_CI"):
            pytest.fail(
                "CI must install axe-playwright-python: accessibility may not be left unchecked there"
            )
        pytest.skip("axe-playwright-python is not installed; accessibility is not checked")
    return Path(found.submodule_search_locations[0]).joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, contrast: bool = True) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds against WCAG 2.2 AA and good practice: rules and the elements that break them.

    The shadows of scroll areas are taken away, since contrast over them cannot be measured. The page
    must be opened with ``bypass_csp``, because its policy would stop the checker. ``contrast=False``
    leaves out the one rule that takes minutes on a long page; pages with the same style sheet check it.
    """
    page.add_style_tag(content=".table .scroll { background: none !important }")
    page.evaluate(axe_source())
    found = page.evaluate(
        """([tags, contrast]) => axe.run(document, {
          resultTypes: ['violations'], runOnly: {type: 'tag', values: tags},
          rules: {'color-contrast': {enabled: contrast}},
        })""",
        [RULES, contrast],
    )
    return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]]
