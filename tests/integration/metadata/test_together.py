"""Several calls in one transaction: all of them or none, and each sees what those before it wrote."""

import threading

import pytest
from test_batch_store import _batch, _part

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import BatchState


def test_all_calls_of_a_block_take_effect(metadata):
    metadata.batches.create(_batch())
    with metadata.batches.together():
        job = metadata.jobs.start("import", "default", "orders", batch="b1")
        metadata.batches.add_part(_part(0))
        metadata.batches.update("b1", state=BatchState.CHECKING, rows_done=5)
        metadata.audit.record("ada", "batch.checked", "b1")

    assert metadata.batches.get("b1").state is BatchState.CHECKING
    assert [part.number for part in metadata.batches.parts("b1")] == [0]
    assert [each.id for each in metadata.jobs.recent("default")] == [job.id]
    assert [event.action for event in metadata.audit.recent(subject="b1")] == ["batch.checked"]


def test_a_call_sees_what_the_calls_before_it_wrote(metadata):
    metadata.batches.create(_batch(1))
    metadata.batches.create(_batch(2))
    with metadata.batches.together():
        before = metadata.batches.get("b1")
        metadata.batches.update("b1", sequence=metadata.batches.last_sequence("default", "orders") + 1)
        metadata.batches.update("b2", sequence=metadata.batches.last_sequence("default", "orders") + 1)
        metadata.batches.update("b1", rows_done=7)
        after = metadata.batches.get("b1")

    assert (before.sequence, after.sequence, after.rows_done) == (None, 1, 7)
    assert metadata.batches.get("b2").sequence == 2


def test_what_fails_takes_the_whole_block_back(metadata):
    metadata.batches.create(_batch())
    with pytest.raises(NotFoundError), metadata.batches.together():
        metadata.batches.update("b1", rows_done=9)
        metadata.audit.record("ada", "batch.checked", "b1")
        metadata.batches.update("nothing", rows_done=9)

    assert metadata.batches.get("b1").rows_done == 0
    assert metadata.audit.recent(subject="b1") == []


def test_a_block_inside_a_block_is_part_of_it(metadata):
    metadata.batches.create(_batch())
    with pytest.raises(NotFoundError), metadata.batches.together():
        with metadata.batches.together():
            metadata.batches.update("b1", rows_done=9)
        metadata.batches.get("nothing")

    assert metadata.batches.get("b1").rows_done == 0


def test_another_thread_has_its_own_transaction(metadata):
    metadata.batches.create(_batch())
    seen = []
    with metadata.batches.together():
        metadata.batches.update("b1", rows_done=9)
        reader = threading.Thread(target=lambda: seen.append(metadata.batches.get("b1").rows_done))
        reader.start()
        reader.join()

    assert seen == [0]
