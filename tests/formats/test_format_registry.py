"""What must hold for every format that can be imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnistudy.cli.help_pages import HELP_PAGES
from omnistudy.formats.registry import FORMATS, Format


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_format_is_named_where_people_look_for_it(known: Format, repository: Path) -> None:
    program = known.title.split()[0].casefold()
    readme = (repository / "README.md").read_text(encoding="utf-8").casefold()
    page = HELP_PAGES["import"].about.casefold()
    assert program in readme, f"name {known.title} in README.md, where it says what is read"
    assert program in page, f"name {known.title} on the page of import in cli/help_pages.py"


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_no_format_takes_an_empty_file_or_plain_text_for_its_own(known: Format, tmp_path: Path) -> None:
    for name, data in (("empty", b""), ("text", "سلام 😀\r\nhello".encode())):
        path = tmp_path / f"{name}.bin"
        path.write_bytes(data)
        assert not known.sniff(path), f"{known.name} is recognised by its content alone"
