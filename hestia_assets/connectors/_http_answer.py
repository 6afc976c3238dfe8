"""Asking a web server: where it sends us, what it says, and what its answer is called."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from hestia_assets.connectors._addresses import refuse_addresses, refuse_host
from hestia_assets.core.addresses import shown
from hestia_assets.core.errors import FetchError, TransientError
from hestia_assets.core.ports import Reach
from hestia_assets.core.results import RemoteFile

if TYPE_CHECKING:
    import httpx

UNCHANGED = 304
MOST_REDIRECTS = 5
STALLED_SECONDS = 30.0
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_NO_NAME = "download"


@contextmanager
def answer(url: str, *, reach: Reach, seen: str = "") -> "Iterator[httpx.Response]":
    """The server's answer, its body not yet read. Raises FetchError, TransientError."""
    import httpx

    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses whole, with their passwords
    stalled = min(STALLED_SECONDS, reach.timeout_seconds)
    with _explained(url), httpx.Client(timeout=stalled, trust_env=reach.private) as client:
        target, login = _parts(url)
        for _ in range(MOST_REDIRECTS + 1):
            request = client.build_request("GET", target, headers=_headers(seen))
            refuse_host(target.host, target.port or 443, private=reach.private)
            response = client.send(request, stream=True, auth=login)
            try:
                if response.status_code in _MOVED and "location" in response.headers:
                    moved = _next(target, response)
                    login = login if moved.netloc == target.netloc else None
                    target = moved
                    continue
                _refuse_peer(response, reach=reach)
                _refuse_status(response, url=url)
                yield response
                return
            finally:
                response.close()
        raise FetchError(f"{shown(url)} sends us in circles.", hint="Open it in a browser and copy the last address.")


def blocks(response: "httpx.Response", size: int, *, url: str) -> Iterator[bytes]:
    """The body in pieces. Raises FetchError where it is a page for people."""
    first = True
    for block in response.iter_bytes(size):
        if first and _PAGE.match(block):
            raise FetchError(
                f"{shown(url)} answers with a web page instead of a file, perhaps one to sign in.",
                hint="Find the address of the file itself, one that needs no sign-in.",
            )
        first = False
        yield block


def described(response: "httpx.Response", *, url: str) -> RemoteFile:
    """Name, size and version as the headers tell them."""
    size = response.headers.get("content-length", "")
    whole = "content-encoding" not in response.headers and size.isdigit()
    return RemoteFile(_name(response, url), url, int(size) if whole else None, _version(response))


def name_in(url: str) -> str:
    """The last part of an address."""
    return _clean(unquote(urlsplit(url).path).rstrip("/"))


def _headers(seen: str) -> dict[str, str]:
    kind, _, value = seen.partition(":")
    condition = {"etag": "If-None-Match", "modified": "If-Modified-Since"}.get(kind)
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Hestia"}
    return headers | ({condition: value} if condition else {})


def _parts(url: str) -> tuple["httpx.URL", Any]:
    """The address without its user and password, and those apart: they never reach a log or a redirect."""
    import httpx

    whole = httpx.URL(url)
    login = httpx.BasicAuth(whole.username, whole.password) if whole.userinfo else None
    return whole.copy_with(username="", password=""), login


def _next(target: "httpx.URL", response: "httpx.Response") -> "httpx.URL":
    moved = target.join(response.headers["location"]).copy_with(username="", password="")
    if moved.scheme not in {"http", "https"} or (target.scheme == "https" and moved.scheme == "http"):
        raise FetchError(
            f"{target.host} sends us to an address that is not protected ({moved.scheme}://).",
            hint="Ask for the address that begins with https://.",
        )
    return moved


def _refuse_peer(response: "httpx.Response", *, reach: Reach) -> None:
    """The machine that really answered: between the look-up and the connection a name can change its address."""
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None and not reach.private else None
    if peer:
        refuse_addresses([str(peer[0])], host=response.url.host, private=reach.private)


def _refuse_status(response: "httpx.Response", *, url: str) -> None:
    status, place = response.status_code, shown(url)
    if status == UNCHANGED or response.is_success:
        return
    if status in _PASSING:
        raise TransientError(f"{place} is not able to answer now ({status}).", hint="Try again later.")
    if status in {401, 403, 407}:
        raise FetchError(f"{place} does not let us in ({status}).", hint="Use an address that needs no sign-in.")
    if status in {404, 410}:
        raise FetchError(f"There is no file at {place} ({status}).", hint="Copy the address again from its page.")
    raise FetchError(f"{place} refuses the request ({status}).", hint="Open the address in a browser to see why.")


def _version(response: "httpx.Response") -> str:
    if etag := response.headers.get("etag"):
        return f"etag:{etag}"
    modified = response.headers.get("last-modified")
    return f"modified:{modified}" if modified else ""


def _name(response: "httpx.Response", url: str) -> str:
    header = Message()
    header["content-disposition"] = response.headers.get("content-disposition", "")
    given = _clean(header.get_filename() or "")
    asked, last = name_in(url), name_in(str(response.url))
    return given if given != _NO_NAME else asked if "." in asked else last if "." in last else asked


def _clean(name: str) -> str:
    """A bare file name: no folders, nothing that cannot be printed."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[:200].strip() or _NO_NAME


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """What httpx raises becomes ours."""
    import httpx

    place = shown(url)
    try:
        yield
    except httpx.TimeoutException as error:
        raise TransientError(f"{place} does not answer in time.", hint="Try again later.") from error
    except httpx.TransportError as error:
        raise TransientError(
            f"{place} cannot be reached, or broke off.", hint="Check the address, or try later."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise FetchError(f"{place} gives an answer that is none.", hint="Open it in a browser to see why.") from error
