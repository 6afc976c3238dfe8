"""Rules from the files of other tools, looked at before they are kept; and files of rules for other tools."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import streamlit as st

from hestia_assets.core.results import ImportedRules, RuleNote, SpecVersion
from hestia_assets.core.sentences import consequence
from hestia_assets.core.specs import CheckSpec, DatasetSpec
from streamlit_app.components.explained import explained
from streamlit_app.components.impact import AT_ONCE_ROWS
from streamlit_app.components.sentences import in_a_table
from streamlit_app.components.words import TYPE_WORDS, count, plain
from streamlit_app.facade import hestia, principal

Keep = Callable[[Sequence[CheckSpec], str], None]
"""Saves the rules of a dataset, and says what was done."""
BY_CONTENT = "The file says it"
SUFFIXES = ["json", "yml", "yaml"]


def rule_files(saved: SpecVersion, spec: DatasetSpec, keep: Keep) -> None:
    """Both directions, below the rules of a dataset."""
    with st.expander("Import rules from a file", icon=":material/upload_file:"), explained():
        _import(saved, spec, keep)
    with st.popover("Export rules", icon=":material/download:"), explained():
        _export(spec)


def _import(saved: SpecVersion, spec: DatasetSpec, keep: Keep) -> None:
    titles = hestia().interchange.titles()
    st.caption(f"Another tool's rules become rules of this dataset: {', '.join(titles.values())}.")
    key = f"rule-file-{spec.name}-{saved.version}"
    upload = st.file_uploader("File of rules", type=SUFFIXES, key=key)
    language, model, column = _which(spec, titles, key)
    if upload is None:
        return
    content = upload.getvalue()
    found = hestia().interchange.read(content, dataset=spec, language=language, model=model, column=column)
    changed = hestia().interchange.merged(spec, found.checks)
    added = [check for check in changed.checks if check not in spec.checks]
    known = len(found.checks) - len(added)
    there = f" {count(known, 'rule')} of the file {'is' if known == 1 else 'are'} there already." if known else ""
    if added:
        mark = sha256(content + repr((language, model, column)).encode()).hexdigest()[:12]
        st.markdown(f"**{count(len(added), 'new rule')} of {plain(upload.name)}** ({titles[found.language]}).{there}")
        chosen = _choose(spec, added, found, key=f"{key}-{mark}")
        words = f"Add {count(len(chosen), 'rule')}"
        if st.button(words, key=f"{key}-add", type="primary", icon=":material/add:", disabled=not chosen):
            said = f"**{count(len(chosen), 'rule')} of {plain(upload.name)}** hold from the next file on."
            keep([*spec.checks, *chosen], said)
    else:
        st.info(f"No new rule comes of this file.{there}", icon=":material/info:")
    _types(spec, found)
    if found.notes:
        _notes(found.notes)


def _which(spec: DatasetSpec, titles: dict[str, str], key: str) -> tuple[str | None, str | None, str | None]:
    """Language, model and column, where the file alone does not say what is meant."""
    first, second, third = st.columns(3)
    language = first.selectbox(
        "Language", [None, *titles], key=f"{key}-language", format_func=lambda one: titles[one] if one else BY_CONTENT
    )
    model = second.text_input(
        "Part of the file (optional)", key=f"{key}-model", help="A dbt model, a resource of a package, a definition."
    )
    names = [column.name for column in spec.recipe.columns]
    column = third.selectbox(
        "Only for JSON texts in (optional)", names, index=None, key=f"{key}-column", placeholder="The rows as a whole",
        help="Choose a column if a JSON Schema describes the JSON texts in it.",
    )  # fmt: skip
    return language, model.strip() or None, column


def _choose(spec: DatasetSpec, checks: Sequence[CheckSpec], found: ImportedRules, *, key: str) -> list[CheckSpec]:
    """Rules as rows with a tick: what each demands, what it would do to the last file, where it stands."""
    failing = _failing(spec, checks, key)
    rows: list[dict[str, Any]] = [
        {
            "Take": True,
            "Rule": in_a_table(check),
            "When a row fails": consequence(check.severity, check.rule, hestia().rules),
            "Would fail": failing.get(check.name, ""),
            "In the file": _place(found, check),
        }
        for check in checks
    ]
    fixed = [name for name in rows[0] if name != "Take"]
    ticked: list[dict[str, Any]] = st.data_editor(
        rows, hide_index=True, disabled=fixed, key=f"{key}-table", height="content" if len(rows) < 15 else 520,
        column_config={
            "Take": st.column_config.CheckboxColumn(width=60),
            "Rule": st.column_config.TextColumn(width=360),
        },
    )  # fmt: skip
    if failing:
        st.caption("*Would fail*: rows of the last file that would.")
    return [check for check, row in zip(checks, ticked, strict=True) if row["Take"]]


def _place(found: ImportedRules, check: CheckSpec) -> str:
    said = (check.rule, check.columns, check.params)
    return next(found.places[one.name] for one in found.checks if (one.rule, one.columns, one.params) == said)


def _failing(spec: DatasetSpec, checks: Sequence[CheckSpec], key: str) -> dict[str, str]:
    """What each rule would have done to the last file, counted once; nothing where that would take long."""
    newest = hestia().batches.last_files(spec.tenant, spec.name, limit=1)
    if not newest or newest[0].rows_loaded * len(checks) > 10 * AT_ONCE_ROWS:
        return {}
    kept: dict[str, str] | None = st.session_state.get(f"{key}-failing")
    if kept is None:
        kept = {}
        with st.spinner("Trying the rules on the last file …"):
            for check in checks:
                impact = hestia().profiles.impact(spec, check, principal=principal(), batches=1, most=0)
                kept[check.name] = impact.problem or f"{impact.failing:,} of {impact.rows:,}"
        st.session_state[f"{key}-failing"] = kept
    return kept


def _types(spec: DatasetSpec, found: ImportedRules) -> None:
    own = {column.name: column.type for column in spec.recipe.columns}
    rows = [
        {"Column": name, "In the file": TYPE_WORDS[kind], "Here": TYPE_WORDS[own[name]]}
        for name, kind in found.types.items()
        if kind is not own[name]
    ]
    if rows:
        st.markdown("**Other types than here.** They stay as they are; change them with the next import.")
        st.dataframe(rows, hide_index=True, height="content")


def _notes(notes: Sequence[RuleNote]) -> None:
    st.markdown("**What of the file is no rule, or a different one**")
    rows = [{"Where": note.place, "Why": note.why} for note in notes]
    st.dataframe(rows, hide_index=True, height="content" if len(rows) < 12 else 420)


def _export(spec: DatasetSpec) -> None:
    st.caption("Columns and rules of this dataset, for another tool.")
    for name, title in hestia().interchange.written().items():
        written = hestia().interchange.write(spec, language=name)
        st.download_button(
            title, written.content, written.file_name, "application/json", key=f"export-rules-{spec.name}-{name}",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        if written.notes:
            lines = [f"- {plain(note.place)}: {plain(note.why)}" for note in written.notes]
            st.caption("\n".join(["It does not say:", *lines]))
