"""Walks over the arrows of a model."""

from __future__ import annotations

from collections.abc import Iterable

Arrows = Iterable[tuple[str, str]]


def reached(starts: Iterable[str], arrows: Arrows) -> frozenset[str]:
    """Return the nodes that one or more arrows lead to from ``starts``."""
    following: dict[str, list[str]] = {}
    for source, target in arrows:
        following.setdefault(source, []).append(target)
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        for target in following.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def connected(start: str, arrows: Arrows) -> frozenset[str]:
    """Return the nodes that ``start`` is linked with over arrows in either direction, and itself."""
    both = [pair for source, target in arrows for pair in ((source, target), (target, source))]
    return reached([start], both) | {start}


def cycles(arrows: Arrows) -> tuple[tuple[str, ...], ...]:
    """Return the groups of nodes in which every one leads back to itself through the others."""
    pairs = sorted(set(arrows))
    beyond = {node: reached([node], pairs) for node in sorted({end for pair in pairs for end in pair})}
    groups: dict[tuple[str, ...], None] = {}
    for node, others in beyond.items():
        if node in others:
            groups[tuple(sorted(other for other in others if node in beyond[other]))] = None
    return tuple(groups)
