"""What the shell offers after Tab: choices, names of tables, and the names that a study uses.

A completion must be quick and silent. So it loads no study and imports nothing heavy: it reads the names
where they stand, and offers nothing where a file cannot be read; the command itself will say why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

_CHOICES = re.compile(r"[a-z0-9_]+(?:\|[a-z0-9_]+)+")
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".parquet"})
_TRANSCRIPTS = frozenset({".txt", ".md", ".docx", ".odt", ".rtf", ".vtt", ".srt"})
_STUDY_FILE = "study.toml"
_LISTS = frozenset({"to", "by", "units"})
"""Options whose value is a list with commas."""

Source = Callable[[Any, str], Iterable[str]]


def _studies(_: Any, incomplete: str) -> Iterable[str]:
    """Studies beside what is typed so far, and those of a folder ``interviews``."""
    typed = Path(incomplete)
    parents = [typed if incomplete.endswith("/") or not incomplete else typed.parent]
    if not incomplete or "interviews".startswith(incomplete):
        parents.append(Path("interviews"))
    for parent in parents:
        if parent.is_dir():
            yield from sorted(
                entry.as_posix() for entry in parent.iterdir() if (entry / _STUDY_FILE).is_file()
            )


def _studies_and_tables(context: Any, incomplete: str) -> Iterable[str]:
    yield from _studies(context, incomplete)
    typed = Path(incomplete)
    parent = typed if incomplete.endswith("/") or not incomplete else typed.parent
    if parent.is_dir():
        yield from sorted(
            entry.as_posix() for entry in parent.iterdir() if entry.suffix.casefold() in _TABLES
        )


def _codebooks(_: Any, __: str) -> Iterable[str]:
    from omnistudy.study.shipped import FOLDER, shipped_codebooks

    for folder in (Path(FOLDER), shipped_codebooks()):
        if folder is not None and folder.is_dir():
            for path in sorted(folder.glob("*.toml")):
                if "reference" in _toml(path):
                    yield path.stem


def _coefficients(_: Any, __: str) -> Iterable[str]:
    from omnistudy.agreement.coefficients.explanations import EXPLANATIONS

    return EXPLANATIONS


def _metrics(_: Any, __: str) -> Iterable[str]:
    from omnistudy.crm.metrics.registry import METRICS

    return METRICS


def _terms(context: Any, incomplete: str) -> Iterable[str]:
    from omnistudy.glossary import GLOSSARY

    yield from _coefficients(context, incomplete)
    yield from (term.name for term in GLOSSARY)
    yield from _metrics(context, incomplete)


def _schemas(_: Any, __: str) -> Iterable[str]:
    from omnistudy.cli.schemas import INDEX, schema_bytes

    yield "all"
    for name in json.loads(schema_bytes(INDEX)):
        yield name.removeprefix("omnistudy.").removesuffix("/1")


def _metric_of(context: Any, incomplete: str) -> Iterable[str]:
    """``agreement`` has a metric of distance, ``crm metrics`` metrics of customers."""
    return _metrics(context, incomplete) if context.info_name == "metrics" else ()


def _interviews(context: Any, _: str) -> Iterable[str]:
    folder = _folder(context)
    if folder is None:
        return
    named = _settings(folder).get("interviews", {}).get("transcripts", "transcripts")
    texts = folder / str(named)
    if texts.is_dir():
        yield from sorted(path.stem for path in texts.iterdir() if path.suffix.casefold() in _TRANSCRIPTS)


def _codes(context: Any, _: str) -> Iterable[str]:
    folder = _folder(context)
    named = None if folder is None else _settings(folder).get("codebook", {}).get("file")
    if folder is None or not isinstance(named, str):
        return
    path = folder / named
    if path.suffix.casefold() == ".toml":
        yield from (str(code["id"]) for code in _toml(path).get("codes", ()) if "id" in code)
    else:
        yield from _column(path, "id")


def _coders(context: Any, _: str) -> Iterable[str]:
    folder = _folder(context)
    if folder is None:
        return
    for entry in _settings(folder).get("codings", {}).get("files", ()):
        named = entry.get("file", "") if isinstance(entry, dict) else str(entry)
        if named.endswith(".csv"):
            yield from _column(folder / named, "coder")


def _attributes(context: Any, _: str) -> Iterable[str]:
    folder = _folder(context)
    named = None if folder is None else _settings(folder).get("interviews", {}).get("attributes")
    if folder is not None and isinstance(named, str):
        yield from (name for name in _header(folder / named) if name not in {"interview", "date", "order"})


def _pages(_: Any, __: str) -> Iterable[str]:
    from omnistudy.cli.report_choices import PAGES

    return PAGES


def _units(_: Any, __: str) -> Iterable[str]:
    from omnistudy.text.units import UNITS

    return UNITS


def _fixed(*values: str) -> Source:
    """Names whose own table would import numpy; a test compares them with it."""
    return lambda _, __: values


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "study": _studies,
        "into": _studies,
        "given": _studies_and_tables,
        "reference": _codebooks,
        "coefficient": _coefficients,
        "metric": _metric_of,
        "term": _terms,
        "schema": _schemas,
        "interview": _interviews,
        "code": _codes,
        "frame": _codes,
        "coder": _coders,
        "attribute": _attributes,
        "group": _attributes,
        "to": _pages,
        "by": _fixed("overall", "code", "pair", "interview", "category", "without_coder"),
        "units": _units,
        "weights": _fixed(
            "identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"
        ),
    }
)
"""Name of a parameter to what may stand there; other parameters offer the choices of their metavar."""


def candidates(param: Any, context: Any, incomplete: str) -> list[str]:
    """Return the values that may be meant; an empty list leaves the word to the shell, which knows files.

    Parameters
    ----------
    param, context
        The parameter and the command line so far, from the framework.
    incomplete
        What is typed of the value.
    """
    choices = str(param.metavar or "")
    if _CHOICES.fullmatch(choices):
        values: Iterable[str] = choices.split("|")
    else:
        try:
            values = list(SOURCES.get(str(param.name), _fixed())(context, incomplete))
        except (OSError, ValueError, TypeError, AttributeError):
            # A study that cannot be read has no names to offer; a message would land on the command line.
            values = ()
    before, comma, _ = incomplete.rpartition(",") if param.name in _LISTS else ("", "", incomplete)
    whole = (f"{before}{comma}{value}" for value in dict.fromkeys(values))
    return [value for value in whole if value.startswith(incomplete)]


def complete_values(params: Iterable[Any]) -> None:
    """Let every parameter that takes a value offer its candidates."""
    for param in params:
        if not getattr(param, "is_flag", False) and not param.is_eager:
            setattr(param, "shell_complete", partial(_items, param))  # noqa: B010


def _items(param: Any, context: Any, incomplete: str) -> list[Any]:
    # The framework has its completion items beside its contexts; where that is differs by version.
    framework = type(context).__module__.rpartition(".")[0]
    item = import_module(f"{framework}.shell_completion").CompletionItem
    return [item(value) for value in candidates(param, context, incomplete)]


def _folder(context: Any) -> Path | None:
    """Return the study that the command line names so far, else the one of the current folder."""
    # Words before an option that has no value yet are not yet sorted into arguments.
    for word in (context.params.get("study"), context.params.get("given"), *context.args):
        path = None if word is None else Path(word)
        if path is not None and path.name == _STUDY_FILE:
            return path.parent
        if path is not None and (path / _STUDY_FILE).is_file():
            return path
    here = Path()
    if (here / _STUDY_FILE).is_file():
        return here
    found = sorted(path.parent for path in here.glob(f"interviews/*/{_STUDY_FILE}"))
    return found[0] if len(found) == 1 else None


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def _settings(folder: Path) -> dict[str, Any]:
    return _toml(folder / _STUDY_FILE)


def _header(path: Path) -> list[str]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _column(path: Path, name: str) -> list[str]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            return list(dict.fromkeys(row.get(name) or "" for row in csv.DictReader(file)))
        except csv.Error as error:
            raise ValueError(str(error)) from error
