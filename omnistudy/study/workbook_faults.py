"""What the readers of a workbook raise when it is damaged: the archive's, the XML's and openpyxl's own."""

from __future__ import annotations

import zipfile
import zlib


def workbook_faults() -> tuple[type[Exception], ...]:
    """Return the exceptions that a damaged workbook causes, and no others.

    XML readers raise subclasses of ``SyntaxError``. openpyxl turns attributes into typed values and
    members into objects without checks of its own, so that wrong ones surface as ``TypeError``,
    ``AttributeError`` or one of the lookups; a member that is missing as ``KeyError``.
    """
    from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

    return (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        SyntaxError,
        ValueError,
        OverflowError,
        LookupError,
        TypeError,
        AttributeError,
        CellCoordinatesException,
        InvalidFileException,
    )
