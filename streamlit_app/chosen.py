"""Files that a person chose, and what became of each: rows and bytes stay on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hestia_assets.core.results import Batch, IncomingFile
from streamlit_app.facade import hestia, uploads


@dataclass(frozen=True)
class ChosenFile:
    """A file among the uploads, found by its token; ``folder`` is the dataset whose drop folder it came from.

    A file that was imported before has no token but the ``batch`` whose original it is.
    """

    name: str
    size_bytes: int
    token: str
    folder: str = ""
    batch: str = ""
    origin: str = "upload"

    @property
    def path(self) -> Path:
        """Where it is. Raises UnknownUploadError, NotFoundError."""
        if self.batch:
            return hestia().ingest.original(hestia().batches.get(self.batch))
        return uploads().path(self.token)

    @contextmanager
    def open(self, member: str = "") -> Iterator[BinaryIO]:
        """Its bytes, or those of one file in it where it is an archive. Raises HestiaError."""
        with self.path.open("rb") as source:
            if not member:
                yield source
                return
            with hestia().ingest.member(source, member, file_name=self.name) as part:
                yield part

    def remove(self) -> None:
        """Take it away once its bytes are kept as an original."""
        if not self.batch:
            uploads().remove(self.token)

    def give_back(self) -> None:
        """Put it back into its drop folder, or forget the upload."""
        if not self.batch:
            uploads().give_back(self.token)


def claim(file: IncomingFile) -> ChosenFile:
    """Take a file out of its drop folder, so that nothing else imports it meanwhile. Raises NotFoundError."""
    path = Path(file.path)
    token = uploads().claim(path)
    return ChosenFile(path.name, file.size_bytes, token=token, folder=file.dataset, origin="drop folder")


def of_batch(batch: Batch) -> ChosenFile:
    """The original of a file that was imported before."""
    return ChosenFile(batch.file_name, batch.size_bytes, token="", batch=batch.id)


@dataclass(frozen=True)
class Fate:
    """What became of one file that was handed in: a batch, one that was known, or a reason why not."""

    name: str
    batch: str = ""
    known: bool = False
    why: str = ""
