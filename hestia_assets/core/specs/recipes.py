"""How a source is read: columns, types, dialect."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, JsonValue, model_validator

from hestia_assets.core.specs.model import ColumnName, Name, Spec, parse, refuse_repeats


class ColumnType(StrEnum):
    """Types a text value can become. Identifiers with leading zeros stay text."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class NoOptions(Spec):
    """For a format that needs to know nothing of its own."""


class Column(Spec):
    """One column of a source and what it becomes.

    ``format`` is a strptime pattern for dates and timestamps (``%d.%m.%Y``), ``true|false`` words for booleans.
    ``scale`` is the number of decimal places of a decimal. ``null_words`` are texts that mean "no value"; the empty
    text is one of them unless the format itself knows null (JSON, Parquet). Signs are those of numbers: ``1.234,50``
    has the decimal sign ``,`` and the thousands sign ``.``.
    """

    source: str = Field(description="The header text in the file, or column_N where there is no header.")
    name: ColumnName
    type: ColumnType = ColumnType.TEXT
    format: str | None = None
    scale: int = Field(default=2, ge=0, le=18)
    null_words: tuple[str, ...] = ("",)
    decimal_sign: Literal[".", ","] = "."
    thousands_sign: Literal["", ",", ".", " ", "'", "\u00a0", "\u202f"] = ""
    optional: bool = Field(default=False, description="A file without it is welcome: its rows have no value there.")


class Recipe(Spec):
    """How one source is read. Guessed once, shown, saved, then obeyed: loading never sniffs."""

    format: Name = Field(default="csv", description="A name from hestia_assets.formats.")
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=8)
    quote: str = Field(default='"', max_length=1, description="Empty: quotes have no meaning.")
    escape: str = Field(default="", max_length=1, description="Takes the meaning from the sign behind it.")
    comment: str = Field(default="", max_length=1, description="Lines that start with it are no data.")
    preamble_lines: int = Field(
        default=0, ge=0, description="Lines before the header, blank and comment lines not counted."
    )
    has_header: bool = True
    header_lines: int = Field(default=1, ge=1, le=5, description="Lines (or sheet rows) that together name columns.")
    footer: str = Field(
        default="",
        description="A record near the end whose first value begins with this is the footer, with all below it.",
    )
    ignored: tuple[str, ...] = Field(default=(), description="Header texts of columns that are left out by choice.")
    options: dict[str, JsonValue] = Field(
        default_factory=dict, description="What only this format knows; see its model of options."
    )
    columns: tuple[Column, ...] = ()
    chunk_bytes: int = Field(default=16 * 1024 * 1024, ge=1024, description="Memory is bounded by this.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        refuse_repeats("column", [column.name.lower() for column in self.columns])
        return self

    def with_changes(self, changes: Mapping[str, Any]) -> "Recipe":
        """The recipe after a choice: fields as given, ``options`` merged, ``columns`` as changes by column name.

        Raises:
            SpecError: a value is not valid.

        Example:
            >>> recipe = Recipe(columns=(Column(source="Day", name="day"),))
            >>> recipe.with_changes({"delimiter": ";", "columns": {"day": {"type": "date"}}}).columns[0].type.value
            'date'
        """
        values = self.model_dump() | {name: value for name, value in changes.items() if name != "columns"}
        values["options"] = self.options | dict(changes.get("options", {}))
        by_name: Mapping[str, Mapping[str, Any]] = changes.get("columns", {})
        values["columns"] = [column.model_dump() | dict(by_name.get(column.name, {})) for column in self.columns]
        return parse(Recipe, values)
