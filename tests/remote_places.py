"""Real places to fetch from: a web server that does what it is told, and an S3 server."""

import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from processes import free_port, until

from hestia_assets.settings import Settings

KEY, SECRET = "test-key", "test-secret"


@dataclass
class Page:
    """What the server says at one path. ``times``: only so often, then what stands in ``then``."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    times: int | None = None
    then: "Page | None" = None

    def now(self) -> "Page":
        """This page, or the one behind it."""
        if self.times is None:
            return self
        if self.times == 0:
            assert self.then is not None
            return self.then
        self.times -= 1
        return self


@dataclass
class Web:
    """A web server; ``asked`` are the paths with the headers that came."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, body: bytes = b"", **facts: Any) -> str:
        """Answer so from now on; returns the address."""
        self.pages[path.partition("?")[0]] = Page(body, **facts)
        return f"{self.url}{path}"


class _Handler(BaseHTTPRequestHandler):
    web: Web
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the page."""
        path = self.path.partition("?")[0]
        self.web.asked.append((path, {name.lower(): value for name, value in self.headers.items()}))
        page = self.web.pages.get(path, Page(b"nothing here", 404)).now()
        etag = page.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            page = Page(status=304, headers={"ETag": etag})
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body) if page.announced is None else page.announced))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page.body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_web() -> Iterator[Web]:
    """A web server on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    web = Web(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"web": web})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Bucket:
    """One bucket of an S3 server."""

    endpoint: str
    client: Any
    name: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"s3://{self.name}"

    def put(self, key: str, body: bytes) -> str:
        """Keep an object; returns its address."""
        self.client.put_object(Bucket=self.name, Key=key, Body=body)
        return f"{self.url}/{key}"

    def settings(self, settings: Settings, **changes: Any) -> Settings:
        """The settings of a home that knows this server."""
        facts = {"s3_endpoint_url": self.endpoint, "s3_region": "us-east-1"}
        keys = {"s3_access_key_id": KEY, "s3_secret_access_key": SECRET}
        return settings.model_copy(update=facts | keys | changes)


@contextmanager
def running_s3() -> Iterator[Callable[[], Bucket]]:
    """An S3 server, a process of its own; each call gives an empty bucket."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(server, port))
        yield partial(_fresh_bucket, f"http://127.0.0.1:{port}")
    finally:
        server.kill()
        server.wait()


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    assert server.poll() is None, f"the S3 server ended with code {server.returncode}"
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _fresh_bucket(endpoint: str) -> Bucket:
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    name = f"deliveries-{uuid.uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    return Bucket(endpoint, client, name)
