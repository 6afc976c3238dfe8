"""Any sequence of batches, edits, undos and redos ends as the rule of versions says.

HESTIA_TEST_SEQUENCES sets the number of sequences, for a longer look: 400 take ten minutes.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_modes import keyed
from naive_versions import Committed, NaiveTable

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import RowEdit, UndoResult
from hestia_assets.core.specs import Mode
from hestia_assets.domains.ingest.loading import versions
from hestia_assets.settings import Settings

SEQUENCES = int(os.environ.get("HESTIA_TEST_SEQUENCES", "15"))

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 2)), max_size=4)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["append", "upsert", "upsert", "mirror", "replace"]), ROWS),
    st.tuples(st.just("edit"), st.tuples(st.integers(0, 5), st.integers(0, 5))),
    st.tuples(st.sampled_from(["undo", "undo", "redo"]), st.integers(0, 7)),
)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Hestia, Iterator[int]]:
    """A home for all sequences, each with a dataset of its own."""
    home: Path = tmp_path_factory.mktemp("model") / "home"
    return open_home(settings=Settings(home=home, lease_seconds=5)), count()


class Both:
    """The product and the naive table, step by step."""

    def __init__(self, home: Hestia, name: str) -> None:
        recipe = keyed().recipe.model_copy(update={"comment": "#"})
        self.home, self.naive, self.numbers = home, NaiveTable(), count()
        self.spec = keyed(name=name, recipe=recipe, mode="append")
        self.mirror = self.spec.model_copy(update={"mode": Mode.UPSERT, "delete_missing": True, "delete_limit": 1})
        self.ref = TableRef(Layer.VALIDATED, "default", name)

    def take(self, step: str, what) -> None:
        """Do the step in both."""
        if step in ("append", "upsert", "mirror", "replace"):
            self.bring(step, what)
        elif step == "edit":
            self.edit(*what)
        else:
            self.turn(step, what)

    def bring(self, step: str, rows: list) -> None:
        spec = self.mirror if step == "mirror" else self.spec
        mode = Mode.UPSERT if step == "mirror" else Mode(step)
        lines = "".join(f"{key},{'' if qty is None else qty},\n" for key, qty in rows)
        data = BytesIO(f"id,qty,day\n{lines}# {next(self.numbers)}\n".encode())
        self.home.catalog.save(spec, author="ada")
        batch = self.home.ingest.receive(spec, data, file_name="x.csv", author="ada", mode=mode).batch.id
        self.home.ingest.run(batch)
        if mode is Mode.UPSERT:
            self.naive.upsert(batch, rows, deletes=step == "mirror")
        else:
            self.naive.append(batch, rows, replaces=mode is Mode.REPLACE)

    def edit(self, which: int, qty: int) -> None:
        rows = self.naive.rows()
        if not rows or rows[which % len(rows)].qty == qty:
            return
        target = rows[which % len(rows)]
        edits = [RowEdit(target.batch, target.row, {"qty": str(qty)})]
        batch = self.home.ingest.edit(self.spec, edits, author="ada").id
        self.naive.edit(batch, target, qty)

    def turn(self, step: str, which: int) -> None:
        could = [batch for batch in self.naive.batches if batch.alive == (step == "undo")]
        if not could:
            return
        batch = could[which % len(could)]
        before, kept = set(self.naive.rows()), self.naive.kept(batch)
        planned = self.home.ingest.undo_preview(batch.id)
        result = getattr(self.home.ingest, step)(batch.id, author="ada")
        batch.alive = step == "redo"
        kept = self.naive.kept(batch) if batch.alive else kept
        after = set(self.naive.rows())
        assert counts(result) == (len(before - after), len(after - before), kept)
        assert step == "redo" or counts(planned) == counts(result)

    def assert_equal(self) -> None:
        found = []
        if self.home.tables.exists(self.ref):
            found = self.home.tables.scan(self.ref).select("_batch", "_row", "id", "qty").collect().rows()
        rows = [(one.batch, one.row, one.key, one.qty) for one in self.naive.rows()]
        assert sorted(found, key=str) == sorted(rows, key=str)


def counts(result: UndoResult) -> tuple[int, int, int]:
    return result.removed, result.restored, result.kept


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
@given(steps=st.lists(STEPS, min_size=3, max_size=9), share_rows=st.sampled_from([2, versions.SHARE_ROWS]))
def test_any_sequence_ends_as_the_rule_of_versions_says(numbered, steps, share_rows):
    home, numbers = numbered
    both = Both(home, f"model_{next(numbers)}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "SHARE_ROWS", share_rows)
        for step, what in steps:
            both.take(step, what)
            both.assert_equal()


def test_the_naive_table_knows_barriers():
    table = NaiveTable([Committed("a", replaces=False), Committed("b", replaces=True)])
    table.append("c", [("x", 1)])

    assert [version.batch for version in table.rows()] == ["c"]
