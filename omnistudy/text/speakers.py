"""Who speaks: speaker labels at line starts, turns, and the speech of participants.

A label is a name before a colon at the start of a line ("Interviewer:", "P03:", "مصاحبه‌کننده:"),
with or without a time stamp, or a name and a time stamp alone on a line. Names are compared on match
keys, so ي and ی, ZWNJ, blanks, case and the set of digits do not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from omnistudy.text.keys import tight_key
from omnistudy.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points of the canonical text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until the next label: half-open code points of the canonical text.

    ``start`` is the label's first character and ``speech_start`` that of the words after it; both are
    equal where the turn has no label. ``speaker`` is the label as written, ``None`` without one.
    """

    start: int
    end: int
    speech_start: int
    speaker: str | None
    is_participant: bool


class _Sort(Enum):
    """What a label says by itself, before its neighbours are known."""

    INTERVIEWER = auto()
    PARTICIPANT = auto()
    SHORT_INTERVIEWER = auto()  # "I", "Q": only in the company of other labels, or twice
    SHORT_PARTICIPANT = auto()  # "P", "A": the same
    NUMBERED_I = auto()  # "I1" is an interviewer in some studies and an interviewee in others
    VOICE = auto()  # declared by the file format
    UNKNOWN = auto()  # any other name: a speaker if it recurs
    NONE = auto()


_SURE = {_Sort.INTERVIEWER, _Sort.PARTICIPANT, _Sort.NUMBERED_I, _Sort.VOICE}
_SHORT = {_Sort.SHORT_INTERVIEWER, _Sort.SHORT_PARTICIPANT}


@dataclass(frozen=True, slots=True)
class _Label:
    """A candidate: ``keys`` are those of the name and, where it has one, of its parenthesis."""

    start: int
    speech_start: int
    name: str
    keys: tuple[str, ...]
    before_words: bool


def _keys(words: str) -> frozenset[str]:
    return frozenset(tight_key(word) for word in words.split(","))


_INTERVIEWERS = _keys(
    "interviewer,moderator,researcher,facilitator,investigator,int,intv,mod,مصاحبه‌کننده,مصاحبه‌گر,مصاحبه‌گیرنده,"
    "پرسشگر,پرسش‌کننده,سؤال‌کننده,سوال‌کننده,پژوهشگر,محقق,تسهیل‌گر"
)
_SHORT_INTERVIEWERS = _keys("i,q,question,س,سؤال,سوال,پرسش")
_PARTICIPANTS = _keys(
    "participant,respondent,interviewee,informant,speaker,"
    "مصاحبه‌شونده,پاسخگو,پاسخ‌دهنده,شرکت‌کننده,مشارکت‌کننده,گوینده"
)
_NUMBERED_PARTICIPANTS = _PARTICIPANTS | _keys("p,r,s,pp,subject,expert,user,خبره,مطلع,نفر")
_SHORT_PARTICIPANTS = _keys("p,r,a,answer,ج,جواب,پاسخ")
_NUMBERED = re.compile(r"(?P<word>[^\d]+?)(?:\d{1,4}[a-z]?|اول|دوم|سوم|چهارم|پنجم|ششم)")
# Lines such as "Note: …" recur as well, and people are quoted after "he said:".
_NO_SPEAKERS = _keys(
    "note,notes,nb,ps,time,date,place,location,duration,setting,title,page,topic,section,part,task,example,"
    "for example,eg,ie,summary,source,file,warning,http,https,www,and,but,so,first,second,third,yes,no,"
    "said,i said,he said,she said,they said,he says,she says,i thought,"
    "نکته,توجه,تاریخ,زمان,ساعت,مکان,محل,موضوع,عنوان,مدت,مدت زمان,صفحه,بخش,یادداشت,منبع,خلاصه,مثال,مثلا,مثلاً,"
    "برای مثال,به عنوان مثال,یعنی,اول,دوم,سوم,بله,نه,گفت,گفتم,گفتند,گفتیم,می‌گفت,می‌گفتم,می‌گفتند,می‌گوید,می‌گویم,"
    "میگه,میگم,میگن,پرسید,پرسیدم"
)
_WORDS_IN_A_NAME = 5

_BLANK = r"(?:[^\S\n]|[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff])"
_CLOCK = r"#?(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,:-]\d{1,3})?#?"
_STAMP = rf"(?:\[{_CLOCK}\]|\({_CLOCK}\)|<{_CLOCK}>|{_CLOCK})"
# A line whose first 80 characters hold a colon may begin with a label; few lines do.
_CANDIDATE = re.compile(r"^[^\n:：]{0,80}[:：]", re.MULTILINE)
_LABEL = re.compile(
    rf"{_BLANK}*(?:[-–—>]{_BLANK}*)?(?:[*_]{{0,3}}{_STAMP}[*_]{{0,3}}{_BLANK}*(?:[-–—|]{_BLANK}*)?)?"
    rf"(?P<mark>[*_]{{0,3}})(?P<name>[^\W_][^\n:：!?؟…،,;؛\"“”«»<>#*\[]{{0,47}}?)[*_]{{0,3}}"
    rf"{_BLANK}*(?P<stamp>{_STAMP})?[*_]{{0,3}}{_BLANK}*"
    rf"(?:(?P<colon>[:：])(?!//)[*_]{{0,3}}|$)",
    re.MULTILINE,
)
_STAMP_BEFORE_SPEECH = re.compile(rf"{_BLANK}*[\[(<]{_CLOCK}[\])>]")
_PARENTHESIS = re.compile(r"(?P<outer>[^(]+)\((?P<inner>[^)]*)\)\s*")
_LINE = re.compile(r"[^\n]*\S[^\n]*")


def turns(transcript: Transcript, interviewers: Sequence[str] = ()) -> tuple[Turn, ...]:
    """Divide a transcript into turns.

    Speakers are the words for interviewers and participants in English and Persian, also numbered
    ("P03", "Speaker 2", "شرکت‌کننده ۴"); the names in ``interviewers`` and the voices that the file
    declares; and any other short name that stands before a colon at two line starts or more. One
    letter ("I:", "Q:") is a label only if it recurs or others stand beside it.

    Parameters
    ----------
    transcript
        Canonical text with the voices that its format declared.
    interviewers
        Further names whose turns are the interviewer's.

    Returns
    -------
    tuple of Turn
        Ascending and disjoint, without white space at the ends. A text without labels is one turn of a
        participant: where speakers change cannot be told. What stands before the first label is
        nobody's speech (a title, a date) if interviewer or participants are labelled as such. Where
        only interviewers are labelled, an interviewer's turn ends with its line and the rest is the
        participant's. Two labels of one speaker in sequence make two turns.
    """
    text = transcript.text
    labels, cast = _speakers(transcript, interviewers)
    if not labels:
        return tuple(_unlabelled(text, 0, len(text), is_participant=True))
    answering = _Part.ANSWERS in cast.values()
    named = _Part.ASKS in cast.values() or any(_sort(label.keys) is _Sort.PARTICIPANT for label in labels)
    found = list(_unlabelled(text, 0, labels[0].start, is_participant=not (answering and named)))
    ends = [*(label.start for label in labels[1:]), len(text)]
    for label, end in zip(labels, ends, strict=True):
        stop = end if answering else _line_end(text, label.speech_start, end)
        first, last = _trimmed(text, label.speech_start, stop)
        is_participant = cast[label.keys] is _Part.ANSWERS
        found.append(Turn(label.start, last, first, label.name, is_participant))
        found.extend(_unlabelled(text, stop, end, is_participant=True))
    return tuple(found)


def participant_speech(transcript: Transcript, interviewers: Sequence[str] = ()) -> tuple[Span, ...]:
    """Return what the participants say, one span per turn, without labels and blank ends."""
    return speech(transcript, participants_only=True, interviewers=interviewers)


def speech(
    transcript: Transcript, *, participants_only: bool, interviewers: Sequence[str] = ()
) -> tuple[Span, ...]:
    """Return the words of every turn that has any, one span per turn."""
    return tuple(
        Span(turn.speech_start, turn.end)
        for turn in turns(transcript, interviewers)
        if turn.speech_start < turn.end and (turn.is_participant or not participants_only)
    )


def _unlabelled(text: str, start: int, end: int, *, is_participant: bool) -> Iterator[Turn]:
    first, last = _trimmed(text, start, end)
    if first < last:
        yield Turn(first, last, first, None, is_participant)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the ends of the words between two positions; ``(start, start)`` where there are none."""
    piece = text[start:end]
    words = piece.strip()
    if not words:
        return start, start
    first = start + len(piece) - len(piece.lstrip())
    return first, first + len(words)


def _line_end(text: str, start: int, end: int) -> int:
    """Return the end of the first line with words in it."""
    line = _LINE.search(text, start, end)
    return line.end() if line else end


class _Part(Enum):
    ASKS = auto()
    ANSWERS = auto()


def _speakers(
    transcript: Transcript, interviewers: Sequence[str]
) -> tuple[list[_Label], dict[tuple[str, ...], _Part]]:
    """Return the labels that are speakers, and who of them asks and who answers."""
    candidates = list(_candidates(transcript.text))
    if not candidates:
        return [], {}
    declared = frozenset(map(tight_key, interviewers))
    voices = frozenset(map(tight_key, transcript.voices))
    sorts = {keys: _sort(keys, declared, voices) for keys in {label.keys for label in candidates}}
    recurring = _recurring(label.keys for label in candidates)
    recurring_names = _recurring(label.keys for label in candidates if label.before_words)
    speakers = {
        keys
        for keys, sort in sorts.items()
        if sort in _SURE
        or (sort in _SHORT and keys in recurring)
        or (sort is _Sort.UNKNOWN and keys in recurring_names)
    }
    if speakers or set(sorts.values()) >= _SHORT:
        speakers |= {keys for keys, sort in sorts.items() if sort in _SHORT}
    cast = _cast({keys: sorts[keys] for keys in speakers})
    return [label for label in candidates if label.keys in cast], cast


def _cast(sorts: dict[tuple[str, ...], _Sort]) -> dict[tuple[str, ...], _Part]:
    asking = {_Sort.INTERVIEWER, _Sort.SHORT_INTERVIEWER}
    others = set(sorts.values()) - {_Sort.NUMBERED_I}
    if others and not others & asking:
        asking.add(_Sort.NUMBERED_I)
    return {keys: _Part.ASKS if sort in asking else _Part.ANSWERS for keys, sort in sorts.items()}


def _recurring(keys: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {key for key, count in Counter(keys).items() if count > 1}


def _sort(
    keys: tuple[str, ...],
    declared: frozenset[str] = frozenset(),
    voices: frozenset[str] = frozenset(),
) -> _Sort:
    numbered = {match["word"] for key in keys if (match := _NUMBERED.fullmatch(key))}
    names = {*keys, *numbered}
    rules = (
        (_Sort.INTERVIEWER, not declared.isdisjoint(keys) or not _INTERVIEWERS.isdisjoint(names)),
        (_Sort.VOICE, not voices.isdisjoint(keys)),
        (
            _Sort.PARTICIPANT,
            not _PARTICIPANTS.isdisjoint(keys) or not _NUMBERED_PARTICIPANTS.isdisjoint(numbered),
        ),
        (_Sort.NUMBERED_I, "i" in numbered),
        (_Sort.SHORT_INTERVIEWER, not _SHORT_INTERVIEWERS.isdisjoint(keys)),
        (_Sort.SHORT_PARTICIPANT, not _SHORT_PARTICIPANTS.isdisjoint(keys)),
        (_Sort.NONE, not _NO_SPEAKERS.isdisjoint(keys) or not keys[0][:1].isalpha()),
    )
    return next((sort for sort, holds in rules if holds), _Sort.UNKNOWN)


def _candidates(text: str) -> Iterator[_Label]:
    """Yield every line start that looks like a label, whoever it names."""
    keys: dict[str, tuple[str, ...]] = {}
    for line in _CANDIDATE.finditer(text):
        label = _LABEL.match(text, line.start())
        if not label or not (label["colon"] or label["stamp"]):
            continue
        name = label["name"].rstrip()
        if len(name.split()) > _WORDS_IN_A_NAME:
            continue
        after = text[label.end() : label.end() + 1]
        if label["colon"] and after.isdigit() and name[-1].isdigit():
            continue  # a time such as "9:30"
        if name not in keys:
            keys[name] = _name_keys(name)
        stamp = _STAMP_BEFORE_SPEECH.match(text, label.end())
        yield _Label(
            start=_trimmed(text, label.start(), label.end())[0],
            speech_start=stamp.end() if stamp else label.end(),
            name=name,
            keys=keys[name],
            before_words=not after or after.isspace() or after.isalpha(),
        )


def _name_keys(name: str) -> tuple[str, ...]:
    parts = _PARENTHESIS.fullmatch(name)
    if not parts:
        return (tight_key(name),)
    return tuple(filter(None, (tight_key(parts["outer"]), tight_key(parts["inner"])))) or (tight_key(name),)
