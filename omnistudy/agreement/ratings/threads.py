"""One thread for matrix products.

Sums of products come out with the same last digit whatever the number of cores, so that a report can be
made again byte for byte; and the many small products of a resampling are several times faster without
threads waiting for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def one_thread(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Run a function with single-threaded linear algebra; the setting before is restored."""

    @wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return run
