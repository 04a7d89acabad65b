"""Every command's JSON follows the schema that is shipped for it, and no number is null without a reason."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Ran, omnistudy
from json_schemas import FOLDER, bare_numbers, faults, names, objects, schema
from jsonschema import Draft202012Validator

import omnistudy as package
from omnistudy.cli.schemas import schema_index
from omnistudy.results import Result

NO_RESULTS = {"error", "manifest", "protocol", "link-register"}
"""Objects that are no command's result: errors, and files that commands leave."""

NOT_APPLICABLE = {
    "$provenance.seed",  # nothing was drawn
    "$problem.row",  # not about a row
    "$agreement_row.observed",  # measures that rest on no observed agreement
    "$agreement_row.expected",  # and on no agreement by chance
    "$agreement_row.k",  # sets of codes
    "$agreement_row.n_codes",  # no mean of codes
    "$agreement_row.missing_share",  # no cells
    "$agreement_row.prevalence",  # not about one code
    "$agreement_row.prevalence_index",
    "$agreement_row.bias_index",
    "$agreement_row.coverage",  # no measure of spans
    "$indicator.n",  # no value made of counts
    "$indicator.denominator",
    "$criterion.n",
    "$criterion.denominator",
    "audit-kappa.spss.Approximate T",  # the keys are those of SPSS
    "audit-kappa.spss.Approximate Significance",
    "codes.co_occurrence[].units",  # units were not looked at
    "codes.co_occurrence[].p",  # not asked for
    "codes.co_occurrence[].p_adjusted",
    "crm-clv.parameter_intervals[][]",  # ci_reason of the whole
    "crm-clv.spend.parameter_intervals[][]",
    "crm-links.rows[].months[].value",  # a month without records
    "crm-links.rows[].months[].control",
    "crm-links.rows[].target",  # none was declared
    "crm-metrics.rows[].n",  # no value made of counts
    "crm-metrics.rows[].denominator",
    "crm-metrics.rows[].k",  # no cohort
    "paradigm.stability.seed",  # nothing was drawn
    "saturation.meaning.codes[].position",  # nothing was brought
}
"""Numbers that are null because they do not apply, which their description says; all others are undefined."""

OPEN = {
    "$protocol_lines.coding",
    "$protocol_lines.crosswalk",
    "$protocol_lines.draws",
    "$protocol_lines.exclusions",
    "$protocol_lines.gates",
    "$protocol_lines.stability",
    "$protocol_lines.thresholds",
    "$order_of_interviews",
    "$protocol_lines",
    "manifest.options",
    "paradigm.core[]",
}
"""Objects that may hold more than the schema names."""

TEXT = "Interviewer: What is missing?\nR: The waiting is too long, and nobody answers.\nR: The app is good.\n"
BOOK = "id,label,parent,role\nwait,Waiting,,causal\napp,App,,strategy\nrare,Rare,,\n"
HEADER = "interview,start,end,coder,code,round\n"
CODINGS = {
    "one": "A,33,56,x,wait,\nA,70,80,x,app,\nB,33,56,x,wait,\n",
    "two": "A,33,56,x,wait,\nA,70,80,y,app,\nB,33,56,x,wait,\n",
    "none": "",
    "rounds": "".join(f"{i},33,56,{c},wait,{r}\n" for i in "AB" for c in "xy" for r in ("first", "second")),
}
TABLES = {
    "wide.csv": "unit,a,b,c\n1,x,x,y\n2,x,y,\n3,y,y,y\n4,x,x,x\n",
    "constant.csv": "unit,a,b\n1,x,x\n2,x,x\n",
    "sets.csv": "unit,a,b\n1,x|y,x\n2,x,y|z\n3,,y\n",
    "spans.csv": "interview,start,end,coder,code,length\nA,0,10,x,k,100\nA,5,12,y,k,100\nA,50,60,x,m,100\n",
    "saturation.csv": "interview,code\n1,a\n1,b\n2,a\n2,c\n3,a\n",
    "single.csv": "interview,code\n1,a\n",
    "experts.csv": "item,expert,rating\ni1,e1,essential\ni2,e1,useful\n",
    "replace.csv": "find,replace,kind\nwaiting,[x],topic\nzzzz,[y],name\n",
    "campaign.csv": "campaign,noticed,engaged,acted,users,invitations,accepted\nX,100,40,10,50,20,5\nY,,40,10,50,0,\n",
    "sales.csv": "customer_id,ts,value\n"
    + "".join(f"c{i % 7},2024-{1 + (i * 5) % 12:02d}-{1 + i % 28:02d},{10 + i}\n" for i in range(60)),
    "events.csv": "customer_id,ts,channel,event\n"
    + "".join(
        f"c{i % 9},2024-{1 + (i * 5) % 12:02d}-{1 + i % 28:02d},{'abc'[i % 3]},{'visit' if i % 4 else 'buy'}\n"
        for i in range(80)
    ),
    "event.csv": "customer_id,ts,channel,event\na,2024-01-01,web,visit\n",
}

QUICK = (
    "check DEMO",
    "check none",
    "show DEMO",
    "show none",
    "codes one",
    "codes none",
    "agreement DEMO --ci none --coefficient cohen_kappa",
    "agreement one",
    "agreement none",
    "agreement two --resamples 20 --disagreements",
    "agreement rounds --ci none --retest --compare-rounds first,second",
    "agreement two --resamples 20 --ci percentile",
    "agreement wide.csv --resamples 20",
    "agreement constant.csv --resamples 20",
    "agreement sets.csv --metric masi --resamples 20",
    "agreement spans.csv --resamples 20",
    "agreement wide.csv --ci none --coefficient fleiss_kappa",
    "agreement wide.csv --ci kalpha --resamples 20",
    "audit kappa 10 2 3 -",
    "audit kappa 10 2 3 20 --printed 0.6",
    "audit kappa 0 0 0 5",
    "audit holsti 10 12 8",
    "audit cvr experts.csv",
    "audit trustworthiness one",
    "plan agreement",
    "plan themes",
    "saturation one",
    "saturation none",
    "saturation saturation.csv",
    "saturation single.csv",
    "paradigm one",
    "paradigm none",
    "suggest duplicates one",
    "suggest categories one",
    "suggest codes one",
    "suggest codes none",
    "compare one --reference maskan-bank",
    "compare none --reference maskan-bank",
    "crm metrics event.csv",
    "crm clv sales.csv --ci none",
    "crm journeys event.csv",
    "crm links one",
    "crm funnel campaign.csv",
    "crm funnel DEMO",
    "crm gap DEMO",
    "crm maturity event.csv",
    "explain",
    "explain alpha",
    "export one --to reference",
)
SLOW = (
    "codes DEMO --quotes",
    "agreement DEMO --resamples 50 --disagreements --units sentence,paragraph "
    "--by overall,code,pair,interview,category,without_coder",
    "audit trustworthiness DEMO",
    "saturation DEMO",
    "paradigm DEMO --resamples 20",
    "suggest duplicates DEMO",
    "suggest categories DEMO",
    "suggest codes DEMO",
    "compare DEMO --resamples 50",
    "crm metrics DEMO",
    "crm metrics sales.csv",
    "crm metrics events.csv",
    "crm clv DEMO --ci none",
    "crm journeys DEMO",
    "crm journeys events.csv --goal buy",
    "crm links DEMO",
    "crm maturity DEMO",
    "crm readiness DEMO",
    "crm readiness events.csv",
    "crm ecrm DEMO",
    "crm ecrm events.csv",
    "export DEMO --to reference",
)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small studies and tables: one coder, two coders, no codings, and hardly any records."""
    folder = tmp_path_factory.mktemp("inputs")
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in CODINGS:
        study(folder, name)
    return folder


def study(folder: Path, name: str) -> Path:
    own = folder / name
    (own / "t").mkdir(parents=True)
    chosen = '[analysis]\ncodings = "any"\n' if name in {"two", "rounds"} else ""
    (own / "study.toml").write_text(
        f'[study]\nid = "{name}"\nlanguage = "en"\n[interviews]\ntranscripts = "t"\n'
        f'[codings]\nfiles = ["codings.csv"]\n[codebook]\nfile = "book.csv"\n{chosen}',
        encoding="utf-8",
    )
    for interview in ("A", "B"):
        (own / "t" / f"{interview}.txt").write_text(f"{TEXT}R: I am {interview}.\n", encoding="utf-8")
    (own / "codings.csv").write_text(HEADER + CODINGS[name], encoding="utf-8")
    (own / "book.csv").write_text(BOOK, encoding="utf-8")
    return own


def asked(capfd: pytest.CaptureFixture[str], line: str, demo: Path) -> Ran:
    """Run one line in the current folder; DEMO is the demonstration study."""
    arguments = [demo if word == "DEMO" else word for word in line.split()]
    return omnistudy(capfd, *arguments, "--format", "json", "--quiet")


def assert_follows(ran: Ran, line: str) -> dict[str, Any]:
    assert ran.code == 0, ran.out
    answer: dict[str, Any] = ran.json
    words = [word for word in line.split() if word.isalpha()]
    expected = {words[0], "-".join(words[:2])}
    assert answer["schema"].removeprefix("omnistudy.").removesuffix("/1") in expected
    assert faults(answer) == []
    return answer


@pytest.mark.parametrize("line", QUICK)
def test_the_answer_follows_its_schema(
    capfd: pytest.CaptureFixture[str], inputs: Path, demo: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(inputs)
    assert_follows(asked(capfd, line, demo), line)


@pytest.fixture(scope="module")
def own_demo(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration study, because suggestions are noted in it."""
    top = tmp_path_factory.mktemp("own")
    shutil.copytree(demo.parent.parent / "codebooks", top / "codebooks")
    return shutil.copytree(demo, top / "interviews" / demo.name)


@pytest.mark.slow
@pytest.mark.parametrize("line", SLOW)
def test_the_answer_on_the_demo_follows_its_schema(
    capfd: pytest.CaptureFixture[str],
    inputs: Path,
    own_demo: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
) -> None:
    monkeypatch.chdir(inputs)
    assert_follows(asked(capfd, line, own_demo), line)


def test_commands_that_write_follow_their_schemas(
    capfd: pytest.CaptureFixture[str], inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study(tmp_path, "one")
    study(tmp_path, "none")
    (tmp_path / "replace.csv").write_text(TABLES["replace.csv"], encoding="utf-8")
    with (tmp_path / "none" / "study.toml").open("a", encoding="utf-8") as file:
        file.write('[analysis]\ncodings = "any"\n[reference]\nmodel = "maskan-bank"\n')
    for line in (
        "new fresh",
        "new around --reference maskan-bank",
        "compare around",
        "export one --to csv --output one.zip",
        "export one --to qdpx --output one.qdpx",
        "import one.qdpx --into fresh",
        "merge none one.qdpx --coder one.qdpx=z",
        "anonymize one --table replace.csv --into hidden",
        "freeze none",
        "compare none",
        "report one --to md",
        "run none --to md",
        "verify none",
    ):
        assert_follows(asked(capfd, line, tmp_path), line)
    manifest = json.loads((tmp_path / "reports" / "one" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["schema"] == "omnistudy.manifest/1"
    assert faults(manifest) == []
    known = {name.removeprefix("omnistudy.").removesuffix("/1") for name in schema_index()}
    assert {entry["command"] for entry in manifest["results"]} <= known


@pytest.mark.parametrize("mode", ["blind", "informed"])
def test_the_frozen_protocol_follows_its_schema(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert omnistudy(capfd, "new", "around", "--reference", "maskan-bank", "--quiet").code == 0
    settings = Path("around/study.toml")
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('mode = "informed"', f'mode = "{mode}"'),
        encoding="utf-8",
    )
    assert omnistudy(capfd, "freeze", "around", "--quiet").code == 0
    protocol = json.loads(Path("around/protocol.json").read_text(encoding="utf-8"))
    assert protocol["schema"] == "omnistudy.protocol/1"
    assert protocol["protocol"]["mode"] == mode
    assert faults(protocol) == []
    for key, value in (("sha256", "no hash"), ("frozen", None), ("more", 1), ("codings", -1)):
        assert faults({**protocol, key: value}), key
    for part, inner in protocol["protocol"].items():
        if isinstance(inner, dict) and part != "codebook":
            bad = copy.deepcopy(protocol)
            bad["protocol"][part]["more"] = 1
            assert faults(bad), part


def test_the_register_of_links_follows_its_schema(
    capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert omnistudy(capfd, "crm", "links", demo, "--register", "register.json", "--quiet").code == 0
    for path in (Path("register.json"), demo / "crm" / "links-registered.json"):
        register = json.loads(path.read_text(encoding="utf-8"))
        assert register["schema"] == "omnistudy.link-register/1"
        assert faults(register) == []
        assert faults({**register, "links": [{"id": "a", "sha256": "short"}]})
        assert faults({**register, "links": [{"id": "a"}]})


def test_every_section_of_a_report_follows_its_schema(
    inputs: Path, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sections that no command prints alone are seen here, on a study that has little to say."""
    from omnistudy.render.json import json_object
    from omnistudy.results import Provenance
    from omnistudy.study.load import load_study
    from omnistudy.workflow import WorkflowOptions, run_steps

    monkeypatch.chdir(inputs)
    shared = Provenance(version="1", command="omnistudy run", seed=1, inputs=(), synthetic=False)
    seen = set()
    for name in ("one", "none"):
        loaded = load_study(inputs / name)
        for result in run_steps(loaded, WorkflowOptions(seed=1), shared, lambda _: None):
            answer = json.loads(json.dumps(json_object(result)))
            seen.add(result.command)
            assert faults(answer) == [], result.command
    assert {"questions", "cross-check", "trace", "reporting", "show"} <= seen


@pytest.mark.parametrize(
    "arguments", [("check", "nowhere"), ("codes", "--level", "word"), ("explain", "zzz")]
)
def test_errors_follow_their_schema(
    capfd: pytest.CaptureFixture[str],
    inputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(inputs)
    ran = omnistudy(capfd, *arguments, "--format", "json")
    assert ran.code == 2
    assert ran.json["schema"] == "omnistudy.error/1"
    assert faults(ran.json) == []


def test_a_bug_follows_the_schema_of_errors(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("omnistudy.agreement.audit.audit_kappa", broken)
    ran = omnistudy(capfd, "audit", "kappa", "1", "2", "3", "4", "--format", "json")
    assert ran.code == 3
    assert faults(ran.json) == []


def results(kind: type[Result] = Result) -> Iterator[type[Result]]:
    for each in kind.__subclasses__():
        # A class without a command of its own stands for other results, as the Word report's does.
        if each.__module__.startswith("omnistudy.") and hasattr(each, "command"):
            yield each
        yield from results(each)


def test_every_result_has_a_schema_and_every_schema_a_result() -> None:
    for module in pkgutil.walk_packages(package.__path__, "omnistudy."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    commands = {kind.command for kind in results()}
    bare = sorted(commands - set(names()))
    assert not bare, f"write omnistudy/schemas/{bare[0]}-1.json, and its row in index.json"
    assert set(names()) - NO_RESULTS <= commands


def test_the_index_names_every_schema() -> None:
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    assert list(index) == sorted(index)
    assert {name: entry["file"] for name, entry in index.items()} == {
        f"omnistudy.{name}/1": f"{name}-1.json" for name in names()
    }
    assert {path.name for path in FOLDER.iterdir()} == {"index.json", *(f"{name}-1.json" for name in names())}
    for name in names():
        found = schema(name)
        assert found["title"] == found["properties"]["schema"]["const"] == f"omnistudy.{name}/1"
        assert found["$id"] == f"urn:omnistudy:{name}:1"
        assert found["description"] == index[f"omnistudy.{name}/1"]["description"]


@pytest.mark.parametrize("name", names())
def test_a_schema_is_valid_self_contained_and_described(name: str) -> None:
    found = schema(name)
    Draft202012Validator.check_schema(found)
    text = json.dumps(found)
    assert text.count('"$ref": "#/$defs/') == text.count('"$ref"')
    used = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert used == set(found.get("$defs", {}))
    for place, part in objects(found, name):
        for key, inner in part["properties"].items():
            if "$ref" not in inner:
                said = inner.get("description", "")
                assert said[:1].isupper() or said[:1].isdigit() or said[:1] == "'", f"{place}.{key}"
                assert said.endswith("."), f"{place}.{key}"
        assert set(part.get("required", ())) <= set(part["properties"]), place
        assert (part.get("additionalProperties") is not False) == (place in OPEN), place
    assert found["additionalProperties"] is False


def test_no_number_may_be_null_without_a_reason_unless_it_does_not_apply() -> None:
    bare = {where for name in names() for where in bare_numbers(schema(name), name)}
    assert bare == NOT_APPLICABLE


def answer_of(capfd: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = omnistudy(capfd, *arguments, "--format", "json", "--quiet").json
    assert faults(found) == []
    return found


def test_a_wrong_answer_is_seen(
    capfd: pytest.CaptureFixture[str], inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(inputs)
    good = answer_of(capfd, "agreement", "wide.csv", "--resamples", "20")

    def changed(key: str, value: object, *, of: str = "rows") -> list[str]:
        bad = copy.deepcopy(good)
        target = bad if of == "" else bad[of][0]
        target[key] = value
        return faults(bad)

    assert good["rows"][0]["value"] is not None
    assert good["rows"][0]["reason"] is None
    assert "a number is null without its reason" in changed("value", None)[0]
    assert "a number is null without its reason" in changed("ci_low", None)[0]
    assert changed("scope", "everything")
    assert changed("n_units", -1)
    assert changed("n_units", "4")
    assert changed("flag", ["lucky"])
    assert changed("more", 1)
    assert changed("more", 1, of="")
    assert changed("summary", None, of="")
    missing = copy.deepcopy(good)
    del missing["rows"][0]["ci_reason"]
    assert faults(missing)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("agreement wide.csv --ci none", "no interval was asked for"),
        ("agreement wide.csv --resamples 0", "no resamples were drawn"),
        ("agreement spans.csv", "two units that can be drawn"),
        ("agreement two --resamples 20", "does not exist without one of the units"),
    ],
)
def test_the_reason_of_a_missing_interval_is_the_right_one(
    capfd: pytest.CaptureFixture[str],
    inputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    demo: Path,
    line: str,
    said: str,
) -> None:
    monkeypatch.chdir(inputs)
    rows = asked(capfd, line, demo).json["rows"]
    reasons = {row["ci_reason"] for row in rows if row["value"] is not None and row["ci_reason"]}
    assert any(said in reason for reason in reasons)
    assert all(row["ci_reason"] == row["reason"] for row in rows if row["value"] is None)


def test_a_model_is_exported_inside_the_answer_or_into_a_file(
    capfd: pytest.CaptureFixture[str], inputs: Path, tmp_path: Path
) -> None:
    plain = omnistudy(capfd, "export", inputs / "one", "--to", "reference")
    inside = answer_of(capfd, "export", inputs / "one", "--to", "reference")
    assert (inside["target"], inside["file"], inside["content"]) == ("reference", None, plain.out)
    assert inside["written"] == {"codes": 2, "frequencies": 2, "relations": 0}
    target = tmp_path / "model.toml"
    beside = answer_of(capfd, "export", inputs / "one", "--to", "reference", "--output", target)
    assert (beside["file"], beside["content"]) == (target.as_posix(), None)
    assert target.read_text(encoding="utf-8") == plain.out


@pytest.mark.parametrize("wanted", ["crm clv", "crm-clv", "omnistudy crm clv", "omnistudy.crm-clv/1"])
def test_explain_prints_a_schema(capfd: pytest.CaptureFixture[str], wanted: str) -> None:
    ran = omnistudy(capfd, "explain", "--schema", wanted)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (FOLDER / "crm-clv-1.json").read_text(encoding="utf-8")


def test_explain_names_all_schemas_and_writes_files(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert set(omnistudy(capfd, "explain", "--schema", "all").json) == set(schema_index())
    target = tmp_path / "agreement.json"
    ran = omnistudy(capfd, "explain", "--schema", "agreement", "--output", target)
    assert (ran.code, ran.out) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["title"] == "omnistudy.agreement/1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--schema", "clv"), "crm-clv"), (("alpha", "--schema", "agreement"), "not for both")],
)
def test_explain_refuses_what_it_cannot_show(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    ran = omnistudy(capfd, "explain", *arguments)
    assert ran.code == 2
    assert said in ran.err
