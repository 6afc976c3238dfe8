"""Lines in fixed widths, a chunk at a time: the head, the rows, the footer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError
from hestia_assets.core.results import LineAccount, Position, TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import joined_header
from hestia_assets.formats._csv.structure import line_count
from hestia_assets.formats._csv.window import Window
from hestia_assets.formats._fixed.rows import Cuts, frame_of, line_kind, line_spans, original_of, sort_lines, values_of
from hestia_assets.formats._text.source import blocks

HEAD_BYTES = 1024 * 1024
FOOTER_BYTES = 64 * 1024
LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Head:
    """What comes before the first row: its lines, where it ends, the header texts (empty: no header)."""

    account: LineAccount
    end: Position
    texts: list[str]


def read_head(source: BinaryIO, recipe: Recipe, widths: Sequence[int]) -> Head:
    """The title block and the header. Raises EmptyFileError when there is no header where one should be."""
    data, final = Window(blocks(source, recipe.encoding, offset=0, size=HEAD_BYTES)).view(HEAD_BYTES)
    spans, _ = line_spans(data, final=final)
    wanted = recipe.header_lines if recipe.has_header else 0
    counts: dict[str, int] = dict.fromkeys(("preamble", "header", "blank", "comment"), 0)
    header: list[list[str]] = []
    used = 0
    for place, (start, end) in enumerate(spans):
        kind = line_kind(data[start:end], recipe.comment)
        if kind == "loaded":
            if counts["preamble"] == recipe.preamble_lines and len(header) == wanted:
                break
            kind = "preamble" if counts["preamble"] < recipe.preamble_lines else "header"
            header += [values_of(data[start:end], widths)] if kind == "header" else []
        counts[kind] += 1
        used = spans[place + 1][0] if place + 1 < len(spans) else len(data)
    if len(header) < wanted:
        raise EmptyFileError("The file")
    total = line_count(data[:used], final=True)
    return Head(LineAccount(total=total, **counts), Position(used, 1 + total, 1), joined_header(header))


def chunks(source: BinaryIO, recipe: Recipe, cuts: Cuts, names: Sequence[str], start: Position) -> Iterator[TextChunk]:
    """The rows from ``start``, under the names of the file's columns."""
    size = max(recipe.chunk_bytes, 5 * FOOTER_BYTES) if recipe.footer else recipe.chunk_bytes
    window = Window(blocks(source, recipe.encoding, offset=start.offset, size=size))
    wanted = size
    while (view := window.view(wanted))[0]:
        data, final = view
        spans, used = line_spans(data, final=final)
        if not spans:
            if len(data) > LONGEST_LINE:
                raise UnreadableFileError("A line never ends.", hint="Check that this is a text table with line ends.")
            wanted = 2 * len(data)
            continue
        window.take(used)
        chunk = _chunk(data[:used], spans, recipe, cuts, names, start, final=final)
        start, wanted = chunk.end, size
        yield chunk


def _chunk(
    data: bytes, spans: list[tuple[int, int]], recipe: Recipe, cuts: Cuts, names: Sequence[str],
    start: Position, *, final: bool,
) -> TextChunk:  # fmt: skip
    last = _footer(data, spans, recipe.footer, cuts.widths) if final and recipe.footer else len(spans)
    found, row = sort_lines(data, spans[:last], cuts, recipe.comment, (start.row, start.line))
    total = line_count(data, final=final)
    account = LineAccount(total=total, footer=len(spans) - last, **found.counts)
    end = Position(start.offset + len(data), start.line + total, row)
    return TextChunk(frame_of(found, names, cuts.widths), found.rejects, account, start, end, original_of(data, found))


def _footer(data: bytes, spans: list[tuple[int, int]], marker: str, widths: Sequence[int]) -> int:
    """Index of the line that begins the footer."""
    for place, (start, end) in enumerate(spans):
        near = len(data) - start <= FOOTER_BYTES
        if near and values_of(data[start:end], widths)[0].startswith(marker):
            return place
    return len(spans)
