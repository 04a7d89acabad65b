"""A published model as the reference of a comparison: its concepts, their roles, and what it leaves unsaid."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from omnistudy.errors import Problem, StudyError
from omnistudy.results import InputFile, Label
from omnistudy.study.codebook import read_codebook
from omnistudy.study.input_files import loads_toml
from omnistudy.study.model import EMPTY, Code, Codebook, Level, Role
from omnistudy.study.shipped import FOLDER, find_codebook
from omnistudy.study.tables import Door


@dataclass(frozen=True, kw_only=True)
class ReferenceModel:
    """A model that studies are compared with.

    Parameters
    ----------
    name
        Its short name, which is that of its file.
    book
        Its code tree; the concepts are the subcategories.
    title
        Its title per language.
    facts, source
        What the file says about the model, and where it was published, as written.
    not_reported
        Topic to a sentence, per language, that says what the publication leaves unsaid.
    frequencies
        Concept to the number that the publication reports for it; empty where it reports none.
    frequency_of
        What those numbers count: ``interviews`` or ``quotations``.
    relations
        Pairs of concepts that the publication joins by an arrow; empty where it reports none.
    file
        The file, for the provenance.
    content_sha256
        Hash of its text with LF line ends, the same on every system.
    """

    name: str
    book: Codebook
    title: Label
    file: InputFile
    facts: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    source: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    not_reported: Mapping[str, Label] = field(default_factory=lambda: MappingProxyType({}))
    frequencies: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    frequency_of: str = ""
    relations: tuple[tuple[str, str], ...] = ()
    content_sha256: str = ""

    @cached_property
    def everything(self) -> tuple[str, ...]:
        """Ids of all concepts, the phenomenon included, in the order of the file."""
        return self.book.at_level(Level.SUBCATEGORY)

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        """Ids of the concepts that are counted, length R: all but the phenomenon.

        Every paradigm model has exactly one phenomenon, so that finding it says nothing; it is
        compared beside the counts.
        """
        return tuple(code for code in self.everything if self.role(code) is not Role.PHENOMENON)

    @cached_property
    def phenomenon(self) -> tuple[str, ...]:
        """Ids of the phenomenon's concepts."""
        return tuple(code for code in self.everything if self.role(code) is Role.PHENOMENON)

    def role(self, concept: str) -> Role | None:
        """Return the role of a concept, its own or inherited."""
        return self.book.role_of(concept)

    def label(self, concept: str) -> Label:
        """Return the label of a concept."""
        return self.book[concept].label


def load_reference(name: str, study: Path | None, current: Path) -> ReferenceModel:
    """Read and check a reference model.

    Parameters
    ----------
    name
        A path or a name, see :func:`omnistudy.study.shipped.find_codebook`.
    study
        Folder of the study that names it.
    current
        The current folder.

    Returns
    -------
    ReferenceModel
        Concepts by role, what the publication does not report, and the hash of the file.

    Raises
    ------
    StudyError
        No such file, a faulty codebook, no concept, or concepts without a role.

    References
    ----------
    The shipped model is that of Rahimi Baghmalek & Mahmoudi Sabouki, Maskan Bank,
    https://srb.sanad.iau.ir/fa/Article/1219500: 19 subcategories in five roles, the phenomenon inferred.

    Examples
    --------
    >>> from collections import Counter
    >>> from pathlib import Path
    >>> model = load_reference("maskan-bank", None, Path.cwd())
    >>> len(model.concepts), len(model.phenomenon)
    (19, 1)
    >>> sorted(Counter(str(model.role(concept)) for concept in model.concepts).items())
    [('causal', 4), ('context', 3), ('intervening', 5), ('outcome', 3), ('strategy', 4)]
    """
    path = find_codebook(name, study, current)
    door = Door(path.parent)
    data = _tables(door, path.name)
    language = str(data.get("codebook", {}).get("language", "en"))
    book = read_codebook(door, path.name, language)
    door.raise_if_failed()
    if book is None:
        raise StudyError(door.problems)
    _check_roles(book, path.name)
    text = door.read_text(path.name) or ""
    shown = f"{FOLDER}/{path.name}" if path.parent.name == FOLDER else path.name
    frequencies, frequency_of = _frequencies(data, book, path.name)
    return ReferenceModel(
        name=path.stem,
        book=book,
        title=_title(data, path.stem, language),
        facts=_words(data, "reference"),
        source=_words(data, "source"),
        not_reported=_labels(data, "not_reported", language),
        frequencies=frequencies,
        frequency_of=frequency_of,
        relations=_relations(data, book, path.name),
        file=InputFile(shown, door.inputs[path.name]),
        content_sha256=hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8")).hexdigest(),
    )


def _tables(door: Door, name: str) -> dict[str, Any]:
    """Return the tables of a TOML file; a syntax fault is reported by the codebook's own reader."""
    text = door.read_text(name) if name.endswith(".toml") else None
    if text is None:
        return {}
    try:
        data = loads_toml(text)
    except tomllib.TOMLDecodeError:
        return {}
    for table in ("codebook", "reference", "source", "not_reported"):
        if not isinstance(data.get(table, {}), dict):
            raise StudyError.of(f"'{table}' is no table.", f"Write [{table}].", file=name, column=table)
    for table in ("frequencies", "relations"):
        rows = data.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            what = f"'{table}' is no list of tables."
            raise StudyError.of(what, f"Write [[{table}]].", file=name, column=table)
    return data


def _check_roles(book: Codebook, name: str) -> None:
    concepts = [book[code] for code in book.at_level(Level.SUBCATEGORY)]
    without = [code for code in concepts if book.role_of(code.id) is None]
    if not concepts:
        raise StudyError.of("The reference model has no subcategory.", "Give it at least one.", file=name)
    if len(without) == len(concepts):
        raise StudyError.of(
            "The reference model gives no concept a role, so there is nothing to compare roles with.",
            f"Give every concept, or the category above it, a role: {', '.join(Role)}.",
            file=name,
            column="role",
        )
    if without:
        raise StudyError(_without_role(code, name) for code in without)
    if all(book.role_of(code.id) is Role.PHENOMENON for code in concepts):
        what = "The reference model has a phenomenon and nothing else."
        raise StudyError.of(what, "Add its conditions, strategies and outcomes.", file=name)


def _without_role(code: Code, name: str) -> Problem:
    return Problem(
        what=f"The concept '{code.id}' of the reference model has no role.",
        remedy=f"Give it, or the category above it, one of {', '.join(Role)}.",
        file=name,
        column="role",
    )


def _words(data: Mapping[str, Any], table: str) -> Mapping[str, str]:
    found = data.get(table, {})
    if not isinstance(found, dict):
        return EMPTY
    return MappingProxyType({str(key): _written(value) for key, value in found.items()})


def _written(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _title(data: Mapping[str, Any], stem: str, language: str) -> Label:
    return _label(stem, data.get("codebook", {}).get("title", ""), language)


def _labels(data: Mapping[str, Any], table: str, language: str) -> Mapping[str, Label]:
    """Read a table of texts: each a text in the codebook's language, or a table of language to text."""
    found = data.get(table, {})
    if not isinstance(found, dict):
        return MappingProxyType({})
    return MappingProxyType({str(key): _label(str(key), value, language) for key, value in found.items()})


def _label(name: str, given: object, language: str) -> Label:
    texts = given if isinstance(given, dict) else {language: _written(given)} if given else {}
    return Label(name, MappingProxyType({str(tag): str(text) for tag, text in texts.items()}))


def _frequencies(data: Mapping[str, Any], book: Codebook, name: str) -> tuple[Mapping[str, int], str]:
    """Read ``[[frequencies]]`` with ``code`` and ``interviews`` or ``quotations``."""
    rows = [row for row in data.get("frequencies", ()) if isinstance(row, dict)]
    for kind in ("interviews", "quotations"):
        found = {str(row.get("code", "")): row[kind] for row in rows if isinstance(row.get(kind), int)}
        if found:
            _check_known(found, book, name, "frequencies")
            return MappingProxyType(found), kind
    return MappingProxyType({}), ""


def _relations(data: Mapping[str, Any], book: Codebook, name: str) -> tuple[tuple[str, str], ...]:
    """Read ``[[relations]]`` with ``source`` and ``target``; negative cases are no arrows."""
    rows = [row for row in data.get("relations", ()) if isinstance(row, dict) and row.get("polarity") != "-"]
    pairs = [(str(row.get("source", "")), str(row.get("target", ""))) for row in rows]
    _check_known([end for pair in pairs for end in pair], book, name, "relations")
    return tuple(dict.fromkeys(pairs))


def _check_known(codes: Mapping[str, int] | list[str], book: Codebook, name: str, table: str) -> None:
    unknown = dict.fromkeys(code for code in codes if code not in book)
    if unknown:
        raise StudyError(
            Problem(
                what=f"'{code}' is not a concept of the reference model.",
                remedy=f"Correct it under [[{table}]].",
                file=name,
                column=table,
            )
            for code in unknown
        )
