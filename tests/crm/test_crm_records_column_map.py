"""Column maps, calendars and the files that records lie in: what is read, and every refusal word by word."""

from __future__ import annotations

import gzip
import hashlib
import os
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import jdatetime
import pytest

from omnistudy.crm.records.calendar_table import calendar_days, month_bounds, month_label
from omnistudy.crm.records.column_map import ColumnMap, checked_zone, read_column_map
from omnistudy.crm.records.engine import FileSource
from omnistudy.crm.records.files import files_of_folder, hashed, parts_of, source_of
from omnistudy.crm.records.tables import TABLES, kinds_of
from omnistudy.errors import Problem, StudyError


def fault(caught: pytest.ExceptionInfo[StudyError]) -> Problem:
    (problem,) = caught.value.problems
    return problem


def file_of(folder: Path, text: str | bytes, name: str = "columns.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_names_of_a_file_without_a_header(tmp_path: Path) -> None:
    """Blanks, commas and semicolons part them; - skips a column; what follows # is a remark."""
    text = "# of the bank\n-, customer_id ;ts # when\n\n - value\n"
    found = read_column_map(file_of(tmp_path, text, "names.txt"))
    assert found == ColumnMap(names=("skipped_1", "customer_id", "ts", "skipped_4", "value"))


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        (
            "g f e d c b a g f e d c b a h",
            "The column 'a' is named twice.",
            "Write the names in the order of the columns, - for one to skip.",
        ),
        (
            "# nothing\n",
            "The file names no column.",
            "Write the names in the order of the columns, - for one to skip.",
        ),
        ('a "b"', "A column name holds a quotation mark.", "Choose another name."),
    ],
)
def test_names_that_cannot_be_used(tmp_path: Path, text: str, what: str, remedy: str) -> None:
    path = file_of(tmp_path, text, "names.txt")
    with pytest.raises(StudyError) as caught:
        read_column_map(path)
    assert fault(caught) == Problem(what=what, remedy=remedy, file=str(path))


MAP = """
names = ["-", "who", "wann"]
zone = "Asia/Tehran"
synthetic = true
currency = "IRR"
[columns]
customer_id = "who"
ts = "wann"
[channels]
branch = "physical"
call = "assisted"
app = "digital"
[values.channel]
"شعبه" = "branch"
[values.event]
login = "enter"
"""


@pytest.mark.parametrize(("name", "mark"), [("columns.toml", ""), ("COLUMNS.TOML", "\ufeff")])
def test_a_whole_map(tmp_path: Path, name: str, mark: str) -> None:
    assert read_column_map(file_of(tmp_path, mark + MAP, name)) == ColumnMap(
        names=("skipped_1", "who", "wann"),
        columns=MappingProxyType({"customer_id": "who", "ts": "wann"}),
        zone="Asia/Tehran",
        values=MappingProxyType(
            {"channel": MappingProxyType({"شعبه": "branch"}), "event": MappingProxyType({"login": "enter"})}
        ),
        channels=MappingProxyType({"branch": "physical", "call": "assisted", "app": "digital"}),
        synthetic=True,
        currency="IRR",
    )


def test_an_empty_map_says_nothing(tmp_path: Path) -> None:
    assert read_column_map(file_of(tmp_path, "")) == ColumnMap()
    assert ColumnMap() == ColumnMap(
        names=(), columns={}, zone=None, values={}, channels={}, synthetic=False, currency=None
    )


KNOWN = "Known here: names, columns, zone, values, channels, synthetic, currency."


@pytest.mark.parametrize(
    ("text", "what", "remedy", "column"),
    [
        ("chanels = 1", "'chanels' is not a key of a column map.", "Did you mean 'channels'?", None),
        ("qqqq = 1", "'qqqq' is not a key of a column map.", KNOWN, None),
        ("columns = 1", "'columns' is not a table of texts.", 'Write name = "text" pairs.', None),
        ("[columns]\nts = 1", "'columns' is not a table of texts.", 'Write name = "text" pairs.', None),
        ('[columns]\nchanel = "a"', "'chanel' is not a field of any table.", "Did you mean 'channel'?", None),
        ('[columns]\nqqqq = "a"', "'qqqq' is not a field of any table.", "See: omnistudy crm metrics --help.", None),
        ('[channels]\napp = "web"', "The channel 'app' is in the group 'web'.",
         "Groups are physical, assisted, digital.", "channels"),
        ("channels = []", "'channels' is not a table of texts.", 'Write name = "text" pairs.', None),
        ("values = []", "'values' is not a table.", "Write [values.FIELD] tables.", None),
        ("[values]\nchannel = 1", "'values.channel' is not a table of texts.", 'Write name = "text" pairs.', None),
        ("[values.chanel]", "'chanel' is not a field of any table.", "Did you mean 'channel'?", None),
        ('names = "a"', "'names' cannot be used as it is.", "Correct its value.", None),
        ("currency = 1", "'currency' cannot be used as it is.", "Correct its value.", None),
        ('names = ["a", "a"]', "The column 'a' is named twice.",
         "Write the names in the order of the columns, - for one to skip.", None),
        ('zone = "Tehran"', "'Tehran' is not a time zone.", "Name one such as Asia/Tehran or Europe/Berlin.", None),
        ("zone = 3", "'3' is not a time zone.", "Name one such as Asia/Tehran or Europe/Berlin.", None),
    ],
)  # fmt: skip
def test_maps_that_cannot_be_used(
    tmp_path: Path, text: str, what: str, remedy: str, column: str | None
) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(StudyError) as caught:
        read_column_map(path)
    assert fault(caught) == Problem(what=what, remedy=remedy, file=str(path), column=column)


def test_files_of_columns_that_cannot_be_read(tmp_path: Path) -> None:
    broken = file_of(tmp_path, "a = ")
    with pytest.raises(StudyError, match=r"^.*This is not valid TOML: .+\."):
        read_column_map(broken)
    latin = file_of(tmp_path, "größe".encode("latin-1"), "names.txt")
    with pytest.raises(StudyError) as caught:
        read_column_map(latin)
    assert fault(caught) == Problem(
        what="The file of columns is not UTF-8 text.", remedy="Correct the path.", file=str(latin)
    )
    with pytest.raises(StudyError, match="No such file") as caught:
        read_column_map(tmp_path / "nothing.toml")
    assert fault(caught) == Problem(
        what="The file of columns cannot be read (No such file or directory).",
        remedy="Correct the path.",
        file=str(tmp_path / "nothing.toml"),
    )


def test_pairs_of_the_command_line_are_added() -> None:
    before = ColumnMap(columns={"ts": "wann", "value": "Betrag"}, zone="UTC")
    found = before.with_pairs(["ts = When ", "customer_id=No=1"])
    assert dict(found.columns) == {"ts": "When", "value": "Betrag", "customer_id": "No=1"}
    assert found.zone == "UTC"
    assert before.with_pairs([]) == before


@pytest.mark.parametrize("pair", ["ts", "ts=", "ts = "])
def test_pairs_of_another_form(pair: str) -> None:
    with pytest.raises(StudyError) as caught:
        ColumnMap().with_pairs([pair])
    assert fault(caught) == Problem(
        what=f"'{pair}' is not of the form field=Column.", remedy="For example: --map customer_id=ClientNo."
    )
    with pytest.raises(StudyError) as caught:
        ColumnMap().with_pairs(["custmer_id=x"])
    assert fault(caught) == Problem(
        what="'custmer_id' is not a field of any table.", remedy="Did you mean 'customer_id'?"
    )


def test_own_names_need_no_map_and_a_map_wins() -> None:
    found = ColumnMap(columns={"ts": "wann", "value": "absent"}).rename(["ts", "wann", "value", "other"])
    assert found == {"ts": "wann", "value": "value"}


@pytest.mark.parametrize("zone", ["Tehran", "+03:30", "../UTC", "", "Asia"])
def test_a_zone_is_a_place_and_no_offset(zone: str) -> None:
    with pytest.raises(StudyError) as caught:
        checked_zone(zone)
    assert fault(caught).file is None
    assert checked_zone("Europe/Berlin") == "Europe/Berlin"


def test_the_calendar_runs_through_both_new_years() -> None:
    """1403 is a leap year of 366 days, 2024 too; every day is that of jdatetime."""
    first, last = date(2023, 12, 25), date(2026, 4, 2)
    days = list(calendar_days(first, last))
    assert len(days) == (last - first).days + 1
    for at, day in enumerate(days):
        here = first + timedelta(at)
        theirs = jdatetime.date.fromgregorian(date=here)
        assert day.row == (
            here.isoformat(), theirs.isoformat(), here.year * 12 + here.month - 1, theirs.year * 12 + theirs.month - 1,
        )  # fmt: skip
    assert [day.date for day in calendar_days(first, first)] == ["2023-12-25"]


def test_months_have_names_and_bounds() -> None:
    assert month_label(2024 * 12) == "2024-01"
    assert month_label(1403 * 12 + 11) == "1403-12"
    assert month_label(999 * 12 + 9) == "0999-10"
    for index in range(2023 * 12, 2026 * 12):
        first, last = month_bounds(index, "gregorian")
        assert (first.year, first.month, first.day) == (index // 12, index % 12 + 1, 1)
        assert month_bounds(index + 1, "gregorian")[0] == last + timedelta(days=1)
    for index in range(1402 * 12, 1405 * 12):
        first, last = month_bounds(index, "jalali")
        theirs = jdatetime.date.fromgregorian(date=first)
        assert (theirs.year, theirs.month, theirs.day) == (index // 12, index % 12 + 1, 1)
        assert month_bounds(index + 1, "jalali")[0] == last + timedelta(days=1)


def test_which_tables_some_columns_fit() -> None:
    assert kinds_of(["customer_id", "ts", "channel", "event", "value"]) == ("events", "transactions")
    assert kinds_of(["customer_id", "channel"]) == ()
    for name, table in TABLES.items():
        assert (name in kinds_of(table.required)) != table.side
        assert all(name not in kinds_of(set(table.required) - {column}) for column in table.required)


def test_the_tables_of_a_folder(tmp_path: Path) -> None:
    for name in (
        "events.csv",
        "Transactions.TXT.GZ",
        "survey.parquet",
        "tickets.tsv",
        "ops.xlsx",
        "notes.csv",
        "ops2.csv",
    ):
        (tmp_path / name).touch()
    (tmp_path / "contracts").mkdir()
    for name in ("b.csv", "a.csv.gz", "readme.md"):
        (tmp_path / "contracts" / name).touch()
    assert {
        name: tuple(path.name for path in paths) for name, paths in files_of_folder(tmp_path).items()
    } == {
        "tickets": ("tickets.tsv",),
        "survey": ("survey.parquet",),
        "events": ("events.csv",),
        "transactions": ("Transactions.TXT.GZ",),
        "contracts": ("a.csv.gz", "b.csv"),
    }


def test_two_files_that_could_be_one_table_are_refused(tmp_path: Path) -> None:
    (tmp_path / "events.csv").touch()
    (tmp_path / "events.parquet").touch()
    with pytest.raises(
        StudyError, match=r"Each of events\.csv, events\.parquet could be the table events\. Keep one"
    ):
        files_of_folder(tmp_path)


PARTS = "The folder does not hold the parts of one table."


def test_what_is_no_table_says_so(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").touch()
    (tmp_path / "sheet.xlsx").touch()
    (tmp_path / "mixed").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("a.csv", "b.parquet"):
        (tmp_path / "mixed" / name).touch()
    os.mkfifo(tmp_path / "pipe.csv")
    layout = "Keep CSV or Parquet files of one layout in it."
    expected = {
        "sale.csv": ("The file does not exist.", "Did you mean 'sales.csv'?"),
        "qqqqqqqq": ("The file does not exist.", "Correct the path."),
        "absent/x.csv": ("The file does not exist.", "Correct the path."),
        "sheet.xlsx": ("This is neither CSV nor Parquet.", "Save it as CSV UTF-8."),
        "pipe.csv": ("This is a pipe or a device.", "Save what it gives in a file, and name that."),
        "mixed": (PARTS, layout),
        "empty": (PARTS, layout),
    }
    for name, (what, remedy) in expected.items():
        with pytest.raises(StudyError) as caught:
            parts_of(tmp_path / name)
        assert fault(caught) == Problem(what=what, remedy=remedy, file=str(tmp_path / name))
    assert parts_of(tmp_path / "sales.csv") == (tmp_path / "sales.csv",)


@pytest.mark.parametrize("text", ["", "\ufeff", "\n", "  \n"])
def test_a_file_without_a_first_line_is_an_empty_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"The table is empty\."):
        source_of((path,), ColumnMap())


@pytest.mark.parametrize(
    "suffix", [".csv", ".tsv", ".txt", ".parquet", ".csv.gz", ".tsv.gz", ".txt.gz", ".CSV"]
)
def test_files_that_are_tables(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.touch()
    assert parts_of(path) == (path,)


def test_a_file_of_any_size_is_hashed(tmp_path: Path) -> None:
    content = b"0123456789abcdef" * 70_000
    path = file_of(tmp_path, content, "big.csv")
    assert hashed(path).path == str(path)
    assert hashed(path).sha256 == hashlib.sha256(content).hexdigest()
    assert hashed(file_of(tmp_path, b"", "none.csv")).sha256 == hashlib.sha256().hexdigest()


@pytest.mark.parametrize(
    ("line", "names", "delimiter"),
    [
        ("a,b,c", ("a", "b", "c"), ","),
        ('"a" ; b;c,d', ("a", "b", "c,d"), ";"),
        ("a\tb\tc", ("a", "b", "c"), "\t"),
        ("a|b", ("a", "b"), "|"),
        ("  a   b\tc", ("a   b", "c"), "\t"),
        ("  a   b  c", ("a", "b", "c"), " "),
        ("alone", ("alone",), " "),
        ("a;b,c", ("a;b", "c"), ","),
        ("\ufeffa,b\r", ("a", "b"), ","),
    ],
)
def test_how_a_text_file_is_parted(tmp_path: Path, line: str, names: tuple[str, ...], delimiter: str) -> None:
    plain = file_of(tmp_path, line + "\n1,2\n", "x.csv")
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        expected = FileSource(paths=(path,), names=names, header=True, delimiter=delimiter, keep=())
        assert source_of((path,), ColumnMap()) == expected


def test_names_that_are_given_are_those_of_a_file_without_a_header(tmp_path: Path) -> None:
    path = file_of(tmp_path, "1;2\n", "x.csv")
    found = source_of((path,), ColumnMap(names=("a", "b")))
    assert found == FileSource(paths=(path,), names=("a", "b"), header=False, delimiter=";")
    with pytest.raises(StudyError) as caught:
        source_of((path,), ColumnMap(names=("a", "b", "c")))
    assert fault(caught) == Problem(
        what="The file has 2 columns, and 3 are named.",
        remedy="Name every column in order, - for one to skip.",
        file=str(path),
    )
    parquet = tmp_path / "x.PARQUET"
    assert source_of((parquet,), ColumnMap(names=("a",))) == FileSource(paths=(parquet,))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.csv", "größe".encode("latin-1"), "it is not UTF-8 text"),
        ("absent.csv", None, "No such file or directory"),
    ],
)
def test_a_first_line_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudyError) as caught:
        source_of((path,), ColumnMap())
    assert fault(caught) == Problem(
        what=f"The file cannot be read: {reason}.", remedy="Save it as CSV UTF-8.", file=str(path)
    )


def test_text_that_says_it_is_packed_and_is_not(tmp_path: Path) -> None:
    whole = gzip.compress(b"a,b\n" * 50_000)
    broken = whole[:30] + b"\xff" * 30 + whole[60:]
    for at, content in enumerate((b"a,b\n", whole[:20], whole[:5], broken)):
        path = file_of(tmp_path, content, f"{at}.csv.gz")
        with pytest.raises(StudyError) as caught:
            source_of((path,), ColumnMap())
        assert fault(caught).what == "The file cannot be read: it is not a whole gzip file."
