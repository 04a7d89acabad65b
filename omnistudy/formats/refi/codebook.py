"""REFI-QDA codebooks (.qdc): a code tree in plain XML, without texts and codings.

Source: REFI-QDA standard 1.5, section 5. Some programs write the namespace wrongly, an empty ``Sets``,
or members as ``targetGUID``: all of that is read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import MappingProxyType

from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.refi.codes import code_tree
from omnistudy.formats.refi.record_reader import read_records
from omnistudy.formats.refi.sets import imported_sets
from omnistudy.formats.refi.xml import root_name
from omnistudy.study.input_files import read_input

LARGEST = 256 * 2**20
_HEAD = 2**16


def is_qdc(path: Path) -> bool:
    """Tell whether the file is XML with the root CodeBook, or is called .qdc."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return root_name(head) == "CodeBook" or path.suffix.casefold() == ".qdc"


def read_qdc(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a codebook.

    Parameters
    ----------
    path
        The .qdc file.
    options
        ``split`` splits names into paths.

    Raises
    ------
    StudyError
        If the file is too large, not intact XML, or no codebook.
    """
    data = read_input(path)
    project = read_records(data, str(path), "CodeBook")
    tree = code_tree(project, options.split)
    groups = imported_sets(project, tree.ids, {}, {})
    return ImportedProject(
        format="REFI-QDA codebook",
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        sources=(),
        codes=tree.codes,
        coders=(),
        quotations=(),
        codings=(),
        counts=MappingProxyType({"codes": len(project.codes)}),
        left_out=(*tree.left_out, *groups.left_out),
        warnings=tree.warnings,
        sets=groups.sets,
        origin=project.origin,
    )
