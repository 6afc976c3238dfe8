"""What a command was given: files, folders, patterns and addresses become one list of files to open."""

import glob
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from hestia_assets.core.errors import ReadError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import RemoteFile

HERE = "command line"
"""Origin of batches that came from this machine's disk."""


@dataclass(frozen=True)
class Found:
    """One file. ``name`` is how it is spoken of; ``origin`` where it came from."""

    name: str
    origin: str
    path: Path | None = None
    remote: "RemoteFile | None" = None

    @contextmanager
    def opened(self, hestia: "Hestia") -> Iterator[tuple[str, BinaryIO]]:
        """Its file name and bytes. Raises HestiaError."""
        if self.remote is not None:
            with hestia.sources.open(self.remote) as download:
                yield download.file.name, download.source
            return
        assert self.path is not None, "a file is here or elsewhere"
        try:
            source = self.path.open("rb")
        except OSError as error:
            raise ReadError(
                f"{self.path} cannot be opened: {error.strerror}.", hint="Check that it is still there and may be read."
            ) from error
        with source:
            yield self.path.name, source


def refuse_missing(given: Sequence[str]) -> None:
    """Wrong usage: a name that is neither a file, a folder, a pattern nor an address. Raises BadParameter."""
    for name in given:
        if not is_address(name) and not Path(name).exists() and not glob.has_magic(name):
            raise typer.BadParameter(f"There is no file or folder called '{name}'.", param_hint="FILE")


def gather(hestia: "Hestia", given: Sequence[str]) -> list[Found]:
    """All files, each once: those of a folder and its folders by name, those of an address as they are listed.

    Raises:
        ReadError: a folder or a pattern gives no file.
        HestiaError: an address cannot be asked.
    """
    found = [each for name in given for each in _found(hestia, name)]
    return list({(each.path or each.origin): each for each in found}.values())


def is_address(name: str) -> bool:
    """Whether it names something elsewhere."""
    return "://" in name


def _found(hestia: "Hestia", name: str) -> list[Found]:
    if is_address(name):
        from hestia_assets.core.addresses import shown

        return [Found(file.name, shown(file.url), remote=file) for file in hestia.sources.files(name)]
    path = Path(name)
    if path.is_file():
        return [Found(name, HERE, path)]
    inside = sorted(path.rglob("*")) if path.is_dir() else sorted(map(Path, glob.glob(name, recursive=True)))  # noqa: PTH207 - a whole pattern, perhaps absolute
    files = [each for each in inside if each.is_file() and not _is_hidden(each, path)]
    if not files:
        raise ReadError(f"{name} gives no file.", hint="Name a folder or a pattern that holds files.")
    return [Found(str(each), HERE, each) for each in files]


def _is_hidden(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder) if folder.is_dir() else Path(path.name)
    return any(part.startswith(".") for part in inside.parts)
