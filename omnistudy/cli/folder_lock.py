"""Holding a folder: commands that write into one folder take turns, and readers wait for a writer.

The lock is the operating system's and lies on the folder itself, so it leaves no file and ends with
the process that holds it, however that ends. Where a system offers no such lock (Windows, some network
drives) commands do not wait for each other; every single file is still replaced whole.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omnistudy.cli.messages import say
from omnistudy.cli.problems import language_asked
from omnistudy.results import msg


@contextmanager
def held(folder: Path, *, shared: bool = False) -> Iterator[bool]:
    """Hold a folder while the block runs, waiting for another command that holds it.

    Parameters
    ----------
    folder
        An existing folder.
    shared
        Whether others may hold it in the same way: readers share, a writer is alone.

    Yields
    ------
    bool
        Whether it is held; ``False`` where the system offers no lock.
    """
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield _locked(handle, kind, folder)
    finally:
        os.close(handle)


def _say_waiting(folder: Path) -> None:
    """Say it in the language of the command line, of which nothing else is known down here."""
    words = msg("Waiting for another omnistudy command that is at work in {folder} …", folder=str(folder))
    say(words, language_asked(sys.argv[1:]))


def _locked(handle: int, kind: int, folder: Path) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        _say_waiting(folder)
        fcntl.flock(handle, kind)
    except OSError:
        return False
    return True
