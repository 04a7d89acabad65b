"""A made-up result with every kind of block, and paradigm models of any size."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.pictures import Bars, Diagram, DiagramEdge, DiagramNode, Forest, Heatmap, Lines, Series
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Heading,
    InputFile,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Picture,
    Prose,
    Provenance,
    Quote,
    Quotes,
    Result,
    Table,
    Undefined,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "[bold red]loud[/bold red] :smile:",
    '=HYPERLINK("http://example.org";"x")',
    "a\u202egpj.exe\u202c b\u2067c",
    "\x1b[31mred\x1b[0m \x07bell \x9b31m",
    "| pipe | `code` **bold** <b>html</b> https://example.org",
    "' onmouseover='alert(1)\" style=\"x",
    "]]> <!-- comment --> &amp; &lt;",
    "\u200cمی\u200cشود ۱۲٫۵٪ (ICT)",
    "lone surrogate \ud83d here",
    "+1\n-2\n@sum\tx",
)
GROUPS = (
    ("causal", "شرایط علّی"),
    ("phenomenon", "پدیدهٔ محوری"),
    ("context", "شرایط زمینه‌ای"),
    ("intervening", "شرایط مداخله‌گر"),
    ("strategy", "راهبردها"),
    ("outcome", "پیامدها"),
)
PROVENANCE = Provenance(
    version="0.1.0",
    command="omnistudy agreement interviews/maskan-demo",
    seed=1,
    inputs=(InputFile("interviews/maskan-demo/codings.csv", "ab" * 32),),
    synthetic=True,
)


def quote(text: str, language: str = "fa") -> Quote:
    return Quote(
        text=text,
        interview="P03",
        start=10,
        end=10 + len(text),
        language=language,
        speaker="پاسخ‌گو",
        coders=("c1", "=c2"),
        codes=(Label("trust", {"en": "trust", "fa": "اعتماد"}),),
    )


def diagram(counts: dict[str, int], *, edges: int = 25, seed: int = 1, letters: int = 40) -> Diagram:
    """Return a model with labels of ``letters`` characters and arrows of every kind."""
    chance = random.Random(seed)
    nodes: list[DiagramNode] = []
    for group, _ in GROUPS:
        for _ in range(counts.get(group, 0)):
            number = len(nodes)
            english = f"{number} customer relationship across channels of the bank and its branches"
            persian = f"{number} ارتباط با مشتریان در کانال‌های گوناگون بانک و شعبه‌های آن"
            label = Label(f"n{number}", {"en": english[:letters], "fa": persian[:letters]})
            nodes.append(DiagramNode(id=f"n{number}", label=label, group=group))
    pairs = [(a.id, b.id) for a in nodes for b in nodes if a.id != b.id]
    chosen = chance.sample(pairs, min(edges, len(pairs)))
    arrows = tuple(
        DiagramEdge(
            source=source,
            target=target,
            solid=chance.random() < 0.6,
            negative=chance.random() < 0.2,
            feedback=chance.random() < 0.1,
            quotes=(quote("شاهد", "fa"),),
        )
        for source, target in chosen
    )
    groups = tuple((group, Message(name)) for group, name in GROUPS)
    return Diagram(groups=groups, nodes=tuple(nodes), edges=arrows)


LABELS = (
    Label("c1", {"en": "digital platform", "fa": "پلتفرم دیجیتال"}),
    Label("c2", {"en": "service quality"}),
    Label("c3", {"en": HOSTILE[0], "fa": HOSTILE[0]}),
)
TABLE = Table(
    name="codes",
    columns=(
        Column("code", Message("Code of the test"), Kind.TEXT),
        Column("coder", Message("Coder of the test"), Kind.ID),
        Column("units", Message("Units of the test"), Kind.COUNT),
        Column("alpha", Message("Alpha of the test"), Kind.COEFFICIENT),
        Column("share", Message("Share of the test"), Kind.SHARE),
        Column("words", Message("Words of the test"), Kind.QUOTE),
        Column("flag", Message("Flag of the test"), Kind.FLAG),
        Column("date", Message("Date of the test"), Kind.DATE),
    ),
    rows=(
        (LABELS[0], "c1", 12345, 0.71234567890123, 0.125, quote(HOSTILE[2]), True, "2025-03-12"),
        (LABELS[1], "=c2", 0, -0.13, 0.0, quote("plain"), False, None),
        (
            LABELS[2],
            "c3",
            7,
            Undefined(Message("no variation in the test")),
            None,
            quote(HOSTILE[4]),
            True,
            None,
        ),
    ),
)
BARS = Bars(labels=LABELS, values=(12, None, 3), axis=Message("Quotations of the test"))
FOREST = Forest(
    labels=LABELS,
    values=(0.7, None, 0.2),
    lows=(0.5, None, None),
    highs=(0.9, None, None),
    axis=Message("Alpha of the test"),
    lines=(0.667, 0.8),
)
HEATMAP = Heatmap(
    rows=LABELS,
    columns=LABELS,
    values=((1, None, 3), (0, 2, 4), (5, 6, 7)),
    axis=Message("Counts of the test"),
)
LINES = Lines(
    series=(
        Series(name=LABELS[2], places=(1, 2, 3, 4), values=(5, None, 9, 12), marked=True),
        Series(name=LABELS[0], places=(1, 2, 3), values=(4, 6, 8), lows=(3, 4, 7), highs=(6, 9, 12)),
        Series(name=LABELS[1], places=(4, 8), values=(12, 14.5), lows=(11, 10), highs=(13, 21), dashed=True),
    ),
    across=Message("Interviews of the test"),
    axis=Message("Codes of the test"),
)
SMALL = {"causal": 3, "phenomenon": 1, "context": 2, "intervening": 3, "strategy": 3, "outcome": 2}


def figures() -> tuple[Figure, ...]:
    pictures: dict[str, Picture] = {
        "bars": BARS,
        "forest": FOREST,
        "heatmap": HEATMAP,
        "lines": LINES,
        "model": diagram(SMALL, edges=14),
    }
    return tuple(
        Figure(name=name, picture=picture, caption=Message(f"Caption {name}"), alt=Message(f"Alt {name}"))
        for name, picture in pictures.items()
    )


@dataclass(frozen=True, kw_only=True)
class SampleResult(Result):
    """A result whose blocks are given."""

    command: ClassVar[str] = "sample"
    content: tuple[Block, ...] = ()
    data: dict[str, object] | None = None

    @property
    def summary(self) -> Message:
        return Message(
            "Alpha is {alpha} [{low}, {high}].",
            {
                "alpha": Number(0.712, Kind.COEFFICIENT),
                "low": Number(-0.4, Kind.COEFFICIENT),
                "high": Number(0.815, Kind.COEFFICIENT),
            },
        )

    @property
    def title(self) -> Message:
        return Message("A sample")

    def payload(self) -> dict[str, object]:
        return {"rows": [{"value": 0.5, "reason": None}]} if self.data is None else self.data

    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks() if isinstance(block, Table))

    def blocks(self) -> tuple[Block, ...]:
        return self.content


def whole(*, synthetic: bool = True) -> SampleResult:
    """Return a result with every kind of block and hostile words in each place."""
    said = {"words": HOSTILE[0] + HOSTILE[3] + HOSTILE[4]}
    content: tuple[Block, ...] = (
        Heading(text=Message("Heading {words}", said), anchor="part one"),
        Prose(text=Message("Prose {words}", said)),
        Note(text=Message("Note {words}", said)),
        TABLE,
        Quotes(quotes=tuple(quote(text) for text in HOSTILE), caption=Message("Passages"), left_out=3),
        *figures(),
    )
    provenance = Provenance(
        version=PROVENANCE.version,
        command=PROVENANCE.command,
        seed=None,
        inputs=PROVENANCE.inputs,
        synthetic=synthetic,
    )
    return SampleResult(provenance=provenance, content=content)
