"""What every rule owes."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl

    from hestia_assets.core.specs import CheckSpec

Condition = Callable[["pl.Expr", "pl.DataType"], "pl.Expr"]
"""From a column and its type to whether each value passes; null passes."""


class Rule(Protocol):
    """A kind of check. It counts, it does not judge: whether a failure blocks is the spec's decision.

    ``sentence`` says in plain words what the rule demands, with ``{columns}`` and the parameters' names in braces.
    ``parameters`` maps each parameter to what it means; ``required`` are those without a default.
    """

    sentence: ClassVar[str]
    parameters: ClassVar[Mapping[str, str]]
    required: ClassVar[frozenset[str]]
    example: ClassVar[Mapping[str, Any]]

    def message(self, spec: "CheckSpec") -> str:
        """The sentence shown beside a row that failed."""
        ...


@runtime_checkable
class RowRule(Rule, Protocol):
    """Judges each row by itself, through pandera, on a collected chunk."""

    def check(self, spec: "CheckSpec") -> "pa.Check":
        """The pandera check for each of the spec's columns. Raises SpecError on wrong parameters."""
        ...


@runtime_checkable
class ConditionRule(RowRule, Protocol):
    """A row rule that can say its judgement as an expression, so that all checks of a chunk take one pass over it.

    pandera's verdict on ``check`` is the reference: the conformance suite holds the two against each other.
    """

    def condition(self, spec: "CheckSpec") -> Condition:
        """Whether values pass. Raises SpecError on wrong parameters."""
        ...


@runtime_checkable
class SetRule(Rule, Protocol):
    """Judges rows by other rows: those of the whole batch and those already in the table."""

    def failing(self, rows: "pl.LazyFrame", existing: "pl.LazyFrame | None", spec: "CheckSpec") -> "pl.Series":
        """The ``_row`` numbers that fail. Raises SpecError on wrong parameters."""
        ...
