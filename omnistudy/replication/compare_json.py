"""The JSON object of `compare`: the contract's keys, and beside them what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.replication.comparison import (
    DETECTION_PREVALENCE,
    MIN_INTERVIEWS,
    MIN_STABILITY,
    PREVALENCES,
    Concept,
    LocalConcept,
    detection_power,
    upper_limit,
)
from omnistudy.replication.freeze import FreezeReport
from omnistudy.replication.leave_out import LeftOut
from omnistudy.replication.per_role import per_role
from omnistudy.replication.resampling import Estimate
from omnistudy.replication.role_agreement import RoleAgreement
from omnistudy.replication.verdict import MIN_CROSSWALK_KAPPA
from omnistudy.results import Message, msg
from omnistudy.study.model import Role

if TYPE_CHECKING:
    from omnistudy.replication.compare_result import CompareResult

NO_OCCURRENCE = msg("there are no occurrences of subcategories to estimate from")
NO_INTERVIEW = msg("no interview is coded")
NO_RECALL = msg("with or without it there is no recall: no crosswalk, or no interview is left")
NO_ROLE_KAPPA = msg("with or without it there is no kappa of the roles")
NO_LIMITS = msg(
    "the value does not exist without one of the interviews, or the coders never differed, so there is no interval"
)


def payload(result: CompareResult) -> dict[str, object]:
    """Return the JSON object of ``result``."""
    return {
        "reference": {
            "model": result.reference.name,
            "title": str(result.reference.title),
            "concepts": len(result.reference.concepts),
            "phenomenon": list(result.reference.phenomenon),
            "not_reported": {topic: str(words) for topic, words in result.reference.not_reported.items()},
        },
        "mode": "informed" if result.informed else "blind",
        "verdict": str(result.judgement.verdict),
        "exploratory": result.freeze.exploratory,
        "reasons": [str(reason) for reason in result.judgement.reasons],
        "thresholds": {**result.thresholds.model_dump(), **_fixed_thresholds()},
        "gates": [
            {
                "gate": gate.name,
                "value": gate.value,
                "threshold": gate.threshold,
                "passed": gate.passed,
                "reason": _text(gate.reason),
            }
            for gate in result.judgement.gates
        ],
        **{name: _estimate(estimate) for name, estimate in result.recovery.named()},
        "counts": {
            "references": result.recovery.references,
            "locals": result.recovery.locals,
            "recovered": result.recovery.recovered,
            "matched": result.recovery.matched,
            "matched_leniently": result.recovery.lenient,
            "interviews": len(result.interviews),
        },
        "role_kappa": _role(result.role),
        "role_kappa_collapsed": _role(result.role_collapsed),
        "role_kappa_by_voter": [
            {
                "coder": v.voter,
                "value": v.role.value,
                "concepts": v.role.concepts,
                "reason": _text(v.role.reason),
            }
            for v in result.voters
        ],
        "concepts": [_concept(result, concept) for concept in result.concepts],
        "extensions": [_local(concept) for concept in result.extensions],
        "unmatched": [_local(concept) for concept in result.unmatched if not concept.stable],
        "moved": [concept.reference for concept in result.moved],
        "phenomenon": [
            {"reference": link.reference, "local": link.local, "relation": link.relation}
            for link in result.phenomenon
        ],
        "roles": per_role_json(result),
        "crosswalk": _crosswalk(result),
        "coding_agreement": _agreement(result),
        "coverage": result.measured.coverage,
        "coverage_reason": str(NO_OCCURRENCE) if result.measured.coverage is None else None,
        "detection": _detection(len(result.interviews)),
        "leave_out": [_left_out(left) for left in result.left_out],
        "groups": _groups(result),
        **_reported(result),
        "decoys": [
            {
                "kind": rate.kind,
                "draws": rate.draws,
                "consistent": rate.consistent,
                "verdicts": dict(rate.shares),
            }
            for rate in result.decoys
        ],
        "protocol": _protocol(result.freeze),
        "draws": {
            "interviews": result.options.resamples,
            "concepts": result.options.bootstrap,
            "decoys": result.options.decoys,
            "seed": result.options.seed,
        },
    }


def _fixed_thresholds() -> dict[str, float]:
    return {"stability": MIN_STABILITY, "crosswalk_kappa": MIN_CROSSWALK_KAPPA}


def _text(message: Message | None) -> str | None:
    return None if message is None else str(message)


def _name(role: Role | None) -> str | None:
    return None if role is None else str(role)


def _estimate(estimate: Estimate) -> dict[str, object]:
    return {
        "value": estimate.value,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "reason": _text(estimate.reason),
    }


def _role(role: RoleAgreement) -> dict[str, object]:
    return {
        "value": role.value,
        "ci_low": role.low,
        "ci_high": role.high,
        "null_p95": role.null_p95,
        "p": role.p,
        "observed": role.observed,
        "expected": role.expected,
        "concepts": role.concepts,
        "draws": role.draws,
        "undefined_draws": role.undefined,
        "reason": _text(role.reason),
    }


def _concept(result: CompareResult, concept: Concept) -> dict[str, object]:
    total = len(result.interviews)
    return {
        "reference": concept.reference,
        "label": str(result.reference.label(concept.reference)),
        "local": list(concept.local),
        "relation": concept.relation,
        "matched": concept.matched,
        "role_reference": _name(concept.role_reference),
        "role_local": _name(concept.role_local),
        "status": None if concept.found is None else str(concept.found),
        "reason": "the study has no crosswalk to the reference model" if concept.found is None else None,
        "interviews": len(concept.held_by),
        "interview_ids": list(concept.held_by),
        "quotations": concept.quotations,
        "stability": concept.stability,
        "detection_power": detection_power(DETECTION_PREVALENCE, total, MIN_INTERVIEWS),
    }


def _local(concept: LocalConcept) -> dict[str, object]:
    return {
        "local": concept.local,
        "role": _name(concept.role),
        "interviews": len(concept.held_by),
        "interview_ids": list(concept.held_by),
        "quotations": concept.quotations,
        "stability": concept.stability,
        "disputed": concept.disputed,
    }


def per_role_json(result: CompareResult) -> list[dict[str, object]]:
    """Return the counts of every role, with all, some or none."""
    return [
        {
            "role": str(row.role),
            "reference": row.reference,
            "recovered": row.recovered,
            "weak": row.weak,
            "not_found": row.not_found,
            "moved": row.moved,
            "found": row.found,
            "local": row.local,
        }
        for row in per_role(result.concepts, result.local_roles)
    ]


def _crosswalk(result: CompareResult) -> dict[str, object]:
    crosswalk = result.crosswalk
    return {
        "raters": list(crosswalk.raters),
        "rated": crosswalk.rated,
        "kappa": crosswalk.kappa,
        "observed": crosswalk.observed,
        "reason": _text(crosswalk.reason),
        "identity": crosswalk.identity,
        "disputed": [
            {"local": dispute.local, "reference": dispute.reference, "votes": dict(dispute.votes)}
            for dispute in crosswalk.disputes
        ],
    }


def _agreement(result: CompareResult) -> dict[str, object]:
    found = result.agreement
    return {
        "alpha": found.alpha,
        "ci_low": found.low,
        "ci_high": found.high,
        "reason": _text(found.reason),
        "ci_reason": str(found.reason or NO_LIMITS) if found.low is None else None,
        "coders": list(found.coders),
        "interviews": list(found.interviews),
        "level": found.level,
        "unit": found.unit,
    }


def _detection(interviews: int) -> dict[str, object]:
    return {
        "interviews": interviews,
        "prevalence": DETECTION_PREVALENCE,
        "at_least": MIN_INTERVIEWS,
        "upper_limit": upper_limit(interviews),
        "upper_limit_reason": None if interviews else str(NO_INTERVIEW),
        "power": [
            {"prevalence": share, "at_least": k, "power": detection_power(share, interviews, k)}
            for share in PREVALENCES
            for k in (1, 2, 3)
        ],
    }


def _left_out(left: LeftOut) -> dict[str, object]:
    no_recall = left.recall is None or left.recall_change is None
    no_kappa = left.role_kappa is None or left.role_kappa_change is None
    return {
        "kind": left.kind,
        "name": left.name,
        "interviews": left.interviews,
        "recall": left.recall,
        "recall_change": left.recall_change,
        "recall_reason": str(left.reason or NO_RECALL) if no_recall else None,
        "role_kappa": left.role_kappa,
        "role_kappa_change": left.role_kappa_change,
        "role_kappa_reason": str(left.reason or NO_ROLE_KAPPA) if no_kappa else None,
        "verdict": None if left.verdict is None else str(left.verdict),
        "influential": left.influential,
        "reasons": [str(reason) for reason in left.reasons],
        "reason": _text(left.reason),
    }


def _groups(result: CompareResult) -> list[dict[str, object]]:
    return [
        {
            "attribute": group.attribute,
            "value": group.value,
            "interviews": list(group.interviews),
            "concepts": [
                {"reference": held.reference, "interviews": held.held, "stability": held.stability}
                for held in group.concepts
            ],
        }
        for group in result.groups
    ]


def _reported(result: CompareResult) -> dict[str, object]:
    rank, edges = result.rank, result.edges
    return {
        "rank_agreement": {
            "value": rank.value,
            "concepts": rank.concepts,
            "counted": rank.counted or None,
            "reason": _text(rank.reason),
        },
        "edge_agreement": {
            "reported": edges.reported,
            "local": edges.local,
            "shared": edges.shared,
            "recall": edges.recall,
            "precision": edges.precision,
            "jaccard": edges.jaccard,
            "reason": _text(edges.reason),
        },
    }


def _protocol(freeze: FreezeReport) -> dict[str, object]:
    stored = freeze.stored
    return {
        "frozen": stored is not None,
        "sha256": None if stored is None else stored.sha256,
        "sha256_now": freeze.sha256,
        "date": None if stored is None else stored.date,
        "first_coding": freeze.first_coding,
        "before_coding": freeze.before_coding,
        "intact": freeze.intact if stored is not None else None,
        "reason": str(freeze.why),
        "deviations": [
            {
                "line": deviation.line,
                "frozen": deviation.frozen,
                "now": deviation.now,
                "edited": deviation.edited,
                "reason": deviation.reason,
            }
            for deviation in freeze.deviations
        ],
    }
