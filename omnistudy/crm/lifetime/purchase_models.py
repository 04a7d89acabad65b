"""The models of customers who buy when they please and leave without a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime import bgnbd, paretonbd
from omnistudy.crm.lifetime.bgnbd import Histories
from omnistudy.crm.lifetime.likelihood import Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseModel:
    """One model: its names, and its functions of log-parameters and histories.

    Parameters
    ----------
    name, title
        For scripts and for people.
    parameters
        Names of the parameters in the order of the log-parameters.
    fit, p_alive, expected_purchases
        As in :mod:`omnistudy.crm.lifetime.bgnbd`.
    """

    name: str
    title: str
    parameters: tuple[str, ...]
    fit: Callable[..., Fit]
    p_alive: Callable[[Vector, Histories], Vector]
    expected_purchases: Callable[[Vector, Histories, float], Vector]


PURCHASE_MODELS: Mapping[str, PurchaseModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            PurchaseModel(
                name="bgnbd",
                title="BG/NBD",
                parameters=bgnbd.PARAMETERS,
                fit=bgnbd.fit,
                p_alive=bgnbd.p_alive,
                expected_purchases=bgnbd.expected_purchases,
            ),
            PurchaseModel(
                name="paretonbd",
                title="Pareto/NBD",
                parameters=paretonbd.PARAMETERS,
                fit=paretonbd.fit,
                p_alive=paretonbd.p_alive,
                expected_purchases=paretonbd.expected_purchases,
            ),
        )
    }
)


def purchase_model(name: str) -> PurchaseModel:
    """The model of this name; BG/NBD where the choice was left to the program."""
    return PURCHASE_MODELS.get(name, PURCHASE_MODELS["bgnbd"])
