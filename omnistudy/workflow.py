"""The ordered list of analyses that a report is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.results import Message, Provenance, Result, msg
from omnistudy.study.model import Study

if TYPE_CHECKING:
    from omnistudy.replication.compare import ComparisonInput


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowOptions:
    """What applies to every analysis of a report.

    Parameters
    ----------
    seed
        Seed of everything that draws random numbers.
    cross_check
        Whether agreement is recomputed by other packages.
    comparison
        The reference model and the frozen protocol, or ``None`` where the study names no model.
    """

    seed: int = 1
    cross_check: bool = True
    comparison: ComparisonInput | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One analysis: its name for progress, and how to compute it."""

    name: str
    title: Message
    compute: Callable[[Study, WorkflowOptions, Provenance], Result]


def _contents(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.contents import contents_of

    return contents_of(study, provenance)


def _agreement(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.agreement.analysis import agreement_of_study
    from omnistudy.agreement.options import AgreementOptions

    return agreement_of_study(study, AgreementOptions(seed=options.seed), provenance)


def _cross_check(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.agreement.cross_check_result import cross_check_of_study
    from omnistudy.agreement.options import AgreementOptions

    return cross_check_of_study(study, AgreementOptions(seed=options.seed), provenance)


def _codes(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.codes import CodesOptions, codes_of

    return codes_of(study, CodesOptions(), provenance)


def _saturation(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.saturation_result import SaturationOptions, saturation_of

    return saturation_of(study, SaturationOptions(seed=options.seed), provenance)


def _paradigm(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.paradigm_result import ParadigmOptions, paradigm_of

    return paradigm_of(study, ParadigmOptions(seed=options.seed), provenance)


def _compare(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.replication.compare import compare_of
    from omnistudy.replication.options import CompareOptions

    if options.comparison is None:
        raise ValueError("a comparison needs a reference model")
    return compare_of(study, options.comparison, CompareOptions(seed=options.seed), provenance)


STEPS: tuple[Step, ...] = (
    Step("contents", msg("The study"), _contents),
    Step("agreement", msg("Agreement"), _agreement),
    Step("cross-check", msg("Cross-check"), _cross_check),
    Step("codes", msg("Codes"), _codes),
    Step("saturation", msg("Saturation of the codes"), _saturation),
    Step("paradigm", msg("Paradigm model"), _paradigm),
    Step("compare", msg("Comparison with a published model"), _compare),
)


def steps(options: WorkflowOptions) -> tuple[Step, ...]:
    """The steps that the options ask for, in the order of the report."""
    left_out = set() if options.cross_check else {"cross-check"}
    if options.comparison is None:
        left_out.add("compare")
    return tuple(step for step in STEPS if step.name not in left_out)


def run_steps(
    study: Study,
    options: WorkflowOptions,
    provenance: Provenance,
    started: Callable[[Step], None] = lambda _: None,
) -> tuple[Result, ...]:
    """Compute all steps; ``started`` is called before each, for a progress display.

    An analysis that the study has no data for answers with the reason, so every step yields a result.
    """
    results = []
    for step in steps(options):
        started(step)
        results.append(step.compute(study, options, provenance))
    return tuple(results)


def raise_differences(results: Iterable[Result]) -> None:
    """Raise what a cross-check found: another value from another package is a fault, not a footnote.

    Raises
    ------
    CrossCheckError
        When a difference is above the tolerance.
    """
    from omnistudy.agreement.cross_check_result import CrossCheckResult, raise_faults

    for result in results:
        if isinstance(result, CrossCheckResult):
            raise_faults(result)
