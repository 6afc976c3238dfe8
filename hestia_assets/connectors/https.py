"""One file by HTTP (RFC 9110): redirects, retries, and no second download of a file that has not changed."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, ClassVar, cast
from urllib.parse import urlsplit

from hestia_assets.connectors import _http_answer as answers
from hestia_assets.connectors._download import refuse_size, save
from hestia_assets.core.errors import SpecError, TransientError
from hestia_assets.core.ports import Reach
from hestia_assets.core.results import Download, RemoteFile

WAITS_SECONDS = (0.5, 2.0)
"""Before the second and the third attempt."""

_BLOCK_BYTES = 256 * 1024


class HttpsConnector:
    """Fetches one file from a web address."""

    schemes: ClassVar[tuple[str, ...]] = ("http", "https")

    def accept(self, url: str) -> None:
        """Look at an address without asking anybody. Raises SpecError."""
        import httpx

        try:
            well = bool(httpx.URL(url).host) and urlsplit(url).port != 0
        except (httpx.InvalidURL, ValueError):
            well = False
        if not well:
            raise SpecError(
                "This is no web address.", hint="Write it like https://example.org/rates.csv, without blanks."
            )

    def check(self, url: str, pattern: str, *, reach: Reach) -> list[RemoteFile]:
        """Ask for the file and read nothing but the beginning. Raises FetchError, TransientError."""
        del pattern  # one address is one file
        with answers.answer(url, reach=reach) as response:
            next(answers.blocks(response, _BLOCK_BYTES, url=url), b"")
            return [answers.described(response, url=url)]

    def list(self, url: str, pattern: str, *, reach: Reach) -> Iterator[RemoteFile]:
        """The file itself; nobody is asked before it is fetched."""
        del pattern, reach
        yield RemoteFile(answers.name_in(url), url)

    @contextmanager
    def open(self, file: RemoteFile, *, reach: Reach, seen: str = "") -> Iterator[Download | None]:
        """The whole file; nothing when it is still of the version ``seen``.

        Raises:
            TooLargeError: it is larger than ``reach.max_bytes``; no more than that was fetched.
            FetchError: it cannot be had, or a page for people came instead.
            TransientError: it cannot be had now, not at the third attempt either.
        """
        with tempfile.TemporaryFile(dir=reach.folder) as opened:
            target = cast("BinaryIO", opened)
            found = _fetched(file.url, target, seen=seen, reach=reach)
            target.seek(0)
            yield Download(found, target) if found else None


def _fetched(url: str, target: BinaryIO, *, seen: str, reach: Reach) -> RemoteFile | None:
    deadline = time.monotonic() + reach.timeout_seconds
    for wait in WAITS_SECONDS:
        try:
            return _attempt(url, target, seen=seen, reach=reach)
        except TransientError:
            if time.monotonic() + wait > deadline:  # the time is for all attempts together
                raise
            target.seek(0)
            target.truncate()
            time.sleep(wait)
    return _attempt(url, target, seen=seen, reach=reach)


def _attempt(url: str, target: BinaryIO, *, seen: str, reach: Reach) -> RemoteFile | None:
    with answers.answer(url, reach=reach, seen=seen) as response:
        file = answers.described(response, url=url)
        if response.status_code == answers.UNCHANGED or (seen and file.version == seen):
            return None
        refuse_size(file.name, file.size_bytes, reach=reach)
        size = save(answers.blocks(response, _BLOCK_BYTES, url=url), target, name=file.name, reach=reach)
    return RemoteFile(file.name, url, size, file.version)


CONNECTOR = HttpsConnector()
