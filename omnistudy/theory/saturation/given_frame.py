"""Which codes the coders were given beforehand: these cannot saturate."""

from __future__ import annotations

from omnistudy.study.model import Study


def given_frame(study: Study) -> frozenset[str]:
    """Return the codes of the reference's frame in an informed study; empty in a blind one.

    These are the local concepts that a rater of the crosswalk calls exactly a concept of the reference:
    coders who were given that model found them in their codebook.
    """
    if study.settings.reference.mode != "informed":
        return frozenset()
    return frozenset(row.local for row in study.crosswalk if row.relation == "exact" and row.reference)
