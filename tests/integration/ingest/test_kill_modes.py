"""Each mode, undo and redo, killed at random moments, ends as if nothing had happened.

HESTIA_TEST_KILLS sets the number of kills of each, for a longer look: 20 take five minutes.
"""

import multiprocessing
import os
import random
import shutil
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import polars as pl
import pytest
from ingest_modes import bring, hand_in, keyed, validated, work
from ingest_orders import check, opened

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer, TableRef

KILLS = int(os.environ.get("HESTIA_TEST_KILLS", "2"))
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["hestia_assets.bootstrap"])

RECIPE = keyed().recipe.model_copy(update={"chunk_bytes": 32 * 1024})
PLAIN = keyed(check("in_range", "qty", min=0), recipe=RECIPE)
MIRROR = PLAIN.model_copy(update={"delete_missing": True, "delete_limit": 1})
TASKS = ("append", "replace", "upsert", "mirror", "undo", "redo")


def lines(numbers: range, *, more: int = 0) -> str:
    rows = [f"{n:06d},{n + more},2026-01-{n % 28 + 1:02d}" for n in numbers]
    return "\n".join(row if n % 500 else f"{row},x" for n, row in enumerate(rows, start=1)) + "\n"


def begin(home: Hestia, task: str) -> str:
    """Ten thousand rows, and a batch to run, undo or redo."""
    bring(home, lines(range(10_000)), PLAIN)
    update = lines(range(5_000, 14_000), more=1)
    if task in ("undo", "redo"):
        batch = bring(home, update, PLAIN).id
        bring(home, lines(range(6_000, 6_500), more=2), PLAIN)
        if task == "redo":
            home.ingest.undo(batch, author="ada")
        return batch
    spec = MIRROR if task == "mirror" else PLAIN
    mode = "upsert" if task == "mirror" else task
    batch = hand_in(home, update.replace(",x\n", "\n") if task == "mirror" else update, spec, mode=mode)
    return batch.id


def tables(home: Hestia) -> list[pl.DataFrame]:
    refs = [TableRef(layer, "default", "orders") for layer in (Layer.IMPORTED, Layer.QUARANTINE)]
    frames = [home.tables.scan(ref).sort("_batch", "_row").collect() for ref in refs]
    return [validated(home), *(frame.drop("at", strict=False) for frame in frames)]


def running(folder: Path, task: str, batch: str) -> ForkServerProcess:
    """The work in a process of its own, just about to begin."""
    ready = PROCESSES.Event()
    run = PROCESSES.Process(target=work, args=(folder, task, batch, ready))
    run.start()
    assert ready.wait(300)
    return run


def finish(home: Hestia, task: str, batch: str) -> None:
    try:
        getattr(home.ingest, task)(batch, **({} if task == "run" else {"author": "ada"}))
    except HeldError as error:
        assert "undone" in error.message


@pytest.mark.crash
@pytest.mark.parametrize("task", TASKS)
def test_killed_at_random_moments_the_tables_are_the_same(tmp_path, task):
    begun = opened(tmp_path / "begun")
    batch = begin(begun, task)
    method = task if task in ("undo", "redo") else "run"
    for name in ("undisturbed", *map(str, range(KILLS))):
        shutil.copytree(tmp_path / "begun", tmp_path / name)
    run, started = running(tmp_path / "undisturbed", method, batch), time.monotonic()
    run.join()
    duration, undisturbed = time.monotonic() - started, opened(tmp_path / "undisturbed")
    assert run.exitcode == 0
    expected, dice = tables(undisturbed), random.Random(task)
    wanted = undisturbed.batches.get(batch)

    for number in range(KILLS):
        run, started = running(tmp_path / str(number), method, batch), time.monotonic()
        run.join(dice.uniform(0, duration))
        if not run.is_alive():  # this machine was busy with something else before
            duration = min(duration, time.monotonic() - started)
        run.kill()
        run.join()
        home = opened(tmp_path / str(number))
        finish(home, method, batch)

        done = home.batches.get(batch)
        assert (done.state, done.sequence, done.changes, done.account) == (
            wanted.state, wanted.sequence, wanted.changes, wanted.account)  # fmt: skip
        for mine, theirs in zip(tables(home), expected, strict=True):
            assert mine.equals(theirs)
