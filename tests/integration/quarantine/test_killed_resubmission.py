"""A resubmission, killed at any moment or raced by another one, loads each row once."""

import multiprocessing
import os
import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import BinaryIO

import pytest
from set_aside import EVERY, bring, ids, opened, orders, rows, states, work

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import BatchState, Fix
from hestia_assets.domains.ingest.entries.run import ResubmitRun

KILLS = int(os.environ.get("HESTIA_TEST_KILLS", "2"))
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["hestia_assets.bootstrap"])
COUNT = 200


def outcome(home: Hestia) -> tuple[object, ...]:
    table = rows(home).select("id", "qty", "day", "unit").sort("id", "qty")
    entries = home.quarantine.entries(orders(), EVERY, limit=COUNT).entries
    return table.rows(), states(home), [(one.id, one.state, one.values, one.wrong) for one in entries]


@pytest.mark.crash
def test_killed_at_random_moments_each_row_is_loaded_once(tmp_path):
    begun = opened(tmp_path / "begun")
    bring(begun, "id,qty,day,unit\n" + "".join(f"{n:05d},-1,2026-02-01,kg\n" for n in range(COUNT)))
    fixes = [Fix(one, {"qty": str(one.row % 7)}) for one in ids(begun, EVERY, limit=COUNT)]  # one in seven stays wrong
    for name in ("undisturbed", *map(str, range(KILLS))):
        shutil.copytree(tmp_path / "begun", tmp_path / name)
    started = time.monotonic()
    opened(tmp_path / "undisturbed").quarantine.resubmit(orders(), fixes, author="bea")
    duration, expected = time.monotonic() - started, outcome(opened(tmp_path / "undisturbed"))
    dice = random.Random(4)

    for number in range(KILLS):
        folder, ready = tmp_path / str(number), PROCESSES.Event()
        run = PROCESSES.Process(target=work, args=(folder, fixes, ready))
        run.start()
        assert ready.wait(300)
        run.join(dice.uniform(0, duration))
        run.kill()
        run.join()
        home = opened(folder)
        if number % 2:  # somebody hands the file in again before the next run ends what was cut off
            home.quarantine.resubmit(orders(), fixes, author="bea")
        for batch in home.ingest.pending("default", "orders"):
            with suppress(HeldError):
                home.ingest.run(batch.id)
        again = home.quarantine.resubmit(orders(), [fix for fix in fixes if fix.id.row % 7], author="bea")
        if number % 2 == 0 and again.loaded:  # it was killed before its batch was kept
            home.quarantine.resubmit(orders(), [fix for fix in fixes if fix.id.row % 7 == 0], author="bea")

        assert outcome(home) == expected


def test_two_at_once_load_each_row_once(tmp_path):
    home = opened(tmp_path / "home")
    bring(home)
    fixes = [Fix(one, {"qty": "1"}) for one in ids(home)]

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(home.quarantine.resubmit, orders(), fixes, author=name) for name in ("ada", "bea")]
        done = [one.result() for one in both]

    assert sorted((len(one.loaded), len(one.known)) for one in done) == [(0, 10), (10, 0)]
    assert rows(home).height == 12


@pytest.mark.parametrize("after", [False, True])
def test_cut_off_between_the_tables_and_the_batch_the_next_work_ends_it(tmp_path, monkeypatch, after):
    home = opened(tmp_path / "home")
    bring(home)
    fixes = [Fix(one, {"qty": "1"}) for one in ids(home)[:3]]
    noted = ResubmitRun._log

    def cut(self: ResubmitRun, source: BinaryIO) -> None:
        if after:
            noted(self, source)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ResubmitRun, "_log", cut)
        with pytest.raises(KeyboardInterrupt):
            home.quarantine.resubmit(orders(), fixes, author="bea")
    assert states(home) == {"open": 10}

    home.quarantine.drop(orders(), ids(home)[9:], reason="x", author="cyd")  # ends what was cut off first

    assert states(home) == {"open": 6, "loaded": 3, "dropped": 1}
    assert home.batches.recent("default", "orders")[0].state is BatchState.COMMITTED
    assert rows(home).height == 5
    log = rows(home, Layer.QUARANTINE_LOG)
    assert log.filter(log["action"] == "corrected")["_row"].to_list() == [3, 4, 5]
