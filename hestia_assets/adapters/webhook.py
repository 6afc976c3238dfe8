"""Letters to a web address, signed as Standard Webhooks says (standardwebhooks.com): a POST of JSON.

``webhook-id`` stays the same at every attempt, so that a receiver takes a message once. No redirect is followed, and no
address of this machine's network is asked where HESTIA_ALLOW_PRIVATE_URLS says so.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hestia_assets.adapters.deadline import finished_within
from hestia_assets.connectors._addresses import refuse_addresses, refuse_host
from hestia_assets.core.channels import variable_of
from hestia_assets.core.errors import FetchError, NotNowError, UndeliveredError
from hestia_assets.core.results import Letter
from hestia_assets.core.specs import Channel

if TYPE_CHECKING:
    import httpx

_REACH = "Check that it runs, and that it can be reached from here."
_BUSY = "It may take it later."
_CORRECT = "Correct the address of the alert, or the variable that holds it, then send the message again."
_PASSING = {408, 409, 425, 429}

ASKING = "send_request_headers.started"
"""From then on the other side may have taken the letter (an event of httpcore's trace extension)."""

CONNECTING = 0.5
"""Which part of the time connecting may take: where it fails, nothing was sent, and that is known."""


@dataclass
class _Watch:
    """Looks at the machine that was reached, before anything is sent to it: a name may change its address.

    ``asked``: the letter was begun to be sent.
    """

    host: str
    private: bool
    asked: bool = False

    async def __call__(self, name: str, info: dict[str, Any]) -> None:
        """Called by httpcore at each step."""
        if name == "connection.connect_tcp.complete" and not self.private:
            peer = info["return_value"].get_extra_info("server_addr")
            refuse_addresses([str(peer[0])], host=self.host, private=self.private)
        self.asked = self.asked or name.endswith(ASKING)


@dataclass(frozen=True)
class WebhookCourier:
    """Posts letters. ``secret`` reads what an environment variable holds."""

    secret: Callable[[str], str]
    clock: Callable[[], datetime]
    private: bool
    timeout_seconds: float

    def send(self, letter: Letter, channel: Channel) -> None:
        """Post the letter. Raises UndeliveredError, NotNowError."""
        import httpx

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses whole, with their tokens
        url = self._held(variable_of(channel.to[0])) or channel.to[0]
        host, port = _place(url, channel.to[0])
        body = json.dumps(letter.payload, sort_keys=True)
        headers, watch = self._headers(letter, channel, body), _Watch(host, private=self.private)
        try:
            finished_within(self.timeout_seconds, self._posted(url, body.encode(), headers, (host, port), watch))
        except FetchError as error:
            hint = "Use a public address, or set HESTIA_ALLOW_PRIVATE_URLS to true."
            raise UndeliveredError(f"{host} is inside this machine's network.", hint=hint) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise NotNowError(f"{host} cannot be reached ({type(error).__name__}).", hint=_REACH) from error
        except httpx.UnsupportedProtocol as error:
            raise UndeliveredError(f"The address of {host} is none.", hint=_CORRECT) from error
        except (httpx.TransportError, TimeoutError) as error:
            hint = "It may have arrived all the same."
            what = f"{host} broke off, or did not answer in time ({type(error).__name__})."
            raise NotNowError(what, hint=hint if watch.asked else _REACH, uncertain=watch.asked) from error
        except (httpx.InvalidURL, ValueError) as error:
            raise UndeliveredError(f"The address of {host} is none.", hint=_CORRECT) from error

    async def _posted(
        self, url: str, body: bytes, headers: dict[str, str], place: tuple[str, int], watch: "_Watch"
    ) -> None:
        import httpx

        await asyncio.to_thread(refuse_host, *place, private=self.private)
        waits = httpx.Timeout(self.timeout_seconds, connect=CONNECTING * self.timeout_seconds)
        async with httpx.AsyncClient(timeout=waits, trust_env=self.private) as client:
            request = client.build_request("POST", url, content=body, headers=headers, extensions={"trace": watch})
            response = await client.send(request, stream=True)
            try:
                self._judge(response, watch.host)
            finally:
                await response.aclose()

    def _held(self, name: str) -> str:
        if not name:
            return ""
        if held := self.secret(name):
            return held
        raise NotNowError(f"{name} is not set.", hint="Set it where Hestia runs.")

    def _headers(self, letter: Letter, channel: Channel, body: str) -> dict[str, str]:
        from standardwebhooks.webhooks import Webhook

        now = self.clock()
        headers = {
            "content-type": "application/json",
            "user-agent": "Hestia",
            "webhook-id": letter.id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if not channel.secret:
            return headers
        try:
            signature = Webhook(self._held(channel.secret)).sign(letter.id, now, body)
        except (ValueError, RuntimeError) as error:
            hint = "Set it to base64 text, with or without whsec_ before it."
            raise NotNowError(f"{channel.secret} holds no signing secret.", hint=hint) from error
        return headers | {"webhook-signature": signature}

    def _judge(self, response: "httpx.Response", host: str) -> None:
        """The status says it all."""
        status = response.status_code
        if response.is_success:
            return
        if status in _PASSING or status >= 500:
            asked = asked_seconds(response.headers.get("retry-after", ""), now=self.clock())
            raise NotNowError(f"{host} cannot take it now ({status}).", hint=_BUSY, after_seconds=asked)
        where = " It sends us elsewhere, and nothing is sent after it." if response.is_redirect else ""
        raise UndeliveredError(
            f"{host} refuses the message ({status}).{where}", hint="Correct the address or its receiver, send it again."
        )


def _place(url: str, told: str) -> tuple[str, int]:
    """Host and port; ``told``: how people know the address. Raises UndeliveredError."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or 443
    except ValueError as error:
        raise UndeliveredError(f"The address of {told} is none.", hint=_CORRECT) from error


def asked_seconds(text: str, *, now: datetime) -> float:
    """How long a server asks us to wait (RFC 9110, 10.2.3): seconds, or a date; 0 for anything else.

    Example:
        >>> asked_seconds("120", now=datetime.now(UTC))
        120.0
    """
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
