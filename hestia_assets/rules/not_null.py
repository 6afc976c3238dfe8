"""A value must be there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from hestia_assets.core.specs import CheckSpec

if TYPE_CHECKING:
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData


class NotNull:
    """Fails for each row where the column is empty."""

    sentence: ClassVar[str] = "{columns} must not be empty"
    parameters: ClassVar[Mapping[str, str]] = {}
    required: ClassVar[frozenset[str]] = frozenset()
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} is empty."

    def check(self, spec: CheckSpec) -> "pa.Check":
        """The pandera check for each of the spec's columns."""
        import pandera.polars as pa

        def filled(data: "PolarsData") -> pl.LazyFrame:
            return data.lazyframe.select(pl.col(data.key).is_not_null())

        return pa.Check(filled, name=spec.name, ignore_na=False)


RULE = NotNull()
