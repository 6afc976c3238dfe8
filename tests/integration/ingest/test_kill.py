"""A run that is killed at any moment goes on where it was; the tables end as if nothing had happened."""

import multiprocessing
import random
import shutil
import time
from io import BytesIO
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import polars as pl
import pytest
from ingest_orders import check, dataset, opened, run_batch
from processes import outlive_leases

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import BatchState

KILLS = 20
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["hestia_assets.bootstrap"])


def file() -> bytes:
    lines = [f"{n % 11_600:06d},{n},2026-01-{n % 28 + 1:02d}" for n in range(12_000)]
    for n in range(0, 12_000, 200):
        lines[n] = f"{n},x,2026-01-01" if n % 400 else f'{n},"open,1'
    return ("id,qty,day\n" + "\n".join(lines) + "\n").encode()


def received(home: Hestia) -> str:
    spec = dataset(check("unique", "id"), check("in_range", "qty", min=0), chunk_bytes=24 * 1024)
    home.catalog.save(spec, author="ada")
    return home.ingest.receive(spec, BytesIO(file()), file_name="orders.csv", author="ada").batch.id


def tables(home: Hestia) -> list[pl.DataFrame]:
    refs = [TableRef(layer, "default", "orders") for layer in (Layer.IMPORTED, Layer.VALIDATED, Layer.QUARANTINE)]
    frames = [home.tables.scan(ref).sort("_row").collect() for ref in refs]
    return [frame.drop("_batch", "at", strict=False) for frame in frames]


def running(folder: Path, batch: str) -> ForkServerProcess:
    """A run in a process of its own, just about to begin."""
    ready = PROCESSES.Event()
    run = PROCESSES.Process(target=run_batch, args=(folder, batch, ready))
    run.start()
    assert ready.wait(300)
    return run


@pytest.mark.crash
def test_killed_at_twenty_random_moments_the_tables_are_the_same(tmp_path):
    batch = received(opened(tmp_path / "begun"))
    for name in ("undisturbed", *map(str, range(KILLS))):
        shutil.copytree(tmp_path / "begun", tmp_path / name)
    run, started = running(tmp_path / "undisturbed", batch), time.monotonic()
    run.join()
    assert run.exitcode == 0
    duration, undisturbed = time.monotonic() - started, opened(tmp_path / "undisturbed")
    expected, wanted, dice, killed = undisturbed.batches.get(batch), tables(undisturbed), random.Random(20), 0

    for number in range(KILLS):
        run, started = running(tmp_path / str(number), batch), time.monotonic()
        run.join(dice.uniform(0, duration * 0.8))
        if not run.is_alive():  # this machine was busy with something else before
            duration = min(duration, time.monotonic() - started)
        run.kill()
        run.join()
        outlive_leases(tmp_path / str(number))
        home = opened(tmp_path / str(number))
        killed += home.batches.get(batch).state is not BatchState.COMMITTED
        done = home.ingest.run(batch)

        assert (done.state, done.account, done.checks) == (BatchState.COMMITTED, expected.account, expected.checks)
        for mine, theirs in zip(tables(home), wanted, strict=True):
            assert mine.equals(theirs)
    assert killed >= KILLS // 2, "too few kills came before the end to prove anything"


def test_two_runs_of_one_batch_load_it_once(tmp_path):
    home = opened(tmp_path / "home")
    batch = received(home)
    runs = [running(tmp_path / "home", batch) for _ in range(2)]
    for run in runs:
        run.join()

    assert 0 in {run.exitcode for run in runs}
    done = home.batches.get(batch)
    assert done.state is BatchState.COMMITTED
    assert tables(home)[1].height == done.rows_loaded
