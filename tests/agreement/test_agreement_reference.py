"""Published values beside the cases, which tests/cli/test_cli_agreement_cases.py runs as command lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from agreement_builder import row_of, table

from omnistudy.agreement.coefficients.registry import COEFFICIENTS, find
from omnistudy.agreement.ratings.rating_table import Ratings, UnitFrame


def test_bca_of_hayes_and_krippendorff(shared: Path) -> None:
    case = json.loads((shared / "cases" / "agreement" / "hayes_krippendorff2007.json").read_text("utf-8"))
    row = row_of(table(case["data"]), "krippendorff_alpha", metric="ordinal", ci="bca", resamples=10_000)
    assert [row.ci_low, row.ci_high] == pytest.approx([0.643, 0.852], abs=0.006)
    assert row.p_below_80 == pytest.approx(0.83, abs=0.02)


def test_khastar_retest_is_holsti() -> None:
    """N1 = 22, N2 = 20, M = 17 gives 80.95 % (Khastar 2009)."""
    ratings = Ratings(
        coders=("first", "second"),
        categories=("absent", "code"),
        codes=np.array([[1, 1, 0, 0], [1, 0, 1, 0]], np.int8),
        frame=UnitFrame(ids=np.arange(4), weight=np.array([17, 5, 3, 100])),
        presence=True,
    )
    for name in ("holsti", "positive_agreement"):
        assert row_of(ratings, name).value == pytest.approx(34 / 42, abs=1e-15)


def test_names_of_other_programs_find_the_coefficient() -> None:
    for row in COEFFICIENTS.values():
        assert row.citation
        assert not row.doi or re.fullmatch(r"10\.\d{4,9}/\S+", row.doi)
        for alias in (row.name, *row.aliases):
            assert find(alias.upper().replace("_", "-")) is row
