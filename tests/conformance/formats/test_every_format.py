"""What every format owes, run for each file in the folder: a new format is tested the moment it has a sample."""

import io

import polars as pl
import pytest
from format_samples import HEADER, SAMPLES, Sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hestia_assets.core.errors import HestiaError, ReadError, UnknownPluginError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import LineAccount, Reject, TextChunk
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.domains.ingest.inspection.detect import detect
from hestia_assets.formats import FORMATS

NAMES = FORMATS.names()
DAMAGE = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
SMALL_CHUNKS = 4096


def sample_of(name: str) -> Sample:
    assert name in SAMPLES, f"add a sample of {name} to format_samples.py"
    return SAMPLES[name]


def recipe_of(data: bytes, file_name: str) -> Recipe:
    return detect(FORMATS, io.BytesIO(data), file_name=file_name).recipe


def chunks_of(data: bytes, recipe: Recipe) -> list[TextChunk]:
    return list(FORMATS.get(recipe.format).read(io.BytesIO(data), recipe))


def rows_of(chunks: list[TextChunk]) -> list[tuple[str | None, ...]]:
    frames = [chunk.frame.drop("_row", "_line", "_lines") for chunk in chunks]
    return [row for frame in frames for row in frame.iter_rows()]


def account_of(chunks: list[TextChunk]) -> LineAccount:
    return sum((chunk.account for chunk in chunks), LineAccount())


def attempt(data: bytes, file_name: str) -> list[TextChunk]:
    """Read a damaged file: rows, rejects, or our own error; anything else is a bug."""
    try:
        return chunks_of(data, recipe_of(data, file_name))
    except HestiaError as error:
        assert error.message
        assert error.hint
        return []


@pytest.mark.parametrize("name", NAMES)
def test_its_content_tells_it_whatever_its_name(name: str):
    data = sample_of(name).table()

    assert recipe_of(data, SAMPLES[name].file_name).format == name
    if FORMATS.get(name).claim(data[:65536], file_name="data.bin") is Claim.SURE:
        assert recipe_of(data, "report.csv").format == name


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_back_exactly_what_was_written(name: str):
    sample = sample_of(name)
    data = sample.table()

    recipe = recipe_of(data, sample.file_name)
    rows = rows_of(chunks_of(data, recipe))

    assert [column.source for column in recipe.columns] == list(HEADER)
    assert rows == [tuple(row) for row in sample.rows]


@pytest.mark.parametrize("name", NAMES)
def test_its_account_balances_and_rows_have_their_places(name: str):
    data = sample_of(name).many(300)

    chunks = chunks_of(data, recipe_of(data, SAMPLES[name].file_name))

    account = account_of(chunks)
    numbers = [number for chunk in chunks for number in chunk.frame["_row"]]
    assert account.balanced
    assert account.loaded == sum(int(chunk.frame["_lines"].sum()) for chunk in chunks)
    assert numbers == list(range(1, 301))
    assert all(chunk.frame["_line"].is_sorted() for chunk in chunks)


@pytest.mark.parametrize("name", NAMES)
def test_it_yields_the_columns_of_the_recipe_as_text_with_places(name: str):
    data = sample_of(name).table()
    recipe = recipe_of(data, SAMPLES[name].file_name)

    schema = chunks_of(data, recipe)[0].frame.schema

    places = {"_row": pl.Int64(), "_line": pl.Int64(), "_lines": pl.Int32()}
    assert dict(schema) == dict.fromkeys((column.name for column in recipe.columns), pl.String()) | places


@pytest.mark.parametrize("name", NAMES)
def test_reading_goes_on_from_the_end_of_any_chunk(name: str):
    data = sample_of(name).many(300)
    recipe = recipe_of(data, SAMPLES[name].file_name).model_copy(update={"chunk_bytes": SMALL_CHUNKS})
    chunks = chunks_of(data, recipe)
    everything = rows_of(chunks)

    for number, chunk in enumerate(chunks[:-1], start=1):
        again = list(FORMATS.get(name).read(io.BytesIO(data), recipe, start=chunk.end))
        assert rows_of(chunks[:number]) + rows_of(again) == everything
        assert account_of(chunks[:number]) + account_of(again) == account_of(chunks)


@pytest.mark.parametrize("name", NAMES)
def test_it_gives_the_original_text_of_a_row(name: str):
    data = sample_of(name).many(20)
    (chunk,) = [one for one in chunks_of(data, recipe_of(data, SAMPLES[name].file_name)) if one.frame.height]

    first, last = chunk.original([0, chunk.frame.height - 1])

    assert "name 0" in first
    assert "name 19" in last


@pytest.mark.parametrize("name", NAMES)
def test_columns_in_another_order_are_found_by_their_header(name: str):
    sample = sample_of(name)
    recipe = recipe_of(sample.table(), sample.file_name)
    turned = sample.write(HEADER[::-1], [tuple(row[::-1]) for row in sample.rows])

    rows = rows_of(chunks_of(turned, recipe)) if name != "fixed_width" else [tuple(row) for row in sample.rows]

    assert rows == [tuple(row) for row in sample.rows]


@pytest.mark.parametrize("name", NAMES)
def test_a_column_that_is_optional_may_be_missing_and_has_no_value_then(name: str):
    sample = sample_of(name)
    recipe = recipe_of(sample.table(), sample.file_name)
    wider = recipe.model_copy(
        update={"columns": (*recipe.columns, Column(source="later", name="later", optional=True))}
    )

    rows = rows_of(chunks_of(sample.table(), wider))

    assert rows == [(*row, None) for row in sample.rows]


@pytest.mark.parametrize("name", NAMES)
def test_a_column_left_out_by_choice_is_left_out(name: str):
    sample = sample_of(name)
    recipe = recipe_of(sample.table(), sample.file_name)
    narrower = recipe.model_copy(update={"columns": recipe.columns[:2], "ignored": ("note",)})

    rows = rows_of(chunks_of(sample.table(), narrower))

    assert rows == [tuple(row[:2]) for row in sample.rows]


@pytest.mark.parametrize("name", NAMES)
def test_columns_that_are_not_the_recipes_are_no_silent_nulls(name: str):
    sample = sample_of(name)
    recipe = recipe_of(sample.table(), sample.file_name)
    other = [Column(source=f"other {number}", name=f"other_{number}") for number in range(3)]

    with pytest.raises(ReadError):
        chunks = chunks_of(sample.table(), recipe.model_copy(update={"columns": tuple(other)}))
        assert not rows_of(chunks)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n"], ids=repr)
def test_a_file_without_anything_in_it_is_empty_whatever_its_name(name: str, data: bytes):
    with pytest.raises(ReadError, match="empty"):
        recipe_of(data, sample_of(name).file_name)


@pytest.mark.parametrize("name", NAMES)
def test_it_claims_no_bytes_that_are_surely_anothers(name: str):
    for other in (one for one in NAMES if one != name):
        head = sample_of(other).table()[:65536]
        if FORMATS.get(other).claim(head, file_name="data") is Claim.SURE:
            assert FORMATS.get(name).claim(head, file_name="data") is not Claim.SURE


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_off_anywhere_gives_rows_or_an_answer(name: str):
    sample = sample_of(name)
    data = sample.table()
    step = max(1, len(data) // 120)

    for length in [*range(0, min(len(data), 40)), *range(40, len(data), step)]:
        chunks = attempt(data[:length], sample.file_name)
        assert account_of(chunks).balanced


@pytest.mark.parametrize("name", NAMES)
@DAMAGE
@given(data=st.data())
def test_bytes_damaged_anywhere_give_rows_or_an_answer(name: str, data: st.DataObject):
    sample = sample_of(name)
    content = bytearray(sample.table())
    places = data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8))
    for place in places:
        content[place] = data.draw(st.integers(0, 255))

    chunks = attempt(bytes(content), sample.file_name)

    assert account_of(chunks).balanced


@pytest.mark.parametrize("name", NAMES)
@DAMAGE
@given(noise=st.binary(max_size=300))
def test_noise_gives_rows_or_an_answer(name: str, noise: bytes):
    sample = sample_of(name)

    chunks = attempt(sample.mark + noise, sample.file_name)

    assert account_of(chunks).balanced
    assert all(isinstance(reject, Reject) and reject.message for chunk in chunks for reject in chunk.rejects)


def test_a_format_that_is_not_installed_is_named_with_the_known_ones():
    with pytest.raises(UnknownPluginError, match="There is no format called 'cvs'") as refused:
        FORMATS.get("cvs")

    assert "csv" in refused.value.hint
