"""Alerts: who hears of what, how, and when."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from hestia_assets.core.specs.model import Name, Spec


class Occurrence(StrEnum):
    """What somebody may want to hear of."""

    CHECK_FAILED = "check_failed"
    BATCH_HELD = "batch_held"
    BATCH_FAILED = "batch_failed"
    QUARANTINE_SHARE = "quarantine_share"
    DATASET_LATE = "dataset_late"
    ANOMALY = "anomaly"


class ChannelKind(StrEnum):
    """How a message goes out."""

    EMAIL = "email"
    CHAT = "chat"
    WEBHOOK = "webhook"


class Channel(Spec):
    """One way to reach somebody.

    ``to``: mail addresses; one address of Slack, Teams or another service as apprise writes it; the URL of a webhook.
    A secret is never part of a spec: ``secret`` names the environment variable that holds it.
    """

    kind: ChannelKind
    to: tuple[str, ...] = Field(min_length=1)
    secret: str = Field(default="", description="Name of the environment variable with the webhook's signing secret.")


class AlertSpec(Spec):
    """Who hears of what: at once, or once a day in a digest.

    Example:
        >>> AlertSpec(name="held", on=("batch_held",), channel={"kind": "email", "to": ("ada@example.org",)}).key
        'default/held'
    """

    name: Name
    tenant: Name = "default"
    description: str = ""
    on: tuple[Occurrence, ...] = Field(min_length=1)
    datasets: tuple[Name, ...] = Field(default=(), description="Only these; empty: every dataset.")
    checks: tuple[Name, ...] = Field(default=(), description="Only these checks; empty: every check.")
    share: float = Field(default=0.05, ge=0, le=1, description="Above this share of a batch's rows set aside.")
    channel: Channel
    digest: str = Field(default="", description="Cron expression of when to send all at once; empty: at once.")
    time_zone: str = "UTC"
    paused: bool = False

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"

    @model_validator(mode="after")
    def _reaches_one(self) -> Self:
        if self.channel.kind is not ChannelKind.EMAIL and len(self.channel.to) > 1:
            raise ValueError("a chat or webhook channel has one address; make another alert for the next")
        return self
