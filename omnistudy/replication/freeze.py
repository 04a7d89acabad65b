"""The protocol: what was decided before coding, fixed by a hash, and every later change named.

The hash is SHA-256 over canonical JSON (sorted keys, UTF-8, no white space). A local clock proves no date:
the hash has to be deposited elsewhere (a registry, an e-mail, a public repository) to prove one. In blind
mode the codebook is not frozen, because constant comparison must be free to change it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omnistudy.errors import StudyError
from omnistudy.replication import comparison, verdict
from omnistudy.replication.crosswalk import LENIENT, STRICT
from omnistudy.replication.options import CompareOptions
from omnistudy.replication.reference import ReferenceModel
from omnistudy.results import InputFile, Kind, Message, Number, msg
from omnistudy.study.input_files import loads_json
from omnistudy.study.model import Code, Study
from omnistudy.study.tables import Door

PROTOCOL_FILE = "protocol.json"
SCHEMA = "omnistudy.protocol/1"
MEMO_TARGET = "protocol"
"""A memo with this target and a line of the protocol as target id gives the reason of its change."""

UNSETTLED = "more than half of the raters of a local concept, with the weakest relation they give"
DOUBLE_ITEMS = "half a match counts as narrower; the parts of a split are one local concept"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProtocol:
    """A protocol.json as it was read.

    Parameters
    ----------
    protocol
        The frozen decisions.
    sha256
        The hash written in it.
    date, codings
        When the local clock said it was made, and how many codings the study had then.
    lines
        Line to the hash of its value at the time, which names the lines of a file edited by hand.
    file
        The file itself.
    """

    protocol: Mapping[str, Any]
    sha256: str
    date: str
    codings: int
    lines: Mapping[str, str]
    file: InputFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One line of the protocol that is no longer what was frozen.

    ``edited`` marks a line that was changed in protocol.json itself; its frozen value is lost. ``reason`` is
    that of a memo, ``None`` where none is recorded.
    """

    line: str
    frozen: str
    now: str
    reason: str | None
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeReport:
    """Whether the comparison follows a protocol that was fixed beforehand.

    Parameters
    ----------
    stored
        The protocol, ``None`` if the study was never frozen.
    sha256
        Hash of the protocol as the study would be frozen now.
    first_coding
        Earliest date of a coding, ``None`` where codings have no dates.
    before_coding
        Whether the freeze precedes the first coding, ``None`` if that cannot be told; ``why`` says how.
    intact
        Whether protocol.json still has the hash that it states.
    deviations
        Every change since.
    """

    stored: StoredProtocol | None
    sha256: str
    first_coding: str | None
    before_coding: bool | None
    why: Message
    intact: bool
    deviations: tuple[Deviation, ...]

    @property
    def exploratory(self) -> bool:
        """Whether the result was not fixed beforehand: unfrozen, frozen too late, or edited since."""
        return self.stored is None or not self.intact or self.before_coding is False


def protocol_of(study: Study, reference: ReferenceModel, options: CompareOptions) -> dict[str, Any]:
    """Return everything that has to be decided before coding, as plain JSON values.

    Parameters
    ----------
    study
        The study: mode, crosswalk rules, coders and double coding, thresholds; the codebook in informed mode
        only, because blind coding must be free to change it.
    reference
        The model that it will be compared with, by its hash.
    options
        Draws and seed of the comparison.

    Returns
    -------
    dict
        The protocol, whose hash :func:`protocol_bytes` writes.

    Examples
    --------
    The same decisions have the same hash:

    >>> from pathlib import Path
    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> folder = shipped_study()
    >>> study = load_study(folder)
    >>> from omnistudy.replication.options import CompareOptions
    >>> from omnistudy.replication.reference import load_reference
    >>> model = load_reference("maskan-bank", folder, Path.cwd())
    >>> first, other = (protocol_of(study, model, CompareOptions(seed=seed)) for seed in (1, 2))
    >>> canonical_hash(first) == canonical_hash(protocol_of(study, model, CompareOptions(seed=1)))
    True
    >>> canonical_hash(first) == canonical_hash(other)
    False
    """
    settings = study.settings
    informed = settings.reference.mode == "informed"
    agreement = settings.agreement
    thresholds = settings.reference.thresholds
    return {
        "study": study.id,
        "mode": settings.reference.mode,
        "reference": {"model": reference.name, "sha256": reference.content_sha256},
        "crosswalk": {
            "strict": list(STRICT),
            "lenient": list(LENIENT),
            "unsettled": UNSETTLED,
            "double_items": DOUBLE_ITEMS,
        },
        "codebook": {code.id: _code_hash(code) for code in study.codebook} if informed else None,
        "coding": {
            "coders": None if agreement.coders is None else list(agreement.coders),
            "double_coded": None if agreement.double_coded is None else list(agreement.double_coded),
            "round": agreement.round,
            "unit": agreement.unit,
            "level": agreement.level,
            "min_overlap": agreement.min_overlap,
            "analysis": settings.analysis.codings,
        },
        "exclusions": {"speakers": settings.analysis.speakers},
        "thresholds": {
            "recall": thresholds.recall,
            "role_kappa": thresholds.role_kappa,
            "alpha": thresholds.alpha,
            "coverage": thresholds.coverage,
        },
        "gates": {
            "interviews": verdict.MIN_INTERVIEWS,
            "coders": verdict.MIN_CODERS,
            "double_coded": verdict.MIN_DOUBLE_CODED,
            "crosswalk_kappa": verdict.MIN_CROSSWALK_KAPPA,
            "low_recall": verdict.LOW_RECALL,
            "low_role_kappa": verdict.LOW_ROLE_KAPPA,
        },
        "stability": {
            "interviews": comparison.MIN_INTERVIEWS,
            "threshold": comparison.MIN_STABILITY,
        },
        "draws": {
            "seed": options.seed,
            "concepts": options.bootstrap,
            "interviews": options.resamples,
            "decoys": options.decoys,
        },
    }


def _code_hash(code: Code) -> str:
    parts = {
        "label": dict(code.label.texts),
        "definition": dict(code.definition.texts),
        "include": dict(code.include.texts),
        "exclude": dict(code.exclude.texts),
        "parent": code.parent,
        "role": None if code.role is None else str(code.role),
    }
    return canonical_hash(parts)


def canonical_hash(value: object) -> str:
    """Return SHA-256 of a value as JSON with sorted keys, in UTF-8 and without white space."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def lines_of(protocol: Mapping[str, Any]) -> dict[str, str]:
    """Return the protocol line by line: dotted key to its value as JSON, keys sorted."""
    return {key: json.dumps(value, ensure_ascii=False) for key, value in sorted(_flat("", protocol))}


def _flat(prefix: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), part)
    else:
        yield prefix, value


def protocol_bytes(protocol: Mapping[str, Any], *, date: str, codings: int) -> bytes:
    """Return the content of protocol.json.

    Parameters
    ----------
    protocol
        From :func:`protocol_of`.
    date
        What the local clock says, as ISO 8601 text; it is not hashed, because it proves nothing.
    codings
        Codings that the study has already.

    Returns
    -------
    bytes
        JSON in UTF-8, to be written to protocol.json by the caller; it holds the SHA-256 to be deposited.

    Examples
    --------
    >>> content = protocol_bytes({"seed": 1}, date="2025-01-31", codings=0)
    >>> stored = json.loads(content)
    >>> stored["sha256"] == canonical_hash({"seed": 1}), stored["frozen"]
    (True, '2025-01-31')
    """
    content = {
        "schema": SCHEMA,
        "sha256": canonical_hash(protocol),
        "note": (
            "The hash covers the protocol below. The date is that of a local clock and proves nothing: deposit"
            " the hash in a registry, an e-mail or a public repository before coding starts."
        ),
        "frozen": date,
        "codings": codings,
        "protocol": protocol,
        "lines": {line: canonical_hash(value) for line, value in lines_of(protocol).items()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def read_protocol(folder: Path) -> StoredProtocol | None:
    """Read the protocol of a study; ``None`` when it was never frozen.

    Raises
    ------
    StudyError
        A protocol.json that cannot be used.
    """
    if not (folder / PROTOCOL_FILE).is_file():
        return None
    door = Door(folder)
    text = door.read_text(PROTOCOL_FILE)
    door.raise_if_failed()
    try:
        data = loads_json(text or "")
    except json.JSONDecodeError as error:
        raise _unusable(f"This is not JSON ({error.msg}).", error.lineno) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise _unusable(f"This is not a protocol of schema {SCHEMA}.", None)
    protocol, lines = data.get("protocol"), data.get("lines", {})
    if not isinstance(protocol, dict) or not isinstance(lines, dict):
        raise _unusable("The protocol in it is missing.", None)
    codings = data.get("codings")
    return StoredProtocol(
        protocol=protocol,
        sha256=str(data.get("sha256", "")),
        date=str(data.get("frozen", "")),
        codings=codings if isinstance(codings, int) else 0,
        lines={str(line): str(value) for line, value in lines.items()},
        file=InputFile(PROTOCOL_FILE, door.inputs[PROTOCOL_FILE]),
    )


def _unusable(what: str, row: int | None) -> StudyError:
    remedy = "Put the frozen file back, or remove it; the comparison is then exploratory."
    return StudyError.of(what, remedy, file=PROTOCOL_FILE, row=row)


def freeze_report(study: Study, protocol: Mapping[str, Any], stored: StoredProtocol | None) -> FreezeReport:
    """Say whether a protocol was frozen, whether before coding, and what has changed since."""
    dates = [coding.created for coding in study.codings if coding.created]
    first = min(dates, default=None)
    now = canonical_hash(protocol)
    if stored is None:
        why = msg("No protocol was frozen, so that this comparison is exploratory.")
        return FreezeReport(
            stored=None,
            sha256=now,
            first_coding=first,
            before_coding=None,
            why=why,
            intact=False,
            deviations=(),
        )
    before, why = _before(stored, first)
    return FreezeReport(
        stored=stored,
        sha256=now,
        first_coding=first,
        before_coding=before,
        why=why,
        intact=canonical_hash(stored.protocol) == stored.sha256,
        deviations=tuple(_deviations(study, protocol, stored)),
    )


def _before(stored: StoredProtocol, first: str | None) -> tuple[bool | None, Message]:
    if stored.codings:
        codings = Number(stored.codings, Kind.COUNT)
        return False, msg("The study already had {codings} codings when it was frozen.", codings=codings)
    if first is None:
        return None, msg("The codings have no dates, so it cannot be told whether the freeze came first.")
    dates = {"frozen": stored.date, "first": first}
    if stored.date[:10] <= first[:10]:
        return True, msg(
            "Frozen {frozen}, first coding {first}, by local clocks, which show nothing: deposit the hash.",
            **dates,
        )
    return False, msg("Frozen {frozen}, after the first coding of {first}.", **dates)


def _deviations(study: Study, protocol: Mapping[str, Any], stored: StoredProtocol) -> Iterator[Deviation]:
    then, now = lines_of(stored.protocol), lines_of(protocol)
    for line in sorted({*then, *now, *stored.lines}):
        written = then.get(line)
        frozen = stored.lines.get(line)
        edited = bool(stored.lines) and frozen != (None if written is None else canonical_hash(written))
        if edited or written != now.get(line):
            yield Deviation(
                line=line,
                frozen="" if written is None else written,
                now=now.get(line, ""),
                reason=_reason(study, line),
                edited=edited,
            )


def _reason(study: Study, line: str) -> str | None:
    """Return the memo on a line of the protocol, or on the section that it belongs to."""
    about = {memo.target_id: memo for memo in study.memos if memo.target == MEMO_TARGET}
    parts = line.split(".")
    for length in range(len(parts), 0, -1):
        memo = about.get(".".join(parts[:length]))
        if memo is not None:
            return memo.text or memo.title
    return None
