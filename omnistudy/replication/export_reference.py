"""A study's model as a reference for later studies, with its frequencies and its arrows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from omnistudy.errors import StudyError
from omnistudy.replication.comparison import local_roles
from omnistudy.replication.model_file import code_lines, table, written
from omnistudy.results import Label
from omnistudy.study.model import Level, Role, Study
from omnistudy.theory.counts.frequencies import Incidence, incidence, level_targets

_ABSENT = {
    "relations": {
        "en": "The study recorded no relation between these concepts.",
        "fa": "در این مطالعه رابطه‌ای میان این مفاهیم ثبت نشده است.",
    },
    "saturation": {
        "en": "Saturation is not part of a reference file; see the study's own report.",
        "fa": "اشباع در فایل مدل مرجع نمی‌آید؛ گزارش خود مطالعه را ببینید.",
    },
    "kappa": {
        "en": "Agreement of the coders is not part of a reference file; see the study's own report.",
        "fa": "توافق کدگذاران در فایل مدل مرجع نمی‌آید؛ گزارش خود مطالعه را ببینید.",
    },
}


def reference_of(study: Study) -> bytes:
    """Return the model of a study as a reference codebook in TOML.

    Concepts are the subcategories that have a role and that some interview of the analysis set holds,
    with the categories above them. Frequencies count interviews and quotations; arrows are the study's
    relations between concepts, negative cases left out. Neither examples nor words of participants are
    written.

    Raises
    ------
    StudyError
        When no concept has both a role and a quotation.
    """
    codes, targets = level_targets(study, Level.SUBCATEGORY)
    counts = incidence(study, codes, targets)
    roles = local_roles(study)
    kept = [code for code in codes if roles.get(code) is not None and counts.grounding[counts.column[code]]]
    if not kept:
        raise StudyError.of(
            "The study has no model to export: no coded subcategory has a role.",
            "Give the subcategories roles in the codebook, and code with them.",
        )
    lines = [
        f"# The model of the study {study.id}, written by omnistudy for comparison with later studies.",
        *(["# SYNTHETIC: it comes from made-up interviews."] if study.synthetic else []),
        "",
        *_head(study, len(kept), len(counts.interviews)),
        *_codes(study, kept, roles),
        *_frequencies(kept, counts),
        *_relations(study, set(kept)),
    ]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8")


def _head(study: Study, concepts: int, interviews: int) -> Iterator[str]:
    title = study.settings.study.title or study.id
    yield from table("codebook", {"name": study.id, "title": title, "language": study.language})
    yield from table(
        "reference",
        {
            "interviews": interviews,
            "subcategories": concepts,
            "analysis_set": study.analysis_set,
            "synthetic": study.synthetic,
        },
    )
    yield from table("source", {"study": study.id, "title": title})
    missing = {topic: Label(topic, said) for topic, said in _ABSENT.items()}
    if any(r.polarity == "+" and r.direction == "oneway" for r in study.relations):
        del missing["relations"]
    yield from table("not_reported", missing)


def _codes(study: Study, kept: Sequence[str], roles: Mapping[str, Role | None]) -> Iterator[str]:
    book = study.codebook
    wanted = {above for code in kept for above in book.ancestors(code)} | set(kept)
    yield from code_lines((code, roles.get(code.id, code.role)) for code in book if code.id in wanted)


def _frequencies(kept: Sequence[str], counts: Incidence) -> Iterator[str]:
    for code in kept:
        at = counts.column[code]
        yield "[[frequencies]]"
        yield f"code = {written(code)}"
        yield f"interviews = {int(counts.n_interviews[at])}"
        yield f"quotations = {int(counts.grounding[at])}"
        yield ""


def _relations(study: Study, kept: set[str]) -> Iterator[str]:
    book = study.codebook
    pairs = dict.fromkeys(
        (book.rolled_up(r.source, Level.SUBCATEGORY), book.rolled_up(r.target, Level.SUBCATEGORY))
        for r in study.relations
        if r.polarity == "+" and r.direction == "oneway"
    )
    for source, target in pairs:
        if source in kept and target in kept and source != target:
            yield "[[relations]]"
            yield f"source = {written(source)}"
            yield f"target = {written(target)}"
            yield ""
