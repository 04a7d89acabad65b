"""The demo study changed in one place at a time, and small models, for the tests of the replication room."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from omnistudy.replication.compare import ComparisonInput, compare_of, load_comparison_input
from omnistudy.replication.compare_result import CompareResult
from omnistudy.replication.options import CompareOptions
from omnistudy.results import Provenance
from omnistudy.study.load import load_study
from omnistudy.study.model import Coding, Study

DEMO = Path(__file__).resolve().parents[2] / "interviews" / "maskan-demo"
PROVENANCE = Provenance(version="0", command="test", seed=1, inputs=(), synthetic=True)
QUICK = CompareOptions(resamples=200, bootstrap=500, decoys=0, leave_out=False)


@cache
def demo_study() -> Study:
    return load_study(DEMO)


@cache
def demo_input() -> ComparisonInput:
    return load_comparison_input(demo_study(), DEMO, Path.cwd())


def planted() -> dict[str, Any]:
    return tomllib.loads((DEMO / "truth.toml").read_text(encoding="utf-8"))


def compared(
    study: Study, given: ComparisonInput | None = None, options: CompareOptions = QUICK
) -> CompareResult:
    return compare_of(study, given or demo_input(), options, PROVENANCE)


def keeping(study: Study, keep: Callable[[Coding], bool]) -> Study:
    """Return the study with only some of its codings, analysed and independent alike."""
    return replace(
        study,
        codings=tuple(c for c in study.codings if keep(c)),
        analysed=tuple(c for c in study.analysed if keep(c)),
    )


def without_concepts(study: Study, concepts: Iterable[str]) -> Study:
    gone = set(concepts)
    book = study.codebook
    return keeping(study, lambda c: gone.isdisjoint((c.code, *book.ancestors(c.code))))


def only_interviews(study: Study, names: Iterable[str]) -> Study:
    kept = set(names)
    return replace(
        keeping(study, lambda c: c.quotation.interview in kept),
        interviews=tuple(i for i in study.interviews if i.id in kept),
        seen=frozenset(s for s in study.seen if s.interview in kept),
        settings=study.settings.model_copy(
            update={
                "agreement": study.settings.agreement.model_copy(
                    update={
                        "double_coded": tuple(
                            i for i in study.settings.agreement.double_coded or () if i in kept
                        )
                    }
                )
            }
        ),
    )


def in_mode(study: Study, mode: str) -> Study:
    reference = study.settings.reference.model_copy(update={"mode": mode})
    return replace(study, settings=study.settings.model_copy(update={"reference": reference}))


def with_thresholds(study: Study, **changed: float) -> Study:
    reference = study.settings.reference
    thresholds = reference.thresholds.model_copy(update=changed)
    reference = reference.model_copy(update={"thresholds": thresholds})
    return replace(study, settings=study.settings.model_copy(update={"reference": reference}))
