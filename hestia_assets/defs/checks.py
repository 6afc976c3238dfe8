"""Asset checks: facts that the import counted become verdicts.

A `reject` check that set rows aside and a `warn` check show as warnings: what was published is clean, the run
is whole. Only published batches are judged: an evaluation speaks of the table, which a held batch is no part of
(see held.py). So a failed `hold` check is the error of a batch that a person has released.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import dagster as dg

from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch, CheckResult
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity
from hestia_assets.defs import markdown
from hestia_assets.defs.metadata import account_metadata, drift_metadata
from hestia_assets.defs.names import asset_key, check_name

SAMPLE_ROWS = 10
ACCOUNT_CHECK = "line_account"
DRIFT_CHECK = "drift"
KEY_CHECK = "primary_key"
KEY_RULE = "key"
_CONSEQUENCE = {
    Severity.REJECT: "A row that fails goes to quarantine.",
    Severity.WARN: "A row that fails is loaded and noted.",
    Severity.HOLD: "If a row fails, the whole batch waits for a person.",
}


def check_specs(dataset: DatasetSpec) -> list[dg.AssetCheckSpec]:
    """One check per declared check, and the line account."""
    account = dg.AssetCheckSpec(
        ACCOUNT_CHECK,
        asset=asset_key(Layer.IMPORTED, dataset),
        description="Every line of the file has exactly one place.",
    )
    drift = dg.AssetCheckSpec(
        DRIFT_CHECK,
        asset=asset_key(Layer.IMPORTED, dataset),
        description="The file is like the last five: columns, rows, empty values, ranges. It is imported all the same.",
    )
    return [account, drift, *_key_specs(dataset), *(_check_spec(dataset, check) for check in dataset.checks)]


def _key_specs(dataset: DatasetSpec) -> list[dg.AssetCheckSpec]:
    """That the key names each row of a file, where rows are updated by it."""
    if not dataset.primary_key or KEY_CHECK in map(check_name, dataset.checks):
        return []
    what = f"{', '.join(dataset.primary_key)} names each row of a file that updates rows: never empty, never twice."
    return [
        dg.AssetCheckSpec(
            KEY_CHECK,
            asset=asset_key(Layer.VALIDATED, dataset),
            description=f"{what} {_CONSEQUENCE[Severity.REJECT]}",
            metadata={"hestia/rule": KEY_RULE, "hestia/severity": Severity.REJECT.value},
        )
    ]


def check_results(dataset: DatasetSpec, batches: Sequence[Batch]) -> Iterable[dg.AssetCheckResult]:
    """The verdicts over the batches that one run published."""
    if not batches:
        return
    yield _account_result(dataset, batches)
    yield _drift_result(dataset, batches)
    keyed = [(batch, result) for batch in batches for result in batch.checks if result.rule == KEY_RULE]
    if keyed and _key_specs(dataset):
        yield _verdict(dataset, KEY_CHECK, Severity.REJECT, keyed)
    for check in dataset.checks:
        counted = [(batch, result) for batch in batches for result in batch.checks if result.name == check.name]
        if counted:
            yield _verdict(dataset, check_name(check), check.severity, counted)


def _check_spec(dataset: DatasetSpec, check: CheckSpec) -> dg.AssetCheckSpec:
    what = f"{check.rule} on {', '.join(check.columns)}"
    given = "; ".join(f"{name}: {value}" for name, value in check.params.items())
    return dg.AssetCheckSpec(
        check_name(check),
        asset=asset_key(Layer.VALIDATED, dataset),
        description=f"{what}{f' ({given})' if given else ''}. {_CONSEQUENCE[check.severity]}",
        metadata={"hestia/rule": check.rule, "hestia/severity": check.severity.value},
    )


def _account_result(dataset: DatasetSpec, batches: Sequence[Batch]) -> dg.AssetCheckResult:
    open_accounts = [batch.file_name for batch in batches if not batch.account.balanced]
    return dg.AssetCheckResult(
        passed=not open_accounts,
        asset_key=asset_key(Layer.IMPORTED, dataset),
        check_name=ACCOUNT_CHECK,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"Lines without a place: {', '.join(open_accounts)}."
        if open_accounts
        else "Every line is accounted for.",
        metadata=account_metadata(batches) | {"hestia/batch": ", ".join(batch.id for batch in batches)},
    )


def _drift_result(dataset: DatasetSpec, batches: Sequence[Batch]) -> dg.AssetCheckResult:
    different = [batch.file_name for batch in batches if batch.drift]
    sentences = [finding.sentence for batch in batches for finding in batch.drift]
    more = f" ({len(sentences) - 1:,} more)" if len(sentences) > 1 else ""
    return dg.AssetCheckResult(
        passed=not sentences,
        asset_key=asset_key(Layer.IMPORTED, dataset),
        check_name=DRIFT_CHECK,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{different[0]}: {sentences[0]}{more}" if sentences else "Nothing is unlike the files before.",
        metadata=drift_metadata(batches) | {"hestia/batch": ", ".join(batch.id for batch in batches)},
    )


def _verdict(
    dataset: DatasetSpec, name: str, severity: Severity, counted: Sequence[tuple[Batch, CheckResult]]
) -> dg.AssetCheckResult:
    failed = sum(result.failed_rows for _, result in counted)
    checked = sum(result.checked_rows for _, result in counted)
    return dg.AssetCheckResult(
        passed=failed == 0,
        asset_key=asset_key(Layer.VALIDATED, dataset),
        check_name=name,
        severity=dg.AssetCheckSeverity.ERROR if severity is Severity.HOLD else dg.AssetCheckSeverity.WARN,
        description=f"{failed:,} of {checked:,} rows failed." if failed else f"All {checked:,} rows passed.",
        metadata=_numbers(failed, checked) | _sample(counted),
    )


def _numbers(failed: int, checked: int) -> dict[str, Any]:
    return {
        "failed_rows": failed,
        "checked_rows": checked,
        "failed_share": failed / checked if checked else 0.0,
    }


def _sample(counted: Sequence[tuple[Batch, CheckResult]]) -> dict[str, Any]:
    rows = [(batch.file_name, row.line, row.value) for batch, result in counted for row in result.sample]
    facts: dict[str, Any] = {"hestia/batch": ", ".join(batch.id for batch, _ in counted)}
    return facts | ({"sample": markdown.table(("file", "line", "value"), rows[:SAMPLE_ROWS])} if rows else {})
