"""What was taken from each source: ``landing/<tenant>/sources/<name>.jsonl``, a line per file; the last one counts."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from hestia_assets.core.addresses import key_of
from hestia_assets.core.results import RemoteFile, SeenFiles


@dataclass(frozen=True)
class LocalSeenFiles:
    """Appends to a small file; a line that a crash cut off is as if it was never written."""

    root: Path

    def load(self, tenant: str, source: str) -> SeenFiles:
        """What was taken so far."""
        path = self._path(tenant, source)
        if not path.is_file():
            return SeenFiles()
        lines = path.read_text(encoding="utf-8").split("\n")
        return SeenFiles(dict(pair for line in lines if (pair := _pair(line))))

    def add(self, tenant: str, source: str, file: RemoteFile) -> None:
        """Remember that this version was taken; one without a version cannot be known again."""
        if not file.version:
            return
        path = self._path(tenant, source)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as target:
            target.write("\n" + json.dumps([key_of(file.url), file.version]))  # behind whatever a crash left
            target.flush()
            os.fsync(target.fileno())

    def _path(self, tenant: str, source: str) -> Path:
        return self.root / tenant / "sources" / f"{source}.jsonl"


def _pair(line: str) -> tuple[str, str] | None:
    try:
        url, version = json.loads(line)
    except ValueError:
        return None
    return url, version
