"""Further coders' files into a study: the same texts, codes and people recognised, nothing lost.

Texts are the same by the hash of their canonical form, else by name if they are almost equal, over
which the offsets are carried. People are the same by name, but for the names that programs give.
Files are taken in the order of their contents, so that the order in which they are named is irrelevant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.existing import ExistingStudy
from omnistudy.formats.into_study.growth import into_study
from omnistudy.formats.into_study.plan import ImportPlan
from omnistudy.formats.into_study.stored_texts import storable
from omnistudy.formats.merging.coders import MatchedCoder, matched_coders
from omnistudy.formats.merging.codes import CodeConflict, code_conflicts, longest_descriptions
from omnistudy.formats.merging.conservation import Conservation, conserved
from omnistudy.formats.merging.realign import Realignment
from omnistudy.formats.merging.texts import MatchedSource, SourceMatching
from omnistudy.formats.reading.imported import Check, ImportedCode, ImportedProject, ImportedQuotation
from omnistudy.formats.reading.snippets import checked_span
from omnistudy.results import Kind, Number, msg
from omnistudy.text.keys import match_key


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """What a merge would do: the files to write, and how everything was recognised."""

    plan: ImportPlan
    sources: tuple[MatchedSource, ...]
    coders: tuple[MatchedCoder, ...]
    conflicts: tuple[CodeConflict, ...]
    conservation: Conservation


def merge(
    projects: Sequence[ImportedProject],
    study: ExistingStudy,
    *,
    aliases: Mapping[tuple[str, str], str] | None = None,
    coding_round: str = "",
) -> MergePlan:
    """Compute the files that unite the work of several coders in a study.

    Parameters
    ----------
    projects
        What was read from the files, in any order.
    study
        The study as it is, with its texts.
    aliases
        File and name of a coder in it to the coder's id in the study.
    coding_round
        Round of codings whose file names none.

    Raises
    ------
    StudyError
        For texts of one name that are less than 95 % equal, for work under a stock name, and if a
        coding would be lost.
    """
    ordered = sorted(projects, key=lambda project: (project.sha256, project.file))
    coders = matched_coders(ordered, study, aliases or {})
    matching = SourceMatching(study)
    matching.choose(ordered)
    problems = [*coders.problems, *matching.problems]
    if problems:
        raise StudyError(problems)
    described = longest_descriptions(ordered)
    united = [_united(project, matching, coders.names, described, coding_round) for project in ordered]
    plan = into_study(united, study)
    return MergePlan(
        plan=plan,
        sources=tuple(matching.found),
        coders=tuple(coders.rows),
        conflicts=tuple(code_conflicts(ordered, study)),
        conservation=conserved(united, study, plan),
    )


def _united(
    project: ImportedProject,
    matching: SourceMatching,
    names: Mapping[tuple[str, str], str],
    described: Mapping[tuple[str, ...], str],
    coding_round: str,
) -> ImportedProject:
    """Return the project with the study's texts, people and rounds."""
    file = project.sha256 + project.file
    moved = {source.id: matching.texts.get((file, source.id)) for source in project.sources}
    sources = tuple(
        source if (found := moved[source.id]) is None else replace(source, text=found[0])
        for source in project.sources
    )
    old = {source.id: storable(source.text) for source in project.sources}
    quotations = []
    changed = 0
    for quotation in project.quotations:
        target = moved.get(quotation.source)
        if target is None or target[1] is None:
            quotations.append(quotation)
            continue
        carried = _carried(quotation, old[quotation.source], target[0], target[1])
        changed += carried is not None and carried.check is Check.FAILED
        if carried is not None:
            quotations.append(carried)
    warnings = project.warnings
    if changed:
        warnings = (
            *warnings,
            msg(
                "{n} quotations of {file} hold words that the study's version of the text has changed.",
                n=Number(changed, Kind.COUNT),
                file=project.file,
            ),
        )
    return replace(
        project,
        sources=sources,
        warnings=warnings,
        quotations=tuple(quotations),
        coders=tuple(dict.fromkeys(names.get((project.file, coder), coder) for coder in project.coders)),
        codings=tuple(
            replace(
                coding,
                coder=names.get((project.file, coding.coder), coding.coder),
                round=coding.round or coding_round,
            )
            for coding in project.codings
        ),
        codes=tuple(_with_description(code, described) for code in project.codes),
    )


def _with_description(code: ImportedCode, described: Mapping[tuple[str, ...], str]) -> ImportedCode:
    return replace(code, description=described[tuple(map(match_key, code.path))])


def _carried(
    quotation: ImportedQuotation, old: str, new: str, realigned: Realignment
) -> ImportedQuotation | None:
    """Return the quotation in the other version of its text; ``None`` if nothing of it is left there."""
    words = old[quotation.start : quotation.end]
    place, check, _ = checked_span(new, realigned.span(quotation.start, quotation.end), words)
    if place is None:
        return None
    if check is Check.EXACT:
        check = quotation.check if place == (quotation.start, quotation.end) else Check.SHIFTED
    return replace(quotation, start=place[0], end=place[1], check=check, shift=place[0] - quotation.start)
