"""Many small files are published together and end as if each had been imported by itself, also after a cut."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from ingest_modes import hand_in, keyed, validated
from ingest_orders import check, dataset, opened

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeldError, NotFoundError, ReadError, TableError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import DatasetSpec

FILES = ("1,1,2026-01-01\n2,2,\n", "3,x,\n4,4,\n", "5,5,\n", "6,6,2026-13-01\n")
PLAIN = dataset()
LAYERS = (Layer.IMPORTED, Layer.QUARANTINE, Layer.VALIDATED)
WRITES = ("commit", "commit_all", "swap", "update", "add_part", "clear_parts")


class Cut(BaseException):
    """Ends the work as a kill would: nothing that handles errors sees it."""


class Watched:
    """The real store; ``before`` is called with the name of each write."""

    def __init__(self, store: object, before: object) -> None:
        self._store, self._before = store, before

    def __getattr__(self, name: str) -> object:
        if name in WRITES:
            self._before(name)
        return getattr(self._store, name)


def watched(home: Hestia, before: object) -> Hestia:
    ingest = replace(home.ingest, tables=Watched(home.tables, before), batches=Watched(home.batches, before))
    return replace(home, ingest=ingest)


def received(home: Hestia, files: tuple[str, ...] = FILES, spec: DatasetSpec = PLAIN) -> list[str]:
    names = [f"orders{number}.csv" for number in range(len(files))]
    return [hand_in(home, text, spec, name=name).id for text, name in zip(files, names, strict=True)]


def one_by_one(home: Hestia, batches: list[str]) -> None:
    for batch in batches:
        home.ingest.run(batch)


def told(home: Hestia) -> list[object]:
    """Everything that must be the same, without ids and times."""
    batches = sorted(home.batches.recent("default"), key=lambda batch: batch.file_name)
    named = pl.col("_batch").replace_strict({batch.id: batch.file_name for batch in batches})
    frames = [home.tables.scan(TableRef(layer, "default", "orders")).collect() for layer in LAYERS]
    rows = [sorted(frame.with_columns(named).drop("at", strict=False).rows(), key=str) for frame in frames]
    facts = [
        (b.state, b.sequence, b.mode, b.changes, b.account, b.rows_loaded, b.checks, b.bytes_done) for b in batches
    ]
    return [rows, facts, [home.batches.parts(batch.id) for batch in batches]]


def commits(home: Hestia, layer: str) -> int:
    return home.tables.version(TableRef(Layer(layer), "default", "orders"))


def test_many_files_end_like_each_by_itself(tmp_path):
    alone, together = opened(tmp_path / "alone"), opened(tmp_path / "together")
    one_by_one(alone, received(alone))
    done = together.ingest.run_all(received(together))

    assert told(together) == told(alone)
    assert [batch.state for batch in done] == [BatchState.COMMITTED] * len(FILES)
    assert [commits(together, layer) for layer in LAYERS] == [1, 1, 1]


def test_their_jobs_end_and_each_stands_in_the_audit_trail(tmp_path):
    home = opened(tmp_path / "home")
    batches = received(home)
    home.ingest.run_all(batches, run_id="run")

    assert [job.state.value for job in home.jobs.recent("default")] == ["succeeded"] * len(FILES)
    assert {job.run_id for job in home.jobs.recent("default")} == {"run"}
    assert [home.audit.recent(subject=batch)[0].action for batch in batches] == ["batch.committed"] * len(FILES)


@pytest.mark.crash
def test_cut_off_before_any_write_the_next_run_ends_them_all(tmp_path):
    begun = opened(tmp_path / "begun")
    batches = received(begun, FILES[:3])
    shutil.copytree(tmp_path / "begun", tmp_path / "undisturbed")
    undisturbed = opened(tmp_path / "undisturbed")
    undisturbed.ingest.run_all(batches)

    for passes in count():
        home, ended = cut_after(passes, tmp_path, batches)
        if ended:
            break
        home.ingest.run_all(batches) if passes % 2 else one_by_one(home, batches)
        assert told(home) == told(undisturbed)
    assert passes > 12, "too few writes to prove anything"


def cut_after(passes: int, folder: Path, batches: list[str]) -> tuple[Hestia, bool]:
    """The home after so many writes, and whether that was the end."""
    shutil.copytree(folder / "begun", folder / f"home{passes}")
    home, left = opened(folder / f"home{passes}"), [passes]

    def before(_: str) -> None:
        if not left[0]:
            raise Cut
        left[0] -= 1

    try:
        watched(home, before).ingest.run_all(batches)
    except Cut:
        return home, False
    return home, True


def test_what_cannot_be_published_together_is_published_one_by_one(tmp_path):
    alone, home = opened(tmp_path / "alone"), opened(tmp_path / "home")
    one_by_one(alone, received(alone))

    def before(name: str) -> None:
        if name == "commit_all":
            raise TableError("One of the files is gone.", hint="Import it again.")

    watched(home, before).ingest.run_all(received(home))

    assert told(home) == told(alone)


def test_a_file_that_is_refused_and_one_that_is_held_stop_no_other(tmp_path):
    home = opened(tmp_path / "home")
    batches = received(home, ("1,1,\n", "2,9,\n", "3,3,\n"), dataset(check("in_range", "qty", "hold", max=5)))
    wrong = home.ingest.receive(PLAIN, BytesIO(b"other,columns\n1,2\n"), file_name="wrong.csv", author="ada").batch
    first, held, third, refused, missing = home.ingest.run_all([*batches, wrong.id, "nothing"])

    assert isinstance(first, Batch) and isinstance(third, Batch) and isinstance(held, Batch)
    assert [first.state, held.state, third.state] == [BatchState.COMMITTED, BatchState.HELD, BatchState.COMMITTED]
    assert isinstance(refused, ReadError) and isinstance(missing, NotFoundError)
    assert validated(home)["id"].to_list() == ["1", "3"]
    again = home.ingest.run_all([batches[0], batches[1], wrong.id])
    assert [type(each) for each in again] == [Batch, HeldError, type(refused)]


def test_batches_that_are_compared_with_the_table_see_those_before_them(tmp_path):
    files, spec = ("1,1,\n2,2,\n", "2,3,\n3,3,\n", "1,4,\n"), dataset(check("unique", "id"))
    alone, home = opened(tmp_path / "alone"), opened(tmp_path / "home")
    one_by_one(alone, received(alone, files, spec))
    home.ingest.run_all(received(home, files, spec))

    assert told(home) == told(alone)
    assert validated(home)["id"].to_list() == ["1", "2", "3"]


def test_modes_may_change_from_file_to_file(tmp_path):
    files = {
        "1,1,\n2,2,\n": "append",
        "3,3,\n": "append",
        "1,9,\n4,4,\n": "upsert",
        "5,5,\n": "append",
        "6,6,\n": "replace",
    }
    alone, home = opened(tmp_path / "alone"), opened(tmp_path / "home")
    one_by_one(alone, of_modes(alone, files))
    home.ingest.run_all(of_modes(home, files))

    assert told(home) == told(alone)
    assert validated(home)["id"].to_list() == ["6"]


def of_modes(home: Hestia, files: Mapping[str, str]) -> list[str]:
    spec = keyed()
    return [
        hand_in(home, text, spec, mode=mode, name=f"orders{number}.csv").id
        for number, (text, mode) in enumerate(files.items())
    ]


def test_one_of_many_can_be_undone_and_redone(tmp_path):
    home = opened(tmp_path / "home")
    batches = received(home)
    home.ingest.run_all(batches)
    home.ingest.undo(batches[0], author="ada")
    without = validated(home)["id"].to_list()
    home.ingest.redo(batches[0], author="ada")

    assert without == ["4", "5"]
    assert validated(home)["id"].to_list() == ["1", "2", "4", "5"]


def test_a_spec_that_is_saved_between_two_files_holds_for_those_after_it(tmp_path):
    home = opened(tmp_path / "home")
    batches = received(home, ("1,1,\n", "2,2,\n", "3,9,\n"))
    saved: list[bool] = []

    def save(done: Batch) -> None:
        if done.file_name == "orders1.csv" and not saved:
            saved.append(True)
            home.catalog.save(dataset(check("in_range", "qty", max=5)), author="ada")

    done = home.ingest.run_all(batches, on_progress=save)

    assert [each.state for each in done if isinstance(each, Batch)] == [BatchState.COMMITTED] * 3
    assert [home.batches.get(batch).spec_version for batch in batches] == [1, 1, 2]
    assert validated(home)["id"].to_list() == ["1", "2"]
