"""Published and recomputed numbers of the lifetime models, and their refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from records_builder import PROVENANCE, records_of
from scipy.special import hyp2f1

from omnistudy.crm.lifetime import bgnbd, gamma_gamma, sbg
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.result import ClvResult
from omnistudy.crm.statistics.survival import kaplan_meier

CDNOW = ("skipped_1", "customer_id", "ts", "skipped_4", "value")


@pytest.fixture(scope="module")
def summary(shared: Path) -> np.ndarray:
    path = shared / "data" / "cdnow" / "cdnow_customers_summary_with_transactions.csv"
    return np.genfromtxt(path, delimiter=",", skip_header=1)


def one(x: float, tx: float, t: float) -> bgnbd.Histories:
    return bgnbd.Histories(x=np.array([x]), tx=np.array([tx]), t=np.array([t]), weight=np.ones(1))


@pytest.fixture(scope="module")
def fitted(summary: np.ndarray) -> Fit:
    """The published summary, with its two decimals."""
    x, tx, t = summary[:, 1], summary[:, 2], summary[:, 3]
    return bgnbd.fit(bgnbd.Histories(x=x, tx=tx, t=t, weight=np.ones(len(x))))


def test_bgnbd_on_the_published_summary(fitted: Fit) -> None:
    """Fader, Hardie & Lee (2005) print .243, 4.414, .793, 2.426 and -9582.4."""
    assert np.exp(fitted.log_parameters) == pytest.approx([0.24259, 4.41353, 0.79289, 2.42575], rel=3e-5)
    assert fitted.log_likelihood == pytest.approx(-9582.4256, abs=4e-3)
    assert fitted.converged
    assert not fitted.at_bound


@pytest.mark.parametrize(
    ("history", "span", "expected", "alive"),
    [
        ((26, 30.86, 31), 52, 25.7595, 0.96892),
        ((2, 30.43, 38.86), 39, 1.22591, 0.72661),
        ((4, 20, 38), 39, 1.25247, 0.39650),
        ((0, 0, 39), 39, 0.19421, 1.0),
    ],
)
def test_expected_purchases(
    fitted: Fit, history: tuple[float, float, float], span: float, expected: float, alive: float
) -> None:
    theta = fitted.log_parameters
    assert bgnbd.expected_purchases(theta, one(*history), span)[0] == pytest.approx(expected, rel=1e-4)
    assert bgnbd.p_alive(theta, one(*history))[0] == pytest.approx(alive, abs=2e-5)


def test_expected_purchases_of_a_new_customer(fitted: Fit) -> None:
    assert bgnbd.expected_of_new_customer(fitted.log_parameters, 52) == pytest.approx(1.44402, abs=2e-5)


@pytest.mark.parametrize("a", [0.3, 0.999999999, 1.7])
def test_the_transformed_formula_is_the_published_one(a: float) -> None:
    r, alpha, b, x, tx, t, span = 0.4, 5.0, 2.0, 3.0, 10.0, 20.0, 30.0
    published = (
        (a + b + x - 1)
        / (a - 1)
        * (
            1
            - ((alpha + t) / (alpha + t + span)) ** (r + x)
            * hyp2f1(r + x, b + x, a + b + x - 1, span / (alpha + t + span))
        )
        / (1 + a / (b + x - 1) * ((alpha + t) / (alpha + tx)) ** (r + x))
    )
    theta = np.log([r, alpha, a, b])
    tolerance = 1e-5 if abs(a - 1) < 1e-6 else 1e-10
    if abs(a - 1) < 1e-6:
        published = float(
            np.mean(
                [
                    bgnbd.expected_purchases(np.log([r, alpha, s, b]), one(x, tx, t), span)
                    for s in (0.999, 1.001)
                ]
            )
        )
    assert bgnbd.expected_purchases(theta, one(x, tx, t), span)[0] == pytest.approx(published, rel=tolerance)


def test_gradients_are_those_of_the_likelihood(summary: np.ndarray) -> None:
    from scipy.optimize import check_grad

    h = bgnbd.Histories(x=summary[:, 1], tx=summary[:, 2], t=summary[:, 3], weight=np.ones(len(summary)))
    prepared = bgnbd._Prepared(h)
    at = np.array([-1.0, 1.2, -0.3, 0.8])

    def value(theta: np.ndarray) -> float:
        return prepared.objective(theta)[0]

    def gradient(theta: np.ndarray) -> np.ndarray:
        return prepared.objective(theta)[1]

    error = check_grad(value, gradient, at)
    assert error < 1e-2
    assert np.linalg.norm(prepared.objective(at)[1]) > 100


def test_gamma_gamma_on_the_published_summary(summary: np.ndarray) -> None:
    again = summary[:, 1] > 0
    x, mean = summary[again, 1], summary[again, 4]
    fit = gamma_gamma.fit(x, mean, np.ones(len(x)))
    assert np.exp(fit.log_parameters) == pytest.approx([6.2488, 3.7446, 15.4477], rel=2e-5)
    assert fit.log_likelihood == pytest.approx(-4055.923, abs=1e-3)
    assert gamma_gamma.population_mean(fit.log_parameters) == pytest.approx(35.171, abs=1e-3)
    found = gamma_gamma.expected_value(fit.log_parameters, summary[:2, 1], summary[:2, 4])
    assert found == pytest.approx([24.6586, 18.9115], abs=2e-4)


@pytest.mark.parametrize(
    ("survivors", "parameters", "log_likelihood"),
    [
        ((869, 743, 653, 593, 551, 517, 491), (0.66809, 3.80610), -1611.158),
        ((631, 468, 382, 326, 289, 262, 241), (0.70408, 1.18204), -1680.265),
    ],
)
def test_shifted_beta_geometric(
    survivors: tuple[int, ...], parameters: tuple[float, float], log_likelihood: float
) -> None:
    """Fader & Hardie (2007), two segments of 1,000 customers."""
    counts = np.array([1000, *survivors], dtype=float)
    kept = np.zeros(7)
    kept[-1] = counts[-1]
    fit = sbg.fit(-np.diff(counts), kept)
    assert np.exp(fit.log_parameters) == pytest.approx(parameters, rel=2e-5)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)
    if survivors[0] == 869:
        found = sbg.survival(fit.log_parameters, np.arange(8.0, 13.0))
        assert found == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4)
        assert sbg.discounted_residual_lifetime(fit.log_parameters, 7, 0.10) == pytest.approx(7.530, abs=1e-3)


def test_kaplan_meier_is_that_of_statsmodels() -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    random = np.random.default_rng(5)
    time, status = random.integers(1, 12, 80), random.integers(0, 2, 80)
    theirs = SurvfuncRight(time, status)
    spells = [
        (float(t), int(((time == t) & (status == 1)).sum()), int(((time == t) & (status == 0)).sum()))
        for t in set(time)
    ]
    ours = kaplan_meier(spells)
    assert [s.time for s in ours.steps] == theirs.surv_times.tolist()
    assert [s.survival for s in ours.steps] == pytest.approx(theirs.surv_prob.tolist())
    assert [s.se or 0.0 for s in ours.steps] == pytest.approx(theirs.surv_prob_se.tolist())


def cdnow(shared: Path, folder: Path, **options: object) -> ClvResult:
    path = shared / "data" / "cdnow" / "CDNOW_sample.txt"
    with records_of(folder, names=CDNOW, transactions=path) as records:
        return clv_of_records(
            records,
            ClvOptions(calibration_end=date(1997, 9, 30), horizon=39, **options),  # type: ignore[arg-type]
            PROVENANCE,
        )


def test_the_raw_file_gives_the_published_customers(
    shared: Path, tmp_path: Path, summary: np.ndarray
) -> None:
    found = cdnow(shared, tmp_path, ci="none").customers
    assert len(found) == 2357
    ours = np.array([[c.frequency, c.recency, c.age] for c in found])
    assert np.abs(ours - summary[:, 1:4]).max() <= 0.0051
    assert sum(c.frequency > 0 for c in found) == 946
    assert sum(c.frequency for c in found) == 2457


def test_the_forecast_of_the_second_half(shared: Path, tmp_path: Path) -> None:
    result = cdnow(shared, tmp_path)
    held = result.holdout
    assert held is not None
    assert held.predicted == pytest.approx(1653.4, abs=0.1)
    assert held.actual == 1882
    assert held.mean_absolute_error == pytest.approx(0.785, abs=5e-4)
    assert held.correlation == pytest.approx(0.626, abs=5e-4)
    predicted, actual = ([band[at] for band in held.bands] for at in (1, 2))
    assert predicted == pytest.approx([0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157], abs=6e-4)
    assert actual == pytest.approx([0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], abs=6e-4)
    for customer in result.customers:
        assert customer.expected_low is not None
        assert customer.expected_high is not None
        assert customer.expected_low <= customer.expected <= customer.expected_high
        assert (customer.p_alive_low or 0) <= customer.p_alive <= (customer.p_alive_high or 0)
        assert (customer.value_low or 0) <= (customer.value or 0) <= (customer.value_high or 0)


def test_bootstrap_and_information_tell_of_the_same_uncertainty(shared: Path, tmp_path: Path) -> None:
    delta = cdnow(shared, tmp_path)
    drawn = cdnow(shared, tmp_path, ci="bootstrap", resamples=60)
    assert drawn == cdnow(shared, tmp_path, ci="bootstrap", resamples=60)
    for ours, theirs in zip(delta.totals, drawn.totals, strict=True):
        assert ours.value == theirs.value
        width = (ours.high or 0) - (ours.low or 0)
        assert ((theirs.high or 0) - (theirs.low or 0)) == pytest.approx(width, rel=0.5)


def transactions(customers: int, purchases: int, value: float = 10.0, kind: str = "") -> str:
    rows = ["customer_id,ts,value,kind"]
    start = date(2023, 1, 1).toordinal()
    for customer in range(customers):
        for at in range(purchases):
            day = date.fromordinal(start + customer % 30 + 20 * at)
            rows.append(f"c{customer},{day.isoformat()},{value},{kind}")
    return "\n".join(rows) + "\n"


def refusal_codes(folder: Path, text: str, **options: object) -> list[str]:
    with records_of(folder, transactions=text) as records:
        result = clv_of_records(records, ClvOptions(**options), PROVENANCE)  # type: ignore[arg-type]
    assert str(result.summary)
    return [refusal.code for refusal in result.refusals]


def test_refusals_of_purchase_models(tmp_path: Path) -> None:
    assert refusal_codes(tmp_path, transactions(99, 3)) == ["too_few_repeaters"]
    assert refusal_codes(tmp_path, transactions(150, 3, kind="scheduled")) == ["scheduled"]
    assert refusal_codes(tmp_path, transactions(150, 1), calibration_end=date(2023, 1, 1)) == ["empty_period"]
    # Everybody buys like clockwork and nobody leaves: nothing tells when customers leave.
    assert refusal_codes(tmp_path, transactions(150, 8))[0] in {"boundary", "not_converged"}


def test_values_of_nothing_refuse_the_value_and_keep_the_forecast(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "cdnow" / "CDNOW_sample.txt"
    lines = path.read_text(encoding="utf-8").splitlines()[:3000]
    text = "customer_id,ts,value\n" + "".join(f"{p[1]},{p[2]},0\n" for p in map(str.split, lines))
    with records_of(tmp_path, transactions=text) as records:
        result = clv_of_records(records, ClvOptions(calibration_end=date(1997, 9, 30), ci="none"), PROVENANCE)
    assert [one.code for one in result.refusals] == ["values_not_positive"]
    assert all(c.value is None and c.expected >= 0 for c in result.customers)


def test_contracts_on_the_telco_sample(shared: Path, tmp_path: Path) -> None:
    pairs = (
        "customer_id=customerID",
        "duration=tenure",
        "churned=Churn",
        "segment=Contract",
        "value=MonthlyCharges",
    )
    path = shared / "data" / "telco" / "telco_churn_ibm.csv"
    with records_of(tmp_path, pairs=pairs, contracts=path) as records:
        result = clv_of_records(records, ClvOptions(discount=0.01), PROVENANCE)
    counts = {one.segment: (one.churned, one.customers) for one in result.segments}
    assert counts == {
        "all": (1869, 7043),
        "Month-to-month": (1655, 3875),
        "One year": (166, 1473),
        "Two year": (48, 1695),
    }
    assert (result.segments[0].ci_low, result.segments[0].ci_high) == pytest.approx(
        (0.25519, 0.27581), abs=1e-5
    )
    curve = {point.time: point for point in result.survival if point.segment == "all"}
    expected = {1: 0.94596, 12: 0.84320, 24: 0.78874, 48: 0.70884, 72: 0.59279}
    assert {t: curve[t].survival for t in expected} == pytest.approx(expected, abs=1e-5)
    assert (curve[12].se, curve[72].se) == pytest.approx((0.00449, 0.00992), abs=1e-5)
    whole = result.segments[0]
    r = whole.retention.value
    assert r is not None
    assert whole.value.value == pytest.approx(64.76169246059918 * r / (1.01 - r), rel=1e-9)


def test_survivors_must_fall(tmp_path: Path) -> None:
    with records_of(tmp_path, survivors="period,customers\n0,100\n1,80\n2,90\n") as records:
        assert [r.code for r in clv_of_records(records, ClvOptions(), PROVENANCE).refusals] == [
            "survivors_rise"
        ]
    with records_of(tmp_path, survivors="period,customers\n0,100\n1,50\n2,25\n3,12\n") as records:
        assert [r.code for r in clv_of_records(records, ClvOptions(), PROVENANCE).refusals] == [
            "not_identified"
        ]
