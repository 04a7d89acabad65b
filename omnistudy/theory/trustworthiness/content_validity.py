"""Content validity ratio from an experts' sheet (Lawshe 1975, doi:10.1111/j.1744-6570.1975.tb01393.x).

How many "essential" an item needs is taken from the exact one-sided binomial test at .05 and not from
the printed table, whose origin is disputed (Ayre & Scally 2014, doi:10.1177/0748175613513808).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import Column, Kind, Number, Table, Undefined, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.text.keys import match_key

LEVEL = 0.05
RATINGS = {
    match_key(word): rating
    for rating, words in {
        "essential": ("essential", "ضروری", "ضروری است", "1"),
        "useful": ("useful", "useful but not essential", "مفید", "مفید ولی غیرضروری", "2"),
        "unnecessary": ("unnecessary", "not necessary", "غیرضروری", "غیر ضروری", "3"),
    }.items()
    for word in words
}
"""Match key of what experts write to what it means; 1, 2, 3 are Lawshe's own order."""
NO_LEAST = msg("so few experts cannot reach significance even when all agree")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValidity:
    """One item: the experts who rated it, and those who called it essential."""

    item: str
    experts: int
    essential: int

    @property
    def ratio(self) -> float:
        """The content validity ratio, from -1 to 1."""
        return content_validity_ratio(self.essential, self.experts)

    @property
    def least(self) -> int | None:
        """Experts who must call it essential; ``None`` where no number is enough."""
        return least_essential(self.experts)

    @property
    def p(self) -> float:
        """One-sided probability of so many by tossing coins."""
        return upper_tail(self.essential, self.experts)

    @property
    def kept(self) -> bool:
        """Whether enough experts call it essential."""
        return self.least is not None and self.essential >= self.least


def content_validity_ratio(essential: int, experts: int) -> float:
    """Return Lawshe's content validity ratio, (n_e - N/2) / (N/2).

    Parameters
    ----------
    essential
        Experts who call the item essential, n_e.
    experts
        Experts who rated it, N.

    Returns
    -------
    float
        From -1 (nobody) over 0 (half of them) to 1 (all).

    Raises
    ------
    ValueError
        Without experts, or with more "essential" than experts.

    References
    ----------
    Lawshe (1975), A quantitative approach to content validity, doi:10.1111/j.1744-6570.1975.tb01393.x.

    Examples
    --------
    Worked by hand: 15 of 20 experts are 5 above half of 20.

    >>> content_validity_ratio(15, 20)
    0.5
    >>> round(content_validity_ratio(11, 14), 3), round(content_validity_ratio(10, 14), 3)
    (0.571, 0.429)
    """
    if experts < 1 or not 0 <= essential <= experts:
        raise ValueError(f"{essential} of {experts} experts cannot call an item essential")
    return (essential - experts / 2) / (experts / 2)


def upper_tail(essential: int, experts: int) -> float:
    """Return P(X >= essential) for X binomial with ``experts`` trials and probability 1/2."""
    return sum(comb(experts, k) for k in range(essential, experts + 1)) / float(2**experts)


def least_essential(experts: int) -> int | None:
    """Return the least number of "essential" with a one-sided probability of at most .05.

    Parameters
    ----------
    experts
        Experts who rated the item, N.

    Returns
    -------
    int or None
        ``None`` where even all of them would not be enough (fewer than five).

    References
    ----------
    Ayre & Scally (2014), Critical values for Lawshe's content validity ratio, doi:10.1177/0748175613513808:
    the exact binomial count in place of the printed table.

    Examples
    --------
    Of 14 experts 11 (.029), of 20 experts 15 (.021):

    >>> [least_essential(n) for n in (4, 5, 14, 20)]
    [None, 5, 11, 15]
    >>> round(upper_tail(11, 14), 3), round(upper_tail(15, 20), 3)
    (0.029, 0.021)
    """
    return next((n for n in range(experts + 1) if upper_tail(n, experts) <= LEVEL), None)


def validity_of_sheet(sheet: BareTable) -> tuple[ItemValidity, ...]:
    """Read an experts' sheet with the columns ``item``, ``expert`` and ``rating``.

    A sheet with ``item`` and neither of the other two is wide: every other column is an expert.
    Ratings are essential, useful or unnecessary in English or Persian, or 1, 2, 3. An empty rating is no
    rating: the expert does not count for that item. Items come in the order of the sheet.

    Raises
    ------
    StudyError
        With a missing column, every unknown rating, every row without item or expert, and every expert
        who rates an item twice.
    """
    cells = _long(sheet) if "expert" in sheet.columns or "rating" in sheet.columns else _wide(sheet)
    missing = [name for name in ("item", "expert", "rating") if name not in sheet.columns]
    if cells is None:
        raise StudyError(
            Problem(
                what=f"The experts' sheet has no column '{name}'.",
                remedy=did_you_mean(name, sheet.columns) or "Give the columns item, expert and rating.",
                file=sheet.source.path,
                row=1,
            )
            for name in missing
        )
    votes: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for row, item, expert, rating in cells:
        found = _problem(item, expert, rating, votes)
        if found is not None:
            what, remedy = found
            problems.append(Problem(what=what, remedy=remedy, file=sheet.source.path, row=row))
            continue
        own = votes.setdefault(item, {})
        if rating:
            own[expert] = RATINGS[match_key(rating)]
    if problems:
        raise StudyError(problems)
    return tuple(
        ItemValidity(item=item, experts=len(own), essential=sum(v == "essential" for v in own.values()))
        for item, own in votes.items()
        if own
    )


def _long(sheet: BareTable) -> list[tuple[int, str, str, str]] | None:
    """Rows of a sheet with one rating each; ``None`` where a column is missing."""
    names = ("item", "expert", "rating")
    if any(name not in sheet.columns for name in names):
        return None
    cells = zip(*(_texts(sheet, name) for name in names), strict=True)
    return [(row, *texts) for row, texts in enumerate(cells, start=2)]


def _wide(sheet: BareTable) -> list[tuple[int, str, str, str]] | None:
    """Ratings of a sheet with one column per expert; ``None`` without items or with fewer than two experts."""
    experts = [name for name in sheet.columns if name != "item"]
    if "item" not in sheet.columns or len(experts) < 2:
        return None
    items = _texts(sheet, "item")
    columns = {expert: _texts(sheet, expert) for expert in experts}
    return [
        (row, item, expert, columns[expert][row - 2])
        for row, item in enumerate(items, start=2)
        for expert in experts
    ]


def _problem(item: str, expert: str, rating: str, votes: dict[str, dict[str, str]]) -> tuple[str, str] | None:
    if not item or not expert:
        return "The row names no item or no expert.", "Give both."
    if rating and match_key(rating) not in RATINGS:
        return f"'{rating}' is no rating.", "Write essential, useful or unnecessary, or 1, 2, 3."
    if expert in votes.get(item, {}):
        return f"{expert} rates '{item}' twice.", "Keep one of the two ratings."
    return None


def _texts(sheet: BareTable, name: str) -> list[str]:
    factor = sheet.columns[name]
    return [factor.labels[code] if code >= 0 else "" for code in factor.codes]


def validity_table(items: Sequence[ItemValidity]) -> Table:
    """Return the ratios as a table."""
    return Table(
        name="content_validity",
        caption=msg("Content validity ratio of each item"),
        columns=(
            Column("item", msg("Item"), Kind.ID),
            Column("experts", msg("Experts"), Kind.COUNT),
            Column("essential", msg("Essential"), Kind.COUNT),
            Column("cvr", msg("CVR"), Kind.COEFFICIENT),
            Column("least", msg("Essential needed"), Kind.COUNT),
            Column("p", msg("Exact p, one-sided"), Kind.COEFFICIENT),
            Column("kept", msg("Kept"), Kind.FLAG),
        ),
        rows=tuple(
            (
                row.item,
                row.experts,
                row.essential,
                Number(row.ratio, Kind.COEFFICIENT),
                Undefined(NO_LEAST) if row.least is None else row.least,
                row.p,
                row.kept,
            )
            for row in items
        ),
        note=msg("An item is kept where so many experts call it essential that chance gives it below .05."),
    )
