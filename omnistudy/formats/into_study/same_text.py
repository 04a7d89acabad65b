"""Documents whose text a study has: by the hash of the text, and by name where several have the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from omnistudy.formats.into_study.stored_texts import storable
from omnistudy.formats.reading.imported import ImportedSource
from omnistudy.formats.reading.interview_ids import safe_id, same_file
from omnistudy.study.interviews import natural_order
from omnistudy.text.transcript import Transcript


def by_hash(interviews: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the interviews of every text, in their order, from interview to hash of its text."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for interview, digest in interviews.items():
        found[digest].append(interview)
    return dict(found)


def in_study(sources: Iterable[ImportedSource], texts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the interview of every document of one file whose text the study has.

    Two documents of a file with different names are two interviews even where their texts are the same: each
    takes the interview of its own name first, then one that is left. A document for which none is left is
    missing here.

    Parameters
    ----------
    sources
        The documents of one file.
    texts
        Hash of a text to the interviews that have it.
    """
    ordered = sorted(sources, key=lambda source: natural_order(source.name))
    digests = {source.id: Transcript(storable(source.text)).sha256 for source in ordered}
    found: dict[str, str] = {}
    for source in ordered:
        of_its_name = (
            one for one in texts.get(digests[source.id], ()) if same_file(one, safe_id(source.name))
        )
        if (named := next(of_its_name, None)) is not None:
            found[source.id] = named
    for source in ordered:
        left = (one for one in texts.get(digests[source.id], ()) if one not in found.values())
        if source.id not in found and (interview := next(left, None)) is not None:
            found[source.id] = interview
    return found
