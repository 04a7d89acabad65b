"""Tables that a program holds already, and where its results come from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from omnistudy.errors import StudyError
from omnistudy.results import InputFile
from omnistudy.study.bare_table import read_bare_table, table_of_columns
from omnistudy.study.load import load_study
from omnistudy.study.provenance import provenance_of


def test_columns_are_what_a_file_of_them_would_be(tmp_path: Path) -> None:
    columns = {"unit": ["u1", "u2", "u3"], "سارا": ["كد", "کد ", ""], "reza": ["007", "NA", "+2"]}
    file = tmp_path / "table.csv"
    pd.DataFrame(columns).to_csv(file, index=False)
    held, read = table_of_columns(columns), read_bare_table(file)
    assert {name: (f.labels, f.codes.tolist(), f.trimmed, f.folded) for name, f in held.columns.items()} == {
        name: (f.labels, f.codes.tolist(), f.trimmed, f.folded) for name, f in read.columns.items()
    }
    assert held.source.sha256 == read.source.sha256


def test_a_data_frame_is_a_table() -> None:
    frame = pd.DataFrame({"unit": [1, 2, 3], "sara": [1, None, 2], "reza": [1.5, 2.0, None]})
    table = table_of_columns({str(name): frame[name].tolist() for name in frame})
    assert table.columns["unit"].labels == ("1", "2", "3")
    assert table.columns["sara"].labels == ("1", "2")
    assert table.columns["sara"].codes.tolist() == [0, -1, 1]
    assert table.columns["reza"].labels == ("1.5", "2")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "no rows"),
        ({"unit": []}, "no rows"),
        ({"unit": ["u1", "u2"], "sara": ["a"]}, "differ in length: unit 2, sara 1"),
    ],
)
def test_what_is_no_table(columns: dict[str, list[str]], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        table_of_columns(columns)


def test_one_synthetic_source_makes_the_result_synthetic(demo: Path) -> None:
    study = load_study(demo)
    table = table_of_columns({"unit": ["u1"]}, "mine")
    file = InputFile("model.toml", "0" * 64)
    found = provenance_of(table, study, file, command="script.py", seed=None)
    assert found.synthetic
    assert found.inputs == (table.source, *study.inputs, file)
    assert (found.command, found.seed) == ("script.py", None)
    assert not provenance_of(table, file).synthetic
    assert provenance_of().inputs == ()


def test_paths_may_be_written_as_text(demo: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("unit,sara\nu1,a\n", encoding="utf-8")
    assert read_bare_table(str(table)).source == read_bare_table(table).source
    assert load_study(str(demo)).inputs == load_study(demo).inputs
