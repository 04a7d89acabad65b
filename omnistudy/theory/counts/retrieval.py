"""Finding quotations: by code and its descendants, role, interview, coder and attribute."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import Quote
from omnistudy.study.model import Coding, Quotation, Role, Study
from omnistudy.text.speakers import turns
from omnistudy.text.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFilter:
    """What a quotation must carry to be found; ``None`` asks nothing.

    Parameters
    ----------
    code
        A code id; its descendants count too.
    role
        A role of the paradigm model, inherited roles included.
    interview
        An interview id.
    coder
        A coder id. Then all codings of that coder are searched, of whatever round, because the
        analysis set may hold none of them.
    attribute
        Name and value of an interview attribute.
    """

    code: str | None = None
    role: Role | None = None
    interview: str | None = None
    coder: str | None = None
    attribute: tuple[str, str] | None = None


def find_quotes(study: Study, wanted: QuoteFilter) -> tuple[Quote, ...]:
    """Return the quotations that fit ``wanted``, by interview and place.

    Each quotation comes once, with all its fitting codes and the coders that applied them.

    Parameters
    ----------
    study
        The study; its analysis set is searched, or all codings of the coder that ``wanted`` names.
    wanted
        What a quotation must carry.

    Returns
    -------
    tuple of Quote
        The words with their place: half-open code points of the interview's canonical text.

    Raises
    ------
    StudyError
        If the filter names a code, interview, coder or attribute value that the study lacks.

    Examples
    --------
    How often, and in how many interviews, a code of the shipped demonstration study stands:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> found = find_quotes(study, QuoteFilter(code="known-clerk-trust"))
    >>> len(found), len({quote.interview for quote in found})
    (22, 7)
    """
    _check(study, wanted)
    searched = study.codings if wanted.coder is not None else study.analysed
    codes = _codes(study, wanted)
    interviews = _interviews(study, wanted)
    return quotes_of(
        study,
        [
            coding
            for coding in searched
            if coding.code in codes
            and coding.quotation.interview in interviews
            and wanted.coder in (None, coding.coder)
        ],
    )


def quotes_of(study: Study, codings: Iterable[Coding]) -> tuple[Quote, ...]:
    """Return the distinct quotations of ``codings``, in interview order, with codes and coders."""
    found: dict[Quotation, tuple[set[str], set[str]]] = {}
    for coding in codings:
        codes, coders = found.setdefault(coding.quotation, (set(), set()))
        codes.add(coding.code)
        coders.add(coding.coder)
    order = {interview.id: interview.order for interview in study.interviews}
    spans = sorted(found, key=lambda span: (order[span.interview], span))
    rank = {code.id: position for position, code in enumerate(study.codebook)}
    return tuple(
        quote(study, span, sorted(found[span][0], key=rank.__getitem__), sorted(found[span][1]))
        for span in spans
    )


def quote(study: Study, span: Quotation, codes: Sequence[str] = (), coders: Sequence[str] = ()) -> Quote:
    """Return the words of ``span`` as a block value, untouched."""
    return Quote(
        text=study.passage(span),
        interview=span.interview,
        start=span.start,
        end=span.end,
        language=study.language,
        coders=tuple(coders),
        codes=tuple(study.codebook[code].label for code in codes),
        turn=_turn_of(study, span),
    )


def _turn_of(study: Study, span: Quotation) -> int | None:
    """Return the number of the turn in which ``span`` begins; ``None`` before the first turn."""
    names = study.settings.interviews.interviewers
    starts = _turn_starts(study.interview[span.interview].transcript, tuple(names))
    return bisect_right(starts, span.start) or None


@lru_cache(maxsize=1024)
def _turn_starts(transcript: Transcript, interviewers: tuple[str, ...]) -> tuple[int, ...]:
    """Turns are found once per interview, since a report quotes each of them many times."""
    return tuple(turn.start for turn in turns(transcript, interviewers))


def spread(quotes: Sequence[Quote], most: int) -> tuple[Quote, ...]:
    """Return at most ``most`` quotes, one from each interview before a second from any."""
    seen: dict[str, int] = {}
    turns = []
    for position, passage in enumerate(quotes):
        turns.append((seen.get(passage.interview, 0), position))
        seen[passage.interview] = seen.get(passage.interview, 0) + 1
    chosen = sorted(position for _, position in sorted(turns)[:most])
    return tuple(quotes[position] for position in chosen)


def _codes(study: Study, wanted: QuoteFilter) -> Collection[str]:
    book = study.codebook
    return {
        code.id
        for code in book
        if (wanted.code is None or wanted.code in (code.id, *book.ancestors(code.id)))
        and (wanted.role is None or book.role_of(code.id) is wanted.role)
    }


def _interviews(study: Study, wanted: QuoteFilter) -> Collection[str]:
    name, value = wanted.attribute or (None, None)
    return {
        interview.id
        for interview in study.interviews
        if wanted.interview in (None, interview.id)
        and (name is None or interview.attributes.get(name) == value)
    }


def _check(study: Study, wanted: QuoteFilter) -> None:
    known = (
        ("code", wanted.code, [code.id for code in study.codebook]),
        ("interview", wanted.interview, [interview.id for interview in study.interviews]),
        ("coder", wanted.coder, [coder.id for coder in study.coders]),
    )
    for what, name, names in known:
        if name is not None and name not in names:
            remedy = did_you_mean(name, names) or f"The study has: {', '.join(names[:20]) or 'none'}."
            raise StudyError.of(f"There is no {what} '{name}' in this study.", remedy)
    if wanted.attribute is not None:
        check_attribute(study, *wanted.attribute)


def check_attribute(study: Study, name: str, value: str | None = None) -> None:
    """Raise :class:`StudyError` unless an interview has attribute ``name`` (and ``value``)."""
    names = sorted({key for interview in study.interviews for key in interview.attributes})
    if name not in names:
        remedy = did_you_mean(name, names) or f"The participants have: {', '.join(names) or 'none'}."
        raise StudyError.of(f"There is no participant attribute '{name}'.", remedy)
    values = sorted({interview.attributes.get(name, "") for interview in study.interviews} - {""})
    if value is not None and value not in values:
        remedy = did_you_mean(value, values) or f"Its values are: {', '.join(values[:20])}."
        raise StudyError.of(f"No participant has {name} = '{value}'.", remedy)
