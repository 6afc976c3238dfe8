from collections.abc import Callable

from shop import OTHER_COLUMNS

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import AlertSpec
from hestia_assets.defs.alerting import tell
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.defs.run_sensors import CANCELLED, FAILED, record_end


def test_the_sensor_says_what_it_did_and_a_failed_import_is_told_of_once(home: Hestia, hand_in: Callable[..., Batch]):
    from test_run_sensors import _run

    channel = {"kind": "email", "to": ("ada@example.org",)}
    home.catalog.save(AlertSpec(name="ops", on=("batch_failed",), channel=channel), author="ada")
    hand_in(OTHER_COLUMNS)
    (failed,) = materialize_dataset(home, "default", "orders", raise_on_failure=False)
    record_end(home, _run(failed.run_id or "", dataset="default/orders", batch=failed.id), FAILED)

    said, again = tell(home, cursor=None), tell(home, cursor=home.alerts.clock().isoformat())

    (message,) = home.alerts.messages("default")
    assert message.event.subject == failed.id
    assert again.cursor != said.cursor
    assert said.skip_reason.skip_message == "0 new by looking; 0 sent, 1 later, 0 refused, 0 given up, 0 waiting."


def test_a_run_that_was_cut_off_is_told_of_and_one_that_a_person_cancelled_is_not(
    home: Hestia, hand_in: Callable[..., Batch]
):
    from shop import CLEAN
    from test_run_sensors import _run

    channel = {"kind": "email", "to": ("ada@example.org",)}
    home.catalog.save(AlertSpec(name="ops", on=("batch_failed",), channel=channel), author="ada")
    batch = hand_in(CLEAN)
    run = _run(dataset="default/orders", batch=batch.id)
    home.batches.update(batch.id, state=BatchState.READING, run_id=run.run_id)

    record_end(home, run, CANCELLED)
    assert home.alerts.messages("default") == []
    record_end(home, run, FAILED)

    assert [one.event.key for one in home.alerts.messages("default")] == [f"failed:{batch.id}:cut_off"]
