"""Alerts on both metadata databases, with servers that take or refuse what is sent."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from alert_servers import MailServer, WebServer, running_mail, running_web

from hestia_assets.adapters.chat import ChatCourier
from hestia_assets.adapters.mail import MailCourier
from hestia_assets.adapters.metadata import Metadata
from hestia_assets.adapters.webhook import WebhookCourier
from hestia_assets.core.results import Event
from hestia_assets.core.specs import AlertSpec, ChannelKind, Occurrence, parse
from hestia_assets.domains.alerts.service import AlertService
from hestia_assets.settings import Settings, alert_secret


@pytest.fixture(scope="module")
def _mail() -> Iterator[MailServer]:
    with running_mail() as server:
        yield server


@pytest.fixture(scope="module")
def _web() -> Iterator[WebServer]:
    with running_web() as server:
        yield server


@pytest.fixture
def mail(_mail: MailServer) -> MailServer:
    """A mail server that has taken nothing."""
    _mail.script.clear()
    _mail.taken.clear()
    return _mail


@pytest.fixture
def web(_web: WebServer) -> WebServer:
    """A web server that has taken nothing."""
    _web.script.clear()
    _web.taken.clear()
    return _web


@pytest.fixture
def wait_seconds() -> float:
    """What the couriers wait for an answer: a busy machine is not to be taken for a server that hangs."""
    return 20.0


@pytest.fixture
def service(metadata: Metadata, clock, mail: MailServer, tmp_path, wait_seconds: float) -> AlertService:
    """Alerts of a home whose clock stands still."""
    settings = Settings(
        home=tmp_path, smtp_host="127.0.0.1", smtp_port=mail.port, smtp_tls="none", smtp_from="hestia@example.org",
        send_timeout_seconds=wait_seconds,
    )  # fmt: skip
    couriers = {
        ChannelKind.EMAIL: MailCourier(settings),
        ChannelKind.CHAT: ChatCourier(alert_secret, wait_seconds),
        ChannelKind.WEBHOOK: WebhookCourier(alert_secret, clock, private=True, timeout_seconds=wait_seconds),
    }
    return AlertService(metadata.specs, metadata.outbox, metadata.audit, couriers, clock, "http://pages")


@pytest.fixture
def alert(service: AlertService) -> Callable[..., AlertSpec]:
    """Saves an alert: by mail to Ada of everything, unless said otherwise."""

    def saved(name: str = "ops", *, to: str = "ada@example.org", kind: str = "email", **fields: Any) -> AlertSpec:
        channel = {"kind": kind, "to": to.split(), "secret": fields.pop("secret", "")}
        spec = parse(AlertSpec, {"name": name, "on": tuple(Occurrence), "channel": channel, **fields})
        service.specs.save(spec, author="ada")
        return spec

    return saved


@pytest.fixture
def event(clock) -> Callable[..., Event]:
    """Something that happened, a moment after what happened before."""

    def happened(key: str = "held:1", kind: Occurrence = Occurrence.BATCH_HELD, **fields: Any) -> Event:
        clock.advance(0.001)
        facts = {"tenant": "default", "dataset": "orders", "subject": "b1", "title": f"{key} happened", "text": "Look."}
        return Event(**{"key": key, "kind": kind, "at": clock(), **facts, **fields})

    return happened


@pytest.fixture
def rounds(service: AlertService, clock) -> Callable[[], int]:
    """Sends until nothing waits, however long that takes by the clock; gives the number of rounds."""

    def sent() -> int:
        for number in range(200):
            service.deliver()
            counts = service.counts("default")
            if not counts.pending and not counts.sending:
                return number + 1
            clock.advance(timedelta(hours=1).total_seconds())
        raise AssertionError("something waits for ever")

    return sent
