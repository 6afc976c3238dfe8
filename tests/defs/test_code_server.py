"""A real code server, webserver and daemon, started the way `hestia up` starts them."""

import io
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import free_port, held_half_way
from remote_places import running_web
from shop import CLEAN, DIRTY, OTHER_COLUMNS, orders

from hestia_assets.adapters.services import build_services, environment, write_workspace
from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.results import UNFINISHED, BatchState
from hestia_assets.core.specs import ExportSpec, SourceSpec, TransformSpec
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.defs.resources import open_instance
from hestia_assets.settings import Settings
from streamlit_app.gateway import Gateway, RunState, job_name

PATIENCE_SECONDS = 180.0


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hestia]:
    """A home with everything but the pages running."""
    folder = tmp_path_factory.mktemp("installation")
    settings = Settings(home=folder / "home", dagster_port=free_port(), code_server_port=free_port())
    hestia = open_home(settings=settings)
    open_instance(settings).dispose()
    write_workspace(settings)
    services = build_services(settings, only=("code-server", "webserver", "daemon"))
    with (folder / "log").open("wb") as log:
        processes = [
            subprocess.Popen(service.command, env=environment(settings), stdout=log, stderr=log, start_new_session=True)
            for service in services
        ]
        try:
            _wait(lambda: all(service.healthy() for service in services))
            yield hestia
        finally:
            _stop(processes)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(done: Callable[[], bool], *, what: str = "the services") -> float:
    started = time.monotonic()
    while not done():
        assert time.monotonic() - started < PATIENCE_SECONDS, f"{what} took too long"
        time.sleep(0.05)
    return time.monotonic() - started


@pytest.fixture
def gateway(installation: Hestia) -> Gateway:
    """The way to Dagster that the pages take."""
    return Gateway(installation.settings.dagster_base)


def _finish(gateway: Gateway, run_id: str) -> RunState:
    ended = {RunState.SUCCEEDED, RunState.FAILED}
    _wait(lambda: gateway.run_state(run_id) in ended, what="the run")
    return gateway.run_state(run_id)


def test_a_saved_spec_is_in_dagster_without_a_restart(
    installation: Hestia, gateway: Gateway, record_property: Callable[[str, object], None]
):
    spec = orders("arrivals")
    installation.catalog.save(spec, author="ada")

    started = time.monotonic()
    gateway.announce(spec)

    record_property("seconds_until_visible", round(time.monotonic() - started, 2))
    assert {"imported", "quarantine", "validated", "landing"} == {
        key[0] for key in _asset_keys(gateway) if key[1:] == ["default", "arrivals"]
    }
    assert job_name(spec) in gateway._jobs()


def test_from_an_upload_to_an_export_over_graphql(installation: Hestia, gateway: Gateway):
    dataset = orders("orders")
    totals = TransformSpec(name="totals", sql="select country, sum(quantity) as n from validated.orders group by 1")
    file = ExportSpec(name="totals", table="transformed.totals")
    for spec in (dataset, totals, file):
        installation.catalog.save(spec, author="ada")
    batch = installation.ingest.receive(dataset, io.BytesIO(DIRTY), file_name="o.csv", author="ada").batch

    imported = _finish(gateway, gateway.launch_import(batch))
    transformed = _finish(gateway, gateway.launch_transform(totals))
    exported = _finish(gateway, gateway.launch_export(file))

    assert (imported, transformed, exported) == (RunState.SUCCEEDED,) * 3
    assert installation.batches.get(batch.id).state is BatchState.COMMITTED
    assert list((installation.settings.exports / "default").iterdir())


def test_a_dropped_file_is_imported_by_itself(installation: Hestia, gateway: Gateway):
    dataset = orders("dropped")
    installation.catalog.save(dataset, author="ada")
    gateway.announce(dataset)
    path: Path = installation.ingest.drop_folder("default", "dropped") / "o.csv"

    path.write_bytes(CLEAN)

    _wait(lambda: _state(installation, "dropped") is BatchState.COMMITTED, what="the drop folder")
    assert not path.exists()


def test_failed_runs_reach_the_audit_trail_wherever_they_ran(installation: Hestia, gateway: Gateway):
    dataset = orders("failing")
    installation.catalog.save(dataset, author="ada")
    batches = [
        installation.ingest.receive(dataset, io.BytesIO(content), file_name="o.csv", author="ada").batch
        for content in (OTHER_COLUMNS, OTHER_COLUMNS + b"blue,square\n")
    ]

    launched = _finish(gateway, gateway.launch_import(batches[0]))
    materialize_dataset(installation, "default", "failing", batch=batches[1].id, raise_on_failure=False)

    assert launched is RunState.FAILED
    _wait(lambda: _told(installation) == {batch.id for batch in batches}, what="the run-failure sensor")


def test_a_cancelled_import_keeps_its_place_and_goes_on_when_it_is_asked_to(installation: Hestia, gateway: Gateway):
    dataset = orders("cancelled")
    dataset = dataset.model_copy(update={"recipe": dataset.recipe.model_copy(update={"chunk_bytes": 16 * 1024})})
    installation.catalog.save(dataset, author="ada")
    rows = 20_000
    content = b"Order No.,Qty,Country\n" + b"".join(b"%d,1,DE\n" % number for number in range(rows))
    batch = installation.ingest.receive(dataset, io.BytesIO(content), file_name="o.csv", author="ada").batch
    run = gateway.launch_import(batch)

    with held_half_way(installation.settings.home, rows):
        gateway.terminate(run)

    assert _finish(gateway, run) is RunState.FAILED
    _wait(lambda: installation.batches.get(batch.id).problem is not None, what="the sensor of cancelled runs")
    cancelled = installation.batches.get(batch.id)
    assert cancelled.state in UNFINISHED
    assert cancelled.problem
    assert cancelled.problem.code == "run.cancelled"
    assert [each.id for each in installation.ingest.pending("default", "cancelled")] == [batch.id]
    assert _finish(gateway, gateway.launch_import(batch)) is RunState.SUCCEEDED
    assert installation.batches.get(batch.id).rows_loaded == rows


def test_a_fetch_is_imported_by_itself(installation: Hestia, gateway: Gateway):
    dataset = orders("fetched")
    installation.catalog.save(dataset, author="ada")
    with running_web() as web:
        source = SourceSpec(name="shop", dataset="fetched", url=web.put("/o.csv", CLEAN))
        installation.catalog.save(source, author="ada")
        gateway.announce(source)

        fetched = _finish(gateway, gateway.launch_fetch(source))

    assert fetched is RunState.SUCCEEDED
    _wait(lambda: _state(installation, "fetched") is BatchState.COMMITTED, what="the import of what was fetched")


def _told(hestia: Hestia) -> set[str]:
    events = hestia.audit.recent(subject="dataset/default/failing")
    return {event.details["batch"] for event in events if event.action == "run.failed"}


def _state(hestia: Hestia, dataset: str) -> BatchState | None:
    batches = hestia.batches.recent("default", dataset)
    return batches[0].state if batches else None


def _asset_keys(gateway: Gateway) -> list[list[str]]:
    answer = gateway._ask("{assetNodes{assetKey{path}}}", {})
    return [node["assetKey"]["path"] for node in answer["assetNodes"]]
