"""One side of the comparison of rules: pandera alone, with its own checks, on the typed rows.

python benchmarks/rules_pandera.py rows.parquet found.json
"""

import json
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from rules_data import RULES, name


def check(rule: str, params: dict[str, Any], dtype: pl.DataType, label: str) -> pa.Check:
    """The rule as pandera says it."""
    if rule == "in_set":
        return pa.Check.isin(params["values"], error=label)
    if rule == "not_in_set":
        return pa.Check.notin(params["values"], error=label)
    if rule == "matches":
        return pa.Check.str_matches(f"^{params['pattern']}$", error=label)
    if rule == "length":
        return pa.Check.str_length(min_value=params["min"], max_value=params["max"], error=label)
    read: dict[Any, Any] = {pl.Date: date.fromisoformat, pl.Datetime: datetime.fromisoformat}
    low, high = (read.get(dtype.base_type(), float)(params[bound]) for bound in ("min", "max"))
    return pa.Check.in_range(low, high, error=label)


def main() -> None:
    """Validate the rows."""
    path, target = Path(sys.argv[1]), Path(sys.argv[2])
    frame = pl.read_parquet(path)
    checks: dict[str, list[pa.Check]] = {}
    filled = {names[0] for rule, names, _ in RULES if rule == "not_null"}
    groups = [names for rule, names, _ in RULES if rule == "unique"]
    for rule, names, params in RULES:
        if rule not in ("not_null", "unique"):
            checks.setdefault(names[0], []).append(check(rule, params, frame.schema[names[0]], name(rule, names)))
    columns = {
        column: pa.Column(frame.schema[column], checks.get(column, []), nullable=column not in filled,
                          unique=(column,) in groups)
        for column in frame.columns if column != "_row"
    }  # fmt: skip
    schema = pa.DataFrameSchema(columns, unique=list(max(groups, key=len)))
    found: dict[str, list[int]] = {name(rule, names): [] for rule, names, _ in RULES}
    started, cpu = time.perf_counter(), time.process_time()
    try:
        schema.validate(frame.drop("_row"), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        for (label, column), part in cases.group_by("check", "column"):
            own = {"not_nullable": f"not_null__{column}", "field_uniqueness": f"unique__{column}",
                   "multiple_fields_uniqueness": "__".join(("unique", *max(groups, key=len)))}  # fmt: skip
            listed = {index + 1 for index in part["index"].to_list() if index is not None}
            found[own.get(label, label)] = sorted({*found.get(own.get(label, label), []), *listed})
    facts = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    target.write_text(json.dumps(found))
    print(json.dumps(facts | {"listed": sum(map(len, found.values()))}))


if __name__ == "__main__":
    main()
