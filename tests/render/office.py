"""LibreOffice without a window, for tests that look at documents as people do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PATIENCE = 240
"""Seconds for one conversion; a cold start alone takes several."""

_EMBEDDINGS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def program(*names: str) -> str:
    """Return an installed program; skip where there is none, except where CI promised it."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("OMNISTUDY_CI"):
            pytest.fail(f"CI must install {names[0]}: these tests may not be skipped there")
        pytest.skip(f"no {names[0]} on this machine; the document is not looked at")
    return found


def pdf_of(document: Path, folder: Path) -> Path:
    """Convert a document with a profile of its own, so that no other LibreOffice is disturbed."""
    office = program("soffice", "libreoffice")
    profile = (folder / "profile").as_uri()
    command = [office, "--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, str(folder), str(document)], check=True, capture_output=True, timeout=PATIENCE)
    return folder / f"{document.stem}.pdf"


def pages_of(pdf: Path) -> list[str]:
    """Return the text of every page in reading order, without the marks that steer directions."""
    made = subprocess.run(
        [program("pdftotext"), "-enc", "UTF-8", str(pdf), "-"],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return [_EMBEDDINGS.sub("", page) for page in made.stdout.decode().split("\f")[:-1]]
