"""Step 2 of the import: what the file would become, and how it is read."""

import streamlit as st

from hestia_assets.core.errors import HeaderMismatchError, HestiaError
from hestia_assets.core.results import Preview, Problem, Reject
from hestia_assets.core.specs import Recipe
from streamlit_app.components.check_form import sentence
from streamlit_app.components.columns_form import columns_form
from streamlit_app.components.explained import explained, show_problem
from streamlit_app.components.frames import ASIDE_WIDTHS, WRAPPED, show_rows
from streamlit_app.components.recipe_form import recipe_form, show_reasons
from streamlit_app.components.words import count, size
from streamlit_app.draft import Draft, Step

RAW_LINES = 40
REJECTS_SHOWN = 100
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
TABLE_HEIGHT = 340
READ_COLUMNS = "Read the columns from this file"
_AGAIN = "For a file whose columns are not those of the dataset. Columns that are still there keep name and type."


def preview(work: Draft) -> None:
    """The choices, the raw lines beside the table, the rows that would be set aside."""
    stranger = _other_columns(work)
    if stranger is not None:
        _offer_its_columns(work, stranger)
        _buttons(work, ready=False)
        return
    if work.saved is None:
        _edit(work)
    else:
        if not work.dropped:
            st.info(f"**{work.dataset}** knows how to read its files: nothing to answer.", icon=":material/bookmark:")
        if st.toggle("Change how the files of this dataset are read", key=f"change-{work.number}"):
            _edit(work)
    ready = False
    with explained():
        _show(work, work.preview())
        ready = True
    _buttons(work, ready=ready)


def _other_columns(work: Draft) -> HeaderMismatchError | None:
    """Why the saved dataset cannot read this file, where its columns are to blame."""
    if work.saved is None:
        return None
    try:
        work.preview()
    except HeaderMismatchError as error:
        return error
    except HestiaError:  # explained where the preview is shown
        return None
    return None


def _offer_its_columns(work: Draft, error: HeaderMismatchError) -> None:
    choices = f"Press '{READ_COLUMNS}' to change the dataset {work.dataset}, or start over with another file."
    show_problem(Problem(error.code, error.message, choices))
    if st.button(READ_COLUMNS, icon=":material/refresh:", help=_AGAIN):
        work.read_as(work.recipe)
        st.session_state[f"change-{work.number}"] = True
        st.rerun()


def _edit(work: Draft) -> None:
    if work.dropped:
        rules = "; ".join(map(sentence, work.dropped))
        st.warning(f"**Rules that name columns which are gone leave the dataset:** {rules}.", icon=":material/rule:")
    with st.expander("How the file is read", expanded=True, icon=":material/tune:"):
        chosen = recipe_form(work.recipe, key=f"recipe-{work.number}-{work.version}")
        show_reasons(work.reasons)
    if _reading(chosen) != _reading(work.recipe):
        work.read_as(chosen)
    title = f"{count(len(work.guessed), 'column')}: names and types"
    with (
        st.expander(title, expanded=True, icon=":material/view_column:"),
        explained(),
    ):
        columns = columns_form(work.guessed, work.examples(), key=f"columns-{work.number}-{work.edition}")
        work.recipe = work.recipe.model_copy(update={"columns": columns})
    if st.button(READ_COLUMNS, icon=":material/refresh:", help=_AGAIN):
        work.read_as(work.recipe)
        st.rerun()


def _reading(recipe: Recipe) -> dict[str, object]:
    return recipe.model_dump(exclude={"columns"})


def _show(work: Draft, found: Preview) -> None:
    st.subheader("What it would become")
    st.caption(_scanned(work, found))
    _warn_of_one_column(work, found)
    left, right = st.columns([2, 3])
    with left:
        st.markdown("**The file as it is**")
        st.code("\n".join(found.raw[:RAW_LINES]), language=None, line_numbers=True, height=TABLE_HEIGHT)
    with right:
        st.markdown(f"**The table** · {count(found.typed.height, 'row')} shown")
        show_rows(found.typed, empty="No row of this part of the file would be accepted.", height=TABLE_HEIGHT)
    show_rejects(found.rejects)


def _warn_of_one_column(work: Draft, found: Preview) -> None:
    """A file whose delimiter was not recognised looks like one wide column."""
    if len(work.recipe.columns) != 1:
        return
    lines = [line for line in found.raw[work.recipe.preamble_lines :] if line.strip()]
    for sign, word in SEPARATORS.items():
        holding = sum(sign in line for line in lines)
        if sign != work.recipe.delimiter and len(lines) > 1 and holding * 2 > len(lines):
            st.warning(
                f"**Only one column was found, though most lines hold a {word}.** If it stands between columns, "
                "choose it under Between columns.",
                icon=":material/view_column:",
            )
            return


def _scanned(work: Draft, found: Preview) -> str:
    """Plainly, how much of the file this page has read."""
    assert work.file is not None, "a file is chosen before it is previewed"
    lines = count(found.account.total, "line")
    if found.complete:
        return f"Hestia has read the whole file for this preview: {lines}."
    part = f"the first {size(found.scanned_bytes)} of {size(work.file.size_bytes)} ({lines})"
    return f"For this preview Hestia has read {part}. The rest is read, and checked, when you import."


def show_rejects(rejects: list[Reject]) -> None:
    """The rows of the preview that would be set aside, each with its reason."""
    if not rejects:
        st.success("No row would be set aside.", icon=":material/check:")
        return
    st.markdown(f"**{count(len(rejects), 'row')} would be set aside**")
    rows = [
        {"Line": r.line, "Column": r.column, "Why": r.message, "Value": r.value, "Original text": r.text}
        for r in rejects[:REJECTS_SHOWN]
    ]
    st.dataframe(rows, hide_index=True, placeholder="", row_height=WRAPPED, column_config=ASIDE_WIDTHS)
    if len(rejects) > REJECTS_SHOWN:
        st.caption(f"The first {REJECTS_SHOWN} of them.")


def _buttons(work: Draft, *, ready: bool) -> None:
    """What cannot be previewed cannot be imported either."""
    with st.container(horizontal=True):
        if st.button("Back", icon=":material/arrow_back:"):
            work.go(Step.CHOOSE)
        if st.button("Continue", type="primary", icon=":material/arrow_forward:", disabled=not ready):
            work.go(Step.RULES)
        if work.saved is not None and st.button("Import now", icon=":material/bolt:", disabled=not ready):
            work.go(Step.RUN)
