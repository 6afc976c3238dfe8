"""One side of the comparison of rules: Great Expectations on a pandas frame, every failing row listed.

    GX_PYTHON benchmarks/rules_gx.py rows.parquet found.json rules.json

Runs in an environment of its own; it knows nothing of Hestia. ``rules.json``: [[name, rule, columns, params], …].
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd


def expectation(rule, columns, params):
    """The rule as Great Expectations says it."""
    if rule == "unique" and len(columns) > 1:
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, ignore_row_if="any_value_is_missing")
    low, high = params.get("min"), params.get("max")
    if isinstance(low, str):
        low, high = pd.Timestamp(low), pd.Timestamp(high)
    kind, more = {
        "not_null": (gxe.ExpectColumnValuesToNotBeNull, {}),
        "unique": (gxe.ExpectColumnValuesToBeUnique, {}),
        "in_set": (gxe.ExpectColumnValuesToBeInSet, {"value_set": params.get("values")}),
        "not_in_set": (gxe.ExpectColumnValuesToNotBeInSet, {"value_set": params.get("values")}),
        "matches": (gxe.ExpectColumnValuesToMatchRegex, {"regex": f"^{params.get('pattern')}$"}),
        "length": (gxe.ExpectColumnValueLengthsToBeBetween, {"min_value": low, "max_value": high}),
        "in_range": (gxe.ExpectColumnValuesToBeBetween, {"min_value": low, "max_value": high}),
    }[rule]
    return kind(column=columns[0], **more)


def main():
    """Validate the rows."""
    path, target, rules = (Path(one) for one in sys.argv[1:])
    frame = pd.read_parquet(path)
    frame["order_date"] = pd.to_datetime(frame["order_date"])
    frame = frame.set_index("_row", drop=False)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    wanted = json.loads(rules.read_text())
    suite = gx.ExpectationSuite(name="rules")
    for _, rule, columns, params in wanted:
        suite.add_expectation(expectation(rule, columns, params))
    started, cpu = time.perf_counter(), time.process_time()
    result = batch.validate(
        suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["_row"]}
    )
    found = {}
    for one in result.results:
        found[called(one.expectation_config, wanted)] = [
            int(each["_row"]) for each in one.result.get("unexpected_index_list") or []
        ]
        if one.exception_info and one.exception_info.get("raised_exception"):
            raise SystemExit(str(one.exception_info))
    facts = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    target.write_text(json.dumps(found))
    print(json.dumps({**facts, "listed": sum(map(len, found.values()))}))


def called(config, wanted):
    """The name of the rule that an expectation was made of: results may come in another order."""
    for name, rule, columns, params in wanted:
        made = expectation(rule, columns, params).configuration
        same = made.type == config.type and made.kwargs.get("column") == config.kwargs.get("column")
        if same and made.kwargs.get("column_list") == config.kwargs.get("column_list"):
            return name
    raise SystemExit(f"no rule for {config}")


if __name__ == "__main__":
    main()
