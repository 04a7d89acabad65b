"""Opening what a report says of the customers: records, links and sheets that study.toml names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.cli.crm_records import KINDS, RecordChoice, open_records

if TYPE_CHECKING:
    from omnistudy.cli.crm_records import Opened
    from omnistudy.crm.sections import CustomerSources
    from omnistudy.results import InputFile
    from omnistudy.study.model import Study

SHEETS = ("funnel", "gap", "maturity", "readiness", "ecrm")


@contextlib.contextmanager
def customer_sources(study: Study, folder: Path) -> Iterator[tuple[CustomerSources | None, list[InputFile]]]:
    """Open everything that ``[crm]`` names; ``None`` where it names nothing.

    Parameters
    ----------
    study, folder
        The study and the folder that its paths start from.

    Yields
    ------
    tuple
        The sources, and the files they rest on beside the study's own.
    """
    from omnistudy.cli.crm_links_command import category_labels
    from omnistudy.crm.links.register import read_links, registered_hashes
    from omnistudy.crm.metrics.case import MetricsOptions
    from omnistudy.crm.metrics.registry import METRICS
    from omnistudy.crm.sections import CustomerSources
    from omnistudy.study.bare_table import read_bare_table

    crm = study.settings.crm
    named = {key: str(getattr(crm, key)) for key in SHEETS if getattr(crm, key) is not None}
    with _records(study, folder) as opened:
        if opened is None and not named and crm.links is None:
            yield None, []
            return
        sheets = {key: read_bare_table(folder / name) for key, name in named.items()}
        links = None if crm.links is None else read_links(folder / crm.links, METRICS)
        files = [sheet.source for sheet in sheets.values()]
        files += [] if links is None else [links.source]
        files += [] if opened is None else opened.inputs
        yield (
            CustomerSources(
                records=None if opened is None else opened.records,
                links=links,
                registered=frozenset()
                if crm.registered is None
                else registered_hashes(folder / crm.registered),
                sheets=MappingProxyType(sheets),
                labels={} if links is None else category_labels(folder, study, links.reference),
                metrics=MetricsOptions(goal=crm.goal, inactive_days=crm.inactive_days),
            ),
            files,
        )


@contextlib.contextmanager
def _records(study: Study, folder: Path) -> Iterator[Opened | None]:
    from omnistudy.crm.metrics.registry import PREFERRED

    crm = study.settings.crm
    if not any(getattr(crm, kind) is not None for kind in KINDS):
        yield None
        return
    choice = RecordChoice(given=folder, pairs=(), columns=None, calendar=crm.calendar)
    with open_records(choice, PREFERRED, quiet=True) as opened:
        yield opened
