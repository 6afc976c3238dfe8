"""Letters by mail (SMTP, RFC 5321), one receiver at a time, so that what one server said is said of one receiver.

Once the text was handed over, only the server's answer tells whether it was taken (RFC 5321, 4.5.3.2.6). A connection
that ends before it leaves that open: the letter is sent again, under the same Message-ID, and counted as uncertain.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import TYPE_CHECKING

from hestia_assets.adapters.deadline import finished_within
from hestia_assets.core.errors import NotNowError, UndeliveredError
from hestia_assets.core.results import Letter
from hestia_assets.core.specs import Channel
from hestia_assets.settings import Settings

if TYPE_CHECKING:
    import aiosmtplib

GOODBYE_SECONDS = 2.0
"""For the end of a connection, when the letter was taken: longer it is not waited for."""

_REACH = "Check that it runs, and that it can be reached from here."
_BUSY = "It may take it later."
_NOT_SET = "Set HESTIA_SMTP_HOST (and HESTIA_SMTP_FROM) where Hestia runs; what waits then goes out."


@dataclass
class _Progress:
    """How far a letter came: its text is being handed over, the server said that it took it."""

    handing: bool = False
    taken: bool = False


@dataclass(frozen=True)
class MailCourier:
    """Sends through the mail server of the settings."""

    settings: Settings

    def send(self, letter: Letter, channel: Channel) -> None:
        """Hand the letter to the mail server. Raises UndeliveredError, NotNowError."""
        if not self.settings.smtp_host:
            raise NotNowError("No mail server is set.", hint=_NOT_SET)
        receiver = channel.to[0]
        body = mail(letter, sender=self._sender, receiver=receiver)
        progress = _Progress()
        try:
            finished_within(self.settings.send_timeout_seconds, self._sent(body, receiver, progress))
        except TimeoutError as error:
            if not progress.taken:
                raise _broken("did not answer in time", uncertain=progress.handing) from error

    @property
    def _sender(self) -> str:
        return self.settings.smtp_from or f"hestia@{self.settings.smtp_host}"

    async def _sent(self, body: bytes, receiver: str, progress: _Progress) -> None:
        async with self._connected() as client:
            with _answered(f"the sender {self._sender}"):
                await client.mail(self._sender)
            with _answered(f"the receiver {receiver}"):
                await client.rcpt(receiver)
            progress.handing = True
            with _answered(f"the message for {receiver}", uncertain=True):
                await client.data(body)
            progress.taken = True
            with suppress(Exception):  # it was taken; how the connection ends does not matter
                await asyncio.wait_for(client.quit(), GOODBYE_SECONDS)

    @asynccontextmanager
    async def _connected(self) -> "AsyncIterator[aiosmtplib.SMTP]":
        """A client that has signed in. What goes wrong here is the server's or the settings', and may be mended."""
        import aiosmtplib

        settings, tls = self.settings, self.settings.smtp_tls
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port or (465 if tls == "tls" else 587),
            timeout=settings.send_timeout_seconds,
            use_tls=tls == "tls",
            start_tls=tls == "starttls",
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotNowError(
                f"The mail server {settings.smtp_host} does not let us in ({_short(error)}).",
                hint="Check HESTIA_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD.",
            ) from error
        try:
            yield client
        finally:
            client.close()


def mail(letter: Letter, *, sender: str, receiver: str) -> bytes:
    """The letter as it goes over the wire: text, and the same as HTML."""
    message = EmailMessage(policy=WIRE)
    message["From"], message["To"] = sender, receiver
    message["Subject"] = letter.subject
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>') or 'hestia'}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message.as_bytes()


@contextmanager
def _answered(what: str, *, uncertain: bool = False) -> Iterator[None]:
    """What a server says while it takes one letter, as our errors: 4xx may pass, 5xx does not."""
    import aiosmtplib

    try:
        yield
    except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
        raise _refused(what, error) from error
    except (aiosmtplib.SMTPException, ConnectionError) as error:
        raise _broken(f"broke off ({type(error).__name__})", uncertain=uncertain) from error


def _refused(what: str, error: Exception) -> UndeliveredError | NotNowError:
    said = f"The mail server refuses {what} ({_short(error)})."
    if 500 <= int(getattr(error, "code", 0)) < 600:
        return UndeliveredError(said, hint="Correct the address of the alert, then send the message again.")
    return NotNowError(said, hint=_BUSY)


def _broken(how: str, *, uncertain: bool) -> NotNowError:
    hint = "It may have arrived all the same." if uncertain else _REACH
    return NotNowError(f"The mail server {how}.", hint=hint, uncertain=uncertain)


def _short(error: BaseException) -> str:
    """The server's code and first words, without line breaks."""
    text = " ".join(f"{getattr(error, 'code', '')} {getattr(error, 'message', '') or error}".split())
    return text[:200]
