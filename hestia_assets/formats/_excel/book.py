"""An open workbook: calamine gives the values, a pass of ours what it hides; neither takes the process down."""

from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeVar

from hestia_assets.core.errors import EmptyFileError, SpecError
from hestia_assets.formats._excel.container import damaged, kind_of, protected
from hestia_assets.formats._excel.facts import SheetFacts
from hestia_assets.formats._excel.parts import Parts

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ResultT = TypeVar("ResultT")


class FactsOf(Protocol):
    """What one kind of workbook tells besides its values."""

    date1904: bool

    def facts(self, sheet: str, index: int) -> SheetFacts:
        """One pass over a sheet, by its name and its number from 0. Raises UnreadableFileError."""
        ...


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet with cells, in the order of the workbook."""

    name: str
    hidden: bool


class Book:
    """A workbook, open for reading; use it in a ``with``."""

    def __init__(self, source: BinaryIO, *, file_name: str = "The workbook") -> None:
        self._source, self._file_name = source, file_name
        self._open = ExitStack()

    def __enter__(self) -> "Book":
        kind = kind_of(self._source, file_name=self._file_name)
        try:
            self._facts = _facts_of(kind, self._source, self._file_name, self._open)
            self._source.seek(0)
            self._book: CalamineWorkbook = self._guarded(self._load)
        except BaseException:  # whatever it is, what was opened is closed
            self._open.close()
            raise
        self.kind, self.date1904 = kind, self._facts.date1904
        self.sheets = self._sheets()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def sheet(self, name: str) -> tuple["CalamineSheet", SheetFacts]:
        """Values and facts of a sheet; the facts first, they refuse what would not fit into memory.

        Raises:
            SpecError: there is no such sheet.
            UnreadableFileError: it is damaged, or made to hurt.
        """
        if name not in {sheet.name for sheet in self.sheets}:
            listed = ", ".join(sheet.name for sheet in self.sheets)
            raise SpecError(f"The workbook has no sheet called '{name}'.", hint=f"Use one of: {listed}.")
        facts = self._facts.facts(name, self._book.sheet_names.index(name))
        return self._guarded(lambda: self._book.get_sheet_by_name(name)), facts

    def formulas(self, name: str) -> Collection[tuple[int, int]]:
        """Row and column, from 0, of each cell with a formula; of xls and xlsb. Raises UnreadableFileError."""
        from hestia_assets.formats._excel.biff import BiffWorkbook
        from hestia_assets.formats._excel.xlsb import XlsbWorkbook

        assert isinstance(self._facts, BiffWorkbook | XlsbWorkbook), "only these are asked"
        return self._facts.formulas(name, self._book.sheet_names.index(name))

    def _load(self) -> "CalamineWorkbook":
        from python_calamine import load_workbook

        return load_workbook(self._source)

    def _sheets(self) -> tuple[SheetName, ...]:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        sheets = tuple(
            SheetName(sheet.name, sheet.visible != SheetVisibleEnum.Visible)
            for sheet in self._book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        )
        if not sheets:
            raise EmptyFileError(self._file_name)
        if len({sheet.name for sheet in sheets}) < len(sheets):
            raise damaged(self._file_name, "two of its sheets have the same name")
        return sheets

    def _guarded(self, work: Callable[[], ResultT]) -> ResultT:
        """Run calamine; its errors and its panics become ours."""
        from python_calamine import CalamineError, PasswordError

        try:
            return work()
        except PasswordError as error:
            raise protected(self._file_name) from error
        except (CalamineError, OSError, ValueError) as error:
            raise damaged(self._file_name, str(error)[:120]) from error
        except BaseException as error:  # a panic of Rust is no Exception, and pyo3 gives it no name to import
            if type(error).__name__ != "PanicException":
                raise
            raise damaged(self._file_name, "a reader stumbles over it") from error


def _facts_of(kind: str, source: BinaryIO, file_name: str, stack: ExitStack) -> FactsOf:
    if kind == "xls":
        from hestia_assets.formats._excel.biff import BiffWorkbook

        return BiffWorkbook(source, file_name)
    parts = stack.enter_context(Parts(source, file_name))
    if kind == "xlsb":
        from hestia_assets.formats._excel.xlsb import XlsbWorkbook

        return XlsbWorkbook(parts)
    if kind == "ods":
        from hestia_assets.formats._excel.ods import OdsWorkbook

        return OdsWorkbook(parts)
    from hestia_assets.formats._excel.ooxml import OoxmlWorkbook

    return OoxmlWorkbook(parts)
