"""Text in columns of fixed widths, counted in characters: mainframe extracts, printed reports, ``.prn`` files."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, BinaryIO, ClassVar

import polars as pl
from pydantic import Field

from hestia_assets.core.errors import SpecError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Position, Reason, TextChunk
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._columns import matched, numbered, text_columns
from hestia_assets.formats._csv.rows import POSITION_TYPES
from hestia_assets.formats._fixed.chunks import chunks, read_head
from hestia_assets.formats._fixed.inspect import inspect_fixed, looks_fixed
from hestia_assets.formats._fixed.rows import Cuts
from hestia_assets.formats._text.encoding import certain_encoding


class FixedWidthOptions(Spec):
    """What only fixed widths need."""

    widths: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(), title="Widths", description="Characters of each column, from the first to the last."
    )
    divided: bool = Field(
        default=False,
        title="Blanks between columns",
        description="A value that reaches the next column is longer than the file allows: its row is set aside.",
    )


class FixedWidthFormat:
    """Reads lines cut at fixed places; blanks around a value are padding."""

    suffixes: ClassVar[tuple[str, ...]] = (".fwf", ".prn")
    unit: ClassVar[str] = "line"
    options: ClassVar[type[Spec]] = FixedWidthOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:  # noqa: ARG002 - the content decides
        """Sure where blanks line up in every line and no delimiter explains the text; else CSV is asked first."""
        return Claim.SURE if looks_fixed(head) else Claim.FALLBACK

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Guess the widths and the header. Raises UnreadableFileError where no columns line up, EmptyFileError."""
        return inspect_fixed(source, file_name=file_name)

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns, all text, under the widths of a recipe. Raises ReadError, SpecError."""
        widths = _widths(recipe)
        head = read_head(source, recipe, widths)
        return text_columns(head.texts or numbered(len(widths)))

    def encoding_of(self, source: BinaryIO, recipe: Recipe) -> Reason | None:
        """The encoding that the file certainly is in, where that is not the recipe's, and why."""
        return certain_encoding(source, recipe.encoding)

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows from ``start``; lines that are too long or too short are in ``rejects``.

        Raises:
            HeaderMismatchError: the header names other columns than the recipe.
            EmptyFileError: there is no header.
            SpecError: the recipe has no widths.
        """
        widths = _widths(recipe)
        divided = parse(FixedWidthOptions, recipe.options).divided
        head = read_head(source, recipe, widths)
        names = matched(head.texts or numbered(len(widths)), recipe)
        opening = LineAccount()
        if start == START or start.offset < head.end.offset:
            start, opening = head.end, head.account
        missing = [column.name for column in recipe.columns if column.name not in names]
        nulls = [pl.lit(None, pl.String).alias(name) for name in missing]
        order = [*(column.name for column in recipe.columns), *POSITION_TYPES]
        for chunk in chunks(source, recipe, Cuts(widths, divided=divided), names, start):
            frame = chunk.frame.with_columns(nulls).select(order)
            yield replace(chunk, frame=frame, account=opening + chunk.account)
            opening = LineAccount()
        if opening.total:
            schema = dict.fromkeys(order, pl.String) | POSITION_TYPES
            yield TextChunk(pl.DataFrame(schema=schema), [], opening, start, start, lambda _: [])


def _widths(recipe: Recipe) -> tuple[int, ...]:
    widths = parse(FixedWidthOptions, recipe.options).widths
    if not widths:
        raise SpecError("The recipe has no widths.", hint="Add the widths of the columns to its options.")
    return widths


FORMAT = FixedWidthFormat()
