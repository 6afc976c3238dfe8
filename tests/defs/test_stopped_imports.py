"""An import of many files that is asked to stop: what was done before that is told."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace

import dagster as dg
import pytest
from shop import CLEAN

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.ports import Validator
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.domains.ingest import many

pytestmark = pytest.mark.interrupted


class StopsAtTheSecond:
    """A validator; while it judges the second file, somebody presses Ctrl-C."""

    def __init__(self, validator: Validator) -> None:
        self.validator, self.judged = validator, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.validator, name)

    def on(self, occasion: object) -> "StopsAtTheSecond":
        self.validator = self.validator.on(occasion)
        return self

    def judge(self, *given: object) -> object:
        self.judged += 1
        if self.judged == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return self.validator.judge(*given)


def test_files_that_were_imported_before_it_stopped_are_seen_in_dagster(
    home: Hestia, hand_in: Callable[..., Batch], instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(many, "MOST_BATCHES", 1)
    first, second = hand_in(CLEAN, "first.csv"), hand_in(CLEAN.replace(b"000", b"100"), "second.csv")
    stopped = replace(home, ingest=replace(home.ingest, validator=StopsAtTheSecond(home.ingest.validator)))

    with pytest.raises((KeyboardInterrupt, dg.DagsterExecutionInterruptedError)):
        materialize_dataset(stopped, "default", "orders")

    event = instance.get_latest_materialization_event(dg.AssetKey(["validated", "default", "orders"]))
    assert event is not None
    assert event.asset_materialization.metadata["hestia/batch"].value == first.id
    assert home.batches.get(first.id).state is BatchState.COMMITTED
    assert home.batches.get(second.id).state is not BatchState.COMMITTED
