"""Asset checks: facts that the import counted become verdicts.

A `reject` check that set rows aside and a `warn` check show as warnings: what was published is clean, the run
is whole. Only published batches are judged: an evaluation speaks of the table, which a held batch is no part of
(see held.py). So a failed `hold` check is the error of a batch that a person has released.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch, CheckResult
from hestia_assets.core.sentences import borne, sentence
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity
from hestia_assets.defs import markdown
from hestia_assets.defs.metadata import account_metadata, drift_metadata, report_link
from hestia_assets.defs.names import asset_key, check_name
from hestia_assets.rules import RULES

SAMPLE_ROWS = 10
ACCOUNT_CHECK = "line_account"
DRIFT_CHECK = "drift"
KEY_CHECK = "primary_key"
ANOMALY_CHECK = "unusual_figures"
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
    return [
        account,
        drift,
        *_key_specs(dataset),
        *_anomaly_specs(dataset),
        *(_check_spec(dataset, check) for check in dataset.checks),
    ]


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


def _anomaly_specs(dataset: DatasetSpec) -> list[dg.AssetCheckSpec]:
    """That the figures of a file are as those before it, where somebody wants them watched."""
    if not dataset.watched or ANOMALY_CHECK in map(check_name, dataset.checks):
        return []
    what = "Rows, empty values, means, different values and times of arrival are as expected from the files before."
    return [dg.AssetCheckSpec(ANOMALY_CHECK, asset=asset_key(Layer.VALIDATED, dataset), description=what)]


def check_results(hestia: Hestia, dataset: DatasetSpec, batches: Sequence[Batch]) -> Iterable[dg.AssetCheckResult]:
    """The verdicts over the batches that one run published."""
    if not batches:
        return
    yield _account_result(dataset, batches)
    yield _drift_result(dataset, batches)
    report = {"hestia/report": report_link(hestia, dataset, batches[-1])}
    keyed = [(batch, result) for batch in batches for result in batch.checks if result.rule == KEY_RULE]
    if keyed and _key_specs(dataset):
        yield _verdict(dataset, KEY_CHECK, Severity.REJECT, keyed, report)
    if _anomaly_specs(dataset):
        yield _anomaly_result(hestia, dataset, batches, report)
    for check in dataset.checks:
        counted = [(batch, result) for batch in batches for result in batch.checks if result.name == check.name]
        if counted:
            yield _verdict(dataset, check_name(check), check.severity, counted, report)


def _check_spec(dataset: DatasetSpec, check: CheckSpec) -> dg.AssetCheckSpec:
    demands = sentence(check, RULES)
    return dg.AssetCheckSpec(
        check_name(check),
        asset=asset_key(Layer.VALIDATED, dataset),
        description=f"{demands[0].upper()}{demands[1:]}. {_consequence(check)}",
        metadata={
            "hestia/sentence": demands,
            "hestia/rule": check.rule,
            "hestia/severity": check.severity.value,
            **({"hestia/owner": check.owner} if check.owner else {}),
            **({"hestia/exemptions": len(check.exemptions)} if check.exemptions else {}),
        },
    )


def _consequence(check: CheckSpec) -> str:
    """What its failure does, and from how many rows on."""
    if check.threshold is None:
        return _CONSEQUENCE[check.severity]
    held = " More of them hold the whole batch." if check.severity is Severity.REJECT else ""
    return f"{_CONSEQUENCE[check.severity]} Up to {borne(check.threshold)} may fail.{held}"


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


def _anomaly_result(
    hestia: Hestia, dataset: DatasetSpec, batches: Sequence[Batch], report: dict[str, Any]
) -> dg.AssetCheckResult:
    """What nobody expected and nobody called normal; a file without enough files before it has none."""
    alarms = [alarm for batch in batches for alarm in hestia.quality.anomalies_of(batch) if alarm.normal is None]
    told = [each.remark for batch in batches for each in hestia.quality.remarks_of(batch)]
    told += filter(None, dict.fromkeys(map(hestia.quality.unjudged, batches)))  # no success, and no failure
    rows = [(alarm.sentence, alarm.expected.why) for alarm in alarms[:SAMPLE_ROWS]]
    listed = {"anomalies": markdown.table(("figure", "what was expected, and why"), rows)} if rows else {}
    more = f" ({len(alarms) - 1:,} more)" if len(alarms) > 1 else ""
    listed |= {"not_judged": "\n".join(told)} if told else {}
    none = told[0] if told else "No figure is unlike those of the files before."
    return dg.AssetCheckResult(
        passed=not alarms,
        asset_key=asset_key(Layer.VALIDATED, dataset),
        check_name=ANOMALY_CHECK,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{alarms[0].sentence}{more}" if alarms else none,
        metadata={"unusual_figures": len(alarms), **listed, **report},
    )


def _verdict(
    dataset: DatasetSpec,
    name: str,
    severity: Severity,
    counted: Sequence[tuple[Batch, CheckResult]],
    report: dict[str, Any],
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=all(result.passed for _, result in counted),
        asset_key=asset_key(Layer.VALIDATED, dataset),
        check_name=name,
        severity=dg.AssetCheckSeverity.ERROR if severity is Severity.HOLD else dg.AssetCheckSeverity.WARN,
        description=_said(counted),
        metadata=_numbers([result for _, result in counted]) | _sample(counted) | report,
    )


def _said(counted: Sequence[tuple[Batch, CheckResult]]) -> str:
    """What is wrong with batches as a whole, else how many rows failed, and how many of those may."""
    problems = [f"{batch.file_name}: {result.problem}" for batch, result in counted if result.problem]
    if problems:
        return " ".join(problems)
    failed, checked = (sum(getattr(r, name) for _, r in counted) for name in ("failed_rows", "checked_rows"))
    borne = " No more than may." if failed and all(result.passed for _, result in counted) else ""
    exempt = sum(result.exempt_rows for _, result in counted)
    besides = f" {exempt:,} more failed and are exempt." if exempt else ""
    said = f"{failed:,} of {checked:,} rows failed." if failed else f"All {checked - exempt:,} other rows passed."
    return (said if failed or exempt else f"All {checked:,} rows passed.") + borne + besides


def _numbers(results: Sequence[CheckResult]) -> dict[str, Any]:
    """Numbers that Dagster draws over time; what a rule about whole batches counted is that of the last one."""
    failed, checked = sum(result.failed_rows for result in results), sum(result.checked_rows for result in results)
    return {
        "failed_rows": failed,
        "checked_rows": checked,
        "failed_share": failed / checked if checked else 0.0,
        "exempt_rows": sum(result.exempt_rows for result in results),
        **{f"figure/{name}": float(value) for name, value in results[-1].figures.items()},
    }


def _sample(counted: Sequence[tuple[Batch, CheckResult]]) -> dict[str, Any]:
    rows = [(batch.file_name, row.line, row.value) for batch, result in counted for row in result.sample]
    facts: dict[str, Any] = {"hestia/batch": ", ".join(batch.id for batch, _ in counted)}
    return facts | ({"sample": markdown.table(("file", "line", "value"), rows[:SAMPLE_ROWS])} if rows else {})
