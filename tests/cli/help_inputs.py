"""The files that the examples of the help name, small and made up."""

from __future__ import annotations

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

from omnistudy.cli.main import main

_OF_OTHERS = (
    "seen.csv",
    "crosswalk.csv",
    "relations.csv",
    "propositions.csv",
    "memos.csv",
    "member_checks.csv",
)


def make_inputs(folder: Path) -> Path:
    """Fill ``folder`` with the demonstration as ``my-study``, an empty study, projects and bare tables."""
    study = folder / "my-study"
    assert main(["new", str(study), "--demo", "--quiet", "--output", str(folder / "new.txt")]) == 0
    assert main(["new", str(folder / "empty"), "--quiet", "--output", str(folder / "empty.txt")]) == 0
    _project(study, folder / "interviews.qdpx", coder=None)
    _project(study, folder / "reza.qdpx", coder="reza")
    for name, text in _tables().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _project(study: Path, target: Path, *, coder: str | None) -> None:
    """A REFI project of the study's codings of one coder, under that coder's name or another."""
    own = shutil.copytree(study, target.with_suffix(""))
    table = own / "codings.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["coder"] == "c1"]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "coder": coder or row["coder"]} for row in rows)
    for name in _OF_OTHERS:
        (own / name).write_text(
            (own / name).read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
        )
    settings = (own / "study.toml").read_text(encoding="utf-8")
    settings = settings.replace('codings = "consensus"', 'codings = "any"')
    settings = settings.replace('coders = ["c1", "c2", "c3"]\n', "").replace('round = "independent"\n', "")
    (own / "study.toml").write_text(settings, encoding="utf-8")
    done = main(["export", str(own), "--to", "qdpx", "--output", str(target), "--quiet"])
    assert done == 0
    shutil.rmtree(own)


def _tables() -> dict[str, str]:
    random = Random(1)
    start = date(2024, 1, 1)
    sales = [
        f"c{customer},{start + timedelta(days=day)},{random.randint(5, 80)}"
        for customer in range(60)
        for day in sorted({random.randrange(360) for _ in range(random.randint(1, 9))})
    ]
    events = [
        f"c{random.randrange(20)},{start + timedelta(days=random.randrange(360))},{channel},{event}"
        for channel in ("branch", "app", "phone")
        for event in ("visit", "visit", "purchase")
        for _ in range(40)
    ]
    return {
        "ratings.csv": "unit,ana,ben,cleo\n"
        + "".join(f"{n},{'x' if n % 3 else 'y'},{'x' if n % 4 else 'y'},x\n" for n in range(1, 25)),
        "mentions.csv": "interview,code\n"
        + "".join(f"I{n},k{n % 4}\nI{n},k{n // 3}\n" for n in range(1, 13)),
        "coded.csv": "interview,code,Passage\nI1,waiting,The queue is long.\nI2,app,The app is good.\n",
        "replacements.csv": "find,replace,kind\nآوین,[بانک],organisation\n",
        "experts.csv": "item,expert,rating\n"
        + "".join(
            f"i{i},e{e},{'essential' if (i + e) % 5 else 'useful'}\n" for i in (1, 2) for e in range(8)
        ),
        "transactions.csv": "customer_id,ts,value\n" + "\n".join(sales) + "\n",
        "sales.csv": "Client,Day,Amount\n" + "\n".join(sales) + "\n",
        "events.csv": "customer_id,ts,channel,event\n" + "\n".join(events) + "\n",
        "stages.csv": "stage,current,target\nopening,3,5\nadvice,5,4\n",
        "campaigns.csv": "campaign,noticed,engaged,acted\nspring,1000,300,40\nautumn,800,90,12\n",
    }
