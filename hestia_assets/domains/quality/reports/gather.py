"""What a report says, whatever it is printed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hestia_assets.core.results import Batch, BatchState, CheckResult, Entry, EntryPage, LineAccount, merge_checks
from hestia_assets.core.results.quality import Anomaly, Lateness, Report, ReportedRow, Score, Series
from hestia_assets.core.sentences import Rules, consequence, sentence_of, terms
from hestia_assets.core.specs import CheckSpec, DatasetSpec

WORST = 5
ROWS = 20

_VERDICTS = {
    BatchState.RECEIVED: ("Waiting", "The file waits to be read."),
    BatchState.READING: ("At work", "The file is being read."),
    BatchState.CHECKING: ("At work", "The file is being checked."),
    BatchState.HELD: ("Held", "The file waits for a person's decision; none of its rows is in the table."),
    BatchState.FAILED: ("Failed", "The file could not be loaded; none of its rows is in the table."),
    BatchState.UNDONE: ("Undone", "The file was undone; none of its rows is in the table."),
}


@dataclass(frozen=True)
class About:
    """A dataset with what its checks demand. ``checks``: those that it has, or had when the batch came."""

    dataset: DatasetSpec
    checks: tuple[CheckSpec, ...]
    rules: Rules

    def sentences(self, results: Sequence[CheckResult]) -> dict[str, str]:
        """By the name of each check, what it demands."""
        return {each.name: sentence_of(each, self.checks, self.rules) for each in results}

    def terms(self, results: Sequence[CheckResult]) -> dict[str, tuple[str, ...]]:
        """By the name of each check: what is done if it fails, what may fail, who is asked, how many exceptions."""
        known = {check.name: terms(check) for check in self.checks}
        return {
            each.name: (consequence(each.severity, each.rule, self.rules), *known.get(each.name, ()))
            for each in results
        }

    def told(self, worst: tuple[CheckResult, ...]) -> dict[str, Any]:
        """These checks, what they demand and their terms, as a report has them."""
        return {"worst": worst, "sentences": self.sentences(worst), "terms": self.terms(worst)}

    def message(self, result: CheckResult) -> str:
        """What is wrong with a row that failed."""
        check = next((each for each in self.checks if each.name == result.name), None)
        if check is None or check.rule not in self.rules.names():
            return sentence_of(result, self.checks, self.rules)
        return self.rules.get(check.rule).message(check)


def verdict_of(batch: Batch) -> tuple[str, str]:
    """One word or two on a batch, and the sentence."""
    if batch.state in _VERDICTS:
        word, said = _VERDICTS[batch.state]
        return word, f"{said} {batch.problem.message}" if batch.problem else said
    failing = failing_checks(batch)
    loaded, aside = batch.rows_loaded, batch.rows_quarantined
    said = f"{loaded:,} of {loaded + aside:,} rows were loaded, {aside:,} were set aside."
    if aside:
        return "Loaded in part", said
    return ("Loaded, with warnings", f"{said} {len(failing)} checks failed.") if failing else ("Good", said)


def failing_checks(batch: Batch) -> tuple[CheckResult, ...]:
    """The checks that a batch failed, the one with most rows first."""
    return tuple(sorted((each for each in batch.checks if not each.passed), key=lambda each: -each.failed_rows))


def batch_report(
    about: About,
    batch: Batch,
    *,
    entries: EntryPage,
    trend: Series | None,
    anomalies: Sequence[Anomaly],
    now: datetime,
) -> Report:
    """The report of one batch; ``entries``: the first of its rows in quarantine, whatever became of them."""
    word, said = verdict_of(batch)
    counts = {"rows loaded": batch.rows_loaded, "rows set aside": batch.rows_quarantined}
    worst, warned = failing_checks(batch)[:WORST], _warned(batch, about)
    return Report(
        title=f"{batch.file_name} in {about.dataset.name}",
        tenant=batch.tenant,
        dataset=about.dataset.name,
        batch=batch,
        made_at=now,
        verdict=word,
        sentence=said,
        account=batch.account.as_dict(),
        counts=counts,
        **about.told(worst),
        rows=(*_set_aside(entries.entries), *warned)[:ROWS],
        failed=batch.rows_quarantined + sum(each.failed_rows for each in failing_checks(batch) if not _rejects(each)),
        trend=trend,
        anomalies=tuple(anomalies),
    )


def dataset_report(
    about: About,
    batches: Sequence[Batch],
    *,
    entries: EntryPage,
    trend: Series | None,
    anomalies: Sequence[Anomaly],
    score: Score,
    lateness: Lateness | None,
    now: datetime,
) -> Report:
    """The report of a dataset: its last files (oldest first) together, the account summed over those rated."""
    rated = [batch for batch in batches if batch.id in set(score.batches)]
    worst = worst_of(rated)[:WORST]
    word, said = _of_dataset(score, lateness, entries.total)
    counts = {
        "files": len(rated),
        "rows loaded": sum(batch.rows_loaded for batch in rated),
        "rows set aside": sum(batch.rows_quarantined for batch in rated),
        "rows to fix now": entries.total,
    }
    return Report(
        title=about.dataset.name,
        tenant=about.dataset.tenant,
        dataset=about.dataset.name,
        batch=None,
        made_at=now,
        verdict=word,
        sentence=said,
        account=sum((batch.account for batch in rated), LineAccount()).as_dict() if rated else {},
        counts=counts,
        **about.told(worst),
        rows=tuple(_set_aside(entries.entries))[:ROWS],
        failed=entries.total,
        trend=trend,
        anomalies=tuple(anomalies),
        score=score,
        lateness=lateness,
    )


def worst_of(batches: Sequence[Batch]) -> tuple[CheckResult, ...]:
    """Failing checks of several batches, each summed over them, the one with most rows first."""
    merged = merge_checks(result for batch in batches for result in batch.checks)
    return tuple(sorted((each for each in merged if not each.passed), key=lambda each: -each.failed_rows))


def _of_dataset(score: Score, lateness: Lateness | None, to_fix: int) -> tuple[str, str]:
    if not score.batches:
        return "Empty", lateness.sentence if lateness else "No file has been loaded yet."
    rated = sum(1 for part in score.parts if part.value is not None)
    value = "not rated" if score.value is None else f"{score.value:.1f} of 100"
    files = "file" if len(score.batches) == 1 else f"{len(score.batches)} files"
    said = f"Score of the last {files}: {value}, from {rated} of {len(score.parts)} parts."
    waiting = "1 row waits" if to_fix == 1 else f"{to_fix:,} rows wait"
    said += f" {waiting} to be fixed." if to_fix else " No row waits to be fixed."
    if lateness:
        return "Late", f"{lateness.sentence} {said}"
    return "Rows to fix" if to_fix else "Good", said


def _set_aside(entries: Sequence[Entry]) -> list[ReportedRow]:
    return [
        ReportedRow(one.id.batch, one.id.row, one.line, one.rule, one.column or "", one.message, one.value, one.text)
        for one in entries
    ]


def _warned(batch: Batch, about: About) -> list[ReportedRow]:
    """Rows of checks that only warn, or hold the batch: they are in no quarantine."""
    return [
        ReportedRow(batch.id, row.row, row.line, check.rule, ", ".join(check.columns), said, row.value, "")
        for check in failing_checks(batch)
        if not _rejects(check)
        for said in (about.message(check),)
        for row in check.sample
    ]


def _rejects(check: CheckResult) -> bool:
    return check.severity.value == "reject"
