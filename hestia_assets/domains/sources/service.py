"""Fetching: what is new in another place is brought here and received like any other file.

What was taken is remembered by address and version, to spare the way. That memory proves nothing: a file that is
fetched once more has the same bytes, and those are known when they arrive.
"""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Protocol

from hestia_assets.core.addresses import connector_for, key_of, shown
from hestia_assets.core.errors import HestiaError, ReadError, TooLargeError
from hestia_assets.core.ports import AuditLog, Connector, Holding, Reach, SeenStore, SpecStore
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import (
    Download,
    FetchResult,
    Received,
    ReceivedMany,
    RemoteFile,
    SeenFiles,
    SkippedMember,
)
from hestia_assets.core.specs import DatasetSpec, SourceSpec

log = logging.getLogger(__name__)


class Receive(Protocol):
    """Hands a file in, as ``ingest.receive_all`` does."""

    def __call__(
        self,
        dataset: DatasetSpec,
        source: BinaryIO,
        *,
        file_name: str,
        author: str,
        origin: str = ...,
    ) -> ReceivedMany:
        """One batch, or one per file of an archive."""
        ...


@dataclass
class _Haul:
    """What one fetch has brought so far."""

    received: list[Received] = field(default_factory=list[Received])
    known: list[str] = field(default_factory=list[str])
    skipped: list[SkippedMember] = field(default_factory=list[SkippedMember])
    errors: list[HestiaError] = field(default_factory=list[HestiaError])

    def result(self) -> FetchResult:
        """As a fact. Raises the error of a fetch that brought nothing but errors."""
        if self.errors and not (self.received or self.known):
            raise self.errors[0]
        return FetchResult(tuple(self.received), tuple(self.known), tuple(self.skipped))


@dataclass(frozen=True)
class SourceService:
    """Fetches files from saved sources and from single addresses."""

    specs: SpecStore
    connectors: Registry[Connector]
    receive: Receive
    seen: SeenStore
    holding: Holding
    audit: AuditLog
    reach: Reach

    def using_s3(self, client: Callable[[], Any]) -> "SourceService":
        """The same with another maker of S3 clients."""
        return replace(self, reach=replace(self.reach, s3=client))

    def check(self, url: str, pattern: str = "*") -> list[RemoteFile]:
        """The first files that an address has for us. Raises SpecError, FetchError, TransientError."""
        return connector_for(self.connectors, url).check(url, pattern, reach=self.reach)

    def unseen(self, source: SourceSpec) -> list[RemoteFile]:
        """What a saved source has and was not taken yet, oldest first. Raises FetchError, TransientError."""
        taken = self.seen.load(source.tenant, source.name)
        files = connector_for(self.connectors, source.url).list(source.url, source.pattern, reach=self.reach)
        return [file for file in files if not _has(taken, file)]

    def fetch(self, name: str, *, tenant: str, author: str) -> FetchResult:
        """Bring everything new from a saved source; one at a time, and a cut-off fetch goes on where it was.

        A file that cannot be taken in is named and does not stop the others.

        Raises:
            NotFoundError: there is no such source, or its dataset is not there.
            LeaseHeldError: it is just being fetched.
            FetchError: nothing can be had.
            TransientError: nothing can be had now.
            ReadError: the only file cannot be taken in.
        """
        self._saved(name, tenant=tenant)
        haul = _Haul()
        with self.holding(f"source:{tenant}/{name}", wait_seconds=1):
            source, dataset = self._saved(name, tenant=tenant)  # nobody deletes it now
            taken = self.seen.load(tenant, name)
            connector = connector_for(self.connectors, source.url)
            for file in connector.list(source.url, source.pattern, reach=self.reach):
                self._take(connector, source, dataset, file, haul, taken=taken, author=author)
        self._record(source, haul, author=author)
        return haul.result()

    def files(self, url: str, pattern: str = "*") -> list[RemoteFile]:
        """Every file that an address has, to be opened one by one. Raises SpecError, FetchError, TransientError."""
        return list(connector_for(self.connectors, url).list(url, pattern, reach=self.reach))

    @contextmanager
    def open(self, file: RemoteFile) -> Generator[Download]:
        """Fetch one file, to look at it or to receive it. Raises FetchError, TransientError, TooLargeError."""
        with connector_for(self.connectors, file.url).open(file, reach=self.reach) as download:
            assert download is not None, "nothing was seen before"
            yield download

    def _saved(self, name: str, *, tenant: str) -> tuple[SourceSpec, DatasetSpec]:
        source = self.specs.get("source", tenant, name).spec
        assert isinstance(source, SourceSpec), "kept under this kind"
        dataset = self.specs.get("dataset", tenant, source.dataset).spec
        assert isinstance(dataset, DatasetSpec), "kept under this kind"
        return source, dataset

    def _take(
        self,
        connector: Connector,
        source: SourceSpec,
        dataset: DatasetSpec,
        file: RemoteFile,
        haul: _Haul,
        *,
        taken: SeenFiles,
        author: str,
    ) -> None:
        """One file of a saved source, remembered once it is here, or once its bytes are known to be no file.

        What a person can mend without touching the file (a limit, a key, a dataset) is asked for at the next fetch.
        """
        if _has(taken, file):
            haul.known.append(file.name)
            return
        try:
            now = self._bring(
                connector, dataset, file, haul, seen=taken.versions.get(key_of(file.url), ""), author=author
            )
        except HestiaError as error:
            _skip(file, error, haul)
            if not isinstance(error, ReadError) or isinstance(error, TooLargeError):
                return
            now = file
        self.seen.add(source.tenant, source.name, now)

    def _bring(
        self,
        connector: Connector,
        dataset: DatasetSpec,
        file: RemoteFile,
        haul: _Haul,
        *,
        seen: str,
        author: str,
    ) -> RemoteFile:
        """Fetch one file and receive it; returns it as it was when it was fetched."""
        with connector.open(file, reach=self.reach, seen=seen) as download:
            if download is None:
                haul.known.append(file.name)
                return replace(file, version=seen)
            many = self.receive(
                dataset,
                download.source,
                file_name=download.file.name,
                author=author,
                origin=shown(file.url),
            )
        haul.received.extend(many.received)
        haul.skipped.extend(replace(each, name=f"{download.file.name}/{each.name}") for each in many.skipped)
        return download.file

    def _record(self, source: SourceSpec, haul: _Haul, *, author: str) -> None:
        self.audit.record(
            author,
            "source.fetched",
            f"source/{source.key}",
            received=[each.batch.id for each in haul.received if not each.known],
            known=len(haul.known) + sum(each.known for each in haul.received),
            skipped={each.name: each.why for each in haul.skipped if not each.harmless},
        )


def _has(taken: SeenFiles, file: RemoteFile) -> bool:
    """Whether this very version was taken."""
    return bool(file.version) and taken.versions.get(key_of(file.url)) == file.version


def _skip(file: RemoteFile, error: HestiaError, haul: _Haul) -> None:
    log.warning("%s was not taken in: %s", shown(file.url), error.code)
    haul.errors.append(error)
    haul.skipped.append(SkippedMember(file.name, error.message))
