"""A study's codebook as REFI-QDA elements: the part that projects and codebooks share; and .qdc files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from omnistudy import __version__
from omnistudy.formats.exported import WATERMARK, Exported, frozen, legal, stable_guid
from omnistudy.formats.reading.imported import LeftOut
from omnistudy.formats.refi.tags import code_tags, tagged
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.model import Code, Role, Study

if TYPE_CHECKING:
    from lxml.etree import _Element

LONGEST_NAME = 63
SET_NAMES: Mapping[Role, str] = {
    Role.CAUSAL: "Paradigm: causal conditions",
    Role.PHENOMENON: "Paradigm: phenomenon",
    Role.CONTEXT: "Paradigm: context",
    Role.INTERVENING: "Paradigm: intervening conditions",
    Role.STRATEGY: "Paradigm: strategies",
    Role.OUTCOME: "Paradigm: consequences",
}


def code_names(study: Study) -> Mapping[str, str]:
    """Return the names of codes for people: labels in the language of the study, made unique by the id."""
    labels = {
        code.id: " ".join(code.label.in_language(study.language).split()) or code.id
        for code in study.codebook
    }
    often = Counter(label.casefold() for label in labels.values())
    return {
        code: legal(f"{label} ({code})" if often[label.casefold()] > 1 else label)
        for code, label in labels.items()
    }


def code_guid(study: Study, code: str) -> str:
    """Return the GUID of a code."""
    return stable_guid(study.id, "code", code)


def add_codes(codes: _Element, study: Study, notes: Mapping[str, list[str]] | None = None) -> None:
    """Add the code tree below ``codes``.

    Parameters
    ----------
    codes
        The Codes element; its namespace is that of the codes.
    study
        The study with its codebook.
    notes
        Code to the GUIDs of the notes about it; ``None`` in a .qdc, which has no notes.
    """
    from lxml import etree

    space = etree.QName(codes).namespace
    names, used = code_names(study), {coding.code for coding in study.codings}
    parents = {code.parent for code in study.codebook}
    elements: dict[str, _Element] = {}

    def add(code: Code) -> None:
        if code.id in elements:
            return
        if code.parent is not None:
            add(study.codebook[code.parent])
        above = codes if code.parent is None else elements[code.parent]
        codable = code.id in used or code.id not in parents
        element = elements[code.id] = etree.SubElement(
            above,
            f"{{{space}}}Code",
            guid=code_guid(study, code.id),
            name=names[code.id],
            isCodable="true" if codable else "false",
        )
        words = code.definition.texts.get(study.language, "")
        description = etree.SubElement(element, f"{{{space}}}Description")
        description.text = legal(tagged(words, code_tags(code, study.language)))
        for note in (notes or {}).get(code.id, ()):
            etree.SubElement(element, f"{{{space}}}NoteRef", targetGUID=note)

    for code in study.codebook:
        add(code)


def codes_by_role(study: Study) -> Mapping[Role, list[str]]:
    """Return the codes that have a role of their own, by role in reading order."""
    groups = {role: [code.id for code in study.codebook if code.role is role] for role in Role}
    return {role: codes for role, codes in groups.items() if codes}


def name_warnings(study: Study) -> Iterator[Message]:
    """Yield a warning of names that MAXQDA cuts."""
    long = sum(len(name) > LONGEST_NAME for name in code_names(study).values())
    if long:
        yield msg(
            "{n} codes have names of more than 63 characters, which MAXQDA cuts.", n=Number(long, Kind.COUNT)
        )


def export_qdc(study: Study) -> Exported:
    """Return the codebook of a study as a .qdc that is valid against the schema, roles as sets."""
    from lxml import etree

    space = "urn:QDA-XML:codebook:1.0"
    mark = f", {WATERMARK}" if study.synthetic else ""
    nsmap: dict[str | None, str] = {None: space}
    root = etree.Element(
        f"{{{space}}}CodeBook",
        {"origin": f"omnistudy {__version__}{mark}"},
        nsmap=nsmap,  # type: ignore[arg-type]
    )
    add_codes(etree.SubElement(root, f"{{{space}}}Codes"), study)
    groups = codes_by_role(study)
    if groups:
        sets = etree.SubElement(root, f"{{{space}}}Sets")
        for role, codes in groups.items():
            group = etree.SubElement(
                sets,
                f"{{{space}}}Set",
                guid=stable_guid(study.id, "set", role),
                name=SET_NAMES[role],
            )
            etree.SubElement(group, f"{{{space}}}Description").text = tagged("", [("role", role)])
            for code in codes:
                etree.SubElement(group, f"{{{space}}}MemberCode", guid=code_guid(study, code))
    data = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    kept_back = [
        (msg("interviews"), len(study.interviews)),
        (msg("codings"), len(study.codings)),
        (msg("memos"), len(study.memos)),
        (msg("relations"), len(study.relations)),
        (msg("role votes"), len(study.role_votes)),
        (msg("propositions"), len(study.propositions)),
    ]
    return Exported(
        data=data,
        counts=frozen({"codes": len(study.codebook.codes), "sets": len(groups)}),
        left_out=tuple(
            LeftOut(what, count, msg("a .qdc holds the codebook only")) for what, count in kept_back if count
        ),
        warnings=tuple(name_warnings(study)),
    )
