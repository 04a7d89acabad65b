"""The Word report of the demonstration study as LibreOffice lays it out, page by page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from office import pages_of, pdf_of

from omnistudy.cli.main import main
from omnistudy.render import words
from omnistudy.render.language import language

pytestmark = [pytest.mark.office, pytest.mark.slow]


ONE_PROCESS_EACH = [pytest.param(tag, marks=pytest.mark.xdist_group(f"office-{tag}")) for tag in ("en", "fa")]


@pytest.fixture(scope="module", params=ONE_PROCESS_EACH)
def laid_out(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, demo: Path
) -> tuple[str, list[str]]:
    """Language and pages of one conversion."""
    tag = str(request.param)
    folder = tmp_path_factory.mktemp(tag)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        command = ["report", str(demo), "--to", "docx", "--lang", tag, "--quiet", "--output", "answer.txt"]
        assert main(command) == 0
    written = folder / "reports" / "maskan-demo"
    report = (written / "fa" if tag == "fa" else written) / "report.docx"
    return tag, pages_of(pdf_of(report, folder))


def test_every_page_is_there_and_says_synthetic(laid_out: tuple[str, list[str]]) -> None:
    tag, pages = laid_out
    assert len(pages) > 60
    mark = re.split(" — ", language(tag).text(words.SYNTHETIC))[0]
    assert all(mark in page for page in pages)


def test_no_field_is_broken(laid_out: tuple[str, list[str]]) -> None:
    text = "\n".join(laid_out[1])
    assert "Error:" not in text
    assert "Error!" not in text
    assert "Reference source not found" not in text
    assert "{{" not in text


def test_words_come_out_in_reading_order(laid_out: tuple[str, list[str]]) -> None:
    tag, pages = laid_out
    text = re.sub(r"\s+", " ", "\n".join(pages))
    contents = {"en": "Contents Summary", "fa": "فهرست چکیده"}[tag]
    assert contents in text
    # Letters and digits as they are written, not mirrored; the tool breaks lines at numbers in Persian.
    for phrase in {
        "en": ("Krippendorff's alpha is 0.751", "Agreement between coders"),
        "fa": ("آلفای کریپندورف برابر با", "توافق بین کدگذاران", "۰٫۷۵۱", "۰٫۷۰۳"),
    }[tag]:
        assert phrase in text.replace("’", "'")
    assert "بانک آوین" in text


def test_no_page_is_empty(laid_out: tuple[str, list[str]]) -> None:
    _, pages = laid_out
    bare = [at for at, page in enumerate(pages, start=1) if len(page.split()) < 12]
    # The title page has few words, and pages of the model hold a picture and its title.
    assert len(bare) <= 1 + len(pages) // 20
