"""Every sentence of the package has a Persian translation with the same values in it."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import catalogue
import pytest
from catalogue import (
    CATALOGUE,
    Entry,
    brought_up_to_date,
    entries,
    faults,
    head_of,
    literals,
    template_nodes,
    templates,
    values_in,
    written,
)

from omnistudy.render.catalogues import read_catalogue

REMEDY = "run `just persian` (python tests/render/catalogue.py --write) and translate what it lists:\n"


def test_templates_are_literals() -> None:
    # results.py builds a Message out of msg's own argument; nobody else may.
    computed = [
        place
        for place, node in template_nodes()
        if literals(node) is None and not place.startswith("omnistudy/results.py")
    ]
    assert not computed, f"templates must be literal texts, else no catalogue can hold them: {computed}"


def test_values_are_plain_names() -> None:
    wrong = [
        f"{place}: {text}"
        for text, place in templates().items()
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None and (form or conversion or not name.isidentifier())
    ]
    assert not wrong, (
        "renderers format values, templates only name them: write {name}, not {name:.2f} or {a.b}"
    )


def test_every_template_is_translated() -> None:
    known = read_catalogue("fa")
    missing = [f"{place}: {text}" for text, place in sorted(templates().items()) if text not in known]
    assert not missing, f"{len(missing)} templates without Persian; {REMEDY}" + "\n".join(missing)


def test_translations_are_sound() -> None:
    wrong = [
        f"{text}\n  {translation}\n  {fault}"
        for text, translation in read_catalogue("fa").items()
        for fault in faults(text, translation)
    ]
    assert not wrong, f"mend {CATALOGUE.name}:\n" + "\n".join(wrong)


def test_catalogue_holds_nothing_stale() -> None:
    stale = sorted(set(read_catalogue("fa")) - set(templates()))
    assert not stale, f"translations of templates that no longer exist; {REMEDY}" + "\n".join(stale)


def test_the_catalogue_is_as_the_tool_writes_it() -> None:
    source = CATALOGUE.read_text(encoding="utf-8")
    assert written(head_of(source), dict(sorted(entries(source).items()))) == source, REMEDY


@pytest.mark.parametrize("text", ["{a} of {b}", "no value", "{a}–{b}"])
def test_values_in_finds_names(text: str) -> None:
    assert values_in(text) == {letter for letter in "ab" if f"{{{letter}}}" in text}


def test_the_tool_adds_drops_and_drafts() -> None:
    known = {
        "Kept": Entry("مانده", comments=("a word of the field",)),
        "Gone": Entry("رفته"),
        "Nobody coded the interview {id}.": Entry("کسی مصاحبهٔ {id} را کدگذاری نکرد."),
    }
    live = {"Nobody has coded the interview {id}.": "a.py:1", "New": "a.py:2", "Kept": "b.py:1"}
    new = brought_up_to_date(known, live)
    assert list(new) == ["Kept", "New", "Nobody has coded the interview {id}."]
    assert new["New"] == Entry("")
    draft = new["Nobody has coded the interview {id}."]
    assert (draft.fuzzy, draft.text) == (True, "کسی مصاحبهٔ {id} را کدگذاری نکرد.")
    text = written('msgid ""\nmsgstr ""\n', new)
    assert entries(text) == new
    assert brought_up_to_date(entries(text), live) == new
    assert (
        brought_up_to_date({"Kept": Entry("از ⟦a.csv⟧")}, {"Kept": ""})["Kept"].text == "از \u2066a.csv\u2069"
    )


def test_what_is_written_is_what_renderers_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fa.po"
    path.write_text(CATALOGUE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(catalogue, "CATALOGUE", path)
    catalogue.main(["--write"])
    live, found = templates(), entries(path.read_text(encoding="utf-8"))
    assert list(found) == sorted(live)
    assert {text: entry.text for text, entry in found.items() if entry.usable} == {
        text: translation for text, translation in read_catalogue("fa").items() if text in live
    }


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("مصاحبهٔ {name}", None),
        ("مصاحبه", "values"),
        ("كد {name}", "Arabic"),
        ("می \u200cشود {name}", "non-joiner"),
        ("کد, {name}", "، ؛ ؟"),
        ("کد ⟦{name}⟧", "pairs"),
        ("کد \u2066a, b: {name}\u2069", None),
    ],
)
def test_faults_of_translations(translation: str, fault: str | None) -> None:
    found = faults("code {name}", translation)
    assert (not found) if fault is None else any(fault in line for line in found)
