"""Letters to a chat: Slack, Teams and whatever else apprise knows, by an address that an environment variable holds.

apprise says yes or no, and why only in its log. Where that names an HTTP status it decides; else the letter is sent
again and counted as uncertain, for no chat can tell a second copy.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

from hestia_assets.core.channels import variable_of
from hestia_assets.core.errors import NotNowError, UndeliveredError
from hestia_assets.core.results import Letter
from hestia_assets.core.specs import Channel

_LATER = "It is tried again by itself."
_STATUS = re.compile(r"error\s*=\s*(\d{3})\b")
_PASSING = {408, 425, 429}


@dataclass(frozen=True)
class ChatCourier:
    """Sends through apprise. ``secret`` reads what an environment variable holds."""

    secret: Callable[[str], str]

    def send(self, letter: Letter, channel: Channel) -> None:
        """Hand the letter to the chat. Raises UndeliveredError, NotNowError."""
        name = variable_of(channel.to[0])
        address = self.secret(name)
        if not address:
            raise NotNowError(f"{name} is not set.", hint=f"Set it where Hestia runs. {_LATER}")
        said = _Heard()
        if not said.while_sending(address, letter, name):
            raise said.refusal(name)


class _Heard(logging.Handler):
    """What apprise logs while it sends; kept to be looked through, never shown: it holds addresses."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())

    def while_sending(self, address: str, letter: Letter, name: str) -> bool:
        """Whether the chat took it. Raises UndeliveredError where the address is none."""
        import apprise

        sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Hestia", async_mode=False))
        if not sender.add(address):
            hint = "Set it to an address as apprise writes it, such as slack://… or msteams://…"
            raise UndeliveredError(f"{name} holds no address of a chat.", hint=hint)
        logger = logging.getLogger("apprise")
        logger.addHandler(self)
        heard_by_all, logger.propagate = logger.propagate, False
        try:
            taken = sender.notify(title=letter.subject, body=letter.text, body_format=apprise.NotifyFormat.TEXT)
            return bool(taken)
        finally:
            logger.propagate = heard_by_all
            logger.removeHandler(self)

    def refusal(self, name: str) -> UndeliveredError | NotNowError:
        """Why not."""
        found = [int(status) for line in self.lines for status in _STATUS.findall(line)]
        if not found:
            hint = "It may have arrived all the same; it is tried again."
            return NotNowError(f"The chat of {name} did not answer.", hint=hint, uncertain=True)
        status = found[-1]
        if 400 <= status < 500 and status not in _PASSING:
            hint = f"Check the address in {name}, then send the message again."
            return UndeliveredError(f"The chat of {name} refuses the message ({status}).", hint=hint)
        return NotNowError(f"The chat of {name} cannot take it now ({status}).", hint=_LATER)
