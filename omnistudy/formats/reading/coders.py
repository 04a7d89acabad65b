"""Who stands behind a name in a file: the names that programs give to everybody are nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from omnistudy.errors import StudyError
from omnistudy.formats.reading.options import ReadOptions

STOCK_CODERS = frozenset(
    {"", "admin", "administrator", "default", "user", "owner", "unknown", "atlas.ti", "me"}
)
"""Names that programs give to whoever uses them: the same name is no sign of the same person."""


def is_stock(name: str) -> bool:
    """Tell whether a coder's name is one that the program gave."""
    return " ".join(name.casefold().split()) in STOCK_CODERS


def coder_names(owners: Iterable[str], options: ReadOptions, file: str) -> Mapping[str, str]:
    """Return who stands behind every name of a file.

    Raises
    ------
    StudyError
        If the file holds the work of a stock name, such as ``default``, and the caller names nobody.
    """
    coder = " ".join((options.coder or "").split())
    names: dict[str, str] = {}
    for owner in sorted(set(owners)):
        stock = is_stock(owner)
        if stock and not coder:
            shown = f"under the stock name '{owner}'" if owner.strip() else "without a name"
            raise StudyError.of(
                f"The file holds codings {shown}: it does not say who coded.",
                "Name the coder: --coder NAME.",
                file=file,
            )
        names[owner] = coder if stock else " ".join(owner.split())
    return names
