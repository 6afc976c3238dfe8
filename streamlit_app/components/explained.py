"""The one way to show an error: what happened and what to do. Bugs keep their traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import Problem
from streamlit_app.components.words import plain


@contextmanager
def explained() -> Iterator[None]:
    """Show message and hint of a HestiaError; let bugs through."""
    try:
        yield
    except HestiaError as error:
        show_problem(Problem(error.code, error.message, error.hint))


def show_problem(problem: Problem) -> None:
    """A stored or fresh error, shown alike."""
    st.error(f"**{plain(problem.message)}**  \n{plain(problem.hint)}", icon=":material/error:")
