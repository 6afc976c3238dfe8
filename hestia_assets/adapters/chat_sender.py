"""One letter to a chat, sent by a process of its own, for apprise has no limit of its own for a chat that drips.

It reads a question from its standard input, prints ``ready`` before anything is sent, then what came of it. The kernel
ends it when its time is over, whatever it waits for and whether or not somebody is left who waits for it.
"""

import json
import logging
import re
import signal
import sys
from typing import Any

READY = "ready"
START_SECONDS = 8.0
"""Until it is ready; nothing was sent if it takes longer."""

_STATUS = re.compile(r"error\s*=\s*(\d{3})\b")


class _Heard(logging.Handler):
    """What apprise logs while it sends; looked through for the status, never shown: it holds addresses."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statuses: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the HTTP status that a line names."""
        self.statuses += [int(status) for status in _STATUS.findall(record.getMessage())]


def main() -> None:
    """Answer the question: address, title, body, seconds."""
    _end_after(START_SECONDS)
    asked, out = json.load(sys.stdin), sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints is no answer of ours
    import apprise

    sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Hestia", async_mode=False))
    if not sender.add(asked["address"]):
        print(json.dumps({"is_address": False}), file=out)
        return
    print(READY, file=out, flush=True)
    _end_after(asked["seconds"])
    print(json.dumps(_sent(sender, asked)), file=out)


def _sent(sender: Any, asked: dict[str, Any]) -> dict[str, object]:
    import apprise

    heard, logger = _Heard(), logging.getLogger("apprise")
    logger.addHandler(heard)
    taken = sender.notify(title=asked["title"], body=asked["body"], body_format=apprise.NotifyFormat.TEXT)
    return {"is_address": True, "taken": bool(taken), "statuses": heard.statuses}


def _end_after(seconds: float) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
