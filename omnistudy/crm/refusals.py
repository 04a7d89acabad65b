"""A refusal is an answer: what was not computed, why, and what would be needed."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something is not computed.

    Parameters
    ----------
    code
        Stable name, for scripts.
    subject
        What is refused: a model, metric or test.
    reason, needed
        Why, and what would be needed.
    """

    code: str
    subject: str
    reason: Message
    needed: Message

    def as_json(self) -> dict[str, object]:
        """The refusal as JSON values."""
        return {
            "code": self.code,
            "subject": self.subject,
            "reason": str(self.reason),
            "needed": str(self.needed),
        }
