"""The texts that the audits come from, and what kind of text each is.

An audit prints the kind beside its results, because a checklist of a vendor's page or an essay is no
instrument whose validity somebody has shown. What a source claims about the world stays a claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omnistudy.results import Message, msg


class SourceKind(StrEnum):
    """What kind of text a source is."""

    ARTICLE = "journal_article"
    VENDOR = "vendor_page"
    ESSAY = "essay"


KINDS: dict[SourceKind, Message] = {
    SourceKind.ARTICLE: msg("an article in a journal, of which only the abstract was at hand"),
    SourceKind.VENDOR: msg("a vendor's page: written to sell, without a study behind it"),
    SourceKind.ESSAY: msg("an essay: a practitioner's or author's view, without data of its own"),
}


@dataclass(frozen=True, slots=True)
class AuditSource:
    """One source: key, kind and what it is about."""

    key: str
    kind: SourceKind
    about: Message

    def sentence(self) -> Message:
        """Say where a framework comes from, as a line under its heading."""
        return msg("Source: {about}; {kind}.", about=self.about, kind=KINDS[self.kind])

    def as_json(self) -> dict[str, object]:
        """The source as JSON values."""
        return {"key": self.key, "kind": str(self.kind), "about": str(self.about)}


ABSTRACT = AuditSource(
    "maskan-abstract",
    SourceKind.ARTICLE,
    msg("the grounded-theory study of omnichannel CRM at Maskan Bank"),
)
ESSAYS = AuditSource(
    "omnichannel-essays",
    SourceKind.ESSAY,
    msg("essays on omnichannel retail, contact centres, a campaign and banking"),
)
THEORY = AuditSource("crm-theory", SourceKind.ESSAY, msg("an overview of the theory of CRM"))
STEPS = AuditSource(
    "nine-steps",
    SourceKind.VENDOR,
    msg("a strategy of nine steps towards omnichannel marketing, with four KPIs"),
)
ECRM = AuditSource(
    "ecrm-framework",
    SourceKind.ESSAY,
    msg("a strategic framework of five processes for electronic CRM, after Payne and Frow (2005)"),
)
SOURCES = (ABSTRACT, ESSAYS, THEORY, STEPS, ECRM)
