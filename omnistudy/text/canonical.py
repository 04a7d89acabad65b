"""From the bytes of a file to canonical text, with the way back to the file.

Decoding is strict: a wrong guess would shift every offset or change letters unseen. UTF-8 is taken
for granted, UTF-16 and UTF-32 are known by their byte order mark, everything else must be declared.
"""

from __future__ import annotations

import codecs
import re

from omnistudy.text.transcript import OffsetMap, Transcript

_DECLARE = (
    'Save it as UTF-8, or declare how it was written, for example encoding = "windows-1256" in [interviews].'
)
_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip archive such as .docx or .odt"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file such as .doc"),
    (b"SQLite format 3\x00", "a database"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"ID3\x03", "a sound recording"),
    (b"ID3\x04", "a sound recording"),
    (b"OggS\x00", "a sound recording"),
)
_CARRIAGE_RETURN = re.compile("\r\n?")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]")
_MOST_CONTROLS = 0.1
_ENOUGH_BYTES = 16


class NotTextError(Exception):
    """A file that is not a readable text.

    Parameters
    ----------
    reason
        What is wrong with the file, in one sentence; also the ``str`` of the error.
    remedy
        What to do about it, as an imperative sentence.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def canonical_text(data: bytes, *, encoding: str | None = None) -> Transcript:
    """Decode the bytes of a plain text file into canonical text.

    One leading byte order mark is removed, CRLF and lone CR become LF, and nothing else is changed.

    Parameters
    ----------
    data
        The file as it lies on the disk.
    encoding
        Declared codec. It is used only where the bytes do not say themselves what they are: a byte
        order mark wins, and so does a text with at least 16 bytes beyond ASCII that is flawless
        UTF-8, which no text in a legacy encoding is. One declaration thus serves a folder in which
        only some of the files are old.

    Returns
    -------
    Transcript
        Text and offset map. The canonical LF of a CRLF maps to the CR, so that a quotation that
        ends before a line end also does so in the file; the byte order mark counts as one code point
        of the file.

    Raises
    ------
    NotTextError
        For binary files, NUL characters, bytes that do not decode, and unknown codecs.
    """
    text = _decoded(data, encoding)
    if "\0" in text:
        raise NotTextError("This is not a text: it contains NUL characters.", _DECLARE)
    if len(_CONTROLS.findall(text)) > len(text) * _MOST_CONTROLS:
        # Persian in UTF-16 without a byte order mark is flawless UTF-8, every second character U+0006.
        raise NotTextError("This is not a text: it is full of control characters.", _DECLARE)
    return normalised(text)


def normalised(decoded: str) -> Transcript:
    """Remove one leading byte order mark and turn every line end into LF, keeping the offset map.

    Parameters
    ----------
    decoded
        The characters of a whole file, byte order mark and carriage returns included.
    """
    bom = 1 if decoded.startswith("\ufeff") else 0
    if "\r" not in decoded:
        return Transcript(decoded[bom:], OffsetMap((0,), (bom,)))
    canonical, file = [0], [bom]
    parts, position, removed = [], bom, bom
    for newline in _CARRIAGE_RETURN.finditer(decoded, bom):
        parts.append(decoded[position : newline.start()])
        position = newline.end()
        if position - newline.start() == 2:
            removed += 1
            canonical.append(position - removed)
            file.append(position)
    parts.append(decoded[position:])
    return Transcript("\n".join(parts), OffsetMap(tuple(canonical), tuple(file)))


def _decoded(data: bytes, encoding: str | None) -> str:
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise NotTextError(
                f"This is not a text: it is {what}.", "Export the interview as text, .docx or .odt."
            )
    codec = next((codec for bom, codec in _BOMS if data.startswith(bom)), None)
    if codec is None and encoding is not None and not _surely_utf8(data):
        codec = encoding
    codec = codec or "utf-8"
    try:
        return data.decode(codec)
    except LookupError:
        raise NotTextError(
            f"This cannot be decoded: '{codec}' is not the name of an encoding.",
            'Use a name such as "windows-1256" or "utf-8" as encoding in [interviews].',
        ) from None
    except UnicodeDecodeError as error:
        if encoding is None and b"\0" in data:
            raise NotTextError("This is not a text: it contains NUL characters.", _DECLARE) from None
        place = error.start + 1
        raise NotTextError(
            f"This is not a text in {codec}: byte {place} cannot be decoded.", _DECLARE
        ) from None
    except (UnicodeError, ValueError):
        raise NotTextError(f"This is not a text in {codec}.", _DECLARE) from None


def _surely_utf8(data: bytes) -> bool:
    if sum(byte > 127 for byte in data[:4096]) < _ENOUGH_BYTES:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
