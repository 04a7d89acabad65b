"""A study of random words as large as wanted, the same for the same sizes."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

_LETTERS = "ابپتجچخدرزسشفقکگلمنوهی"
_ROLES = ("causal", "context", "intervening", "strategy", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large: words of each interview, and what share of the interviews three coders read."""

    interviews: int
    codings: int
    codes: int
    words: int = 4_800
    shared: float = 0.1
    coders: int = 3


def write_study(folder: Path, size: Size) -> None:
    """Write the study; every quote is stored, so that every quote is checked when it is read."""
    chance = random.Random(1)
    words = ["".join(chance.choices(_LETTERS, k=chance.randint(2, 8))) for _ in range(5_000)]
    (folder / "transcripts").mkdir(parents=True)
    names = [f"I{at:04}" for at in range(size.interviews)]
    shared = names[: max(2, int(size.shared * size.interviews))]
    rows: list[list[object]] = []
    for name in names:
        text = _transcript(words, size.words, chance)
        (folder / "transcripts" / f"{name}.txt").write_text(text, encoding="utf-8")
        coders = _coders(size) if name in shared else ("lead",)
        for coder in coders:
            rows += _codings(name, coder, text, size.codings // size.interviews // len(coders), size, chance)
    _table(folder / "codings.csv", ("interview", "start", "end", "coder", "code", "quote"), rows)
    seen: list[list[object]] = [
        [name, coder] for name in names for coder in (_coders(size) if name in shared else ("lead",))
    ]
    _table(folder / "seen.csv", ("interview", "coder"), seen)
    people: list[list[object]] = [
        [name, f"2025-{1 + at // 28 % 12:02}-{1 + at % 28:02}", at + 1, "abcd"[at % 4]]
        for at, name in enumerate(names)
    ]
    _table(folder / "participants.csv", ("interview", "date", "order", "group"), people)
    _codebook(folder / "codebook.csv", size.codes)
    (folder / "study.toml").write_text(
        '[study]\nid = "made-up"\nlanguage = "fa"\nsynthetic = true\n'
        '[interviews]\nattributes = "participants.csv"\n'
        '[codings]\nfiles = ["codings.csv"]\nseen = "seen.csv"\n'
        '[codebook]\nfile = "codebook.csv"\n'
        '[analysis]\ncodings = "lead:lead"\n',
        encoding="utf-8",
    )


def _coders(size: Size) -> tuple[str, ...]:
    return ("lead", *(f"coder{at}" for at in range(1, size.coders)))


def _transcript(words: list[str], length: int, chance: random.Random) -> str:
    """Forty questions and answers."""
    turns = []
    for turn in range(80):
        speaker, count = ("مصاحبه‌کننده", length // 240) if turn % 2 == 0 else ("مشارکت‌کننده", length // 48)
        turns.append(f"{speaker}: {' '.join(chance.choices(words, k=max(4, count)))}.")
    return "\n\n".join(turns) + "\n"


def _codings(
    interview: str, coder: str, text: str, count: int, size: Size, chance: random.Random
) -> list[list[object]]:
    """Some codes are frequent and most are rare, as in a codebook."""
    codes = chance.choices(range(size.codes), [1 / (1 + at) ** 0.7 for at in range(size.codes)], k=count)
    rows: list[list[object]] = []
    for code in codes:
        start = chance.randrange(len(text) - 300)
        end = start + chance.randint(20, 200)
        rows.append([interview, start, end, coder, f"code{code}", text[start:end]])
    return rows


def _codebook(path: Path, codes: int) -> None:
    groups = max(5, min(60, codes // 5))
    rows: list[list[object]] = [["phenomenon", "پدیده", "", "subcategory", "phenomenon"]]
    rows += [[f"group{at}", f"مقوله {at}", "", "subcategory", _ROLES[at % 5]] for at in range(groups)]
    for at in range(codes):
        place = at % (groups + 1)
        parent = "phenomenon" if place == groups else f"group{place}"
        rows.append([f"code{at}", f"کد {at}", parent, "code", ""])
    _table(path, ("id", "label", "parent", "level", "role"), rows)


def _table(path: Path, header: tuple[str, ...], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
