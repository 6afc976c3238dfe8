import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
from processes import held_half_way
from shop import COLUMNS

from hestia_assets.bootstrap import open_home
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import BatchState
from hestia_assets.core.specs import DatasetSpec, Recipe
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.defs.resources import open_instance
from hestia_assets.defs.run_sensors import FAILED, record_end
from hestia_assets.defs.sensors import look
from hestia_assets.settings import Settings

ROWS = 40_000
IMPORT = """
import sys
from hestia_assets.bootstrap import open_home
from hestia_assets.defs.materialize import materialize_dataset
materialize_dataset(open_home(), "default", "orders")
"""


def test_an_import_killed_halfway_is_seen_and_goes_on(tmp_path: Path):
    settings = Settings(home=tmp_path / "home", lease_seconds=3)
    hestia = open_home(settings=settings)
    dataset = DatasetSpec(name="orders", recipe=Recipe(columns=COLUMNS, chunk_bytes=16 * 1024))
    hestia.catalog.save(dataset, author="ada")
    lines = "".join(f"{row:07d},{row},DE\n" for row in range(ROWS))
    content = io.BytesIO(f"Order No.,Qty,Country\n{lines}".encode())
    batch = hestia.ingest.receive(dataset, content, file_name="orders.csv", author="ada").batch

    _kill_in_the_middle(settings)
    with open_instance(settings) as instance:
        result = look(hestia, instance, [dataset], cursor=None, at=datetime.now(UTC) + timedelta(seconds=60))
        (run,) = instance.get_runs()
    record_end(hestia, run, FAILED)
    problem = hestia.batches.get(batch.id).problem
    (done,) = materialize_dataset(hestia, "default", "orders")

    table = TableRef(Layer.VALIDATED, "default", "orders")
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert len(result.run_requests or ()) == 1
    assert problem == FAILED
    assert done.state is BatchState.COMMITTED
    assert done.account.balanced
    assert hestia.tables.scan(table).select(pl.col("order_id").n_unique()).collect().item() == ROWS
    assert hestia.tables.scan(table).select(pl.len()).collect().item() == ROWS


def _kill_in_the_middle(settings: Settings) -> None:
    environment = {**os.environ, "HESTIA_HOME": str(settings.home), "HESTIA_LEASE_SECONDS": "3"}
    command = (sys.executable, "-c", IMPORT)
    with subprocess.Popen(command, env=environment) as process, held_half_way(settings.home, ROWS):
        process.kill()
