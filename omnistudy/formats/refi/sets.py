"""Sets of a REFI-QDA file as groups of codes and documents; sets that carry our roles are no groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omnistudy.formats.reading.imported import ImportedSet, LeftOut
from omnistudy.formats.refi.codes import role_of_set
from omnistudy.formats.refi.records import RawProject
from omnistudy.formats.refi.tags import untagged
from omnistudy.results import msg


@dataclass(frozen=True, slots=True)
class Groups:
    """The sets, and what of them has no place in a study."""

    sets: tuple[ImportedSet, ...]
    left_out: tuple[LeftOut, ...]


def imported_sets(
    project: RawProject, codes: frozenset[str], documents: Mapping[str, str], others: Mapping[str, str]
) -> Groups:
    """Return the sets of a file with their members.

    Parameters
    ----------
    project
        What the file says.
    codes
        Ids of the codes.
    documents
        GUID of a source to the id of its document.
    others
        GUID of a source without text to its name: such a member is kept by name.
    """
    sets, lost_members, descriptions = [], 0, 0
    for group in project.sets:
        if role_of_set(group) is not None:
            continue
        members: list[tuple[str, str]] = []
        for kind, member in group.members:
            if kind == "code" and member in codes:
                members.append(("code", member))
            elif kind == "source" and member in documents:
                members.append(("source", documents[member]))
            elif kind == "source" and member in others:
                members.append(("name", others[member]))
            else:
                lost_members += 1
        descriptions += bool(untagged(group.description)[0].strip())
        sets.append(ImportedSet(name=group.name, members=tuple(dict.fromkeys(members))))
    left_out = []
    if lost_members:
        left_out.append(
            LeftOut(
                msg("members of sets"), lost_members, msg("they are notes, or the file does not hold them")
            )
        )
    if descriptions:
        left_out.append(LeftOut(msg("descriptions of sets"), descriptions, msg("sets.csv holds names only")))
    return Groups(tuple(sets), tuple(left_out))
