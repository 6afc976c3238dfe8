"""Letters to a chat: Slack, Teams and whatever else apprise knows, by an address that an environment variable holds.

apprise says yes or no, and why only in its log. Where that names an HTTP status it decides; else the letter is sent
again and counted as uncertain, for no chat can tell a second copy. It has no limit for the whole of a sending, so that
each letter is sent by a process of its own, which is ended when its time is over.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hestia_assets.adapters import chat_sender
from hestia_assets.core.channels import variable_of
from hestia_assets.core.errors import NotNowError, UndeliveredError
from hestia_assets.core.results import Letter
from hestia_assets.core.specs import Channel

_BUSY = "It may take it later."
_PERHAPS = "It may have arrived all the same."
_PASSING = {408, 425, 429}


@dataclass(frozen=True)
class ChatCourier:
    """Sends through apprise. ``secret`` reads what an environment variable holds."""

    secret: Callable[[str], str]
    timeout_seconds: float

    def send(self, letter: Letter, channel: Channel) -> None:
        """Hand the letter to the chat. Raises UndeliveredError, NotNowError."""
        name = variable_of(channel.to[0])
        address = self.secret(name)
        if not address:
            raise NotNowError(f"{name} is not set.", hint="Set it where Hestia runs.")
        question = {"address": address, "title": letter.subject, "body": letter.text, "seconds": self.timeout_seconds}
        answer = _answered(question, seconds=chat_sender.START_SECONDS + self.timeout_seconds)
        if not answer.is_address:
            hint = "Set it to an address as apprise writes it, such as slack://… or msteams://…"
            raise UndeliveredError(f"{name} holds no address of a chat.", hint=hint)
        if not answer.taken:
            raise _refusal(answer, name)


@dataclass(frozen=True)
class _Answer:
    """What the sending process said. ``ready``: it began to send; ``how``: how it ended, where it did not say."""

    ready: bool
    how: str = "did not answer"
    is_address: bool = True
    taken: bool = False
    statuses: Sequence[int] = field(default_factory=list[int])


def _answered(question: dict[str, Any], *, seconds: float) -> _Answer:
    """Let a process send, for so long at most; it is gone afterwards, whatever happens meanwhile."""
    command = [sys.executable, "-P", "-m", chat_sender.__name__]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=pipe, stdout=pipe, stderr=nowhere, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(json.dumps(question).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:  # its own clock ends it before, unless the machine hangs
            _end(process)
            said, _ = process.communicate()
        finally:
            _end(process)
    lines = said.decode().splitlines()
    ready = chat_sender.READY in lines
    if process.returncode == 0 and lines:
        return _Answer(ready, **json.loads(lines[-1]))
    late = process.returncode in (-signal.SIGALRM, -signal.SIGKILL)
    return _Answer(ready, "did not answer in time" if late else f"failed (exit code {process.returncode})")


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own


def _refusal(answer: _Answer, name: str) -> UndeliveredError | NotNowError:
    """Why a letter was not taken."""
    if not answer.ready:
        return NotNowError(f"The chat of {name} was not told yet: what sends to it {answer.how}.", hint=_BUSY)
    if not answer.statuses:
        return NotNowError(f"The chat of {name} {answer.how}.", hint=_PERHAPS, uncertain=True)
    status = answer.statuses[-1]
    if 400 <= status < 500 and status not in _PASSING:
        hint = f"Check the address in {name}, then send the message again."
        return UndeliveredError(f"The chat of {name} refuses the message ({status}).", hint=hint)
    return NotNowError(f"The chat of {name} cannot take it now ({status}).", hint=_BUSY)
