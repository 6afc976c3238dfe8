"""Whatever is imported, undone and redone, validated is what reading the living batches anew gives."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as having
from hypothesis import strategies as st

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.errors import HeldError, RetypeError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.specs import Column, DatasetSpec, Recipe
from hestia_assets.settings import Settings

TEXTS = ("1", "20", "1.5", "0.250", "", "31.12.2024", "x")
TYPES = ("text", "integer", "decimal", "date")
STEPS = st.one_of(
    st.tuples(st.just("bring"), st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)),
    st.tuples(st.just("type"), st.sampled_from(TYPES)),
    st.tuples(st.sampled_from(["undo", "redo"]), st.integers(0, 5)),
)
MISFIT = object()


def typed(text: str, kind: str) -> object:
    """What a text says under a type, written down naively."""
    if text == "":
        return None
    if kind == "text":
        return text
    try:
        if kind == "date":
            return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
        return int(text) if kind == "integer" else Decimal(text) if text.count(".") < 2 else MISFIT
    except (ValueError, ArithmeticError):
        return MISFIT


@dataclass
class Brought:
    """A batch: the texts of its rows that were not set aside."""

    id: str
    texts: list[str]
    alive: bool = True


@dataclass
class Both:
    """The product, and what must be in its table."""

    home: Hestia
    name: str
    kind: str = "text"
    table_kind: str = "text"
    brought: list[Brought] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def spec(self) -> DatasetSpec:
        how = {"source": "v", "name": "v", "type": self.kind, "scale": 3}
        how |= {"format": "%d.%m.%Y"} if self.kind == "date" else {}
        columns = (Column(source="n", name="n"), Column.model_validate(how))
        return DatasetSpec(name=self.name, recipe=Recipe(columns=columns, delimiter=";", chunk_bytes=1024))

    def take(self, step: str, what) -> None:
        if step == "type":
            self.kind = what
        elif step == "bring":
            self.bring(what)
        else:
            self.turn(step, what)

    def bring(self, texts: list[str]) -> None:
        self.home.catalog.save(self.spec(), author="ada")
        lines = "".join(f"{next(self.numbers)};{text}\n" for text in texts)
        data = BytesIO(f"n;v\n{lines}".encode())
        batch = self.home.ingest.receive(self.spec(), data, file_name="x.csv", author="ada").batch.id
        if any(typed(text, self.kind) is MISFIT for one in self.brought if one.alive for text in one.texts):
            with pytest.raises(RetypeError):
                self.home.ingest.run(batch)
            self.home.ingest.discard(batch, author="ada")
            return
        self.home.ingest.run(batch)
        self.table_kind = self.kind
        self.brought.append(Brought(batch, [text for text in texts if typed(text, self.kind) is not MISFIT]))

    def turn(self, step: str, which: int) -> None:
        could = [one for one in self.brought if one.alive == (step == "undo")]
        if not could:
            return
        one = could[which % len(could)]
        if step == "redo" and any(typed(text, self.table_kind) is MISFIT for text in one.texts):
            with pytest.raises(HeldError):
                self.home.ingest.redo(one.id, author="ada")
            return
        getattr(self.home.ingest, step)(one.id, author="ada")
        one.alive = step == "redo"

    def assert_equal(self) -> None:
        ref = TableRef(Layer.VALIDATED, "default", self.name)
        found = self.home.tables.scan(ref).collect()["v"].to_list() if self.home.tables.exists(ref) else []
        wanted = [typed(text, self.table_kind) for one in self.brought if one.alive for text in one.texts]
        assert sorted(found, key=str) == sorted(_as_kept(wanted), key=str)


def _as_kept(values: list) -> list[object]:
    """Decimals with all places of the table, so that they sort alike."""
    return [value.quantize(Decimal("0.001")) if isinstance(value, Decimal) else value for value in values]


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Hestia, Iterator[int]]:
    return open_home(settings=Settings(home=tmp_path_factory.mktemp("types") / "home", lease_seconds=5)), count()


@having(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(steps=st.lists(STEPS, min_size=3, max_size=9))
def test_validated_is_what_reading_the_living_batches_anew_gives(numbered, steps):
    home, numbers = numbered
    both = Both(home, f"model_{next(numbers)}")

    for step, what in [("bring", ["1", "20"]), *steps]:
        both.take(step, what)
        both.assert_equal()


def test_the_naive_types_know_days():
    assert (typed("31.12.2024", "date"), typed("31.12.2024", "decimal")) == (date(2024, 12, 31), MISFIT)
