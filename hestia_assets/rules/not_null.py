"""A value must be there."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from hestia_assets.core.specs import CheckSpec


class NotNull:
    """Fails for each row where the column is empty."""

    sentence: ClassVar[str] = "{columns} must not be empty"
    parameters: ClassVar[Mapping[str, str]] = {}
    required: ClassVar[frozenset[str]] = frozenset()
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} is empty."

    def check(self, spec: CheckSpec) -> pa.Check:
        """The pandera check for each of the spec's columns."""

        def filled(data: PolarsData) -> pl.LazyFrame:
            return data.lazyframe.select(pl.col(data.key).is_not_null())

        return pa.Check(filled, name=spec.name, ignore_na=False)


RULE = NotNull()
