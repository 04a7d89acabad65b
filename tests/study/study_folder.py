"""A small study written to disk, with one place to change per test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

TEXT_1 = "Interviewer: How is the new app?\n\nP1: I trust the clerk, not the app. The app is slow.\n"
TEXT_2 = "Interviewer: And you?\n\nP2: The app is slow, so I go to the branch.\n"
CODEBOOK = (
    "id,label,definition,parent,level,role\n"
    "trust,Trust,relies on people,,subcategory,context\n"
    "slow,Slow,takes long,,subcategory,causal\n"
)


def coding(text: str, quote: str, interview: str, coder: str, code: str) -> str:
    start = text.index(quote)
    return f'{interview},{start},{start + len(quote)},{coder},{code},"{quote}"\n'


@dataclass
class StudyFolder:
    """File name to content; ``write`` puts them into a folder."""

    files: dict[str, str | bytes] = field(
        default_factory=lambda: {
            "study.toml": (
                '[study]\nid = "small"\nlanguage = "en"\n'
                '[interviews]\nattributes = "participants.csv"\n'
                '[codings]\nfiles = ["codings.csv"]\n'
                '[codebook]\nfile = "codebook.csv"\n'
                '[analysis]\ncodings = "any"\n'
            ),
            "transcripts/P1.txt": TEXT_1,
            "transcripts/P2.txt": TEXT_2,
            "participants.csv": "interview,date,order,role\nP1,2025-01-02,2,clerk\nP2,2025-01-01,1,manager\n",
            "codebook.csv": CODEBOOK,
            "codings.csv": "interview,start,end,coder,code,quote\n"
            + coding(TEXT_1, "I trust the clerk", "P1", "a", "trust")
            + coding(TEXT_1, "The app is slow.", "P1", "b", "slow")
            + coding(TEXT_2, "The app is slow", "P2", "a", "slow"),
        }
    )

    def write(self, folder: Path) -> Path:
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return folder

    def text(self, name: str) -> str:
        content = self.files[name]
        assert isinstance(content, str)
        return content
