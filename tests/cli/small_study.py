"""A study of two short interviews, with sheets that can be brought into it."""

from __future__ import annotations

from pathlib import Path

TEXTS = {
    "P1": "Interviewer: How is the new app?\n\nP1: I trust the clerk, not the app. The app is slow.\n",
    "P2": "Interviewer: And you?\n\nP2: The app is slow, so I go to the branch.\n",
}
STATEMENTS = (
    "interview,coder,code,quote\n"
    "S1,a,trust,I go to the branch every week\n"
    "S1,b,fees,The fees are a riddle\n"
    "S2,a,slow,It takes days\n"
    "S2,b,fees,Nobody told me the price\n"
)
FURTHER = (
    "interview,coder,code,quote\n"
    "P1,c,trust,I trust the clerk\n"
    "P2,c,slow,The app is slow\n"
    "P2,c,branch,I go to the branch\n"
)


def small_study(folder: Path) -> Path:
    """Write the study into ``folder/study`` and the sheets beside it."""
    study = folder / "study"
    (study / "transcripts").mkdir(parents=True)
    for name, text in TEXTS.items():
        (study / "transcripts" / f"{name}.txt").write_text(text, encoding="utf-8")
    rows = ["interview,start,end,coder,code,quote"]
    for interview, coder, code, quote in (
        ("P1", "a", "trust", "I trust the clerk"),
        ("P1", "b", "slow", "The app is slow."),
        ("P2", "a", "slow", "The app is slow"),
    ):
        start = TEXTS[interview].index(quote)
        rows.append(f'{interview},{start},{start + len(quote)},{coder},{code},"{quote}"')
    for name, text in {
        "study/study.toml": (
            '[study]\nid = "small"\n[interviews]\nattributes = "participants.csv"\n'
            '[codings]\nfiles = ["codings.csv"]\n[codebook]\nfile = "codebook.csv"\n[analysis]\ncodings = "any"\n'
        ),
        "study/participants.csv": "interview,date,order\nP1,2025-01-02,2\nP2,2025-01-01,1\n",
        "study/codebook.csv": "id,label,definition,parent,level,role\n"
        "trust,Trust,relies on people,,subcategory,context\nslow,Slow,takes long,,subcategory,causal\n",
        "study/codings.csv": "\n".join(rows) + "\n",
        "statements.csv": STATEMENTS,
        "further.csv": FURTHER,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return study
