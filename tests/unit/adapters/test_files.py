import io
import os
import stat
from pathlib import Path

import pytest

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
