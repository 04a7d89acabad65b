"""The files of a new study around a published model: its codebook is the frame that people code with."""

from __future__ import annotations

import re

from omnistudy.replication.model_file import code_lines, table, written
from omnistudy.replication.reference import ReferenceModel
from omnistudy.study.scaffold import new_study

CROSSWALK_HEADER = "local,reference,relation,rater,rationale\n"
FRAME_RATER = "frame"
"""Who relates each concept to itself: nobody but the frame."""

_REFERENCE = """
[reference]
model = {model}            # a name in codebooks/ or a path
crosswalk = "crosswalk.csv"      # local,reference,relation,rater,rationale; add rows for concepts of your own
mode = "informed"                # the coders are given the model's frame: finding it again is no evidence for it
thresholds = {{ recall = 0.80, role_kappa = 0.61, alpha = 0.667, coverage = 0.90 }}   # yours to declare before coding
"""


def study_around(name: str, language: str, reference: ReferenceModel, *, model: str) -> dict[str, bytes]:
    """Return the files of an empty study around a model, path relative to its folder to content.

    Parameters
    ----------
    name
        Name of the folder.
    language
        Language tag of the transcripts to come.
    reference
        The model; its concepts and categories become the codebook, each related to itself.
    model
        How study.toml names the model: a name that can be looked up, or a path from the study.
    """
    files = new_study(name, language)
    del files["codebook.csv"]
    study = files["study.toml"].decode("utf-8")
    study = re.sub(r'^file = "codebook\.csv".*$', 'file = "codebook.toml"', study, flags=re.MULTILINE)
    files["study.toml"] = (study + _REFERENCE.format(model=written(model))).encode("utf-8")
    files["codebook.toml"] = _codebook(name, reference).encode("utf-8")
    rows = (f"{_cell(code)},{_cell(code)},exact,{FRAME_RATER},\n" for code in reference.everything)
    files["crosswalk.csv"] = (CROSSWALK_HEADER + "".join(rows)).encode("utf-8")
    return files


def _codebook(name: str, reference: ReferenceModel) -> str:
    lines = [
        f"# The frame of this study: the model '{reference.name}'. Add your own codes below its concepts or beside",
        "# them; what the publication leaves unsaid, above all definitions, has to be settled before coding.",
        "",
        *table("codebook", {"name": name, "frame": reference.name}),
        *code_lines((code, code.role) for code in reference.book),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _cell(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if re.search(r'[",\n]', text) else text
