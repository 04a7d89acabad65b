"""A coefficient meets a table of ratings: its estimator, or the reason why there is no value."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.agreement.coefficients.metrics import METRICS
from omnistudy.agreement.coefficients.registry import COEFFICIENTS, Coefficient, Setting, defaults
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import Tally
from omnistudy.agreement.ratings.estimators import Estimator
from omnistudy.agreement.ratings.rating_table import PRESENT, Ratings, SetRatings
from omnistudy.agreement.ratings.weights import weights_for
from omnistudy.results import Kind, Message, Number, listed, msg


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One coefficient on one table, before replication: an estimator, or the reason there is none."""

    row: Coefficient
    setting: Setting
    estimator: Estimator | None
    reason: Message | None
    weights: str
    metric: str

    @property
    def of_sets(self) -> bool:
        """Whether code sets are compared."""
        return METRICS[self.metric].of_sets


def coefficients_for(options: AgreementOptions, coders: int) -> tuple[Coefficient, ...]:
    """Return the wanted coefficients for ratings, or the defaults for the number of coders."""
    names = options.coefficients or defaults(coders, options.weights_name)
    return tuple(row for row in COEFFICIENTS.values() if row.name in names and row.build is not None)


def build_case(row: Coefficient, ratings: Ratings, counted: Tally, options: AgreementOptions) -> Case:
    """Fix the weights and the metric of a coefficient, or find the reason why it does not exist."""
    plain = ratings.collapsed  # one category against the rest has no scale left
    name = options.weights_name if row.weighted and not plain else "identity"
    metric = options.metric if row.metrics and options.metric and not plain else "nominal"
    if METRICS[metric].of_sets:
        metric = "nominal"  # which is what both come to for one value per unit
    custom = options.weight_matrix if row.weighted and not plain else None
    weights = weights_for(name, ratings, counted.used, custom)
    setting = Setting(ratings=ratings, tally=counted, weights=weights, metric=metric)
    return _case(row, setting, name, metric)


def build_set_case(ratings: SetRatings, counted: Tally, metric: str) -> Case:
    """Return alpha over code sets."""
    categories = ratings.as_sets
    setting = Setting(
        ratings=categories,
        tally=counted,
        weights=weights_for("identity", categories, counted.used),
        metric=metric,
        members=ratings.members,
    )
    return _case(COEFFICIENTS["krippendorff_alpha"], setting, "identity", metric)


def _case(row: Coefficient, setting: Setting, weights: str, metric: str) -> Case:
    reason = _refusal(row, setting)
    estimator: Estimator | None = None
    if reason is None and row.build is not None:
        built = row.build(setting)
        if isinstance(built, Message):
            reason = built
        else:
            estimator = built
    return Case(row=row, setting=setting, estimator=estimator, reason=reason, weights=weights, metric=metric)


def _refusal(row: Coefficient, setting: Setting) -> Message | None:
    coders, counted = len(setting.ratings.coders), setting.tally
    if coders < row.min_coders:
        return msg(
            "agreement needs at least two coders, and there is {coders}", coders=Number(coders, Kind.COUNT)
        )
    if row.max_coders is not None and coders > row.max_coders:
        number = Number(coders, Kind.COUNT)
        if row.extended_by:
            return msg(
                "{name} is defined for two coders and there are {coders}; for more there are {others}",
                name=row.name,
                coders=number,
                others=listed(row.extended_by),
            )
        return msg(
            "{name} is defined for two coders and there are {coders}; see the rows per pair",
            name=row.name,
            coders=number,
        )
    if row.binary and setting.ratings.k != 2:
        return msg(
            "{name} is defined for two categories and there are {k}; see the rows per code",
            name=row.name,
            k=Number(setting.ratings.k, Kind.COUNT),
        )
    if not counted.n_pairable:
        return msg("no unit was rated by two of these coders (0 shared units)")
    return None


def undefined_reason(case: Case) -> Message:
    """Say why an estimator found no value."""
    counted, ratings = case.setting.tally, case.setting.ratings
    seen = [int(i) for i in counted.used[counted.totals > 0]]
    if len(seen) == 1:
        if ratings.presence:
            word = msg("applied") if seen[0] == PRESENT else msg("not applied")
            return msg("no variation: in every rating the code was {word}", word=word)
        label = ratings.categories[seen[0]] or "∅"
        return msg("no variation: every rating is '{category}'", category=label)
    if case.row.missing == "listwise":
        return msg("the units that all these coders rated show no variation, or there are none")
    return msg("chance alone would give full agreement, so nothing is left to measure")
