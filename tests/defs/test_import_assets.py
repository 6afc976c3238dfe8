from collections.abc import Callable

import dagster as dg
import pytest
from shop import CLEAN, DIRTY, DUPLICATES, OTHER_COLUMNS, orders

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeaderMismatchError, NotFoundError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import DatasetSpec, ExportSpec, Mode, TransformSpec
from hestia_assets.definitions import build_definitions
from hestia_assets.defs.materialize import materialize_dataset, materialize_export, materialize_transform
from hestia_assets.defs.names import asset_key

HandIn = Callable[..., Batch]


def _materialization(instance: dg.DagsterInstance, *key: str) -> dg.AssetMaterialization | None:
    event = instance.get_latest_materialization_event(dg.AssetKey(key))
    return event.asset_materialization if event else None


def _facts(instance: dg.DagsterInstance, *key: str) -> dict:
    made = _materialization(instance, *key)
    assert made is not None
    return {name: entry.value for name, entry in made.metadata.items()}


def _checks(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dict[str, dg.AssetCheckEvaluation]:
    events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = [event.get_dagster_event().asset_check_evaluation_data for event in events]
    return {evaluation.check_name: evaluation for evaluation in found}


def _observations(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dict[str, dg.AssetObservation]:
    events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_OBSERVATION)
    found = [event.get_dagster_event().asset_observation_data.asset_observation for event in events]
    return {observation.asset_key.path[0]: observation for observation in found}


def _last_run(instance: dg.DagsterInstance) -> dg.DagsterRun:
    return instance.get_runs(limit=1)[0]


def test_an_import_shows_its_facts(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    batch = hand_in(DIRTY)

    (done,) = materialize_dataset(home, "default", "orders")

    facts = _facts(instance, "imported", "default", "orders")
    assert done.state is BatchState.COMMITTED
    assert facts["hestia/batch"] == batch.id
    assert facts["hestia/sha256"] == batch.sha256
    assert facts["hestia/file"] == "orders.csv"
    assert (facts["lines/total"], facts["lines/header"]) == (6, 1)
    assert facts["lines/loaded"] + facts["lines/quarantined"] == 5
    assert facts["hestia/page"] == f"{home.settings.ui_link}/datasets?dataset=orders"
    validated = _facts(instance, "validated", "default", "orders")
    assert validated["dagster/row_count"] == done.rows_loaded == 2
    assert _facts(instance, "quarantine", "default", "orders")["dagster/row_count"] == 3
    columns = {column.name: column for column in validated["dagster/column_schema"].columns}
    assert columns["quantity"].type == "Int64"
    assert "Order No." in columns["order_id"].description
    assert "0001" in validated["preview"]


def test_the_hash_of_the_file_is_the_data_version(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    batch = hand_in(CLEAN)

    materialize_dataset(home, "default", "orders")

    made = _materialization(instance, "validated", "default", "orders")
    assert made
    assert (made.tags or {})["dagster/data_version"] == batch.sha256


def test_rows_set_aside_are_a_warning_and_the_run_is_whole(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    hand_in(DIRTY)

    materialize_dataset(home, "default", "orders")

    run = _last_run(instance)
    checks = _checks(instance, run)
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert checks["line_account"].passed
    assert not checks["not_null__order_id"].passed
    assert checks["not_null__order_id"].severity is dg.AssetCheckSeverity.WARN
    assert checks["not_null__order_id"].metadata["failed_rows"].value == 1
    assert "4" in checks["not_null__order_id"].metadata["sample"].value
    assert checks["in_set__country"].severity is dg.AssetCheckSeverity.WARN
    assert checks["unique__order_id"].passed


def test_the_run_is_tagged_with_dataset_and_batch(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    batch = hand_in(CLEAN)

    materialize_dataset(home, "default", "orders", batch=batch.id)

    run = _last_run(instance)
    assert run.job_name == "import_default__orders"
    assert run.tags["hestia/dataset"] == "default/orders"
    assert run.tags["hestia/batch"] == batch.id


def test_a_held_batch_is_seen_and_changes_no_verdict_about_the_table(
    home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance
):
    hand_in(CLEAN)
    materialize_dataset(home, "default", "orders")
    before = _materialization(instance, "validated", "default", "orders")
    hand_in(DUPLICATES, "twice.csv")

    (held,) = materialize_dataset(home, "default", "orders")

    run = _last_run(instance)
    seen = _observations(instance, run)
    assert held.state is BatchState.HELD
    assert held.problem
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert run.tags["hestia/held"] == held.id
    assert _checks(instance, run) == {}
    assert _materialization(instance, "validated", "default", "orders") == before
    assert set(seen) == {"imported", "validated"}
    facts = {name: entry.value for name, entry in seen["validated"].metadata.items()}
    assert facts["hestia/state"] == "held"
    assert held.problem.message in facts["hestia/problem"]
    assert facts["hestia/batch"] == held.id
    assert facts["hestia/page"] == f"{home.settings.ui_link}/datasets?dataset=orders"
    assert "unique" in facts["checks"]
    assert seen["imported"].metadata["lines/total"].value == 3


def test_a_released_batch_is_judged_when_it_is_published(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    hand_in(DUPLICATES)
    (held,) = materialize_dataset(home, "default", "orders")
    home.ingest.release(held.id, author="ada")

    (released,) = materialize_dataset(home, "default", "orders")

    check = _checks(instance, _last_run(instance))["unique__order_id"]
    assert released.state is BatchState.COMMITTED
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.ERROR


def test_a_file_that_fails_comes_out_as_our_own_error(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    hand_in(OTHER_COLUMNS)

    with pytest.raises(HeaderMismatchError) as caught:
        materialize_dataset(home, "default", "orders")

    run = _last_run(instance)
    failures = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    shown = failures[0].get_dagster_event().step_failure_data.user_failure_data
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert shown.description == str(caught.value)
    assert shown.metadata["hestia/hint"].value == caught.value.hint
    assert caught.value.hint


def test_a_file_that_fails_does_not_stop_the_others(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    batches = [
        hand_in(CLEAN, "one.csv"),
        hand_in(OTHER_COLUMNS, "two.csv"),
        hand_in(CLEAN.replace(b"000", b"003"), "three.csv"),
    ]

    done = materialize_dataset(home, "default", "orders", raise_on_failure=False)

    facts = _facts(instance, "validated", "default", "orders")
    assert [batch.id for batch in done] == [batch.id for batch in batches]
    assert [batch.state.value for batch in done] == ["committed", "failed", "committed"]
    assert facts["hestia/file"] == "one.csv, three.csv"
    assert "one.csv" in facts["hestia/batches"]
    assert _last_run(instance).status is dg.DagsterRunStatus.FAILURE


def test_nothing_to_do_is_a_run_without_events(home: Hestia, dataset: DatasetSpec, instance: dg.DagsterInstance):
    assert materialize_dataset(home, "default", "orders") == []

    assert _last_run(instance).status is dg.DagsterRunStatus.SUCCESS
    assert _materialization(instance, "imported", "default", "orders") is None


def test_asking_for_one_table_tells_of_all_three(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    hand_in(CLEAN)
    job = build_definitions(home).resolve_job_def("import_default__orders")

    job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(["validated", "default", "orders"])])

    for layer in (Layer.IMPORTED, Layer.QUARANTINE, Layer.VALIDATED):
        assert _materialization(instance, layer.value, "default", "orders"), layer


def test_an_unknown_dataset_is_named(home: Hestia):
    with pytest.raises(NotFoundError, match="ordres"):
        materialize_dataset(home, "default", "ordres")


def test_a_transform_and_an_export_show_their_facts(home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance):
    hand_in(CLEAN)
    materialize_dataset(home, "default", "orders")
    totals = TransformSpec(name="totals", sql="select country, quantity from validated.orders order by 1")
    file = ExportSpec(name="totals", table="transformed.totals")
    home.catalog.save(totals, author="ada")

    made = materialize_transform(home, "default", "totals")
    home.catalog.save(file, author="ada")
    written = materialize_export(home, "default", "totals")

    table = _facts(instance, *asset_key(Layer.TRANSFORMED, totals).path)
    exported = _facts(instance, *asset_key(Layer.EXPORTED, file).path)
    assert made.rows == written.rows == table["dagster/row_count"] == exported["dagster/row_count"] == 2
    assert exported["hestia/sha256"] == written.sha256
    assert (home.settings.exports / written.path).stat().st_size == exported["hestia/size_bytes"]
    assert [job.kind for job in home.jobs.recent("default")][:2] == ["export", "transform"]


def test_a_transform_that_fails_leaves_its_reason_on_the_job(
    home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance
):
    home.catalog.store.save(TransformSpec(name="lost", sql="select * from validated.gone"), author="ada")

    with pytest.raises(NotFoundError, match="gone"):
        materialize_transform(home, "default", "lost")

    (job, *_) = home.jobs.recent("default")
    assert job.problem
    assert "gone" in job.problem.message


def test_a_file_unlike_the_one_before_is_a_warning_with_its_differences(
    home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance
):
    hand_in(CLEAN)
    materialize_dataset(home, "default", "orders")
    first = _checks(instance, _last_run(instance))["drift"]
    hand_in(CLEAN.splitlines(keepends=True)[0] + b"".join(b"1%03d,90000,DE\n" % number for number in range(10)))

    materialize_dataset(home, "default", "orders")

    drift = _checks(instance, _last_run(instance))["drift"]
    facts = _facts(instance, "imported", "default", "orders")
    assert (first.passed, first.metadata["hestia/drift"].value) == (True, 0)
    assert (drift.passed, drift.severity, drift.blocking) == (False, dg.AssetCheckSeverity.WARN, False)
    assert drift.description == "orders.csv: 10 rows; the file before had 2. (1 more)"
    assert facts["hestia/drift"] == drift.metadata["hestia/drift"].value == 2
    assert "quantity has 90,000; the file before had 2 to 3." in facts["hestia/differences"]


def test_rows_whose_key_is_empty_or_met_twice_are_a_warning_of_their_own(
    home: Hestia, hand_in: HandIn, instance: dg.DagsterInstance
):
    keyed = orders().model_copy(update={"mode": Mode.UPSERT, "primary_key": ("order_id",), "checks": ()})
    home.catalog.save(keyed, author="ada")
    hand_in(DUPLICATES)

    materialize_dataset(home, "default", "orders")

    key = _checks(instance, _last_run(instance))["primary_key"]
    assert (key.passed, key.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert key.asset_key == dg.AssetKey(["validated", "default", "orders"])
    assert (key.metadata["failed_rows"].value, key.metadata["checked_rows"].value) == (1, 2)


def test_assets_are_grouped_by_layer(home: Hestia):
    home.catalog.save(orders().model_copy(update={"tenant": "north"}), author="ada")

    nodes = build_definitions(home).resolve_asset_graph().asset_nodes

    groups = {node.key.path[0]: node.group_name for node in nodes if node.key.path[1] == "default"}
    others = {node.group_name for node in nodes if node.key.path[1] == "north"}
    assert all(layer == group for layer, group in groups.items())
    assert others == {f"north_{layer}" for layer in ("landing", "imported", "quarantine", "validated")}
