"""How good the last files of a dataset were: five parts, each a counted share, or not rated.

Nothing is assumed: a part without anything to count says why it is not rated and does not count in the mean. The unit
is a row (of timeliness: a time at which a batch was due); a file that fails a check of the file as a whole counts with
all its rows as not good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hestia_assets.core.results import Batch, CheckResult
from hestia_assets.core.results.quality import PartName, Score, ScoreLine, ScorePart
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity
from hestia_assets.domains.quality.late import in_time
from hestia_assets.domains.quality.sql_of import sql_of

FILES = 10
"""So many of the last files are rated."""

FILLED = ("not_null", "not_blank", "completeness")
DISTINCT = ("unique", "row_unique")
AGREEING = ("foreign_key", "totals_match", "agrees_with")
OF_WHOLE = ("completeness", "totals_match", "agrees_with")
"""These say yes or no of a whole file, with all its rows; what another one looked at no row of, it says nothing of."""


def score(dataset: DatasetSpec, batches: Sequence[Batch], *, repaired: Mapping[str, int], now: datetime) -> Score:
    """The score of the last files.

    Args:
        dataset: whose checks and rhythm are asked.
        batches: its files, oldest first.
        repaired: by batch, rows that were set aside and are in the table by now.
        now: the moment up to which batches were due.
    """
    last = list(batches)[-FILES:]
    parts = (
        _completeness(dataset, last),
        _validity(last, repaired),
        _by_rules(dataset, last, PartName.UNIQUENESS, DISTINCT, "rows without a double ÷ rows that were checked"),
        _timeliness(dataset, batches, last, now),
        _by_rules(dataset, last, PartName.CONSISTENCY, AGREEING, "rows that agree with other datasets ÷ rows checked"),
    )
    rows = sum(batch.rows_loaded + batch.rows_quarantined for batch in last)
    return Score(dataset.name, parts, tuple(batch.id for batch in reversed(last)), rows)


def said(found: Score, demands: Mapping[str, str]) -> Score:
    """The same, each line of a check with what the check demands instead of its name."""
    parts = (
        replace(part, lines=tuple(replace(line, what=demands.get(line.check, line.what)) for line in part.lines))
        for part in found.parts
    )
    return replace(found, parts=tuple(parts))


def passed_share(batch: Batch) -> float | None:
    """Which share of a batch's rows passed, from 0 to 100; nothing where it has none."""
    rows = batch.rows_loaded + batch.rows_quarantined
    return 100 * batch.rows_loaded / rows if rows else None


def _validity(last: Sequence[Batch], repaired: Mapping[str, int]) -> ScorePart:
    formula = "rows that passed all checks, or were mended since ÷ rows that arrived"
    rows = sum(batch.rows_loaded + batch.rows_quarantined for batch in last)
    if not rows:
        return ScorePart(PartName.VALIDITY, formula, why="No row has arrived.")
    passed = sum(batch.rows_loaded for batch in last)
    mended = sum(min(repaired.get(batch.id, 0), batch.rows_quarantined) for batch in last)
    lines = [ScoreLine("passed when they arrived", passed, rows)]
    lines += [ScoreLine("set aside, mended since", mended, rows - passed)] if rows > passed else []
    return ScorePart(PartName.VALIDITY, formula, passed + mended, rows, lines=tuple(lines))


def _completeness(dataset: DatasetSpec, last: Sequence[Batch]) -> ScorePart:
    formula = "values that are there ÷ values that must be there"
    rated = _by_rules(dataset, last, PartName.COMPLETENESS, FILLED, formula)
    if rated.value is not None or not last:
        return rated
    formula = "values that are there ÷ values of all columns (no column must have one)"
    names = [column.name for column in dataset.recipe.columns]
    lines = [line for name in names if (line := _filled(dataset, name, last))]
    good, of = sum(line.good for line in lines), sum(line.of for line in lines)
    why = "" if of else "Nothing was counted in these files."
    return ScorePart(PartName.COMPLETENESS, formula, good, of, why, tuple(lines))


def _filled(dataset: DatasetSpec, name: str, last: Sequence[Batch]) -> ScoreLine | None:
    seen = [
        (each.profile.rows, each.profile.columns[name].nulls) for each in last if _knows(each, name) and each.profile
    ]
    rows, nulls = sum(one for one, _ in seen), sum(one for _, one in seen)
    empty = CheckSpec(rule="not_null", columns=(name,))
    return ScoreLine(f"{name} has a value", rows - nulls, rows, sql=sql_of(dataset, empty)) if rows else None


def _knows(batch: Batch, name: str) -> bool:
    return batch.profile is not None and name in batch.profile.columns


def _timeliness(dataset: DatasetSpec, batches: Sequence[Batch], last: Sequence[Batch], now: datetime) -> ScorePart:
    formula = "times that a file was in time ÷ times that one was due"
    if dataset.rhythm is None:
        return ScorePart(PartName.TIMELINESS, formula, why="The dataset has no rhythm: say when it is expected.")
    if not last:
        return ScorePart(PartName.TIMELINESS, formula, why="No file has arrived.")
    since = last[0].created_at
    arrivals = [batch.created_at for batch in batches if batch.created_at >= since]
    good, of = in_time(dataset, arrivals, since=since, now=now)
    line = ScoreLine(f"since {since:%Y-%m-%d}", good, of)
    return ScorePart(PartName.TIMELINESS, formula, good, of, "" if of else "Nothing was due since.", (line,))


def _by_rules(
    dataset: DatasetSpec, last: Sequence[Batch], name: PartName, rules: tuple[str, ...], formula: str
) -> ScorePart:
    """What checks of these rules counted; a check that a file was not held against says nothing of it."""
    checks = {check.name: check for check in dataset.checks if check.rule in rules}
    lines: list[ScoreLine] = []
    for check in checks.values():
        results = [(batch, each) for batch in last for each in batch.checks if each.name == check.name]
        counted = [_counted(batch, each) for batch, each in results]
        good, of = sum(one for one, _ in counted), sum(one for _, one in counted)
        if of:
            lines.append(_line(dataset, check, good, of))
    if not lines:
        why = f"No rule that {_ASKS[name]} has run." if not checks else "Its rules have counted no row yet."
        return ScorePart(name, formula, why=why)
    return ScorePart(
        name, formula, sum(each.good for each in lines), sum(each.of for each in lines), lines=tuple(lines)
    )


_ASKS = {
    PartName.COMPLETENESS: "asks for values to be there",
    PartName.UNIQUENESS: "forbids doubles",
    PartName.CONSISTENCY: "compares with another dataset",
}


def _counted(batch: Batch, result: CheckResult) -> tuple[int, int]:
    of_whole = result.problem is not None or result.rule in OF_WHOLE
    rows = result.checked_rows or (batch.rows_loaded + batch.rows_quarantined if of_whole else 0)
    return (0 if result.problem else rows - result.failed_rows), rows


def _line(dataset: DatasetSpec, check: CheckSpec, good: int, of: int) -> ScoreLine:
    """Rows of a check that rejects are in quarantine; those of another are in the table."""
    aside = check.severity is Severity.REJECT
    rules, sql = ((check.rule,), "") if aside else ((), sql_of(dataset, check))
    return ScoreLine(check.name, good, of, rules, sql, check.name)
