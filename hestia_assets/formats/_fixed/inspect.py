"""What a text in fixed widths probably is: its columns, title block and header, each with a reason."""

import codecs
import re
from collections.abc import Sequence
from typing import BinaryIO

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.results import Inspection, Reason
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import numbered, text_columns
from hestia_assets.formats._csv.header import find_header
from hestia_assets.formats._csv.questions import encoding_question
from hestia_assets.formats._csv.sample import SampleRow, read_sample
from hestia_assets.formats._fixed.layout import FEWEST_LINES, cut, find_layout, is_ruler
from hestia_assets.formats._text.encoding import MARKS, EncodingGuess, guess_encoding
from hestia_assets.formats._text.source import readable

MOST_LINES = 2000
CLAIM_LINES = 200
LINE_END = re.compile(r"\r\n|\r|\n")
STARTERS = ("[", "{", "<")


def looks_fixed(head: bytes) -> bool:
    """Whether the first bytes of a file are lines whose columns line up."""
    encoding = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if encoding is None and (b"\0" in head or b"  " not in head):
        return False
    text = codecs.getincrementaldecoder(encoding or _narrow(head))("replace").decode(head)
    lines = LINE_END.split(text.lstrip("\ufeff"))[: CLAIM_LINES + 1]
    lines = _table_lines(lines[:-1] if len(lines) > FEWEST_LINES else lines)
    return not text.lstrip("\ufeff \r\n").startswith(STARTERS) and find_layout(lines) is not None


def inspect_fixed(source: BinaryIO, *, file_name: str) -> Inspection:
    """Guess a recipe. Raises EmptyFileError, UnreadableFileError."""
    encoding = guess_encoding(source, file_name=file_name)
    sample, _ = read_sample(source, encoding.name)
    everything = LINE_END.split(readable(sample))[:MOST_LINES]
    lines = _table_lines(everything)
    layout = None if everything[0].lstrip().startswith(STARTERS) else find_layout(lines)
    if layout is None:
        hint = "Choose another format, or give the widths of the columns in the recipe."
        raise UnreadableFileError(f"{file_name} has no columns of fixed widths.", hint=hint)
    rows = [SampleRow(n, tuple(cut(line, layout.widths))) for n, line in enumerate(lines[layout.first :])]
    named = find_header(rows).lines > 0
    ruler = _ruler(everything, lines)
    recipe = Recipe(
        format="fixed_width",
        encoding=encoding.name,
        comment=ruler,
        preamble_lines=layout.first,
        has_header=named,
        options={"widths": list(layout.widths), "divided": True},
        columns=text_columns(rows[0].values if named else numbered(len(layout.widths))),
    )
    why = f"These places are blank in all of the {layout.lines} lines looked at, and no delimiter splits them alike."
    widths = ", ".join(str(width) for width in layout.widths)
    reasons = [Reason("widths", widths, why), *_reasons(encoding, recipe, find_header(rows).because)]
    asked = encoding_question(encoding, recipe)
    return Inspection(recipe, tuple(reasons), questions=(asked,) if asked else ())


def _reasons(encoding: EncodingGuess, recipe: Recipe, because: str) -> list[Reason]:
    reasons = [Reason("encoding", encoding.name, encoding.because)]
    if recipe.preamble_lines:
        reasons.append(Reason("preamble", f"{recipe.preamble_lines} lines", "They do not have the table's columns."))
    if recipe.comment:
        reasons.append(Reason("comment", recipe.comment, "Lines of it divide the header from the rows."))
    return [*reasons, Reason("header", "first line" if recipe.has_header else "none", because)]


def _narrow(head: bytes) -> str:
    """An encoding with as many characters as the text has, for counting them."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _table_lines(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.strip() and not is_ruler(line)]


def _ruler(everything: Sequence[str], lines: Sequence[str]) -> str:
    """The sign of ruled lines, if no row begins with it."""
    signs = {line.strip()[0] for line in everything if line.strip() and is_ruler(line) and not line.startswith(" ")}
    usable = [sign for sign in sorted(signs) if not any(line.startswith(sign) for line in lines)]
    return usable[0] if usable else ""
