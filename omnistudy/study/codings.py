"""Codings of a study: who applied which code to which words, in which round, and who saw what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from omnistudy.errors import did_you_mean
from omnistudy.results import Label
from omnistudy.study.model import (
    Code,
    Codebook,
    Coder,
    CoderKind,
    Coding,
    Interview,
    Level,
    Quotation,
    Seen,
)
from omnistudy.study.settings import CodingFile, CodingsSection
from omnistudy.study.tables import CsvTable, Door, read_table
from omnistudy.text.keys import match_key

CONSENSUS = "consensus"
_BY_WORDS = "A table without offsets is imported, which finds its quotes: omnistudy import {} --into STUDY."
OPTIONAL_COLUMNS = ("coder", "quote", "round", "created", "memo", "source")
MOST_PROBLEMS_OF_A_FILE = 200


@dataclass(frozen=True)
class CodingTables:
    """Codings, coders, rounds and what was seen, as read from the files."""

    codings: tuple[Coding, ...]
    coders: tuple[Coder, ...]
    rounds: tuple[str, ...]
    seen: frozenset[Seen]
    seen_assumed: bool
    quotes_checked: int


class Names:
    """Resolves a written name to a known id: exactly, else by match key when only one fits.

    Keys let ``علي`` (Arabic letters) find ``علی``; display always uses the known id.
    """

    def __init__(self, known: Iterable[str], aliases: Iterable[tuple[str, str]] = ()) -> None:
        self._exact = {name: name for name in known}
        self._by_key: dict[str, str | None] = {}
        for written, name in [*((name, name) for name in self._exact), *aliases]:
            key = match_key(written)
            if key and self._by_key.setdefault(key, name) != name:
                self._by_key[key] = None  # two different things share the key: neither is meant for sure
        self._cache: dict[str, str | None] = dict(self._exact)

    def find(self, written: str) -> str | None:
        """Return the id that ``written`` means, or ``None``."""
        if written not in self._cache:
            self._cache[written] = self._by_key.get(match_key(written))
        return self._cache[written]

    def nearest(self, written: str) -> str:
        """Return a question that proposes the nearest known id, or an empty string."""
        return did_you_mean(written, self._exact)


def implicit_codebook(tables: Iterable[CsvTable]) -> Codebook:
    """Build a flat codebook from the codes that the codings use."""
    found = {row["code"] for table in tables for row in table.rows() if row["code"]}
    empty = Label("")
    codes = (
        Code(
            id=code,
            label=Label(code),
            level=Level.CODE,
            definition=empty,
            include=empty,
            exclude=empty,
            example=empty,
        )
        for code in sorted(found)
    )
    return Codebook("", tuple(codes))


ForeignReader = Callable[[Door, CodingFile, Sequence[Interview]], CsvTable | None]
"""Reads another program's file as a table of codings; it comes from the room of formats, above this one."""


def open_coding_tables(
    door: Door, section: CodingsSection, interviews: Sequence[Interview], foreign: ForeignReader | None
) -> list[tuple[CsvTable, str | None]]:
    """Read the files of codings, each with the coder that study.toml gives it."""
    tables = []
    for entry in section.files:
        if not entry.file.casefold().endswith((".csv", ".tsv", ".txt")):
            found = None if foreign is None else foreign(door, entry, interviews)
            if found is not None:
                tables.append((found, entry.coder))
            elif foreign is None:
                door.problem(
                    "This is another program's file, and only tables can be read here.",
                    "Bring it in with: omnistudy import FILE --into STUDY.",
                    file=entry.file,
                )
            continue
        required = (
            ("interview", "start", "end", "code")
            if entry.coder
            else ("interview", "start", "end", "coder", "code")
        )
        by_words = dict.fromkeys(("start", "end"), _BY_WORDS.format(entry.file))
        table = read_table(door, entry.file, required=required, optional=OPTIONAL_COLUMNS, remedies=by_words)
        if table is not None:
            tables.append((table, entry.coder))
    return tables


def read_codings(
    door: Door,
    section: CodingsSection,
    tables: Sequence[tuple[CsvTable, str | None]],
    interviews: Sequence[Interview],
    codebook: Codebook,
) -> CodingTables:
    """Check every row of every coding table against texts and codebook and build the codings."""
    reader = _CodingReader(door, interviews, codebook)
    for table, coder in tables:
        reader.read(table, coder)
    kinds = _declared_kinds(door, section)
    declared = _read_seen(door, section, reader.interviews)
    coder_ids = dict.fromkeys([*reader.coders, *sorted({seen.coder for seen in declared or ()})])
    _check_letter_forms(door, coder_ids, section)
    seen = declared if declared is not None else _assumed(reader.codings)
    rounds = dict.fromkeys([*reader.rounds, *(entry.round for entry in sorted(seen))])
    return CodingTables(
        codings=tuple(reader.codings),
        coders=tuple(Coder(coder, kinds.get(coder, _kind_by_name(coder))) for coder in coder_ids),
        rounds=tuple(rounds),
        seen=frozenset(seen),
        seen_assumed=declared is None,
        quotes_checked=reader.quotes_checked,
    )


def _kind_by_name(coder: str) -> CoderKind:
    return CoderKind.CONSENSUS if match_key(coder) == CONSENSUS else CoderKind.HUMAN


class _CodingReader:
    """Reads rows in a tight loop, because studies with 200,000 codings must load in seconds."""

    def __init__(self, door: Door, interviews: Sequence[Interview], codebook: Codebook) -> None:
        self.door = door
        self.texts: Mapping[str, str] = {interview.id: interview.text for interview in interviews}
        self.interviews = Names(self.texts)
        aliases = [
            (text, code.id)
            for code in codebook
            for text in (*code.label.texts.values(), *code.aliases, codebook.path(code.id))
        ]
        self.codes = Names((code.id for code in codebook), aliases)
        self.codings: list[Coding] = []
        self.coders: dict[str, None] = {}
        self.rounds: dict[str, None] = {}
        self.quotes_checked = 0
        self._quotations: dict[Quotation, Quotation] = {}
        self._seen_rows: dict[tuple[Quotation, str, str, str], int] = {}

    def read(self, table: CsvTable, coder: str | None) -> None:
        before = len(self.door.problems)
        for number, cells in table.records:
            self._row(table, number, cells, coder)
            if len(self.door.problems) - before > MOST_PROBLEMS_OF_A_FILE:
                self.door.problem(
                    f"More than {MOST_PROBLEMS_OF_A_FILE} rows have problems; the rest is not listed.",
                    "Mend these first; the cause is often the same.",
                    file=table.name,
                )
                return

    def _row(self, table: CsvTable, number: int, cells: list[str], coder: str | None) -> None:
        index = table.index

        def cell(column: str) -> str:
            at = index.get(column)
            return cells[at].strip() if at is not None else ""

        interview = self.interviews.find(cell("interview"))
        if interview is None and cell("interview") in self.door.unreadable:
            return
        if interview is None:
            what = f"interview '{cell('interview')}' has no transcript."
            self._unknown(table, number, "interview", cell("interview"), what, self.interviews)
        # A path whose upper codes go by other names here is known by its last code.
        code = self.codes.find(cell("code")) or self.codes.find(cell("code").rpartition(" > ")[2])
        if code is None:
            what = f"code '{cell('code')}' is not in the codebook."
            self._unknown(table, number, "code", cell("code"), what, self.codes)
        who = cell("coder") or coder or ""
        if not who:
            self.door.problem(
                "The coder is missing.", "Name the coder.", file=table.name, row=number, column="coder"
            )
        if interview is None or code is None or not who:
            return
        quotation = self._quotation(table, number, interview, cell("start"), cell("end"))
        if quotation is None or not self._quote_fits(table, number, quotation, cells):
            return
        coding_round = cell("round")
        identity = (quotation, code, who, coding_round)
        if identity in self._seen_rows:
            self.door.warning(
                f"This coding repeats row {self._seen_rows[identity]} and is counted once.",
                "Remove one of the rows.",
                file=table.name,
                row=number,
            )
            return
        self._seen_rows[identity] = number
        self.coders.setdefault(who)
        self.rounds.setdefault(coding_round)
        self.codings.append(
            Coding(
                quotation=quotation,
                coder=who,
                code=code,
                round=coding_round,
                created=cell("created"),
                memo=cell("memo"),
                source=cell("source"),
            )
        )

    def _unknown(
        self, table: CsvTable, number: int, column: str, written: str, what: str, names: Names
    ) -> None:
        if not written:
            self.door.problem(
                f"The {column} is missing.", f"Name the {column}.", file=table.name, row=number, column=column
            )
            return
        remedy = names.nearest(written) or f"Correct the {column}, or add it to the study."
        self.door.problem(what, remedy, file=table.name, row=number, column=column)

    def _quotation(
        self, table: CsvTable, number: int, interview: str, start: str, end: str
    ) -> Quotation | None:
        length = len(self.texts[interview])
        try:
            quotation = Quotation(interview, int(start), int(end))
        except ValueError:
            self.door.problem(
                f"'{start}' to '{end}' are not whole numbers.",
                "Give 0-based offsets in characters of the text.",
                file=table.name,
                row=number,
                column="start",
            )
            return None
        if not 0 <= quotation.start < quotation.end <= length:
            what = f"The quotation {start} to {end} does not lie in '{interview}', which has {length} characters."
            self.door.problem(what, "Correct the offsets.", file=table.name, row=number, column="end")
            return None
        return self._quotations.setdefault(quotation, quotation)

    def _quote_fits(self, table: CsvTable, number: int, quotation: Quotation, cells: list[str]) -> bool:
        at = table.index.get("quote")
        if at is None or not cells[at]:
            return True
        quote, text = cells[at], self.texts[quotation.interview]
        self.quotes_checked += 1
        if text[quotation.start : quotation.end] == quote:
            return True
        found = text.find(quote)
        remedy = (
            f"The words stand at {found} to {found + len(quote)}; correct the offsets."
            if found >= 0
            else "The words do not occur in the text; correct the quote or the transcript."
        )
        what = f"The quote differs from '{quotation.interview}' at {quotation.start} to {quotation.end}."
        self.door.problem(what, remedy, file=table.name, row=number, column="quote")
        return False


def _declared_kinds(door: Door, section: CodingsSection) -> dict[str, CoderKind]:
    if section.coders is None:
        return {}
    table = read_table(door, section.coders, required=("coder", "kind"), open_ended=True)
    kinds: dict[str, CoderKind] = {}
    for row in table.rows() if table else ():
        try:
            kinds[row["coder"]] = CoderKind(row["kind"].casefold())
        except ValueError:
            near = did_you_mean(row["kind"], list(CoderKind)) or f"Use one of {', '.join(CoderKind)}."
            door.problem(
                f"'{row['kind']}' is not a kind of coder.",
                near,
                file=section.coders,
                row=row.number,
                column="kind",
            )
    return kinds


def _read_seen(door: Door, section: CodingsSection, interviews: Names) -> list[Seen] | None:
    if section.seen is None:
        return None
    table = read_table(door, section.seen, required=("interview", "coder"), optional=("round", "date"))
    if table is None:
        return None
    seen = []
    for row in table.rows():
        interview = interviews.find(row["interview"])
        if row["interview"] in door.unreadable:
            continue
        if interview is None:
            remedy = interviews.nearest(row["interview"]) or "Correct the interview."
            door.problem(
                f"interview '{row['interview']}' has no transcript.",
                remedy,
                file=section.seen,
                row=row.number,
                column="interview",
            )
        elif not row["coder"]:
            door.problem(
                "The coder is missing.", "Name the coder.", file=section.seen, row=row.number, column="coder"
            )
        else:
            seen.append(Seen(interview, row["coder"], row["round"]))
    return seen


def _assumed(codings: Iterable[Coding]) -> list[Seen]:
    return list({Seen(coding.quotation.interview, coding.coder, coding.round) for coding in codings})


def _check_letter_forms(door: Door, coders: Iterable[str], section: CodingsSection) -> None:
    by_key: dict[str, str] = {}
    file = section.files[0].file if section.files else section.seen
    for coder in coders:
        other = by_key.setdefault(match_key(coder) or coder, coder)
        if other != coder:
            door.problem(
                f"The coders '{other}' and '{coder}' are one name in different letter forms.",
                "Write the name in one way everywhere.",
                file=file,
                column="coder",
            )
