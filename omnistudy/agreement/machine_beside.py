"""Agreement of people with each other beside that of each person with a machine's suggestions.

A machine is no coder and enters no coefficient of a study. Here it is rated as if it were one, in pairs
only, so that nobody has to take "the suggestions agree well" on trust: the pairs of people stand beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from omnistudy.agreement.analysis import agreement_of_study
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.sources.from_study import select
from omnistudy.results import Provenance
from omnistudy.study.model import Coder, CoderKind, Coding, Quotation, Seen, Study
from omnistudy.study.settings import LevelName, UnitName


def alphas_beside_machine(
    study: Study,
    suggested: Iterable[tuple[Quotation, str]],
    *,
    unit: UnitName,
    level: LevelName,
    provenance: Provenance,
) -> tuple[str, tuple[AgreementRow, ...]]:
    """Return Krippendorff's alpha (MASI) of every pair of people, and of every person with the machine.

    Parameters
    ----------
    study
        The study; the interviews, coders and round are those of its agreement.
    suggested
        Passages and the code that the machine names for them; a passage without one carries no code.
    unit, level
        What is compared, the same for all pairs.

    Returns
    -------
    name
        What the machine is called in the rows.
    rows
        The rows of scope ``pair``; empty where no interview has a coder.
    """
    chosen = select(study)
    if not chosen.interviews or not chosen.coders:
        return "machine", ()
    taken = {coder.id for coder in study.coders}
    name = next(n for n in ("machine", *(f"machine-{i}" for i in range(2, len(taken) + 3))) if n not in taken)
    codings = tuple(
        Coding(quotation=span, coder=name, code=code, round=chosen.round)
        for span, code in suggested
        if span.interview in chosen.interviews
    )
    section = study.settings.agreement.model_copy(update={"coders": (*chosen.coders, name)})
    joined = replace(
        study,
        settings=study.settings.model_copy(update={"agreement": section}),
        coders=(*study.coders, Coder(name, CoderKind.HUMAN)),
        codings=(*study.codings, *codings),
        seen=study.seen | {Seen(interview, name, chosen.round) for interview in chosen.interviews},
    )
    options = AgreementOptions(
        coefficients=("krippendorff_alpha",),
        by=("pair",),
        ci="none",
        unit=unit,
        level=level,
    )
    found = agreement_of_study(joined, options, provenance)
    return name, tuple(row for row in found.rows if row.scope == "pair" and row.aggregate == "direct")
