"""Who coded: the people of several files by name, but for the names that programs give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.errors import Problem
from omnistudy.formats.into_study.csv_text import parse_csv
from omnistudy.formats.into_study.existing import CODINGS, ExistingStudy
from omnistudy.formats.reading.coders import is_stock
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.text.keys import match_key


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedCoder:
    """Who a name in a file stands for: ``listed`` in the alias table, ``same`` name, or ``new``."""

    file: str
    name: str
    coder: str
    how: str


@dataclass(frozen=True, slots=True)
class Coders:
    """The coder of the study behind every file and name in it, and the names that nobody can tell."""

    names: Mapping[tuple[str, str], str]
    rows: list[MatchedCoder]
    problems: list[Problem]


def matched_coders(
    projects: Sequence[ImportedProject], study: ExistingStudy, aliases: Mapping[tuple[str, str], str]
) -> Coders:
    """Find out who stands behind every name, from the alias table, the study's tables and the other files."""
    known: dict[str, str] = {}
    for path, coder in {CODINGS: None, **{e.file: e.coder for e in study.settings.codings.files}}.items():
        for row in parse_csv(study.files.get(path, b"")).rows:
            if written := (row.get("coder") or coder or "").strip():
                known.setdefault(match_key(written), written)
    in_study = set(known)
    written_names = sorted({aliases.get((p.file, name), name) for p in projects for name in _names_in(p)})
    for name in written_names:
        known.setdefault(match_key(name) or name, name)
    names: dict[tuple[str, str], str] = {}
    rows: list[MatchedCoder] = []
    problems: list[Problem] = []
    for project in projects:
        for name in _names_in(project):
            alias = aliases.get((project.file, name))
            if alias is None and is_stock(name):
                problems.append(
                    Problem(
                        what=f"The coder is called '{name}', as everybody is whom the program does not know.",
                        remedy=f"Say who it is: --coder {project.file}=NAME, or a row in the --coder-map table.",
                        file=project.file,
                    )
                )
                continue
            key = match_key(alias or name) or name
            names[project.file, name] = known[key]
            how = "listed" if alias is not None else "same" if key in in_study else "new"
            rows.append(MatchedCoder(file=project.file, name=name, coder=known[key], how=how))
    return Coders(names, rows, problems)


def _names_in(project: ImportedProject) -> list[str]:
    """Return who coded in a project; people without codings are nobody's namesakes."""
    return list(dict.fromkeys(coding.coder for coding in project.codings))
