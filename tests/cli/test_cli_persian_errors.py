"""What a Persian reader sees when something is wrong: no English but names, commands and file contents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import omnistudy

from omnistudy.study.demonstration import demonstration_study

ISOLATED = re.compile("[\u2066\u2068][^\u2066-\u2069]*\u2069")
COMMAND = re.compile(r"(omnistudy|python -m pytest|pip)( [a-z]+)*")


def english(text: str) -> list[str]:
    """Return the English words of a text that are no names, options, commands or contents of files."""
    outside = text
    while ISOLATED.search(outside):
        outside = ISOLATED.sub(" ", outside)
    phrases = re.findall(r"[A-Za-z']+(?: [a-z']+){2,}", COMMAND.sub("", text))
    return [*re.findall("[A-Za-z]{2,}", outside), *phrases]


@pytest.fixture(scope="module")
def demonstration() -> dict[str, bytes]:
    """The demonstration study without its records."""
    return {
        name: data for name, data in demonstration_study().items() if not name.endswith((".parquet", ".py"))
    }


@pytest.fixture
def study(demonstration: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "study"
    for name, data in demonstration.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


FILES = {
    "wide.csv": "unit,a,b\n1,x,y\n2,x,x\n3,y,y\n",
    "twice.csv": "unit,coder,value\n1,a,x\n1,a,y\n",
    "spans.csv": "interview,start,end,coder,code\nP1,5,2,a,x\n",
    "open.csv": 'unit,a,b\n1,"x,y\n2,x,x\n',
    "empty.csv": "",
    "matrix.csv": "code,P1,P2\na,1,2\na,0,\n,1,0\n",
    "foreign.csv": "foo,bar\n1,2\n",
    "maturity.csv": "item,answer,evidence\nlevel.declared,megaa,\nfoo,yes,P99:1-2\n,,\n",
    "readiness.csv": "item,score,answer\nstep.know_needs,7,\nstep.journey_map,2,yes\n",
    "gap.csv": "stage,current,target,hurts_brand\nx,-3,y,perhaps\n",
    "columns.toml": "[channels]\nbranch = 'x'\n",
    "broken.toml": "[[links]\n",
    "links.toml": '[[links]]\nid = "L1"\nmetrik = "x"\ndate = "soon"\nwithin = "q"\ntarget = "many"\n',
    "archive.qdpx": "PK\x03\x04 no archive",
}
REFUSED = [
    "agreement study --coefficient kappaa",
    "agreement study --metric nominl",
    "agreement study --metric nominal --weights linear",
    "agreement study --ci bca --resamples 0",
    "agreement study --confidence 95",
    "agreement study --seed -1",
    "agreement study --resamples many",
    "agreement study --unit page",
    "agreement study --compare-rounds A,B",
    "agreement study --retest",
    "agreement study --round second",
    "agreement wide.csv --by interview",
    "agreement wide.csv --metric ratio",
    "agreement wide.csv --weights linear",
    "agreement wide.csv --categories nosuch.txt",
    "agreement twice.csv",
    "agreement spans.csv --length 9",
    "agreement open.csv",
    "agreement empty.csv",
    "agreement nosuch.csv",
    "audit kappa 1 2 3",
    "audit holsti 5 4 9",
    "plan agreement --prevalence 3",
    "plan agreement --kappa 0.5 --above 0.7",
    "plan themes --power 2",
    "codes study --quotes --code nosuch",
    "codes study --quotes --interview P99",
    "codes study --quotes --attribute gender=x",
    "saturation study --run x",
    "saturation matrix.csv",
    "suggest duplicates study --accept nosuch",
    "paradigm study --diagram x.pdf",
    "compare study --reference nosuch",
    "crm metrics study --metric nosuch",
    "crm metrics study --zone Tehran",
    "crm metrics study --map foo=Bar",
    "crm metrics study --from yesterday",
    "crm metrics study --columns columns.toml",
    "crm metrics foreign.csv",
    "crm maturity --sheet maturity.csv",
    "crm readiness --sheet readiness.csv",
    "crm readiness --sheet gap.csv",
    "crm gap gap.csv",
    "crm links study --links broken.toml",
    "crm links study --links links.toml",
    "import nosuch.qdpx --into study",
    "import archive.qdpx --into study",
    "import foreign.csv --into study",
    "import study/study.toml --into study",
    "export study --to xls",
    "explain kapa",
    "report study --template nosuch.docx",
    "new study",
    "chekc study",
    "check study extra",
    "check study --formatt json",
]


@pytest.mark.parametrize("line", REFUSED)
def test_refusals_are_persian(line: str, study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name, text in FILES.items():
        (study.parent / name).write_text(text, encoding="utf-8")
    ran = omnistudy(capfd, *line.split(), "--lang", "fa")
    assert ran.code == 2
    assert re.search("^خطا: ", ran.err, re.MULTILINE)
    assert english(ran.err) == []


BROKEN = {
    "study.toml": [('unit = "turn"', 'unit = "page"'), ("title = ", "titel = ")],
    "study.toml, not TOML": [("[analysis]", "[analysis")],
    "codings.csv": [("P01,481,", "P77,481,"), (",one-bank-feeling,", ",one-bnk,")],
    "crosswalk.csv": [("core-systems,ict,exact", "core-systems,itc,exact")],
    "relations.csv": [("core-systems,one-relationship,causes,+", "core-sys,one-relationship,brings,*")],
    "roles.csv": [("core-systems,causal,c1", "core-systems,nosuch,c1")],
    "memos.csv": [("M02,quotation", "M01,quotation")],
    "answers.toml": [("[coreq]", "[coreqq]")],
}


@pytest.mark.parametrize("name", BROKEN)
def test_faults_of_the_tables_of_a_study_are_persian(
    name: str, study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for old, new in BROKEN[name]:
        edit(study / name.partition(",")[0], old, new)
    command = {"crosswalk.csv": "compare", "answers.toml": "report"}.get(name, "check")
    ran = omnistudy(capfd, command, study, "--lang", "fa")
    assert ran.code == 2
    assert english(ran.err) == []


def test_the_place_is_said_in_words(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    edit(study / "codings.csv", "P01,481,", "P77,481,")
    ran = omnistudy(capfd, "check", "study", "--lang", "fa")
    line = next(line for line in ran.err.splitlines() if "P77" in line)
    assert line.startswith("خطا: \u2068codings.csv\u2069، سطر \u2066۲\u2069، \u2068interview\u2069: مصاحبهٔ")


def test_warnings_are_counted_and_files_named(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for number in range(12):
        (study / "transcripts" / f"extra{number}.pdf").write_text("x", encoding="utf-8")
    ran = omnistudy(capfd, "agreement", "study", "--ratings", "r.csv", "--resamples", 0, "--lang", "fa")
    assert ran.code == 0
    assert "هشدار: " in ran.err
    assert "omnistudy check" in ran.err
    assert "\u2068r.csv\u2069 نوشته شد" in ran.err
    assert english(ran.err) == []


def test_a_missed_threshold_is_said_in_persian(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "agreement", "study", "--resamples", 0, "--fail-under", 0.99, "--lang", "fa")
    assert ran.code == 1
    assert "آلفای کریپندورف" in ran.err
    assert [word for word in english(ran.err) if word not in {"MASI", "AC"}] == []


def test_rows_that_are_set_aside_are_said_in_persian(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = "customer_id,ts,value\n1,2024-01-01,5\n1,2024-01-01,5\n2,soon,7\n,2024-02-02,3\n"
    (study.parent / "sales.csv").write_text(rows, encoding="utf-8")
    ran = omnistudy(capfd, "crm", "metrics", "sales.csv", "--lang", "fa")
    assert ran.code == 0
    assert "کنار گذاشته شد" in ran.err
    assert english(ran.err) == []


def test_an_interrupt_is_said_in_persian(
    study: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("omnistudy.study.load.load_study", stopped)
    ran = omnistudy(capfd, "check", "study", "--lang", "fa")
    assert ran.code == 130
    assert "متوقف شد" in ran.err
    assert english(ran.err) == []


def test_english_is_said_as_before(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "agreement", "study", "--seed", -1)
    assert re.match(r"error: Invalid value for '--seed': .+[^.]\. See: .+ agreement --help\n$", ran.err)
