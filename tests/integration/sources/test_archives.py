"""Archives by every way in: one batch per file, what was left out is named and kept, nothing half done stays."""

import gzip
import io
import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from processes import until

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.errors import ArchiveError, EmptyFileError, SpecError, TooLargeError
from hestia_assets.core.results import BatchState
from hestia_assets.core.specs import Column, DatasetSpec, Mode, Recipe
from hestia_assets.defs.settling import Marks, receive_whole
from hestia_assets.settings import Settings

ROWS = b"id,qty\n%d,2\n"


@pytest.fixture
def orders(home: Hestia) -> DatasetSpec:
    spec = DatasetSpec(
        name="orders", recipe=Recipe(columns=(Column(source="id", name="id"), Column(source="qty", name="qty")))
    )
    home.catalog.save(spec, author="ada")
    return spec


def zipped(**members: bytes) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/") + ".csv", body)
    target.seek(0)
    return target


def originals(home: Hestia) -> list[str]:
    return sorted(path.name for path in (home.settings.landing / "default" / "batches").iterdir())


def test_each_file_of_an_archive_is_a_batch_of_its_own(home: Hestia, orders: DatasetSpec):
    many = home.ingest.receive_all(
        orders, zipped(jan=ROWS % 1, deep__feb=ROWS % 2), file_name="orders.zip", author="ada", mode=Mode.REPLACE
    )

    batches = [each.batch for each in many.received]
    assert [batch.file_name for batch in batches] == ["orders.zip/jan.csv", "orders.zip/deep/feb.csv"]
    assert {batch.origin for batch in batches} == {"archive orders.zip"}
    assert {batch.mode for batch in batches} == {Mode.REPLACE}
    assert home.ingest.original(batches[1]).read_bytes() == ROWS % 2
    assert home.ingest.run(batches[0].id).rows_loaded == 1


def test_a_bad_file_is_named_the_others_come_in_and_the_archive_is_kept(home: Hestia, orders: DatasetSpec):
    archive = zipped(jan=ROWS % 1, empty=b"", feb=ROWS % 2)

    many = home.ingest.receive_all(orders, archive, file_name="orders.zip", author="ada")

    (event,) = [event for event in home.audit.recent() if event.action == "archive.unpacked"]
    assert [each.batch.file_name for each in many.received] == ["orders.zip/jan.csv", "orders.zip/feb.csv"]
    assert [(each.name, each.why) for each in many.skipped] == [("empty.csv", "empty.csv is empty.")]
    assert event.details["kept"]
    assert home.ingest.files.path("default", event.details["sha256"]).read_bytes() == archive.getvalue()


def test_an_archive_that_came_in_whole_is_on_the_audit_trail_and_not_kept(home: Hestia, orders: DatasetSpec):
    home.ingest.receive_all(orders, zipped(jan=ROWS % 1), file_name="orders.zip", author="ada")

    (event,) = [event for event in home.audit.recent() if event.action == "archive.unpacked"]
    assert (event.details["kept"], len(event.details["sha256"])) == (False, 64)
    assert len(originals(home)) == 1


def test_the_same_archive_again_is_known(home: Hestia, orders: DatasetSpec):
    first = home.ingest.receive_all(orders, zipped(jan=ROWS % 1), file_name="orders.zip", author="ada")
    plain = home.ingest.receive_all(orders, io.BytesIO(ROWS % 1), file_name="jan.csv", author="ada")

    assert plain.received[0].known
    assert plain.received[0].batch.id == first.received[0].batch.id


def test_a_packed_file_is_received_like_the_file(home: Hestia, orders: DatasetSpec):
    received = home.ingest.receive(orders, io.BytesIO(gzip.compress(ROWS % 1)), file_name="o.csv.gz", author="ada")

    assert received.batch.file_name == "o.csv.gz/o.csv"
    assert home.ingest.original(received.batch).read_bytes() == ROWS % 1


def test_one_batch_is_not_made_of_several_files(home: Hestia, orders: DatasetSpec):
    with pytest.raises(ArchiveError, match="holds 2 files"):
        home.ingest.receive(orders, zipped(jan=ROWS % 1, feb=ROWS % 2), file_name="orders.zip", author="ada")

    assert originals(home) == []


@pytest.mark.parametrize("content", [zipped().getvalue(), gzip.compress(b"")], ids=["zip", "gz"])
def test_an_archive_of_nothing_is_empty(home: Hestia, orders: DatasetSpec, content: bytes):
    with pytest.raises(EmptyFileError, match="is empty"):
        home.ingest.receive_all(orders, io.BytesIO(content), file_name="orders.zip", author="ada")


def test_an_archive_of_which_nothing_can_be_read_says_why(home: Hestia, orders: DatasetSpec):
    with pytest.raises(ArchiveError, match=r"jan\.csv: .*empty; feb\.csv: .*empty"):
        home.ingest.receive_all(orders, zipped(jan=b"", feb=b""), file_name="orders.zip", author="ada")


def test_a_cut_off_archive_leaves_nothing(home: Hestia, orders: DatasetSpec):
    packed = gzip.compress(os.urandom(100_000))[:-5_000]

    with pytest.raises(ArchiveError, match="damaged"):
        home.ingest.receive_all(orders, io.BytesIO(packed), file_name="orders.csv.gz", author="ada")

    assert originals(home) == []
    assert home.batches.recent("default") == []


def test_rows_cannot_be_updated_without_a_key(home: Hestia, orders: DatasetSpec):
    with pytest.raises(SpecError, match="has no key"):
        home.ingest.receive(orders, io.BytesIO(ROWS % 1), file_name="o.csv", author="ada", mode=Mode.UPSERT)


class Endless(io.RawIOBase):
    """Says nothing of its size."""

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target)  # pyright: ignore[reportArgumentType] - RawIOBase hands in a writable buffer
        view[:] = b"1" * len(view)
        return len(view)


def test_a_file_above_the_limit_is_refused_before_and_while_it_is_copied(settings: Settings):
    home = open_home(settings=settings.model_copy(update={"max_file_mb": 1}))
    home.catalog.save(DatasetSpec(name="orders"), author="ada")
    spec = DatasetSpec(name="orders")

    with pytest.raises(TooLargeError, match="1 MB"):
        home.ingest.receive(spec, io.BytesIO(b"1" * 1_000_001), file_name="o.csv", author="ada")
    with pytest.raises(TooLargeError, match="1 MB"):
        home.ingest.files.put("default", cast("BinaryIO", io.BufferedReader(Endless())))
    with pytest.raises(TooLargeError, match="1 MB"):
        home.ingest.receive(spec, io.BytesIO(gzip.compress(b"1" * 1_000_001)), file_name="o.gz", author="ada")

    assert originals(home) == []


def test_a_dropped_archive_is_unpacked_and_gone(home: Hestia, orders: DatasetSpec):
    folder = home.ingest.drop_folder("default", "orders")
    (folder / "orders.zip").write_bytes(zipped(jan=ROWS % 1, feb=ROWS % 2).getvalue())
    marks = Marks({})
    (file,) = home.ingest.waiting("default")
    marks.keep(file)

    fresh = receive_whole(home, "default", [file], marks=Marks(marks.now), at=datetime.now(UTC))

    assert len(fresh) == 2
    assert list(folder.iterdir()) == []
    assert {batch.state for batch in home.ingest.pending("default", "orders")} == {BatchState.RECEIVED}


KILLED = """
import gzip, io, sys
from hestia_assets.bootstrap import open_home
from hestia_assets.core.specs import DatasetSpec
home = open_home(sys.argv[1])
class Slow(io.BytesIO):
    def read(self, size=-1):
        if self.tell() > 1_000_000:
            print("half", flush=True)
            import time; time.sleep(60)
        return super().read(size)
import os
home.ingest.receive_all(DatasetSpec(name="orders"), Slow(os.urandom(9_000_000)), file_name="o.csv", author="ada")
"""


def test_what_a_killed_process_left_half_written_is_swept_and_what_is_being_written_is_not(
    home: Hestia, orders: DatasetSpec
):
    folder = home.settings.landing / "default" / "batches"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(home.settings.home)], stdout=subprocess.PIPE)
    until(lambda: list(folder.glob(".*.part")))
    (part,) = folder.glob(".*.part")
    os.utime(part, (0, 0))
    open_home(settings=home.settings)
    lives_on = part.exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.utime(part, (0, 0))

    open_home(settings=home.settings)

    assert lives_on
    assert originals(home) == []
    assert [path for path in home.settings.landing.iterdir() if path.is_file()] == []


def test_a_member_is_looked_at_without_being_kept(home: Hestia, orders: DatasetSpec, tmp_path: Path):
    archive = zipped(jan=ROWS % 1, feb=ROWS % 2)

    names = [member.name for member in home.ingest.members(archive, file_name="orders.zip")]
    with home.ingest.member(archive, "feb.csv", file_name="orders.zip") as source:
        found = home.ingest.inspect(source, file_name="feb.csv")

    assert names == ["jan.csv", "feb.csv"]
    assert [column.name for column in found.recipe.columns] == ["id", "qty"]
    assert originals(home) == []
