"""The facts that checklist items name: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from omnistudy.reporting import facts_of_analysis as analysis
from omnistudy.reporting import facts_of_records as records
from omnistudy.reporting import facts_of_sample as sample
from omnistudy.reporting.material import Fact, Material

FactOf = Callable[[Material], Fact | None]

FACTS: Mapping[str, FactOf] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            sample.title,
            sample.sample_size,
            sample.participants,
            sample.dates,
            sample.repeats,
            sample.length,
            sample.setting,
            sample.sampling,
            sample.losses,
            sample.speakers,
            sample.interviewers,
            sample.transcripts,
            sample.coders,
            sample.agreement,
            sample.software,
            sample.memos,
            sample.origin_of_themes,
            analysis.saturation,
            analysis.code_tree,
            analysis.analysis_set,
            analysis.quotations,
            analysis.trace,
            analysis.traced,
            analysis.model,
            analysis.core,
            analysis.density,
            analysis.dimensions,
            analysis.conditions,
            analysis.process,
            analysis.propositions,
            analysis.negative_cases,
            analysis.minor_themes,
            analysis.member_checks,
            analysis.trustworthiness,
            analysis.verdict,
            analysis.extensions,
            analysis.role_votes,
            analysis.prevalence,
            analysis.again,
            analysis.school,
            analysis.question,
            analysis.limits,
            records.records,
            records.mixed_design,
            records.integration,
            records.link_limits,
            records.links,
        )
    }
)
"""Name of a fact to the function that looks for it; ``None`` means that the study does not know."""
