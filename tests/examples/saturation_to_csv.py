"""New codes, codes so far and coverage after every interview, as CSV: saturation_to_csv.py STUDY CSV."""

import csv
import sys
from pathlib import Path

from omnistudy.study.load import load_study
from omnistudy.study.provenance import provenance_of
from omnistudy.theory.saturation.result import SaturationOptions, saturation_of

study = load_study(sys.argv[1])
result = saturation_of(study, SaturationOptions(orders=1000, seed=1), provenance_of(study, seed=1))
curve = {point.units: point for point in result.richness.curve}
with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["interview", "new", "cumulative", "expected", "low", "high", "coverage"])
    rows = zip(result.interviews, result.new, result.cumulative, strict=True)
    for place, (interview, new, cumulative) in enumerate(rows, start=1):
        point = curve[place]
        writer.writerow([interview, new, cumulative, point.classes, point.low, point.high, point.coverage])
rule = result.headline
print(f"Codes are saturated first after {rule.first} interviews, for good after {rule.sustained}.")
