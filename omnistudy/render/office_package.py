"""What Word documents and workbooks are: a zip of XML files, packed so that it can be made again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_DEFLATE = 6


def repacked(package: bytes, changed: Callable[[str, bytes], bytes] = lambda _, data: data) -> bytes:
    """Pack an Office file again without the times at which its members were written.

    Parameters
    ----------
    package
        The file as a library saved it.
    changed
        Gets the name and the bytes of each member and returns the bytes to pack.
    """
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as read,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE) as written,
    ):
        for name in read.namelist():
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            written.writestr(info, changed(name, read.read(name)), compresslevel=_DEFLATE)
    return buffer.getvalue()
