"""Tests that need the SQL parser of the extra ``spark``, and nothing else of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import pytest

HAS_PARSER = importlib.util.find_spec("sqlglot") is not None


def with_parser(test: Callable[..., None]) -> Callable[..., None]:
    """Run beside the tests on Spark, whose extra installs the parser; skipped where it is absent."""
    absent = pytest.mark.skipif(not HAS_PARSER, reason="sqlglot of the extra spark is not installed")
    marked: Callable[..., None] = pytest.mark.spark(absent(test))
    return marked
