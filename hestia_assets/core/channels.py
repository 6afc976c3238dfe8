"""Where alerts may go: addresses that can work, and none that gives a secret away to whoever may read specs."""

import re
from urllib.parse import SplitResult, urlsplit

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Channel, ChannelKind

FROM_ENVIRONMENT = "env:"
"""Begins an address that is not written down but held by an environment variable."""

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_CHAT = re.compile(r"HESTIA_CHAT_[A-Z0-9_]{1,60}")
_WEBHOOK = re.compile(r"HESTIA_WEBHOOK_[A-Z0-9_]{1,60}")


def variable_of(address: str) -> str:
    """The environment variable that holds an address; empty where it is written down.

    Example:
        >>> variable_of("env:HESTIA_CHAT_OPS")
        'HESTIA_CHAT_OPS'
    """
    return address.removeprefix(FROM_ENVIRONMENT) if address.startswith(FROM_ENVIRONMENT) else ""


def refuse_channel(channel: Channel) -> None:
    """Raises SpecError for an address that is none, or that holds a secret."""
    if channel.kind is ChannelKind.EMAIL:
        for address in channel.to:
            if not _MAIL.fullmatch(address):
                raise SpecError(f"'{address}' is no mail address.", hint="Write it like ada@example.org.")
    elif channel.kind is ChannelKind.CHAT:
        _refuse_chat(channel.to[0])
    else:
        _refuse_webhook(channel.to[0])
    if channel.secret and not (channel.kind is ChannelKind.WEBHOOK and _WEBHOOK.fullmatch(channel.secret)):
        raise SpecError(
            "A signing secret is named by an environment variable that begins with HESTIA_WEBHOOK_, for webhooks only.",
            hint="Set such a variable where Hestia runs, and write its name here, not the secret.",
        )


def _refuse_chat(address: str) -> None:
    """Addresses of chat services carry the token that lets anybody write there."""
    if not _CHAT.fullmatch(variable_of(address)):
        raise SpecError(
            "The address of a chat holds a secret, which everybody could read here.",
            hint="Set an environment variable such as HESTIA_CHAT_OPS to it where Hestia runs, "
            "and write env:HESTIA_CHAT_OPS here.",
        )


def _refuse_webhook(address: str) -> None:
    if name := variable_of(address):
        if not _WEBHOOK.fullmatch(name):
            raise SpecError(
                f"'{name}' is no variable that a webhook may be held by.",
                hint="Name one that begins with HESTIA_WEBHOOK_.",
            )
        return
    parts = _web_address(address)
    if parts is None:
        raise SpecError("This is no web address.", hint="Write it like https://example.org/hooks/hestia.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SpecError(
            "The address of the webhook holds a password or a query, where tokens are, which everybody could read.",
            hint="Set an environment variable such as HESTIA_WEBHOOK_OPS to it, and write env:HESTIA_WEBHOOK_OPS here.",
        )


def _web_address(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        well = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if well and address.isprintable() and " " not in address else None
