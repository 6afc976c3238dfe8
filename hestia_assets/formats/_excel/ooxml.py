"""The facts of an xlsx or xlsm workbook: its sheets, its styles, and what each sheet hides."""

import posixpath
from typing import TYPE_CHECKING

from hestia_assets.formats._excel.complete import places_held
from hestia_assets.formats._excel.container import damaged
from hestia_assets.formats._excel.facts import SheetFacts, Styles, styles_from
from hestia_assets.formats._excel.parts import Parts
from hestia_assets.formats._excel.scan import scan_sheet
from hestia_assets.formats._excel.walk import walk_sheet

if TYPE_CHECKING:
    from lxml.etree import _Element

WORKBOOK = "xl/workbook.xml"
MOST_STYLES = 65_490
NO_STYLES = Styles({}, frozenset(), frozenset())


class OoxmlWorkbook:
    """An open xlsx: which part is which sheet, and the styles. Raises UnreadableFileError."""

    def __init__(self, parts: Parts) -> None:
        parts.measure()
        self._parts = parts
        path = self._workbook_path()
        root = parts.xml(path)
        targets = relations(parts, path)
        self.date1904 = any(_is_on(node.get("date1904")) for node in _all(root, "workbookPr"))
        self._sheets = {node.get("name", ""): targets.get(_relation(node), "") for node in _all(root, "sheet")}
        self._styles = self._read_styles(path)
        self._strings = next((part for part in targets.values() if part.lower().endswith("sharedstrings.xml")), "")

    @property
    def sheets(self) -> dict[str, str]:
        """The part of each sheet, by its name, in order."""
        return self._sheets

    @property
    def styles(self) -> Styles:
        """What the styles of cells show."""
        return self._styles

    @property
    def strings(self) -> str:
        """The part of the texts that several cells share; empty where there is none."""
        return self._strings

    def facts(self, sheet: str, index: int) -> SheetFacts:  # noqa: ARG002 - only xls needs the number
        """One pass over a sheet."""
        path = self._sheets.get(sheet, "")
        if path not in self._parts:
            raise damaged(self._parts.file_name, f"the sheet '{sheet}' is missing")
        facts = scan_sheet(self._parts.blocks(path), self._styles)
        if facts is None:
            facts = walk_sheet(self._parts.blocks(path), self._styles)
        facts.check_size()
        facts.places_held = lambda: places_held(self._parts, path, self._strings)
        return facts

    def _workbook_path(self) -> str:
        if WORKBOOK in self._parts:
            return WORKBOOK
        for path in relations(self._parts, "").values():
            if "workbook" in path.lower() and path in self._parts:
                return path
        raise damaged(self._parts.file_name, "its list of sheets is missing")

    def _read_styles(self, workbook: str) -> Styles:
        path = posixpath.join(posixpath.dirname(workbook), "styles.xml")
        if path not in self._parts:
            return NO_STYLES
        root = self._parts.xml(path)
        formats = {int(node.get("numFmtId", -1)): node.get("formatCode", "") for node in _all(root, "numFmt")}
        cells = next(iter(_all(root, "cellXfs")), ())
        if len(cells) > MOST_STYLES:
            raise self._parts.bomb(path, f"lists more than {MOST_STYLES:,} cell styles, which no workbook can")
        used = [int(node.get("numFmtId", 0)) for node in cells if isinstance(node.tag, str)]
        return styles_from(formats, used, date1904=self.date1904)


def relations(parts: Parts, path: str) -> dict[str, str]:
    """Targets by relation id, as paths in the archive; of the whole package where ``path`` is empty."""
    folder, name = posixpath.split(path)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in parts:
        raise damaged(parts.file_name, "its relations are missing")
    found: dict[str, str] = {}
    for node in _all(parts.xml(rels), "Relationship"):
        target = node.get("Target", "").replace("\\", "/")
        found[node.get("Id", "")] = posixpath.normpath(
            target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        )
    return found


def _all(root: "_Element", name: str) -> list["_Element"]:
    return [node for node in root.iter() if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name]


def _relation(node: "_Element") -> str:
    return next((value for key, value in node.attrib.items() if str(key).endswith("}id")), "")


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")
