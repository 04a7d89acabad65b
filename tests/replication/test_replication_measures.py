"""The worked values of the method, recomputed."""

from __future__ import annotations

import numpy as np
import pytest
from replication_builder import demo_input

from omnistudy.agreement.analysis import agreement_of_table
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import Ratings, UnitFrame
from omnistudy.replication.comparison import (
    detection_power,
    majority,
    needed,
    prevalence_for,
    upper_limit,
)
from omnistudy.replication.resampling import measures
from omnistudy.replication.role_agreement import RoleAgreement, kappas, role_agreement
from omnistudy.replication.verdict import Verdict, frame_rule, rule
from omnistudy.results import Provenance
from omnistudy.study.model import Role
from omnistudy.study.settings import Thresholds
from omnistudy.theory.counts.stability import exact_stability

MOVED = {
    "technological-knowledge": Role.CONTEXT,
    "access": Role.CONTEXT,
    "digital-platform": Role.INTERVENING,
}
MOVED_FURTHER = {**MOVED, "service-quality": Role.OUTCOME, "profitability": Role.STRATEGY}


def published() -> dict[str, Role]:
    reference = demo_input().reference
    roles = {concept: reference.role(concept) for concept in reference.concepts}
    return {concept: role for concept, role in roles.items() if role is not None}


def agreed(moved: dict[str, Role], *, collapsed: bool = False) -> RoleAgreement:
    there = published()
    here = {**there, **moved}
    return role_agreement(
        list(there.values()), list(here.values()), draws=10_000, seed=1, collapsed=collapsed
    )


def test_reference_has_nineteen_concepts_in_five_roles() -> None:
    roles = list(published().values())
    assert len(roles) == 19
    assert [roles.count(role) for role in Role] == [4, 0, 3, 5, 4, 3]


def test_measures_of_17_matched_and_21_local() -> None:
    found = measures(np.array([17]), 19, np.array([21]))
    assert {name: round(float(value[0]), 4) for name, value in found.items()} == {
        "recall": 0.8947,
        "precision": 0.8095,
        "f1": 0.85,
        "jaccard": 0.7391,
    }


def test_three_moved_concepts() -> None:
    found = agreed(MOVED)
    assert found.observed == pytest.approx(16 / 19)
    assert found.expected == pytest.approx(0.2050, abs=5e-5)
    assert found.value == pytest.approx(0.8014, abs=5e-5)
    assert found.low == pytest.approx(0.57, abs=0.03)
    assert found.high == pytest.approx(1.0)
    assert found.null_p95 == pytest.approx(0.206, abs=5e-4)
    assert found.p == pytest.approx(1 / 10_001)
    assert agreed(MOVED, collapsed=True).value == 1.0


def test_five_moved_concepts() -> None:
    assert agreed(MOVED_FURTHER).value == pytest.approx(0.6690, abs=5e-5)
    assert agreed(MOVED_FURTHER, collapsed=True).value == pytest.approx(0.8021, abs=5e-5)


def test_role_kappa_is_the_kappa_of_the_agreement_room() -> None:
    there = published()
    here = {**there, **MOVED_FURTHER}
    place = {role: at for at, role in enumerate(Role)}
    table = Ratings(
        coders=("model", "study"),
        categories=tuple(Role),
        codes=np.array([[place[r] for r in there.values()], [place[r] for r in here.values()]]),
        frame=UnitFrame(ids=np.array(list(there), dtype=np.object_)),
    )
    options = AgreementOptions(coefficients=("cohen_kappa",), ci="none", resamples=0)
    nowhere = Provenance(version="", command="", seed=None, inputs=(), synthetic=False)
    row = agreement_of_table(table, options, nowhere).rows[0]
    assert agreed(MOVED_FURTHER).value == pytest.approx(row.value)


def test_undefined_draws_are_dropped_and_counted() -> None:
    found = role_agreement([Role.CAUSAL, Role.OUTCOME], [Role.CAUSAL, Role.OUTCOME], draws=2000, seed=3)
    assert found.value == 1.0
    # Both concepts of a resample are the same one in half of all resamples, which has no kappa.
    assert found.undefined == pytest.approx(1000, abs=120)
    assert found.low == 1.0


def test_one_role_throughout_has_no_kappa() -> None:
    found = role_agreement([Role.CAUSAL] * 3, [Role.CAUSAL] * 3, draws=100, seed=1)
    assert found.value is None
    assert "one and the same role" in str(found.reason)
    assert role_agreement([], [], draws=100, seed=1).reason is not None


def test_kappas_row_by_row() -> None:
    first = np.array([[0, 0, 1, 1], [0, 0, 0, 0]])
    second = np.array([[0, 1, 1, 1], [0, 0, 0, 0]])
    found = kappas(first, second, 2)
    assert found[0] == pytest.approx(0.5)
    assert np.isnan(found[1])


@pytest.mark.parametrize(("k", "share"), [(2, 0.407), (3, 0.722), (4, 0.890), (5, 0.963)])
def test_stability_in_closed_form(k: int, share: float) -> None:
    assert exact_stability(k, 14) == pytest.approx(share, abs=5e-4)


def test_stability_of_80_means_four_of_fourteen() -> None:
    assert needed(14) == 4
    assert needed(1) == 2
    assert needed(0) == 1


@pytest.mark.parametrize(
    ("prevalence", "powers"),
    [
        (0.05, (0.51, 0.15, 0.03)),
        (0.10, (0.77, 0.42, 0.16)),
        (0.15, (0.90, 0.64, 0.35)),
        (0.20, (0.96, 0.80, 0.55)),
        (0.30, (0.99, 0.95, 0.84)),
    ],
)
def test_detection_power_of_fourteen_interviews(prevalence: float, powers: tuple[float, ...]) -> None:
    found = [detection_power(prevalence, 14, k) for k in (1, 2, 3)]
    assert found == pytest.approx(powers, abs=5e-3)


@pytest.mark.parametrize(("power", "prevalence"), [(0.80, 0.199), (0.90, 0.251), (0.95, 0.297)])
def test_prevalence_that_fourteen_interviews_see_twice(power: float, prevalence: float) -> None:
    assert prevalence_for(power, 14, 2) == pytest.approx(prevalence, abs=1e-3)


@pytest.mark.parametrize(("prevalence", "interviews"), [(0.10, 29), (0.15, 19), (0.20, 14), (0.30, 9)])
def test_interviews_needed_to_see_a_theme_twice(prevalence: float, interviews: int) -> None:
    assert detection_power(prevalence, interviews, 2) >= 0.80 > detection_power(prevalence, interviews - 1, 2)


def test_upper_limit_of_what_nobody_said() -> None:
    assert upper_limit(14) == pytest.approx(0.193, abs=5e-4)
    assert upper_limit(0) is None


def role(value: float | None, low: float = 0.5, null: float = 0.25) -> RoleAgreement:
    return RoleAgreement(concepts=19, value=value, low=low, null_p95=null)


@pytest.mark.parametrize(
    ("recall", "kappa", "low", "verdict"),
    [
        (0.80, 0.61, 0.30, Verdict.CONSISTENT),
        (0.79, 0.90, 0.30, Verdict.PARTLY),
        (0.90, 0.60, 0.30, Verdict.PARTLY),
        (0.90, 0.90, 0.25, Verdict.PARTLY),  # the lower limit has to lie above chance
        (0.50, 0.41, 0.30, Verdict.PARTLY),
        (0.49, 0.90, 0.30, Verdict.DIVERGENT),
        (0.90, 0.40, 0.30, Verdict.DIVERGENT),
    ],
)
def test_rule_of_blind_mode(recall: float, kappa: float, low: float, verdict: Verdict) -> None:
    assert rule(recall, role(kappa, low), Thresholds()) is verdict


@pytest.mark.parametrize(
    ("recall", "verdict"),
    [
        (0.80, Verdict.FRAME_APPLICABLE),
        (0.79, Verdict.FRAME_PARTLY),
        (0.50, Verdict.FRAME_PARTLY),
        (0.49, Verdict.FRAME_NOT_APPLICABLE),
    ],
)
def test_rule_of_informed_mode(recall: float, verdict: Verdict) -> None:
    assert frame_rule(recall, Thresholds()) is verdict


def test_majority_needs_more_than_half() -> None:
    assert majority([Role.CAUSAL, Role.CAUSAL, Role.CONTEXT]) is Role.CAUSAL
    assert majority([Role.CAUSAL, Role.CONTEXT]) is None
    assert majority([]) is None
