"""PNG: the same drawing as the SVG, the same bytes twice, no text wider than the layout allowed for."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from browser import chromium
from lxml import etree
from render_networks import FLOW, MEASURED, NETWORK
from render_samples import HOSTILE, figures, whole

from omnistudy.cli.figures import figure_files
from omnistudy.pictures import Bars, Diagram
from omnistudy.render import words
from omnistudy.render.figures import svg
from omnistudy.render.language import language
from omnistudy.render.png import DrawnText, _Canvas, drawn_texts, png_file
from omnistudy.render.png_text import _family_with, _font
from omnistudy.render.svg.measure import text_width
from omnistudy.results import Figure, Label, Message

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SPACE = "{http://www.w3.org/2000/svg}"
ALL = (
    *figures(),
    *(
        Figure(name=name, picture=picture, caption=Message("Caption"), alt=Message("Alt"))
        for name, picture in (("flow", FLOW), ("network", NETWORK), ("measured", MEASURED))
    ),
)
everything = pytest.mark.parametrize("figure", ALL, ids=lambda figure: figure.name)
both = pytest.mark.parametrize("tag", ["en", "fa"])


def image(data: bytes) -> Any:
    from matplotlib.image import imread

    return imread(BytesIO(data), format="png")[..., :3]


def pixels(inside: str, width: int = 40, height: int = 20) -> Any:
    """Draw some elements at one dot per pixel."""
    canvas = _Canvas.of(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{inside}</svg>', 96
    )
    canvas.draw()
    return canvas.pixels()


def chunks(data: bytes) -> dict[bytes, bytes]:
    found, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        found[data[at + 4 : at + 8]] = data[at + 8 : at + 8 + length]
        at += 12 + length
    return found


@both
@everything
def test_the_same_bytes_in_the_size_of_the_svg(figure: Figure, tag: str) -> None:
    data = png_file(figure, language(tag), synthetic=True, dpi=96)
    assert data == png_file(figure, language(tag), synthetic=True, dpi=96)
    root = etree.fromstring(svg(figure, language(tag), synthetic=True).encode())
    width, height = struct.unpack(">II", chunks(data)[b"IHDR"][:8])
    assert (width, height) == tuple(-(-float(root.get(side, "")) // 1) for side in ("width", "height"))


def test_the_file_says_its_resolution_and_no_date_or_program() -> None:
    data = png_file(ALL[0], language("en"), synthetic=False, dpi=192)
    found = chunks(data)
    assert set(found) <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
    per_metre, _, unit = struct.unpack(">IIB", found[b"pHYs"])
    assert (round(per_metre * 0.0254), unit) == (192, 1)


def test_the_settings_of_the_user_change_nothing() -> None:
    from matplotlib import rc_context, rcParams

    plain = png_file(ALL[4], language("fa"), synthetic=True, dpi=72)
    settings: Any = {
        "text.hinting": "force_autohint",
        "font.family": ["serif"],
        "font.size": 20,
        "path.simplify": True,
        "lines.dash_capstyle": "round",
        "font.variant": "small-caps",
    }
    with rc_context(settings):
        assert png_file(ALL[4], language("fa"), synthetic=True, dpi=72) == plain
        assert rcParams["font.size"] == 20  # and it leaves them as they are


@both
@everything
def test_no_text_is_wider_than_the_layout_measured(figure: Figure, tag: str) -> None:
    drawing = svg(figure, language(tag), synthetic=True)
    root = etree.fromstring(drawing.encode())
    width, height = (float(root.get(side, "")) for side in ("width", "height"))
    drawn = drawn_texts(drawing)
    holders = list(lines(root))
    assert [one.text for one in drawn] == [holder.text or "" for holder, _ in holders]
    for one, (_, element) in zip(drawn, holders, strict=True):
        upright = any("rotate" in parent.get("transform", "") for parent in element.iterancestors())
        taken = one.bottom - one.top if upright else one.right - one.left
        bold = element.get("font-weight") == "bold"
        assert taken <= text_width(one.text, float(element.get("font-size", "")), bold=bold) + 1, one.text
        assert one.left >= -0.5
        assert one.right <= width + 0.5, one.text
        assert one.top >= -0.5
        assert one.bottom <= height + 0.5


def lines(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Yield every line of text: the element that holds its letters, and the one that holds its look."""
    for element in root.iter(f"{SPACE}text"):
        for holder in element.findall(f"{SPACE}tspan") or [element]:
            yield holder, element


@both
@pytest.mark.parametrize("name", ["model", "measured"])
def test_every_label_of_the_model_lies_inside_its_box(name: str, tag: str) -> None:
    figure = next(one for one in ALL if one.name == name)
    drawing = svg(figure, language(tag), synthetic=True)
    root = etree.fromstring(drawing.encode())
    seen = 0
    for one, (_, element) in zip(drawn_texts(drawing), lines(root), strict=True):
        group = element.getparent()
        if group is None or group.get("class") != "node":
            continue
        box = group.find(f"{SPACE}rect")
        assert box is not None
        x, y, width, height = (float(box.get(key, "")) for key in ("x", "y", "width", "height"))
        seen += 1
        assert x < one.left
        assert one.right < x + width
        assert y < one.top
        assert one.bottom < y + height
    assert isinstance(figure.picture, Diagram)
    assert seen >= len(figure.picture.nodes)


@both
def test_the_watermark_is_in_the_picture(tag: str) -> None:
    said = language(tag).text(words.SYNTHETIC)
    marked = drawn_texts(svg(ALL[0], language(tag), synthetic=True))
    assert [one for one in marked if one.text == said]
    assert not [one for one in drawn_texts(svg(ALL[0], language(tag), synthetic=False)) if one.text == said]


def test_shapes_lie_where_the_svg_puts_them() -> None:
    red = pixels('<rect x="10" y="5" width="20" height="10" fill="#ff0000"/>')
    assert tuple(red[10, 20]) == (255, 0, 0)
    assert tuple(red[2, 20]) == tuple(red[10, 5]) == (255, 255, 255)
    open_path = pixels('<path d="M5 5H35V15" fill="none" stroke="#000000"/>')
    assert tuple(open_path[12, 20]) == (255, 255, 255)
    assert open_path[5, 20].sum() < 255
    moved = pixels('<g transform="translate(20 10)"><circle cx="0" cy="0" r="5" fill="#0000ff"/></g>')
    assert tuple(moved[10, 20]) == (0, 0, 255)
    assert tuple(moved[2, 20]) == (255, 255, 255)


def test_dashes_have_gaps_and_inherited_looks_are_kept() -> None:
    line = '<path d="M0 10L40 10" stroke="#000000" stroke-width="2" {}/>'
    whole = pixels(f'<g fill="none">{line.format("")}</g>')[10, :, 0]
    gaps = 'stroke-dasharray="6 4"'
    dashed = pixels(f'<g fill="none">{line.format(gaps)}</g>')[10, :, 0]
    assert (whole < 128).all()
    assert (dashed < 128).any()
    assert (dashed > 250).any()


def test_an_element_that_nobody_translates_is_an_error() -> None:
    with pytest.raises(KeyError, match="ellipse"):
        pixels('<ellipse cx="1" cy="1" rx="2" ry="3"/>')


def test_the_direction_of_a_line_decides_where_its_latin_part_stands() -> None:
    text = '<text x="{}" y="14" font-size="12" text-anchor="start" {}>ICT فناوری</text>'
    rtl = pixels(text.format(95, 'direction="rtl"'), width=100)
    ltr = pixels(text.format(95 - 62, ""), width=100)
    mirrored = pixels(text.format(95, 'direction="rtl"').replace("ICT فناوری", "فناوری ICT"), width=100)
    assert (rtl != ltr).any()
    assert (rtl != mirrored).any()
    dark = (rtl[..., 0] < 128).any(axis=0).nonzero()[0]
    assert dark.max() <= 95
    assert dark.min() > 20


@pytest.mark.parametrize("words_of", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_are_drawn_as_text(words_of: str) -> None:
    label = Label("x", {"en": words_of, "fa": words_of})
    bars = Bars(labels=(label,), values=(3,), axis=Message("N"))
    figure = Figure(name="f", picture=bars, caption=Message("C"), alt=Message("A"))
    for tag in ("en", "fa"):
        assert png_file(figure, language(tag), synthetic=False, dpi=48).startswith(b"\x89PNG")


def test_a_letter_that_no_font_has_is_replaced_and_one_that_some_font_has_is_found() -> None:
    assert _family_with("\U000e0ffe") is None
    assert _family_with("a") is not None
    (one,) = drawn_texts(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20">'
        '<text x="2" y="14" font-size="12" text-anchor="start">a\U000e0ffeb</text></svg>'
    )
    assert isinstance(one, DrawnText)
    assert one.right > 15


def test_a_slanted_face_without_persian_letters_gives_way_to_the_upright_one() -> None:
    from matplotlib.font_manager import findfont, get_font

    font, known = _font("درج نشده", 12, bold=False, italic=True)
    charmap = get_font(findfont(font)).get_charmap()
    assert {letter for letter in known if ord(letter) not in charmap} == set()
    assert _font("none", 12, bold=False, italic=True)[0].get_style() == "italic"


def test_a_command_gets_the_figures_of_a_result_in_either_format() -> None:
    drawn = figure_files((whole(),), "en")
    raster = figure_files((whole(),), "en", "png")
    assert list(drawn) == list(raster) == [figure.name for figure in figures()]
    assert all(data.startswith(b"<?xml") for data in drawn.values())
    assert raster["bars"] == png_file(figures()[0], language("en"), synthetic=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.browser
@pytest.mark.slow
@both
@everything
def test_it_looks_as_in_a_browser(browser: Browser, figure: Figure, tag: str) -> None:
    import numpy as np

    drawing = svg(figure, language(tag), synthetic=True)
    page = browser.new_page(viewport={"width": 2400, "height": 1200}, device_scale_factor=1)
    page.set_content(f"<body style='margin:0'>{drawing}</body>")
    shown = image(page.locator("svg").screenshot())
    page.close()
    own = image(png_file(figure, language(tag), synthetic=True, dpi=96))
    height, width = (min(shown.shape[axis], own.shape[axis]) for axis in (0, 1))
    # Blocks of 8 × 8 forgive how edges are smoothed; a text or line elsewhere they do not.
    some, other = (
        a[: height // 8 * 8, : width // 8 * 8]
        .mean(axis=2)
        .reshape(height // 8, 8, width // 8, 8)
        .mean(axis=(1, 3))
        for a in (shown, own)
    )
    assert np.abs(some - other).mean() < 0.012
    assert np.quantile(np.abs(some - other), 0.999) < 0.25
