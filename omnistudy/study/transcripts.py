"""Transcript files of every format that people bring, read into canonical text.

Nothing here touches the disk: readers take bytes, so that the caller hashes what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from omnistudy.study.captions import read_srt, read_vtt
from omnistudy.study.office import read_docx, read_odt
from omnistudy.study.rich_text import read_rtf
from omnistudy.text.canonical import NotTextError, canonical_text
from omnistudy.text.transcript import Transcript

LARGEST_TRANSCRIPT = 64 * 2**20

Reader = Callable[[bytes, str | None], Transcript]


def _read_plain(data: bytes, encoding: str | None) -> Transcript:
    return canonical_text(data, encoding=encoding)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": _read_plain,
        ".md": _read_plain,
        ".docx": lambda data, _: read_docx(data),
        ".odt": lambda data, _: read_odt(data),
        ".rtf": lambda data, _: read_rtf(data),
        ".vtt": lambda data, encoding: read_vtt(canonical_text(data, encoding=encoding)),
        ".srt": lambda data, encoding: read_srt(canonical_text(data, encoding=encoding)),
    }
)
"""Suffix to reader; the encoding matters to plain formats only."""

TRANSCRIPT_SUFFIXES = frozenset(READERS)


def read_transcript(path: PurePath, data: bytes, *, encoding: str | None = None) -> Transcript:
    """Read the bytes of a transcript file according to its suffix.

    Parameters
    ----------
    path
        Name of the file; only its suffix is looked at.
    data
        The bytes of the file.
    encoding
        Declared codec of plain text, WebVTT and SubRip files that are neither UTF-8 nor UTF-16.

    Returns
    -------
    Transcript
        With an offset map for .txt, .md, .vtt and .srt.

    Raises
    ------
    NotTextError
        With a reason and a remedy, whatever is wrong with the file.
    """
    reader = READERS.get(path.suffix.casefold())
    if reader is None:
        known = " ".join(sorted(READERS))
        raise NotTextError(f"'{path.suffix}' is not a transcript format.", f"Formats: {known}.")
    if len(data) > LARGEST_TRANSCRIPT:
        raise NotTextError(
            f"The file is larger than {LARGEST_TRANSCRIPT // 2**20} MiB.",
            "Remove pictures and sound from it.",
        )
    return reader(data, encoding)
