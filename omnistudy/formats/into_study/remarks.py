"""What is to be said of an import while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from omnistudy.errors import Problem
from omnistudy.formats.reading.imported import LeftOut
from omnistudy.results import Message


@dataclass
class Remarks:
    """Faults that refuse an import, things left out with their number, and warnings, in the order found."""

    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)

    def leave_out(self, what: Message, count: int, why: Message) -> None:
        """Count things left out together with those of the same kind and reason."""
        for at, item in enumerate(self.left_out):
            if (item.what, item.why) == (what, why):
                self.left_out[at] = LeftOut(what, item.count + count, why)
                return
        self.left_out.append(LeftOut(what, count, why))
