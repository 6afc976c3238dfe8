"""What a person can answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One answer to a question. ``changes`` go to ``Recipe.with_changes``; ``sample`` shows rows that it changes.

    ``sample`` rows are as wide as ``sample_header``.
    """

    label: str
    because: str
    changes: Mapping[str, Any]
    sample_header: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
