"""WebVTT and SubRip: captions of a recording, read as a transcript with one line per cue.

Identifiers, times, settings, notes, styles and tags are no speech and are left out; character
references are decoded. The lines of a cue are joined by a blank. Where WebVTT declares the voice of
a cue (``<v Name>``), "Name: " stands before the first cue of every run of cues in that voice, so that
a turn is such a run with one line per cue; a cue without a voice continues the run.

Source: WebVTT, W3C Candidate Recommendation, 4 April 2019. SubRip has no standard.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from omnistudy.text.canonical import NotTextError
from omnistudy.text.transcript import OffsetMap, Transcript

_TIME = r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"[^\S\n]*{_TIME}[^\S\n]+-->[^\S\n]+{_TIME}(?:[^\S\n][^\n]*)?")
_NO_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
# No tag is longer than these bounds; without them a line of a million signs "<" would take hours.
_VTT_PIECE = re.compile(
    r"<v(?:\.[^\s>]{0,200})?[^\S\n]{1,20}(?P<voice>[^>\n]{0,500})>|(?P<tag></?[a-z0-9:.][^>\n]{0,500}>)"
    r"|(?P<entity>&#?\w{1,40};)|(?P<text>[^<&]+|.)",
    re.IGNORECASE,
)
_SRT_PIECE = re.compile(
    r"(?P<tag></?(?:b|i|u|s|font|c)(?:[^\S\n][^>\n]{0,500})?>|\{\\[^}\n]{0,500}\})|(?P<entity>&(?:amp|lt|gt|nbsp|lrm|rlm|zwnj|quot);)"
    r"|(?P<text>[^<&{]+|.)",
    re.IGNORECASE,
)
_WITHOUT_CUES = "Export the transcript again, or save it as .txt."


def read_vtt(file: Transcript) -> Transcript:
    """Read a WebVTT file.

    Parameters
    ----------
    file
        The whole file as canonical text.

    Raises
    ------
    NotTextError
        If the file does not begin with ``WEBVTT`` or has no cue.
    """
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", file.text):
        raise NotTextError("This is not WebVTT: it does not begin with WEBVTT.", _WITHOUT_CUES)
    return _transcript(file, _vtt_cues(file.text), _VTT_PIECE)


def read_srt(file: Transcript) -> Transcript:
    """Read a SubRip file, given as canonical text.

    Raises
    ------
    NotTextError
        If the file has no cue.
    """
    return _transcript(file, _srt_cues(file.text), _SRT_PIECE)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def is_timing(self) -> bool:
        return _TIMING.fullmatch(self.text) is not None


Cue = list[_Line]


def _lines(text: str) -> list[_Line]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_Line(start, line))
        start += len(line) + 1
    return lines


def _vtt_cues(text: str) -> Iterator[Cue]:
    """Yield the lines of every cue: a block between blank lines with times in its first or second line."""
    block: list[_Line] = []
    for line in [*_lines(text), _Line(len(text), "")]:
        if line.text.strip():
            block.append(line)
            continue
        timing = next((at for at, candidate in enumerate(block[:2]) if candidate.is_timing), None)
        if timing is not None and not _NO_CUE.match(block[0].text):
            yield block[timing + 1 :]
        block = []


def _srt_cues(text: str) -> Iterator[Cue]:
    """Yield the lines of every cue: from its times to the number of the next, blank lines or not."""
    lines = _lines(text)
    timings = [at for at, line in enumerate(lines) if line.is_timing]
    for timing, following in pairwise([*timings, len(lines)]):
        cue = lines[timing + 1 : following]
        if following < len(lines) and cue and cue[-1].text.strip().isdigit():
            cue = cue[:-1]
        yield [line for line in cue if line.text.strip()]


@dataclass
class _Captions:
    """The text so far, where its pieces lie in the file, and the voice that speaks."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    canonical: list[int] = field(default_factory=list)
    file: list[int] = field(default_factory=list)
    voices: dict[str, None] = field(default_factory=dict)
    voice: str | None = None
    line_is_empty: bool = True
    joint: int | None = None  # where the last line of the cue ended, until more of the cue follows

    def add(self, text: str, at: int) -> None:
        """Append characters that stand at code point ``at`` of the file; no blank follows another."""
        if self.line_is_empty or self.parts[-1].endswith(" "):
            at += len(text) - len(text.lstrip(" \t"))
            text = text.lstrip(" \t")
        if text:
            if self.joint is not None and not self.line_is_empty:
                self._append(" ", self.joint)
            self.joint = None
            self._append(text, at)
            self.line_is_empty = False

    def _append(self, text: str, at: int) -> None:
        self.canonical.append(self.length)
        self.file.append(at)
        self.parts.append(text)
        self.length += len(text)

    def end_line(self, at: int) -> None:
        """Begin a new line, unless nothing stands on this one."""
        if not self.line_is_empty:
            self._append("\n", at)
        self.line_is_empty = True
        self.joint = None

    def speak(self, voice: str, at: int) -> None:
        """Let ``voice`` speak from here, on a line of its own if another one spoke before."""
        if voice and voice != self.voice:
            self.end_line(at)
            self.add(f"{voice}: ", at)
            self.voice = voice
            self.voices.setdefault(voice)


def _transcript(file: Transcript, cues: Iterable[Cue], pieces: re.Pattern[str]) -> Transcript:
    captions = _Captions()
    found = 0
    for cue in cues:
        found += 1
        if cue:
            captions.end_line(cue[0].start)
        for at, line in enumerate(cue):
            captions.joint = line.start - 1 if at else None
            _add_line(captions, line, pieces)
    if not found:
        raise NotTextError("There is no cue with a time in this file.", _WITHOUT_CUES)
    offsets = OffsetMap(
        tuple(captions.canonical), tuple(file.offsets.to_file(position) or 0 for position in captions.file)
    )
    return Transcript("".join(captions.parts), offsets, tuple(captions.voices))


def _add_line(captions: _Captions, line: _Line, pieces: re.Pattern[str]) -> None:
    words = line.text.strip()
    indent = line.text.index(words)
    for piece in pieces.finditer(words):
        at = line.start + indent + piece.start()
        match piece.lastgroup:
            case "voice":
                name = " ".join(html.unescape(piece["voice"]).split())
                captions.speak(name, line.start + indent + piece.start("voice"))
            case "entity":
                captions.add(html.unescape(piece.group()), at)
            case "text":
                captions.add(piece.group(), at)
            case _:
                continue  # a tag
