"""Whether calamine gave every value that the sheet's own XML holds: two readers that must agree on each cell."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.facts import Kind, place
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.parts import Parts
from hestia_assets.formats._excel.walk import address, elements, forget, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

HINT = "Open it in Excel, save it again, and send that file."


def check_complete(grid: Grid) -> None:
    """Compare what was counted in the sheet with what was given.

    Raises:
        UnreadableFileError: a value would be lost, or two cells claim one place.
    """
    facts = grid.facts
    if facts.twice:
        raise UnreadableFileError(f"The sheet is damaged: {facts.twice} twice, so one would be lost.", hint=HINT)
    if facts.must and (missing := _missing(grid)):
        raise UnreadableFileError(f"The cell {place(*missing)} holds a value that cannot be read.", hint=HINT)
    if facts.places_held is None or _given(grid) == facts.filled:
        return
    given = _map_of_given(grid)
    lost = [
        (row, column)
        for row, column in facts.places_held()
        if column not in facts.cells.get(row, ()) and not _is_given(given, row, column - grid.values_left)
    ]
    if lost:
        more = f", and {len(lost) - 1:,} more cells like it" if len(lost) > 1 else ""
        raise UnreadableFileError(f"The cell {place(*lost[0])}{more} holds a value that cannot be read.", hint=HINT)


def _given(grid: Grid) -> int:
    """How many cells have a value, from calamine or as an error that our own pass laid over it."""
    count = 0
    for number, row in enumerate(grid.every_row()):
        count += len(row) - row.count("")
        for column, special in grid.facts.cells.get(number, {}).items():
            at = column - grid.values_left
            count += special.kind in (Kind.ERROR, Kind.TEXT) and (not 0 <= at < len(row) or row[at] == "")
    return count


def _missing(grid: Grid) -> tuple[int, int] | None:
    """The first cell that surely has a value where fewer were given in a row than it surely has."""
    must = dict(grid.facts.must)
    for number, row in enumerate(grid.every_row()):
        sure = must.pop(number, 0)
        laid_over = sum(sure >> column & 1 for column in grid.facts.cells.get(number, ()))
        if sure and len(row) - row.count("") + laid_over < sure.bit_count():
            given = [at + grid.values_left for at, value in enumerate(row) if value != ""]
            lost = [column for column in range(sure.bit_length()) if sure >> column & 1 and column not in given]
            return number, lost[0]
    left = [row for row, sure in must.items() if sure]
    return (min(left), (must[min(left)] & -must[min(left)]).bit_length() - 1) if left else None


def _map_of_given(grid: Grid) -> list[bytes]:
    return [bytes(value != "" for value in row) for row in grid.every_row()]


def _is_given(given: list[bytes], row: int, at: int) -> bool:
    return row < len(given) and 0 <= at < len(given[row]) and bool(given[row][at])


def places_held(parts: Parts, sheet: str, shared_strings: str) -> Iterator[tuple[int, int]]:
    """Row and column of each cell with more than blanks in it, cell by cell; slow, for when the counts differ."""
    filled = _filled_strings(parts, shared_strings) if shared_strings in parts else b""
    row = column = -1
    for event, name, element in elements(parts.blocks(sheet)):
        if event == "start" and name == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "end" and name == "c":
            row, column = address(element.get("r"), row, column)
            if _holds(element, filled):
                yield row, column
            element.clear()
        elif event == "end" and name == "row":
            forget(element)


def _holds(element: "_Element", filled: bytes) -> bool:
    children = {local_name(child.tag): child for child in element}
    value = (children["v"].text or "").strip() if "v" in children else ""
    if value and element.get("t") == "s" and value.isdecimal() and int(value) < len(filled):
        return bool(filled[int(value)])
    return bool(value) or ("is" in children and _has_text(children["is"]))


def _filled_strings(parts: Parts, path: str) -> bytes:
    """For each shared string, whether it is more than blanks."""
    found = bytearray()
    for event, name, element in elements(parts.blocks(path)):
        if event == "end" and name == "si":
            found.append(_has_text(element))
            forget(element)
    return bytes(found)


def _has_text(element: "_Element") -> bool:
    """Whether a string has text of its own; how it is pronounced (``rPh``) is none."""
    texts = [node for node in element.iter() if local_name(node.tag) == "t"]
    spoken = [node for node in texts if local_name(getattr(node.getparent(), "tag", "")) == "rPh"]
    return any((node.text or "").strip() for node in texts if node not in spoken)
