"""Which subcategories of Maskan Bank's model a study does not show, and which it adds: compare_with_maskan.py STUDY."""

import sys
from pathlib import Path

from omnistudy.replication.compare import compare_of, load_comparison_input
from omnistudy.replication.options import CompareOptions
from omnistudy.study.load import load_study
from omnistudy.study.provenance import provenance_of

folder = Path(sys.argv[1])
study = load_study(folder)
given = load_comparison_input(study, folder, Path.cwd(), "maskan-bank")
options = CompareOptions(resamples=500, bootstrap=1000, decoys=20, seed=1)
result = compare_of(study, given, options, provenance_of(study, *given.files, seed=1))
recall = result.recovery.recall
print(f"Recovered: {recall.value} (interval {recall.low} to {recall.high})")
for concept in result.concepts:
    if concept.found != "recovered":
        print(f"Not recovered: {given.reference.label(concept.reference)} ({concept.found})")
for local in result.unmatched:
    print(f"Beyond the model: {study.codebook[local.local].label}, in {len(local.held_by)} interviews")
