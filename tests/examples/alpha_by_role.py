"""Krippendorff's alpha of a study, and of every role of its model, with intervals: alpha_by_role.py STUDY."""

import sys

from omnistudy.agreement.analysis import agreement_of_study
from omnistudy.agreement.options import AgreementOptions
from omnistudy.study.load import load_study
from omnistudy.study.provenance import provenance_of

study = load_study(sys.argv[1])
options = AgreementOptions(coefficients=("krippendorff_alpha",), by=("overall", "category"), resamples=0)
result = agreement_of_study(study, options, provenance_of(study, command="alpha_by_role.py"))
for row in result.rows:
    of = f"all codes ({row.aggregate})" if row.code is None else study.codebook.role_of(row.code)
    if row.value is None or row.ci_low is None or row.ci_high is None:
        print(f"{of}: {row.value} ({row.ci_reason})")
    else:
        print(f"{of}: {row.value:.3f} ({row.ci_low:.3f} to {row.ci_high:.3f})")
if study.synthetic:
    print("These data are made up.")
