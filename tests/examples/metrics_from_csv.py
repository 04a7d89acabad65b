"""Customers' metrics from a CSV file, each with its interval or the reason it has none: metrics_from_csv.py CSV."""

import sys

from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.records.opening import open_records
from omnistudy.study.provenance import provenance_of

options = MetricsOptions(metrics=("repeat_rate", "return_rate", "churn"))
with open_records(sys.argv[1]) as records:
    result = metrics_of_records(records, options, provenance_of(records, seed=None))
for row in result.rows:
    name = " ".join(part for part in (row.metric, row.cohort, row.level) if part)
    if row.value is None:
        print(f"{name}: none, because {row.reason}")
    else:
        print(f"{name}: {row.value:.3f} ({row.ci_low} to {row.ci_high}), n = {row.denominator}")
