"""The documents of a REFI-QDA project with their texts: plain, rich, of PDFs, pictures and recordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from omnistudy.formats.reading.imported import LeftOut
from omnistudy.formats.refi.container import LIMITS, Container
from omnistudy.formats.refi.offsets import RefiText, decoded_text, inline_text
from omnistudy.formats.refi.records import RawCoding, RawMedium, RawProject, RawSelection, RawText
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.input_files import UnusableFileError, read_input
from omnistudy.study.transcripts import read_transcript
from omnistudy.text.canonical import NotTextError

_NO_TEXT = {
    "PDFSource": msg("PDFs without a text representation"),
    "PictureSource": msg("pictures"),
    "AudioSource": msg("sound recordings"),
    "VideoSource": msg("videos"),
}


@dataclass(slots=True, kw_only=True)
class Document:
    """A text that can be coded; ``text`` is ``None`` where the file does not hold it."""

    id: str
    name: str
    user: str
    text: RefiText | None
    selections: list[RawSelection]
    sync: dict[str, str]
    codings: tuple[RawCoding, ...]
    notes: tuple[str, ...]
    values: list[tuple[str, str]]
    description: str


@dataclass
class Library:
    """The documents of a project; lives as long as one reading.

    ``by_guid`` finds the document of every source, text and transcript, ``names`` the names of sources
    that have none. ``bare`` are media whose own codings, notes and values no document carries; ``notes`` holds the
    texts of notes that stand in files.
    """

    documents: list[Document] = field(default_factory=list)
    by_guid: dict[str, Document] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    bare: list[RawMedium] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


def library(project: RawProject, container: Container, path: Path) -> Library:
    """Collect the documents of a project.

    Parameters
    ----------
    project
        What the .qde says.
    container
        The archive with the texts.
    path
        The .qdpx, beside which relative paths are looked for.
    """
    shelf = Library()
    texts = _Texts(container, path.parent)
    for source in project.texts:
        _shelve(shelf, source, _document(source, texts, source.guid, source.name))
    by_path = {
        source.plain.casefold(): shelf.by_guid[source.guid] for source in project.texts if source.plain
    }
    without: Counter[str] = Counter()
    for medium in project.media:
        first, carried = None, False
        for text in medium.texts:
            document = (
                by_path.get(text.plain.casefold()) if text.kind == "Transcript" and text.plain else None
            )
            if document is None:
                document = _of_medium(medium, text, texts, first is None)
                carried = carried or first is None
                _shelve(shelf, text, document)
            else:  # the transcript of a recording that stands in the file as a document too
                document.selections.extend(text.selections)
                document.sync.update(text.sync)
                shelf.by_guid.setdefault(text.guid, document)
            first = first or document
        if not carried:
            shelf.bare.append(medium)
        if first is None:
            without[medium.kind] += 1
            shelf.names[medium.guid] = medium.name
        else:
            shelf.by_guid.setdefault(medium.guid, first)
            if medium.texts[0].kind == "Transcript":
                without[medium.kind] += 1  # the recording itself; its transcript is a document
    for kind, what in _NO_TEXT.items():
        if without[kind]:
            shelf.left_out.append(LeftOut(what, without[kind], msg("a study holds texts only")))
    shelf.notes = _notes(project, texts)
    shelf.warnings.extend(texts.warnings())
    return shelf


def _notes(project: RawProject, texts: _Texts) -> dict[str, str]:
    """Return the texts of notes that stand in files."""
    found: dict[str, str] = {}
    for note in project.memos:
        held = texts.of(note) if note.content is None and (note.plain or note.rich) else None
        if held is not None:
            found[note.guid] = held.canonical
    return found


def _shelve(shelf: Library, text: RawText, document: Document) -> None:
    if not document.id or document.id in shelf.by_guid:
        document.id = f"{document.id or 'source'}-{len(shelf.documents)}"
    shelf.documents.append(document)
    shelf.by_guid.setdefault(document.id, document)
    shelf.by_guid.setdefault(text.guid, document)


def _document(text: RawText, texts: _Texts, guid: str, name: str) -> Document:
    return Document(
        id=guid,
        name=name or text.name or guid[:8],
        user=text.user,
        text=texts.of(text),
        selections=list(text.selections),
        sync=dict(text.sync),
        codings=text.codings,
        notes=text.notes,
        values=list(text.values),
        description=text.description,
    )


def _of_medium(medium: RawMedium, text: RawText, texts: _Texts, is_first: bool) -> Document:
    """Return the text of a medium; what is said of the medium as a whole goes with its first text."""
    own = text.kind == "Transcript" and text.name
    document = _document(text, texts, text.guid if own or not is_first else medium.guid, medium.name)
    if own:
        document.name = text.name
    if is_first:
        document.user = document.user or medium.user
        document.codings = (*medium.codings, *document.codings)
        document.notes = (*medium.notes, *document.notes)
        document.values.extend(medium.values)
        document.description = document.description or medium.description
    return document


@dataclass
class _Texts:
    """Finds the words of a text, and remembers which could not be found."""

    container: Container
    folder: Path
    missing: list[tuple[str, str]] = field(default_factory=list)
    bare: int = 0
    rich: int = 0
    undeclared: int = 0

    def of(self, text: RawText) -> RefiText | None:
        if text.content is not None and (text.content or not (text.plain or text.rich)):
            return inline_text(text.content)
        reason = "names no text"
        if text.plain:
            data = self._bytes(text.plain)
            decoded = decoded_text(data) if isinstance(data, bytes) else None
            if decoded is not None:
                return RefiText(decoded, inline=False)
            reason = data if isinstance(data, str) else "is not UTF-8 text"
        if text.rich:
            data = self._bytes(text.rich)
            if isinstance(data, bytes):
                try:
                    transcript = read_transcript(PurePosixPath(text.rich), data)
                except NotTextError as error:
                    reason = str(error)
                else:
                    self.rich += 1
                    return RefiText(transcript.text, inline=False)
            elif not text.plain:
                reason = data
        self.missing.append((text.name or text.guid[:8], reason))
        return None

    def _bytes(self, written: str) -> bytes | str:
        scheme, mark, rest = written.partition("://")
        if not mark:
            self.bare += 1
            scheme, rest = "internal", written
        name = PurePosixPath(rest.replace("\\", "/")).name
        if scheme.casefold() == "absolute":
            return "lies outside of the archive, on the machine it was made on"
        if name in self.container or scheme.casefold() != "relative":
            return self.container.source(name)
        return self._beside(rest.lstrip("/").replace("\\", "/"))

    def _beside(self, relative: str) -> bytes | str:
        """Read a file beside the archive, never one outside of its folder."""
        try:
            target = (self.folder / relative).resolve()
            if not target.is_relative_to(self.folder.resolve()):
                return "lies outside of the archive's folder"
            return read_input(target, LIMITS.text)
        except UnusableFileError as error:
            return error.reason
        except (OSError, ValueError):
            return "is not beside the archive"

    def warnings(self) -> Iterator[Message]:
        if self.bare:
            yield msg(
                "{n} paths of texts lack 'internal://'; they are looked for in the archive.",
                n=Number(self.bare, Kind.COUNT),
            )
        if self.rich:
            yield msg(
                "{n} documents have formatted text only; positions are taken to count its characters.",
                n=Number(self.rich, Kind.COUNT),
            )
        for name, reason in self.missing:
            yield msg("The text of '{name}' {reason}; what is coded in it cannot be placed.",
                      name=name, reason=reason)  # fmt: skip
        if self.missing:
            yield msg(
                "Export the project again with its documents inside, so that their codings can be placed."
            )
