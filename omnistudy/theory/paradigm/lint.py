"""The registry of rules that a paradigm model is held against.

The rules operationalise what grounded-theory texts ask of open, axial and selective coding (Strauss &
Corbin 1990, 1998); their wording and weights are this program's own. A finding is a question to the
researchers, and none of them stops anything.
"""

from __future__ import annotations

from omnistudy.results import msg
from omnistudy.study.model import Study
from omnistudy.theory.paradigm import lint_arrows as arrows
from omnistudy.theory.paradigm import lint_categories as categories
from omnistudy.theory.paradigm import lint_core as core
from omnistudy.theory.paradigm.findings import Case, Finding, LintRule, Weight
from omnistudy.theory.paradigm.model import ParadigmModel

ERROR, WARNING, INFO = Weight.ERROR, Weight.WARNING, Weight.INFO

LINT_RULES: tuple[LintRule, ...] = (
    LintRule(
        id="no_roles",
        severity=ERROR,
        title=msg("No roles"),
        explain=msg(
            "A paradigm model places categories in roles; without any role there is nothing to draw."
        ),
        check=categories.no_roles,
    ),
    LintRule(
        id="no_phenomenon",
        severity=ERROR,
        title=msg("No phenomenon"),
        explain=msg("All conditions, strategies and outcomes refer to one central phenomenon."),
        check=categories.no_phenomenon,
    ),
    LintRule(
        id="two_phenomena",
        severity=ERROR,
        title=msg("More than one phenomenon"),
        explain=msg("Selective coding settles on one core category; a second one belongs to another model."),
        check=categories.two_phenomena,
    ),
    LintRule(
        id="empty_role",
        severity=WARNING,
        title=msg("Empty role"),
        explain=msg(
            "A role may be empty, but then a memo (target 'role', its name as target_id) should say that it "
            "was looked for and not found."
        ),
        check=categories.empty_role,
    ),
    LintRule(
        id="category_without_role",
        severity=WARNING,
        title=msg("Category without a role"),
        explain=msg("A coded category that has no role is missing from the model."),
        check=categories.category_without_role,
    ),
    LintRule(
        id="code_in_two_roles",
        severity=WARNING,
        title=msg("Code in two roles"),
        explain=msg(
            "The coders' role votes disagree; context and intervening conditions are confused most often."
        ),
        check=categories.code_in_two_roles,
    ),
    LintRule(
        id="role_against_votes",
        severity=WARNING,
        title=msg("Agreed role against the votes"),
        explain=msg(
            "Another role than the one in the codebook has more votes; the discussion should be on record."
        ),
        check=categories.role_against_votes,
    ),
    LintRule(
        id="role_within_category",
        severity=WARNING,
        title=msg("Code and category differ in role"),
        explain=msg("A code with another role than its category is counted under the category's role."),
        check=categories.role_within_category,
    ),
    LintRule(
        id="role_without_rationale",
        severity=WARNING,
        title=msg("Role without a rationale"),
        explain=msg("Why a category is causal and not contextual should be answered by a recorded reason."),
        check=categories.role_without_rationale,
    ),
    LintRule(
        id="category_without_quotation",
        severity=WARNING,
        title=msg("Category without a quotation"),
        explain=msg("A category that no quotation feeds is not grounded in these interviews."),
        check=categories.category_without_quotation,
    ),
    LintRule(
        id="category_from_one_interview",
        severity=WARNING,
        title=msg("Category fed by one interview"),
        explain=msg("What one participant alone says may be a case and not yet a category."),
        check=categories.category_from_one_interview,
    ),
    LintRule(
        id="category_from_one_coder",
        severity=WARNING,
        title=msg("Category fed by one coder"),
        explain=msg("A category that one of several coders alone applied may be that coder's reading."),
        check=categories.category_from_one_coder,
    ),
    LintRule(
        id="category_without_property",
        severity=INFO,
        title=msg("Category without property or dimension"),
        explain=msg("Axial coding develops a category by its properties and their dimensions."),
        check=categories.category_without_property,
    ),
    LintRule(
        id="no_relations",
        severity=WARNING,
        title=msg("No relations"),
        explain=msg("Arrows are drawn only where the researchers recorded a relation."),
        check=arrows.no_relations,
    ),
    LintRule(
        id="orphan_category",
        severity=WARNING,
        title=msg("Category without an arrow"),
        explain=msg("A category that no relation touches is not yet part of the theory."),
        check=arrows.orphan_category,
    ),
    LintRule(
        id="no_path_to_core",
        severity=WARNING,
        title=msg("Category apart from the phenomenon"),
        explain=msg("Every category should be linked with the phenomenon through some path."),
        check=arrows.no_path_to_core,
    ),
    LintRule(
        id="arrow_without_evidence",
        severity=WARNING,
        title=msg("Arrow without evidence"),
        explain=msg("An arrow that rests on no quotation and no memo is asserted, and is drawn dashed."),
        check=arrows.arrow_without_evidence,
    ),
    LintRule(
        id="arrow_from_one_interview",
        severity=WARNING,
        title=msg("Arrow from one interview"),
        explain=msg(
            "A relation that one participant alone speaks of is a proposal to be held against the others' accounts "
            "(Corbin & Strauss 1990); a memo among its evidence can say that this was done."
        ),
        check=arrows.arrow_from_one_interview,
    ),
    LintRule(
        id="evidence_not_found",
        severity=ERROR,
        title=msg("Evidence that does not exist"),
        explain=msg(
            "An id of evidence must be a coded quotation (interview:start-end) or a memo of the study."
        ),
        check=arrows.evidence_not_found,
    ),
    LintRule(
        id="evidence_beside_the_point",
        severity=INFO,
        title=msg("Evidence coded with neither end"),
        explain=msg(
            "A quotation that carries neither end of an arrow may still support it; the reader will ask."
        ),
        check=arrows.evidence_beside_the_point,
    ),
    LintRule(
        id="arrow_without_role",
        severity=WARNING,
        title=msg("Arrow to a category without a role"),
        explain=msg("An arrow can be drawn only between categories that have a role."),
        check=arrows.arrow_without_role,
    ),
    LintRule(
        id="link_without_direction",
        severity=WARNING,
        title=msg("Link without a direction"),
        explain=msg(
            "An associative link of another program joins two codes without saying which leads to which; the "
            "researchers decide whether it is an arrow."
        ),
        check=arrows.link_without_direction,
    ),
    LintRule(
        id="unusual_arrow",
        severity=WARNING,
        title=msg("Unusual arrow"),
        explain=msg(
            "By default an arrow that the paradigm does not have needs a rationale and is then kept; the "
            "strict reading takes the table of arrows as written."
        ),
        check=arrows.unusual_arrow,
    ),
    LintRule(
        id="causal_to_outcome",
        severity=WARNING,
        title=msg("Causal condition straight to an outcome"),
        explain=msg("Outcomes follow from strategies; an arrow that skips them leaves out what people do."),
        check=arrows.causal_to_outcome,
    ),
    LintRule(
        id="causal_without_path",
        severity=WARNING,
        title=msg("Causal condition that does not reach the phenomenon"),
        explain=msg("Causal conditions are called so because they bring the phenomenon about."),
        check=arrows.causal_without_path,
    ),
    LintRule(
        id="outcome_without_strategy",
        severity=WARNING,
        title=msg("Outcome not reached through a strategy"),
        explain=msg("A path should lead from the phenomenon through a strategy to every outcome."),
        check=arrows.outcome_without_strategy,
    ),
    LintRule(
        id="cycle_without_feedback",
        severity=ERROR,
        title=msg("Circle without feedback"),
        explain=msg("Where arrows lead in a circle, one of them should be marked as feedback."),
        check=arrows.cycle_without_feedback,
    ),
    LintRule(
        id="core_not_central",
        severity=INFO,
        title=msg("Phenomenon not central"),
        explain=msg("The core category should be the one that the others are related to."),
        check=core.core_not_central,
    ),
    LintRule(
        id="core_not_frequent",
        severity=WARNING,
        title=msg("Phenomenon not frequent"),
        explain=msg(
            "The core category should appear in almost all interviews; the threshold of 80 % is ours."
        ),
        check=core.core_not_frequent,
    ),
    LintRule(
        id="core_links_asserted",
        severity=WARNING,
        title=msg("Phenomenon with asserted arrows"),
        explain=msg("The links of the core category should follow from the data and not be forced."),
        check=core.core_links_asserted,
    ),
    LintRule(
        id="core_in_vivo",
        severity=INFO,
        title=msg("Phenomenon in the participants' words"),
        explain=msg("The core category should be abstract enough to serve research in other settings."),
        check=core.core_in_vivo,
    ),
    LintRule(
        id="core_without_memo",
        severity=INFO,
        title=msg("Phenomenon without a storyline"),
        explain=msg("Selective coding writes the storyline of the core category in a memo."),
        check=core.core_without_memo,
    ),
    LintRule(
        id="no_proposition",
        severity=INFO,
        title=msg("No proposition"),
        explain=msg("A theory states how its categories are related."),
        check=core.no_proposition,
    ),
    LintRule(
        id="proposition_without_evidence",
        severity=WARNING,
        title=msg("Proposition without evidence"),
        explain=msg("A proposition falls back to an assertion when its relations lose their evidence."),
        check=core.proposition_without_evidence,
    ),
    LintRule(
        id="proposition_without_relation",
        severity=ERROR,
        title=msg("Proposition on an unrecorded relation"),
        explain=msg("A proposition can rest only on relations that the relations table records."),
        check=core.proposition_without_relation,
    ),
    LintRule(
        id="no_negative_case",
        severity=WARNING,
        title=msg("No negative case"),
        explain=msg(
            "'None searched' is not 'none found': write 'none found' among the negative cases of a "
            "proposition when the search was made in vain."
        ),
        check=core.no_negative_case,
    ),
    LintRule(
        id="negative_case_not_found",
        severity=ERROR,
        title=msg("Negative case that does not exist"),
        explain=msg("The id of a negative case must be a coded quotation or a memo of the study."),
        check=core.negative_case_not_found,
    ),
    LintRule(
        id="interview_without_coding",
        severity=WARNING,
        title=msg("Interview without coding"),
        explain=msg("An interview in which nothing is coded adds nothing to the model."),
        check=categories.interview_without_coding,
    ),
    LintRule(
        id="code_without_definition",
        severity=WARNING,
        title=msg("Code without a definition"),
        explain=msg("Two people can apply a code alike only if it is defined."),
        check=categories.code_without_definition,
    ),
    LintRule(
        id="code_used_once",
        severity=INFO,
        title=msg("Code used once"),
        explain=msg("A code with a single quotation has nothing to be compared with yet."),
        check=categories.code_used_once,
    ),
)
"""Every rule, in the order of the findings within one severity."""


def lint(study: Study, model: ParadigmModel, *, strict: bool = False) -> tuple[Finding, ...]:
    """Hold a model against every rule.

    Parameters
    ----------
    study, model
        The study and the model built from it.
    strict
        Read the table of arrows as written; by default a rationale keeps an unusual arrow.

    Returns
    -------
    tuple of Finding
        Errors first, then warnings, then remarks; within them the order of :data:`LINT_RULES`.

    Examples
    --------
    The rules that the shipped demonstration study, which is synthetic, breaks on purpose:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.model import Level
    >>> from omnistudy.theory.paradigm.model import build_model
    >>> model = build_model(study, Level.SUBCATEGORY, resamples=0, seed=1)
    >>> sorted({finding.rule for finding in lint(study, model) if finding.severity == "warning"})
    ['arrow_without_evidence', 'code_in_two_roles']
    """
    case = Case(study, model, strict)
    findings = [
        Finding(
            rule=rule.id,
            title=rule.title,
            severity=remark.weight or rule.severity,
            subject=str(remark.subject),
            message=remark.message,
        )
        for rule in LINT_RULES
        for remark in rule.check(case)
    ]
    order = list(Weight)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))
