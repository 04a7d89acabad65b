"""The files of a new, empty study: it passes ``check``, which then says what is still to come."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from omnistudy.results import Block, Column, Kind, Message, Result, Table, msg

CODINGS_HEADER = "interview,start,end,coder,code,quote,round,created,memo,source\n"
PARTICIPANTS_HEADER = "interview,date,order\n"
CODEBOOK_HEADER = "id,label,definition,include,exclude,example,parent,level,role,properties\n"
RELATIONS_HEADER = "source,target,type,polarity,feedback,rationale,evidence\n"
MEMOS_HEADER = "id,target,target_id,coder,created,title,text\n"

_STUDY_TOML = """\
# Every path is relative to this folder. Check it at any time with: omnistudy check {folder}
[study]
id = "{id}"
title = "{title}"
language = "{language}"            # language of the transcripts

[interviews]
transcripts = "transcripts"      # .txt .md .docx .odt .rtf .vtt .srt
attributes = "participants.csv"  # one row per interview: interview, date, order, and what you know of the person

[codings]
files = ["codings.csv"]          # interview,start,end,coder,code and optionally quote,round,created,memo,source
# seen = "seen.csv"              # interview,coder,round: who coded what, also where they found nothing

[codebook]
file = "codebook.csv"            # id,label,definition,…; role: causal phenomenon context intervening strategy outcome

[theory]
relations = "relations.csv"      # source,target,type,polarity,feedback,rationale,evidence
memos = "memos.csv"

[analysis]
codings = "any"                  # whose codings count: consensus, lead:<coder>, majority or any
speakers = "participants"        # the interviewer's speech is no data

[agreement]
unit = "turn"
level = "subcategory"
"""


@dataclass(frozen=True, kw_only=True)
class NewStudyResult(Result):
    """A study that was made: its folder as it was named, and the files in it."""

    command: ClassVar[str] = "new"
    folder: str
    files: tuple[str, ...]

    @property
    def title(self) -> Message:
        """The heading of the answer."""
        return msg("New study")

    @property
    def summary(self) -> Message:
        """Where the study is."""
        return msg("Made the study {folder}.", folder=self.folder)

    def payload(self) -> dict[str, object]:
        """Return the folder and its files."""
        return {"folder": self.folder, "files": list(self.files)}

    def tables(self) -> tuple[Table, ...]:
        """The files, one per row."""
        columns = (Column("file", msg("File"), Kind.ID),)
        return (Table(name="files", columns=columns, rows=tuple((name,) for name in self.files)),)

    def blocks(self) -> tuple[Block, ...]:
        """Nothing beside the summary: what is in the folder can be seen there."""
        return ()


def new_study(name: str, language: str, transcripts: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the files of an empty study, path relative to its folder to content.

    Parameters
    ----------
    name
        Name of the folder; the study's id is made from it.
    language
        Language tag of the transcripts to come.
    transcripts
        File name to content of those that are there already; each gets its row in the table of participants.
    """
    identity = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")
    if not identity:
        # Names in other letters would all give one id, and studies of one id share a report folder.
        identity = f"study-{hashlib.sha256(name.encode('utf-8')).hexdigest()[:6]}"
    title = name.replace("\\", "\\\\").replace('"', '\\"')
    folder = shlex.quote(name).replace("\n", " ")
    study = _STUDY_TOML.format(id=identity, title=title, folder=folder, language=language)
    brought = transcripts or {}
    participants = io.StringIO()
    participants.write(PARTICIPANTS_HEADER)
    csv.writer(participants, lineterminator="\n").writerows(
        (PurePath(file).stem, "", order) for order, file in enumerate(brought, start=1)
    )
    files = {
        "study.toml": study,
        "participants.csv": participants.getvalue(),
        "codings.csv": CODINGS_HEADER,
        "codebook.csv": CODEBOOK_HEADER,
        "relations.csv": RELATIONS_HEADER,
        "memos.csv": MEMOS_HEADER,
        **({} if brought else {"transcripts/.keep": ""}),
    }
    return {
        **{path: text.encode("utf-8") for path, text in files.items()},
        **{f"transcripts/{file}": data for file, data in brought.items()},
    }
