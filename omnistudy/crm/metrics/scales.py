# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Scales of surveys (instrument ``scale:<name>``): their means, and whether their items hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from omnistudy.crm.metrics.case import By, Case, Metric
from omnistudy.crm.metrics.rows import Found
from omnistudy.crm.names import all_named
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import mean_t
from omnistudy.crm.statistics.scale_reliability import ScaleReliability, scale_reliability, too_small
from omnistudy.results import Message, msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ANSWERS = """
select grp, lower(substr(instrument, 7)) as scale, respondent_id, item,
    case when coalesce(reversed, false) then scale_min + scale_max - score else score end as score
from m_survey where lower(instrument) like 'scale:%'
"""
LENGTHS_SQL = """
select lower(substr(instrument, 7)), count(distinct scale_min * 100000 + scale_max) from m_survey
where lower(instrument) like 'scale:%' group by 1 order by 1
"""
# A respondent counts once, with the mean of what they answered; without respondents every answer does.
MEANS_SQL = f"""
select grp, scale, cast(sum(cast(mean as decimal(18, 6))) as double),
    cast(sum(cast(mean * mean as decimal(24, 6))) as double), count(*)
from (select grp, scale, cast(sum(cast(score as decimal(18, 6))) as double) / count(*) as mean
      from ({_ANSWERS}) as answers
      group by grp, scale, coalesce('r' || respondent_id, 'a' || cast(row as varchar))) as respondents
group by grp, scale order by grp, scale
""".replace("select grp, lower(substr", "select row, grp, lower(substr")
_ONCE = f"""
select scale, respondent_id, item, cast(sum(cast(score as decimal(18, 6))) as double) / count(*) as score
from ({_ANSWERS}) as answers where respondent_id is not null group by scale, respondent_id, item
"""
_FULL = f"""
select o.scale, o.respondent_id, o.item, o.score from ({_ONCE}) as o
join (select scale, respondent_id, count(*) as answered from ({_ONCE}) as given group by scale, respondent_id) as r
    on r.scale = o.scale and r.respondent_id = o.respondent_id
join (select scale, count(distinct item) as items from ({_ONCE}) as asked group by scale) as i
    on i.scale = o.scale and i.items = r.answered
"""
PAIRS_SQL = f"""
select a.scale, a.item, b.item, count(*), cast(sum(cast(a.score as decimal(18, 6))) as double),
    cast(sum(cast(a.score * b.score as decimal(24, 6))) as double)
from ({_FULL}) as a join ({_FULL}) as b on b.scale = a.scale and b.respondent_id = a.respondent_id
group by a.scale, a.item, b.item order by a.scale, a.item, b.item
"""
ITEMS_SQL = f"select scale, count(distinct item) from ({_ONCE}) as answers group by scale order by scale"


def scale_mean(case: Case) -> Iterator[Found]:
    """Mean of every scale over respondents, in the points of the scale."""
    for group, scale, total, squares, n in case.rows(MEANS_SQL):
        size = as_count(n)
        yield Found(
            group=str(group),
            value=as_number(total) / size,
            n=size,
            unit="mean",
            level=str(scale),
            interval=mean_t(as_number(total), as_number(squares), size, case.confidence),
        )


def scale_alpha(case: Case) -> Iterator[Found]:
    """Cronbach's α of every scale with Feldt's interval."""
    for scale, n, found in _reliabilities(case):
        if isinstance(found, Refusal):
            yield Found(level=scale, n=n, unit="coefficient", reason=_words(found))
        else:
            yield Found(
                level=scale, value=found.alpha, n=found.n, unit="coefficient", interval=found.interval
            )


def scale_omega(case: Case) -> Iterator[Found]:
    """McDonald's ω of every scale, from one factor by maximum likelihood."""
    for scale, n, found in _reliabilities(case):
        if isinstance(found, Refusal):
            yield Found(level=scale, n=n, unit="coefficient", reason=_words(found))
        elif found.omega is None:
            reason = msg(
                "one common factor does not fit the items: the share of an item's own is at its bound"
            )
            yield Found(level=scale, n=found.n, unit="coefficient", reason=reason)
        else:
            yield Found(level=scale, value=found.omega, n=found.n, unit="coefficient")


def _words(found: Refusal) -> Message:
    return msg("{reason}; needed: {needed}", reason=found.reason, needed=found.needed)


def _reliabilities(case: Case) -> Iterator[tuple[str, int, ScaleReliability | Refusal]]:
    """Every scale with the respondents who answered all its items."""
    import numpy as np

    pairs: dict[str, dict[tuple[str, str], tuple[int, float, float]]] = defaultdict(dict)
    for scale, first, second, n, total, product in case.rows(PAIRS_SQL):
        pairs[str(scale)][str(first), str(second)] = (as_count(n), as_number(total), as_number(product))
    for scale, items in case.rows(ITEMS_SQL):
        name, cells = str(scale), pairs[str(scale)]
        size = next((count for count, _, _ in cells.values()), 0)
        refused = too_small(as_count(items), size)
        if refused is not None:
            yield name, size, refused
            continue
        names = sorted({first for first, _ in cells})
        sums = np.array([cells[one, one][1] for one in names])
        products: NDArray[np.float64] = np.array([[cells[a, b][2] for b in names] for a in names])
        covariance = (products - np.outer(sums, sums) / size) / (size - 1)
        yield name, size, scale_reliability(covariance, size, case.confidence)


def refused(case: Case) -> Message | None:
    """There must be a scale, and its items must have one length."""
    lengths = case.rows(LENGTHS_SQL)
    if not lengths:
        return msg("the survey has no instrument scale:<name>")
    mixed = [str(scale) for scale, n in lengths if as_count(n) > 1]
    if mixed:
        return msg(
            "the items of {scales} are on more than one scale, which are never pooled",
            scales=all_named(mixed),
        )
    return None


WHOLE = frozenset({By.ALL})
SCALE_METRICS = (
    Metric(
        name="scale_mean",
        title=msg("Mean of a scale"),
        definition=msg(
            "mean over respondents of their mean over the items, reversed items turned; level is the scale"
        ),
        table="survey",
        needs=("item",),
        compute=scale_mean,
        refused=refused,
    ),
    Metric(
        name="scale_alpha",
        title=msg("Cronbach's alpha of a scale"),
        definition=msg(
            "k / (k − 1) × (1 − sum of the item variances / variance of the sum), over respondents who answered "
            "all items"
        ),
        table="survey",
        needs=("item", "respondent_id"),
        compute=scale_alpha,
        refused=refused,
        by=WHOLE,
        source="Cronbach, L. J. (1951). doi:10.1007/BF02310555; interval: Feldt, L. S. (1965). doi:10.1007/BF02289499",
    ),
    Metric(
        name="scale_omega",
        title=msg("McDonald's omega of a scale"),
        definition=msg(
            "squared sum of the loadings on one factor / (that + sum of the unique variances), over respondents who "
            "answered all items"
        ),
        table="survey",
        needs=("item", "respondent_id"),
        compute=scale_omega,
        refused=refused,
        by=WHOLE,
        source="McDonald, R. P. (1999). Test theory: a unified treatment. Erlbaum",
    ),
)
