"""A file is held against the last ones whichever way it comes; what is found is kept with its batch."""

from dataclasses import replace
from io import BytesIO

import pytest
from ingest_orders import COLUMNS, check, dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import ReadError
from hestia_assets.core.results import Batch, BatchState, DriftKind
from hestia_assets.core.specs import ColumnType, DatasetSpec

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

DAYS = [f"2024-01-{day:02d}" for day in range(1, 29)]
HEADER = "id,qty,day"


def orders(rows: int, *, start: int = 0, times: int = 1, header: str = HEADER) -> str:
    lines = [f"A{number},{number % 9 * times},{DAYS[number % 28]}" for number in range(start, start + rows)]
    return "\n".join([header, *lines, ""])


def whole(**recipe: object) -> DatasetSpec:
    """A dataset whose small files are read in one stretch."""
    return dataset(chunk_bytes=1_000_000, **recipe)


def arrived(home: Hestia, text: str, spec: DatasetSpec, *, name: str = "orders.csv") -> Batch:
    home.catalog.save(spec, author="ada")
    return home.ingest.receive(spec, BytesIO(text.encode()), file_name=name, author="ada").batch


def kinds(batch: Batch) -> list[tuple[DriftKind, str]]:
    return [(finding.kind, finding.column) for finding in batch.drift]


def test_a_file_that_is_like_the_others_has_nothing_to_tell(load):
    first, second = load(orders(100).encode()), load(orders(110, start=100).encode())

    assert (first.drift, second.drift) == ((), ())


def test_a_short_file_with_huge_values_is_noted_and_imported(home: Hestia, load):
    load(orders(100).encode(), whole())
    batch = load(orders(20, start=200, times=1_000).encode(), whole())

    assert batch.state is BatchState.COMMITTED
    assert kinds(batch) == [(DriftKind.ROWS, ""), (DriftKind.RANGE, "qty")]
    assert batch.drift[0].sentence == "20 rows; the file before had 100."
    assert home.batches.get(batch.id).drift == batch.drift


def test_rows_are_counted_over_the_whole_file_not_over_its_first_stretch(load):
    load(orders(100).encode())
    batch = load(orders(1_000, start=100).encode())

    assert [finding.sentence for finding in batch.drift] == ["1,000 rows; the file before had 100."]


def test_values_that_are_of_another_type_now_are_noted(load):
    load(orders(100).encode(), whole())
    batch = load(orders(100).replace(",2024-", ",week of 2024-").encode(), whole())

    assert kinds(batch) == [(DriftKind.RETYPED, "day")]
    assert batch.drift[0].sentence.startswith("100 of 100 values of day are no date any more, such as 'week of 2024-")


def test_a_file_without_rows_is_noted(load):
    load(orders(100).encode())
    batch = load(f"{HEADER}\n".encode())

    assert batch.drift[0].sentence == "0 rows; the file before had 100."


def test_the_first_file_is_held_against_nothing(load):
    assert load(orders(3, times=10**9).encode()).drift == ()


def test_a_file_that_is_refused_says_which_column_may_have_another_name(home: Hestia, load):
    load(orders(100).encode())
    late = arrived(home, orders(100, header="id,Menge,day"), dataset())

    with pytest.raises(ReadError):
        home.ingest.run(late.id)

    failed = home.batches.get(late.id)
    assert failed.state is BatchState.FAILED
    assert kinds(failed) == [(DriftKind.RENAMED, "qty")]
    assert [choice.changes for choice in failed.drift[0].choices][1]["columns"]["qty"]["source"] == "Menge"


def test_a_file_that_is_no_table_is_refused_for_that(home: Hestia, load):
    load(orders(100).encode())
    late = arrived(home, "<html><body>Sign in</body></html>", dataset())

    with pytest.raises(ReadError):
        home.ingest.run(late.id)

    assert home.batches.get(late.id).drift == ()


def test_a_held_file_says_what_is_different(home: Hestia, load):
    spec = dataset(check("not_null", "qty", severity="hold"), chunk_bytes=1_000_000)
    load(orders(100).encode(), spec)
    batch = load(b"id,qty,day\nB1,,2024-01-01\n", spec)

    assert batch.state is BatchState.HELD
    assert (DriftKind.ROWS, "") in kinds(batch)


def test_many_files_at_once_are_held_against_those_before_them(home: Hestia):
    spec = whole()
    batches = [
        arrived(home, orders(rows, start=start), spec, name=f"{start}.csv").id
        for start, rows in ((0, 100), (100, 100), (200, 10))
    ]

    first, second, third = home.ingest.run_all(batches)

    assert (first.drift, second.drift) == ((), ())
    assert [finding.sentence for finding in third.drift] == ["10 rows; the last 2 files had 100."]


def test_a_file_that_was_cut_off_before_it_was_published_is_compared_all_the_same(home: Hestia, load):
    class Cut(BaseException):
        """Ends the work as a kill would."""

    class Tables:
        def __getattr__(self, name: str) -> object:
            if name == "commit":
                raise Cut
            return getattr(home.tables, name)

    load(orders(100).encode())
    late = arrived(home, orders(10, start=500), dataset())
    with pytest.raises(Cut):
        replace(home.ingest, tables=Tables()).run(late.id)

    assert home.ingest.run(late.id).drift[0].sentence == "10 rows; the file before had 100."


def test_nothing_that_goes_wrong_with_the_comparison_keeps_a_file_out(home: Hestia, load):
    class Batches:
        def __getattr__(self, name: str) -> object:
            if name == "last_files":
                raise RuntimeError("a bug")
            return getattr(home.batches, name)

    load(orders(100).encode())
    late = arrived(home, orders(10, start=500), dataset())
    batch = replace(home.ingest, batches=Batches()).run(late.id)

    assert (batch.state, batch.rows_loaded, batch.drift) == (BatchState.COMMITTED, 10, ())


def test_figures_of_a_column_that_got_another_type_are_taken_anew(home: Hestia, load):
    as_text = tuple(
        column.model_copy(update={"type": ColumnType.TEXT}) if column.name == "qty" else column for column in COLUMNS
    )
    load(orders(100).encode(), whole(columns=as_text))
    batch = load(orders(100, start=100, times=1_000).encode(), whole())

    assert kinds(batch) == [(DriftKind.RANGE, "qty")]


def test_the_page_shows_the_same_before_anything_is_kept(home: Hestia, load):
    load(orders(100).encode(), whole())
    short = orders(20, start=200, times=1_000)

    shown = home.ingest.drift(BytesIO(short.encode()), whole(), file_name="orders.csv")

    assert shown.findings == load(short.encode(), whole()).drift
