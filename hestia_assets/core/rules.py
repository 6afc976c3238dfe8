"""What every rule owes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime

    import pandera.polars as pa
    import polars as pl

    from hestia_assets.core.results import Batch, DriftFinding, LineAccount
    from hestia_assets.core.specs import CheckSpec

Condition = Callable[["pl.Expr", "pl.DataType"], "pl.Expr"]
"""From a column and its type to whether each value passes; null passes."""

NO_COLUMN = range(1)
ONE_COLUMN = range(1, 2)
TWO_COLUMNS = range(2, 3)
SOME_COLUMNS = range(1, 1000)
MAYBE_COLUMNS = range(1000)
"""How many columns a check of a rule may name."""


class ParameterKind(StrEnum):
    """What a form asks for."""

    VALUE = "value"  # of the column's type, as the table shows it
    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    SWITCH = "switch"
    LIST = "list"  # of values of the column's type
    COLUMN = "column"  # of this dataset
    COLUMNS = "columns"
    OTHER_COLUMN = "other_column"  # of the dataset that the parameter called dataset names
    OTHER_COLUMNS = "other_columns"
    DATASET = "dataset"
    CHOICE = "choice"
    CHECK = "check"  # {rule, columns, params} of another check
    SQL = "sql"
    JSON = "json"


class Scope(StrEnum):
    """What a check looks at."""

    VALUE = "value"
    ROW = "row"
    SET = "set"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule: what it means, and what a form asks for; ``default`` holds where nothing is given."""

    meaning: str
    kind: ParameterKind = ParameterKind.VALUE
    required: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where and when rows are judged. ``at`` (UTC): when the batch arrived, so that later it is judged alike."""

    tenant: str
    at: "datetime"


class Rule(Protocol):
    """A kind of check. It counts, it does not judge: whether a failure blocks is the spec's decision.

    ``sentence`` says in plain words what the rule demands, with ``{columns}`` and the parameters' names in braces.
    ``columns``: how many a check may name. ``advice``: how a person mends a row that failed. ``example``: parameters
    that work.
    """

    sentence: ClassVar[str]
    advice: ClassVar[str]
    columns: ClassVar[range]
    parameters: ClassVar[Mapping[str, Parameter]]
    example: ClassVar[Mapping[str, Any]]

    def message(self, spec: "CheckSpec") -> str:
        """The sentence shown beside a row that failed."""
        ...


@runtime_checkable
class WordedRule(Rule, Protocol):
    """A rule whose sentence depends on which parameters are given."""

    def wording(self, spec: "CheckSpec") -> str:
        """The sentence of this check, with ``{columns}``, ``{first}``, ``{second}`` and parameters in braces.

        ``{values:or}`` joins the last two of a list by that word, ``{format:date}`` shows a pattern of dates by its
        letters, ``{if:if}`` says a check as what is so, not as what must be so. Raises SpecError on wrong parameters.
        """
        ...


@runtime_checkable
class ConditionRule(Rule, Protocol):
    """Judges each value by itself, as an expression: all checks of a chunk take one pass over it.

    pandera's verdict on the compiled condition is the reference: the conformance suite holds the two together.
    """

    def condition(self, spec: "CheckSpec", occasion: Occasion) -> Condition:
        """Whether values pass. Raises SpecError on wrong parameters."""
        ...


@runtime_checkable
class ListingRule(Rule, Protocol):
    """Knows every value that it allows, so that a form or a workbook can offer them."""

    def allowed(self, spec: "CheckSpec") -> "Sequence[str]":
        """The values as a person writes them. Raises SpecError on wrong parameters."""
        ...


@runtime_checkable
class RecordRule(Rule, Protocol):
    """Judges each row by several of its values, as an expression over the row's columns."""

    def passes(self, spec: "CheckSpec", schema: "pl.Schema", occasion: Occasion) -> "pl.Expr":
        """Whether each row passes; null passes. Raises SpecError on wrong parameters or types."""
        ...


@runtime_checkable
class RowRule(Rule, Protocol):
    """Judges each value by itself, in whatever way pandera can: for rules that no expression says."""

    def check(self, spec: "CheckSpec") -> "pa.Check":
        """The pandera check for each of the spec's columns. Raises SpecError on wrong parameters."""
        ...


@runtime_checkable
class ReadingRule(Rule, Protocol):
    """A rule that knows which columns a check looks at although no parameter of columns names them."""

    def reads(self, spec: "CheckSpec") -> frozenset[str]:
        """The columns, beside those that the check names. Raises SpecError on wrong parameters."""
        ...


@dataclass(frozen=True, slots=True)
class Relations:
    """What a set rule's query reads: names of relations, ready to stand in SQL; those of Hestia start with ``_``.

    ``rows``: those of the batch, typed, with the columns that the check reads (see ``Validator.reads``) and ``_row``
    (BIGINT, in the order of the file); ``existing``: those that are in the table beside them, with the same columns
    (without any rows at the first batch; ``is_first`` says so); ``others``: validated tables by the dataset's name.
    ``schema``: the columns of the batch's rows, in the dataset's order; ``schemas``: those of the other tables.
    """

    rows: str
    existing: str
    schema: "pl.Schema"
    others: Mapping[str, str] = field(default_factory=dict[str, str])
    schemas: "Mapping[str, pl.Schema]" = field(default_factory=dict[str, Any])
    is_first: bool = False


@runtime_checkable
class SetRule(Rule, Protocol):
    """Judges rows by other rows, in SQL: those of the whole batch, those in the table, those of other datasets.

    All set checks of a batch are one DuckDB query; rows that one of them rejects are not seen by the next.
    """

    def datasets(self, spec: "CheckSpec") -> tuple[str, ...]:
        """Names of other datasets whose validated tables it reads."""
        ...

    def query(self, spec: "CheckSpec", relations: Relations) -> str:
        """One SELECT that gives the ``_row`` of each row that fails. Raises SpecError on wrong parameters."""
        ...


@runtime_checkable
class KeyRule(SetRule, Protocol):
    """A set rule that only speaks against rows whose key another row of the batch or of the table has as well."""

    def key(self, spec: "CheckSpec") -> tuple[str, ...]:
        """The columns of the key; a row of which one is empty always passes."""
        ...


@dataclass(frozen=True)
class ArrivedBatch:
    """A batch as it would be published, for rules about the batch as a whole.

    ``rows``: typed, those that would be loaded; ``existing``: those in the table beside them (none where the batch
    takes their place); ``before``: the table as it is without the batch; ``earlier``: files committed before, newest
    first; ``others``: validated tables by the dataset's name.
    """

    occasion: Occasion
    rows: "pl.LazyFrame"
    row_count: int
    account: "LineAccount"
    existing: "pl.LazyFrame | None" = None
    before: "pl.LazyFrame | None" = None
    earlier: "tuple[Batch, ...]" = ()
    drift: "tuple[DriftFinding, ...]" = ()
    others: "Mapping[str, pl.LazyFrame]" = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class BatchFinding:
    """What a rule says of a batch: the problem in one sentence with its numbers, where there is one, and figures."""

    problem: str | None
    figures: Mapping[str, float] = field(default_factory=dict[str, float])


@runtime_checkable
class BatchRule(Rule, Protocol):
    """Judges a batch as a whole; it can warn or hold, and sets no row aside."""

    def datasets(self, spec: "CheckSpec") -> tuple[str, ...]:
        """Names of other datasets whose validated tables it reads."""
        ...

    def judge(self, spec: "CheckSpec", batch: ArrivedBatch) -> BatchFinding:
        """What there is to say of the batch. Raises SpecError on wrong parameters."""
        ...
