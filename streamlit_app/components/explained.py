"""The one way to show an error: what happened and what to do. Bugs keep their traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import Problem
from streamlit_app.components.words import plain

_KEPT = "kept-problem"


@contextmanager
def explained() -> Iterator[None]:
    """Show message and hint of a HestiaError; let bugs through."""
    try:
        yield
    except HestiaError as error:
        show_problem_of(error)


@contextmanager
def explained_later() -> Iterator[None]:
    """Keep a HestiaError for the next drawing of the page, which ``show_kept`` begins with; let bugs through."""
    try:
        yield
    except HestiaError as error:
        st.session_state[_KEPT] = Problem(error.code, error.message, error.hint)


def show_kept() -> None:
    """What went wrong just before the page was drawn anew, once."""
    problem = st.session_state.pop(_KEPT, None)
    if problem is not None:
        show_problem(problem)


def show_problem(problem: Problem) -> None:
    """A stored or fresh error, shown alike."""
    st.error(f"**{plain(problem.message)}**  \n{plain(problem.hint)}", icon=":material/error:")


def show_problem_of(error: HestiaError) -> None:
    """An error that was raised elsewhere, such as beside the page."""
    show_problem(Problem(error.code, error.message, error.hint))
