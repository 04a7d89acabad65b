"""What `import` returns: what was read, what of it is new, what was left out, and how it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.formats.into_study.plan import ImportPlan
from omnistudy.formats.reading.imported import Check
from omnistudy.results import (
    Block,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Result,
    Status,
    Table,
    listed,
    msg,
)

MOST_CODES_NAMED = 30
_WORDS: Mapping[str, Message] = {
    "interviews": msg("interviews"),
    "codes": msg("codes"),
    "quotations": msg("quotations"),
    "codings": msg("codings"),
    "memos": msg("memos"),
    "relations": msg("relations"),
    "sets": msg("groups"),
}


@dataclass(frozen=True, kw_only=True)
class ImportResult(Result):
    """The report of an import; ``dry_run`` says that nothing was written."""

    command: ClassVar[str] = "import"
    plan: ImportPlan
    dry_run: bool = False

    @property
    def title(self) -> Message:
        """The heading of the report."""
        return msg("Import")

    @property
    def verified(self) -> tuple[int, int]:
        """Quotations whose words are those that the file stores, and quotations with stored words."""
        checks = self.plan.checks
        return checks.get(Check.EXACT, 0), sum(checks.values()) - checks.get(Check.UNVERIFIED, 0)

    @property
    def nothing_to_add(self) -> bool:
        """Whether the study holds everything already."""
        return not self.plan.files

    @property
    def summary(self) -> Message:
        """What was read, how much of it was verified, and whether it is new."""
        read, (exact, stored) = self.plan.read, self.verified
        counts = {kind: Number(read[kind], Kind.COUNT) for kind in ("interviews", "codings", "codes")}
        verified = {"exact": Number(exact, Kind.COUNT), "stored": Number(stored, Kind.COUNT)}
        if self.nothing_to_add:
            return msg(
                "Read: interviews {interviews}, codes {codes}, codings {codings}; {exact} of {stored} snippets verified;"
                " nothing to add: the study holds them all.",
                **counts,
                **verified,
            )
        if self.dry_run:
            return msg(
                "Read: interviews {interviews}, codes {codes}, codings {codings}; {exact} of {stored} snippets verified;"
                " codings that would be added: {added}; nothing was written.",
                **counts,
                **verified,
                added=Number(self.plan.added["codings"], Kind.COUNT),
            )
        return msg(
            "Read: interviews {interviews}, codes {codes}, codings {codings}; {exact} of {stored} snippets verified;"
            " codings added: {added}.",
            **counts,
            **verified,
            added=Number(self.plan.added["codings"], Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return the object of the contract: read, added, verified, left_out, dialect, and more."""
        exact, stored = self.verified
        return {
            "dry_run": self.dry_run,
            "read": dict(self.plan.read),
            "added": dict(self.plan.added),
            "known": dict(self.plan.known),
            "verified": {
                "exact": exact,
                "of": stored,
                "by_check": {str(check): self.plan.checks.get(check, 0) for check in Check},
            },
            "left_out": [
                {"what": str(item.what), "count": item.count, "why": str(item.why)}
                for item in self.plan.left_out
            ],
            "dialect": "; ".join(dict.fromkeys(filter(None, self.plan.dialects.values()))) or None,
            "dialects": [
                {"file": file, "dialect": text or None} for file, text in self.plan.dialects.items()
            ],
            "codings_by": [
                {"coder": coder, "code": code, "codings": count}
                for (coder, code), count in self.plan.codings_by.items()
            ],
            "new_codes": [{"code": new.code, "nearest": new.nearest} for new in self.plan.new_codes],
            "files": list(self.plan.files),
            "study_toml": list(self.plan.settings),
            "warnings": [str(warning) for warning in self.plan.warnings],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return counts by kind, what was left out, and codings by coder and code."""
        plan = self.plan
        return (
            Table(
                name="import",
                columns=(
                    Column("what", msg("What")),
                    Column("read", msg("Read"), Kind.COUNT),
                    Column("added", msg("Added"), Kind.COUNT),
                    Column("known", msg("In the study before"), Kind.COUNT),
                ),
                rows=tuple(
                    (_WORDS[kind], plan.read[kind], plan.added[kind], plan.known.get(kind))
                    for kind in plan.read
                    if plan.read[kind] or plan.added[kind]
                ),
            ),
            Table(
                name="left_out",
                columns=(
                    Column("what", msg("Left out")),
                    Column("count", msg("Number"), Kind.COUNT),
                    Column("why", msg("Why")),
                ),
                rows=tuple((item.what, item.count, item.why) for item in plan.left_out),
            ),
            Table(
                name="codings_by",
                columns=(
                    Column("coder", msg("Coder"), Kind.ID),
                    Column("code", msg("Code"), Kind.ID),
                    Column("codings", msg("Codings"), Kind.COUNT),
                ),
                rows=tuple((coder, code, count) for (coder, code), count in plan.codings_by.items()),
            ),
        )

    def code_notes(self) -> tuple[Note, ...]:
        """Say which codes are new, and first of all which of them look like a slip of the hand."""
        new = self.plan.new_codes
        slips = tuple(
            Note(
                text=msg(
                    "The new code '{code}' is one edit away from '{nearest}', which the codebook has. If it is"
                    " misspelt, correct the file; the codebook and the codings of this import hold it otherwise.",
                    code=each.code,
                    nearest=each.nearest,
                ),
                status=Status.WARNING,
            )
            for each in new
            if each.nearest is not None
        )
        if not new:
            return ()
        names = [each.code for each in new[:MOST_CODES_NAMED]]
        named = msg(
            "New codes: {n} ({codes}).",
            n=Number(len(new), Kind.COUNT),
            codes=listed([*names, "…"] if len(new) > len(names) else names),
        )
        return (*slips, Note(text=named, status=Status.NEUTRAL))

    def blocks(self) -> tuple[Block, ...]:
        """Return the report for people; the lines for study.toml come last, where they are seen."""
        counts, left_out, codings = self.tables()[:3]
        blocks: list[Block] = [counts, *self.code_notes()]
        for file, dialect in self.plan.dialects.items():
            if dialect:
                blocks.append(
                    Prose(text=msg("Offsets of {file} count as {dialect}.", file=file, dialect=dialect))
                )
        if left_out.rows:
            blocks.append(left_out)
        blocks.extend(Note(text=warning) for warning in self.plan.warnings)
        if codings.rows:
            blocks.append(codings)
        if self.plan.settings:
            blocks.append(
                Note(
                    text=msg("study.toml is not edited. Set these lines in it, under their section:"),
                    status=Status.NEUTRAL,
                )
            )
            blocks.append(self._settings_table())
        return tuple(blocks)

    def _settings_table(self) -> Table:
        """Return the lines that study.toml needs, each with the section in which it stands."""
        section, rows = "", []
        for line in self.plan.settings:
            if line.startswith("["):
                section = line
            else:
                rows.append((section, line))
        return Table(
            name="study_toml",
            columns=(
                Column("section", msg("Section of study.toml"), Kind.ID),
                Column("line", msg("Line"), Kind.ID),
            ),
            rows=tuple(rows),
        )
