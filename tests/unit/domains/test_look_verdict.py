"""The verdict on a whole file: every row counted, bounded, stoppable; and the preview of any format."""

import io
from typing import Any

import openpyxl
import polars as pl
import pytest
from judging import rule_validator

from hestia_assets.core.ports import Format
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import AsideCount, Changes, Verdict
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode
from hestia_assets.domains.ingest.inspection.look import inspect_as, inspect_file, preview_file
from hestia_assets.domains.ingest.inspection.verdict import Judge
from hestia_assets.formats import FORMATS

VALIDATOR = rule_validator()


def judge(data: bytes, *checks: CheckSpec, table: pl.LazyFrame | None = None, **spec: Any) -> Judge:
    formats: Registry[Format] = FORMATS
    recipe = inspect_file(formats, VALIDATOR, io.BytesIO(data), file_name="orders.csv").recipe
    changed = recipe.with_changes({"chunk_bytes": 4096, "columns": {"qty": {"type": "integer"}}})
    dataset = DatasetSpec(name="orders", recipe=changed, checks=checks, **spec)
    return Judge(FORMATS.get(recipe.format), VALIDATOR, dataset, table)


def orders(rows: int, **bad: str) -> bytes:
    """``bad``: what stands in the line of that number, such as ``line_17``."""
    lines = ["id,qty", *(f"a{n},{n % 50}" for n in range(2, rows + 2))]
    for name, text in bad.items():
        lines[int(name.removeprefix("line_")) - 1] = text
    return ("\n".join(lines) + "\n").encode()


def test_it_counts_rows_set_aside_in_the_whole_file_by_rule_and_column_with_the_first_line():
    data = orders(5000, line_30="a30,many", line_4000="a4000,few", line_4500="a4500", line_4900="a4900,1,2")

    verdict = judge(data).verdict(io.BytesIO(data))

    assert verdict.complete
    assert (verdict.rows_good, verdict.rows_aside) == (4996, 4)
    assert set(verdict.aside) == {AsideCount("type", "qty", 2, 30), AsideCount("ragged", None, 2, 4500)}
    assert verdict.account.balanced
    assert (verdict.account.loaded, verdict.account.quarantined, verdict.account.header) == (4996, 4, 1)
    assert [reject.line for reject in verdict.rejects] == [30, 4000, 4500, 4900]
    assert verdict.scanned_bytes == verdict.total_bytes == len(data)


def test_a_row_with_two_problems_counts_once():
    data = orders(100, line_9=",many")
    check = CheckSpec(rule="not_null", columns=("id",))

    verdict = judge(data, check).verdict(io.BytesIO(data))

    assert verdict.rows_aside == 1
    assert sum(one.rows for one in verdict.aside) == 1


def test_checks_over_all_rows_see_the_whole_file_and_the_table():
    data = orders(3000, line_2000="a77,5")
    unique = CheckSpec(rule="unique", columns=("id",))
    table = pl.LazyFrame({"id": ["a1500"], "qty": [3], "_batch": ["b"], "_row": [1], "_line": [2]})

    verdict = judge(data, unique, table=table).verdict(io.BytesIO(data))

    assert verdict.rows_aside + verdict.rows_good == 3000
    assert [one.rule for one in verdict.aside] == ["unique"]
    assert verdict.rows_aside >= 2
    assert verdict.account.balanced
    assert verdict.account.quarantined == verdict.rows_aside


def test_under_upsert_it_tells_new_changed_and_same_rows_and_sets_keys_aside_that_name_two():
    data = b"id,qty\na1,1\na2,20\na3,3\na4,4\na4,5\na3,3\n,7\n"
    table = pl.LazyFrame({"id": ["a1", "a2"], "qty": [1, 2], "_batch": ["b", "b"], "_row": [1, 2], "_line": [2, 3]})

    verdict = judge(data, table=table, mode=Mode.UPSERT, primary_key=("id",)).verdict(io.BytesIO(data))

    assert verdict.changes is not None
    assert (verdict.changes.new, verdict.changes.changed, verdict.changes.same) == (2, 1, 2)
    assert verdict.aside == (AsideCount("key", "id", 2, 5),)
    assert verdict.account.balanced


def test_a_bad_row_is_wrong_but_not_missing():
    data = b"id,qty\na1,1\na2,many\n"
    ids = ["a1", "a2", "a3"]
    table = pl.LazyFrame({"id": ids, "qty": [1, 2, 3], "_batch": ["b"] * 3, "_row": [1, 2, 3], "_line": [2, 3, 4]})
    options: dict[str, Any] = {"mode": Mode.UPSERT, "primary_key": ("id",), "delete_missing": True}

    verdict = judge(data, table=table, **options).verdict(io.BytesIO(data))

    assert verdict.changes == Changes(same=1, deleted=1)


@pytest.mark.parametrize("data", [b"id,qty\n", b"id,qty\na1,many\n"])
def test_a_file_without_a_good_row_has_a_verdict_under_every_mode(data: bytes):
    table = pl.LazyFrame({"id": ["a1"], "qty": [1], "_batch": ["b"], "_row": [1], "_line": [2]})

    for options in ({"mode": Mode.REPLACE}, {"mode": Mode.UPSERT, "primary_key": ("id",), "delete_missing": True}):
        verdict = judge(data, table=table, **options).verdict(io.BytesIO(data))

        assert verdict.rows_good == 0
        assert verdict.changes is not None


def test_what_replaces_the_table_says_how_many_rows_go():
    data = orders(10)
    table = pl.LazyFrame({"id": ["a1"], "qty": [1], "_batch": ["b"], "_row": [1], "_line": [2]})

    verdict = judge(data, table=table, mode=Mode.REPLACE).verdict(io.BytesIO(data))

    assert verdict.changes == Changes(new=10, deleted=1)


def test_a_warning_sets_nothing_aside_but_is_counted():
    data = orders(100)
    check = CheckSpec.model_validate({"rule": "in_range", "columns": ["qty"], "severity": "warn", "params": {"max": 9}})

    verdict = judge(data, check).verdict(io.BytesIO(data))

    assert verdict.rows_aside == 0
    assert verdict.checks[0].failed_rows == 80
    assert verdict.checks[0].checked_rows == 100


def test_it_tells_how_far_it_is_and_stops_between_two_stretches():
    data = orders(20_000)
    told: list[Verdict] = []

    verdict = judge(data).verdict(io.BytesIO(data), on_progress=told.append, should_stop=lambda: len(told) >= 3)

    assert not verdict.complete
    assert 0 < verdict.scanned_bytes < verdict.total_bytes
    assert [one.scanned_bytes for one in told] == sorted(one.scanned_bytes for one in told)
    assert all(not one.complete for one in told)
    assert verdict.rows_good > told[-1].rows_good


def test_what_is_shown_is_limited_what_is_counted_is_not():
    data = orders(3000, **{f"line_{n}": f"a{n},x{n}" for n in range(1000, 2000)})

    verdict = judge(data).verdict(io.BytesIO(data))

    assert verdict.rows_aside == 1000
    assert verdict.aside == (AsideCount("type", "qty", 1000, 1000),)
    assert len(verdict.rejects) == 200


def workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Report"], ["id", "qty"], ["a", 1], ["b", 2], ["c", 3]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def parquet() -> bytes:
    target = io.BytesIO()
    pl.DataFrame({"id": ["a", "b", "c"], "qty": [1, 2, 3]}).write_parquet(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b"id,qty\na,1\nb,2\nc,3\n", ()),
        (b'[{"id": "a", "qty": 1},\n{"id": "b", "qty": 2}, {"id": "c", "qty": 3}]', ()),
        (parquet(), (1, 2, 3)),
        (workbook(), (1, 2, 3, 4, 5)),
    ],
    ids=["csv", "json", "parquet", "excel"],
)
def test_a_preview_shows_the_file_as_it_is_and_what_it_becomes(data: bytes, places: tuple[int, ...]):
    source = io.BytesIO(data)
    recipe = inspect_file(FORMATS, VALIDATOR, source, file_name="orders").recipe

    preview = preview_file(FORMATS, VALIDATOR, source, recipe, checks=(), limit=10)

    assert preview.text["id"].to_list() == ["a", "b", "c"]
    assert preview.typed["qty"].to_list() == [1, 2, 3]
    assert preview.raw_places == places
    assert all("\0" not in line for line in preview.raw)
    assert any("b" in line for line in preview.raw)
    assert preview.complete


def test_types_that_a_file_declares_are_not_guessed_from_its_text():
    target = io.BytesIO()
    pl.DataFrame({"id": ["1", "2"], "price": [1.5, 2.5]}).write_parquet(target)

    inspection = inspect_file(FORMATS, VALIDATOR, target, file_name="t.parquet")

    assert [column.type.value for column in inspection.recipe.columns] == ["text", "float"]


def test_another_sheet_tells_what_it_hides_itself():
    book = openpyxl.Workbook()
    for row in (("id", "qty"), ("a", 1), ("b", 2)):
        book["Sheet"].append(row)
    second = book.create_sheet("second")
    for row in (("id", "double"), ("a", "=2*1"), ("b", "=2*2")):
        second.append(row)
    target = io.BytesIO()
    book.save(target)
    found = inspect_file(FORMATS, VALIDATOR, target, file_name="two.xlsx")
    table = next(table for table in found.tables if table.name == "second")

    chosen = inspect_as(FORMATS, VALIDATOR, target, found.recipe.with_changes(table.changes))

    assert found.notes == ()
    assert [(note.what, note.count) for note in chosen.notes] == [("formulas_without_value", 2)]
    assert "uncached" in [question.what for question in chosen.questions]
