"""Whatever the order of operations, a store holds what a plain list of batches would hold."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_work import REF, SCHEMA, STORES, add, counts, rows_of

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 5)),
        st.tuples(st.just("overwrite"), st.integers(0, 3)),
        st.tuples(st.just("compact"), st.just(0)),
        st.tuples(st.just("vacuum"), st.just(1000)),
        st.tuples(st.just("restore"), st.integers(0, 30)),
    ),
    min_size=1,
    max_size=10,
)


class _Model:
    """A table as plain Python: versions of a dictionary from batch to rows."""

    def __init__(self) -> None:
        self.versions: dict[int, dict[str, int]] = {}
        self.now: dict[str, int] = {}
        self.batches: set[str] = set()

    def append(self, batch: str, rows: int) -> None:
        if batch not in self.batches:
            self.now = {**self.now, batch: rows}
            self.batches.add(batch)


@given(steps=STEPS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_sequence_of_operations_equals_a_plain_model(kind: str, steps: list[tuple[str, int]]):
    with tempfile.TemporaryDirectory() as folder:
        store, model = STORES[kind](Path(folder)), _Model()
        store.commit(REF, [], batch="start", schema=SCHEMA)
        for number, (step, value) in enumerate(steps):
            if step == "append":
                add(store, f"b{value}", rows=value + 1)
                model.append(f"b{value}", value + 1)
            elif step == "overwrite":
                frames = [rows_of(f"o{number}-{part}", rows=2) for part in range(value)]
                store.overwrite(REF, frames, schema=SCHEMA)
                model.now = {f"o{number}-{part}": 2 for part in range(value)}
            elif step == "compact":
                store.compact(REF)
            elif step == "vacuum":
                store.vacuum(REF, keep_hours=value)
            elif model.versions:
                version = sorted(model.versions)[value % len(model.versions)]
                store.restore(REF, version)
                model.now = model.versions[version]
            model.versions[store.version(REF)] = model.now

            assert counts(store) == model.now
