"""What only a person can decide about a delimited text: which of several encodings reads its words."""

from collections.abc import Sequence
from typing import Any

from hestia_assets.core.results import Choice, Question
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import text_columns
from hestia_assets.formats._csv.careful import next_record
from hestia_assets.formats._csv.head import dialect_of, texts
from hestia_assets.formats._text.encoding import EncodingGuess

SHOWN = 3


def encoding_question(guess: EncodingGuess, recipe: Recipe) -> Question | None:
    """The encodings that are really possible, each with the rows that it reads differently."""
    if not guess.others:
        return None
    names = [guess.name, *(other.name for other in guess.others)]
    reasons = [guess.because, *(other.because for other in guess.others)]
    readings = [_lines(guess.evidence, name) for name in names]
    places = [n for n, lines in enumerate(zip(*readings, strict=False)) if len(set(lines)) > 1]
    headers = [_header(recipe, guess.name, name) for name in names]
    choices = [
        Choice(name, because, _changes(recipe, name, header), header, _rows([lines[n] for n in places], recipe, header))
        for name, because, lines, header in zip(names, reasons, readings, headers, strict=True)
    ]
    text = "The file does not say how its letters are written. Which rows read right?"
    return Question("encoding", text, tuple(choices))


def _lines(evidence: bytes, name: str) -> list[str]:
    return [line.decode(name, "backslashreplace") for line in evidence.split(b"\n")]


def _header(recipe: Recipe, chosen: str, name: str) -> tuple[str, ...]:
    """The header texts as another encoding reads them."""
    return tuple(_read_as(column.source, chosen, name) for column in recipe.columns)


def _read_as(text: str, chosen: str, name: str) -> str:
    try:
        return text.encode(chosen).decode(name)
    except UnicodeError:
        return text


def _changes(recipe: Recipe, name: str, header: Sequence[str]) -> dict[str, Any]:
    """The encoding, and what it changes: signs outside ASCII, the columns with another header text."""
    renamed = {
        old.name: {"source": new.source, "name": new.name}
        for old, new in zip(recipe.columns, text_columns(header), strict=True)
        if old.source != new.source
    }
    signs = {sign: _read_as(getattr(recipe, sign), recipe.encoding, name) for sign in ("delimiter", "quote", "comment")}
    changed = {sign: text for sign, text in signs.items() if text != getattr(recipe, sign)}
    return {"encoding": name} | changed | ({"columns": renamed} if renamed else {})


def _rows(lines: Sequence[str], recipe: Recipe, header: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The first few lines cut into values, as wide as the header, which is none of them."""
    dialect, width = dialect_of(recipe), len(header)
    rows: list[tuple[str, ...]] = []
    for line in lines:
        values = tuple(texts(next_record(line.encode(), 0, dialect, width))) or (line,)
        row = (*values, *[""] * width)[:width]
        if row != tuple(header) and len(rows) < SHOWN:
            rows.append(row)
    return tuple(rows)
