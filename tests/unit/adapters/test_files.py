import errno
import hashlib
import io
import os
import stat
from pathlib import Path

import pytest

from hestia_assets.adapters import files
from hestia_assets.adapters.files import LocalExportFolder, LocalFileStore, LocalIncoming
from hestia_assets.core.results import IncomingFile


@pytest.fixture
def incoming(tmp_path: Path) -> LocalIncoming:
    """Drop folders with one file in them."""
    folders = LocalIncoming(tmp_path)
    (folders.folder("default", "orders") / "orders.csv").write_bytes(b"id\n1\n")
    return folders


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became safe on the disk, and which names were given, in order."""
    seen: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        seen.append("folder synced" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file synced")
        sync(handle)

    def note_replace(path: Path, target: Path) -> Path:
        seen.append("named")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    return seen


def the_file(incoming: LocalIncoming) -> IncomingFile:
    """The only one that waits."""
    (file,) = incoming.files("default")
    return file


def test_an_original_and_its_name_are_on_the_disk_before_put_returns(tmp_path: Path, events: list[str]):
    LocalFileStore(tmp_path).put("default", io.BytesIO(b"id\n1\n"))

    assert events == ["file synced", "named", "folder synced"]


@pytest.fixture
def flushed_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go to the disk every eight bytes, as large ones do every 64 MB."""
    monkeypatch.setattr(files, "BLOCK_BYTES", 4)
    monkeypatch.setattr(files, "FLUSH_BYTES", 8)


@pytest.mark.usefixtures("flushed_often")
def test_a_large_original_goes_to_the_disk_while_it_is_copied(tmp_path: Path, events: list[str]):
    content = bytes(range(256)) * 8
    stored = LocalFileStore(tmp_path).put("default", io.BytesIO(content))

    assert (stored.sha256, stored.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert LocalFileStore(tmp_path).open("default", stored.sha256).read() == content
    assert events.count("file synced") > 1
    assert events[-3:] == ["file synced", "named", "folder synced"]


@pytest.mark.usefixtures("flushed_often")
def test_what_the_disk_could_not_write_is_said_even_if_it_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sync, asked = os.fsync, list[int]()

    def fail_once(handle: int) -> None:
        asked.append(handle)
        if len(asked) == 1:
            raise OSError(errno.EIO, "Input/output error")
        sync(handle)

    monkeypatch.setattr(os, "fsync", fail_once)
    with pytest.raises(OSError, match="Input"):
        LocalFileStore(tmp_path).put("default", io.BytesIO(b"x" * 200))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_published_file_and_its_name_are_on_the_disk(tmp_path: Path, events: list[str]):
    with LocalExportFolder(tmp_path).writing("default", "orders.csv") as (target, _):
        target.write(b"id\n")

    assert events == ["file synced", "named", "folder synced"]


def test_a_file_that_was_taken_in_leaves_the_drop_folder(incoming: LocalIncoming):
    incoming.remove(the_file(incoming))

    assert incoming.files("default") == []


def test_a_file_that_grew_meanwhile_stays(incoming: LocalIncoming):
    file = the_file(incoming)
    with Path(file.path).open("ab") as target:
        target.write(b"2\n")

    incoming.remove(file)

    assert Path(file.path).read_bytes() == b"id\n1\n2\n"


def test_a_file_that_was_replaced_by_one_of_the_same_size_stays(incoming: LocalIncoming):
    file = the_file(incoming)
    Path(file.path).write_bytes(b"id\n9\n")
    later = file.modified_at.timestamp() + 1
    os.utime(file.path, (later, later))

    incoming.remove(file)

    assert Path(file.path).read_bytes() == b"id\n9\n"


def test_a_file_that_vanishes_while_it_is_looked_at_is_left_out(
    incoming: LocalIncoming, monkeypatch: pytest.MonkeyPatch
):
    gone = Path(the_file(incoming).path)
    is_file = Path.is_file

    def then_gone(path: Path) -> bool:
        found = is_file(path)
        path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "is_file", then_gone)

    assert incoming.files("default") == []
    assert not gone.exists()


def test_a_file_that_is_gone_already_is_no_error(incoming: LocalIncoming):
    file = the_file(incoming)
    Path(file.path).unlink()

    incoming.remove(file)

    assert incoming.files("default") == []
