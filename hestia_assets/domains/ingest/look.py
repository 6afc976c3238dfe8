"""Looking at a file before anything is kept: the recipe it would be read with, and what that makes of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

import polars as pl

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.ports import Claim, Format, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Inspection, LineAccount, Position, Preview, Reject, TextChunk
from hestia_assets.core.specs import CheckSpec, Recipe, Severity
from hestia_assets.domains.ingest.sets import as_failures

TYPES_FROM_BYTES = 32 * 1024 * 1024
"""Types are guessed from this much of a file, which is all of most files."""

PREVIEW_BYTES = 4 * 1024 * 1024
HEAD_BYTES = 64 * 1024
RAW_LINES = 60
RAW_BYTES = 64 * 1024


def inspect_file(formats: Registry[Format], validator: Validator, source: BinaryIO, *, file_name: str) -> Inspection:
    """Ask each format, by content; then guess types. Raises ReadError."""
    inspection = _by_content(formats, source, file_name=file_name)
    return _with_types(formats, validator, source, inspection)


def inspect_as(formats: Registry[Format], validator: Validator, source: BinaryIO, recipe: Recipe) -> Inspection:
    """Columns and types anew, under choices that a person made. Raises ReadError."""
    columns = formats.get(recipe.format).columns(source, recipe)
    chosen = Inspection(recipe.model_copy(update={"columns": columns}), ())
    return _with_types(formats, validator, source, chosen)


def _with_types(
    formats: Registry[Format], validator: Validator, source: BinaryIO, inspection: Inspection
) -> Inspection:
    recipe = inspection.recipe
    sample = recipe.model_copy(update={"chunk_bytes": TYPES_FROM_BYTES})
    chunk = next(iter(formats.get(recipe.format).read(source, sample)), None) or _no_rows(recipe)
    guess = validator.guess(chunk.frame, recipe.columns)
    return replace(
        inspection,
        recipe=recipe.model_copy(update={"columns": guess.columns}),
        reasons=(*inspection.reasons, *guess.reasons),
        questions=(*inspection.questions, *guess.questions),
    )


def _by_content(formats: Registry[Format], source: BinaryIO, *, file_name: str) -> Inspection:
    """The surest format first; the first whose bytes it can be."""
    source.seek(0)
    head = source.read(HEAD_BYTES)
    claims = {name: formats.get(name).claim(head, file_name=file_name) for name in formats.names()}
    refusal: UnreadableFileError | None = None
    for name in sorted(filter(claims.get, claims), key=lambda name: -claims[name]):
        source.seek(0)
        try:
            return formats.get(name).inspect(source, file_name=file_name)
        except UnreadableFileError as error:
            refusal = refusal or error
            if claims[name] is Claim.SURE:
                break
    assert refusal is not None, "at least one format takes any text"
    raise refusal


def preview_file(
    formats: Registry[Format],
    validator: Validator,
    source: BinaryIO,
    recipe: Recipe,
    *,
    checks: Sequence[CheckSpec],
    limit: int,
) -> Preview:
    """Read, type and check the first stretch; nothing is kept. Raises ReadError, SpecError."""
    short = recipe.model_copy(update={"chunk_bytes": PREVIEW_BYTES})
    chunks = iter(formats.get(recipe.format).read(source, short))
    chunk = next(chunks, None) or _no_rows(recipe)
    complete = next(chunks, None) is None
    judgement = validator.judge(chunk.frame, recipe.columns, checks)
    fatal = judgement.failures.filter(pl.col("severity") == Severity.REJECT.value)
    passed = _without(judgement.typed.with_row_index("index"), fatal)
    together = validator.judge_set(passed.drop("index").lazy(), None, checks)
    rejecting = [failure for failure in together if failure.result.severity is Severity.REJECT]
    fatal = pl.concat([fatal, *(as_failures(chunk, failure) for failure in rejecting)])
    rejects = sorted([*chunk.rejects, *_failed_rows(chunk, fatal)], key=lambda reject: reject.row)
    bad = fatal["index"].unique()
    return Preview(
        text=_without(chunk.frame.with_row_index("index"), fatal).drop("index").head(limit),
        typed=_without(passed, fatal).drop("index").head(limit),
        rejects=rejects,
        checks=(*judgement.results, *(failure.result for failure in together)),
        account=chunk.account.quarantine(int(chunk.frame["_lines"][bad].sum())),
        raw=_raw_lines(source, recipe),
        scanned_bytes=chunk.end.offset,
        complete=complete,
    )


def _without(rows: pl.DataFrame, fatal: pl.DataFrame) -> pl.DataFrame:
    return rows.join(fatal.select("index"), on="index", how="anti", maintain_order="left")


def _failed_rows(chunk: TextChunk, fatal: pl.DataFrame) -> list[Reject]:
    first = fatal.unique("index", keep="first", maintain_order=True)
    places = chunk.frame.select("_row", "_line", "_lines")[first["index"]]
    texts = chunk.original(first["index"].to_list())
    problems = first.select("rule", "message", "column", "value").iter_rows()
    return [
        Reject(row, line, lines, rule, message, text, column, value)
        for (row, line, lines), (rule, message, column, value), text in zip(
            places.iter_rows(), problems, texts, strict=True
        )
    ]


def _raw_lines(source: BinaryIO, recipe: Recipe) -> list[str]:
    source.seek(0)
    text = source.read(RAW_BYTES).decode(recipe.encoding, "backslashreplace")
    return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))[:RAW_LINES]


def _no_rows(recipe: Recipe) -> TextChunk:
    schema = {column.name: pl.String for column in recipe.columns}
    places = {"_row": pl.Int64, "_line": pl.Int64, "_lines": pl.Int32}
    return TextChunk(pl.DataFrame(schema=schema | places), [], LineAccount(), Position(), Position(), lambda _: [])
