"""CSV tables as text: parsed whole, rendered the same way every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

csv.field_size_limit(2**27)  # a quotation may be long; the standard limit is 128 KiB


@dataclass(frozen=True, slots=True)
class CsvText:
    """A header and rows of cells by column; cells are kept verbatim."""

    header: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def with_rows(self, rows: Iterable[Mapping[str, str]], columns: Sequence[str] = ()) -> CsvText:
        """Return the table with ``rows`` at its end, and ``columns`` added where it lacks them."""
        header = (*self.header, *(column for column in columns if column not in self.header))
        return CsvText(header, (*self.rows, *rows))

    def render(self) -> bytes:
        """Write UTF-8, LF, commas; missing cells are empty, cells without a column are dropped."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([row.get(column, "") for column in self.header] for row in self.rows)
        return buffer.getvalue().encode("utf-8")


def parse_csv(data: bytes, synonyms: Mapping[str, str] | None = None) -> CsvText:
    """Parse a table with the delimiter of its header; column names are folded as the study reads them.

    Parameters
    ----------
    data
        UTF-8, with or without a byte order mark. An empty file is an empty table.
    synonyms
        Accepted column name to ours.
    """
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    records = [record for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if record]
    if not records:
        return CsvText((), ())
    names = [cell.strip().casefold().replace(" ", "_") for cell in records[0]]
    header = tuple((synonyms or {}).get(name, name) for name in names)
    return CsvText(header, tuple(dict(zip(header, record, strict=False)) for record in records[1:]))
