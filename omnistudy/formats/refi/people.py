"""Who coded: the users of a REFI-QDA file, and the chain by which a coding finds its coder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from omnistudy.formats.refi.records import RawProject
from omnistudy.results import Message, msg
from omnistudy.text.keys import match_key

UNKNOWN = "unknown"
STEPS = ("coding", "selection", "source", "--coder", "project")
FROM = {
    "selection": msg("the selection"),
    "source": msg("the source"),
    "--coder": msg("the option --coder"),
    "project": msg("the project"),
}
"""Where a coder's name was found when not on the coding, for people."""
_BUILT_IN = "c32a2bd5-537f-4838-8b17-df9efbafdf4b"  # ATLAS.ti's own user, in every project


@dataclass
class People:
    """Users by GUID as coders of a study; lives as long as one reading.

    Two users of one name are two coders, as are two spellings of one: the second gets the beginning of
    its GUID behind its name.
    """

    project_user: str
    named: str = ""
    names: dict[str, str] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    namesakes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, project: RawProject, named: str | None = None) -> People:
        """Name the users of a project.

        Parameters
        ----------
        named
            Whom the caller names as the coder where neither coding, selection nor source does: whoever
            made the project need not have coded.
        """
        people = cls(project.user, " ".join((named or "").split()))
        taken: set[str] = set()
        for guid, name, user_id in project.users:
            if guid in people.names:
                continue
            written = " ".join(name.split()) or " ".join(user_id.split()) or f"user-{guid[:8]}"
            key = match_key(written) or written
            if key in taken:
                people.namesakes.append(written)
                written = f"{written} ({guid[:8]})"
            taken.add(match_key(written) or written)
            people.names[guid] = written
        return people

    def coder(self, *users: str) -> tuple[str, str]:
        """Return the coder and the step that named them.

        Parameters
        ----------
        users
            GUIDs of the users of coding, selection and source, in this order; empty where there is none.
        """
        for step, user in zip(STEPS, (*users, self.named, self.project_user), strict=True):
            if user:
                return (user if user == self.named else self.name(user)), step
        return UNKNOWN, UNKNOWN

    def name(self, guid: str) -> str:
        """Return the name of a user; one that the file does not list is named by their GUID."""
        if not guid:
            return ""
        if guid not in self.names:
            self.strangers.add(guid)
            self.names[guid] = f"user-{guid[:8]}"
        return self.names[guid]

    def coders(self, active: Iterable[str]) -> tuple[str, ...]:
        """Return all users, those who coded nothing too, without ATLAS.ti's own user unless it coded."""
        coded = dict.fromkeys(active)
        listed = [name for guid, name in self.names.items() if guid != _BUILT_IN or name in coded]
        return tuple(dict.fromkeys([*listed, *coded]))

    def warnings(self) -> Iterator[Message]:
        """Yield what a reader of the report should know about the users."""
        for name in self.namesakes:
            yield msg("Two users of the file are called '{name}'; they are kept apart.", name=name)
        for guid in sorted(self.strangers):
            yield msg("The file does not list the user {guid}, who is called {name} here.",
                      guid=guid, name=self.names[guid])  # fmt: skip
