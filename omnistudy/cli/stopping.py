"""Being stopped from outside: what is being written is finished or taken back, never left half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_TERMINATED = 128 + signal.SIGTERM


def stop_cleanly() -> None:
    """Let a request to terminate unwind the command, so that temporary files are removed."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _unwind)


def _unwind(number: int, frame: FrameType | None) -> None:
    raise SystemExit(_TERMINATED)


@contextmanager
def finished_first() -> Iterator[None]:
    """Run a block to its end before a request to stop takes effect."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    stops = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda number, _: asked.append(number)) for number in stops]
    try:
        yield
    finally:
        for number, handler in zip(stops, before, strict=True):
            signal.signal(number, handler)
    if asked:
        signal.raise_signal(asked[0])
