"""Canonical text: what every offset in omnistudy counts, and the way back to the file.

Canonical text has LF newlines and no byte order mark and is otherwise untouched: no Unicode
normalisation, no folding of Arabic and Persian letters, no removal of ZWNJ, no trimming.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Piecewise map from canonical code points to code points of the decoded file.

    Parameters
    ----------
    canonical, file
        Starts of the pieces, both ascending and of equal length, first canonical start 0. Inside a
        piece both sides advance together. Empty for formats without running text (.docx, .odt,
        .rtf), where a position in the file means nothing to a reader.
    """

    canonical: tuple[int, ...] = ()
    file: tuple[int, ...] = ()

    def to_file(self, position: int) -> int | None:
        """Return the code point of the file at canonical ``position``; ``None`` without a map."""
        if not self.canonical:
            return None
        piece = bisect_right(self.canonical, position) - 1
        return self.file[piece] + position - self.canonical[piece]


@dataclass(frozen=True)
class Transcript:
    """A canonical text with the map back to its file.

    ``voices`` are speaker names that the file format itself declares (VTT voice tags), which need
    no guessing from the text.
    """

    text: str
    offsets: OffsetMap = field(default=OffsetMap())
    voices: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
