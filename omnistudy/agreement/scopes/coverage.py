"""How often intervals like those of a row held the true value in simulations, and the warning that follows.

The numbers come from ``coverage_of_intervals.csv``, which ``tests/benchmarks/coverage_of_intervals.py`` writes
from samples of populations whose coefficients are known. A row is compared with the simulated kind that is
nearest to it and no larger, or the smallest that gave enough intervals: the same method and coefficient, what
was sampled and how many of them, two coders or more, and the code's prevalence. The true agreement behind a
row is not known, so the kinds with moderate and with high agreement give a range. Coefficients and metrics
that were not simulated, and means of codes, have none; alpha over code sets takes the place of four categories.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.results import Kind, Message, Number, msg

if TYPE_CHECKING:
    from omnistudy.agreement.scopes.rows import AgreementRow

ENOUGH = 0.93
"""A kind of 95 % interval that held less often is warned of: it misses 7 of 100 times or more where it promises 5.
Chance in the simulation alone takes a true 95 % below this line less than 3 times in 1,000 with 1,000 intervals,
and less than 1 time in 10 with 200."""

LEAST_INTERVALS = 200
"""Kinds that gave fewer intervals (rare codes in few units seldom have a value) carry no statement."""

_TABLE = "coverage_of_intervals.csv"
_JACKKNIVES = ("jackknife", "jackknife_z")
_UNIT, _INTERVIEW, _NESTED = "unit", "interview", "unit_in_interview"
_KAPPAS = frozenset(
    {"cohen_kappa", "scott_pi", "light_kappa", "fleiss_kappa", "conger_kappa", "hubert_kappa"}
    | {"fleiss_kappa_gwet", "fleiss_kappa_listwise"}
)
_ALPHA = "krippendorff_alpha"
_PREVALENCES = MappingProxyType({"balanced": 0.5, "rare": 0.1, "very_rare": 0.02})
CATEGORIES: Mapping[str, Message] = MappingProxyType(
    {
        "balanced": msg("two categories, equally common"),
        "rare": msg("a code in one unit of ten"),
        "very_rare": msg("a code in one unit of fifty"),
        "four": msg("four categories"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """The kind of interval that was simulated, and the shares of samples in which it held the true value.

    Parameters
    ----------
    lowest, highest
        Over the true agreements that were simulated.
    method, coefficient
        Kind of interval, and what it was of; ``kappa`` stands for all kappas with the coders' own margins.
    sampled
        ``unit``, ``interview``, or ``unit_in_interview`` where single units of interviews were sampled.
    n
        Number of units, or of interviews for the other two.
    coders
        Two, or three for three and more.
    categories
        ``balanced``, ``rare``, ``very_rare`` or ``four``.
    """

    lowest: float
    highest: float
    method: str
    coefficient: str
    sampled: str
    n: int
    coders: int
    categories: str

    @property
    def short(self) -> bool:
        """Whether such intervals held the true value too seldom."""
        return self.lowest < ENOUGH

    def as_json(self) -> dict[str, object]:
        """The kind and its shares as JSON values."""
        return {
            "lowest": self.lowest,
            "highest": self.highest,
            "method": self.method,
            "coefficient": self.coefficient,
            "sampled": self.sampled,
            "n": self.n,
            "coders": self.coders,
            "categories": self.categories,
        }


_Kind = tuple[str, str, str, int, str]
_Shares = Mapping[int, tuple[float, ...]]


@cache
def _cells() -> Mapping[_Kind, _Shares]:
    """Shares of intervals that held by method, coefficient, sampled, coders and categories; then by n."""
    text = files("omnistudy.agreement.scopes").joinpath(_TABLE).read_text(encoding="utf-8")
    found: dict[_Kind, dict[int, tuple[float, ...]]] = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        printed, name, n = int(row["intervals"]), _family(row["coefficient"]), int(row["n"])
        if printed < LEAST_INTERVALS or name is None:
            continue
        kind = (row["method"], name, row["sampled"], int(row["coders"]), row["population"])
        sizes = found.setdefault(kind, {})
        sizes[n] = (*sizes.get(n, ()), int(row["held"]) / printed)
    return MappingProxyType(found)


def _family(coefficient: str) -> str | None:
    """Return the name under which a coefficient was simulated."""
    if coefficient in _KAPPAS:
        return "kappa"
    return coefficient if coefficient in {_ALPHA, "percent_agreement", "gwet_ac1"} else None


def simulated(row: AgreementRow, method: str, interviews: int = 1) -> Simulated | None:
    """Return the simulated kind that a row's interval is like; ``None`` where there is none.

    Parameters
    ----------
    row
        A row with its interval.
    method
        The kind of interval that was asked for.
    interviews
        Number of interviews that the units of the row lie in.
    """
    family, categories = _family(row.coefficient), _categories(row)
    plain = row.aggregate == "direct" and row.weights == "identity"
    if row.ci_low is None or family is None or categories is None or not plain:
        return None
    if row.metric not in {"nominal", "masi", "jaccard"}:
        return None
    sampled = _INTERVIEW if row.cluster == "interview" else _NESTED if interviews > 1 else _UNIT
    size = {_INTERVIEW: row.n_clusters, _NESTED: interviews, _UNIT: row.n_pairable}[sampled]
    wanted = (method.removesuffix("_normal"), family, sampled, min(row.n_coders, 3), categories)
    known = _cells().get(wanted)
    if not known:
        return None
    n = max((n for n in known if n <= size), default=min(known))
    return Simulated(
        lowest=min(known[n]),
        highest=max(known[n]),
        method=wanted[0],
        coefficient=family,
        sampled=sampled,
        n=n,
        coders=wanted[3],
        categories=categories,
    )


def _categories(row: AgreementRow) -> str | None:
    if row.k != 2:
        return "four"
    if row.prevalence is None or row.prevalence in {0.0, 1.0}:
        return None
    share = min(row.prevalence, 1 - row.prevalence)
    return min(_PREVALENCES, key=lambda name: abs(math.log(_PREVALENCES[name] / share)))


def range_of(method: str, sampled: str, n: int) -> tuple[Number, Number]:
    """Return the lowest and the highest share for alpha and kappa over all populations of one size."""
    found = [
        share
        for kind, sizes in _cells().items()
        if (kind[0], kind[2]) == (method, sampled) and kind[1] in {_ALPHA, "kappa"}
        for share in sizes.get(n, ())
    ]
    return Number(min(found), Kind.SHARE), Number(max(found), Kind.SHARE)


def warnings_of_one(kind: Simulated | None, name: Message) -> tuple[Message, ...]:
    """Return what has to be said of the interval of the coefficient ``name``: nothing where it holds enough."""
    if kind is None or not kind.short:
        return ()
    instead = _better(kind)
    return (_of_one(kind, name),) if instead is None else (_of_one(kind, name), instead)


def warnings_of_many(kinds: Sequence[Simulated | None]) -> tuple[Message, ...]:
    """Return what has to be said of the intervals of whole tables, ``None`` for those not simulated."""
    known = [kind for kind in kinds if kind is not None]
    short = [kind for kind in known if kind.short]
    return (_of_many(short, len(known)),) if short else ()


def _of_one(kind: Simulated, name: Message) -> Message:
    values: dict[str, Number | Message] = {
        "name": name,
        "n": Number(kind.n, Kind.COUNT),
        "coders": Number(kind.coders, Kind.COUNT),
        "low": Number(kind.lowest, Kind.SHARE),
        "high": Number(kind.highest, Kind.SHARE),
        "categories": CATEGORIES[kind.categories],
    }
    if kind.sampled == _NESTED:
        return msg(
            "The intervals sample single units although the units lie in interviews. In simulations with {n} interviews"
            " and {coders} coders, 95 % intervals like that of {name} held the true value in {low} to {high}"
            " of the samples ({categories}). Sample interviews instead, which is the default: --ci jackknife"
            " --cluster interview.",
            **values,
        )
    if kind.sampled == _INTERVIEW:
        return msg(
            "In simulations with {n} interviews and {coders} coders, 95 % intervals like that of {name}"
            " held the true value in {low} to {high} of the samples ({categories}). Take its limits as rough; more"
            " double-coded interviews make them firmer.",
            **values,
        )
    return msg(
        "In simulations with {n} units and {coders} coders, 95 % intervals like that of {name} held the"
        " true value in {low} to {high} of the samples ({categories}). Take its limits as rough; more units that two"
        " coders rate make them firmer.",
        **values,
    )


def _better(kind: Simulated) -> Message | None:
    """Name the kind of jackknife that held most often, if it did better by two in a hundred."""
    place = (kind.coefficient, kind.sampled, kind.coders, kind.categories)
    known = {ci: _cells().get((ci, *place), {}).get(kind.n) for ci in _JACKKNIVES}
    found = {ci: shares for ci, shares in known.items() if shares}
    best = max(found, key=lambda ci: min(found[ci]), default=None)
    if best is None or min(found[best]) < kind.lowest + 0.02:
        return None
    return msg(
        "In the same simulations --ci {method} held it in {low} to {high}.",
        method=best,
        low=Number(min(found[best]), Kind.SHARE),
        high=Number(max(found[best]), Kind.SHARE),
    )


def _of_many(short: Sequence[Simulated], of: int) -> Message:
    worst = min(short, key=lambda kind: kind.lowest)
    size, categories = Number(worst.n, Kind.COUNT), CATEGORIES[worst.categories]
    about = msg("{categories}, {n} interviews", categories=categories, n=size)
    if worst.sampled == _UNIT:
        about = msg("{categories}, {n} units", categories=categories, n=size)
    return msg(
        "{count} of {all} intervals in these tables are of kinds that held the true value in less than {enough} of"
        " simulated samples, the weakest ({kind}) in {low}. They belong to rare codes and small samples; the JSON"
        " output names them under simulated_coverage.",
        count=Number(len(short), Kind.COUNT),
        all=Number(of, Kind.COUNT),
        enough=Number(ENOUGH, Kind.SHARE),
        kind=about,
        low=Number(worst.lowest, Kind.SHARE),
    )
