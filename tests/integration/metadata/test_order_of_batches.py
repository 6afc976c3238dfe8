"""The order in which batches were committed, and what waits to be ended."""

from dataclasses import replace

import pytest

from hestia_assets.adapters.metadata import Metadata
from hestia_assets.core.errors import HeldError
from hestia_assets.core.results import START, Batch, BatchPart, BatchState, Changes, LineAccount, Problem


def keep(metadata: Metadata, clock, name: str, **fields: object) -> Batch:
    batch = Batch(
        id=name,
        tenant="default",
        dataset="orders",
        file_name=name,
        sha256=name,
        size_bytes=1,
        state=BatchState.RECEIVED,
        spec_version=1,
        author="ada",
        created_at=clock(),
        updated_at=clock(),
    )
    return metadata.batches.create(replace(batch, **fields))


def test_batches_are_told_in_the_order_of_commit(metadata, clock):
    for name, sequence in (("a", 2), ("b", None), ("c", 1)):
        keep(metadata, clock, name, sequence=sequence)
    keep(metadata, clock, "other", dataset="sales", sequence=9)

    assert [batch.id for batch in metadata.batches.sequenced("default", "orders")] == ["c", "a"]
    assert metadata.batches.last_sequence("default", "orders") == 2
    assert metadata.batches.last_sequence("default", "nothing") == 0


def test_batches_with_a_part_of_a_high_number_are_found(metadata, clock):
    for name, number in (("a", 3), ("b", 7), ("c", 8)):
        keep(metadata, clock, name)
        metadata.batches.add_part(BatchPart(name, number, START, START, LineAccount()))

    assert [batch.id for batch in metadata.batches.parted("default", "orders", at_least=7)] == ["b", "c"]


def test_a_plan_keeps_what_it_will_do_and_why_it_waits(metadata, clock):
    keep(metadata, clock, "a")
    plan = BatchPart(
        "a", 1, START, START, LineAccount(), changes=Changes(new=1, deleted=2), problem=Problem("x", "Why.", "Do.")
    )
    metadata.batches.add_part(plan)

    assert metadata.batches.parts("a") == [plan]


def test_an_undone_batch_does_not_live_again_beside_another_of_the_same_bytes(metadata, clock):
    keep(metadata, clock, "a", sha256="same", state=BatchState.UNDONE)
    keep(metadata, clock, "b", sha256="same")

    with pytest.raises(HeldError, match="imported again"):
        metadata.batches.update("a", state=BatchState.CHECKING)
    assert metadata.batches.get("a").state is BatchState.UNDONE
