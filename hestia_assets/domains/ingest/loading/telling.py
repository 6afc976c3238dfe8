"""What is told of a batch that came to its end: its rules in words, and counts; no value of anybody's rows.

A check is told as failed when it did not pass in a batch that was committed: more rows failed than may (any at all
where it has no threshold), or it found something wrong with the batch as a whole. Of a batch that is held, that it is
held is told instead, with the checks that hold it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from hestia_assets.core.results import RESUBMIT, Batch, CheckResult, Event, Problem
from hestia_assets.core.sentences import SEVERITY_WORDS, WHOLE_WORDS, held_by
from hestia_assets.core.specs import Occurrence

Demand = Callable[[CheckResult], str]
"""What the check of a result demands, in words."""

CUT_OFF = "cut_off"
"""In the key of a failure of which the run itself could tell nothing: told once, however often it is tried again."""

QUOTING = {
    "read.failed": "The file cannot be read.",
    "read.unreadable": "The file cannot be read as its dataset says.",
    "read.header_mismatch": "The columns of this file are not those of the dataset.",
    "spec.invalid": "A check or a column of the dataset cannot work with these rows.",
    "sql.failed": "A check of the dataset cannot work with these rows.",
    "table.retype": "Rows in the table do not fit the types that the dataset has now.",
}
"""Said instead of problems whose own words may quote a file: a header may be its first row, an error show a value."""


def unheard(events: Sequence[Event]) -> None:
    """Nobody wants to hear of anything."""


def committed(batch: Batch, demand: Demand) -> list[Event]:
    """Checks that did not pass, and the share of rows that were set aside; who resubmits rows sees it at once."""
    if batch.origin == RESUBMIT:
        return []
    at = batch.finished_at or batch.updated_at
    told = [_check(batch, check, demand(check), at) for check in batch.checks if not check.passed]
    rows = batch.rows_loaded + batch.rows_quarantined
    if batch.rows_quarantined:
        told.append(_share(batch, batch.rows_quarantined / rows, at))
    return told


def held(batch: Batch, demand: Demand, *, at: datetime) -> list[Event]:
    """That it waits for a decision; a batch that is held anew is told anew."""
    holding = [check for check in batch.checks if check.holds]
    said = "; ".join(held_by(check, demand(check), quotes=False) for check in holding)
    why = f"Held by its rules: {said}." if holding else ""
    if not why and batch.problem is not None:
        why = batch.problem.message
    facts = {check.name: check.failed_rows for check in holding}
    title = f"{batch.file_name} waits for a decision"
    text = f"{why} None of its rows is in the table yet: release it, or discard it."
    return [_event(batch, Occurrence.BATCH_HELD, f"held:{batch.id}:{at.isoformat()}", title, text, at, facts=facts)]


def failed(batch: Batch, problem: Problem, *, at: datetime, key: str = "") -> list[Event]:
    """That nothing of it was imported, and why."""
    name = f"failed:{batch.id}:{key or at.isoformat()}"
    title = f"{batch.file_name} was not imported"
    why = QUOTING.get(problem.code) or f"{problem.message} {problem.hint}"
    text = f"{why} What exactly is wrong stands with the file." if problem.code in QUOTING else why
    return [_event(batch, Occurrence.BATCH_FAILED, name, title, text, at, facts={"code": problem.code})]


def _check(batch: Batch, check: CheckResult, demands: str, at: datetime) -> Event:
    does = (WHOLE_WORDS if check.problem is not None else SEVERITY_WORDS)[check.severity]
    exempt = f" Rows that are allowed to fail it ({check.exempt_rows:,}) are not counted." if check.exempt_rows else ""
    return _event(
        batch,
        Occurrence.CHECK_FAILED,
        f"check:{batch.id}:{check.name}",
        f"{_outcome(batch, check)}: {demands}",
        f"The rule says: {demands}. If not: {does.lower()}.{exempt}",
        at,
        check=check.name,
        facts={
            "failed_rows": check.failed_rows,
            "checked_rows": check.checked_rows,
            "severity": check.severity.value,
            "sentence": demands,
        },
    )


def _share(batch: Batch, share: float, at: datetime) -> Event:
    aside, loaded = batch.rows_quarantined, batch.rows_loaded
    return _event(
        batch,
        Occurrence.QUARANTINE_SHARE,
        f"share:{batch.id}",
        f"{share:.1%} of {batch.file_name} was set aside",
        f"{_rows(aside)} set aside, {_rows(loaded)} loaded.",
        at,
        share=share,
        facts={"rows_quarantined": aside, "rows_loaded": loaded},
    )


def _rows(number: int) -> str:
    return f"{number:,} row was" if number == 1 else f"{number:,} rows were"


def _outcome(batch: Batch, check: CheckResult) -> str:
    """How much failed. What a rule says of a whole batch may name values, so it is not repeated."""
    if check.problem is not None:
        return f"{batch.file_name} as a whole fails"
    fails = "fails" if check.failed_rows == 1 else "fail"
    return f"{check.failed_rows:,} of {check.checked_rows:,} rows in {batch.file_name} {fails}"


def _event(batch: Batch, kind: Occurrence, key: str, title: str, text: str, at: datetime, **more: Any) -> Event:
    return Event(
        key=key,
        kind=kind,
        tenant=batch.tenant,
        dataset=batch.dataset,
        subject=batch.id,
        title=title,
        text=text.strip(),
        at=at,
        link=f"datasets?dataset={batch.dataset}&batch={batch.id}",
        **more,
    )
