"""The sentences of the package and their Persian catalogue: what is missing, what is stale, what is amiss.

``python tests/render/catalogue.py`` lists it; with ``--write`` the catalogue is put in order: templates without a
translation get an empty entry, or, where a template was only reworded, the old translation marked fuzzy; entries
of templates that no longer exist go; ⟦ and ⟧ become the marks that keep a left-to-right stretch together.
Entries stand in the order of their text, so that moving a module changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "omnistudy"
CATALOGUE = PACKAGE / "render" / "locale" / "fa.po"
CONSTRUCTORS = {"msg", "Message"}
ISOLATES = str.maketrans({"⟦": "\u2066", "⟧": "\u2069"})
REWORDED = 0.75
"""How alike two templates are, of 1, for the translation of one to be a draft of the other's."""

_ARABIC = re.compile("[كيىةۀ٤٥٦]")
_BLANKS = re.compile("\u200c\\s|\\s\u200c|\u200c\u200c|  ")
_LATIN_MARK = re.compile(r"[,;?](?!\S)")
_ISOLATED = re.compile("\u2066.*?\u2069", re.DOTALL)


def template_nodes() -> Iterator[tuple[str, ast.expr]]:
    """Yield the place and the first argument of every call that makes a message."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and called(node.func) in CONSTRUCTORS:
                yield f"{path.relative_to(PACKAGE.parent)}:{node.lineno}", node.args[0]


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literals(node: ast.expr) -> list[str] | None:
    """Return the templates an argument can stand for, or ``None`` when it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        branches = [literals(node.body), literals(node.orelse)]
        return None if None in branches else [text for branch in branches if branch for text in branch]
    return None


def templates() -> dict[str, str]:
    """Return every literal template with the place where it is first used."""
    found: dict[str, str] = {}
    for place, node in template_nodes():
        for text in literals(node) or []:
            found.setdefault(text, place)
    return found


def values_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@dataclass(frozen=True)
class Entry:
    """One translation; ``fuzzy`` marks a draft, which renderers do not use."""

    text: str
    fuzzy: bool = False
    comments: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return bool(self.text) and not self.fuzzy


def entries(source: str) -> dict[str, Entry]:
    """Return the entries of a catalogue, drafts and empty ones included."""
    read = read_po(BytesIO(source.encode()), locale="fa", abort_invalid=True)
    return {
        str(each.id): Entry(str(each.string or ""), bool(each.fuzzy), tuple(each.user_comments))
        for each in read
        if each.id
    }


def brought_up_to_date(known: Mapping[str, Entry], live: Mapping[str, str]) -> dict[str, Entry]:
    """Return an entry for every template, in the order of the templates' text."""
    stale = {text: entry for text, entry in known.items() if text not in live and entry.usable}
    found: dict[str, Entry] = {}
    for text in sorted(live):
        entry = known.get(text, Entry(""))
        near = [] if entry.text else get_close_matches(text, stale, n=1, cutoff=REWORDED)
        if near:
            entry = replace(stale[near[0]], fuzzy=True)
        found[text] = replace(entry, text=entry.text.translate(ISOLATES))
    return found


def head_of(source: str) -> str:
    """Return the catalogue's own entry with the comments above it."""
    return source.split("\n\n", maxsplit=1)[0].rstrip() + "\n"


def written(head: str, translations: Mapping[str, Entry]) -> str:
    """Return the catalogue as text."""
    parts = [head]
    for template, entry in translations.items():
        comments = "".join(f"# {comment}\n" for comment in entry.comments)
        fuzzy = "#, fuzzy\n" if entry.fuzzy else ""
        parts.append(f"{comments}{fuzzy}msgid {_quoted(template)}\nmsgstr {_quoted(entry.text)}\n")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def faults(template: str, translation: str) -> list[str]:
    """Return what is amiss with a translation, each with its remedy."""
    shown = _ISOLATED.sub("X", translation)
    asked = values_in(template)
    found = []
    if values_in(translation) != asked:
        found.append(
            f"it must hold the values of its template and no others: {', '.join(sorted(asked)) or 'none'}"
        )
    if _ARABIC.search(shown):
        found.append("write Persian ی ک ه and digits ۴ ۵ ۶, not the Arabic ones (هٔ as two characters)")
    if _BLANKS.search(shown):
        found.append("a zero-width non-joiner beside a blank or another one, or two blanks")
    if _LATIN_MARK.search(shown):
        found.append("write ، ؛ ؟, or put ⟦ and ⟧ around a left-to-right stretch and run --write")
    if translation.count("\u2066") != translation.count("\u2069") or set(translation) & {"⟦", "⟧"}:
        found.append("⟦ and ⟧ must come in pairs; --write turns them into the marks that renderers know")
    return found


def report(live: Mapping[str, str], known: Mapping[str, Entry]) -> list[str]:
    """Return one line for everything that somebody has to do."""
    lines = [
        f"{live[text]}: no Persian: {text}" for text in sorted(live) if not known.get(text, Entry("")).text
    ]
    lines += [
        f"{live[text]}: a draft to check: {text}"
        for text in sorted(live)
        if text in known and known[text].fuzzy
    ]
    lines += [f"stale: {text}" for text in sorted(set(known) - set(live))]
    for text, entry in known.items():
        if text in live and entry.usable:
            lines += [f"{live[text]}: {fault}: {entry.text}" for fault in faults(text, entry.text)]
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="put the catalogue in order")
    write = parser.parse_args(arguments).write
    source, live = CATALOGUE.read_text(encoding="utf-8"), templates()
    known = entries(source)
    if write:
        dropped = sorted(set(known) - set(live))
        known = brought_up_to_date(known, live)
        CATALOGUE.write_text(written(head_of(source), known), encoding="utf-8")
        print("".join(f"dropped: {text}\n" for text in dropped), end="")
    lines = report(live, known)
    print("".join(f"{line}\n" for line in lines), end="")
    usable = sum(known[text].usable for text in live if text in known)
    print(f"{usable} of {len(live)} templates have Persian" + (f"; {CATALOGUE} was written" if write else ""))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
