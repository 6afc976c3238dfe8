"""A value must be one of a list."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._values import as_values

if TYPE_CHECKING:
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData


class InSet:
    """Fails for each value that is not in the list; an empty field passes (use not_null for that)."""

    sentence: ClassVar[str] = "{columns} must be one of {values}"
    parameters: ClassVar[Mapping[str, str]] = {"values": "The allowed values."}
    required: ClassVar[frozenset[str]] = frozenset({"values"})
    example: ClassVar[Mapping[str, Any]] = {"values": ["EUR", "USD"]}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        values = [str(value) for value in _values(spec)]
        more = f" … ({len(values)} in all)" if len(values) > 10 else ""
        return f"{spec.columns[0]} must be one of {', '.join(values[:10])}{more}."

    def check(self, spec: CheckSpec) -> "pa.Check":
        """The pandera check for each of the spec's columns."""
        import pandera.polars as pa

        values = _values(spec)

        def allowed(data: "PolarsData") -> pl.LazyFrame:
            dtype = data.lazyframe.collect_schema()[data.key]
            return data.lazyframe.select(pl.col(data.key).is_in(as_values(values, dtype, parameter="values").implode()))

        return pa.Check(allowed, name=spec.name)


def _values(spec: CheckSpec) -> list[Any]:
    values = spec.params.get("values")
    if not isinstance(values, list | tuple) or not values:
        raise SpecError(f"Check '{spec.name}' has no values.", hint="Give 'values' as a list, such as [EUR, USD].")
    return list(values)


RULE = InSet()
