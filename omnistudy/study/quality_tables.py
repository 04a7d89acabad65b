"""Member checks, and what the researchers did to earn trust: two tables of a study."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from omnistudy.errors import did_you_mean
from omnistudy.study.codebook import parse_role
from omnistudy.study.codings import Names
from omnistudy.study.days import day_of
from omnistudy.study.model import MemberCheck, TrustTechnique
from omnistudy.study.tables import Door, Row
from omnistudy.study.theory_tables import code_of, ends_of, rows_of
from omnistudy.text.keys import match_key

CRITERIA = ("credibility", "transferability", "dependability", "confirmability")
SHOWN = ("code", "role", "relation", "proposition", "model")


def _keyed(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {match_key(word): meaning for meaning, said in words.items() for word in (meaning, *said)}


CRITERION_WORDS = _keyed(
    {
        "credibility": ("اعتبارپذیری", "باورپذیری", "قابلیت اعتبار", "مقبولیت"),
        "transferability": ("انتقال‌پذیری", "قابلیت انتقال"),
        "dependability": ("اطمینان‌پذیری", "قابلیت اطمینان", "وابستگی"),
        "confirmability": ("تأییدپذیری", "تاییدپذیری", "قابلیت تأیید", "قابلیت تایید"),
    }
)
SHOWN_WORDS = _keyed(
    {
        "code": ("category", "کد", "مقوله"),
        "role": ("نقش",),
        "relation": ("arrow", "رابطه"),
        "proposition": ("گزاره", "قضیه"),
        "model": ("الگو", "مدل"),
    }
)
ANSWER_WORDS = _keyed(
    {
        "agree": ("yes", "موافق", "موافقم"),
        "partly": ("تا حدی", "تا اندازه‌ای", "نسبتاً موافق"),
        "disagree": ("no", "مخالف", "مخالفم"),
    }
)
DONE_WORDS = _keyed(
    {
        "yes": ("done", "بله", "انجام شد"),
        "partly": ("تا حدی", "تا اندازه‌ای"),
        "no": ("not done", "خیر", "نه", "انجام نشد"),
    }
)


def read_member_checks(
    door: Door,
    name: str | None,
    codes: Names,
    interviews: Collection[str],
    propositions: Collection[str],
) -> tuple[MemberCheck, ...]:
    """Read ``member,date,shown,shown_id,answer,comment,change``.

    ``interview`` and ``participant`` are accepted for ``member``. A member who was not interviewed, for
    example an expert, has any other name; one that looks like an interview's is a warning. The same
    member may be shown the same thing again on another date.
    """
    checks: dict[tuple[str, str, str, str], MemberCheck] = {}
    optional = ("date", "shown_id", "comment", "change")
    synonyms = {"interview": "member", "participant": "member"}
    asked: set[str] = set()
    for row in rows_of(door, name, ("member", "shown", "answer"), optional, synonyms):
        shown = _meaning(door, name, row, "shown", SHOWN_WORDS)
        answer = _meaning(door, name, row, "answer", ANSWER_WORDS)
        found = None if shown is None else _shown_id(door, name, row, shown, codes, propositions)
        day = day_of(door, name, row, "date")
        if not row["member"]:
            what = "The row does not say who was asked."
            door.problem(what, "Give an interview id or a name.", file=name, row=row.number, column="member")
        elif row["member"] not in asked:
            asked.add(row["member"])
            _check_member(door, name, row, interviews)
        if shown is None or answer is None or found is None or not row["member"]:
            continue
        date = row["date"] if day is None else day
        identity = (row["member"], date, shown, found)
        if identity in checks:
            what = f"'{row['member']}' answers on the same thing twice on one date."
            door.problem(what, "Keep one row.", file=name, row=row.number)
            continue
        checks[identity] = MemberCheck(
            member=row["member"],
            date=date,
            shown=shown,
            shown_id=found,
            answer=answer,
            comment=row["comment"],
            change=row["change"],
        )
    return tuple(checks.values())


def read_trustworthiness(door: Door, name: str | None) -> tuple[TrustTechnique, ...]:
    """Read ``criterion,technique,done,evidence,note``; a technique stands once under a criterion."""
    found: dict[tuple[str, str], TrustTechnique] = {}
    for row in rows_of(door, name, ("criterion", "technique", "done"), ("evidence", "note")):
        criterion = _meaning(door, name, row, "criterion", CRITERION_WORDS)
        done = _meaning(door, name, row, "done", DONE_WORDS)
        if not row["technique"]:
            what = "The row names no technique."
            door.problem(what, "Name what was done.", file=name, row=row.number, column="technique")
        if criterion is None or done is None or not row["technique"]:
            continue
        identity = (criterion, match_key(row["technique"]))
        if identity in found:
            what = f"'{row['technique']}' stands twice under {criterion}."
            door.problem(what, "Keep one row.", file=name, row=row.number)
            continue
        found[identity] = TrustTechnique(
            criterion=criterion,
            technique=row["technique"],
            done=done,
            evidence=row["evidence"],
            note=row["note"],
        )
    return tuple(found.values())


def _meaning(door: Door, name: str | None, row: Row, column: str, words: Mapping[str, str]) -> str | None:
    """Return what a cell says, in English or Persian, or report it with the words that are known."""
    meaning = words.get(match_key(row[column]))
    if meaning is None:
        known = tuple(dict.fromkeys(words.values()))
        remedy = did_you_mean(row[column], known) or f"Use one of {', '.join(known)}."
        what = f"'{row[column]}' is no {column} that is known here."
        door.problem(what, remedy, file=name, row=row.number, column=column)
    return meaning


def _shown_id(
    door: Door, name: str | None, row: Row, shown: str, codes: Names, propositions: Collection[str]
) -> str | None:
    """Return what was shown in the study's own ids; the model needs none."""
    written = row["shown_id"]
    match shown:
        case "model":
            return written
        case "code":
            return code_of(door, name, row, "shown_id", codes)
        case "role":
            role = parse_role(door, written, str(name), row.number)
            return None if role is None else str(role)
        case "relation":
            ends = ends_of(written, codes)
            if ends is not None or door.codes_unknown:
                return None if ends is None else ">".join(ends)
            remedy = "Write source>target."
        case _:
            if written in propositions:
                return written
            remedy = did_you_mean(written, propositions) or "Write the id of a proposition."
    what = f"'{written}' is no {shown} of this study."
    door.problem(what, remedy, file=name, row=row.number, column="shown_id")
    return None


def _check_member(door: Door, name: str | None, row: Row, interviews: Collection[str]) -> None:
    """Warn of a name that is nearly an interview's: an expert is welcome, a slip is not."""
    member = row["member"]
    near = "" if member in interviews else did_you_mean(member, interviews)
    if near:
        what = f"'{member}' is no interview and is taken for somebody who was not interviewed."
        door.warning(what, near, file=name, row=row.number, column="member")
