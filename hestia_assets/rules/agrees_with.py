"""A batch must agree with another dataset: as many rows, as many different values, the same sum."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import MAYBE_COLUMNS, ArrivedBatch, BatchFinding, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import number_in, text_in, type_in

MEASURES = ("rows", "distinct", "sum")
SIDES = ("batch", "table")


class AgreesWith:
    """Compares one figure of the batch, or of the table with it, with the same figure of another dataset.

    ``rows`` counts them, ``distinct`` counts the different values of a column, ``sum`` adds it up; empty fields count
    as nothing.
    """

    sentence: ClassVar[str] = "the {measure} of {columns} must agree with {other_column} in {dataset}"
    advice: ClassVar[str] = "Look for rows that one of the two datasets lacks."
    columns: ClassVar[range] = MAYBE_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "measure": Parameter("What is compared.", ParameterKind.CHOICE, choices=MEASURES, default="rows"),
        "dataset": Parameter("The dataset to agree with.", ParameterKind.DATASET, required=True),
        "other_column": Parameter("Its column; empty: that of the same name.", ParameterKind.OTHER_COLUMN),
        "of": Parameter(
            "Of the batch alone, or of the table as it will be.", ParameterKind.CHOICE, choices=SIDES, default="table"
        ),
        "tolerance": Parameter("How far apart the figures may be.", ParameterKind.NUMBER, default=0),
        "share": Parameter("Or how far apart as a share of the other figure.", ParameterKind.NUMBER, default=0),
    }
    example: ClassVar[Mapping[str, Any]] = {"measure": "rows", "dataset": "orders", "of": "batch", "share": 0.01}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        words = {"rows": "number of rows", "distinct": "number of different {columns}", "sum": "sum of {columns}"}
        mine = words.get(str(spec.params.get("measure") or "rows"), "{measure} of {columns}")
        side = "of a file" if spec.params.get("of") == "batch" else "in the table"
        theirs = " of {other_column}" if spec.params.get("other_column") else ""
        return f"the {mine} {side} must agree with that{theirs} in {{dataset}}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence for this check."""
        return f"The figures must agree with the dataset {spec.params.get('dataset')}."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """The one to agree with."""
        return (text_in(spec, "dataset"),)

    def judge(self, spec: CheckSpec, batch: ArrivedBatch) -> BatchFinding:
        """Both figures, and whether they are near enough."""
        given, dataset = spec.params, text_in(spec, "dataset")
        measure, side = _one_of(given.get("measure"), MEASURES, "rows"), _one_of(given.get("of"), SIDES, "table")
        if (measure == "rows") == bool(spec.columns) or len(spec.columns) > 1:
            raise SpecError(f"'{measure}' is of {'no column' if measure == 'rows' else 'one column'}.",
                            hint="Name one column for distinct or sum, and none for rows.")  # fmt: skip
        own = spec.columns[0] if spec.columns else ""
        parts = [batch.rows, batch.existing] if side == "table" else [batch.rows]
        mine = _figure(measure, [part for part in parts if part is not None], own, "")
        theirs = _figure(measure, [batch.others[dataset]], str(given.get("other_column") or own), dataset)
        off, far = abs(mine - theirs), _exactly(number_in(given.get("tolerance"), parameter="tolerance", default=0))
        far = max(far, _exactly(number_in(given.get("share"), parameter="share", default=0)) * abs(theirs))
        word = {"rows": "number of rows", "distinct": f"number of different {own}", "sum": f"sum of {own}"}[measure]
        problem = f"The {word} is {mine:,.10g} in the {side} and {theirs:,.10g} in {dataset}, {off:,.10g} apart."
        figures = {"figure": float(mine), "other": float(theirs), "apart": float(off)}
        return BatchFinding(problem if off > far else None, figures)


def _one_of(value: Any, choices: tuple[str, ...], default: str) -> str:
    value = default if value is None else value
    if value not in choices:
        raise SpecError(f"'{value}' is none of the choices.", hint=f"Use one of: {', '.join(choices)}.")
    return value


def _figure(measure: str, parts: list[pl.LazyFrame], name: str, dataset: str) -> Decimal:
    if measure == "rows":
        return Decimal(sum(part.select(pl.len()).collect(engine="streaming").item() for part in parts))
    dtype = type_in(parts[0].collect_schema(), name, dataset)
    if measure == "sum" and not dtype.is_numeric():
        raise SpecError(f"{name} is no number and cannot be added up.", hint="Name a column of numbers.")
    have = [part for part in parts if name in part.collect_schema()]  # a table may lack a column that is new
    rows = pl.concat([part.select(pl.col(name).cast(dtype)) for part in have]).drop_nulls()
    figure = pl.col(name).n_unique() if measure == "distinct" else pl.col(name).sum()
    return _exactly(rows.select(figure).collect(engine="streaming").item() or 0)


def _exactly(number: float | Decimal) -> Decimal:
    return Decimal(str(number))


RULE = AgreesWith()
