"""What a person sees while rows in quarantine are worked on."""

from typing import Any

import pytest
import streamlit as st

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Doing, WorkStep
from streamlit_app.components import working


class Place:
    """A place on the page that remembers what stood there."""

    def __init__(self) -> None:
        self.seen: list[tuple[object, ...]] = []

    def progress(self, share: float, *, text: str) -> None:
        self.seen.append((share, text))

    def info(self, text: str, **_: Any) -> None:
        self.seen.append((text.split(" works", maxsplit=1)[0], text.partition("goes on ")[2]))

    def empty(self) -> None:
        self.seen.append(("gone",))


def test_after_a_second_the_page_says_how_far_it_is_or_whom_it_waits_for(home: Hestia, monkeypatch: pytest.MonkeyPatch):
    place = Place()
    monkeypatch.setattr(st, "empty", lambda: place)
    monkeypatch.setattr(working, "hestia", lambda: home)
    steps = [
        WorkStep(Doing.WAITING, holder="till-3:17", seconds_left=41.6),
        WorkStep(Doing.LOOKING_UP, 3_000, 12_000),
        WorkStep(Doing.LOADING, 0, 12_000),
        WorkStep(Doing.LOADING, 0, 12_000),
    ]
    with working.working("Loading …") as quarantine:
        for step in steps:
            quarantine.watch(step)
    assert place.seen == [("gone",)], "work of less than a second is a spinner"

    monkeypatch.setattr(working, "QUIET_SECONDS", 0)
    monkeypatch.setattr(working, "EVERY_SECONDS", 0)
    with working.working("Loading …") as quarantine:
        for step in steps:
            quarantine.watch(step)

    assert place.seen[1:] == [
        ("Waiting: till-3:17", "in 42 s at the latest; nothing is lost."),
        (0.25, "Looking up 3,000 of 12,000 rows …"),
        (0.0, "Loading 12,000 rows …"),
        ("gone",),
    ]
