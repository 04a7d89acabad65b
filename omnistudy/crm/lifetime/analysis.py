"""`crm clv`: chooses the model that the records allow, and puts its outcome together."""

from __future__ import annotations

from omnistudy.crm.lifetime.contracts import ContractValue, renewal_value, survival_value
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.purchase_models import PURCHASE_MODELS
from omnistudy.crm.lifetime.purchases import PurchaseValue, purchase_value
from omnistudy.crm.lifetime.result import ClvResult
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, Provenance, msg

PREFERRED = ("transactions", "contracts", "survivors")
_NEEDS = {
    **dict.fromkeys(PURCHASE_MODELS, ("transactions",)),
    "kaplan_meier": ("contracts",),
    "sbg": ("contracts", "survivors"),
}


def clv_of_records(records: Records, options: ClvOptions, provenance: Provenance) -> ClvResult:
    r"""Compute lifetime values, or say why there are none.

    Parameters
    ----------
    records
        With transactions (BG/NBD or Pareto/NBD, and Gamma–Gamma), contracts (Kaplan–Meier, or sBG) or survivors (sBG).
    options
        Choices of the user.
    provenance
        Carried into the result.

    Returns
    -------
    ClvResult
        Parameters with their intervals, values of customers or residual lifetimes, and refusals with what
        would be needed.

    References
    ----------
    Fader & Hardie (2007), How to project customer retention, doi:10.1002/dir.20074, and the sources named in
    the modules of each model.

    Examples
    --------
    The "high end" customers of Fader & Hardie (2007): α = .668, β = 3.806.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from omnistudy.crm.records.opening import open_records
    >>> from omnistudy.study.provenance import provenance_of
    >>> left = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> rows = "".join(f"{period},{customers}\n" for period, customers in enumerate(left))
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder) / "survivors.csv"
    ...     _ = table.write_text("period,customers\n" + rows)
    ...     with open_records(table) as records:
    ...         result = clv_of_records(records, ClvOptions(model="sbg"), provenance_of(records))
    >>> {parameter.name: round(parameter.value, 3) for parameter in result.parameters}
    {'alpha': 0.668, 'beta': 3.806}
    """
    model = options.model if options.model != "auto" else _model_for(records)
    found: PurchaseValue | ContractValue
    if not any(records.has(table) for table in _NEEDS[model]):
        found = ContractValue(refusals=(_no_records(model),))
    elif model in PURCHASE_MODELS:
        found = purchase_value(records, options)
    else:
        found = (
            survival_value(records, options) if model == "kaplan_meier" else renewal_value(records, options)
        )
    buying = found if isinstance(found, PurchaseValue) else PurchaseValue()
    contracts = found if isinstance(found, ContractValue) else ContractValue()
    methods = {"kaplan_meier": "wilson_greenwood", "sbg": "hessian"}
    return ClvResult(
        provenance=provenance,
        model=model,
        unit=options.unit if model in PURCHASE_MODELS else "period",
        horizon=options.span if model in PURCHASE_MODELS else (options.horizon or 12),
        discount=options.discount,
        margin=options.margin,
        currency=records.columns.currency,
        ci_method=methods.get(model, options.ci),
        parameters=found.parameters,
        log_likelihood=found.log_likelihood,
        spend=buying.spend,
        spend_log_likelihood=buying.spend_log_likelihood,
        totals=found.totals,
        customers=buying.customers,
        holdout=buying.holdout,
        segments=contracts.segments,
        survival=contracts.survival,
        forecast=contracts.forecast,
        refusals=found.refusals,
        notes=(*found.notes, *(_kinds_left_out(records) if model in PURCHASE_MODELS else ())),
        loaded=tuple(records.tables.values()),
    )


def _model_for(records: Records) -> str:
    for table, model in (("contracts", "kaplan_meier"), ("survivors", "sbg")):
        if records.has(table) and not records.has("transactions"):
            return model
    return "bgnbd"


def _no_records(model: str) -> Refusal:
    return Refusal(
        code="no_records",
        subject=model,
        reason=msg("there are no records of the kind that the model needs."),
        needed=msg("a table of {tables}.", tables=" or ".join(_NEEDS[model])),
    )


def _kinds_left_out(records: Records) -> tuple[Message, ...]:
    if not records.has("transactions", "kind"):
        return ()
    sql = "select count(*) from transactions where kind is not null and kind <> 'discretionary'"
    ((left_out,),) = records.engine.rows(sql).rows
    if not left_out:
        return ()
    return (
        msg(
            "{n} scheduled postings and fees are left out: nobody decides on them.",
            n=Number(int(left_out), Kind.COUNT),
        ),
    )
