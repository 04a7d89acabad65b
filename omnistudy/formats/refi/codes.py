"""The code tree of a REFI-QDA project or codebook, with the roles that its sets give or suggest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omnistudy.formats.reading.imported import ImportedCode, LeftOut
from omnistudy.formats.reading.options import split_path
from omnistudy.formats.refi.records import RawProject, RawSet
from omnistudy.formats.refi.tags import aliases_of, properties_of, texts_of_code, untagged
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.codebook import ROLE_WORDS
from omnistudy.study.model import Level, Role
from omnistudy.text.keys import match_key


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTree:
    """Codes of a file; ``ids`` are their GUIDs."""

    codes: tuple[ImportedCode, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Message, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids by which codings refer to the codes."""
        return frozenset(code.id for code in self.codes)


def role_of_set(group: RawSet) -> Role | None:
    """Return the role that a set carries by our own tag."""
    role = untagged(group.description)[1].get("role", "")
    return Role(role) if role in set(Role) else None


def code_tree(project: RawProject, split: str | None) -> CodeTree:
    """Return the codes of a file with their full paths.

    Parameters
    ----------
    project
        What the file says.
    split
        Separator at which names are split into paths, for programs that flatten the tree.
    """
    roles = {
        member: str(role)
        for group in project.sets
        if (role := role_of_set(group)) is not None
        for kind, member in group.members
        if kind == "code"
    }
    paths: dict[str, tuple[str, ...]] = {"": ()}
    taken: Counter[tuple[str, ...]] = Counter()
    codes: list[ImportedCode] = []
    repeated, unnamed, namesakes = 0, 0, 0
    for at, raw in enumerate(project.codes):
        code_id = raw.guid or f"code-{at}"
        if code_id in paths:
            repeated += 1
            continue
        unnamed += not raw.name.strip()
        path = (*paths.get(raw.parent, ()), *split_path(raw.name, split))
        taken[path] += 1
        if taken[path] > 1:
            namesakes += 1
            path = (*path[:-1], f"{path[-1]} ({taken[path]})")
        paths[code_id] = path
        codes.append(_code(code_id, path, raw.description, roles.get(code_id, "")))
    colours = sum(bool(raw.colour) for raw in project.codes)
    return CodeTree(
        codes=tuple(codes),
        left_out=tuple(_left_out(repeated, colours)),
        warnings=tuple(_warnings(project, unnamed, namesakes)),
    )


def _code(code_id: str, path: tuple[str, ...], description: str, role: str) -> ImportedCode:
    words, tags = untagged(description)
    texts: Mapping[str, Mapping[str, str]] = texts_of_code(words, tags)
    level = tags.get("level", "")
    return ImportedCode(
        id=code_id,
        path=path,
        description="" if "definition" in texts else words,
        proposed_id=" ".join(tags.get("id", "").split()),
        level=level if level in set(Level) else "",
        role=role,
        since=tags.get("since", ""),
        aliases=aliases_of(tags),
        texts=texts,
        properties=properties_of(tags),
    )


def _left_out(repeated: int, colours: int) -> Iterator[LeftOut]:
    if repeated:
        yield LeftOut(msg("codes with the GUID of another code"), repeated, msg("nothing can refer to them"))
    if colours:
        yield LeftOut(msg("colours of codes"), colours, msg("a study gives codes none"))


def _warnings(project: RawProject, unnamed: int, namesakes: int) -> Iterator[Message]:
    if unnamed:
        yield msg("{n} codes have no name.", n=Number(unnamed, Kind.COUNT))
    if namesakes:
        yield msg(
            "{n} codes have the name of another code beside them; each got a number behind its name.",
            n=Number(namesakes, Kind.COUNT),
        )
    for group in project.sets:
        name = group.name.rpartition(":")[2] or group.name
        role = ROLE_WORDS.get(match_key(group.name)) or ROLE_WORDS.get(match_key(name))
        if (
            role is not None
            and role_of_set(group) is None
            and any(kind == "code" for kind, _ in group.members)
        ):
            yield msg(
                "The set '{name}' reads like the role {role}: if it is meant so, give its codes that role in the"
                " codebook.",
                name=group.name,
                role=str(role),
            )
