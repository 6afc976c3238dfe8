"""A real mail server and a real web server that behave as they are told, one behaviour per letter, then well."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from processes import free_port

HASTY_SECONDS = 1.2
"""What couriers wait for an answer where a server is slow on purpose: enough for one that is not, on a busy machine."""

SLOW_SECONDS = 2.0
"""Longer than they wait."""

DRIPS = 60
"""How many bytes a dripping server sends: no pause is longer than a courier waits, the whole is."""


class MailServer:
    """Takes mail. Behaviours: ok, busy (450), full (452 after the text), refused (550), rejected (554 after the text),
    slow (before the text), late (after it, which is kept), dropped (after it, which is kept), lost (after it, which is
    not kept), away (hangs up at once), drips (answers byte by byte to the text, which is kept), trickles (the same
    before the text), lingers (takes it at once, and says no good-bye)."""

    def __init__(self) -> None:
        self.script: list[str] = []
        self.taken: list[Message] = []
        self.port = free_port()
        self._now = ""

    @property
    def names(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(mail["Message-ID"]) for mail in self.taken)

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """The begin of a letter."""
        self._now = self.script.pop(0) if self.script else "ok"
        if self._now == "away":
            server.transport.abort()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Its receiver."""
        if self._now == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if self._now == "trickles":
            await self._drip(server)
        if self._now in ("busy", "refused"):
            return "450 Come back later" if self._now == "busy" else "550 Nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Its text."""
        if self._now in ("full", "rejected"):
            return "452 No room" if self._now == "full" else "554 Not that"
        if self._now != "lost":
            self.taken.append(message_from_bytes(envelope.content))
        if self._now in ("dropped", "lost"):
            server.transport.abort()
        if self._now == "late":
            await asyncio.sleep(SLOW_SECONDS)
        if self._now == "drips":
            await self._drip(server)
        return "250 Taken"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        """The end of the connection."""
        if self._now == "lingers":
            await asyncio.sleep(SLOW_SECONDS)
        return "221 Bye"

    async def _drip(self, server: Any) -> None:
        for byte in b"250-" + DRIPS * b".":
            if server.transport is None or server.transport.is_closing():
                return
            server.transport.write(bytes([byte]))
            await asyncio.sleep(SLOW_SECONDS / 10)


@contextmanager
def running_mail() -> Iterator[MailServer]:
    """A mail server within the block."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class WebServer:
    """Takes posts. Behaviours: ok, broken (500), busy (429, Retry-After: 90), refused (404), moved (302),
    slow (takes it and answers late), reset (takes it and hangs up), drops (answers drop by drop, for long)."""

    script: list[str] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    @property
    def names(self) -> Counter[str]:
        """How often each webhook-id was taken."""
        return Counter(headers["webhook-id"] for headers, _ in self.taken)


_STATUS = {"ok": 204, "broken": 500, "busy": 429, "refused": 404, "moved": 302, "slow": 204, "drops": 204}


@contextmanager
def running_web() -> Iterator[WebServer]:
    """A web server within the block."""
    state = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """One letter."""
            now = state.script.pop(0) if state.script else "ok"
            body = self.rfile.read(int(self.headers["content-length"]))
            if now in ("ok", "slow", "reset"):
                state.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if now == "slow":
                threading.Event().wait(SLOW_SECONDS)
            if now == "reset":
                self.connection.close()
                return
            self.send_response(_STATUS[now])
            for drop in range(100 if now == "drops" else 0):
                self.send_header(f"X-{drop}", "drop")
                self.flush_headers()
                threading.Event().wait(SLOW_SECONDS / 10)
            if now == "busy":
                self.send_header("Retry-After", "90")
            if now == "moved":
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that went away are part of the play
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
