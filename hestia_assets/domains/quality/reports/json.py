"""A report for machines."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from math import isfinite
from typing import Any, cast

from hestia_assets.core.results import Batch, CheckResult
from hestia_assets.core.results.quality import Metric, Report, Score


def write(report: Report) -> bytes:
    """UTF-8 JSON with every fact of the report; times in ISO 8601 (UTC), figures that are not finite as null."""
    facts = _plain(report)
    if report.batch is not None:
        batch = report.batch
        facts["batch"] = {
            "id": batch.id,
            "file_name": _plain(batch.file_name),
            "state": batch.state.value,
            "arrived_at": batch.created_at.isoformat(),
            "rows_loaded": batch.rows_loaded,
            "rows_quarantined": batch.rows_quarantined,
        }
    del facts["sentences"], facts["terms"]
    facts["worst"] = [_plain(each) | _said(each, report) for each in report.worst]
    if report.score is not None:
        facts["score"] = _scored(report.score)
    return json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False).encode()


def _said(check: CheckResult, report: Report) -> dict[str, Any]:
    """The id that machines know a check by, and what people read."""
    sentence, terms = report.sentences.get(check.name, check.name), report.terms.get(check.name, ())
    return {"check": _plain(check.name), "sentence": _plain(sentence), "terms": _plain(list(terms))}


def _scored(score: Score) -> dict[str, Any]:
    parts = [_plain(part) | {"value": part.value} for part in score.parts]
    return {"value": score.value, "files": list(score.batches), "rows": score.rows, "parts": parts}


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one line per kind of value
    """Only what JSON has words for; lone surrogates, which are no text, as U+FFFD."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, Metric):
        return _plain(str(value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value)
        return {_plain(str(key)): _plain(each) for key, each in pairs.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[Any]", value)]
    if is_dataclass(value) and not isinstance(value, Batch):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return None if isinstance(value, Batch) else value
