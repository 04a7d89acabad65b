"""The ordered list of analyses that a report is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.results import Message, Provenance, Result, msg
from omnistudy.study.model import Study

if TYPE_CHECKING:
    from omnistudy.crm.sections import CustomerSection, CustomerSources
    from omnistudy.replication.compare import ComparisonInput
    from omnistudy.reporting.answers import Answers


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
    customers
        Customer records, links and sheets, or ``None`` where the study names none.
    answers
        The researcher's answers to checklist items, or ``None`` where the study names none.
    described
        Whether the report describes each participant in a row of its own.
    """

    seed: int = 1
    cross_check: bool = True
    comparison: ComparisonInput | None = None
    customers: CustomerSources | None = None
    answers: Answers | None = None
    described: bool = False


Compute = Callable[[Study, WorkflowOptions, Provenance], Result]
ComputeFromReport = Callable[[Study, WorkflowOptions, Provenance, Sequence[Result]], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One section of the report.

    Parameters
    ----------
    name, title
        Its name in options, and for the display of progress.
    compute
        How it is computed from the study.
    from_report
        How it is computed from the other sections, for those that sum them up; such a step stands where
        the reader wants it and is computed last.
    needed
        Whether the options ask for it.
    """

    name: str
    title: Message
    compute: Compute | None = None
    from_report: ComputeFromReport | None = None
    needed: Callable[[WorkflowOptions], bool] = lambda _: True


def _contents(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.counts.contents import contents_of

    return contents_of(study, provenance)


def _agreement(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.agreement.analysis import agreement_of_study
    from omnistudy.agreement.options import AgreementOptions

    return agreement_of_study(study, AgreementOptions(seed=options.seed), provenance)


def _cross_check(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.agreement.options import AgreementOptions
    from omnistudy.agreement.programs.cross_check_result import cross_check_of_study

    return cross_check_of_study(study, AgreementOptions(seed=options.seed), provenance)


def _codes(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.codes.analysis import CodesOptions, codes_of

    return codes_of(study, CodesOptions(), provenance)


def _saturation(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.saturation.result import SaturationOptions, saturation_of

    return saturation_of(study, SaturationOptions(seed=options.seed), provenance)


def _paradigm(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.paradigm.result import ParadigmOptions, paradigm_of

    return paradigm_of(study, ParadigmOptions(seed=options.seed), provenance)


def _compare(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.replication.compare import compare_of
    from omnistudy.replication.options import CompareOptions

    if options.comparison is None:
        raise ValueError("a comparison needs a reference model")
    return compare_of(study, options.comparison, CompareOptions(seed=options.seed), provenance)


def _participants(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.reporting.participants_result import participants_of

    return participants_of(study, provenance, described=options.described)


def _reporting(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.codes.reporting_result import reporting_of

    # Participants have a section of their own, which describes them one by one only on request.
    return reporting_of(study, provenance, described=False)


def _trustworthiness(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.theory.trustworthiness.analysis import trustworthiness_of

    return trustworthiness_of(study, provenance)


def _trace(study: Study, _: WorkflowOptions, provenance: Provenance) -> Result:
    from omnistudy.reporting.trace_result import trace_of

    return trace_of(study, provenance)


def _questions(
    study: Study, options: WorkflowOptions, provenance: Provenance, sections: Sequence[Result]
) -> Result:
    from omnistudy.reporting.answers import Answers
    from omnistudy.reporting.material import Material
    from omnistudy.reporting.questions_result import questions_of

    return questions_of(Material(study, sections), options.answers or Answers(), provenance)


def _checklists(
    study: Study, options: WorkflowOptions, provenance: Provenance, sections: Sequence[Result]
) -> Result:
    from omnistudy.reporting.answers import Answers
    from omnistudy.reporting.checklists_result import checklists_of
    from omnistudy.reporting.material import Material

    return checklists_of(Material(study, sections), options.answers or Answers(), provenance)


STEPS: tuple[Step, ...] = (
    Step(name="questions", title=msg("Ten questions a reviewer asks"), from_report=_questions),
    Step(name="contents", title=msg("The study"), compute=_contents),
    Step(name="participants", title=msg("Participants"), compute=_participants),
    Step(name="agreement", title=msg("Agreement"), compute=_agreement),
    Step(
        name="cross-check",
        title=msg("Cross-check"),
        compute=_cross_check,
        needed=lambda options: options.cross_check,
    ),
    Step(name="codes", title=msg("Codes"), compute=_codes),
    Step(name="saturation", title=msg("Saturation of the codes"), compute=_saturation),
    Step(name="paradigm", title=msg("Paradigm model"), compute=_paradigm),
    Step(
        name="compare",
        title=msg("Comparison with a published model"),
        compute=_compare,
        needed=lambda options: options.comparison is not None,
    ),
    Step(name="trustworthiness", title=msg("Trustworthiness"), compute=_trustworthiness),
    Step(name="checklists", title=msg("Reporting checklists"), from_report=_checklists),
    Step(name="trace", title=msg("From the category to its quotations"), compute=_trace),
    Step(name="reporting", title=msg("From the quotation to the role"), compute=_reporting),
)


def steps(options: WorkflowOptions) -> tuple[Step, ...]:
    """The steps that the options ask for, in the order of the report.

    What the customers' records say stands behind the last analysis of the interviews.
    """
    asked = [step for step in STEPS if step.needed(options)]
    behind = max(at for at, step in enumerate(asked, start=1) if step.name in {"paradigm", "compare"})
    return (*asked[:behind], *_customer_steps(options.customers), *asked[behind:])


def _customer_steps(sources: CustomerSources | None) -> tuple[Step, ...]:
    if sources is None:
        return ()
    from omnistudy.crm.sections import SECTIONS

    return tuple(_customer_step(section, sources) for section in SECTIONS if section.needed(sources))


def _customer_step(section: CustomerSection, sources: CustomerSources) -> Step:
    def compute(study: Study, options: WorkflowOptions, provenance: Provenance) -> Result:
        return section.compute(study, sources, options.seed, provenance)

    return Step(name=section.name, title=section.title, compute=compute)


def run_steps(
    study: Study,
    options: WorkflowOptions,
    provenance: Provenance,
    started: Callable[[Step], None] = lambda _: None,
) -> tuple[Result, ...]:
    """Compute all steps; ``started`` is called before each, for a progress display.

    An analysis that the study has no data for answers with the reason, so every step yields a result.
    """
    found: dict[str, Result] = {}
    asked = steps(options)
    for step in asked:
        if step.compute is not None:
            started(step)
            found[step.name] = step.compute(study, options, provenance)
    sections = tuple(found[step.name] for step in asked if step.name in found)
    for step in asked:
        if step.from_report is not None:
            started(step)
            found[step.name] = step.from_report(study, options, provenance, sections)
    return tuple(found[step.name] for step in asked)


def raise_differences(results: Iterable[Result]) -> None:
    """Raise what a cross-check found: another value from another package is a fault, not a footnote.

    Raises
    ------
    CrossCheckError
        When a difference is above the tolerance.
    """
    from omnistudy.agreement.programs.cross_check_result import CrossCheckResult, raise_faults

    for result in results:
        if isinstance(result, CrossCheckResult):
            raise_faults(result)
