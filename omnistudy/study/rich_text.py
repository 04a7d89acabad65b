r"""RTF read as canonical text: characters, paragraphs, lines and tabs; nothing of the looks.

Bytes written as ``\'hh`` are decoded with the code page of their font, which is how Persian stands
in files of older editors (character set 178 is Windows-1256); ``\uN`` overrides the ``\ucN``
characters that stand in for it. Passages marked as deleted are dropped.

Source: Microsoft, Rich Text Format specification 1.9.1 (2008).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from omnistudy.text.canonical import NotTextError, normalised
from omnistudy.text.transcript import OffsetMap, Transcript

_REMEDY = "Open it in the program it comes from and save it as .docx or .txt."
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-zA-Z'])"
    r"|(?P<brace>[{}])"
    r"|(?P<newline>[\r\n]+)"
    r"|(?P<text>[^\\{}\r\n]+)"
    r"|(?P<stray>\\)",
    re.DOTALL,
)
_NO_TEXT = (
    "fonttbl colortbl stylesheet info pict object objdata header headerl headerr headerf footer footerl "
    "footerr footerf footnote annotation atnid atnauthor fldinst themedata colorschememapping datastore "
    "latentstyles listtable listoverridetable revtbl rsidtbl generator xmlnstbl filetbl nonshppict "
    "bkmkstart bkmkend xe tc shppict sp background template pntext pntxta pntxtb listtext mmathPr "
    "private"
)
_SKIPPED = frozenset(_NO_TEXT.split())
_CHARACTERS = {
    "par": "\n", "sect": "\n", "line": "\n", "cell": "\n", "nestcell": "\n", "tab": "\t", "emdash": "—",
    "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "zwj": "\u200d", "zwnj": "\u200c",
    "zwbo": "\u200b", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_SIGNS = {"~": "\u00a0", "_": "\u2011", "-": "\u00ad", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}
_CHARSETS = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip
_ANSI_DEFAULT = "cp1252"


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and a closing brace restores."""

    skipped: bool = False
    in_font_table: bool = False
    stand_ins: int = 1
    font: int | None = None
    deleted: bool = False


@dataclass
class _Reader:
    source: str
    state: _State = _State()
    outer: list[_State] = field(default_factory=list)
    codec: str = _ANSI_DEFAULT
    fonts: dict[int, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    ignored: int = 0  # stand-ins still to pass over after \uN

    def read(self) -> str:
        position = 0
        while token := _TOKEN.match(self.source, position):
            position = token.end()
            if token["word"] == "bin":
                position += max(int(token["number"] or 0), 0)
            self._token(token)
            if not self.outer and token["brace"] == "}":
                break
        self._flush()
        return "".join(self.parts)

    def _token(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "brace":
                self._brace(token["brace"])
            case "word" | "number":
                self._word(token["word"], int(token["number"]) if token["number"] else None)
            case "hex":
                self._byte(int(token["hex"], 16))
            case "sign":
                self._sign(token["sign"])
            case "text":
                self._text(token["text"])

    def _brace(self, brace: str) -> None:
        self._flush()
        self.ignored = 0
        if brace == "{":
            self.outer.append(self.state)
        elif self.outer:
            self.state = self.outer.pop()

    def _word(self, word: str, number: int | None) -> None:
        if self.ignored and word in _CHARACTERS and _CHARACTERS[word].isprintable():
            self.ignored -= 1
            return
        self.ignored = 0
        if word == "u" and number is not None:
            self._flush()
            self._emit(chr(number % 0x10000))
            self.ignored = self.state.stand_ins
            return
        self._flush()
        if word in _CHARACTERS:
            self._emit(_CHARACTERS[word])
        elif word == "fonttbl":
            self.state = replace(self.state, skipped=True, in_font_table=True)
        elif word in _SKIPPED:
            self.state = replace(self.state, skipped=True)
        else:
            self._setting(word, number)

    def _setting(self, word: str, number: int | None) -> None:
        state = self.state
        match word:
            case "uc":
                self.state = replace(state, stand_ins=max(number if number is not None else 1, 0))
            case "f":
                self.state = replace(state, font=number)
            case "plain":
                self.state = replace(state, font=None, deleted=False)
            case "deleted":
                self.state = replace(state, deleted=number != 0)
            case "fcharset" if state.in_font_table and state.font is not None:
                self._font(state.font, number or 0)
            case "ansicpg":
                self.codec = _known_codec(number)
            case "mac":
                self.codec = "mac-roman"

    def _font(self, font: int, charset: int) -> None:
        if charset in _CHARSETS:  # others, such as 1, mean the document's own code page
            self.fonts[font] = _CHARSETS[charset]

    def _sign(self, sign: str) -> None:
        if sign == "*":  # a destination that readers may pass over
            self.state = replace(self.state, skipped=True)
        elif self.ignored:
            self.ignored -= 1
        elif sign in _SIGNS:
            self._flush()
            self._emit(_SIGNS[sign])

    def _text(self, text: str) -> None:
        passed = min(self.ignored, len(text))
        self.ignored -= passed
        self.pending.extend(text[passed:].encode("latin-1"))

    def _byte(self, byte: int) -> None:
        if self.ignored:
            self.ignored -= 1
        else:
            self.pending.append(byte)

    def _flush(self) -> None:
        """Decode the bytes collected under one font; double-byte pages need them together."""
        if self.pending:
            font = self.fonts.get(self.state.font) if self.state.font is not None else None
            self._emit(self.pending.decode(font or self.codec, "replace"))
            self.pending.clear()

    def _emit(self, text: str) -> None:
        if not self.state.skipped and not self.state.deleted:
            self.parts.append(text)


def read_rtf(data: bytes) -> Transcript:
    """Read a Rich Text Format document.

    Parameters
    ----------
    data
        The bytes of the file.

    Returns
    -------
    Transcript
        Without an offset map. Table cells give lines of their own. Headers, footers, notes, pictures,
        field instructions and automatic numbers are dropped.

    Raises
    ------
    NotTextError
        If the file does not begin as RTF or its braces never close.
    """
    source = data.decode("latin-1")
    if not source.startswith("{\\rtf"):
        raise NotTextError("This is not RTF: it does not begin with {\\rtf.", _REMEDY)
    reader = _Reader(source)
    text = reader.read()
    if reader.outer:
        raise NotTextError("The RTF document is damaged: it ends before its last brace.", _REMEDY)
    # \uN writes characters beyond the BMP as surrogate pairs
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")
    return Transcript(normalised(whole.removesuffix("\n")).text, OffsetMap())


def _known_codec(page: int | None) -> str:
    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return {10000: "mac-roman", 65001: "utf-8"}.get(page or 0, _ANSI_DEFAULT)
