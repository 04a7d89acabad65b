"""verify: rerun a study and compare it with the manifest of its last report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from omnistudy.cli.exit_codes import ExitCode
from omnistudy.cli.opening import open_study
from omnistudy.cli.options import (
    LANGUAGES,
    DebugOption,
    FormatOption,
    LangOption,
    OutputOption,
    OutputOptions,
    QuietOption,
    StudyArgument,
    provenance,
)
from omnistudy.cli.output import emit

if TYPE_CHECKING:
    from omnistudy.cli.verify_result import Difference
    from omnistudy.study.model import Study


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("verify")(verify)


def verify(
    study: StudyArgument = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    lang: LangOption = "en",
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Rerun a study and compare inputs, numbers and files with the manifest of its last report."""
    from omnistudy.cli.verify_result import VerifyResult

    loaded = open_study(study, quiet=True)
    made = _reports_of(loaded.id)
    found: list[Difference] = []
    checked = 0
    for path in made:
        stored = read_manifest(path)
        found.extend(_of_report(loaded, study, path, stored))
        checked += sum(len(stored[key]) for key in ("inputs", "results", "outputs"))
    answer = VerifyResult(
        provenance=provenance(loaded.inputs, seed=None, synthetic=loaded.synthetic),
        manifest=", ".join(path.as_posix() for path in made),
        checked=checked,
        differences=tuple(found),
    )
    emit(answer, OutputOptions(format=format, output=output, lang=lang, quiet=quiet))
    if found:
        raise typer.Exit(ExitCode.MISSED)


def _reports_of(study: str) -> tuple[Path, ...]:
    """Return the manifests of a study's reports, one per language; the English one where there is none."""
    from omnistudy.cli.report_choices import report_folder

    places = [report_folder(study, lang) / "manifest.json" for lang in LANGUAGES]
    return tuple(path for path in places if path.is_file()) or (places[0],)


def _of_report(
    loaded: Study, given: Path | None, path: Path, stored: Mapping[str, Any]
) -> Iterator[Difference]:
    """Make one report again as its manifest says, and yield what is not as it was."""
    from omnistudy.cli.manifest import manifest
    from omnistudy.cli.report_choices import ReportChoices
    from omnistudy.cli.report_commands import progress
    from omnistudy.cli.report_making import analysed, report_files
    from omnistudy.results import Provenance

    choices = ReportChoices.of_manifest(stored["options"])
    shared = Provenance(
        version=stored["version"],
        command=stored["command"],
        seed=choices.seed,
        inputs=loaded.inputs,
        synthetic=stored["synthetic"],
    )
    results = analysed(loaded, given, choices, shared, partial(progress, quiet=True))
    files = report_files(loaded, results, choices)
    now = json.loads(manifest(results, choices.as_json(), {p: d for p, d in files.items() if p != path}))
    yield from _differences(stored, now, path.parent)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of the last report.

    Raises
    ------
    StudyError
        When there is none, or it is not one.
    """
    from omnistudy.cli.manifest import SCHEMA
    from omnistudy.errors import StudyError
    from omnistudy.study.input_files import loads_json, read_input

    try:
        data = loads_json(read_input(path).decode("utf-8"))
    except FileNotFoundError:
        raise StudyError.of(
            "There is no report of this study here.", "Make one: omnistudy report STUDY.", file=str(path)
        ) from None
    except (OSError, ValueError) as error:
        raise StudyError.of(
            f"The manifest cannot be read ({error}).", "Make the report anew.", file=str(path)
        ) from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise StudyError.of("This is not a manifest of omnistudy.", "Make the report anew.", file=str(path))
    if not _is_whole(data):
        raise StudyError.of("The manifest was damaged.", "Make the report anew.", file=str(path))
    return data


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    """Tell whether every key is there and holds what a report writes into it."""
    texts = all(isinstance(manifest.get(key), str) for key in ("version", "command"))
    lists = [manifest.get(key) for key in ("inputs", "results", "outputs")]
    return (
        texts
        and isinstance(manifest.get("synthetic"), bool)
        and isinstance(manifest.get("options"), dict)
        and all(
            isinstance(each, dict)
            and isinstance(each.get("sha256"), str)
            and isinstance(each.get("command" if at == 1 else "path"), str)
            for at, items in enumerate(lists)
            for each in (items if isinstance(items, list) else [None])
        )
    )


def _differences(stored: Mapping[str, Any], now: Mapping[str, Any], folder: Path) -> Iterator[Difference]:
    from omnistudy import __version__
    from omnistudy.cli.verify_result import Difference
    from omnistudy.results import msg

    if stored["version"] != __version__:
        yield Difference(
            msg("version"),
            __version__,
            msg("the report was made with {version}", version=stored["version"]),
        )
    if not _contents(stored) & _contents(now):
        yield Difference(
            msg("study"),
            stored["command"],
            msg(
                "made of another study with the same id, it seems: no input is the same; give one another id"
            ),
        )
    kinds = {"inputs": msg("input"), "results": msg("analysis"), "outputs": msg("file")}
    for key, kind in kinds.items():
        before, after = _by_name(stored[key]), _by_name(now[key])
        for name in dict.fromkeys([*before, *after]):
            if name not in after:
                yield Difference(kind, name, msg("it is gone"))
            elif name not in before:
                yield Difference(kind, name, msg("it is new"))
            elif before[name] != after[name]:
                yield Difference(kind, name, msg("it is not as it was"))
    yield from _touched(stored["outputs"], folder)


def _contents(stored: Mapping[str, Any]) -> set[str]:
    """Return what identifies a study among its inputs: the hashes of its transcripts, else of all files."""
    hashes = {item["path"]: item["sha256"] for item in stored["inputs"]}
    transcripts = {sha for path, sha in hashes.items() if path.startswith("transcripts/")}
    return transcripts or set(hashes.values())


def _touched(outputs: Sequence[Mapping[str, str]], folder: Path) -> Iterator[Difference]:
    """Files of the report on disk that somebody changed or removed since it was made."""
    from omnistudy.cli.verify_result import Difference
    from omnistudy.results import msg
    from omnistudy.study.input_files import sha256_of

    for item in outputs:
        path = folder / item["path"]
        if not path.is_file():
            yield Difference(msg("file"), item["path"], msg("it was removed after the report was made"))
        elif sha256_of(path) != item["sha256"]:
            yield Difference(msg("file"), item["path"], msg("it was changed after the report was made"))


def _by_name(items: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {item.get("path") or item["command"]: item["sha256"] for item in items}
