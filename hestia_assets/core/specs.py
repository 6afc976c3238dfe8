"""Specs: the versioned declarations of a dataset, a transform, an export. The only pydantic models.

YAML on disk, JSON in the metadata database; frozen and closed, so a misspelt field is an error, not a silence.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError, model_validator

from hestia_assets.core.errors import SpecError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""Name of a dataset, tenant, transform: lower case, digits, underscores."""

ColumnName = Annotated[str, StringConstraints(pattern=r"^[^\W_]\w{0,126}$")]
"""Name of a column: letters of any script, digits, underscores; a leading underscore is Hestia's own."""

SpecT = TypeVar("SpecT", bound="Spec")


def _refuse_repeats(what: str, names: list[str]) -> None:
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise ValueError(f"two {what}s are called '{min(repeated)}'")


class Spec(BaseModel):
    """A closed, frozen declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class ColumnType(StrEnum):
    """Types a text value can become. Identifiers with leading zeros stay text."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class Severity(StrEnum):
    """What a failed check does: row to quarantine, a note, or the whole batch waits for a person."""

    REJECT = "reject"
    WARN = "warn"
    HOLD = "hold"


class Mode(StrEnum):
    """What a batch does to the rows that are there: joins them, takes their place, or updates them by key."""

    APPEND = "append"
    REPLACE = "replace"
    UPSERT = "upsert"


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
        _refuse_repeats("column", [column.name.lower() for column in self.columns])
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


class CheckSpec(Spec):
    """A rule applied to columns of a dataset, with a severity.

    Example:
        >>> CheckSpec(rule="in_range", columns=("quantity",), params={"min": 1}).name
        'in_range__quantity'
    """

    rule: Name
    columns: tuple[ColumnName, ...] = Field(min_length=1)
    severity: Severity = Severity.REJECT
    params: dict[str, Any] = Field(default_factory=dict)
    label: Name | None = Field(default=None, description="Tells two checks of one rule on one column apart.")

    @property
    def name(self) -> str:
        """The name of the asset check."""
        return self.label or "__".join((self.rule, *self.columns))


class DatasetSpec(Spec):
    """A dataset from landing to export.

    Example:
        >>> DatasetSpec(name="orders").key
        'default/orders'
    """

    name: Name
    tenant: Name = "default"
    description: str = ""
    recipe: Recipe = Recipe()
    other_recipes: tuple[Recipe, ...] = Field(
        default=(), description="How other sources of the same columns are read; the first whose header fits is used."
    )
    mode: Mode = Mode.APPEND
    primary_key: tuple[ColumnName, ...] = Field(default=(), description="Columns that together name a row; for upsert.")
    blank_overwrites: bool = Field(default=False, description="On upsert an empty value takes a value's place.")
    delete_missing: bool = Field(default=False, description="On upsert, rows whose key is not in the file go.")
    delete_limit: float = Field(
        default=0.1, ge=0, le=1, description="A batch that would delete a larger share of rows waits for a person."
    )
    checks: tuple[CheckSpec, ...] = ()

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"

    @model_validator(mode="after")
    def _checks_fit(self) -> Self:
        _refuse_repeats("check", [check.name for check in self.checks])
        known = {column.name for column in self.recipe.columns}
        for check in self.checks:
            if known and (unknown := set(check.columns) - known):
                raise ValueError(f"check '{check.name}' names the unknown column '{min(unknown)}'")
        return self

    @model_validator(mode="after")
    def _mode_fits(self) -> Self:
        known = {column.name for column in self.recipe.columns}
        if known and (unknown := set(self.primary_key) - known):
            raise ValueError(f"primary_key names the unknown column '{min(unknown)}'")
        if self.mode is Mode.UPSERT and not self.primary_key:
            raise ValueError("upsert needs primary_key: the columns that name a row")
        if self.delete_missing and self.mode is not Mode.UPSERT:
            raise ValueError("delete_missing needs the mode upsert")
        return self

    @model_validator(mode="after")
    def _recipes_agree(self) -> Self:
        """Every recipe makes the same columns: what differs is how they are found in the file."""
        made = {(column.name, column.type, column.scale) for column in self.recipe.columns}
        for recipe in self.other_recipes:
            if {(column.name, column.type, column.scale) for column in recipe.columns} != made:
                raise ValueError("another recipe makes other columns, or columns of other types")
        return self


class TransformSpec(Spec):
    """One SQL query over other tables whose result becomes ``transformed.<name>``."""

    name: Name
    tenant: Name = "default"
    description: str = ""
    sql: str = Field(min_length=1)

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"


class ExportSpec(Spec):
    """One table written to one file, proved complete before it is published."""

    name: Name
    tenant: Name = "default"
    description: str = ""
    table: str = Field(description="layer.name, such as transformed.revenue.")
    format: Name = "csv"

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"


class SourceSpec(Spec):
    """A place that files of a dataset are fetched from, by hand or on a schedule.

    ``url`` is ``https://…`` for one file or ``s3://bucket/prefix`` for every object below it.

    Example:
        >>> SourceSpec(name="rates", dataset="rates", url="https://example.org/rates.csv").key
        'default/rates'
    """

    name: Name
    tenant: Name = "default"
    description: str = ""
    dataset: Name
    url: str = Field(min_length=1)
    pattern: str = Field(default="*", description="Only objects whose name matches, such as *.csv; for a prefix.")
    schedule: str = Field(default="", description="Cron expression; empty: by hand, or a bucket when it has news.")
    time_zone: str = "UTC"
    paused: bool = Field(default=False, description="Fetched by hand only, whatever the schedule says.")

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"


AnySpec = DatasetSpec | SourceSpec | TransformSpec | ExportSpec

SPEC_KINDS: dict[str, type[DatasetSpec] | type[SourceSpec] | type[TransformSpec] | type[ExportSpec]] = {
    "dataset": DatasetSpec,
    "source": SourceSpec,
    "transform": TransformSpec,
    "export": ExportSpec,
}


def kind_of(spec: AnySpec) -> str:
    """The word under which a spec is kept: dataset, transform, export."""
    return next(kind for kind, model in SPEC_KINDS.items() if type(spec) is model)


def parse(model: type[SpecT], values: object) -> SpecT:
    """Validate ``values`` as ``model``, with our error instead of pydantic's.

    Raises:
        SpecError: names each field that is wrong, and why.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or model.__name__}: {e['msg']}" for e in error.errors()]
        raise SpecError("; ".join(lines) + ".", hint="Correct the fields named above.") from error
