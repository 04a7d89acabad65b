"""Facts of the sample and of how data were collected: interviews, participants, transcripts, coders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from omnistudy import __version__
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.reporting.material import Fact, Material, count, listed
from omnistudy.results import Kind, Message, Number, msg

DURATIONS = ("duration_min", "duration_minutes", "duration", "minutes", "length_min")
PLACES = ("place", "location", "mode", "setting", "city")
ROLES = ("role_group", "role", "position", "job", "group", "نقش", "سمت")
PERSON = "participant"
_STUDY = msg("The study")


def title(material: Material) -> Fact | None:
    """Name the study."""
    name = material.study.settings.study.title
    return Fact(msg("The study is called “{title}”.", title=name), complete=False) if name else None


def sample_size(material: Material) -> Fact:
    """Count the interviews, and say when they are few."""
    total = len(material.study.interviews)
    if total < 12:
        text = msg(
            "{n} interviews; that is a small sample, and what is absent may only be unseen.", n=count(total)
        )
    else:
        text = msg("{n} interviews.", n=count(total))
    return Fact(text, _STUDY)


def participants(material: Material) -> Fact | None:
    """Name the attributes that are recorded of the participants."""
    names = sorted({name for one in material.study.interviews for name in one.attributes})
    if not names:
        return None
    return Fact(
        msg("Recorded of each participant: {attributes}.", attributes=listed(names)),
        msg("Participants"),
    )


def dates(material: Material) -> Fact | None:
    """Say from when to when the interviews were held."""
    days = sorted(one.date for one in material.study.interviews if one.date)
    if not days:
        return None
    return Fact(
        msg(
            "Held from {first} to {last}; {dated} of {n} interviews have a date.",
            first=days[0],
            last=days[-1],
            dated=count(len(days)),
            n=count(len(material.study.interviews)),
        ),
        msg("Participants"),
        complete=len(days) == len(material.study.interviews),
    )


def repeats(material: Material) -> Fact:
    """Say whether somebody was interviewed more than once, where a column tells."""
    people = [one.attributes[PERSON] for one in material.study.interviews if one.attributes.get(PERSON)]
    if not people:
        return Fact(
            msg(
                "Every interview is a row of its own, and no column {column} tells who was interviewed again.",
                column=PERSON,
            ),
            complete=False,
        )
    repeated = sum(1 for times in Counter(people).values() if times > 1)
    return Fact(
        msg(
            "{n} of {people} participants were interviewed more than once.",
            n=count(repeated),
            people=count(len(set(people))),
        ),
        msg("Participants"),
    )


def length(material: Material) -> Fact:
    """Give the shortest and the longest interview, in minutes where they are recorded, in words always."""
    words = [len(one.text.split()) for one in material.study.interviews]
    lengths = msg(
        "{low} to {high} words", low=count(min(words, default=0)), high=count(max(words, default=0))
    )
    minutes = [found for one in material.study.interviews if (found := _minutes(one.attributes)) is not None]
    if not minutes:
        return Fact(
            msg("Transcripts have {words}; how long the interviews took is not recorded.", words=lengths),
            _STUDY,
            complete=False,
        )
    return Fact(
        msg(
            "{low} to {high} minutes in the {n} interviews with a recorded length; transcripts have {words}.",
            low=Number(min(minutes), Kind.NUMBER),
            high=Number(max(minutes), Kind.NUMBER),
            n=count(len(minutes)),
            words=lengths,
        ),
        msg("Participants"),
        complete=len(minutes) == len(material.study.interviews),
    )


def _minutes(attributes: Mapping[str, str]) -> float | None:
    text = next((attributes[name].strip() for name in DURATIONS if attributes.get(name, "").strip()), "")
    try:
        return float(text)
    except ValueError:
        return None


def setting(material: Material) -> Fact | None:
    """Count the places and modes of the interviews, where an attribute records them."""
    for name in PLACES:
        values = Counter(
            one.attributes[name] for one in material.study.interviews if one.attributes.get(name)
        )
        if values:
            return Fact(
                msg(
                    "Recorded under {attribute}: {values}.",
                    attribute=name,
                    values=listed(_by_frequency(values)),
                ),
                msg("Participants"),
                complete=False,
            )
    return None


def sampling(material: Material) -> Fact | None:
    """Count the participants by their role in the organisation, where a column records it."""
    for name in ROLES:
        values = Counter(
            one.attributes[name] for one in material.study.interviews if one.attributes.get(name)
        )
        if values:
            return Fact(
                msg(
                    "By {attribute}: {values}; say how and why they were chosen.",
                    attribute=name,
                    values=listed(_by_frequency(values)),
                ),
                msg("Participants"),
                complete=False,
            )
    return None


def losses(material: Material) -> Fact:
    """Count the interviews that nobody coded; refusals are the researcher's to tell."""
    coded = {coding.quotation.interview for coding in material.study.analysed}
    silent = sum(one.id not in coded for one in material.study.interviews)
    return Fact(
        msg(
            "{n} of {all} interviews carry no coding; who declined to take part is not in the files.",
            n=count(silent),
            all=count(len(material.study.interviews)),
        ),
        _STUDY,
        complete=False,
    )


def _by_frequency(values: Mapping[str, int]) -> list[Message]:
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))
    return [msg("{value} ({times})", value=value, times=times) for value, times in ordered]


def speakers(material: Material) -> Fact:
    """Say whose speech counts as data."""
    if material.study.settings.analysis.speakers == "all":
        text = msg("All speech in the transcripts counts as data, the interviewer's included.")
    else:
        text = msg("The interviewer's speech is recognised and does not count as data.")
    return Fact(text, _STUDY, complete=False)


def interviewers(material: Material) -> Fact | None:
    """Name the interviewers that study.toml names."""
    names = material.study.settings.interviews.interviewers
    if not names:
        return None
    return Fact(msg("The study names {names} as interviewers.", names=listed(names)), complete=False)


def transcripts(material: Material) -> Fact:
    """Say what the analysis read, and how many quotations were compared with it."""
    study = material.study
    excerpts = sum(one.excerpt for one in study.interviews)
    if excerpts:
        text = msg(
            "{excerpts} of {n} interviews came as single statements, without running text.",
            excerpts=count(excerpts),
            n=count(len(study.interviews)),
        )
        return Fact(text, _STUDY, complete=False)
    return Fact(
        msg(
            "{n} transcripts were read unchanged, each identified by its hash; {quotes} quotations were compared "
            "with the words at their place.",
            n=count(len(study.interviews)),
            quotes=count(study.quotes_checked),
        ),
        _STUDY,
    )


def coders(material: Material) -> Fact:
    """Count the coders and the interviews that several of them coded."""
    study = material.study
    people = study.human_coders
    seen: dict[str, set[str]] = {}
    for one in study.seen:
        if one.coder in people:
            seen.setdefault(one.interview, set()).add(one.coder)
    double = sum(len(who) > 1 for who in seen.values())
    if len(people) == 1:
        return Fact(msg("One person coded ({name}).", name=people[0]), _STUDY)
    return Fact(
        msg(
            "{n} people coded ({names}); {double} of {interviews} interviews were coded by more than one.",
            n=count(len(people)),
            names=listed(people),
            double=count(double),
            interviews=count(len(study.interviews)),
        ),
        _STUDY,
    )


def agreement(material: Material) -> Fact | None:
    """Repeat the sentence on agreement; no agreement, with its reason, is an answer as well."""
    result = material.section(AgreementResult)
    return None if result is None else Fact(result.summary, result.title)


def software(_: Material) -> Fact:
    """Name the program; what the coding itself was done with is the researcher's to say."""
    return Fact(
        msg(
            "Analysed with {program}; name the program in which the interviews were coded as well.",
            program=f"omnistudy {__version__}",
        ),
        msg("Provenance"),
    )


def memos(material: Material) -> Fact | None:
    """Count the memos."""
    written = material.study.memos
    if not written:
        return None
    return Fact(
        msg("{n} memos are part of the study.", n=count(len(written))), msg("Paradigm model"), complete=False
    )


def origin_of_themes(material: Material) -> Fact:
    """Say whether coders worked with a given frame."""
    reference = material.study.settings.reference
    if reference.model is None:
        return Fact(msg("The study names no published model; the codes come from its own codebook."), _STUDY)
    text: Message
    if reference.mode == "informed":
        text = msg("Coders worked with the frame of the published model (informed mode).")
    else:
        text = msg("Coders had not seen the published model (blind mode, as the study declares).")
    return Fact(text, msg("Structured comparison with a published model"))
