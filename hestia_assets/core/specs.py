"""Specs: the versioned declarations of a dataset, a transform, an export. The only pydantic models.

YAML on disk, JSON in the metadata database; frozen and closed, so a misspelt field is an error, not a silence.
"""

from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from hestia_assets.core.errors import SpecError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""Name of a dataset, tenant, transform: lower case, digits, underscores."""

ColumnName = Annotated[str, StringConstraints(pattern=r"^[^\W_]\w{0,126}$")]
"""Name of a column: letters of any script, digits, underscores; a leading underscore is Hestia's own."""

SpecT = TypeVar("SpecT", bound="Spec")


def _refuse_repeats(what: str, names: list[str]) -> None:
    repeated = {name for name in names if names.count(name) > 1}
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


class Column(Spec):
    """One column of a source and what it becomes.

    ``format`` is a strptime pattern for dates and timestamps (``%d.%m.%Y``), ``true|false`` words for booleans.
    ``scale`` is the number of decimal places of a decimal.
    """

    source: str = Field(description="The header text in the file, or column_N where there is no header.")
    name: ColumnName
    type: ColumnType = ColumnType.TEXT
    format: str | None = None
    scale: int = Field(default=2, ge=0, le=18)


class Recipe(Spec):
    """How one source is read. Guessed once, shown, saved, then obeyed: loading never sniffs."""

    format: Name = Field(default="csv", description="A name from hestia_assets.formats.")
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str = Field(default='"', max_length=1, description="Empty: quotes have no meaning.")
    comment: str = Field(default="", max_length=1, description="Lines that start with it are no data.")
    preamble_lines: int = Field(
        default=0, ge=0, description="Lines before the header, blank and comment lines not counted."
    )
    has_header: bool = True
    columns: tuple[Column, ...] = ()
    chunk_bytes: int = Field(default=16 * 1024 * 1024, ge=1024, description="Memory is bounded by this.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        _refuse_repeats("column", [column.name.lower() for column in self.columns])
        return self


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


AnySpec = DatasetSpec | TransformSpec | ExportSpec

SPEC_KINDS: dict[str, type[DatasetSpec] | type[TransformSpec] | type[ExportSpec]] = {
    "dataset": DatasetSpec,
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
