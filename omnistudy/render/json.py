"""The object that programs read: schema, provenance, one sentence, and the payload at full precision."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from numbers import Integral, Real

from omnistudy.render.context import RenderContext
from omnistudy.results import Label, Message, Number, Provenance, Quote, Result, Undefined


def render_json(results: Sequence[Result], context: RenderContext) -> str:
    """Return one JSON object: that of the only result, or a report that lists several.

    Sentences are English and digits Latin in every language of the reader.

    Raises
    ------
    ValueError
        If a payload holds NaN or an infinity: undefined is ``None`` with a reason beside it.
    TypeError
        If a payload holds something that JSON has no form for, for example a set.
    """
    del context
    objects = [json_object(result) for result in results]
    whole = objects[0] if len(objects) == 1 else _report(results, objects)
    text = json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False)
    # A lone surrogate of a broken transcript cannot be written in UTF-8; JSON can escape it.
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def json_object(result: Result) -> dict[str, object]:
    """Return a result as the JSON object that ``--format json`` prints, as plain Python values.

    Parameters
    ----------
    result
        Any result.

    Returns
    -------
    dict
        ``schema``, ``provenance``, ``summary``, then what the schema of the command names; full precision,
        ``None`` with a reason beside it where a number does not exist, never NaN.

    Examples
    --------
    >>> from omnistudy.agreement.audit import audit_kappa
    >>> from omnistudy.study.provenance import provenance_of
    >>> found = json_object(audit_kappa(20, 5, 10, 15, provenance_of()))
    >>> found["schema"], round(found["cohen_kappa"]["value"], 4)
    ('omnistudy.audit-kappa/1', 0.4)
    """
    return {
        "schema": f"omnistudy.{result.command}/1",
        "provenance": _provenance(result.provenance),
        "summary": str(result.summary),
        **{key: _plain(value, key) for key, value in result.payload().items()},
    }


def _report(results: Sequence[Result], objects: Sequence[dict[str, object]]) -> dict[str, object]:
    return {
        "schema": "omnistudy.results/1",
        "provenance": _provenance(results[0].provenance) if results else None,
        "summary": " ".join(str(result.summary) for result in results),
        "results": list(objects),
    }


def _provenance(provenance: Provenance) -> dict[str, object]:
    return {
        "version": provenance.version,
        "command": provenance.command,
        "seed": provenance.seed,
        "inputs": [{"path": item.path, "sha256": item.sha256} for item in provenance.inputs],
        "synthetic": provenance.synthetic,
    }


def _plain(value: object, path: str) -> object:
    """Turn a payload into what JSON knows; ``path`` names the place in an error."""
    plain: object
    match value:
        case None | bool():
            plain = value
        case Undefined():
            plain = None
        case Number():
            plain = _plain(value.value, path)
        case str() | Message() | Label():
            plain = str(value)
        case Quote():
            plain = _quote(value)
        case Mapping():
            plain = {str(key): _plain(item, f"{path}.{key}") for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            plain = [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
        case Integral():
            plain = int(value)
        case Real():
            plain = _finite(float(value), path)
        case _:
            raise TypeError(f"{path}: {type(value).__name__} has no form in JSON")
    return plain


def _finite(value: float, path: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{path}: {value} in a payload; undefined is None with a reason beside it")
    return value


def _quote(quote: Quote) -> dict[str, object]:
    return {
        "interview": quote.interview,
        "start": quote.start,
        "end": quote.end,
        "quote": quote.text,
        "language": quote.language,
        "speaker": quote.speaker,
        "coders": list(quote.coders),
        "codes": [code.id for code in quote.codes],
    }
