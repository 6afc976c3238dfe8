"""Files arrive: their bytes are kept under their hash, and a batch is opened for each. Archives are unpacked here."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hestia_assets.core.errors import ArchiveError, EmptyFileError, ReadError, SpecError
from hestia_assets.core.ports import Archives, AuditLog, BatchStore, Clock, FileStore, Incoming, SpecStore
from hestia_assets.core.results import (
    Batch,
    BatchState,
    IncomingFile,
    Member,
    Received,
    ReceivedMany,
    SkippedMember,
    SpecVersion,
)
from hestia_assets.core.specs import DatasetSpec, Mode

UPLOAD = "upload"


@dataclass(frozen=True)
class Sender:
    """Who hands a file in, from where, and what it does to the rows that are there."""

    author: str
    origin: str = UPLOAD
    mode: Mode | None = None

    def of_archive(self, file_name: str) -> "Sender":
        """Of the files inside an archive that this sender hands in."""
        return Sender(self.author, f"archive {self.origin if '://' in self.origin else file_name}", self.mode)


@dataclass(frozen=True)
class Arrival:
    """Takes files and archives of one dataset in."""

    files: FileStore
    archives: Archives
    specs: SpecStore
    batches: BatchStore
    audit: AuditLog
    clock: Clock
    new_id: Callable[[str], str]

    def take(self, dataset: DatasetSpec, source: BinaryIO, *, file_name: str, sender: Sender) -> Received:
        """Open a batch for one file, or for the only file of an archive.

        Raises:
            EmptyFileError: there are no bytes.
            TooLargeError: there are more bytes than are allowed.
            ArchiveError: an archive holds several files, or cannot be unpacked.
            NotFoundError: the dataset has not been saved.
        """
        name = Path(file_name).name
        members = self.archives.members(source, file_name=name)
        count = sum(isinstance(member, Member) for member in members)
        if count > 1:
            raise ArchiveError(f"{name} holds {count} files.", hint="Import all of them at once, or unpack it first.")
        many = self.take_all(dataset, source, file_name=name, sender=sender)
        return many.received[0]

    def take_incoming(self, file: IncomingFile, incoming: Incoming, *, tenant: str, author: str) -> ReceivedMany:
        """Take a file out of a drop folder; it stays there when it cannot be taken in."""
        spec = self.specs.get("dataset", tenant, file.dataset).spec
        assert isinstance(spec, DatasetSpec), "kept under this kind"
        with Path(file.path).open("rb") as source:
            received = self.take_all(spec, source, file_name=file.path, sender=Sender(author, "drop folder"))
        incoming.remove(file)
        return received

    def members(self, source: BinaryIO, *, file_name: str) -> list[Member]:
        """The files of an archive that can be read; none where there is no archive. Raises ReadError."""
        found = self.archives.members(source, file_name=file_name)
        skipped = [each for each in found if not isinstance(each, Member)]
        if len(skipped) == len(found) and self.archives.is_archive(source, file_name=file_name):
            raise nothing_in(file_name, skipped)
        return [each for each in found if isinstance(each, Member)]

    def take_all(self, dataset: DatasetSpec, source: BinaryIO, *, file_name: str, sender: Sender) -> ReceivedMany:
        """Open a batch for a file, or for every file of an archive that can be read. Raises like ``take``."""
        saved = self.specs.get("dataset", dataset.tenant, dataset.name)
        _refuse_mode(saved, sender.mode)
        name = Path(file_name).name
        if not self.archives.is_archive(source, file_name=name):
            source.seek(0)
            return ReceivedMany((self._open(saved, source, file_name=name, sender=sender),))
        return self._unpack(saved, source, file_name=name, sender=sender)

    def _unpack(self, saved: SpecVersion, source: BinaryIO, *, file_name: str, sender: Sender) -> ReceivedMany:
        inside = sender.of_archive(file_name)
        received: list[Received] = []
        skipped: list[SkippedMember] = []
        errors: list[ReadError] = []
        for member in self.archives.unpacked(source, file_name=file_name):
            if isinstance(member, SkippedMember):
                skipped.append(member)
                continue
            label = f"{file_name}/{member.name}"
            try:
                received.append(self._open(saved, member.source, file_name=label, sender=inside))
            except ReadError as error:
                errors.append(error)
                skipped.append(SkippedMember(member.name, error.message.removeprefix(f"{file_name}/")))
        many = ReceivedMany(tuple(received), tuple(skipped))
        if not received:
            raise nothing_in(file_name, skipped, errors)
        self._record(saved, source, many, file_name=file_name, author=sender.author)
        return many

    def _record(self, saved: SpecVersion, source: BinaryIO, many: ReceivedMany, *, file_name: str, author: str) -> None:
        """Put the archive on the audit trail; one of which data was left out is kept, so that nothing is lost."""
        source.seek(0)
        lost = [member for member in many.skipped if not member.harmless]
        sha256 = self.files.put(saved.spec.tenant, source).sha256 if lost else _sha256(source)
        self.audit.record(
            author,
            "archive.unpacked",
            f"dataset/{saved.spec.key}",
            file=file_name,
            sha256=sha256,
            kept=bool(lost),
            batches=[each.batch.id for each in many.received],
            skipped={member.name: member.why for member in many.skipped},
        )

    def _open(self, saved: SpecVersion, source: BinaryIO, *, file_name: str, sender: Sender) -> Received:
        stored = self.files.put(saved.spec.tenant, source)
        if not stored.size_bytes:
            raise EmptyFileError(file_name)
        wanted = Batch.received(
            self.new_id(saved.spec.name),
            saved,
            stored,
            file_name=file_name,
            author=sender.author,
            at=self.clock(),
            origin=sender.origin,
            mode=sender.mode,
        )
        batch = self.batches.create(wanted)
        known = batch.id != wanted.id
        if known and batch.state is BatchState.FAILED:  # handed in again, so somebody wants it tried again
            batch = self.batches.update(batch.id, state=BatchState.RECEIVED, mode=sender.mode)
        if not known:
            self.audit.record(sender.author, "batch.received", batch.id, file=batch.file_name, dataset=saved.spec.key)
        return Received(batch, known)


def _refuse_mode(saved: SpecVersion, mode: Mode | None) -> None:
    if mode is Mode.UPSERT and isinstance(saved.spec, DatasetSpec) and not saved.spec.primary_key:
        raise SpecError(
            f"Dataset {saved.spec.key} has no key, so rows cannot be updated.",
            hint="Name the columns that tell rows apart, or choose another mode.",
        )


def nothing_in(file_name: str, skipped: Sequence[SkippedMember], errors: Sequence[ReadError] = ()) -> ReadError:
    """Why an archive gave no file at all."""
    lost = [member for member in skipped if not member.harmless]
    if len(lost) == 1 and errors:
        return errors[0]
    if not lost:
        return EmptyFileError(file_name)
    listed = "; ".join(f"{member.name}: {member.why.rstrip('.')}" for member in lost[:3])
    more = f"; and {len(lost) - 3:,} more" if len(lost) > 3 else ""
    return ArchiveError(
        f"No file in {file_name} could be taken in ({listed}{more}).", hint="Pack the files again and hand them in."
    )


def _sha256(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := source.read(1024 * 1024):
        digest.update(block)
    return digest.hexdigest()
