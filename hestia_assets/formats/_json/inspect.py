"""What a JSON document or JSON lines hold: tables, columns, a recipe. The whole file is read; late keys are kept."""

from collections.abc import Callable
from typing import BinaryIO, Literal, Protocol

from pydantic import Field as Described

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, UnreadableFileError
from hestia_assets.core.results import Inspection, Reason, TableInFile
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._json.alike import Templates
from hestia_assets.formats._json.claim import encoding_of
from hestia_assets.formats._json.cursor import Cursor
from hestia_assets.formats._json.runs import Runs
from hestia_assets.formats._json.values import FaultError, unreadable
from hestia_assets.formats._nested.paths import segments_of, table_path
from hestia_assets.formats._nested.shape import MOST_COLUMNS, NestedTable, Shape, best, tables_of


class NestedOptions(Spec):
    """Which table of a nested file is read, and what becomes of objects inside its records."""

    record_path: str = Described(
        default="$", title="Records", description="Where the records are: $ or a path such as $.orders[].lines"
    )
    nested: Literal["columns", "json"] = Described(
        default="columns",
        title="Nested objects",
        description="columns: one column per field; json: JSON text in a cell",
    )
    tables: tuple[str, ...] | None = Described(
        default=None, title="Tables", description="The paths of all tables of the file; others set a record aside."
    )

    @property
    def flat(self) -> bool:
        """Whether objects become columns."""
        return self.nested == "columns"

    @property
    def lists(self) -> tuple[str, ...] | None:
        """The tables that records leave out because they are read on their own; None where nobody looked."""
        return self.tables if self.flat else ()


Look = Callable[[str], tuple[NestedTable, ...]]
"""The tables of a file, for ``columns`` or ``json``."""


class LookInto(Protocol):
    """Reads a file to its end. Raises ReadError."""

    def __call__(self, source: BinaryIO, encoding: str, *, file_name: str) -> Look:
        """What it holds."""
        ...


def look_into(source: BinaryIO, encoding: str, *, file_name: str) -> Look:
    """Read a JSON document to its end.

    Raises:
        EmptyFileError: nothing but space.
        UnreadableFileError: it is no JSON, with line and column.
    """
    cursor = Cursor(source, encoding)
    root = Shape()
    try:
        sign = cursor.peek()
        if not sign:
            raise EmptyFileError(file_name)
        _visit(root, cursor)
        cursor.at_end()
    except FaultError as fault:
        raise refusal(cursor, fault) from fault
    except RecursionError as error:
        raise unreadable(cursor.line(), 1, "lists and objects are nested too deeply") from error
    if sign != "[":
        return lambda nested: tables_of(root, rows=1, single=True, nested=nested)
    records = root.items or Shape()
    records.plain = root.plain
    return lambda nested: tables_of(records, rows=root.elements, single=False, nested=nested)


def refusal(cursor: Cursor, fault: FaultError) -> UnreadableFileError:
    """A fault as the error that a person sees."""
    return unreadable(cursor.line(fault.at), cursor.column(fault.at), fault.reason)


def _visit(shape: Shape, cursor: Cursor) -> None:
    """Objects are walked down to the first list; its elements are decoded one by one."""
    sign = cursor.peek()
    if sign == "{":
        for key in cursor.members():
            _visit(shape.child(key), cursor)
    elif sign == "[":
        runs = Runs(Templates(lambda _: {}), None)
        for _ in cursor.elements():
            run = runs.next(cursor) if cursor.peek() == "{" else None
            if run is not None:  # its templates were learnt from elements above it: it brings nothing new
                shape.elements += len(run)
                continue
            found, first = cursor.sized_value()
            shape.add_element(found.value)
            runs.decoded(cursor, first, None if found.repeated else found.value)
    else:
        shape.add(cursor.value().value)


def columns_of(source: BinaryIO, recipe: Recipe, look_at: LookInto) -> tuple[Column, ...]:
    """The columns of the table that a recipe's options name. Raises HeaderMismatchError, ReadError."""
    options = parse(NestedOptions, recipe.options)
    table = table_for(look_at(source, recipe.encoding, file_name="The file"), options)
    if table is None:
        raise HeaderMismatchError(missing=[options.record_path], added=[])
    return table.columns()


def inspected(source: BinaryIO, look_at: LookInto, *, format_name: str, file_name: str) -> Inspection:
    """The recipe for the table most worth having, and all tables with what it takes to read each. Raises ReadError."""
    source.seek(0)
    encoding, why = encoding_of(source.read(4))
    look, reasons = look_at(source, encoding, file_name=file_name), [Reason("encoding", encoding, why)]
    nested, tables = _within_reason(look, reasons)
    chosen = best(tables)
    options = {"record_path": chosen.path, "nested": nested, "tables": [table.path for table in tables]}
    recipe = Recipe(format=format_name, encoding=encoding, options=options, columns=chosen.columns())
    reasons += _reasons(chosen, tables)
    listed = tuple(
        TableInFile(name, {"options": {"record_path": table.path}}, rows=table.rows)
        for name, table in zip(_names(tables), tables, strict=True)
    )
    return Inspection(recipe, tuple(reasons), tables=listed)


def table_for(look: Look, options: NestedOptions) -> NestedTable | None:
    """The table that the options ask for."""
    wanted = table_path(segments_of(options.record_path))
    return next((table for table in look(options.nested) if table.path == wanted), None)


def _within_reason(look: Look, reasons: list[Reason]) -> tuple[str, tuple[NestedTable, ...]]:
    """Columns for nested fields unless they are too many: then names are probably values."""
    tables = look("columns")
    widest = max(len(table.sources) for table in tables)
    if widest > MOST_COLUMNS and max(len(table.sources) for table in look("json")) < widest:
        because = f"As columns there would be {widest:,}; objects stay JSON text in a cell."
        reasons.append(Reason("nested", "json", because))
        return "json", look("json")
    filled = tuple(table for table in tables if table.sources)
    return "columns", filled or tables


def _reasons(chosen: NestedTable, tables: tuple[NestedTable, ...]) -> list[Reason]:
    records = f"{chosen.rows:,} records with {len(chosen.sources):,} columns stand here"
    others = f"; the file has {len(tables):,} tables in all" if len(tables) > 1 else ""
    return [Reason("records", chosen.path, f"{records}{others}.")]


def _names(tables: tuple[NestedTable, ...]) -> list[str]:
    """Names for people, unique: ``records``, ``orders.lines``."""
    names: list[str] = []
    for table in tables:
        name = plain = table.path.replace("[]", "").removeprefix("$").removeprefix(".") or "records"
        copy = 1
        while name in names:
            copy += 1
            name = f"{plain} ({copy})"
        names.append(name)
    return names
