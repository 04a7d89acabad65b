"""Whether what a report says of its participants could single one of them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from omnistudy.study.model import Interview
from omnistudy.text.keys import match_key

ROLE_NAMES = (
    "role",
    "role group",
    "position",
    "job",
    "title",
    "rank",
    "profession",
    "نقش",
    "سمت",
    "شغل",
    "پست",
)
PLACE_NAMES = (
    "organisation",
    "organization",
    "department",
    "unit",
    "branch",
    "bank",
    "company",
    "institution",
    "city",
    "region",
    "سازمان",
    "واحد",
    "شعبه",
    "بانک",
    "بخش",
    "شهر",
    "منطقه",
)


@dataclass(frozen=True, slots=True)
class Singled:
    """A pair of attributes under which some interviews are the only one of their kind."""

    role: str
    place: str
    interviews: tuple[str, ...]


def singled_out(interviews: Iterable[Interview]) -> tuple[Singled, ...]:
    """Return every pair of a role-like and a place-like attribute that singles somebody out.

    The columns are recognised by their names, in English or Persian. In a handful of interviews nearly
    every pair does: that is the point of the warning.
    """
    known = tuple(interviews)
    names = tuple(dict.fromkeys(name for one in known for name in one.attributes))
    roles = [name for name in names if _is(name, ROLE_NAMES)]
    places = [name for name in names if _is(name, PLACE_NAMES)]
    found = []
    for role in roles:
        for place in places:
            pairs = {one.id: (one.attributes.get(role, ""), one.attributes.get(place, "")) for one in known}
            times = Counter(pair for pair in pairs.values() if all(pair))
            alone = tuple(name for name, pair in pairs.items() if times[pair] == 1)
            if alone:
                found.append(Singled(role, place, alone))
    return tuple(found)


def _is(name: str, known: Iterable[str]) -> bool:
    return match_key(name) in {match_key(one) for one in known}
