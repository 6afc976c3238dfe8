"""Every object below a prefix of an S3 bucket (docs.aws.amazon.com/AmazonS3), each by its key and ETag."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar, cast
from urllib.parse import urlsplit

from hestia_assets.connectors._download import refuse_size, save
from hestia_assets.core.errors import FetchError, SpecError, TransientError
from hestia_assets.core.ports import Reach
from hestia_assets.core.results import Download, RemoteFile

FIRST_FEW = 20
_BLOCK_BYTES = 1024 * 1024
_PASSING = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "503", "500"}
_CLOSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "403"}
_MISSING = {"NoSuchBucket": "There is no bucket", "NoSuchKey": "There is no object", "404": "There is no object"}


class S3Connector:
    """Fetches the objects below ``s3://bucket/prefix``."""

    schemes: ClassVar[tuple[str, ...]] = ("s3",)

    def accept(self, url: str) -> None:
        """Look at an address without asking anybody. Raises SpecError."""
        parts = urlsplit(url)
        if not parts.netloc or "@" in parts.netloc or ":" in parts.netloc:
            raise SpecError("This is no S3 address.", hint="Write it like s3://bucket/folder/, without keys in it.")

    def check(self, url: str, pattern: str, *, reach: Reach) -> list[RemoteFile]:
        """The first few objects. Raises FetchError, TransientError."""
        client, (bucket, prefix) = reach.s3(), _place(url)
        with _explained(url):
            return list(islice(_matching(_pages(client, bucket, prefix), bucket, prefix, pattern), FIRST_FEW))

    def list(self, url: str, pattern: str, *, reach: Reach) -> Iterator[RemoteFile]:
        """Every object below the prefix whose name matches, oldest first; an object of just that key is meant alone.

        Raises:
            FetchError: the bucket is not there or not open to us.
            TransientError: it cannot be asked now.
        """
        client, (bucket, prefix) = reach.s3(), _place(url)
        with _explained(url):
            found = list(_pages(client, bucket, prefix))
        alone = [entry for entry in found if entry["Key"] == prefix]
        ordered = sorted(alone or found, key=lambda entry: (entry["LastModified"], entry["Key"]))
        yield from _matching(ordered, bucket, prefix, "*" if alone else pattern)

    @contextmanager
    def open(self, file: RemoteFile, *, reach: Reach, seen: str = "") -> Iterator[Download | None]:
        """The whole object as it was listed; nothing when it is still of the version ``seen``.

        Raises:
            TooLargeError: it is larger than ``reach.max_bytes``.
            FetchError: it is gone, or not open to us.
            TransientError: it cannot be had now, or was replaced since it was listed.
        """
        if seen and seen == file.version:
            yield None
            return
        refuse_size(file.name, file.size_bytes, reach=reach)
        with tempfile.TemporaryFile(dir=reach.folder) as opened:
            target = cast("BinaryIO", opened)
            with _explained(file.url):
                _fetch(file, target, reach=reach)
            target.seek(0)
            yield Download(file, target)


def _fetch(file: RemoteFile, target: BinaryIO, *, reach: Reach) -> None:
    bucket, key = _place(file.url)
    etag = file.version.rpartition(":")[0]
    unchanged = {"IfMatch": etag} if etag else {}
    body = reach.s3().get_object(Bucket=bucket, Key=key, **unchanged)["Body"]
    try:
        size = save(body.iter_chunks(_BLOCK_BYTES), target, name=file.name, reach=reach)
    finally:
        body.close()
    if file.size_bytes is not None and size != file.size_bytes:
        raise TransientError(f"{file.name} arrived only in part.", hint="Try again.")


def _place(url: str) -> tuple[str, str]:
    """Bucket, and key or prefix: everything behind it, for a key may hold any sign."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


def _pages(client: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", ())


def _matching(entries: Any, bucket: str, prefix: str, pattern: str) -> Iterator[RemoteFile]:
    """Folders are objects of no bytes whose key ends in a slash: they are no files."""
    folder = prefix[: prefix.rfind("/") + 1]
    for entry in entries:
        key, name = entry["Key"], entry["Key"].removeprefix(folder)
        if key.endswith("/") or not (fnmatchcase(name, pattern) or fnmatchcase(PurePosixPath(key).name, pattern)):
            continue
        yield RemoteFile(name, f"s3://{bucket}/{key}", entry["Size"], f"{entry['ETag']}:{entry['Size']}")


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """What botocore raises becomes ours."""
    from botocore import exceptions as boto

    try:
        yield
    except boto.ClientError as error:
        raise _refusal(str(error.response.get("Error", {}).get("Code", "")), url) from error
    except (boto.NoCredentialsError, boto.PartialCredentialsError) as error:
        raise FetchError(
            "There is no key for S3.",
            hint="Set HESTIA_S3_ACCESS_KEY_ID and HESTIA_S3_SECRET_ACCESS_KEY, or sign in with the AWS tools.",
        ) from error
    except (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError) as error:
        raise TransientError(f"The server of {url} cannot be reached.", hint="Try again later.") from error
    except (boto.BotoCoreError, ValueError) as error:
        raise FetchError(f"{url} cannot be read: {error}.", hint="Check the address and the S3 settings.") from error


def _refusal(code: str, url: str) -> FetchError | TransientError:
    if code in _PASSING:
        return TransientError(f"{url} cannot be read now ({code}).", hint="Try again later.")
    if code in {"PreconditionFailed", "412"}:
        return TransientError(f"{url} was replaced while it was fetched.", hint="Try again.")
    if code in _CLOSED:
        return FetchError(f"{url} is not open to us ({code}).", hint="Check the key and what it may read.")
    if code in _MISSING:
        return FetchError(f"{_MISSING[code]} at {url}.", hint="Check the address and the region.")
    return FetchError(f"{url} cannot be read ({code}).", hint="Check the address and the S3 settings.")


CONNECTOR = S3Connector()
