"""The researcher's own answers to checklist items, where no data can know: a TOML file.

One table per checklist, one line per item::

    [coreq]
    2 = "PhD in management; MSc in information systems"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.reporting.standard import Standard
from omnistudy.results import InputFile
from omnistudy.study.input_files import LARGEST_SETTINGS, fault_of, loads_toml, read_input, remedy_of


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by checklist and item, with the file they came from."""

    by_item: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    source: InputFile | None = None


def read_answers(path: Path, shown: str, standards: Mapping[str, Standard]) -> Answers:
    """Read the researcher's answers.

    Parameters
    ----------
    path, shown
        The file, and its name in messages and manifests.
    standards
        The checklists that it may answer.

    Raises
    ------
    StudyError
        With every unknown checklist, unknown item and answer that is no text.
    """
    import hashlib

    try:
        data = read_input(path, LARGEST_SETTINGS)
        tables = loads_toml(data.decode("utf-8-sig"))
    except FileNotFoundError:
        raise StudyError.of(
            "The file does not exist.", "Correct [report] answers in study.toml.", file=shown
        ) from None
    except OSError as error:
        raise StudyError.of(f"The file {fault_of(error)}.", remedy_of(error), file=shown) from None
    except ValueError as error:
        raise StudyError.of(
            f"The answers cannot be read ({error}).", "Correct the file.", file=shown
        ) from None
    problems = tuple(_problems(tables, shown, standards))
    if problems:
        raise StudyError(problems)
    answers = {
        (name, str(item)): text.strip()
        for name, table in tables.items()
        for item, text in table.items()
        if text.strip()
    }
    return Answers(MappingProxyType(answers), InputFile(shown, hashlib.sha256(data).hexdigest()))


def _problems(
    tables: Mapping[str, object], shown: str, standards: Mapping[str, Standard]
) -> Iterator[Problem]:
    for name, table in tables.items():
        if name not in standards or not isinstance(table, dict):
            near = did_you_mean(name, standards)
            yield Problem(
                what=f"'{name}' is not a checklist.",
                remedy=near or f"Use one of {', '.join(standards)} as the name of a table.",
                file=shown,
            )
            continue
        known = {item.id for item in standards[name].items}
        for item, text in table.items():
            if item not in known:
                yield Problem(
                    what=f"[{name}] has no item '{item}'.",
                    remedy=did_you_mean(item, known)
                    or f"Its items are {', '.join(one.id for one in standards[name].items)}.",
                    file=shown,
                )
            elif not isinstance(text, str):
                yield Problem(
                    what=f"The answer to [{name}] {item} is not a text.",
                    remedy="Put it in quotes.",
                    file=shown,
                )
