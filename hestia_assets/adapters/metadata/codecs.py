"""Results to JSON and back; the only place that knows their shape in the database."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hestia_assets.core.results import (
    BatchPart,
    BatchProfile,
    Changes,
    CheckResult,
    Choice,
    ColumnProfile,
    DriftFinding,
    DriftKind,
    FailedRow,
    LineAccount,
    Position,
    Problem,
    StagedFile,
    TurnCounts,
    Wish,
)
from hestia_assets.core.results.drift import Amount
from hestia_assets.core.specs import Severity

Json = dict[str, Any]


def check_to_json(check: CheckResult) -> Json:
    """One check with its sample."""
    return asdict(check) | {"severity": check.severity.value, "columns": list(check.columns)}


def check_from_json(body: Json) -> CheckResult:
    """The inverse of ``check_to_json``."""
    rest = body | {
        "columns": tuple(body["columns"]),
        "severity": Severity(body["severity"]),
        "sample": tuple(FailedRow(**row) for row in body["sample"]),
    }
    return CheckResult(**rest)


def checks_to_json(checks: tuple[CheckResult, ...]) -> list[Json]:
    """All checks of a batch or a part."""
    return [check_to_json(check) for check in checks]


def checks_from_json(body: list[Json]) -> tuple[CheckResult, ...]:
    """The inverse of ``checks_to_json``."""
    return tuple(check_from_json(check) for check in body)


def account_to_json(account: LineAccount) -> Json:
    """A line account by its parts."""
    return asdict(account)


def account_from_json(body: Json) -> LineAccount:
    """The inverse of ``account_to_json``."""
    return LineAccount(**body)


def problem_to_json(problem: Problem | None) -> Json | None:
    """A problem, where there is one."""
    return asdict(problem) if problem else None


def problem_from_json(body: Json | None) -> Problem | None:
    """The inverse of ``problem_to_json``."""
    return Problem(**body) if body else None


def changes_to_json(changes: Changes | None) -> Json | None:
    """What a batch did to the table, once it is known."""
    return asdict(changes) if changes else None


def changes_from_json(body: Json | None) -> Changes | None:
    """The inverse of ``changes_to_json``."""
    return Changes(**body) if body else None


def drift_to_json(findings: tuple[DriftFinding, ...]) -> list[Json] | None:
    """What was different in a file, with the choices about it."""
    return [json.loads(json.dumps(asdict(each), default=str)) for each in findings] or None


def drift_from_json(body: list[Json] | None) -> tuple[DriftFinding, ...]:
    """The inverse of ``drift_to_json``; batches of older versions have none."""
    return tuple(_finding(each) for each in body or ())


def _finding(body: Json) -> DriftFinding:
    choices = tuple(Choice(**_choice(each)) for each in body["choices"])
    return DriftFinding(**body | {"kind": DriftKind(body["kind"]), "choices": choices})


def _choice(body: Json) -> Json:
    sample = tuple(tuple(row) for row in body["sample"])
    return body | {"sample_header": tuple(body["sample_header"]), "sample": sample}


def profile_to_json(profile: BatchProfile | None) -> Json | None:
    """Figures of a file, where they were taken."""
    if profile is None:
        return None
    columns = {
        name: [one.nulls, one.distinct, *map(_amount, (one.minimum, one.maximum)), one.mean]
        for name, one in profile.columns.items()
    }
    return {"rows": profile.rows, "total": profile.total, "columns": columns}


def profile_from_json(body: Json | None) -> BatchProfile | None:
    """The inverse of ``profile_to_json``."""
    if body is None:
        return None
    columns = {
        name: ColumnProfile(nulls, _amount_from(least), _amount_from(most), distinct, *mean)
        for name, (nulls, distinct, least, most, *mean) in body["columns"].items()  # older versions have no mean
    }
    return BatchProfile(body["rows"], columns, body["total"])


_AMOUNTS: dict[str, Callable[[str], Amount]] = {
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def _amount(value: Amount | None) -> list[str] | None:
    """Its type and its text."""
    return None if value is None else [type(value).__name__, str(value)]


def _amount_from(pair: list[str] | None) -> Amount | None:
    return None if pair is None else _AMOUNTS[pair[0]](pair[1])


def part_to_json(part: BatchPart) -> Json:
    """A part without its key (batch and number)."""
    return {
        "start": asdict(part.start),
        "end": asdict(part.end),
        "account": account_to_json(part.account),
        "staged": {layer: asdict(file) for layer, file in part.staged.items()},
        "checks": checks_to_json(part.checks),
        "table_version": part.table_version,
        "changes": changes_to_json(part.changes),
        "problem": problem_to_json(part.problem),
        "wish": None if part.wish is None else asdict(part.wish),
    }


def part_from_json(batch: str, number: int, body: Json) -> BatchPart:
    """The inverse of ``part_to_json``."""
    return BatchPart(
        batch=batch,
        number=number,
        start=Position(**body["start"]),
        end=Position(**body["end"]),
        account=account_from_json(body["account"]),
        staged={layer: StagedFile(**file) for layer, file in body["staged"].items()},
        checks=checks_from_json(body["checks"]),
        table_version=body["table_version"],
        changes=changes_from_json(body.get("changes")),  # parts of older versions have none
        problem=problem_from_json(body.get("problem")),
        wish=_wish_from_json(body.get("wish")),
    )


def _wish_from_json(body: Json | None) -> Wish | None:
    if body is None:
        return None
    counts = body["counts"]
    return Wish(body["author"], counts and TurnCounts(**{**counts, "fixed_by": tuple(counts["fixed_by"])}))


def details_to_json(details: Mapping[str, Any]) -> Json:
    """Details of an audit event; what JSON has no word for (a path, a time) is kept as text."""
    return json.loads(json.dumps(dict(details), default=str))
