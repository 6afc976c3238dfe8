"""Looking at a file before anything is kept: the recipe it would be read with, and what that makes of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

import polars as pl

from hestia_assets.core.ports import Format, TellingFormat, TypedFormat, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Inspection, LineAccount, Position, Preview, TextChunk
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, Recipe, Severity
from hestia_assets.domains.ingest.inspection.detect import detect
from hestia_assets.domains.ingest.loading.aside import failed_rows, without
from hestia_assets.domains.ingest.loading.fitting import as_encoded
from hestia_assets.domains.ingest.loading.sets import as_failures

TYPES_FROM_BYTES = 32 * 1024 * 1024
"""Types are guessed from this much of a file, which is all of most files."""

PREVIEW_BYTES = 4 * 1024 * 1024
RAW_LINES = 60
RAW_BYTES = 64 * 1024


def inspect_file(formats: Registry[Format], validator: Validator, source: BinaryIO, *, file_name: str) -> Inspection:
    """Ask each format, by content; then guess types. Raises ReadError."""
    return _with_types(formats, validator, source, detect(formats, source, file_name=file_name))


def inspect_as(formats: Registry[Format], validator: Validator, source: BinaryIO, recipe: Recipe) -> Inspection:
    """Columns, types, notes and questions anew, under choices that a person made. Raises ReadError."""
    reader = formats.get(recipe.format)
    columns = reader.columns(source, recipe)
    notes, questions = reader.about(source, recipe) if isinstance(reader, TellingFormat) else ((), ())
    chosen = Inspection(recipe.model_copy(update={"columns": columns}), (), notes=notes, questions=questions)
    return _with_types(formats, validator, source, chosen)


def _with_types(
    formats: Registry[Format], validator: Validator, source: BinaryIO, inspection: Inspection
) -> Inspection:
    """Types for the columns that the format left as text, unless it knows that they are text."""
    recipe, reader = inspection.recipe, formats.get(inspection.recipe.format)
    if isinstance(reader, TypedFormat):
        return inspection
    open_columns = tuple(column for column in recipe.columns if column.type is ColumnType.TEXT)
    sample = recipe.model_copy(update={"chunk_bytes": TYPES_FROM_BYTES})
    chunk = next(iter(reader.read(source, sample)), None) or no_rows(recipe)
    guess = validator.guess(chunk.frame, open_columns)
    guessed: dict[str, Column] = {column.name: column for column in guess.columns}
    columns = tuple(guessed.get(column.name, column) for column in recipe.columns)
    return replace(
        inspection,
        recipe=recipe.model_copy(update={"columns": columns}),
        reasons=(*inspection.reasons, *guess.reasons),
        questions=(*inspection.questions, *guess.questions),
    )


def preview_file(
    formats: Registry[Format],
    validator: Validator,
    source: BinaryIO,
    recipe: Recipe,
    *,
    checks: Sequence[CheckSpec],
    limit: int,
) -> Preview:
    """Read, type and check the first stretch; nothing is kept. Raises ReadError, SpecError.

    Checks on other datasets or the whole batch are left to the verdict: half of an order's lines add up to nothing.
    """
    reader = formats.get(recipe.format)
    recipe, read_as = as_encoded(formats, recipe, source)
    chunks = iter(reader.read(source, recipe.model_copy(update={"chunk_bytes": PREVIEW_BYTES})))
    chunk = next(chunks, None) or no_rows(recipe)
    complete = next(chunks, None) is None
    judgement = validator.judge(chunk.frame, recipe.columns, checks)
    fatal = judgement.failures.filter(pl.col("severity") == Severity.REJECT.value)
    passed = without(judgement.typed.with_row_index("index"), fatal)
    alone = [check for check in checks if not validator.datasets(check)]
    together = validator.judge_set(passed.drop("index").lazy(), None, alone)
    rejecting = [failure for failure in together if failure.result.severity is Severity.REJECT]
    fatal = pl.concat([fatal, *(as_failures(chunk, failure) for failure in rejecting)])
    rejects = sorted([*chunk.rejects, *failed_rows(chunk, fatal)], key=lambda reject: reject.row)
    raw, places = _raw(reader, source, recipe, chunk)
    return Preview(
        text=without(chunk.frame.with_row_index("index"), fatal).drop("index").head(limit),
        typed=without(passed, fatal).drop("index").head(limit),
        rejects=rejects,
        checks=(*judgement.results, *(failure.result for failure in together)),
        account=chunk.account.quarantine(int(chunk.frame["_lines"][fatal["index"].unique()].sum())),
        raw=raw,
        scanned_bytes=chunk.end.offset,
        complete=complete,
        raw_places=places,
        read_as=read_as,
    )


def _raw(reader: Format, source: BinaryIO, recipe: Recipe, chunk: TextChunk) -> tuple[list[str], tuple[int, ...]]:
    """The file's first lines; its first rows or records, with their places, where a person cannot read it."""
    source.seek(0)
    text = source.read(RAW_BYTES).decode(recipe.encoding, "backslashreplace").removeprefix("\ufeff")
    if reader.unit == "line" or "\0" not in text:
        return re.split(r"\r\n|\r|\n", text)[:RAW_LINES], ()
    if chunk.as_it_is is not None:
        rows = chunk.as_it_is(RAW_LINES)
        return [text for _, text in rows], tuple(place for place, _ in rows)
    first = chunk.frame.head(RAW_LINES)
    return chunk.original(list(range(first.height))), tuple(first["_line"].to_list())


def no_rows(recipe: Recipe) -> TextChunk:
    """A file that holds nothing."""
    schema = {column.name: pl.String for column in recipe.columns}
    places = {"_row": pl.Int64, "_line": pl.Int64, "_lines": pl.Int32}
    return TextChunk(pl.DataFrame(schema=schema | places), [], LineAccount(), Position(), Position(), lambda _: [])
