"""Rows that a decision cannot be about: those that are not there, and those that were decided before."""

from collections.abc import Mapping, Sequence

from hestia_assets.core.errors import EditError
from hestia_assets.core.results import EntryId, EntryState

MOST_NAMED = 5
WAYS: Mapping[EntryState, str] = {
    EntryState.OPEN: "Leave out rows that are open: they wait to be fixed as they are.",
    EntryState.LOADED: "Leave loaded rows out; they come back by undo of the batch that loaded them.",
    EntryState.DROPPED: "Leave dropped rows out, or reopen them first.",
}
"""What to do about rows in a state that a decision is not for."""

NOT_THERE = "Ids are listed by: hestia quarantine list {dataset} --state all. Rows of undone batches wait for nobody."


def refuse_others(
    states: Mapping[EntryId, EntryState], asked: Sequence[EntryId], *, of: EntryState, dataset: str
) -> None:
    """Raise EditError, with counts and the first ids, unless every row that was asked for is in this state."""
    unknown = [one for one in asked if one not in states]
    words = [_unknown(unknown, len(asked))] if unknown else []
    hints = [NOT_THERE.format(dataset=dataset)] if unknown else []
    for state in EntryState:
        if state is not of and (others := [one for one in asked if states.get(one) is state]):
            words.append(f"{_rows(others)} {state.value}, not {of.value}: {named(others)}.")
            hints.append(WAYS[state])
    if words:
        raise EditError(" ".join([*words, "Nothing was changed."]), hint=" ".join(hints))


def named(ids: Sequence[EntryId]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(ids) - MOST_NAMED:,} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(map(str, ids[:MOST_NAMED])) + more


def _unknown(unknown: Sequence[EntryId], asked: int) -> str:
    verb = "is" if len(unknown) == 1 else "are"
    return f"{len(unknown):,} of {asked:,} rows {verb} not in quarantine: {named(unknown)}."


def _rows(ids: Sequence[EntryId]) -> str:
    return f"{len(ids):,} row{' is' if len(ids) == 1 else 's are'}"
