"""Words for the names that options and rows carry: units, levels, metrics, intervals, flags.

The names themselves stay what scripts read; people, and translators, get these words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from omnistudy.results import Message, msg

UNITS: Mapping[str, Message] = MappingProxyType(
    {
        "character": msg("character"),
        "token": msg("word"),
        "sentence": msg("sentence"),
        "paragraph": msg("paragraph"),
        "turn": msg("turn"),
        "quotation": msg("quotation"),
        "interview": msg("interview"),
        "span": msg("coded passage"),
        "unit": msg("row of the table"),
    }
)

LEVELS: Mapping[str, Message] = MappingProxyType(
    {"code": msg("code"), "subcategory": msg("subcategory"), "category": msg("category")}
)

METRICS: Mapping[str, Message] = MappingProxyType(
    {
        "nominal": msg("nominal"),
        "ordinal": msg("ordinal"),
        "interval": msg("interval scale"),
        "ratio": msg("ratio scale"),
        "masi": msg("MASI distance of code sets"),
        "jaccard": msg("Jaccard distance of code sets"),
    }
)

WEIGHTS: Mapping[str, Message] = MappingProxyType(
    {
        "identity": msg("unweighted"),
        "linear": msg("linear weights"),
        "quadratic": msg("quadratic weights"),
        "ordinal": msg("ordinal weights"),
        "radical": msg("radical weights"),
        "ratio": msg("ratio weights"),
        "circular": msg("circular weights"),
        "bipolar": msg("bipolar weights"),
        "custom": msg("weights of your own"),
    }
)

INTERVALS: Mapping[str, Message] = MappingProxyType(
    {
        "jackknife": msg("delete-one jackknife with t quantiles"),
        "jackknife_z": msg("delete-one jackknife with t quantiles on Fisher's z scale"),
        "bca": msg("BCa bootstrap"),
        "percentile": msg("percentile bootstrap"),
        "analytic": msg("large-sample formula"),
        "exact": msg("exact limit where coders never differed"),
        "kalpha": msg("the way of the KALPHA macro, which is too narrow"),
        "none": msg("none"),
    }
)

CLUSTERS: Mapping[str, Message] = MappingProxyType(
    {"interview": msg("interview"), "unit": msg("unit of analysis")}
)

ROUNDS: Mapping[str, Message] = MappingProxyType(
    {"independent": msg("independent"), "consensus": msg("consensus")}
)

FLAGS: Mapping[str, Message] = MappingProxyType(
    {
        "paradox": msg("kappa paradox"),
        "small_n": msg("small sample"),
        "few_clusters": msg("few interviews"),
        "no_variation": msg("no variation"),
        "assumed_seen": msg("who saw what is assumed"),
    }
)


def word(words: Mapping[str, Message], name: str) -> Message:
    """Return the word for a name; a name of the user's own stands for itself."""
    return words.get(name) or msg("{name}", name=name)


def flags(names: Sequence[str]) -> Message | str:
    """Return the warnings of a row in words; nothing where there are none."""
    parts = [word(FLAGS, name) for name in names]
    if not parts:
        return ""
    whole = parts[0]
    for part in parts[1:]:
        whole = msg("{list}; {item}", list=whole, item=part)
    return whole
