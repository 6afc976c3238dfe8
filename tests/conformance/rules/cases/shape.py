"""What a table of a rule is made of.

Each module beside this one binds ``CASES``: by the rule's name its table, and ``REFUSED``: checks that cannot run. The
suite finds them by itself; a rule without a table fails it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hestia_assets.core.specs import CheckSpec, Column

Row = str | tuple[str | None, ...] | None
NAMES = "abcdef"


@dataclass(frozen=True)
class Case:
    """Rows that pass a check of a value or row, and rows that fail it.

    A row is a text as a file has it, or one for each column; None is no value, and "" an empty text in a text column.
    ``types``: of the columns a, b, c …, else text; ``decimal:3`` has three places. ``columns``: those that the
    check names, else all.
    """

    passes: Sequence[Row] = ()
    fails: Sequence[Row] = ()
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    types: Sequence[str] = ()
    columns: str | None = None

    @property
    def rows(self) -> list[tuple[str | None, ...]]:
        """Those that pass, then those that fail."""
        return [row if isinstance(row, tuple) else (row,) for row in (*self.passes, *self.fails)]

    def typed_columns(self) -> tuple[Column, ...]:
        """As a dataset declares them."""
        return tuple(map(declared, NAMES, self.types or ["text"] * len(self.rows[0])))

    def check(self, rule: str) -> CheckSpec:
        """The rule with the parameters of this table."""
        named = NAMES[: len(self.rows[0])] if self.columns is None else self.columns
        return CheckSpec(rule=rule, columns=tuple(named), params=dict(self.params))


def declared(name: str, kind: str) -> Column:
    """A column of a type; a text column keeps its empty texts."""
    kind, _, scale = kind.partition(":")
    words = () if kind == "text" else ("",)
    return Column.model_validate(
        {"source": name, "name": name, "type": kind, "scale": int(scale or 2), "null_words": words}
    )
