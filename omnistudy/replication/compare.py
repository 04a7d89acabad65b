"""The structured comparison of a study with a reference model, from its parts to one result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from omnistudy.errors import StudyError
from omnistudy.replication.compare_result import CompareResult
from omnistudy.replication.comparison import concepts_of, evidence_of, local_roles, unmatched_of
from omnistudy.replication.crosswalk import crosswalk_of
from omnistudy.replication.decoys import decoy_rates
from omnistudy.replication.freeze import StoredProtocol, freeze_report, protocol_of, read_protocol
from omnistudy.replication.leave_out import Whole, without_each
from omnistudy.replication.options import CompareOptions
from omnistudy.replication.reference import ReferenceModel, load_reference
from omnistudy.replication.reliability import coding_agreement
from omnistudy.replication.reported import edge_agreement, rank_agreement
from omnistudy.replication.resampling import recovery_of
from omnistudy.replication.respondents import groups_of
from omnistudy.replication.verdict import judge, measures_of
from omnistudy.replication.voters import roles_of_model, voter_agreements
from omnistudy.results import InputFile, Provenance
from omnistudy.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonInput:
    """What a comparison needs beside the study: the reference model and the frozen protocol, if any."""

    reference: ReferenceModel
    protocol: StoredProtocol | None = None

    @property
    def files(self) -> tuple[InputFile, ...]:
        """The files that were read, for the provenance."""
        frozen = () if self.protocol is None else (self.protocol.file,)
        return (self.reference.file, *frozen)


def load_comparison_input(
    study: Study, folder: Path, current: Path, model: str | None = None
) -> ComparisonInput:
    """Read the reference model and the frozen protocol of a study.

    Parameters
    ----------
    study, folder
        The study and its folder.
    current
        The current folder, where names of models are looked up too.
    model
        Another model than the one study.toml names.

    Returns
    -------
    ComparisonInput
        The model, and the protocol or ``None`` where the study was never frozen.

    Raises
    ------
    StudyError
        No model is named, or it cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> folder = shipped_study()
    >>> study = load_study(folder)
    >>> given = load_comparison_input(study, folder, Path.cwd(), "maskan-bank")
    >>> given.reference.name, given.protocol is None
    ('maskan-bank', True)
    """
    name = model or study.settings.reference.model
    if name is None:
        raise StudyError.of(
            "The study names no model to be compared with.",
            "Set model under [reference], or give --reference MODEL.",
            file="study.toml",
            column="reference.model",
        )
    return ComparisonInput(reference=load_reference(name, folder, current), protocol=read_protocol(folder))


def compare_of(
    study: Study, given: ComparisonInput, options: CompareOptions, provenance: Provenance
) -> CompareResult:
    """Compare a study with a reference model.

    Parameters
    ----------
    study
        The study; its analysis set, crosswalk, roles, thresholds and mode decide.
    given
        The reference model and the frozen protocol.
    options
        Draws, seed and groups.
    provenance
        Where the result comes from.

    Returns
    -------
    CompareResult
        Recall, precision and role kappa with their intervals, every concept with its status, what is new,
        and a verdict with its reasons; in words a structured comparison, never a replication.

    Raises
    ------
    StudyError
        A crosswalk to concepts that the model does not have, or an unknown attribute.

    Examples
    --------
    The shipped demonstration study, which is synthetic, beside the model of Maskan Bank: which subcategories
    it does not recover. (Few draws, to be quick.)

    >>> from pathlib import Path
    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> folder = shipped_study()
    >>> study = load_study(folder)
    >>> from omnistudy.replication.options import CompareOptions
    >>> from omnistudy.study.provenance import provenance_of
    >>> given = load_comparison_input(study, folder, Path.cwd(), "maskan-bank")
    >>> options = CompareOptions(resamples=100, bootstrap=100, decoys=2)
    >>> result = compare_of(study, given, options, provenance_of(study, *given.files))
    >>> [(one.reference, str(one.found)) for one in result.concepts if one.found != "recovered"]
    [('political-regulatory', 'not_found'), ('innovation-creativity', 'not_found')]
    """
    reference = given.reference
    informed = study.settings.reference.mode == "informed"
    crosswalk = crosswalk_of(study, reference)
    evidence = evidence_of(study, reference, crosswalk, local_roles(study))
    concepts = concepts_of(evidence, reference, crosswalk, rated=bool(study.crosswalk))
    recovery = recovery_of(
        evidence, has_crosswalk=bool(study.crosswalk), resamples=options.resamples, seed=options.seed
    )
    role, collapsed = roles_of_model(
        study, concepts, draws=options.bootstrap, seed=options.seed, informed=informed
    )
    agreement = coding_agreement(study)
    measured = measures_of(
        evidence,
        agreement,
        (crosswalk.kappa, crosswalk.identity),
        (recovery.recall, role),
        informed=informed,
    )
    thresholds = study.settings.reference.thresholds
    judgement = judge(measured, thresholds)
    whole = Whole(
        study=study,
        reference=reference,
        crosswalk=crosswalk,
        evidence=evidence,
        measured=measured,
        verdict=judgement.verdict,
        thresholds=thresholds,
        alpha_without_interview=agreement.without_interview,
        alpha_without_coder=agreement.without_coder,
        draws=options.bootstrap,
        seed=options.seed,
    )
    return CompareResult(
        provenance=provenance,
        reference=reference,
        options=options,
        informed=informed,
        interviews=evidence.interviews,
        crosswalk=crosswalk,
        concepts=concepts,
        unmatched=unmatched_of(evidence, crosswalk) if study.crosswalk else (),
        phenomenon=tuple(link for link in crosswalk.links if link.reference in reference.phenomenon),
        recovery=recovery,
        role=role,
        role_collapsed=collapsed,
        voters=voter_agreements(study, concepts),
        agreement=agreement,
        measured=measured,
        thresholds=thresholds,
        judgement=judgement,
        left_out=without_each(whole) if options.leave_out else (),
        groups=groups_of(study, evidence.interviews, concepts, options.attributes),
        rank=rank_agreement(reference, concepts),
        edges=edge_agreement(study, reference, evidence.pairings),
        decoys=()
        if informed
        else decoy_rates(evidence, reference, thresholds, draws=options.decoys, seed=options.seed),
        freeze=freeze_report(study, protocol_of(study, reference, options), given.protocol),
        labels={code.id: code.label for code in study.codebook},
        local_roles={code: evidence.roles[code] for code in evidence.locals},
    )
