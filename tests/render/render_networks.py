"""Made-up flows, networks and a measured model."""

from __future__ import annotations

import random
from dataclasses import replace

from render_samples import GROUPS, HOSTILE, SMALL, diagram

from omnistudy.pictures import Flow, Network, NetworkNode
from omnistudy.results import Kind, Label, Message, Number, msg

LONG = "a name of a channel that is far too long for any picture " * 6
CHANNELS = (
    Label("branch", {"en": "Branch", "fa": "شعبه"}),
    Label("web", {"en": "Internet bank", "fa": "بانک اینترنتی (Web)"}),
    Label("bad", {"en": HOSTILE[0], "fa": HOSTILE[3]}),
    Label("long", {"en": LONG, "fa": "شبکهٔ خودپردازهای بانک و مؤسسات همکار آن " * 8}),
    Label("none"),
)
FLOW = Flow(
    sources=CHANNELS,
    targets=CHANNELS,
    amounts=(
        (1000, 200, 30, 1, 0),
        (150, 400, 0, 0, None),
        (10, 20, 300, 0, 0),
        (0, 0, 1, 100, 0),
        (0, 0, 0, 0, None),
    ),
    axis=Message("Steps of the test"),
)


def network(points: int, links: int, *, seed: int = 1, groups: int = 6) -> Network:
    chance = random.Random(seed)
    names = [group for group, _ in GROUPS][:groups] + [f"g{i}" for i in range(groups - len(GROUPS))]
    nodes = tuple(
        NetworkNode(
            id=f"n{i}",
            label=Label(f"n{i}", {"en": f"code about trust {i}", "fa": f"کد اعتماد مشتری {i}"}),
            size=chance.randint(0, 40),
            group=names[i % len(names)],
        )
        for i in range(points)
    )
    pairs = [(a.id, b.id) for i, a in enumerate(nodes) for b in nodes[:i]]
    chosen = chance.sample(pairs, min(links, len(pairs)))
    return Network(
        nodes=nodes,
        links=tuple((a, b, float(chance.randint(1, 15))) for a, b in chosen),
        axis=Message("Passages of the test"),
        size_axis=Message("Quotations of the test"),
        groups=tuple((name, Message(f"Group {name} of the test")) for name in names),
        kind=Kind.COUNT,
    )


NETWORK = replace(
    network(14, 20),
    nodes=tuple(
        replace(node, label=CHANNELS[i]) if i in {2, 3} else node
        for i, node in enumerate(network(14, 20).nodes)
    ),
)
MEASURE = msg(
    "{metric} of the test: {value} [{low}, {high}], grade {grade}",
    metric=Label("nps", {"en": "net promoter score", "fa": "خالص امتیاز مروجان (NPS)"}),
    value=Number(-0.13, Kind.COEFFICIENT),
    low=Number(-0.4, Kind.COEFFICIENT),
    high=Number(0.15, Kind.COEFFICIENT),
    grade="B",
)
_MODEL = diagram(SMALL, edges=20)
MEASURED = replace(
    _MODEL,
    nodes=tuple(replace(node, measure=MEASURE if i % 2 else None) for i, node in enumerate(_MODEL.nodes)),
)
