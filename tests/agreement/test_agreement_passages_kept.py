"""Passages as they are kept: joined, cut by coder and text, as characters, as segments, from a study."""

from __future__ import annotations

import numpy as np
import pytest
from agreement_builder import PROVENANCE, coding, of_study, passages, study

from omnistudy.agreement.analysis import agreement_of_spans
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.segments import SegmentMatch, segment_match
from omnistudy.agreement.passages.spans import SpanRatings, as_characters, merge_notes, spans_of_study
from omnistudy.errors import StudyError


def test_passages_as_characters() -> None:
    spans = passages(
        [(0, 0, 0, 2, 6), (0, 1, 0, 4, 8), (1, 0, 1, 0, 3)], lengths=(10, 3), seen=[[1, 1], [1, 0]]
    )
    found = as_characters(spans)
    frame = found.frame
    assert list(frame.ids) == ["A:0", "A:2", "A:4", "A:6", "A:8", "B:0"]
    assert frame.interview is not None
    assert frame.weight is not None
    assert frame.spans is not None
    assert (frame.interviews, frame.interview.tolist(), frame.weight.tolist(), frame.runs) == (
        ("A", "B"),
        [0, 0, 0, 0, 0, 1],
        [2, 2, 2, 2, 2, 3],
        True,
    )
    assert frame.spans.tolist() == [[0, 2], [2, 4], [4, 6], [6, 8], [8, 10], [0, 3]]
    sets = [[None if s < 0 else sorted(found.sets[s]) for s in coder] for coder in found.index.tolist()]
    assert sets == [[[], ["k"], ["k"], [], [], ["m"]], [[], [], ["k"], ["k"], [], None]]


def test_parts_of_passages() -> None:
    spans = passages(
        [(0, 0, 0, 2, 6), (0, 2, 1, 1, 3), (1, 1, 0, 0, 4), (1, 2, 0, 5, 9)],
        coders=3,
        seen=[[1, 0, 1], [1, 1, 1]],
    )

    def rows(part: SpanRatings) -> list[tuple[int, ...]]:
        columns = (part.interview, part.coder, part.code, part.start, part.end)
        return [tuple(row) for row in np.stack(columns, axis=1).tolist()]

    turned = spans.of_coders([2, 0])
    assert (turned.coders, rows(turned)) == (
        ("z", "x"),
        [(0, 0, 1, 1, 3), (0, 1, 0, 2, 6), (1, 0, 0, 5, 9)],
    )
    assert turned.seen.tolist() == [[True, True], [True, True]]
    first = spans.of_interview(0)
    assert (first.interviews, first.coders, first.lengths.tolist(), rows(first)) == (
        ("A",),
        ("x", "z"),
        [20],
        [(0, 0, 0, 2, 6), (0, 1, 1, 1, 3)],
    )
    assert rows(spans.of_code(1)) == [(0, 2, 1, 1, 3)]
    assert spans.first_position.tolist() == [0, 20, 40]
    assert not spans.overlapping
    touching = passages([(0, 0, 0, 0, 5), (0, 0, 1, 5, 9), (0, 1, 0, 3, 7)])
    assert not touching.overlapping
    assert passages([(0, 0, 0, 0, 9), (0, 0, 1, 2, 3), (0, 0, 1, 8, 10)]).overlapping


def test_passages_are_joined_where_they_overlap_only() -> None:
    """A long passage swallows those inside it; what merely touches stays two passages."""
    spans = passages(
        [(0, 0, 0, 0, 10), (0, 0, 0, 2, 4), (0, 0, 0, 8, 12), (0, 0, 0, 12, 15), (0, 0, 1, 14, 16)]
    )
    assert list(zip(spans.code.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)) == [
        (0, 0, 12),
        (0, 12, 15),
        (1, 14, 16),
    ]
    assert spans.merged == 2
    assert [str(note) for note in merge_notes(spans)] == [
        "2 passages overlapped another of the same coder and code and were joined before counting."
    ]
    assert merge_notes(passages([])) == ()


def test_places_where_no_passage_can_be() -> None:
    for start, end, said in (
        (-1, 3, "lies outside"),
        (5, 21, "lies outside"),
        (5, 5, "is empty"),
        (7, 3, "is empty"),
    ):
        with pytest.raises(StudyError, match=said):
            passages([(0, 0, 0, start, end)])
    passages([(0, 0, 0, 0, 20)])


TEXT = "Interviewer: why?\nParticipant: one two.\nInterviewer: and?\nParticipant: three four.\n"


def test_passages_of_a_study_in_the_speech_that_is_data() -> None:
    """What the two turns say is 8 and 11 characters; a passage over the question between them is one passage."""
    start, end = TEXT.index("two"), TEXT.index("four")
    question = TEXT.index("why")
    rows = [coding("P1", start, end, "x", "a"), coding("P1", start, start + 4, "y", "b")]
    rows += [coding("P1", question, question + 3, "y", "a"), coding("P2", end, end + 4, "y", "a")]
    found = spans_of_study(study({"P1": TEXT, "P2": TEXT}, rows), AgreementOptions())
    assert (found.coders, found.codes, found.interviews) == (("x", "y"), ("a", "b"), ("P1", "P2"))
    assert found.seen.tolist() == [[True, True], [True, True]]
    [length] = set(found.lengths.tolist())
    first = length - len("three four.")
    assert first == len("one two.")
    columns = (found.interview, found.coder, found.code, found.start, found.end)
    assert [tuple(row) for row in np.stack(columns, axis=1).tolist()] == [
        (0, 0, 0, 4, first + 6),
        (0, 1, 1, 4, 8),
        (1, 1, 0, first + 6, first + 10),
    ]


def test_passages_beside_ratings_in_one_study() -> None:
    rows = [coding("P1", TEXT.index("one"), TEXT.index("one") + 3, coder, "a") for coder in "xy"]
    given = study({"P1": TEXT}, rows)

    def names(*chosen: str) -> list[tuple[str, str]]:
        options = AgreementOptions(resamples=0, unit="turn", by=("overall",), coefficients=chosen)
        return [(row.coefficient, row.unit) for row in of_study(given, options).rows]

    assert names("u_alpha") == [("u_alpha", "span")]
    assert names("holsti") == [("holsti", "turn")]
    assert names("holsti", "u_alpha") == [("holsti", "turn"), ("u_alpha", "span")]


def test_segments_that_match() -> None:
    """Shares of the longer segment: 9 of 10, 8 of 10, 10 of 10 under another code; C was not seen by y."""
    rows = [(0, 0, 0, 0, 10), (0, 1, 0, 1, 10), (0, 0, 0, 11, 19), (0, 1, 0, 10, 20), (1, 0, 0, 0, 10)]
    rows += [(1, 1, 1, 0, 10), (2, 0, 0, 0, 5)]
    spans = passages(rows, lengths=(20, 20, 20), seen=[[1, 1], [1, 1], [1, 0]])
    strict = segment_match(spans, 0, 1)
    assert strict == SegmentMatch(agreements=2, disagreements=4, codes=2, threshold=0.9)
    assert strict.percent == 1 / 3
    assert strict.brennan_prediger == pytest.approx(-1 / 3)
    loose = segment_match(spans, 1, 0, 0.8, codes=4)
    assert loose == SegmentMatch(agreements=4, disagreements=2, codes=4, threshold=0.8)
    assert loose.brennan_prediger == pytest.approx((2 / 3 - 1 / 4) / (3 / 4))
    assert segment_match(passages([]), 0, 1).percent is None
    assert segment_match(passages([]), 0, 1).brennan_prediger is None
    assert segment_match(spans, 0, 1, codes=1).brennan_prediger is None


def test_what_a_table_of_passages_shows_where_nothing_is_asked_for() -> None:
    """The family on passages and the defaults on characters with Holsti's coefficient, overall and per code."""
    spans = passages([(0, 0, 0, 0, 10), (0, 1, 0, 0, 5), (1, 0, 1, 10, 20), (1, 1, 1, 10, 20)])
    result = agreement_of_spans(spans, AgreementOptions(resamples=0, ci="none"), PROVENANCE)
    of_characters = ["percent_agreement", "holsti", "cohen_kappa", "gwet_ac1", "krippendorff_alpha"]
    assert [(row.scope, row.code, row.unit, row.aggregate, row.coefficient) for row in result.rows] == [
        ("overall", None, "span", "direct", "u_alpha"),
        ("overall", None, "span", "direct", "u_alpha_relevance"),
        ("overall", None, "span", "direct", "cu_alpha"),
        ("overall", None, "span", "mean_of_codes", "u_alpha"),
        ("overall", None, "character", "direct", "krippendorff_alpha"),
        *(("overall", None, "character", "mean_of_codes", name) for name in of_characters),
        *(("code", code, "span", "direct", name) for code in "km" for name in ("u_alpha", "ku_alpha")),
        *(("code", code, "character", "direct", name) for code in "km" for name in of_characters),
    ]
    values = {(row.code, row.coefficient): row.value for row in result.rows if row.unit == "character"}
    # of 40 characters 5 differ in k, of which one has 10 and the other 5; in m they never differ
    assert values["k", "percent_agreement"] == pytest.approx(35 / 40)
    assert values["k", "holsti"] == pytest.approx(2 * 5 / 15)
    assert values["k", "cohen_kappa"] == pytest.approx(
        (35 / 40 - (10 * 5 + 30 * 35) / 1600) / (1 - (10 * 5 + 30 * 35) / 1600)
    )
    assert [values["m", name] for name in of_characters] == [pytest.approx(1)] * 5
    only = AgreementOptions(resamples=0, ci="none", coefficients=("holsti",))
    assert {row.unit for row in agreement_of_spans(spans, only, PROVENANCE).rows} == {"character"}
