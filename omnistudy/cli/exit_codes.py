"""Exit codes, a contract with the scripts that call omnistudy."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script may conclude from how a command ended."""

    DONE = 0
    """The command did its work; refusals and undefined values are answers too."""
    MISSED = 1
    """A threshold that was asked for was missed, or ``verify`` found a difference."""
    BAD_INPUT = 2
    """The input or the usage is wrong; nothing was written."""
    BUG = 3
    """A fault of omnistudy."""
    INTERRUPTED = 130
    """The user stopped the command."""
