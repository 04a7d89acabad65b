"""The sections of a report that customer records and the audits' sheets give rise to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from omnistudy.crm.links.register import LinkRegister
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.records.model import Records
from omnistudy.results import Label, Message, Provenance, Result, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSources:
    """What a study names beside its interviews.

    Parameters
    ----------
    records
        The loaded records, or ``None``.
    links, registered
        The links to the model, and the hashes of those that were registered beforehand.
    sheets
        Sheets by the key of study.toml: funnel, gap, maturity, readiness, ecrm.
    metrics
        How metrics are computed.
    labels
        Names of the reference model's categories, for the links.
    """

    records: Records | None = None
    links: LinkRegister | None = None
    registered: frozenset[str] = frozenset()
    sheets: Mapping[str, BareTable] = field(default_factory=lambda: MappingProxyType({}))
    metrics: MetricsOptions = field(default_factory=MetricsOptions)
    labels: Mapping[str, Label] = field(default_factory=lambda: MappingProxyType({}))

    def has(self, table: str) -> bool:
        """Whether the records hold a table."""
        return self.records is not None and self.records.has(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSection:
    """One section: its name and title, whether the sources have what it needs, how it is computed."""

    name: str
    title: Message
    needed: Callable[[CustomerSources], bool]
    compute: Callable[[Study, CustomerSources, int, Provenance], Result]


def _links(study: Study, sources: CustomerSources, seed: int, provenance: Provenance) -> Result:
    from omnistudy.crm.links.analysis import LinksOptions, links_of

    if sources.links is None:
        raise ValueError("the section needs links")
    options = LinksOptions(
        metrics=sources.metrics, registered=sources.registered, labels=sources.labels, seed=seed
    )
    return links_of(study, sources.records, sources.links, options, provenance)


def _metrics(_: Study, sources: CustomerSources, __: int, provenance: Provenance) -> Result:
    from omnistudy.crm.metrics.registry import metrics_of_records

    return metrics_of_records(_records(sources), sources.metrics, provenance)


def _clv(_: Study, sources: CustomerSources, seed: int, provenance: Provenance) -> Result:
    from omnistudy.crm.lifetime.analysis import clv_of_records
    from omnistudy.crm.lifetime.options import ClvOptions

    return clv_of_records(_records(sources), ClvOptions(seed=seed), provenance)


def _journeys(_: Study, sources: CustomerSources, __: int, provenance: Provenance) -> Result:
    from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records

    return journeys_of_records(_records(sources), JourneysOptions(goal=sources.metrics.goal), provenance)


def _funnel(_: Study, sources: CustomerSources, __: int, provenance: Provenance) -> Result:
    from omnistudy.crm.audits.funnel import funnel_of

    return funnel_of(sources.sheets["funnel"], provenance)


def _gap(study: Study, sources: CustomerSources, _: int, provenance: Provenance) -> Result:
    from omnistudy.crm.audits.gap import gaps_of

    return gaps_of(sources.sheets["gap"], provenance, study=study)


def _maturity(study: Study, sources: CustomerSources, _: int, provenance: Provenance) -> Result:
    from omnistudy.crm.audits.maturity import MaturityOptions, maturity_of

    options = MaturityOptions(metrics=sources.metrics)
    return maturity_of(study, sources.records, sources.sheets.get("maturity"), options, provenance)


def _readiness(study: Study, sources: CustomerSources, _: int, provenance: Provenance) -> Result:
    from omnistudy.crm.audits.readiness import ReadinessOptions, readiness_of

    options = ReadinessOptions(metrics=sources.metrics)
    return readiness_of(study, sources.records, sources.sheets.get("readiness"), options, provenance)


def _ecrm(study: Study, sources: CustomerSources, _: int, provenance: Provenance) -> Result:
    from omnistudy.crm.audits.ecrm import EcrmOptions, ecrm_of

    options = EcrmOptions(metrics=sources.metrics)
    return ecrm_of(study, sources.records, sources.sheets.get("ecrm"), options, provenance)


def _records(sources: CustomerSources) -> Records:
    if sources.records is None:
        raise ValueError("the section needs records")
    return sources.records


SECTIONS: tuple[CustomerSection, ...] = (
    CustomerSection(
        name="crm-links",
        title=msg("Categories and customer metrics"),
        needed=lambda sources: sources.links is not None,
        compute=_links,
    ),
    CustomerSection(
        name="crm-metrics",
        title=msg("Customer metrics"),
        needed=lambda sources: sources.records is not None,
        compute=_metrics,
    ),
    CustomerSection(
        name="crm-clv",
        title=msg("Customer lifetime value"),
        needed=lambda sources: sources.has("transactions"),
        compute=_clv,
    ),
    CustomerSection(
        name="crm-journeys",
        title=msg("Channel journeys"),
        needed=lambda sources: sources.has("events"),
        compute=_journeys,
    ),
    CustomerSection(
        name="crm-funnel",
        title=msg("Campaign funnel"),
        needed=lambda sources: "funnel" in sources.sheets,
        compute=_funnel,
    ),
    CustomerSection(
        name="crm-gap",
        title=msg("Journey gap analysis"),
        needed=lambda sources: "gap" in sources.sheets,
        compute=_gap,
    ),
    CustomerSection(
        name="crm-maturity",
        title=msg("Channel maturity"),
        needed=lambda sources: "maturity" in sources.sheets or sources.has("events"),
        compute=_maturity,
    ),
    CustomerSection(
        name="crm-readiness",
        title=msg("Readiness"),
        needed=lambda sources: "readiness" in sources.sheets,
        compute=_readiness,
    ),
    CustomerSection(
        name="crm-ecrm",
        title=msg("Electronic CRM"),
        needed=lambda sources: "ecrm" in sources.sheets,
        compute=_ecrm,
    ),
)
"""The sections in the order of the report."""
