"""Work with rows in quarantine while a person looks on: after a second it is said how far it is, in counted rows."""

import time
from collections.abc import Generator
from contextlib import contextmanager

import streamlit as st

from hestia_assets.bootstrap import QuarantineService
from hestia_assets.core.results import Doing, WorkStep
from streamlit_app.facade import hestia

QUIET_SECONDS = 1.0
EVERY_SECONDS = 0.3


@contextmanager
def working(words: str) -> Generator[QuarantineService]:
    """A spinner with these words, and after a second a bar below; gives the service whose steps are shown."""
    place, said = st.empty(), time.monotonic() + QUIET_SECONDS - EVERY_SECONDS
    last: Doing | None = None

    def show(step: WorkStep) -> None:
        nonlocal said, last
        now = time.monotonic()
        if now - said < EVERY_SECONDS or (step.doing is last and not step.done and step.doing is not Doing.WAITING):
            return
        said, last = now, step.doing
        if step.doing is Doing.WAITING:
            place.info(step.sentence, icon=":material/hourglass_top:")
        else:
            place.progress(step.share or 0.0, text=step.sentence)

    with st.spinner(words):
        try:
            yield hestia().quarantine.watched(show)
        finally:
            place.empty()
