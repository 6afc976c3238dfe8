"""Which rows in quarantine a person wants to see: by state, reason, column, file, words; with counts."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from hestia_assets.core.results import EntryFilter, EntryPage, EntryState
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.entry_words import STATES, file_of, why_aside
from streamlit_app.facade import hestia

ANY = ""


def ask_for_entries(spec: DatasetSpec, *, batch: str = "") -> EntryFilter:
    """The fields, each choice with its number of rows.

    Args:
        spec: of the dataset.
        batch: the file that the address asks for.
    """
    key = f"aside-{spec.name}-{batch}"
    by_state = hestia().quarantine.entries(spec, limit=1).by_state
    state = st.segmented_control(
        "State", list(EntryState), default=EntryState.OPEN, required=True, key=f"{key}-state",
        format_func=lambda one: f"{STATES[one].capitalize()} ({by_state.get(one.value, 0):,})",
        label_visibility="collapsed",
    )  # fmt: skip
    states = (state or EntryState.OPEN,)
    counted = hestia().quarantine.entries(spec, EntryFilter(states=states), limit=1)
    if counted.total == 0:
        return EntryFilter(states=states)
    show_bars(spec, counted)
    why, column, file, words = st.columns([3, 2, 3, 2])
    return EntryFilter(
        rule=_pick(why, "Reason", counted.by_rule, key=f"{key}-rule", words=partial(why_aside, spec)),
        column=_pick(column, "Column", counted.by_column, key=f"{key}-column"),
        batch=_pick(file, "File", counted.by_batch, key=f"{key}-batch", words=file_of, now=batch),
        search=words.text_input("Text", key=f"{key}-search", placeholder="any", icon=":material/search:").strip(),
        states=states,
    )


def _pick(
    place: Any, label: str, counts: Mapping[str, int], *, key: str, words: Callable[[str], str] = str, now: str = ""
) -> str:
    options = [ANY, *sorted((name for name in counts if name), key=lambda name: -counts[name])]
    return place.selectbox(
        label, options, options.index(now) if now in options else 0, key=key,
        format_func=lambda name: f"{words(name)} ({counts[name]:,})" if name else "any",
    )  # fmt: skip


def show_bars(spec: DatasetSpec, counted: EntryPage) -> None:
    """What is wrong, in which column, of which file: a bar for each."""
    parts = {
        "Reason": {why_aside(spec, name): number for name, number in counted.by_rule.items()},
        "Column": {name or "(the whole row)": number for name, number in counted.by_column.items()},
        "File": {file_of(name): number for name, number in counted.by_batch.items()},
    }
    for place, (label, counts) in zip(st.columns([6, 4, 4]), parts.items(), strict=True):
        rows = [{label: name, "Rows": number} for name, number in sorted(counts.items(), key=lambda one: -one[1])]
        most = max(counts.values(), default=1)
        place.dataframe(
            rows, hide_index=True, placeholder="", height="content" if len(rows) <= 4 else 178,
            column_config={
                label: st.column_config.TextColumn(width=215 if label == "Reason" else 90),
                "Rows": st.column_config.ProgressColumn(format="localized", min_value=0, max_value=most, width=85),
            },
        )  # fmt: skip
