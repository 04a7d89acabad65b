"""Elements of a REFI-QDA project while it is written: identities, users, times, and legal characters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omnistudy.formats.exported import date_time, illegal_characters, legal, stable_guid

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACE = "urn:QDA-XML:project:1.0"


@dataclass
class Elements:
    """Makes the elements of one export; ``counts`` is what was written, ``lost`` what could not be."""

    study: str
    counts: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def guid(self, kind: str, *parts: str) -> str:
        """Return the GUID of a thing of this study."""
        return stable_guid(self.study, kind, *parts)

    def user(self, coder: str) -> str:
        """Return the GUID of a coder; empty for nobody."""
        return self.guid("user", coder) if coder else ""

    def created(self, written: str) -> str:
        """Return a time as XML writes it, counting what is none."""
        moment = date_time(written) if written else ""
        self.lost["times"] += bool(written) and not moment
        return moment

    def root(self, tag: str, /, **attributes: str) -> _Element:
        """Return an element without a parent; empty attributes are left out."""
        from lxml import etree

        nsmap: dict[str | None, str] = {None: SPACE}
        given = {key: self.legal(value) for key, value in attributes.items() if value}
        return etree.Element(f"{{{SPACE}}}{tag}", given, nsmap=nsmap)  # type: ignore[arg-type]

    def add(self, parent: _Element, tag: str, text: str | None = None, /, **attributes: str) -> _Element:
        """Return a new child; empty attributes are left out."""
        from lxml import etree

        given = {key: self.legal(value) for key, value in attributes.items() if value}
        element = etree.SubElement(parent, f"{{{SPACE}}}{tag}", given)
        if text is not None:
            element.text = self.legal(text)
        return element

    def legal(self, text: str) -> str:
        """Replace characters that XML cannot hold, and count them."""
        if text.isprintable():
            return text
        self.lost["characters"] += illegal_characters(text)
        return legal(text)
