"""agreement on a whole study: side tables, files for other programs, the sheet of disagreements."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import omnistudy

Row = dict[str, Any]
QUICK = ("--resamples", "0", "--format", "json")
QUESTION = "مصاحبه‌کننده: لطفاً کمی بیشتر توضیح بدهید؛ منظورتان دقیقاً چیست؟\n\n"


@pytest.fixture
def copy(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demonstration study that may be changed, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for folder in ("interviews", "codebooks"):
        shutil.copytree(repository / folder, tmp_path / folder)
    return tmp_path / "interviews" / "maskan-demo"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rewrite(path: Path, rows: Iterable[dict[str, str]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def agreement(capfd: pytest.CaptureFixture[str], study: Path, *options: object) -> Row:
    ran = omnistudy(capfd, "agreement", study, *options, *QUICK)
    assert ran.code == 0, ran.err
    found: Row = ran.json
    return found


def test_units_stand_side_by_side(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = agreement(capfd, demo, "--units", "character,sentence,turn", "--by", "overall")
    alpha = {
        row["unit"]: row["value"]
        for row in found["units"]
        if (row["coefficient"], row["aggregate"]) == ("krippendorff_alpha", "direct")
    }
    assert list(alpha) == ["character", "sentence", "turn"]
    assert len(set(alpha.values())) == 3
    assert alpha["turn"] == found["rows"][0]["value"]
    for unit, value in alpha.items():
        assert agreement(capfd, demo, "--unit", unit, "--by", "overall")["rows"][0]["value"] == value


def test_agreement_per_category_and_without_each_coder(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = agreement(capfd, demo, "--by", "category,without_coder")["rows"]
    assert {row["scope"] for row in rows} == {"category", "without_coder"}
    categories = list(dict.fromkeys(row["code"] for row in rows if row["scope"] == "category"))
    assert "causal-conditions" in categories
    left = {tuple(row["coders"]) for row in rows if row["scope"] == "without_coder"}
    assert left == {("c1", "c2"), ("c1", "c3"), ("c2", "c3")}


def test_the_ratings_are_what_other_packages_need(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from sklearn.metrics import cohen_kappa_score

    monkeypatch.chdir(tmp_path)
    found = agreement(capfd, demo, "--ratings", "ratings.csv", "--by", "pair,code")
    table = read(tmp_path / "ratings.csv")
    assert list(table[0]) == ["unit", "interview", "start", "end", "code", "c1", "c2", "c3"]
    codes = list(dict.fromkeys(row["code"] for row in table))
    kappas = []
    for code in codes:
        of_code = [row for row in table if row["code"] == code]
        one, other = ([int(row[coder]) for row in of_code] for coder in ("c1", "c2"))
        if len({*one, *other}) > 1:
            kappas.append(cohen_kappa_score(one, other))
    (mean,) = [
        row
        for row in found["rows"]
        if row["scope"] == "pair" and row["coders"] == ["c1", "c2"] and row["coefficient"] == "cohen_kappa"
    ]
    assert mean["n_codes"] == len(kappas)
    assert mean["value"] == pytest.approx(sum(kappas) / len(kappas), abs=1e-12)


def test_ratings_of_a_table_come_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("unit,interview,a,b\nu1,P1,x,=1+1\nu2,P1,,x\nu3,P2,=1+1,x\n")
    assert omnistudy(capfd, "agreement", "t.csv", "--ratings", "out.csv", *QUICK).code == 0
    lines = Path("out.csv").read_text().splitlines()
    assert lines == ["unit,interview,a,b", "u1,P1,x,'=1+1", "u2,P1,,x", "u3,P2,'=1+1,x"]


def test_two_groups_of_coders_differ_by_a_paired_bootstrap(
    demo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--by", "pair", "--compare-coders", "c1,c2:c2,c3", "--resamples", "300", "--format", "json")
    found = omnistudy(capfd, "agreement", demo, *options).json
    (row,) = found["differences"]
    alpha = {
        tuple(r["coders"]): r["value"]
        for r in found["rows"]
        if r["coefficient"] == "krippendorff_alpha" and r["aggregate"] == "direct"
    }
    assert row["value_first"] == alpha["c1", "c2"]
    assert row["value_second"] == alpha["c2", "c3"]
    assert row["difference"] == row["value_second"] - row["value_first"]
    assert row["ci_low"] < row["difference"] < row["ci_high"]
    assert (row["cluster"], row["n_clusters"], row["resamples"]) == ("interview", 5, 300)
    again = omnistudy(capfd, "agreement", demo, *options).json
    assert again["differences"] == found["differences"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--compare-rounds", "independent"), "two rounds"),
        (("--compare-rounds", "independent,independnt"), "Did you mean 'independent'"),
        (("--compare-rounds", "independent,independent"), "with itself"),
        (("--compare-coders", "c1,c2"), "two groups"),
        (("--compare-coders", "c1:c2,c3"), "fewer than two coders"),
        (("--compare-coders", "c1,c2:c2,c9"), "'c9'"),
        (("--units", "turn,word"), "'word'"),
    ],
)
def test_a_wrong_comparison_is_one_clear_error(
    options: tuple[str, ...], words: str, demo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "agreement", demo, *options)
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def second_round(study: Path, change: Callable[[int], bool]) -> None:
    """Let c1 code the double-coded interviews again, leaving out the codings that ``change`` picks."""
    rows = read(study / "codings.csv")
    seen = read(study / "seen.csv")
    own = [row for row in rows if row["coder"] == "c1"]
    again = [{**row, "round": "retest"} for at, row in enumerate(own) if not change(at)]
    rewrite(study / "codings.csv", rows + again)
    rewrite(study / "seen.csv", seen + [{**row, "round": "retest"} for row in seen if row["coder"] == "c1"])


def test_a_coder_against_their_own_earlier_round(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "agreement", copy, "--retest")
    assert ran.code == 2
    assert "only the round 'independent'" in ran.err
    second_round(copy, lambda at: at % 10 == 0)
    (found,) = agreement(capfd, copy, "--retest", "--by", "overall")["retest"]
    assert (found["coder"], found["first"], found["second"]) == ("c1", "independent", "retest")
    values = {(row["coefficient"], row["aggregate"]): row["value"] for row in found["rows"]}
    assert 0.6 < values["krippendorff_alpha", "direct"] < 1
    assert 0.6 < values["holsti", "mean_of_codes"] < 1
    assert all(row["coders"] == ["independent", "retest"] for row in found["rows"])


def test_two_rounds_differ_by_a_paired_bootstrap(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows, seen = read(copy / "codings.csv"), read(copy / "seen.csv")
    humans = [row for row in rows if row["coder"] != "consensus"]
    first = {**dict.fromkeys(("c2", "c3"), "c1")}
    trained = [
        {**row, "round": "trained", "coder": c}
        for row in humans
        if row["coder"] == "c1"
        for c in ("c1", *first)
    ]
    saw = [{**row, "round": "trained"} for row in seen if row["coder"] != "consensus"]
    rewrite(copy / "codings.csv", rows + trained)
    rewrite(copy / "seen.csv", seen + saw)
    options = ("--compare-rounds", "independent,trained", "--resamples", "200", "--by", "overall")
    ran = omnistudy(capfd, "agreement", copy, *options, "--format", "json")
    (row,) = ran.json["differences"]
    assert row["value_second"] == 1
    assert row["value_first"] == pytest.approx(0.751, abs=0.001)
    assert row["ci_low"] > 0
    assert row["share_above"] == 1


def inserted(text: str, times: int) -> tuple[str, Callable[[int, bool], int]]:
    """Put questions before paragraphs, one after the other round the text; return the shift of offsets."""
    starts = [found.end() for found in re.finditer(r"\n\n", text) if found.end() < len(text)]
    chosen = sorted(starts[i % len(starts)] for i in range(times))
    out, last = "", 0
    for start in chosen:
        out, last = out + text[last:start] + QUESTION, start

    def shift(offset: int, is_end: bool) -> int:
        return offset + len(QUESTION) * sum(s < offset or (s == offset and not is_end) for s in chosen)

    return out + text[last:], shift


def add_questions(study: Path, times: int = 30) -> None:
    shifts = {}
    for path in (study / "transcripts").glob("*.txt"):
        text, shifts[path.stem] = inserted(path.read_text(encoding="utf-8"), times)
        path.write_text(text, encoding="utf-8")
    rows = read(study / "codings.csv")
    for row in rows:
        shift = shifts[row["interview"]]
        row["start"], row["end"] = str(shift(int(row["start"]), False)), str(shift(int(row["end"]), True))
    rewrite(study / "codings.csv", rows)

    def moved(found: re.Match[str]) -> str:
        shift = shifts[found[1]]
        return f"{found[1]}:{shift(int(found[2]), False)}-{shift(int(found[3]), True)}"

    for name in ("memos.csv", "propositions.csv", "relations.csv"):
        path = study / name
        path.write_text(re.sub(r"(P\d\d):(\d+)-(\d+)", moved, path.read_text("utf-8")), encoding="utf-8")


def test_thirty_questions_in_every_interview_change_no_number(
    copy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--units", "character,token,sentence,turn", "--disagreements", "--by")
    scopes = "overall,code,category,pair,interview,without_coder"
    spans = ("--coefficient", "u_alpha", "--coefficient", "holsti")
    before = agreement(capfd, copy, *options, scopes), agreement(capfd, copy, *spans)
    add_questions(copy)
    assert omnistudy(capfd, "check", copy).code == 0
    after = agreement(capfd, copy, *options, scopes), agreement(capfd, copy, *spans)
    for one, other in zip(before, after, strict=True):
        assert one["rows"] == other["rows"]
        assert one["units"] == other["units"]
        assert [(d["quote"], d["codes"], d["weight"]) for d in one["disagreements"]] == [
            (d["quote"], d["codes"], d["weight"]) for d in other["disagreements"]
        ]
    # and NVivo, for which the questions are agreement, prints more
    percent = [found[0]["other_programs"][0] for found in (before, after)]
    assert percent[0]["program"] == "NVivo"
    assert percent[1]["mean"] > percent[0]["mean"]


def of_interviews(found: Row, name: str) -> dict[str, Any]:
    return {
        row["interview"]: (row["value"], row["n_coders"])
        for row in found["rows"]
        if row["scope"] == "interview" and row["coefficient"] == name and row["aggregate"] == "direct"
    }


def test_seeing_an_interview_and_coding_nothing_is_an_opinion(
    copy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    full = agreement(capfd, copy)
    rows = read(copy / "codings.csv")
    rewrite(copy / "codings.csv", [r for r in rows if (r["interview"], r["coder"]) != ("P02", "c3")])
    silent = agreement(capfd, copy)
    seen = read(copy / "seen.csv")
    rewrite(copy / "seen.csv", [r for r in seen if (r["interview"], r["coder"]) != ("P02", "c3")])
    absent = agreement(capfd, copy)
    alphas = [of_interviews(found, "krippendorff_alpha") for found in (full, silent, absent)]
    assert all(found["P05"] == alphas[0]["P05"] for found in alphas)  # no other interview changes
    (full_value, three), (silent_value, still_three), (absent_value, two) = (found["P02"] for found in alphas)
    assert (three, still_three, two) == (3, 3, 2)
    assert silent_value < full_value - 0.1  # everything that c3 left out is disagreement
    assert absent_value > silent_value + 0.1  # who did not look has no opinion
    shares = [found["rows"][0]["missing_share"] for found in (full, silent, absent)]
    assert shares[:2] == [0, 0]
    assert shares[2] == pytest.approx(15 / (3 * 75))


def test_the_methods_sentence_says_everything(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = agreement(capfd, demo)
    sentence = found["methods_sentence"]
    for part in ("3 coders", "5 of 14 interviews", "35.7 %", "turn", "subcategory", "Krippendorff's alpha", "MASI",
                 "0.751", "95.0 % interval 0.703 to 0.798", "jackknife", "by interview", "missing"):  # fmt: skip
        assert part in sentence
    shown = omnistudy(capfd, "agreement", demo, "--resamples", "0").out
    assert shown.count("Krippendorff's alpha is 0.751") == 1  # the summary is not repeated


def test_what_other_programs_would_print(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = agreement(capfd, demo)["other_programs"]
    assert list(dict.fromkeys(row["program"] for row in rows)) == [
        "NVivo",
        "MAXQDA",
        "ATLAS.ti",
        "QualCoder",
        "SPSS",
    ]
    for row in rows:
        assert row["lowest"] <= row["mean"] <= row["highest"]
        assert row["why"]


def fill(path: Path, decide: Callable[[int, dict[str, str]], tuple[str, str]]) -> int:
    """Write decisions and comments into a sheet; return the number of rows."""
    book = openpyxl.load_workbook(path)
    sheet = book["adjudication"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "interview")
    place = {str(cell.value): at for at, cell in enumerate(header)}
    count = 0
    for row in sheet.iter_rows(min_row=int(str(header[0].row)) + 1):
        cells = {name: str(row[at].value or "") for name, at in place.items()}
        decision, comment = decide(count, cells)
        row[place["decision"]].value, row[place["comment"]].value = decision or None, comment or None
        count += 1
    book.save(path)
    return count


def test_the_sheet_of_disagreements_comes_back_as_consensus(
    copy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = read(copy / "codings.csv")
    rewrite(copy / "codings.csv", [row for row in rows if row["coder"] != "consensus"])
    rewrite(copy / "seen.csv", [row for row in read(copy / "seen.csv") if row["coder"] != "consensus"])
    settings = (copy / "study.toml").read_text("utf-8")
    (copy / "study.toml").write_text(settings.replace('codings = "consensus"', 'codings = "any"'), "utf-8")

    before = agreement(capfd, copy, "--sheet", "s.xlsx")
    listed = before["disagreements"]
    assert "SYNTHETIC" in str(openpyxl.load_workbook("s.xlsx")["adjudication"]["A1"].value)

    def decide(at: int, cells: dict[str, str]) -> tuple[str, str]:
        if at == 0:
            return "-", "nobody said that"
        if at == 1:
            return "", ""  # left undecided
        first = cells["codes of c1"].replace(" ; ", ";") or "-"
        if at == 2:
            return "پشتوانهٔ فنی داخل بانک؛ account-protection", "by its label"
        return first, "as c1"

    count = fill(Path("s.xlsx"), decide)
    assert count == len(listed)
    ran = omnistudy(capfd, "import", "s.xlsx", "--into", copy, "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.json["left_out"][0]["count"] == 1
    assert omnistudy(capfd, "check", copy).code == 0

    decided = [row for row in read(copy / "codings.csv") if row["coder"] == "consensus"]
    assert {row["round"] for row in decided} == {"consensus"}
    third = listed[2]
    codes = {
        r["code"]
        for r in decided
        if (r["interview"], r["start"]) == (third["interview"], str(third["start"]))
    }
    assert codes == {"core-systems", "account-protection"}
    trail = [row for row in read(copy / "memos.csv") if row["title"] == "adjudication"]
    assert len(trail) == count - 1  # a line for every decision, that for no code included
    refused = next(row for row in trail if "nobody said that" in row["text"])
    assert "c1:" in refused["text"]
    assert "→ -" in refused["text"]

    again = omnistudy(capfd, "import", "s.xlsx", "--into", copy, "--format", "json")
    assert again.json["added"]["codings"] == 0
    assert agreement(capfd, copy)["rows"] == before["rows"]  # consensus never enters agreement


def test_the_same_disagreements_give_the_same_sheet(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.xlsx", "b.xlsx"):
        assert omnistudy(capfd, "agreement", demo, "--sheet", name, *QUICK).code == 0
    assert Path("a.xlsx").read_bytes() == Path("b.xlsx").read_bytes()


def test_wrong_decisions_are_reported_with_their_rows(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    omnistudy(capfd, "agreement", copy, "--sheet", "s.xlsx", *QUICK)
    fill(
        Path("s.xlsx"),
        lambda at, _: (("core-sistems", "account-protection")[at % 2], "") if at < 2 else ("", ""),
    )
    ran = omnistudy(capfd, "import", "s.xlsx", "--into", copy, "--format", "json")
    assert ran.code == 2
    (problem,) = ran.json["problems"]
    assert (problem["row"], problem["column"]) == (4, "decision")
    assert "core-systems" in problem["what"]
    fill(Path("s.xlsx"), lambda at, _: ("account-protection", "") if at < 2 else ("", ""))
    for path in (copy / "transcripts").glob("*.txt"):
        path.write_text("x" + path.read_text("utf-8"), encoding="utf-8")
    ran = omnistudy(capfd, "import", "s.xlsx", "--into", copy, "--format", "json")
    assert ran.code == 2
    assert [problem["column"] for problem in ran.json["problems"]] == ["passage", "passage"]


def test_tables_have_no_passages_and_no_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("unit,a,b\nu1,x,y\nu2,x,x\n")
    for options in (("--sheet", "s.xlsx"), ("--units", "turn"), ("--retest",), ("--compare-rounds", "a,b")):
        ran = omnistudy(capfd, "agreement", "t.csv", *options)
        assert ran.code == 2
        assert "study" in ran.err
        assert not Path("s.xlsx").exists()


def test_rounds_of_a_long_table_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = ["unit,coder,value,round"]
    for u in range(30):
        for name, spoil in (("r1", 3), ("r2", 10)):
            value = "xy"[u % 2]
            lines += [f"u{u},a,{value},{name}", f"u{u},b,{'xy'[(u + (u % spoil == 0)) % 2]},{name}"]
    Path("t.csv").write_text("\n".join(lines) + "\n")
    options = ("--compare-rounds", "r1,r2", "--coefficient", "cohen_kappa", "--resamples", "400")
    (row,) = omnistudy(capfd, "agreement", "t.csv", *options, "--format", "json").json["differences"]
    assert (row["value_first"], row["value_second"]) == (pytest.approx(1 / 3), pytest.approx(0.8))
    assert 0 < row["ci_low"] < row["difference"] < row["ci_high"]
    assert json.dumps(row, allow_nan=False)
