"""The model as DOT (Graphviz) and GraphML text, for programs that lay graphs out themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape, quoteattr

from omnistudy.results import Message
from omnistudy.study.model import Role
from omnistudy.theory.paradigm.model import Edge, Node, ParadigmModel
from omnistudy.theory.terms import ROLE_NAMES

RTL = frozenset({"ar", "fa", "he", "ur", "ps", "ckb"})
# What neither XML 1.0 nor a quoted DOT string may hold: controls and lone surrogates.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Isolates and overrides would turn the words of another program around.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
Words = Callable[[Message], str]
"""Writes a message in the reader's language; plain English by default."""
_NODE_KEYS = (
    ("label", "string"),
    ("role", "string"),
    ("grounding", "int"),
    ("interviews", "int"),
    ("coders", "int"),
    ("density", "int"),
    ("stability", "double"),
)
_EDGE_KEYS = (
    ("type", "string"),
    ("status", "string"),
    ("polarity", "string"),
    ("feedback", "boolean"),
    ("evidence", "string"),
    ("memos", "string"),
    ("origin", "string"),
)


def dot(model: ParadigmModel, *, language: str, words: Words = str, synthetic: Message | None = None) -> str:
    """Write the placed categories in clusters of their roles, and the arrows between them.

    Parameters
    ----------
    model
        The model; relations inside one category are not drawn.
    language
        Tag of the language of labels; a right-to-left language is laid out from right to left.
    words
        Writes role names and the watermark.
    synthetic
        Words of the watermark, which becomes the label of the graph.
    """
    lines = [
        "digraph paradigm {",
        f"  rankdir={'RL' if language.partition('-')[0] in RTL else 'LR'};",
        '  node [shape=box, style=rounded, fontname="DejaVu Sans"];',
        '  edge [fontname="DejaVu Sans"];',
    ]
    if synthetic is not None:
        lines.append(f"  label={_quoted(words(synthetic))};")
    for role in Role:
        own = model.in_role(role)
        if own:
            lines += [f"  subgraph cluster_{role} {{", f"    label={_quoted(words(ROLE_NAMES[role]))};"]
            lines += [f"    {_quoted(node.id)} [label={_quoted(_label(node, language))}];" for node in own]
            lines.append("  }")
    lines += [f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [{_look(edge)}];" for edge in model.drawn]
    return "\n".join([*lines, "}", ""])


def _look(edge: Edge) -> str:
    looks = ["style=solid" if edge.evidenced else "style=dashed"]
    if edge.negative:
        looks.append("arrowhead=tee")
    if edge.relation.feedback:
        looks.append("constraint=false")
    tooltip = "; ".join((*edge.evidence, *edge.memos)) or "asserted"
    return ", ".join([*looks, f"tooltip={_quoted(tooltip)}"])


def _label(node: Node, language: str) -> str:
    return f"{node.label.in_language(language)}\n{node.grounding} / {len(node.held_by)}"


def _quoted(text: str) -> str:
    """Quote for DOT: a backslash would start an escape, a quote would end the string."""
    clean = _clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + clean.replace("\r", "").replace("\n", "\\n") + '"'


def graphml(
    model: ParadigmModel, *, language: str, words: Words = str, synthetic: Message | None = None
) -> str:
    """Write all categories and all relations between two of them, with their counts and evidence.

    Parameters
    ----------
    model
        The model; categories without a role are nodes without that datum.
    language
        Tag of the language of labels.
    words
        Writes role names and the watermark.
    synthetic
        Words of the watermark, which becomes the description of the graph.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        *(_key(name, kind, "node") for name, kind in _NODE_KEYS),
        *(_key(name, kind, "edge") for name, kind in _EDGE_KEYS),
        '  <graph id="paradigm" edgedefault="directed">',
    ]
    if synthetic is not None:
        lines.append(f"    <desc>{_text(words(synthetic))}</desc>")
    for node in (*model.nodes, *model.unplaced):
        data = {
            "label": node.label.in_language(language),
            "role": None if node.role is None else str(node.role),
            "grounding": str(node.grounding),
            "interviews": str(len(node.held_by)),
            "coders": str(node.coders),
            "density": str(node.density),
            "stability": repr(node.stability),
        }
        lines += [
            f"    <node id={_attribute(node.id)}>",
            *_data("node", data.items()),
            "    </node>",
        ]
    for place, edge in enumerate(edge for edge in model.edges if edge.source != edge.target):
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
        if not edge.directed:
            ends += ' directed="false"'
        data = {
            "type": edge.relation.type or None,
            "status": "evidenced" if edge.evidenced else "asserted",
            "polarity": edge.relation.polarity,
            "feedback": "true" if edge.relation.feedback else "false",
            "evidence": "; ".join(edge.evidence) or None,
            "memos": "; ".join(edge.memos) or None,
            "origin": edge.relation.origin,
        }
        lines += [f'    <edge id="e{place}" {ends}>', *_data("edge", data.items()), "    </edge>"]
    return "\n".join([*lines, "  </graph>", "</graphml>", ""])


def _key(name: str, kind: str, owner: str) -> str:
    return f'  <key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>'


def _data(owner: str, values: Iterable[tuple[str, str | None]]) -> list[str]:
    return [
        f'      <data key="{owner}_{name}">{_text(value)}</data>'
        for name, value in values
        if value is not None
    ]


def _text(value: str) -> str:
    return escape(_clean(value))


def _attribute(value: str) -> str:
    return quoteattr(_clean(value))


def _clean(text: str) -> str:
    return _UNFIT.sub("\ufffd", _DIRECTION.sub("", text))
