"""Rows that may stay as they are: the checks that they fail get an exemption, with a reason and perhaps an end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from hestia_assets.core.errors import EditError
from hestia_assets.core.results import EntryId, Resubmission
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Exemption, Recipe
from hestia_assets.domains.ingest.entries.lines import Values
from hestia_assets.domains.ingest.resubmitting.sending import Sending, Wanted
from hestia_assets.domains.ingest.resubmitting.shelf import Held
from hestia_assets.domains.ingest.resubmitting.trial import Outcome

MOST_ACCEPTED = 500
"""Rows that are accepted at once: each makes its check a little slower, and many speak against the check."""

Row = tuple[Held, Values]


@dataclass(frozen=True)
class Word:
    """Who accepts rows, why, and until which day."""

    by: str
    reason: str
    until: date | None

    def of(self, match: Mapping[str, str | None]) -> Exemption:
        """The exemption of one row."""
        return Exemption(match=dict(match), reason=self.reason, by=self.by, until=self.until)


def refuse_word(word: Word, rows: int, today: date) -> None:
    """Raise EditError for a reason that says nothing, an end that is past, or more rows than an exemption is for."""
    if not word.reason.strip():
        raise EditError("An exemption needs a reason.", hint="Say why these rows may stay as they are.")
    if word.until is not None and word.until < today:
        hint = "Choose a later day, or none."
        raise EditError(f"The exemption would have ended on {word.until}, before today.", hint=hint)
    if rows > MOST_ACCEPTED:
        raise EditError(
            f"{rows:,} rows are too many to accept one by one; {MOST_ACCEPTED} can be at once.",
            hint="Change the rule instead, and replay the rows.",
        )


def exempted(sending: Sending, wanted: Wanted, word: Word) -> DatasetSpec:
    """The spec with exemptions for everything that these rows fail.

    Raises:
        EditError: a row is none, or does not fit its types or its key.
    """
    spec = sending.spec
    if no_rows := [held.id for held, _ in wanted.rows if not held.is_row]:
        raise _refused(no_rows, "could not be read as a row")
    for _ in range(len(spec.checks) + 1):  # a check may see rows only when an earlier one lets them pass
        trial = Sending(sending.runner, sending.shelf, sending.saved, spec, over_newer=True)
        changed = spec
        for recipe, rows in trial.groups(wanted):
            changed = _with_exemptions(changed, rows, trial.judged(rows, recipe), word)
        if changed == spec:
            break
        spec = changed
    return spec


def accepted(sending: Sending, wanted: Wanted, word: Word) -> tuple[DatasetSpec, Wanted, Resubmission]:
    """The spec with exemptions, the rows that are loaded under it, and those left alone: the table has newer ones.

    Raises as ``exempted``.
    """
    spec = exempted(sending, wanted, word)
    if sending.over_newer is True:
        return spec, wanted, Resubmission()
    newer = tuple(one for one in replace(sending, spec=spec).preview(wanted).newer if not sending.may_go(one))
    if not newer:
        return spec, wanted, Resubmission()
    left = {one.id for one in newer}
    fewer = Wanted(tuple(row for row in wanted.rows if row[0].id not in left), wanted.known)
    return exempted(sending, fewer, word), fewer, Resubmission(newer=newer)


def _with_exemptions(spec: DatasetSpec, rows: Sequence[Row], outcome: Outcome, word: Word) -> DatasetSpec:
    names = {check.name for check in spec.checks}
    unfit = [rows[row - 1][0].id for row, failed in sorted(outcome.failed.items()) if set(failed) - names]
    if unfit:
        raise _refused(unfit, "do not fit the types or the key of the dataset")
    shown = {row["_row"]: row for row in _shown(outcome.typed, spec.recipe).iter_rows(named=True)}
    checks: list[CheckSpec] = []
    for check in spec.checks:
        failing = [row for row, failed in outcome.failed.items() if check.name in failed]
        more = [word.of(_match(shown[row], check, spec)) for row in sorted(failing)]
        fresh = [one for one in dict.fromkeys(map(_Same, more)) if one.exemption not in check.exemptions]
        added = (*check.exemptions, *(one.exemption for one in fresh))
        checks.append(check.model_copy(update={"exemptions": added}) if fresh else check)
    return spec.model_copy(update={"checks": tuple(checks)})


@dataclass(frozen=True)
class _Same:
    """An exemption that can be told apart from others in a dictionary."""

    exemption: Exemption

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.exemption.match.items(), key=str)))


def _shown(typed: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """Values as the table shows them."""
    return typed.select("_row", *(pl.col(column.name).cast(pl.String) for column in recipe.columns))


def _match(row: Mapping[str, Any], check: CheckSpec, spec: DatasetSpec) -> dict[str, str | None]:
    """What tells the row: its key where it has one, else the values of the columns that the check names."""
    key = spec.primary_key
    if key and all(row[name] is not None for name in key):
        return {name: row[name] for name in key}
    names = check.columns or tuple(column.name for column in spec.recipe.columns)
    return {name: row[name] for name in names}


def _refused(ids: Sequence[EntryId], why: str) -> EditError:
    named = ", ".join(map(str, ids[:5])) + (f" and {len(ids) - 5:,} more" if len(ids) > 5 else "")
    return EditError(
        f"{len(ids):,} of these rows {why}, so no exemption can let them in: {named}.",
        hint="Correct them, or drop them; the other rows can be accepted without them.",
    )
