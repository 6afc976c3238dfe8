"""From a file to three tables: what is loaded, what is set aside, what is refused."""

import json
from datetime import date
from io import BytesIO

import polars as pl
import pytest
from ingest_orders import check, dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, HeldError, NotFoundError, RetypeError
from hestia_assets.core.results import BatchState, LineAccount
from hestia_assets.core.specs import Column, ColumnType

DIRTY = b"id,qty,day\n001,1,2026-01-01\n002,many,2026-01-02\n003,3\n004,4,2026-13-01\n005,500,2026-01-05\n"


def test_good_rows_are_loaded_and_bad_rows_are_set_aside_with_line_reason_and_text(load, table):
    batch = load(DIRTY, dataset(check("in_range", "qty", min=1, max=100)))

    assert batch.state is BatchState.COMMITTED
    assert batch.account == LineAccount(total=6, header=1, loaded=1, quarantined=4)
    assert (batch.rows_loaded, batch.rows_quarantined) == (1, 4)
    found = table("quarantine").select("_row", "_line", "rule", "column", "value", "text", "state").rows()
    assert found == [
        (2, 3, "type", "qty", "many", "002,many,2026-01-02", "open"),
        (3, 4, "ragged", None, None, "003,3", "open"),
        (4, 5, "type", "day", "2026-13-01", "004,4,2026-13-01", "open"),
        (5, 6, "in_range", "qty", "500", "005,500,2026-01-05", "open"),
    ]


def test_imported_keeps_text_and_validated_is_typed(load, table):
    batch = load(b"id,qty,day\n001,1,2026-01-01\n002, 7 ,\n")

    assert table("imported").rows() == [
        ("001", "1", "2026-01-01", batch.id, 1, 2),
        ("002", " 7 ", "", batch.id, 2, 3),
    ]
    assert table("validated").rows() == [
        ("001", 1, date(2026, 1, 1), batch.id, 1, 2),
        ("002", 7, None, batch.id, 2, 3),
    ]


def test_a_row_with_two_problems_is_one_entry_that_names_both(load, table):
    load(b"id,qty,day\n,many,2026-01-01\n", dataset(check("not_null", "id")))

    entry = table("quarantine").row(0, named=True)
    assert entry["problems"] == 2
    assert {problem["column"] for problem in json.loads(entry["details"])} == {"id", "qty"}


def test_a_warning_counts_and_loads(load, table):
    batch = load(b"id,qty,day\n1,500,\n", dataset(check("in_range", "qty", "warn", max=100)))

    assert batch.rows_loaded == 1
    assert [(c.name, c.failed_rows, c.checked_rows) for c in batch.checks] == [("in_range__qty", 1, 1)]


def test_duplicates_in_the_batch_are_set_aside_with_their_original_text(load, table):
    data = b"id,qty,day\n" + b"".join(b'%03d,"1",2026-01-01\n' % (n % 200) for n in range(300))
    batch = load(data, dataset(check("unique", "id")))

    assert (batch.rows_loaded, batch.rows_quarantined) == (200, 100)
    assert batch.account == LineAccount(total=301, header=1, loaded=200, quarantined=100)
    quarantined = table("quarantine")
    assert quarantined["_line"].to_list() == list(range(202, 302))
    assert quarantined["text"][0] == '000,"1",2026-01-01'
    assert table("validated")["id"].n_unique() == 200


def test_duplicates_of_an_earlier_batch_are_set_aside(load, table):
    spec = dataset(check("unique", "id"))
    load(b"id,qty,day\n1,1,\n2,2,\n", spec)
    batch = load(b"id,qty,day\n2,9,\n3,3,\n", spec)

    assert (batch.rows_loaded, batch.rows_quarantined) == (1, 1)
    assert table("validated")["id"].sort().to_list() == ["1", "2", "3"]


def test_a_bad_row_does_not_take_the_key_of_a_good_one(load, table):
    load(b"id,qty,day\n1,oops,\n1,1,\n", dataset(check("unique", "id")))

    assert table("validated")["qty"].to_list() == [1]


def test_the_same_bytes_again_change_nothing(load, home, table):
    first = load(DIRTY)
    versions = len(home.tables.versions(home.tables.tables("default")[0]))
    again = load(DIRTY, name="renamed.csv")

    assert again == first
    assert len(home.tables.versions(home.tables.tables("default")[0])) == versions


def test_a_new_column_needs_a_person_and_then_joins_the_table(load, table):
    load(b"id,qty,day\n1,1,\n")
    with pytest.raises(HeaderMismatchError, match="new: note"):
        load(b"id,qty,day,note\n2,2,,hello\n")
    wider = (*dataset().recipe.columns, Column(source="note", name="note"))
    batch = load(b"id,qty,day,note\n2,2,,hello\n", dataset(columns=wider))

    assert batch.state is BatchState.COMMITTED
    assert table("validated").select("id", "note").sort("id").rows() == [("1", None), ("2", "hello")]


def test_a_failed_batch_says_why_and_can_run_again(load, home: Hestia):
    with pytest.raises(HeaderMismatchError):
        load(b"other\n1\n")
    (batch,) = home.batches.recent("default")

    assert batch.state is BatchState.FAILED
    assert batch.problem is not None
    assert batch.problem.code == "read.header_mismatch"
    assert [job.problem.code for job in home.jobs.recent("default") if job.problem] == ["read.header_mismatch"]


def test_a_check_that_holds_publishes_nothing_until_a_person_releases_it(load, home: Hestia):
    batch = load(DIRTY, dataset(check("not_null", "day", "hold"), check("in_range", "qty", "hold", max=100)))

    assert batch.state is BatchState.HELD
    assert batch.problem is not None
    assert "qty must be at most 100, but 1 row fails that" in batch.problem.message
    assert home.tables.tables("default") == []
    with pytest.raises(HeldError):
        home.ingest.run(batch.id)

    home.ingest.release(batch.id, author="grace")
    done = home.ingest.run(batch.id)
    assert (done.state, done.released_by, done.account.balanced) == (BatchState.COMMITTED, "grace", True)
    assert "batch.released" in {event.action for event in home.audit.recent(subject=batch.id)}


def test_a_held_batch_can_be_discarded_and_handed_in_anew(load, home: Hestia):
    held = load(b"id,qty,day\n1,500,\n", dataset(check("in_range", "qty", "hold", max=100)))
    home.ingest.discard(held.id, author="grace")
    fresh = load(b"id,qty,day\n1,500,\n", dataset())

    assert fresh.id != held.id
    assert (fresh.state, home.batches.get(held.id).state) == (BatchState.COMMITTED, BatchState.UNDONE)
    with pytest.raises(HeldError):
        home.ingest.discard(fresh.id, author="grace")
    with pytest.raises(HeldError):
        home.ingest.release(fresh.id, author="grace")


def test_an_empty_file_is_refused_at_the_door(load, home: Hestia):
    with pytest.raises(EmptyFileError):
        load(b"")

    assert home.batches.recent("default") == []


def test_a_file_for_an_unknown_dataset_is_refused(home: Hestia):
    with pytest.raises(NotFoundError, match="no dataset called 'orders'"):
        home.ingest.receive(dataset(), BytesIO(b"x"), file_name="x.csv", author="ada")


def test_a_file_in_the_drop_folder_is_taken_out_once_its_bytes_are_kept(home: Hestia):
    home.catalog.save(dataset(), author="ada")
    folder = home.ingest.drop_folder("default", "orders")
    (folder / "a.csv").write_bytes(b"id,qty,day\n1,1,\n")
    (folder / "b.csv.part").write_bytes(b"unfinished")
    (waiting,) = home.ingest.waiting("default")
    (received,) = home.ingest.receive_incoming(waiting, tenant="default", author="sensor").received

    assert home.ingest.waiting("default") == []
    assert home.ingest.original(received.batch).read_bytes() == b"id,qty,day\n1,1,\n"
    assert (folder / "b.csv.part").exists()


def test_progress_is_told_while_a_file_is_read(load, home: Hestia):
    data = b"id,qty,day\n" + b"".join(b"%d,1,2026-01-01\n" % n for n in range(2000))
    spec = dataset()
    home.catalog.save(spec, author="ada")
    batch = home.ingest.receive(spec, BytesIO(data), file_name="x.csv", author="ada").batch
    seen = []
    home.ingest.run(batch.id, on_progress=lambda now: seen.append((now.rows_done, now.bytes_done)))

    assert len(seen) > 10
    assert seen == sorted(seen)
    assert seen[-1] == (2000, len(data))


def test_a_changed_type_holds_for_the_rows_that_are_there_too(load, home: Hestia, table):
    load(b"id,qty,day\n1,1,\n")
    text_qty = tuple(c.model_copy(update={"type": ColumnType.TEXT}) for c in dataset().recipe.columns)

    load(b"id,qty,day\n2,02,\n", dataset(columns=text_qty))

    assert table("validated").sort("id")["qty"].to_list() == ["1", "02"]


def test_a_type_that_a_row_of_the_table_does_not_fit_is_refused_and_the_table_stays(load, home: Hestia, table):
    as_text = tuple(c.model_copy(update={"type": ColumnType.TEXT}) for c in dataset().recipe.columns)
    load(b"id,qty,day\n1,many,\n", dataset(columns=as_text))

    with pytest.raises(RetypeError, match="qty"):
        load(b"id,qty,day\n2,2,\n", dataset())

    assert table("validated")["qty"].to_list() == ["many"]


def test_preview_tells_what_a_run_will_do(home: Hestia, load):
    checks = (check("in_range", "qty", max=100), check("unique", "id"))
    preview = home.ingest.preview(BytesIO(DIRTY), dataset().recipe, checks=checks)
    batch = load(DIRTY, dataset(*checks))

    assert preview.complete
    assert preview.account == batch.account
    assert [(reject.line, reject.rule) for reject in preview.rejects] == [
        (3, "type"), (4, "ragged"), (5, "type"), (6, "in_range")]  # fmt: skip
    assert preview.raw[:2] == ["id,qty,day", "001,1,2026-01-01"]
    assert preview.typed.drop("_row", "_line", "_lines").rows() == [("001", 1, date(2026, 1, 1))]


def test_preview_of_duplicates_says_how_many_would_be_set_aside(home: Hestia):
    preview = home.ingest.preview(
        BytesIO(b"id,qty,day\n1,1,\n1,2,\n"), dataset().recipe, checks=(check("unique", "id"),)
    )

    assert preview.account == LineAccount(total=3, header=1, loaded=1, quarantined=1)
    assert [(reject.line, reject.rule, reject.text) for reject in preview.rejects] == [(3, "unique", "1,2,")]


def test_preview_of_a_part_says_that_it_is_one(home: Hestia):
    data = b"id,qty,day\n" + b"1,1,2026-01-01\n" * 400_000
    preview = home.ingest.preview(BytesIO(data), dataset().recipe, limit=10)

    assert not preview.complete
    assert 0 < preview.scanned_bytes < len(data)
    assert preview.typed.height == 10


def test_inspect_guesses_types_over_the_whole_file(home: Hestia):
    data = b"code,n\n" + b"".join(b"%d,1\n" % n for n in range(1, 50_000)) + b"00042,1\n"
    found = home.ingest.inspect(BytesIO(data), file_name="codes.csv")

    assert [column.type for column in found.recipe.columns] == ["text", "integer"]


def test_every_row_of_a_large_dirty_file_is_somewhere(load, table):
    lines = [f"{n:05d},{n},2026-01-{n % 28 + 1:02d}" for n in range(20_000)]
    for n in range(0, 20_000, 100):
        lines[n] = [f"{n},x,2026-01-01", f"{n},1", f"{n},1,2,3", f'{n},"1,2026-01-01', f'{n},"1"2,2026-01-01'][
            n // 100 % 5
        ]
    batch = load(("id,qty,day\n" + "\n".join(lines) + "\n").encode(), dataset(chunk_bytes=64 * 1024))

    assert batch.account == LineAccount(total=20_001, header=1, loaded=19_800, quarantined=200)
    rows = pl.concat([table("validated")["_row"], table("quarantine")["_row"]])
    assert rows.sort().to_list() == list(range(1, 20_001))
    assert table("quarantine")["_line"].to_list() == [n + 2 for n in range(0, 20_000, 100)]
