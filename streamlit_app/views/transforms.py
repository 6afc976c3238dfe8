"""The Transforms page: SQL with the tables beside it, a live preview. ``?transform=NAME`` opens one."""

import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import SYSTEM_COLUMNS
from hestia_assets.core.specs import TransformSpec, parse
from streamlit_app.components import links
from streamlit_app.components.explained import explained, explained_later, show_kept
from streamlit_app.components.frames import show_rows
from streamlit_app.components.launch import ChangedMeanwhileError, save, start
from streamlit_app.components.name_input import name_input
from streamlit_app.components.run import show_run
from streamlit_app.components.words import count
from streamlit_app.facade import hestia, principal, tenant

NEW = "A new transform"
PREVIEW_ROWS = 100
RESULT_ROWS = 100


def page() -> None:
    """Choose, write, look, save, run."""
    st.title("Transforms")
    st.write("A transform is one SQL query whose result becomes a table of its own.")
    with explained():
        if not hestia().gate.tables(principal()):
            st.info("There is no table to ask yet: import a file first.", icon=":material/info:")
            links.link_to("import", "Import a file", icon=":material/upload_file:")
            return
        show_kept()
        saved = {i.spec.name: i for i in hestia().catalog.all("transform", tenant=tenant())}
        chosen = _choose(list(saved))
        found = saved[chosen].spec if chosen else None
        transform = found if isinstance(found, TransformSpec) else None
        seen = _seen(chosen, saved[chosen].version) if chosen else 0
        name, sql = _editor(transform, seen)
        _preview(sql)
        _buttons(name, sql, transform, seen)
        _result(transform)


def _choose(names: list[str]) -> str | None:
    asked = st.query_params.get("transform")
    if asked is not None and asked not in names:
        st.query_params.clear()
        raise NotFoundError("transform", asked, known=names)
    options = [NEW, *names]
    chosen = st.selectbox("Transform", options, index=options.index(asked) if asked else 0, key=f"choose-{asked}")
    if chosen != (asked or NEW):
        links.go_to("transforms", **({} if chosen == NEW else {"transform": chosen}))
    return chosen if chosen in names else None


def _seen(name: str, newest: int) -> int:
    """The version that this tab edits: the newest when it was opened, until it is saved or loaded again."""
    key = f"transform-seen-{name}"
    if f"sql-{name}-{st.session_state.get(key)}" not in st.session_state:  # its editor is not open any more
        st.session_state[key] = newest
    return st.session_state[key]


def _editor(transform: TransformSpec | None, seen: int) -> tuple[str, str]:
    """The query on the left, what it may read on the right."""
    key = f"{transform.name}-{seen}" if transform else "new"
    left, right = st.columns([3, 2])
    with left:
        name = (
            transform.name
            if transform
            else name_input(st, "Name of the table", key="new-transform", placeholder="revenue_by_country")
        )
        sql = st.text_area("SQL", transform.sql if transform else _first_query(), height=260, key=f"sql-{key}")
        st.caption("Press Ctrl+Enter to see the result again.")
    with right:
        st.markdown("**Tables you can ask**")
        with st.container(height=320, border=True):
            _tables()
    return name, sql.strip()


def _first_query() -> str:
    """A query that works, to begin with."""
    tables = [ref for ref in hestia().gate.tables(principal()) if ref.layer in {Layer.VALIDATED, Layer.TRANSFORMED}]
    return f"select *\nfrom {tables[0].layer.value}.{tables[0].name}\nlimit 100" if tables else ""


def _tables() -> None:
    """Tables with their columns, those that people use first."""
    order = (Layer.VALIDATED, Layer.TRANSFORMED, Layer.QUARANTINE, Layer.IMPORTED)
    for ref in sorted(hestia().gate.tables(principal()), key=lambda ref: (order.index(ref.layer), ref.name)):
        with st.expander(f"{ref.layer.value}.{ref.name}", icon=":material/table:"):
            st.dataframe(_columns(ref), hide_index=True)


def _columns(ref: TableRef) -> list[dict[str, str]]:
    schema = hestia().gate.read(principal(), ref, purpose=Purpose.PAGE).collect_schema()
    return [{"Column": name, "Type": str(dtype)} for name, dtype in schema.items() if name not in SYSTEM_COLUMNS]


def _preview(sql: str) -> None:
    st.subheader("Preview")
    if not sql:
        st.info("Write a query to see its result here.", icon=":material/info:")
        return
    with explained():
        frame = hestia().transforms.preview(principal(), sql, limit=PREVIEW_ROWS)
        show_rows(frame, empty="The query works and gives no row.")
        if frame.height == PREVIEW_ROWS:
            st.caption(f"The first {PREVIEW_ROWS} rows. Saved and run, the transform keeps them all.")


def _buttons(name: str, sql: str, transform: TransformSpec | None, seen: int) -> None:
    with st.container(horizontal=True), explained():
        ready = bool(name and sql)
        if st.button("Save and run", type="primary", icon=":material/play_arrow:", disabled=not ready):
            spec = _saved(name, sql, transform, seen)
            st.session_state[f"transform-run-{spec.name}"] = start(spec)
            links.go_to("transforms", transform=spec.name)
        if st.button("Save", icon=":material/save:", disabled=not ready):
            spec = _saved(name, sql, transform, seen)
            links.go_to("transforms", transform=spec.name)
        if transform is not None:
            st.link_button("Open in Dagster", links.asset(Layer.TRANSFORMED, transform.name), icon=":material/hub:")
    if not name:
        st.caption("Give it a name to save it.")


def _saved(name: str, sql: str, transform: TransformSpec | None, seen: int) -> TransformSpec:
    """Save the query, never over somebody else's change: the page then shows that one instead."""
    described = transform.description if transform else ""
    spec = parse(TransformSpec, {"name": name, "tenant": tenant(), "description": described, "sql": sql})
    try:
        save(spec, seen=seen)
    except ChangedMeanwhileError as error:
        if transform is None:
            raise
        with explained_later():
            raise error
        del st.session_state[f"transform-seen-{name}"]
        st.rerun()
    st.session_state.pop(f"transform-seen-{name}", None)
    return spec


def _result(transform: TransformSpec | None) -> None:
    """The table as it is now, and the run that is making a new one."""
    if transform is None:
        return
    st.subheader(f"The table transformed.{transform.name}")
    run_id = st.session_state.get(f"transform-run-{transform.name}")
    done = bool(run_id) and show_run(run_id, kind="transform", subject=transform.name)
    ref = TableRef(Layer.TRANSFORMED, transform.tenant, transform.name)
    if not hestia().tables.exists(ref):
        if not run_id:
            st.info("It has not been run yet.", icon=":material/info:")
        return
    rows = hestia().gate.read(principal(), ref, purpose=Purpose.PAGE)
    frame = rows.head(RESULT_ROWS).collect()
    if done:
        st.success("The run has succeeded.", icon=":material/task_alt:")
    show_rows(frame, empty="The table has no rows.")
    made = hestia().tables.versions(ref)[0]
    st.caption(f"{count(frame.height, 'row')} shown, version {made.version} of {made.at:%d %b %Y %H:%M} UTC.")
