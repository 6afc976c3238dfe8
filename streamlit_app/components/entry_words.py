"""Rows in quarantine in words: why, where, what was done to them."""

from collections.abc import Iterable, Sequence

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import Entry, EntryAction, EntryId, EntryPage, EntryState
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.sentences import in_a_table, without_columns
from streamlit_app.components.verdict import WHY
from streamlit_app.components.words import batch_name, plain
from streamlit_app.facade import hestia

PLACED = 500
STATES = {EntryState.OPEN: "to be fixed", EntryState.LOADED: "loaded", EntryState.DROPPED: "dropped"}
ACTIONS = {
    EntryAction.SET_ASIDE: "set aside",
    EntryAction.CORRECTED: "corrected and loaded",
    EntryAction.STILL_WRONG: "corrected, still wrong",
    EntryAction.OUTDATED: "left open: the table has a newer value",
    EntryAction.REPLAYED: "checked again and loaded",
    EntryAction.ACCEPTED: "accepted as it is",
    EntryAction.DROPPED: "dropped",
    EntryAction.REOPENED: "opened again",
    EntryAction.TAKEN_BACK: "left with its file",
}


def waiting(spec: DatasetSpec) -> EntryPage:
    """Rows of a dataset that wait to be fixed, counted; none is read where none was ever set aside."""
    if not hestia().batches.counts(spec.tenant, spec.name).rows_quarantined:
        return EntryPage((), 0)
    return hestia().quarantine.entries(spec, limit=1)


def why_aside(spec: DatasetSpec, rule: str) -> str:
    """A reason for which rows are set aside: what the dataset demands; of several rules of one kind no values."""
    if rule in WHY or rule not in hestia().rules.names():
        return WHY.get(rule, rule.replace("_", " "))
    checks = [check for check in spec.checks if check.rule == rule]
    return in_a_table(checks[0]) if len(checks) == 1 else without_columns(rule)


def problems_of(entry: Entry) -> str:
    """All that is wrong with a row, column by column."""
    if not entry.wrong:
        return entry.message
    named = (message if column in message else f"{column}: {message}" for column, message in entry.wrong.items())
    return " ".join(dict.fromkeys(named if all(entry.wrong) else entry.wrong.values()))


def place_of(spec: DatasetSpec, entry: Entry) -> str:
    """Where a row stands, as a person finds it."""
    return f"{entry.file_name}, {hestia().formats.get(spec.recipe.format).unit} {entry.line:,}"


def places_of(spec: DatasetSpec, ids: Sequence[EntryId]) -> dict[EntryId, str]:
    """Where rows stand that wait to be fixed, as far as they are among the first; others by their number."""
    found = {one.id: place_of(spec, one) for one in hestia().quarantine.entries(spec, limit=PLACED).entries}
    return {one: found.get(one) or name_of(one) for one in ids}


def columns_of(spec: DatasetSpec, entries: Iterable[Entry]) -> list[str]:
    """The dataset's columns, those first in which something is wrong."""
    wrong = {column for entry in entries for column in entry.wrong}
    names = [column.name for column in spec.recipe.columns]
    return [name for name in names if name in wrong] + [name for name in names if name not in wrong]


def name_of(one: EntryId) -> str:
    """A row by its file and its number there."""
    return f"{file_of(one.batch)}, row {one.row:,}"


def file_of(batch: str) -> str:
    """The name of a batch's file; its number where it is not known."""
    try:
        return batch_name(hestia().batches.get(batch))
    except NotFoundError:
        return plain(batch)
