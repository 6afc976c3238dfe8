"""Drop folders: which files are whole, and which were refused and wait for a correction."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HestiaError, TransientError
from hestia_assets.core.results import BatchState, IncomingFile

log = logging.getLogger(__name__)
QUIET_SECONDS = 10.0
"""A file is whole when it did not change from one look to the next, or for this long."""

REFUSED = "refused"


@dataclass
class Marks:
    """How each waiting file looked last time; kept as a sensor's cursor, and safe to lose."""

    before: Mapping[str, Sequence[str]]
    now: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: str | None) -> "Marks":
        """From a cursor; one that is no longer ours starts anew."""
        try:
            before = json.loads(cursor or "{}")
        except json.JSONDecodeError:
            before = {}
        return cls(before if isinstance(before, dict) else {})

    def dump(self) -> str:
        """As a cursor: only files that still wait."""
        return json.dumps(self.now)

    def is_whole(self, file: IncomingFile, *, at: datetime) -> bool:
        """Whether nobody seems to write the file any more."""
        unchanged = list(self.before.get(file.path, ()))[:1] == [_look(file)]
        return unchanged or (at - file.modified_at).total_seconds() > QUIET_SECONDS

    def was_refused(self, file: IncomingFile) -> bool:
        """Whether these very bytes were refused before."""
        return list(self.before.get(file.path, ())) == [_look(file), REFUSED]

    def keep(self, file: IncomingFile, *words: str) -> None:
        """Remember how the file looks."""
        self.now[file.path] = [_look(file), *words]


def receive_whole(
    hestia: Hestia, tenant: str, files: Sequence[IncomingFile], *, marks: Marks, at: datetime
) -> set[str]:
    """Take in the files that are whole; returns the ids of batches that wait for a run now.

    Bytes that failed before wait again when they are dropped again; bytes that are in the tables do not.
    """
    fresh = set[str]()
    for file in files:
        if marks.was_refused(file):
            marks.keep(file, REFUSED)
        elif not marks.is_whole(file, at=at):
            marks.keep(file)
        else:
            fresh |= _receive(hestia, tenant, file, marks=marks)
    return fresh


def _receive(hestia: Hestia, tenant: str, file: IncomingFile, *, marks: Marks) -> set[str]:
    try:
        received = hestia.ingest.receive_incoming(file, tenant=tenant, author="drop folder")
    except TransientError as error:
        log.info("%s waits for the next look: %s", file.path, error)
        marks.keep(file)
        return set()
    except HestiaError as error:
        marks.keep(file, REFUSED)
        hestia.audit.record(
            "drop folder",
            "file.refused",
            f"dataset/{tenant}/{file.dataset}",
            file=file.path,
            problem=str(error),
        )
        return set()
    return {each.batch.id for each in received.received if each.batch.state is BatchState.RECEIVED}


def _look(file: IncomingFile) -> str:
    return f"{file.size_bytes} {file.modified_at.isoformat()}"
