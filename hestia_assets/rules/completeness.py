"""Everybody who should report has reported: each expected value is there at least once in a batch."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ONE_COLUMN, ArrivedBatch, BatchFinding, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import kind_of, text_in, type_in
from hestia_assets.rules._values import as_values

SHOWN = 10


class Completeness:
    """Names the expected values that no row of the batch has; empty fields count as nothing, on both sides."""

    sentence: ClassVar[str] = (
        "each of {values} must be there in {columns} of a batch, or each {other_column} of {dataset}"
    )
    advice: ClassVar[str] = "Ask for the missing part, or take it off the list if nothing was to come."
    columns: ClassVar[range] = ONE_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "values": Parameter("The values that are expected.", ParameterKind.LIST),
        "dataset": Parameter("Or the dataset that has them.", ParameterKind.DATASET),
        "other_column": Parameter("And its column; empty: that of the same name.", ParameterKind.OTHER_COLUMN),
    }
    example: ClassVar[Mapping[str, Any]] = {"values": ["Hamburg", "Lyon"]}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        if spec.params.get("values"):
            return "each of {values} must be there in {columns} of a file"
        if spec.params.get("other_column"):
            return "each {other_column} of {dataset} must be there in {columns} of a file"
        return "each {columns} of {dataset} must be there in a file"

    def message(self, spec: CheckSpec) -> str:
        """The sentence for this check."""
        return f"Every expected {spec.columns[0]} must be there in the batch."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """The one that has the values, if it is no list."""
        return (text_in(spec, "dataset"),) if spec.params.get("dataset") else ()

    def judge(self, spec: CheckSpec, batch: ArrivedBatch) -> BatchFinding:
        """How many of the expected values are there, and which are missing."""
        name = spec.columns[0]
        dtype = type_in(batch.rows.collect_schema(), name)
        wanted = _expected(spec, batch, dtype).drop_nulls().unique()
        have = batch.rows.select(pl.col(name)).drop_nulls().unique().collect(engine="streaming")[name]
        either = _either(have.dtype, wanted.dtype)
        missing = wanted.filter(~wanted.cast(either).is_in(have.cast(either).implode())).sort()
        figures = {"expected": wanted.len(), "reported": wanted.len() - missing.len(), "missing": missing.len()}
        if missing.is_empty():
            return BatchFinding(None, figures)
        shown = ", ".join(str(value) for value in missing.head(SHOWN))
        more = f" and {missing.len() - SHOWN:,} more" if missing.len() > SHOWN else ""
        problem = f"{missing.len():,} of {wanted.len():,} expected values of {name} are missing: {shown}{more}."
        return BatchFinding(problem, figures)


def _either(one: pl.DataType, other: pl.DataType) -> pl.DataType:
    """A type that holds the values of both: 1.50 does not become the number 1."""
    if one == other:
        return one
    if one.is_float() or other.is_float():
        return pl.Float64()
    scales = [dtype.scale for dtype in (one, other) if isinstance(dtype, pl.Decimal)]
    return pl.Decimal(38, max(scales)) if scales else one


def _expected(spec: CheckSpec, batch: ArrivedBatch, dtype: pl.DataType) -> pl.Series:
    values, dataset = spec.params.get("values"), spec.params.get("dataset")
    if bool(values) == bool(dataset):
        raise SpecError(
            f"Check '{spec.name}' needs values or a dataset.", hint="Give 'values' or 'dataset', one of them."
        )
    if not dataset:
        if not isinstance(values, list | tuple):
            raise SpecError(f"'values' ({values}) is no list.", hint="Write a list, such as [Hamburg, Lyon].")
        return as_values([value for value in values if value is not None], dtype, parameter="values")  # pyright: ignore[reportUnknownVariableType] - from JSON
    other, theirs = batch.others[dataset], spec.params.get("other_column") or spec.columns[0]
    found = type_in(other.collect_schema(), theirs, dataset)
    if kind_of(found) != kind_of(dtype):
        hint = "Give one of the columns the other's type."
        raise SpecError(f"{spec.columns[0]} and {theirs} of {dataset} are of different types.", hint=hint)
    return other.select(pl.col(theirs)).drop_nulls().unique().collect(engine="streaming")[theirs]


RULE = Completeness()
