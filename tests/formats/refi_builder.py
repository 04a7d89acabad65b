"""REFI-QDA files written as different programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"
TEXT = (
    "P1: سلام 😀\nعلی می\u200cرود بانک.\n\nI: چرا صف بود؟\n"
    "P1: چون 👩‍👧 دستگاه خراب بود؛ می\u200cگفتند فردا بیا.\nپایان مصاحبه."
)
QUOTES = (
    "سلام 😀",
    "علی می\u200cرود بانک",
    "چرا صف بود؟",
    "دستگاه خراب بود",
    "می\u200cگفتند فردا بیا",
    "پایان مصاحبه.",
)


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


@dataclass
class Way:
    """How a program writes texts and counts positions."""

    origin: str
    unit: str = "codepoint"
    newline: str = "\n"
    newline_counts: int = 1
    bom: bool = False
    per_coding: bool = False
    inline: bool = False

    def file(self, text: str) -> bytes:
        mixed = text.replace("\n", self.newline)
        return (("\ufeff" if self.bom else "") + mixed).encode()

    def position(self, text: str, at: int) -> int:
        before = text[:at]
        units = len(before.encode("utf-16-le")) // 2 if self.unit == "utf16" else len(before)
        return units + before.count("\n") * (self.newline_counts - 1)


NVIVO = Way("NVivo 12 Windows", "utf16", "\r\n", 2, bom=True, per_coding=True)
ATLASTI = Way("ATLAS.ti 23.1 Windows", "codepoint", "\r\n", 1)
MAXQDA = Way("MAXQDA 2022", "codepoint", "\r\n", 2)
QUALCODER = Way("QualCoder 3.5", "codepoint", "\n", 1, bom=True)
INLINE = Way("Quirkos 2.5", inline=True)


@dataclass
class Project:
    """One Persian interview coded by two people; parts can be added or replaced as XML."""

    way: Way
    text: str = TEXT
    quotes: tuple[str, ...] = QUOTES
    coders: tuple[str, ...] = ("سارا", "رضا")
    names: Mapping[str, str] = field(default_factory=dict)  # quote to the name of its selection
    parts: dict[str, str] = field(default_factory=dict)
    more_selections: str = ""
    after_selections: str = ""
    more_codes: str = ""
    swap_users: bool = True  # the selection was made by somebody else than the coding

    def selection(self, quote: str, coders: tuple[str, ...]) -> str:
        start = self.text.index(quote)
        ends = [self.way.position(self.text, at) for at in (start, start + len(quote))]
        name = self.names.get(quote, quote)
        codings = "".join(
            f'<Coding guid="{guid(quote + coder)}" creatingUser="{guid(coder)}"'
            f' creationDateTime="2024-05-01T10:00:00Z"><CodeRef targetGUID="{guid("code " + code)}"/></Coding>'
            for coder, code in zip(coders, ("bank", "queue"), strict=False)
        )
        maker = self.coders[-1] if self.swap_users else coders[0]
        return (
            f'<PlainTextSelection guid="{guid("selection" + quote + "".join(coders))}" name={quoteattr(name)}'
            f' startPosition="{ends[0]}" endPosition="{ends[1]}" creatingUser="{guid(maker)}">'
            f"{codings}</PlainTextSelection>"
        )

    def selections(self) -> str:
        groups = [(coder,) for coder in self.coders] if self.way.per_coding else [self.coders]
        return "".join(self.selection(quote, group) for quote in self.quotes for group in groups)

    def qde(self) -> str:
        users = "".join(f'<User guid="{guid(coder)}" name={quoteattr(coder)}/>' for coder in self.coders)
        content = f"<PlainTextContent>{escape(self.text)}</PlainTextContent>" if self.way.inline else ""
        path = "" if self.way.inline else f' plainTextPath="internal://{guid("text").upper()}.txt"'
        parts = {
            "Users": f"<Users>{users}</Users>",
            "CodeBook": (
                f'<CodeBook><Codes><Code guid="{guid("code top")}" name="دسته" isCodable="false">'
                f'<Code guid="{guid("code bank")}" name="بانک" isCodable="true" color="#FF0000"/>'
                f'<Code guid="{guid("code queue")}" name="صف" isCodable="true"/></Code>{self.more_codes}'
                "</Codes></CodeBook>"
            ),
            "Sources": (
                f'<Sources><TextSource guid="{guid("source")}" name="مصاحبه ۱.docx"{path}>{content}'
                f"{self.selections()}{self.more_selections}{self.after_selections}</TextSource></Sources>"
            ),
            **self.parts,
        }
        return (
            f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{NAMESPACE}" name="p"'
            f" origin={quoteattr(self.way.origin)}>{''.join(parts.values())}</Project>"
        )

    def members(self) -> dict[str, bytes]:
        members = {"project.qde": self.qde().encode()}
        if not self.way.inline:
            members[f"sources/{guid('text').upper()}.txt"] = self.way.file(self.text)
        return members

    def write(self, path: Path, **members: bytes | None) -> Path:
        path.write_bytes(zipped({**self.members(), **{k: v for k, v in members.items() if v is not None}}))
        return path


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
