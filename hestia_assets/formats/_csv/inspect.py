"""What a CSV file probably is: a recipe, with a reason for every decision. Only looks; loading never sniffs."""

from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError
from hestia_assets.core.results import Inspection, Reason
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats._columns import joined_header, numbered, text_columns
from hestia_assets.formats._csv.careful import open_header, skip_preamble
from hestia_assets.formats._csv.dialect import Guess, guess_dialect
from hestia_assets.formats._csv.footer import find_footer
from hestia_assets.formats._csv.head import SEVERAL, dialect_of
from hestia_assets.formats._csv.header import Header, find_header, usual_width
from hestia_assets.formats._csv.questions import encoding_question
from hestia_assets.formats._csv.sample import SAMPLE_ROWS, SampleRow, comment_lines_before, read_sample, sample_rows
from hestia_assets.formats._text.encoding import EncodingGuess, guess_encoding

UNKNOWN = 0
"""A width that no record has: none is taken for rows behind an open quote."""


def inspect_csv(source: BinaryIO, *, file_name: str) -> Inspection:
    """Guess a recipe. Raises EmptyFileError, UnreadableFileError."""
    encoding = guess_encoding(source, file_name=file_name)
    sample, whole = read_sample(source, encoding.name)
    if not sample.strip():
        raise EmptyFileError(file_name)
    guess = guess_dialect(sample)
    rows = _first_rows(sample, guess, whole=whole)
    if not rows:
        raise EmptyFileError(file_name)
    header = find_header(rows)
    if header.lines and any(row.broken for row in rows[header.index : header.first_row]):
        raise open_header()
    line = rows[header.index].line
    preamble = line - comment_lines_before(sample, guess, line, len(header.sources))
    recipe = _recipe(encoding, guess, header, preamble)
    footer, footer_question = find_footer(
        source, recipe, rows[header.first_row :], whole=whole and len(rows) < SAMPLE_ROWS
    )
    reasons = [*_reasons(encoding, guess, header, preamble, line), *([footer] if footer else [])]
    recipe = recipe.model_copy(update={"footer": footer.value}) if footer else recipe
    asked = (encoding_question(encoding, recipe), footer_question)
    return Inspection(recipe, tuple(reasons), questions=tuple(question for question in asked if question))


def _recipe(encoding: EncodingGuess, guess: Guess, header: Header, preamble: int) -> Recipe:
    return Recipe(
        format="csv",
        encoding=encoding.name,
        delimiter=guess.dialect.delimiter.decode(),
        quote=guess.dialect.quote.decode(),
        escape=guess.dialect.escape.decode(),
        comment=guess.dialect.comment.decode(),
        preamble_lines=preamble,
        has_header=header.lines > 0,
        header_lines=max(1, header.lines),
        columns=text_columns(header.sources),
    )


def _reasons(encoding: EncodingGuess, guess: Guess, header: Header, preamble: int, line: int) -> list[Reason]:
    reasons = [Reason("encoding", encoding.name, encoding.because), *guess.reasons]
    if preamble:
        reasons.append(Reason("preamble", "1 line" if preamble == 1 else f"{preamble} lines", header.why_start))
    where = f"line {line + 1}" if header.lines == 1 else f"{header.lines} rows from line {line + 1}"
    return [*reasons, Reason("header", where if header.lines else "none", header.because)]


def columns_under(source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
    """The columns of the first records under a recipe that a person chose. Raises EmptyFileError."""
    dialect = dialect_of(recipe)
    sample, whole = read_sample(source, recipe.encoding)
    rows: list[SampleRow] = []
    for width in (SEVERAL, 1):
        position, _ = skip_preamble(sample, recipe.preamble_lines, dialect, width)
        rows = _rows(sample[position:], Guess(dialect, ()), width, whole=whole)[: recipe.header_lines]
        if rows and len(rows[0].values) > 1:
            break
    if not rows:
        raise EmptyFileError("The file")
    if not recipe.has_header:
        return text_columns(numbered(len(rows[0].values)))
    return text_columns(joined_header([row.values for row in rows[: recipe.header_lines]]))


def _rows(sample: bytes, guess: Guess, width: int, *, whole: bool) -> list[SampleRow]:
    """The first records, read once more when their width is known: it tells where an open quote ends."""
    if width > 1:
        rows = sample_rows(sample, guess, UNKNOWN, whole=whole)
        width = max(width, usual_width(rows)) if rows else width
    return sample_rows(sample, guess, width, whole=whole)


def _first_rows(sample: bytes, guess: Guess, *, whole: bool) -> list[SampleRow]:
    """The first records. What a blank line is depends on the width: a space alone is a value of a single column."""
    rows = _rows(sample, guess, SEVERAL, whole=whole)
    if not rows or len(rows[find_header(rows).index].values) == 1:
        return _rows(sample, guess, 1, whole=whole)
    return rows
