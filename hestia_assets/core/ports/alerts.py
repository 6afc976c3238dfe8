"""Telling people."""

from collections.abc import Sequence
from typing import Protocol

from hestia_assets.core.results.occurrences import Event


class Announcer(Protocol):
    """Takes events into the outbox of whoever wants to hear of them."""

    def __call__(self, events: Sequence[Event]) -> None:
        """Keep what is to be sent, in the caller's transaction (``BatchStore.together``); nothing is sent here."""
        ...
