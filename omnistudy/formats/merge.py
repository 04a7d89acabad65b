"""Further coders' files into a study: the same texts, codes and people recognised, nothing lost.

Texts are the same by the hash of their canonical form, else by name if they are almost equal, over
which the offsets are carried. People are the same by name, but for the names that programs give.
Files are taken in the order of their contents, so that the order in which they are named is irrelevant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from omnistudy.errors import Problem, StudyError
from omnistudy.formats.csv_text import parse_csv
from omnistudy.formats.existing import CODINGS, ExistingStudy
from omnistudy.formats.imported import (
    Check,
    ImportedCode,
    ImportedProject,
    ImportedQuotation,
    ImportedSource,
)
from omnistudy.formats.into_codes import CodeMatcher
from omnistudy.formats.into_rows import coding_key, coding_row, safe_id, storable
from omnistudy.formats.into_study import ImportPlan, into_study
from omnistudy.formats.placing import is_stock
from omnistudy.formats.realign import LOWEST_SIMILARITY, Realignment, realignment
from omnistudy.formats.same_text import by_hash, in_study
from omnistudy.formats.snippets import checked_span
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.text.keys import match_key
from omnistudy.text.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedSource:
    """How a document of a file was recognised: ``same``, ``realigned`` or ``new``."""

    file: str
    name: str
    interview: str
    how: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedCoder:
    """Who a name in a file stands for: ``listed`` in the alias table, ``same`` name, or ``new``."""

    file: str
    name: str
    coder: str
    how: str


@dataclass(frozen=True, slots=True)
class CodeConflict:
    """A code that files and study do not agree on, with what was done about it."""

    code: str
    what: Message
    choice: Message


@dataclass(frozen=True, slots=True)
class Conservation:
    """Codings that readers gave = codings of the study that hold them + exact duplicates + refused."""

    given: int
    held: int
    duplicates: int
    refused: int


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
    coders = _coders(ordered, study, aliases or {})
    matching = _SourceMatching(study)
    matching.choose(ordered)
    problems = [*coders.problems, *matching.problems]
    if problems:
        raise StudyError(problems)
    described = _descriptions(ordered)
    united = [_united(project, matching, coders.names, described, coding_round) for project in ordered]
    plan = into_study(united, study)
    return MergePlan(
        plan=plan,
        sources=tuple(matching.found),
        coders=tuple(coders.rows),
        conflicts=tuple(_conflicts(ordered, study)),
        conservation=_audited(united, study, plan),
    )


@dataclass(frozen=True, slots=True)
class _Coders:
    names: Mapping[tuple[str, str], str]
    rows: list[MatchedCoder]
    problems: list[Problem]


def _coders(
    projects: Sequence[ImportedProject], study: ExistingStudy, aliases: Mapping[tuple[str, str], str]
) -> _Coders:
    known: dict[str, str] = {}
    for path, coder in {CODINGS: None, **{e.file: e.coder for e in study.settings.codings.files}}.items():
        for row in parse_csv(study.files.get(path, b"")).rows:
            if written := (row.get("coder") or coder or "").strip():
                known.setdefault(match_key(written), written)
    in_study = set(known)
    written_names = sorted({aliases.get((p.file, name), name) for p in projects for name in _names_in(p)})
    for name in written_names:
        known.setdefault(match_key(name) or name, name)
    found = _Coders({}, [], [])
    names: dict[tuple[str, str], str] = {}
    for project in projects:
        for name in _names_in(project):
            alias = aliases.get((project.file, name))
            if alias is None and is_stock(name):
                found.problems.append(
                    Problem(
                        what=f"The coder is called '{name}', as everybody is whom the program does not know.",
                        remedy=f"Say who it is: --coder {project.file}=NAME, or a row in the --coder-map table.",
                        file=project.file,
                    )
                )
                continue
            key = match_key(alias or name) or name
            names[project.file, name] = known[key]
            how = "listed" if alias is not None else "same" if key in in_study else "new"
            found.rows.append(MatchedCoder(file=project.file, name=name, coder=known[key], how=how))
    return _Coders(names, found.rows, found.problems)


def _names_in(project: ImportedProject) -> list[str]:
    """Return who coded in a project; people without codings are nobody's namesakes."""
    return list(dict.fromkeys(coding.coder for coding in project.codings))


@dataclass
class _SourceMatching:
    """Finds for every document of every file the text that stands for it in the study."""

    study: ExistingStudy
    found: list[MatchedSource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    texts: dict[tuple[str, str], tuple[str, Realignment | None]] = field(default_factory=dict)

    def choose(self, projects: Sequence[ImportedProject]) -> None:
        """Match the documents of all files at once, so that no file comes first."""
        texts = by_hash(self.study.interviews)
        names = self._names()
        new: defaultdict[str, list[tuple[ImportedProject, ImportedSource]]] = defaultdict(list)
        for project in projects:
            known = in_study((source for source in project.sources if source.text.strip()), texts)
            for source in project.sources:
                text = storable(source.text)
                interview = known.get(source.id)
                named = names.get(safe_id(source.name).casefold())
                if interview is not None or not text.strip():
                    self._note(project, source, interview or "", "same", 1.0)
                elif named is not None:
                    self._realign(project, source, named, self.study.texts[named])
                else:
                    new[safe_id(source.name).casefold()].append((project, source))
        for group in new.values():
            base = max((storable(source.text) for _, source in group), key=lambda text: (len(text), text))
            for project, source in group:
                if storable(source.text) == base:
                    self._note(project, source, safe_id(source.name), "new", 1.0)
                else:
                    self._realign(project, source, safe_id(source.name), base)

    def _names(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for row in parse_csv(self.study.files.get(self.study.participants, b"")).rows:
            interview, original = row.get("interview", "").strip(), row.get("original_name", "").strip()
            if original and interview in self.study.texts:
                names[safe_id(original).casefold()] = interview
        return {**names, **{safe_id(each).casefold(): each for each in self.study.texts}}

    def _realign(self, project: ImportedProject, source: ImportedSource, interview: str, text: str) -> None:
        found = realignment(storable(source.text), text)
        if found.similarity < LOWEST_SIMILARITY:
            self.problems.append(
                Problem(
                    what=f"The document '{source.name}' and the interview '{interview}' are different texts:"
                    f" {found.similarity:.0%} of the characters are equal, {LOWEST_SIMILARITY:.0%} are needed.",
                    remedy="Rename one of them, or code the same version.",
                    file=project.file,
                )
            )
            return
        self.texts[project.sha256 + project.file, source.id] = (text, found)
        self._note(project, source, interview, "realigned", found.similarity)

    def _note(
        self, project: ImportedProject, source: ImportedSource, interview: str, how: str, similarity: float
    ) -> None:
        self.found.append(
            MatchedSource(
                file=project.file, name=source.name, interview=interview, how=how, similarity=similarity
            )
        )


def _descriptions(projects: Iterable[ImportedProject]) -> Mapping[tuple[str, ...], str]:
    """Return the longest description of every path, whichever file it stands in."""
    found: dict[tuple[str, ...], str] = {}
    for project in projects:
        for code in project.codes:
            key = tuple(map(match_key, code.path))
            found[key] = max(found.get(key, ""), code.description, key=lambda text: (len(text), text))
    return found


def _united(
    project: ImportedProject,
    matching: _SourceMatching,
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


def _conflicts(projects: Sequence[ImportedProject], study: ExistingStudy) -> Iterator[CodeConflict]:
    """Yield codes of one name under several parents, and codes with several definitions."""
    paths: defaultdict[str, dict[tuple[str, ...], tuple[str, ...]]] = defaultdict(dict)
    definitions: defaultdict[str, set[str]] = defaultdict(set)
    matcher = CodeMatcher(study.codebook)
    defined = {
        code.id: {text for text in code.definition.texts.values() if text} for code in study.codebook or ()
    }
    for project in projects:
        ids = matcher.match(project.codes)
        for code in project.codes:
            paths[match_key(code.path[-1])].setdefault(tuple(map(match_key, code.path)), code.path)
            if code.description.strip():
                definitions[ids[code.id]].add(code.description.strip())
    for _, same_name in sorted(paths.items()):
        if len(same_name) > 1:
            written = sorted(same_name.values())
            yield CodeConflict(
                written[0][-1],
                msg("the name stands at several places: {paths}", paths="; ".join(map(" > ".join, written))),
                msg("a code of the study that has the name is taken; else each place is a code"),
            )
    for code_id, texts in sorted(definitions.items()):
        kept = defined.get(code_id, set())
        if len(texts | kept) > 1 and not texts <= kept:
            yield CodeConflict(
                code_id,
                msg("it is defined in several ways"),
                msg("the study's definition is kept") if kept else msg("the longest definition is kept"),
            )


def _audited(projects: Sequence[ImportedProject], study: ExistingStudy, plan: ImportPlan) -> Conservation:
    """Look up every coding in the tables as they will be written.

    Raises
    ------
    StudyError
        If one is in none of them and was not refused.
    """
    tables = dict.fromkeys([CODINGS, *(entry.file for entry in study.settings.codings.files)])
    named = {entry.file: entry.coder for entry in study.settings.codings.files}
    held = {
        coding_key({**row, "coder": row.get("coder") or named.get(path) or ""})
        for path in tables
        for row in parse_csv(plan.files.get(path) or study.files.get(path, b"")).rows
    }
    texts = by_hash(study.interviews)
    folder = f"{study.settings.interviews.transcripts}/"
    for path, data in plan.files.items():
        if path.startswith(folder):
            text = data.decode("utf-8").removeprefix("\ufeff")
            brought = path.removeprefix(folder).removesuffix(".txt")
            texts.setdefault(Transcript(text).sha256, []).append(brought)
    matcher = CodeMatcher(study.codebook)
    given, keys, refused, lost = 0, [], 0, 0
    for project in projects:
        codes = matcher.match(project.codes)
        interviews = in_study(project.sources, texts)
        place = {quotation.id: quotation for quotation in project.quotations}
        for coding in project.codings:
            given += 1
            quotation = place.get(coding.quotation)
            interview = interviews.get(quotation.source) if quotation else None
            if (
                quotation is None
                or interview is None
                or coding.code not in codes
                or quotation.start == quotation.end
            ):
                refused += 1
            else:
                row = coding_row(coding, quotation, interview=interview, code=codes[coding.code])
                keys.append(coding_key(row))
                lost += keys[-1] not in held
    if lost:
        raise StudyError.of(
            f"{lost} of {given} codings would be lost by the merge, so that nothing is written.",
            "Merge the files one at a time to see which it is, and report it.",
        )
    distinct = len(set(keys))
    return Conservation(given, distinct, len(keys) - distinct, refused)
