"""Something that happened which somebody may want to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hestia_assets.core.specs import Occurrence


@dataclass(frozen=True)
class Event:
    """An occurrence. ``key`` names it once: announced again, it is the same event and is not told twice.

    ``subject``: a batch or a check. ``facts``: numbers and names for machines. ``link``: the path of a page.
    """

    key: str
    kind: Occurrence
    tenant: str
    dataset: str
    subject: str
    title: str
    text: str
    at: datetime
    share: float | None = None
    check: str = ""
    link: str = ""
    facts: Mapping[str, str | int | float] = field(default_factory=dict[str, "str | int | float"])
