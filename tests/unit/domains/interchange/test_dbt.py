"""Tests of a dbt project as rules of a dataset."""

import pytest
from facts import demands, places

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import ANYTHING

SCHEMA = """
version: 2
models:
  - name: customers
    columns: [{name: id, tests: [unique]}]
  - name: orders
    description: One row per order
    data_tests:
      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [order_id, day]}
      - dbt_utils.expression_is_true: {expression: "quantity * price < 10000", config: {where: "country = 'DE'"}}
      - dbt_expectations.expect_table_row_count_to_be_between: {min_value: 1}
      - dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B: {column_A: weight, column_B: price}
    columns:
      - name: order_id
        data_type: varchar(20)
        tests:
          - unique
          - not_null
          - relationships: {to: ref('customers'), field: id}
        constraints: [{type: primary_key}, {type: check, expression: "x > 1"}]
      - name: country
        tests:
          - accepted_values: {values: [DE, US], config: {severity: warn, where: "quantity > 1"}}
          - not_null: {where: paid, severity: error}
          - dbt_expectations.expect_column_values_to_match_regex: {regex: "^[A-Z]{2}$"}
          - unique: {where: paid}
          - a_test_of_our_own
      - name: quantity
        data_type: bigint
        data_tests:
          - dbt_utils.accepted_range: {min_value: 0, inclusive: false}
          - dbt_utils.accepted_range: {arguments: {max_value: current_date}}
          - not_null: {config: {enabled: false}}
          - unique: {config: {error_if: ">10"}}
          - name: named
            test_name: dbt_utils.accepted_range
            max_value: 9
      - name: state
        tests: [dbt_utils.not_empty_string, {relationships: {to: "source('x', 'states')", field: code}}]
      - name: ghost
        tests: [unique]
"""
LISTED = "\"country\" IN ('DE', 'US')"


def test_tests_become_rules_and_severities_stay(read):
    found = read(SCHEMA)

    assert demands(found) == [
        ("unique", "order_id", {}),
        ("not_null", "order_id", {}),
        ("foreign_key", "order_id", {"dataset": "customers", "other_columns": ["id"]}),
        ("sql", "country", {"expression": f"(quantity > 1) IS NOT TRUE OR ({LISTED})"}),
        ("sql", "country", {"expression": '(paid) IS NOT TRUE OR ("country" IS NOT NULL)'}),
        ("matches", "country", {"pattern": f"{ANYTHING}(?:^[A-Z]{{2}}$){ANYTHING}"}),
        ("greater_than", "quantity", {"value": 0}),
        ("unique", "quantity", {}),
        ("in_range", "quantity", {"max": 9}),
        ("not_blank", "state", {}),
        ("unique", "order_id day", {}),
        ("sql", "", {"expression": "(country = 'DE') IS NOT TRUE OR (quantity * price < 10000)"}),
        ("row_count", "", {"min": 1}),
        ("compare_columns", "weight price", {"operator": ">"}),
    ]  # fmt: skip
    assert {check.severity.value for check in found.checks} == {"reject", "warn", "hold"}
    assert [check.rule for check in found.checks if check.severity.value != "reject"] == ["sql", "row_count"]
    assert found.primary_key == ("order_id",)


def test_what_becomes_no_rule_is_named(read):
    assert sorted(places(read(SCHEMA))) == [
        "orders.country.a_test_of_our_own",
        "orders.country.unique",
        "orders.ghost",
        "orders.order_id.constraints[1]",
        "orders.quantity.dbt_utils.accepted_range",
        "orders.quantity.not_null",
        "orders.quantity.unique.error_if",
        "orders.state.relationships",
    ]


def test_the_model_meant_is_the_named_one_that_of_the_dataset_or_the_only_one(read):
    only = "models: [{name: other, columns: [{name: mail, tests: [not_null]}]}]"
    sources = "sources: [{name: a, tables: [{name: orders, columns: []}]}, {name: b, tables: [{name: orders}]}]"

    assert demands(read(only)) == [("not_null", "mail", {})]
    assert places(read(SCHEMA, model="customers")) == ["customers.id"]
    with pytest.raises(SpecError, match="no model 'lost'"):
        read(SCHEMA, model="lost")
    with pytest.raises(SpecError, match="several models 'orders'"):
        read(sources)


def test_a_condition_bound_to_some_rows_judges_these_alone(read, interchange, orders):
    import polars as pl

    checks = [check for check in read(SCHEMA).checks if check.rule == "sql" and check.columns == ("country",)]
    rows = pl.DataFrame(
        {"quantity": [2, 1, 2, None], "country": ["FR", "FR", None, "FR"], "paid": [True, True, True, None]}
    ).with_columns(_row=pl.int_range(4), _line=pl.int_range(4))
    found = interchange.validator.judge_set(rows.lazy(), None, checks)

    assert [sorted(one.rows) for one in found] == [[0], [2]]


def test_values_listed_for_some_rows_are_compared_as_values_of_the_column(read, interchange):
    import polars as pl

    where = "config: {where: quantity > 1}"
    columns = [f"{{name: {name}, tests: [{{accepted_values: {{values: [{value}], {where}}}}}]}}"
               for name, value in (("paid", "true"), ("price", "1.5"))]  # fmt: skip
    checks = read(f"models: [{{name: orders, columns: [{', '.join(columns)}]}}]").checks
    prices = pl.Series(["1.5", "1.51", None, "2"]).cast(pl.Decimal(38, 2))
    rows = pl.DataFrame({"quantity": [2, 2, 2, 1], "paid": [True, False, None, False], "price": prices})
    found = interchange.validator.judge_set(
        rows.with_columns(_row=pl.int_range(4), _line=pl.int_range(4)).lazy(), None,
        [check.model_copy(update={"severity": "warn"}) for check in checks],
    )  # fmt: skip

    assert [sorted(one.rows) for one in found] == [[1], [1]]
