"""The JSON Schemas of everything that programs read, as they are shipped in ``omnistudy/schemas``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from omnistudy.errors import StudyError, did_you_mean

INDEX = "index"
_FOLDER = "schemas"


@cache
def schema_index() -> Mapping[str, str]:
    """Schema identifier, for example ``omnistudy.crm-clv/1``, to the name of its file without ``.json``."""
    found = json.loads(_read(INDEX))
    return MappingProxyType({name: entry["file"].removesuffix(".json") for name, entry in found.items()})


def schema_bytes(wanted: str) -> bytes:
    """Return a schema as it is shipped, or the index.

    Parameters
    ----------
    wanted
        A command as it is typed (``crm clv``), its schema identifier (``omnistudy.crm-clv/1``), a part
        of it (``crm-clv``), or ``index``.

    Raises
    ------
    StudyError
        When no command has this name.
    """
    if wanted == INDEX:
        return _read(INDEX)
    name = re.sub(r"[ _]+", "-", wanted.strip().removeprefix("omnistudy").lstrip(". ").lower())
    identifier = f"omnistudy.{name if '/' in name else f'{name}/1'}"
    known = schema_index()
    if identifier not in known:
        names = [each.removeprefix("omnistudy.").removesuffix("/1") for each in known]
        near = did_you_mean(name, names)
        raise StudyError.of(f"'{wanted}' has no schema.", near or "See: omnistudy explain --schema all")
    return _read(known[identifier])


def _read(name: str) -> bytes:
    return (files("omnistudy") / _FOLDER / f"{name}.json").read_bytes()
