"""The same facts as the scan of a sheet, cell by cell through lxml, for XML of an unusual shape."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.facts import Kind, SheetFacts, Special, Styles, column_of
from hestia_assets.formats._excel.scan import special_cell

if TYPE_CHECKING:
    from lxml.etree import _Element

TRUE = ("1", "true")


def walk_sheet(blocks: Iterable[bytes], styles: Styles) -> SheetFacts:
    """Facts of a sheet. Raises UnreadableFileError when it is no XML, or declares entities."""
    facts = SheetFacts()
    rows = set[int]()
    row = column = -1
    for event, name, element in elements(blocks):
        if event == "start" and name == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
            facts.twice = facts.twice or (f"it has the row {row + 1}" if row in rows else "")
            rows.add(row)
            if element.get("hidden") in TRUE:
                facts.hidden_rows.add(row)
        elif event == "end" and name == "c":
            row, column = address(element.get("r"), row, column)
            facts.claim(row, column)
            _cell(element, row, column, facts, styles)
            element.clear()
        elif event == "end" and name == "col" and element.get("hidden") in TRUE:
            facts.hidden_columns.append((int(element.get("min", 1)) - 1, int(element.get("max", 1)) - 1))
        elif event == "end" and name == "mergeCell":
            first, _, last = element.get("ref", "").partition(":")
            facts.merged.append((*address(first, 0, 0), *address(last or first, 0, 0)))
        elif event == "end" and name == "row":
            forget(element)
    return facts


def forget(element: "_Element") -> None:
    """Free an element that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)


def address(text: str | None, row: int, column: int) -> tuple[int, int]:
    """Row and column of ``B7``; the next cell of the row where there is no address."""
    name = (text or "").replace("$", "").upper()
    digits = name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if not digits.isdecimal() or len(digits) == len(name):
        return row, column + 1
    return int(digits) - 1, column_of(name[: -len(digits)])


def _cell(element: "_Element", row: int, column: int, facts: SheetFacts, styles: Styles) -> None:
    children = {local_name(child.tag): child for child in element}
    value = children["v"].text if "v" in children else None
    if value or "is" in children:
        facts.filled += 1
        facts.reach(row, column)
    kind, style = element.get("t", "n"), int(element.get("s", 0))
    if value and kind == "n" and style in styles.percent:
        facts.percent += 1
    if kind == "inlineStr" and "v" in children and (told := _string(children.get("is"), value)).strip():
        facts.add(row, column, Special(Kind.TEXT, told))  # a plain reader takes one of the two, or none
        return
    text = value.strip() if value else None
    special = special_cell(kind, style, text, styles, formula="f" in children, has_value="v" in children)
    if special and special.kind is Kind.UNCACHED:
        formula = children["f"].text
        special = Special(Kind.UNCACHED, stored=f"={formula}" if formula else "=…")
    if special:
        facts.add(row, column, special)


def _string(inline: "_Element | None", value: str | None) -> str:
    """The text of an inline string, without how it is pronounced; else the bare value."""
    nodes = [] if inline is None else [node for node in inline.iter() if local_name(node.tag) == "t"]
    spoken = [node for node in nodes if local_name(getattr(node.getparent(), "tag", "")) == "rPh"]
    return "".join(node.text or "" for node in nodes if node not in spoken) or value or ""


def elements(blocks: Iterable[bytes]) -> Iterator[tuple[str, str, "_Element"]]:
    """Start and end of each element with its local name. Raises UnreadableFileError."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml brings no types

    parser = etree.XMLPullParser(("start", "end"), resolve_entities=False, no_network=True, huge_tree=True)
    try:
        for block in blocks:
            parser.feed(block)
            for event, element in parser.read_events():
                if element.getparent() is None:
                    _refuse_doctype(element)
                yield event, local_name(element.tag), element
        parser.close()
    except etree.XMLSyntaxError as error:
        hint = "Open it in Excel to see whether it is whole, and send it again."
        raise UnreadableFileError("The sheet is damaged: its XML breaks off.", hint=hint) from error


def _refuse_doctype(element: "_Element") -> None:
    if element.getroottree().docinfo.doctype:
        hint = "Check where the file comes from; if it is honest, save it again in Excel."
        raise UnreadableFileError("The sheet declares entities, which no workbook needs.", hint=hint)


def local_name(tag: object) -> str:
    """The name without its namespace; empty for a comment."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
