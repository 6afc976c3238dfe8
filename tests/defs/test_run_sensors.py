from collections.abc import Callable

import dagster as dg
from shop import CLEAN, OTHER_COLUMNS

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch, BatchState, JobState
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.defs.run_sensors import CANCELLED, FAILED, record_end


def _run(run_id: str = "", **tags: str) -> dg.DagsterRun:
    named = {f"hestia/{kind}": value for kind, value in tags.items()}
    return dg.DagsterRun(job_name="import_default__orders", run_id=run_id or None, tags=named)


def test_a_crashed_import_shows_a_problem_and_can_go_on(home: Hestia, hand_in: Callable[..., Batch]):
    batch = hand_in(CLEAN)
    run = _run(dataset="default/orders", batch=batch.id)
    job = home.jobs.start("import", "default", "orders", batch=batch.id, run_id=run.run_id)
    home.batches.update(batch.id, state=BatchState.READING, run_id=run.run_id)

    record_end(home, run, FAILED)

    left = home.batches.get(batch.id)
    assert left.problem == FAILED
    assert left.state is BatchState.READING
    assert [pending.id for pending in home.ingest.pending("default", "orders")] == [batch.id]
    assert next(each for each in home.jobs.recent("default") if each.id == job.id).state is JobState.FAILED
    assert home.audit.recent()[0].action == "run.failed"


def test_running_again_clears_the_problem(home: Hestia, hand_in: Callable[..., Batch]):
    batch = hand_in(CLEAN)
    run = _run(dataset="default/orders", batch=batch.id)
    home.batches.update(batch.id, state=BatchState.READING, run_id=run.run_id)
    record_end(home, run, FAILED)

    (done,) = materialize_dataset(home, "default", "orders")

    assert done.state is BatchState.COMMITTED
    assert done.problem is None


def test_a_batch_that_failed_by_itself_keeps_its_own_problem(home: Hestia, hand_in: Callable[..., Batch]):
    hand_in(OTHER_COLUMNS)
    (failed,) = materialize_dataset(home, "default", "orders", raise_on_failure=False)

    record_end(home, _run(failed.run_id or "", dataset="default/orders", batch=failed.id), FAILED)

    assert home.batches.get(failed.id).problem == failed.problem


def test_a_batch_of_another_run_is_not_touched(home: Hestia, hand_in: Callable[..., Batch]):
    batch = hand_in(CLEAN)
    home.batches.update(batch.id, state=BatchState.READING, run_id="another")

    record_end(home, _run(dataset="default/orders"), CANCELLED)

    assert home.batches.get(batch.id).problem is None


def test_a_crashed_transform_closes_its_job(home: Hestia, dataset: DatasetSpec):
    run = _run(transform="default/totals")
    home.jobs.start("transform", "default", "totals", run_id=run.run_id)

    record_end(home, run, FAILED)

    (job,) = home.jobs.recent("default")
    assert job.problem == FAILED
    assert home.audit.recent()[0].subject == "transform/default/totals"


def test_a_run_of_somebody_else_is_none_of_ours(home: Hestia):
    before = home.audit.recent()

    record_end(home, _run(), FAILED)

    assert home.audit.recent() == before
