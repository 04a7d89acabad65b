"""What is fuzzed: the files of each kind of input, and the command lines that read them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from fuzz_judge import Case, run
from fuzz_material import (
    Files,
    bare_tables,
    foreign_files,
    study_files,
    study_with_records,
    transcript_files,
)
from fuzz_mutators import any_text, change_file

Command = tuple[str, ...]
DONE_OR_BAD = frozenset({0, 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A kind of input.

    ``changeable`` are prefixes of the files that are changed; ``writes`` what a command may change in
    its folder; ``first`` runs before a command that is drawn from ``commands`` and only where it is done.
    """

    name: str
    files: Callable[[], Mapping[str, bytes]]
    changeable: tuple[str, ...]
    commands: tuple[Command, ...]
    writes: tuple[str, ...] = ()
    codes: frozenset[int] = DONE_OR_BAD
    share: int = 1


STUDY_COMMANDS: tuple[Command, ...] = (
    ("check", "study"),
    ("check", "study", "--format", "json"),
    ("show", "study"),
    ("show", "study", "--lang", "fa"),
    ("codes", "study"),
    ("codes", "study", "--quotes"),
    ("codes", "study", "--reporting"),
    ("codes", "study", "--format", "json"),
    ("codes", "study", "--quotes", "--attribute", "city=north", "--format", "md"),
    ("agreement", "study", "--ci", "none", "--disagreements"),
    ("agreement", "study", "--resamples", "0", "--format", "json"),
    (
        "agreement",
        "study",
        "--ci",
        "none",
        "--unit",
        "character",
        "--level",
        "category",
        "--units",
        "token,turn",
    ),
    (
        "agreement",
        "study",
        "--ci",
        "none",
        "--unit",
        "quotation",
        "--by",
        "overall,pair,interview,without_coder",
    ),
    ("saturation", "study", "--permutations", "20"),
    ("saturation", "study", "--permutations", "20", "--format", "json"),
    ("paradigm", "study", "--resamples", "20"),
    ("paradigm", "study", "--resamples", "20", "--format", "json"),
    ("compare", "study", "--resamples", "5", "--bootstrap", "5", "--decoys", "2"),
    (
        "compare",
        "study",
        "--resamples",
        "5",
        "--bootstrap",
        "5",
        "--decoys",
        "2",
        "--format",
        "json",
        "--group",
        "city",
    ),
    ("suggest", "duplicates", "study"),
    ("suggest", "categories", "study"),
    ("suggest", "codes", "study", "--format", "json"),
    ("audit", "trustworthiness", "study"),
    ("export", "study", "--to", "qdpx", "--output", "out/a.qdpx"),
    ("export", "study", "--to", "csv", "--output", "out/a.csv"),
    ("export", "study", "--to", "xlsx", "--output", "out/a.xlsx"),
    ("export", "study", "--to", "qdc", "--output", "out/a.qdc"),
    ("export", "study", "--to", "reference", "--output", "out/a.toml"),
    ("freeze", "study", "--resamples", "5", "--bootstrap", "5", "--decoys", "2"),
    ("anonymize", "study", "--table", "replacements.csv", "--into", "copy"),
)
REPORT: tuple[Command, ...] = (
    ("report", "study", "--to", "md", "--no-cross-check"),
    ("report", "study", "--to", "html", "--lang", "fa", "--no-cross-check"),
    ("report", "study", "--to", "docx,xlsx", "--no-cross-check"),
)
STUDY_WRITES = ("out/", "study/protocol.json", "study/suggestions.log", "copy/", "reports/")


def _study() -> Files:
    return dict(study_files()) | {"replacements.csv": foreign_files()["replacements.csv"], "out/x": b""}


def _transcripts() -> Files:
    return _study() | dict(transcript_files())


def _foreign(*names: str) -> Callable[[], Files]:
    return lambda: dict(study_files()) | {name: foreign_files()[name] for name in names}


def _with_foreign_codings() -> Files:
    files = dict(study_files()) | {
        f"study/{name}": foreign_files()[name] for name in ("a.qda", "offsets.csv")
    }
    wanted = b'files = ["codings.csv", { file = "a.qda", coder = "reza" }, "offsets.csv"]'
    settings = files["study/study.toml"].replace(b'files = ["codings.csv"]', wanted)
    return files | {"study/study.toml": settings, "study/transcripts/P9.txt": b"one two three"}


@cache
def _made(*commands: Command) -> Mapping[str, bytes]:
    """What commands write beside the study, as material of its own."""
    files = _study()
    with tempfile.TemporaryDirectory() as folder:
        for arguments in commands:
            ran = run(Case(arguments=arguments, files=files), Path(folder) / "made")
            if ran.code != 0:
                raise RuntimeError(ran.err.decode())
            files = dict(ran.after)
    return files


def _frozen() -> Mapping[str, bytes]:
    return _made(
        ("freeze", "study", "--resamples", "5", "--bootstrap", "5", "--decoys", "2", "--date", "2025-01-01")
    )


def _adjudicated() -> Mapping[str, bytes]:
    return _made(("agreement", "study", "--ci", "none", "--disagreements", "--sheet", "sheet.xlsx"))


def _reported() -> Mapping[str, bytes]:
    return _made(("report", "study", "--to", "md", "--no-cross-check"))


def _exported() -> Mapping[str, bytes]:
    return _made(
        ("export", "study", "--to", "qdpx", "--output", "b.qdpx"),
        ("export", "study", "--to", "qdc", "--output", "b.qdc"),
        ("export", "study", "--to", "xlsx", "--output", "b.xlsx"),
    )


def _import(name: str, *more: str) -> Command:
    return ("import", name, "--into", "study", "--coder", "mina", *more)


_IMPORTED = ("study/",)
AUDITS = ("maturity", "readiness", "ecrm", "gap", "funnel")
_CRM_STUDY = ("--inactive-days", "60", "--calendar", "jalali")

TARGETS: tuple[Target, ...] = (
    Target(
        name="study.toml",
        files=_study,
        changeable=("study/study.toml",),
        commands=STUDY_COMMANDS,
        writes=STUDY_WRITES,
        share=4,
    ),
    Target(
        name="tables of the study",
        files=_study,
        changeable=("study/",),
        commands=STUDY_COMMANDS,
        writes=STUDY_WRITES,
        share=8,
    ),
    Target(
        name="codebook",
        files=_study,
        changeable=("study/codebook.toml",),
        commands=STUDY_COMMANDS,
        writes=STUDY_WRITES,
        share=3,
    ),
    Target(
        name="codings",
        files=_study,
        changeable=("study/codings.csv", "study/seen.csv", "study/coders.csv"),
        commands=STUDY_COMMANDS,
        writes=STUDY_WRITES,
        share=3,
    ),
    Target(
        name="reference model",
        files=_study,
        changeable=("study/model.toml", "study/crosswalk.csv"),
        writes=("around/", *STUDY_WRITES),
        share=3,
        commands=(
            *(c for c in STUDY_COMMANDS if c[0] in {"compare", "freeze"}),
            ("new", "around", "--reference", "study/model.toml"),
        ),
    ),
    Target(
        name="answers.toml",
        files=_study,
        changeable=("study/answers.toml",),
        commands=REPORT[:1],
        writes=("reports/",),
    ),
    Target(
        name="report of a changed study",
        files=_study,
        changeable=("study/",),
        commands=REPORT,
        writes=("reports/",),
        share=2,
    ),
    Target(
        name="transcripts",
        files=_transcripts,
        changeable=("study/transcripts/",),
        share=4,
        writes=STUDY_WRITES,
        commands=(
            ("check", "study"),
            ("show", "study"),
            ("codes", "study", "--quotes"),
            ("suggest", "codes", "study"),
            ("agreement", "study", "--ci", "none"),
        ),
    ),
    Target(
        name="qdpx",
        files=_foreign("a.qdpx"),
        changeable=("a.qdpx",),
        commands=(_import("a.qdpx"), _import("a.qdpx", "--format", "json"), ("merge", "study", "a.qdpx")),
        writes=_IMPORTED,
        share=3,
    ),
    Target(
        name="qdpx of our own",
        files=_exported,
        changeable=("b.qdpx", "b.qdc", "b.xlsx"),
        writes=_IMPORTED,
        share=2,
        commands=(
            _import("b.qdpx"),
            _import("b.qdc"),
            _import("b.xlsx"),
            ("merge", "study", "b.qdpx", "--coder", "b.qdpx=mina"),
        ),
    ),
    Target(
        name="qdc",
        files=_foreign("a.qdc"),
        changeable=("a.qdc",),
        commands=(_import("a.qdc"),),
        writes=_IMPORTED,
    ),
    Target(
        name="taguette",
        files=_foreign("a.sqlite3"),
        changeable=("a.sqlite3",),
        commands=(_import("a.sqlite3"), ("merge", "study", "a.sqlite3", "--coder", "a.sqlite3=mina")),
        writes=_IMPORTED,
        share=2,
    ),
    Target(
        name="rqda",
        files=_foreign("a.rqda"),
        changeable=("a.rqda",),
        commands=(_import("a.rqda"),),
        writes=_IMPORTED,
        share=2,
    ),
    Target(
        name="qualcoder",
        files=_foreign("a.qda"),
        changeable=("a.qda",),
        commands=(
            _import("a.qda"),
            _import("a.qda", "--keep-twins", "--split", "::"),
            ("merge", "study", "a.qda"),
        ),
        writes=_IMPORTED,
        share=2,
    ),
    Target(
        name="requal",
        files=_foreign("a.requal"),
        changeable=("a.requal",),
        commands=(_import("a.requal"), ("merge", "study", "a.requal")),
        writes=_IMPORTED,
        share=2,
    ),
    Target(
        name="label studio",
        files=_foreign("a.json"),
        changeable=("a.json",),
        commands=(_import("a.json"), _import("a.json", "--split", "::"), ("merge", "study", "a.json")),
        writes=_IMPORTED,
    ),
    Target(
        name="sheets",
        files=_foreign("a.xlsx", "statements.csv", "further.csv", "offsets.csv"),
        writes=_IMPORTED,
        share=4,
        changeable=("a.xlsx", "statements.csv", "further.csv", "offsets.csv"),
        commands=(
            _import("a.xlsx"),
            _import("statements.csv"),
            _import("further.csv"),
            _import("offsets.csv"),
            ("merge", "study", "further.csv"),
            ("merge", "study", "a.xlsx"),
        ),
    ),
    Target(
        name="merge with a map",
        files=_foreign("further.csv", "map.csv", "a.qda"),
        changeable=("map.csv", "further.csv"),
        writes=_IMPORTED,
        commands=(
            ("merge", "study", "further.csv", "--coder-map", "map.csv"),
            ("merge", "study", "further.csv", "a.qda", "--coder-map", "map.csv", "--round", "two"),
        ),
    ),
    Target(
        name="codings of other programs",
        files=_with_foreign_codings,
        changeable=("study/a.qda", "study/offsets.csv", "study/study.toml"),
        writes=STUDY_WRITES,
        share=2,
        commands=(("check", "study"), ("codes", "study"), ("agreement", "study", "--ci", "none")),
    ),
    Target(
        name="adjudication sheet",
        files=_adjudicated,
        changeable=("sheet.xlsx",),
        commands=(_import("sheet.xlsx"), ("merge", "study", "sheet.xlsx")),
        writes=_IMPORTED,
        share=2,
    ),
    Target(
        name="replacements",
        files=_study,
        changeable=("replacements.csv", "study/study.toml"),
        commands=(("anonymize", "study", "--table", "replacements.csv", "--into", "copy"),),
        writes=("copy/",),
        share=2,
    ),
    Target(
        name="protocol.json",
        files=_frozen,
        changeable=("study/protocol.json",),
        writes=("study/protocol.json",),
        codes=frozenset({0, 1, 2}),
        share=2,
        commands=(
            ("compare", "study", "--resamples", "5", "--bootstrap", "5", "--decoys", "2"),
            ("freeze", "study", "--resamples", "5"),
            ("check", "study"),
        ),
    ),
    Target(
        name="manifest.json",
        files=_reported,
        changeable=("reports/",),
        commands=(("verify", "study"),),
        codes=frozenset({0, 1, 2}),
    ),
    Target(
        name="tables of ratings",
        files=bare_tables,
        changeable=(
            "wide.csv",
            "long.csv",
            "sets.csv",
            "spans.csv",
            "counts.csv",
            "weights.csv",
            "categories.txt",
        ),
        share=4,
        commands=(
            ("agreement", "wide.csv", "--ci", "none"),
            ("agreement", "wide.csv", "--resamples", "50", "--format", "json"),
            ("agreement", "long.csv", "--ci", "jackknife"),
            ("agreement", "sets.csv", "--metric", "masi", "--ci", "none"),
            ("agreement", "spans.csv", "--ci", "none"),
            ("agreement", "counts.csv", "--counts", "--ci", "analytic"),
            (
                "agreement",
                "wide.csv",
                "--weights",
                "weights.csv",
                "--coefficient",
                "gwet_ac2",
                "--ci",
                "none",
            ),
            (
                "agreement",
                "wide.csv",
                "--categories",
                "categories.txt",
                "--metric",
                "interval",
                "--ci",
                "none",
            ),
        ),
    ),
    Target(
        name="other bare tables",
        files=bare_tables,
        changeable=("matrix.csv", "codes.csv", "cvr.csv"),
        share=2,
        commands=(
            ("saturation", "matrix.csv", "--permutations", "20"),
            ("saturation", "codes.csv", "--permutations", "20", "--format", "json"),
            ("audit", "cvr", "cvr.csv"),
        ),
    ),
)
RECORD_TARGETS: tuple[Target, ...] = (
    Target(
        name="records",
        files=study_with_records,
        share=2,
        changeable=(
            "study/crm/events.csv",
            "study/crm/transactions.csv",
            "study/crm/survey.csv",
            "study/crm/tickets.csv",
        ),
        commands=(
            ("crm", "metrics", "study", *_CRM_STUDY),
            ("crm", "metrics", "study", "--format", "json", "--by", "segment"),
            ("crm", "journeys", "study"),
            ("crm", "journeys", "study", "--format", "json"),
            ("crm", "clv", "study", "--horizon", "10"),
            ("crm", "maturity", "study"),
            ("crm", "ecrm", "study"),
            ("crm", "metrics", "study/crm/transactions.csv"),
            ("crm", "clv", "study/crm/transactions.csv", "--format", "json"),
            ("crm", "metrics", "study/crm/events.csv", "--by", "period", "--from", "2024-02-01"),
        ),
    ),
    Target(
        name="map of columns",
        files=study_with_records,
        changeable=("study/crm/columns.toml",),
        commands=(
            ("crm", "metrics", "study"),
            ("crm", "metrics", "study/crm/events.csv", "--columns", "study/crm/columns.toml"),
        ),
    ),
    Target(
        name="links",
        files=study_with_records,
        changeable=("study/crm/links.toml", "study/crm/registered.json"),
        writes=("register.json", "display.md"),
        commands=(
            ("crm", "links", "study"),
            ("crm", "links", "study", "--format", "json"),
            ("crm", "links", "study", "--register", "register.json"),
            ("crm", "links", "study", "--export", "display.md"),
        ),
    ),
    Target(
        name="sheets of the audits",
        files=study_with_records,
        changeable=(
            "study/crm/maturity.csv",
            "study/crm/readiness.csv",
            "study/crm/ecrm.csv",
            "study/crm/gap.csv",
            "study/crm/funnel.csv",
        ),
        share=2,
        commands=(
            *(("crm", name, "study") for name in AUDITS),
            *(("crm", name, "study", "--format", "json") for name in AUDITS),
            ("crm", "gap", "study/crm/gap.csv"),
            ("crm", "funnel", "study/crm/funnel.csv"),
        ),
    ),
    Target(
        name="[crm] of study.toml",
        files=study_with_records,
        changeable=("study/study.toml",),
        commands=(
            ("check", "study"),
            ("crm", "metrics", "study"),
            ("crm", "links", "study"),
            ("crm", "gap", "study"),
        ),
    ),
)
EXPLAIN = Target(
    name="arguments",
    files=_study,
    changeable=(),
    writes=("out/", "study/protocol.json", "study/suggestions.log", "copy/"),
    share=3,
    commands=(
        ("explain", "kappa"),
        ("explain", "--schema", "agreement"),
        ("explain", "--format", "json"),
        *STUDY_COMMANDS,
        ("plan", "agreement", "--kappa", "0.8", "--above", "0.6"),
        ("plan", "themes", "--prevalence", "0.2"),
        ("audit", "kappa", "1", "2", "3", "4", "--printed", "0.5"),
        ("audit", "holsti", "5", "6", "4"),
    ),
)


def drawn_case(target: Target, chance: random.Random) -> Case:
    """Draw a case: some files changed, or an argument, and one of the command lines."""
    files = dict(target.files())
    arguments = list(chance.choice(target.commands))
    open_to_change = (
        [name for name in files if name.startswith(target.changeable)] if target.changeable else []
    )
    if open_to_change:
        read = [name for name in open_to_change if name in arguments] or open_to_change
        for name in chance.sample(read, min(len(read), chance.choice((1, 1, 1, 2)))):
            files[name] = change_file(name, files[name], chance)
    else:
        values = [at for at in range(1, len(arguments)) if arguments[at - 1].startswith("--")] or [
            len(arguments) - 1
        ]
        arguments[chance.choice(values)] = any_text(chance).replace("\0", "")
    codes = target.codes | ({1} if "--fail-under" in arguments else set())
    # A name that was drawn for a file to write is written to, wherever it leads below the folder.
    writes = target.writes if open_to_change else (*target.writes, *_named(arguments))
    return Case(arguments=tuple(arguments), files=files, writes=writes, codes=codes)


def _named(arguments: list[str]) -> tuple[str, ...]:
    """What an argument may name as output, below the current folder."""
    targets = {after for before, after in pairwise(arguments) if before in {"--output", "--into"}}
    return tuple(name.removeprefix("./") for name in targets if name)
