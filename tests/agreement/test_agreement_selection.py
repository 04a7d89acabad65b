"""Who and what of a study is compared: whole selections, the ratings behind them, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from agreement_builder import QUICK, code, coding, consensus, of_study, study

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.sources.from_study import Selection, ratings_of_study, select
from omnistudy.errors import Problem, StudyError
from omnistudy.study.model import Coder, CoderKind, Level, Study

TEXT = "Interviewer: why?\nParticipant: one two three. four five six.\n"
ONE, FOUR = TEXT.index("one"), TEXT.index("four")
MACHINE = Coder("m", CoderKind.MACHINE)


def here(interview: str, coder: str, name: str, round_: str = "", at: int = ONE) -> Any:
    return coding(interview, at, at + 3, coder, name, round_=round_)


def test_the_whole_selection() -> None:
    """P1 was seen by three, P2 by two, P3 by one; z coded P2 without having seen it."""
    rows = [here("P1", "x", "a"), here("P1", "y", "b"), here("P2", "x", "a"), here("P2", "z", "a")]
    rows += [here("P3", "x", "a")]
    seen = [("P1", "x", ""), ("P1", "y", ""), ("P1", "z", ""), ("P2", "x", ""), ("P2", "y", "")]
    people = [Coder("x"), Coder("y"), Coder("z"), Coder("w"), MACHINE, consensus("c")]
    given = study(
        {"P1": TEXT, "P2": TEXT, "P3": TEXT},
        rows,
        seen=[*seen, ("P3", "x", ""), ("P1", "m", "")],
        coders=people,
    )
    chosen = select(given)
    assert chosen == Selection(
        coders=("x", "y", "z"),
        round="",
        interviews=("P1", "P2"),
        seen=frozenset({("P1", "x"), ("P1", "y"), ("P1", "z"), ("P2", "x"), ("P2", "y"), ("P3", "x")}),
        codings=tuple(given.codings[:3]),
        outside=1,
        idle=("w",),
    )
    notes = [str(note) for note in of_study(given).notes]
    assert notes == [
        "1 codings are left out: the seen table does not list their coder for that interview in this round, so"
        " they were not made independently.",
        "Coders without an interview in this comparison: w.",
    ]


def test_the_whole_ratings_of_a_study() -> None:
    rows = [here("P1", "x", "a"), here("P1", "y", "b", at=FOUR)]
    given = study(
        {"P0": TEXT, "P1": TEXT},
        rows,
        codes=[code("a"), code("unused"), code("b")],
        seen=[("P1", "x", ""), ("P1", "y", "")],
    )
    found = ratings_of_study(given, AgreementOptions(unit="sentence"))
    assert (found.unit, found.level, found.round, found.interviews) == ("sentence", Level.CODE, "", ("P1",))
    assert (found.of_interviews, found.unused, found.assumed_seen) == (2, ("unused",), False)
    assert [str(note) for note in found.notes] == [
        "1 codes of the codebook were applied by nobody here and have no row."
    ]
    ratings, frame = found.ratings, found.ratings.frame
    assert (ratings.coders, ratings.codes) == (("x", "y"), ("a", "b"))
    ends = [(ONE, ONE + 14), (FOUR, FOUR + 14)]
    assert list(frame.ids) == [f"P1:{start}-{end}" for start, end in ends]
    assert frame.spans is not None
    assert [tuple(span) for span in frame.spans] == ends
    assert frame.interview is not None
    assert (frame.interviews, frame.interview.tolist(), frame.weight, frame.runs) == (
        ("P1",),
        [0, 0],
        None,
        False,
    )
    assert [[set(ratings.sets[state]) for state in coder] for coder in ratings.index] == [
        [{"a"}, set()],
        [set(), {"b"}],
    ]
    runs = ratings_of_study(given, AgreementOptions(unit="character")).ratings.frame
    assert runs.weight is not None
    # "one" by x, 9 signs by nobody, "fou" by y, 9 by nobody: blanks are no characters
    assert (runs.weight.tolist(), runs.runs) == ([3, 9, 3, 9], True)


def test_a_study_that_has_nothing_to_compare() -> None:
    given = study({"P1": TEXT}, [here("P1", "x", "a")])
    found = ratings_of_study(given, AgreementOptions(unit="character"))
    assert (found.interviews, found.ratings.coders, found.ratings.codes, found.ratings.frame.rows) == (
        (),
        (),
        (),
        0,
    )
    assert (found.ratings.frame.weight, found.ratings.frame.runs) == (None, False)


def rounds(*codings: Any, **more: Any) -> Study:
    return study({"P1": TEXT, "P2": TEXT}, codings, **more)


def test_the_last_round_of_people_that_is_no_consensus() -> None:
    both = [here("P1", coder, "a", "r1") for coder in "xy"]
    machine = here("P1", "m", "a", "r3")
    people = [Coder("x"), Coder("y"), MACHINE]
    seen = [("P1", "x", "r1"), ("P1", "y", "r1"), ("P1", "m", "r3"), ("P1", "x", "Consensus")]
    given = rounds(*both, machine, coders=people, rounds=("r1", "r3", "Consensus"), seen=seen)
    assert select(given).round == "r1"  # r3 is a machine's, and the consensus is no independent round
    named = replace(
        given, seen=given.seen | {next(iter(study({"P1": TEXT}, [here("P1", "x", "a", "r3")]).seen))}
    )
    assert select(named).round == "r3"
    nobody = rounds(*both, coders=people, rounds=("r1",), seen=[("P1", "m", "r1")])
    assert select(nobody).round == ""
    assert select(given, "Consensus").round == "Consensus"
    settled = rounds(*both, seen=seen[:2], rounds=("r1", "r2"), agreement={"round": "r2"})
    assert (select(settled).round, select(settled, "r1").round) == ("r2", "r1")


def test_what_was_seen_in_no_round_was_seen_in_every_round() -> None:
    rows = [here("P1", "x", "a", "r1"), here("P1", "y", "a", "r1")]
    given = rounds(*rows, rounds=("r1", "r2"), seen=[("P1", "x", ""), ("P1", "y", "r1"), ("P2", "y", "r2")])
    assert select(given, "r1").seen == {("P1", "x"), ("P1", "y")}
    assert select(given, "r2").seen == {("P1", "x"), ("P2", "y")}
    assert select(given, "r2").interviews == ()


def test_codings_without_a_round_count_where_no_person_named_one() -> None:
    plain = [here("P1", "x", "a"), here("P1", "y", "a")]
    seen = [("P1", "x", ""), ("P1", "y", ""), ("P1", "x", "r1")]
    unnamed = rounds(*plain, rounds=("", "r1"), seen=seen)
    assert select(unnamed, "r1").codings == tuple(plain)
    one_named = rounds(*plain, here("P1", "x", "b", "r1"), rounds=("", "r1"), seen=seen)
    assert [c.code for c in select(one_named, "r1").codings] == ["b"]
    machine = rounds(
        *plain,
        here("P1", "m", "b", "r1"),
        rounds=("", "r1"),
        seen=seen,
        coders=[Coder("x"), Coder("y"), MACHINE],
    )
    assert select(machine, "r1").codings == tuple(plain)


def problems(act: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        act()
    return caught.value.problems


def wrong(what: str, remedy: str, key: str) -> Problem:
    return Problem(what=what, remedy=remedy, file="study.toml", column=f"agreement.{key}")


def test_every_wrong_coder_is_named_with_its_setting() -> None:
    rows = [here("P1", coder, "a") for coder in ("sara", "reza", "m", "c")]
    people = [Coder("sara"), Coder("reza"), MACHINE, consensus("c")]

    def of(*names: str) -> Study:
        return rounds(*rows, coders=people, agreement={"coders": list(names)})

    assert problems(lambda: select(of("sarah", "m", "c", "zzz"))) == (
        wrong("No coder is called 'sarah'. Did you mean 'sara'?", "Name a coder of the study.", "coders"),
        wrong("'m' is machine, no independent coder.", "Leave it out of the coders.", "coders"),
        wrong("'c' is consensus, no independent coder.", "Leave it out of the coders.", "coders"),
        wrong("No coder is called 'zzz'.", "Name a coder of the study.", "coders"),
    )
    assert select(of("reza", "sara", "reza")).coders == ("reza", "sara")


def test_wrong_rounds_and_interviews_are_named_with_their_setting() -> None:
    rows = [here("P1", coder, "a", "first") for coder in "xy"]
    given = rounds(*rows, rounds=("first", "second"))
    slip = ("No coding round is called 'frist'. Did you mean 'first'?", "Choose among first, second.")
    # The command line asked for it, so no file is to blame; study.toml is where it asked.
    assert problems(lambda: select(given, "frist")) == (Problem(what=slip[0], remedy=slip[1]),)
    slipped = rounds(*rows, rounds=("first", "second"), agreement={"round": "frist"})
    assert problems(lambda: select(slipped)) == (wrong(*slip, "round"),)
    unnamed = rounds(here("P1", "x", "a"), here("P1", "y", "a"), agreement={"round": "r1"})
    assert problems(lambda: select(unnamed)) == (
        wrong("No coding round is called 'r1'.", "The codings name no round: leave it out.", "round"),
    )
    doubled = rounds(*rows, agreement={"double_coded": ["P11", "Q", "P2"]})
    assert problems(lambda: select(doubled)) == (
        wrong("No interview is called 'P11'. Did you mean 'P1'?", "Correct it.", "double_coded"),
        wrong("No interview is called 'Q'.", "Correct it.", "double_coded"),
    )
    ordered = rounds(*rows, agreement={"double_coded": ["P2", "P1"]})
    assert select(ordered).interviews == ("P1", "P2")


def asked(given: Study, round_: str) -> dict[str, list[int]]:
    """Code to what x was asked and answered in the first interview: 1, 0, or -1 for not asked."""
    ratings = ratings_of_study(given, AgreementOptions(round=round_, unit="interview")).ratings
    return {name: [int(v) for v in ratings.binary(c).codes[0]] for c, name in enumerate(ratings.codes)}


def test_a_code_can_be_given_from_its_round_on() -> None:
    """Codes without a round exist from the beginning; a category exists with its first code."""
    tree = [
        code("top", Level.CATEGORY, since="r3"),
        code("a", parent="top"),
        code("b", parent="top", since="r2"),
        code("later", since="r3"),
        code("stray", since="nowhere"),
    ]
    rows = [
        here("P1", coder, name, round_)
        for coder in "xy"
        for round_ in ("r1", "r2")
        for name in ("a", "b", "later", "stray")
    ]
    given = rounds(*rows, rounds=("r1", "r2", "r3"), codes=tree, agreement={"double_coded": ["P1", "P2"]})
    # P2: nobody gave anything, so it shows what was asked
    assert asked(given, "r1") == {"a": [1, 0], "b": [1, -1], "later": [1, -1], "stray": [1, 0]}
    assert asked(given, "r2") == {"a": [1, 0], "b": [1, 0], "later": [1, -1], "stray": [1, 0]}
    upper = ratings_of_study(given, AgreementOptions(round="r1", unit="interview"), Level.CATEGORY).ratings
    assert upper.codes == ("top", "later", "stray")
    assert upper.binary(0).codes.tolist() == [[1, 0], [1, 0]]


def test_a_level_holds_what_was_applied_above_it() -> None:
    """A passage coded with the category itself stays with the category, whatever the level."""
    tree = [code("top", Level.CATEGORY), code("a", parent="top"), code("other", Level.CATEGORY)]
    rows = [here("P1", "x", "a"), here("P1", "y", "top")]
    given = study({"P1": TEXT}, rows, codes=tree)
    assert ratings_of_study(given, AgreementOptions(unit="turn")).ratings.codes == ("top", "a")
    upper = ratings_of_study(given, AgreementOptions(unit="turn", level="category"))
    assert (upper.level, upper.ratings.codes, upper.unused) == (Level.CATEGORY, ("top",), ("other",))
    assert (
        ratings_of_study(given, AgreementOptions(unit="turn", level="category"), Level.CODE).level == "code"
    )


def test_what_a_reader_has_to_know_of_the_material() -> None:
    rows = [here("P1", "x", "a"), here("P1", "y", "a"), here("P2", "x", "a")]
    seen = [("P1", "x", ""), ("P1", "y", ""), ("P2", "x", "")]
    given = rounds(*rows, seen=seen, excerpt=True)
    [statements] = [str(note) for note in of_study(given).notes]
    assert statements.startswith("In 1 of the compared interviews the text is single statements.")
    assumed = replace(rounds(*rows, seen=seen), seen_assumed=True)
    [note] = [str(note) for note in of_study(assumed).notes]
    assert note.startswith("No table says who coded which interview")
    assert of_study(rounds(*rows, seen=seen)).notes == ()


@pytest.mark.parametrize(
    ("overlap", "quoted", "rated"),
    [
        (1, "one", [True, False]),
        (4, "one", [False, False]),
        (4, "one two", [True, False]),
        (6, "three. four", [True, False]),  # 6 signs of the first sentence, 4 of the second
        (5, "three. four", [True, False]),
        (4, "three. four", [True, True]),
        ("50%", "one two", [True, False]),  # 6 of 12
        ("51%", "one two", [False, False]),
        (" 50 % ", "four five", [False, True]),
        ("0%", "one", [True, False]),  # one sign at least
    ],
)
def test_overlap_in_signs_or_as_a_share(overlap: int | str, quoted: str, rated: list[bool]) -> None:
    """Sentences of 12 signs: blanks count for nothing."""
    at = TEXT.index(quoted)
    rows = [coding("P1", at, at + len(quoted), "x", "a"), here("P1", "y", "a")]
    given = study({"P1": TEXT}, rows, agreement={"unit": "sentence"})
    found = ratings_of_study(given, AgreementOptions(min_overlap=overlap)).ratings
    if not found.codes:
        assert not any(rated)
        return
    assert [bool(found.sets[state]) for state in found.index[0]] == rated


def test_an_overlap_of_the_study_holds_where_none_is_given() -> None:
    rows = [here("P1", "x", "a"), coding("P1", ONE, FOUR, "y", "a")]
    given = study({"P1": TEXT}, rows, agreement={"unit": "sentence", "min_overlap": 4})
    for options, rated in ((QUICK, [[], ["a"]]), (AgreementOptions(min_overlap=3), [["a"], ["a"]])):
        ratings = ratings_of_study(given, options).ratings
        # x coded three signs of the first sentence, y all of it
        assert [sorted(ratings.sets[coder[0]]) for coder in ratings.index] == rated
