"""Charts: well-formed, the same bytes twice, told in words as well."""

from __future__ import annotations

import re

import pytest
from lxml import etree
from render_samples import HOSTILE, LABELS, LINES, figures

from omnistudy import pictures
from omnistudy.pictures import Bars, Forest, Heatmap, Lines
from omnistudy.render.figures import PICTURES, as_tables, svg, svg_file
from omnistudy.render.language import language
from omnistudy.render.svg.axes import ticks_of
from omnistudy.render.svg.charts import _legible_on, _shade
from omnistudy.results import Figure, Kind, Label, Message, Picture, Undefined

SPACE = {"s": "http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("tag", ["en", "fa"])
@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.name)
def test_every_figure_is_well_formed(figure: Figure, tag: str) -> None:
    text = svg_file(figure, language(tag), synthetic=True)
    assert text == svg_file(figure, language(tag), synthetic=True)
    root = etree.fromstring(text.encode())
    assert root.findtext("s:title", namespaces=SPACE) == str(figure.caption) or tag == "fa"
    assert root.find("s:desc", SPACE) is not None
    assert "script" not in {etree.QName(e).localname for e in root.iter() if isinstance(e.tag, str)}


def test_every_picture_has_a_row() -> None:
    declared = {
        kind for kind in vars(pictures).values() if isinstance(kind, type) and issubclass(kind, Picture)
    }
    assert set(PICTURES) == declared - {Picture}


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.name)
def test_every_figure_can_be_told(figure: Figure) -> None:
    tables = as_tables(figure)
    assert tables
    for table in tables:
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_undefined_values_are_said_and_not_drawn() -> None:
    bars, forest, heatmap, *_ = figures()
    assert "undefined" in svg(bars, language("en"), synthetic=False)
    assert isinstance(as_tables(bars)[0].rows[1][1], Undefined)
    assert svg(forest, language("en"), synthetic=False).count('class="interval"') == 1
    assert svg(heatmap, language("en"), synthetic=False).count('class="undefined-cell"') == 1


def test_hostile_labels_stay_text() -> None:
    for figure in figures()[:4]:
        text = svg(figure, language("en"), synthetic=False)
        assert HOSTILE[0] not in text
        assert "&lt;script&gt;" in text


def drawn(picture: Picture, tag: str = "en") -> etree._Element:
    figure = Figure(name="f", picture=picture, caption=Message("C"), alt=Message("A"))
    return etree.fromstring(svg(figure, language(tag), synthetic=False).encode())


def test_bars_grow_in_reading_direction() -> None:
    bars = Bars(labels=LABELS[:2], values=(10, 5), axis=Message("N"))
    sides = {}
    for tag in ("en", "fa"):
        rectangles = drawn(bars, tag).findall(".//s:rect[@class='bar']", SPACE)
        sides[tag] = [(float(r.get("x", "")), float(r.get("width", ""))) for r in rectangles]
    (a, long), (b, short) = sides["en"]
    assert a == b
    assert long == pytest.approx(2 * short, abs=0.2)
    (a, long), (b, short) = sides["fa"]
    assert a + long == pytest.approx(b + short, abs=0.2)


def test_curves_rise_rightwards_in_every_language_and_stop_at_gaps() -> None:
    for tag in ("en", "fa"):
        root = drawn(LINES, tag)
        marks = [
            (float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iterfind(".//s:circle", SPACE)
        ]
        *_, first, second, third = marks  # one in the legend, one for each known value
        assert len(marks) == 4
        assert first[0] < second[0] < third[0]
        assert first[1] > second[1] > third[1]
        assert second[0] - first[0] == pytest.approx(2 * (third[0] - second[0]), abs=0.3)
        strokes = [p for p in root.iterfind(".//s:path[@class='curve-0']", SPACE) if p.get("fill") == "none"]
        assert [p.get("d", "").count("L") for p in strokes] == [1, 0, 1]  # the legend, and a gap after one
        assert len(root.findall(".//s:path[@class='band-1']", SPACE)) == 2
        assert all(p.get("stroke-dasharray") for p in root.iterfind(".//s:path[@class='curve-2']", SPACE))


def test_everything_lies_inside_the_picture() -> None:
    labels = tuple(Label(f"c{i}", {"en": "a rather long name of a code " * 3}) for i in range(30))
    pictures: list[Picture] = [
        Bars(labels=labels, values=tuple(range(30)), axis=Message("N")),
        Forest(
            labels=labels,
            values=(-3.0,) * 30,
            lows=(-5.0,) * 30,
            highs=(9.0,) * 30,
            axis=Message("N"),
            lines=(0.667, 0.8),
        ),
        Heatmap(
            rows=labels, columns=labels, values=((1000.5,) * 30,) * 30, axis=Message("N"), kind=Kind.NUMBER
        ),
    ]
    for picture in pictures:
        root = drawn(picture)
        width, height = (float(root.get(side, "")) for side in ("width", "height"))
        for rectangle in root.iterfind(".//s:rect", SPACE):
            x, y, w, h = (float(rectangle.get(key, "")) for key in ("x", "y", "width", "height"))
            assert x >= -0.1
            assert x + w <= width + 0.1
            assert y >= -0.1
            assert y + h <= height + 0.1


def test_column_heads_stand_level_where_their_pieces_fit() -> None:
    def upright(*names: str) -> bool:
        labels = tuple(Label(name) for name in names)
        values = ((1,) * len(labels),)
        root = drawn(Heatmap(rows=labels[:1], columns=labels, values=values, axis=Message("N")))
        return any("rotate" in group.get("transform", "") for group in root.iterfind(".//s:g", SPACE))

    assert not upright("branch", "call_centre_inbound", "mobile-app", "web")
    assert upright(*("callcentreinbound" for _ in range(12)))


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (0, 1), (-0.4, 0.93), (0, 1234567), (-5, -1), (0, 0.00012)]
)
def test_ticks_embrace_the_data(low: float, high: float) -> None:
    ticks = ticks_of(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 9
    assert ticks == sorted(set(ticks))


def test_counts_get_wholeticks_of() -> None:
    assert all(tick == int(tick) for tick in ticks_of(0, 2, whole=True))


@pytest.mark.parametrize("share", [0, 0.2, 0.4, 0.5, 0.6, 0.8, 1])
@pytest.mark.parametrize("negative", [True, False])
def test_figures_in_cells_are_legible(share: float, negative: bool) -> None:
    fill = _shade(share, negative=negative)
    assert contrast(fill, _legible_on(fill)) >= 4


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", colour)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "picture", [p.picture for p in figures()[:4]], ids=["bars", "forest", "heatmap", "lines"]
)
def test_empty_charts_are_drawn(picture: Picture) -> None:
    empty: dict[type[Picture], Picture] = {
        Bars: Bars(labels=(), values=(), axis=Message("N")),
        Forest: Forest(labels=(), values=(), lows=(), highs=(), axis=Message("N")),
        Heatmap: Heatmap(rows=(), columns=(), values=(), axis=Message("N")),
        Lines: Lines(series=(), across=Message("M"), axis=Message("N")),
    }
    assert drawn(empty[type(picture)]) is not None
