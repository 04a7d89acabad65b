"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# CI must answer the same for the same commit; elsewhere every run looks at new examples.
settings.register_profile("ci", derandomize=True)
if os.environ.get("OMNISTUDY_CI"):
    settings.load_profile("ci")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def demo(repository: Path) -> Path:
    """The synthetic demo study."""
    return repository / "interviews" / "maskan-demo"


@pytest.fixture(scope="session")
def shared(repository: Path) -> Path:
    """Real studies and published tables, which are kept beside the repository and never inside it."""
    folder = repository.parent / "shared"
    if not (folder / "DESIGN.md").is_file():
        pytest.skip("the shared data folder is not beside this checkout; these tests need real files")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-readme", action="store_true", help="write what the commands of README print into it"
    )
