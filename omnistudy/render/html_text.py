"""Sentences, values and labels as HTML: everything escaped, every value in its own direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.render import words
from omnistudy.render.language import Language, Piece, PieceKind
from omnistudy.results import Label, Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup


def markup(message: Message | str | Label, language: Language) -> Markup:
    """Return a sentence or label as HTML with its values isolated."""
    pieces = (language.label(message),) if isinstance(message, Label) else language.pieces(message)
    return joined(pieces, language)


def joined(pieces: Iterable[Piece], language: Language) -> Markup:
    """Return the pieces of a sentence or a cell as HTML."""
    from markupsafe import Markup

    return Markup("").join(_piece(piece, language) for piece in pieces)


def _piece(piece: Piece, language: Language) -> Markup:
    from markupsafe import Markup, escape

    if piece.kind is PieceKind.NUMBER:
        return Markup('<bdi dir="ltr">{}</bdi>').format(piece.text) if language.is_rtl else escape(piece.text)
    if piece.kind is PieceKind.WORDS:
        if piece.language:
            return Markup('<span lang="{}" dir="ltr">{}</span>').format(piece.language, piece.text)
        return escape(piece.text)
    if piece.fallback:
        return Markup('<bdi lang="{0}">{1}</bdi><span class="fallback" title="{2}">{0}</span>').format(
            piece.language, piece.text, language.text(words.MISSING_LABEL)
        )
    return Markup("<bdi>{}</bdi>").format(piece.text)


def number(value: int, language: Language) -> Markup:
    """Return a number as HTML in the digits of the reader."""
    return joined(language.value(value), language)


def comma(language: Language) -> Markup:
    """Return what stands between the names of a list."""
    from markupsafe import Markup

    return Markup("، ") if language.is_rtl else Markup(", ")
