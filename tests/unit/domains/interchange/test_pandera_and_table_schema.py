"""Schemas of pandera and of Frictionless as rules of a dataset."""

import json

import pytest
from facts import demands, places

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import ANYTHING

OLD = """
schema_type: dataframe
version: 0.13.4
columns:
  quantity:
    dtype: int64
    nullable: false
    checks:
      greater_than_or_equal_to: 0
      isin: [1, 2]
      in_range: {min_value: 0, max_value: 9, include_max: false}
      own: 3
    unique: false
    coerce: false
    required: true
    regex: false
  "^(country|state)$":
    dtype: string
    nullable: true
    regex: true
    checks: [{value: D, options: {check_name: str_startswith, raise_warning: true, ignore_na: false}}]
  ghost: {nullable: true}
checks: {not_equal_to: 3}
index: [{dtype: int64}]
strict: true
unique: [country, day]
"""
TABLE = {
    "fields": [
        {"name": "order_id", "type": "string", "constraints": {"required": True, "pattern": "[A-Z]-\\d+"}},
        {"name": "quantity", "type": "integer", "constraints": {"minimum": 1, "exclusiveMaximum": 10, "enum": [1, 2]}},
        {"name": "day", "type": "date", "constraints": {"minimum": "2020-01-01", "unique": True}},
        {"name": "mail", "type": "string", "format": "email", "constraints": {"minLength": 5, "oddness": 3}},
        {"name": "lines", "type": "array", "constraints": {"jsonSchema": {"maxItems": 3}}},
        {"name": "state", "type": "number", "decimalChar": ","},
        {"name": "country", "type": "duration"},
        {"name": "ghost", "type": "string"},
    ],
    "primaryKey": ["order_id"],
    "uniqueKeys": [["quantity", "day"]],
    "foreignKeys": [{"fields": "order_id", "reference": {"resource": "customers", "fields": "id"}},
                    {"fields": ["country"], "reference": {"resource": "countries", "fields": ["code"]}}],
    "missingValues": ["-"],
}  # fmt: skip


def test_checks_as_old_releases_of_pandera_write_them(read):
    found = read(OLD)

    assert demands(found) == [
        ("not_null", "quantity", {}),
        ("in_range", "quantity", {"min": 0}),
        ("in_set", "quantity", {"values": [1, 2]}),
        ("less_than", "quantity", {"value": 9}),
        ("not_null", "country", {}),
        ("starts_with", "country", {"values": ["D"]}),
        ("not_null", "state", {}),
        ("starts_with", "state", {"values": ["D"]}),
        ("unique", "country day", {}),
    ]
    assert [check.severity.value for check in found.checks] == ["reject"] * 4 + ["warn"] * 4 + ["reject"]
    assert places(found) == ["columns.quantity.own", "columns.ghost", "index[0]", "checks.not_equal_to", "strict"]


def test_checks_as_pandera_writes_them_today(read):
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "quantity": pa.Column(int, [pa.Check.gt(3), pa.Check.le(9)], unique=True),
            "state": pa.Column(str, [pa.Check.str_matches("^a|b"), pa.Check.str_length(1, 3), pa.Check.notin(["x"])],
                               nullable=True, required=False),
            "mail": pa.Column(str, [pa.Check.str_contains("@", raise_warning=True)], nullable=True),
        }
    )  # fmt: skip
    found = read(schema.to_yaml())

    assert demands(found) == [
        ("not_null", "quantity", {}),
        ("unique", "quantity", {}),
        ("greater_than", "quantity", {"value": 3}),
        ("in_range", "quantity", {"max": 9}),
        ("matches", "state", {"pattern": f"(?:^a|b){ANYTHING}"}),
        ("length", "state", {"min": 1, "max": 3}),
        ("not_in_set", "state", {"values": ["x"]}),
        ("matches", "mail", {"pattern": f"{ANYTHING}(?:@){ANYTHING}"}),
    ]
    assert found.checks[-1].severity.value == "warn"
    assert places(found) == ["columns.state.required"]


def test_constraints_and_keys_of_a_table_schema(read):
    found = read(json.dumps(TABLE))

    assert demands(found) == [
        ("not_null", "order_id", {}),
        ("matches", "order_id", {"pattern": "[A-Z]-\\d+"}),
        ("in_set", "quantity", {"values": [1, 2]}),
        ("in_range", "quantity", {"min": 1}),
        ("less_than", "quantity", {"value": 10}),
        ("unique", "day", {}),
        ("in_range", "day", {"min": "2020-01-01"}),
        ("email", "mail", {}),
        ("length", "mail", {"min": 5}),
        ("json_schema", "lines", {"schema": {"type": "array"}}),
        ("json_schema", "lines", {"schema": {"maxItems": 3}}),
        ("unique", "order_id", {}),
        ("unique", "quantity day", {}),
        ("foreign_key", "order_id", {"dataset": "customers", "other_columns": ["id"]}),
    ]
    assert found.primary_key == ("order_id",)
    assert sorted(places(found)) == [
        "fields.country.type", "fields.ghost", "fields.mail.constraints.oddness", "fields.state.decimalChar",
        "fields.state.type", "foreignKeys[1]", "missingValues",
    ]  # fmt: skip


def test_what_a_table_schema_says_comes_back_from_one_that_was_written(read, interchange, orders):
    first = read(json.dumps(TABLE)).checks
    written = interchange.write(interchange.merged(orders, first), language="table_schema")
    again = read(written.content)

    lost = {note.place for note in written.notes}
    kept = {(check.rule, check.columns, str(check.params)) for check in first if check.name not in lost}
    assert lost == {"json_schema"}  # the second of two on one column
    assert {(check.rule, check.columns, str(check.params)) for check in again.checks} == kept
    assert again.notes == ()


def test_the_resource_of_a_package(read):
    package = {"resources": [{"name": "a", "schema": {"fields": []}}, {"name": "orders", "schema": TABLE}]}

    assert read(json.dumps(package)).checks == read(json.dumps(TABLE)).checks
    with pytest.raises(SpecError, match="'b' is no resource"):
        read(json.dumps(package), model="b")
