"""JSON Schema as rules of a dataset."""

import json

import pytest
from facts import demands, places

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import ANYTHING

LINES = {"type": "array", "items": {"$ref": "#/$defs/line"}}
DRAFT7 = "http://json-schema.org/draft-07/schema#"
NEWEST = "https://json-schema.org/draft/2020-12/schema"
ORDER = {
    "$schema": NEWEST,
    "title": "Order",
    "type": "object",
    "required": ["Order ID", "quantity", "state", "ghost"],
    "additionalProperties": False,
    "properties": {
        "Order ID": {"type": "string", "pattern": "^[A-Z]-\\d+$", "minLength": 3, "description": "Who"},
        "quantity": {"type": "integer", "minimum": 0.5, "exclusiveMaximum": 100, "multipleOf": 2},
        "price": {"$ref": "#/$defs/money", "maximum": 9.5},
        "country": {"enum": ["US", "DE", None]},
        "state": {"type": ["string", "null"], "maxLength": 2},
        "day": {"type": "string", "format": "date"},
        "paid": {"const": True},
        "lines": LINES,
        "mail": {"type": "string", "format": "email", "default": "nobody@example.org"},
        "unknown": {"type": "string"},
    },
    "$defs": {"money": {"type": "number", "minimum": 0}, "line": {"type": "object", "required": ["sku"]}},
    "if": {"properties": {"country": {"const": "US"}}, "required": ["country"]},
    "then": {"required": ["state"]},
    "dependentRequired": {"mail": ["Order ID"]},
}


def test_named_rules_where_there_are_such_and_schemas_of_the_columns_for_the_rest(read):
    found = read(json.dumps(ORDER))

    assert demands(found) == [
        ("length", "order_id", {"min": 3}),
        ("matches", "order_id", {"pattern": "[A-Z]-[0-9]+"}),
        ("in_range", "quantity", {"min": 1}),
        ("less_than", "quantity", {"value": 100}),
        ("row_schema", "quantity", {"schema": {"$schema": NEWEST, "properties": {"quantity": {"multipleOf": 2}}}}),
        ("in_range", "price", {"max": 9.5}),
        ("in_range", "price", {"min": 0}),
        ("in_set", "country", {"values": ["US", "DE"]}),
        ("length", "state", {"max": 2}),
        ("in_set", "paid", {"values": [True]}),
        ("json_schema", "lines", {"schema": {"$schema": NEWEST, "$defs": ORDER["$defs"], **LINES}}),
        ("email", "mail", {}),
        ("not_null", "order_id", {}),
        ("not_null", "quantity", {}),
        ("row_schema", "country state", {"schema": {"$schema": NEWEST, "if": ORDER["if"], "then": ORDER["then"]}}),
        ("row_schema", "order_id mail", {"schema": {"$schema": NEWEST, "dependentRequired": {"mail": ["Order ID"]}},
                                         "names": {"order_id": "Order ID"}}),
    ]  # fmt: skip


def test_what_becomes_no_rule_is_named_with_its_place(read):
    found = read(json.dumps(ORDER))

    assert places(found) == [
        "properties.mail.default",
        "properties.unknown",
        "additionalProperties",
        "required.state",
        "required.ghost",
    ]
    assert "weight" in found.notes[2].why


@pytest.mark.parametrize(
    ("schema", "rules"),
    [
        ({"const": 1, "enum": [2, 3]}, [("in_set", {"values": [1]}), ("in_set", {"values": [2, 3]})]),
        ({"exclusiveMinimum": 2.5}, [("greater_than", {"value": 2})]),
        ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, [("in_range", {"min": 1}), ("in_range", {"max": 3})]),
        ({"type": "string", "minimum": 3}, []),
        (True, []),
        (False, [("row_schema", {"schema": {"properties": {"quantity": {"not": {}}}}})]),
        ({"not": {"const": 3}}, [("row_schema", {"schema": {"properties": {"quantity": {"not": {"const": 3}}}}})]),
        ({"enum": [None]}, [("row_schema", {"schema": {"properties": {"quantity": {"enum": [None]}}}})]),
    ],
)
def test_a_property_of_whole_numbers(read, schema, rules):
    found = read(json.dumps({"properties": {"quantity": schema}}))

    assert [(rule, params) for rule, _, params in demands(found)] == rules


def test_bounds_as_draft_4_says_them(read):
    bound = {"minimum": 3, "exclusiveMinimum": True}
    found = read(json.dumps({"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"quantity": bound}}))

    assert demands(found) == [("greater_than", "quantity", {"value": 3})]


def test_texts_that_should_be_numbers_are_held_to_that(read):
    found = read('{"properties": {"state": {"type": "integer", "minimum": 3}}}')

    assert demands(found) == [("is_type", "state", {"type": "integer"})]
    assert places(found) == ["properties.state.minimum"]
    assert {name: kind.value for name, kind in found.types.items()} == {"state": "integer"}


def test_a_pattern_is_sought_anywhere_as_ecma_script_means_it(read):
    found = read(r'{"properties": {"state": {"pattern": "a|\\w[[]"}, "mail": {"pattern": "^x"}}}')

    assert demands(found) == [
        ("matches", "state", {"pattern": rf"{ANYTHING}(?:a|[0-9A-Za-z_][\[]){ANYTHING}"}),
        ("matches", "mail", {"pattern": f"x{ANYTHING}"}),
    ]


def test_a_check_that_could_not_run_is_a_note(read):
    found = read('{"properties": {"mail": {"pattern": "(?=a)b"}, "quantity": {"enum": ["x"]}}}')

    assert found.checks == ()
    assert sorted(places(found)) == ["properties.mail.pattern", "properties.quantity.enum"]


def test_names_and_lists_of_columns_that_are_told_by_patterns(read):
    schema = {
        "patternProperties": {"^(state|country)$": {"maxLength": 2}},
        "additionalProperties": {"not": {"const": ""}},
        "properties": dict.fromkeys(("quantity", "price", "weight", "day", "paid", "lines", "mail"), True),
    }

    assert [(rule, columns) for rule, columns, _ in demands(read(json.dumps(schema)))] == [
        ("length", "country"),
        ("length", "state"),
        ("row_schema", "order_id"),
    ]


def test_parts_that_depend_on_each_other_stay_one_rule(read):
    whole = {"properties": {"mail": {"type": "string"}}, "unevaluatedProperties": False}
    found = read(json.dumps(whole))

    assert [(check.rule, check.name, check.params) for check in found.checks] == [
        ("row_schema", "row_schema", {"schema": whole})
    ]
    assert places(found) == ["the whole schema"]


def test_an_array_of_rows_and_a_definition_of_a_row(read):
    rows = '{"type": "array", "uniqueItems": true, "minItems": 1, "items": {"properties": {"mail": {"maxLength": 9}}}}'
    parts = {"$schema": DRAFT7, "definitions": {"a": {"required": ["mail"]}, "b": {"required": ["state"]}}}

    assert demands(read(rows)) == [("row_unique", "", {}), ("length", "mail", {"max": 9})]
    assert demands(read(json.dumps(parts), model="b")) == [("not_null", "state", {})]
    with pytest.raises(SpecError, match="only defines parts: a, b"):
        read(json.dumps(parts))
    with pytest.raises(SpecError, match="defines no 'c'"):
        read(json.dumps(parts), model="c")


def test_a_schema_of_the_json_texts_in_one_column(read):
    found = read('{"$schema": "' + DRAFT7 + '", "type": "string"}', column="lines")

    assert demands(found) == [("json_schema", "lines", {"schema": {"$schema": DRAFT7, "type": "string"}})]
    with pytest.raises(SpecError, match="no column 'gone'"):
        read('{"properties": {}}', column="gone")


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"properties": {"mail": {"$ref": "https://example.org/mail.json"}}}, "https://example.org/mail.json"),
        ({"properties": {"mail": {"$ref": "#/$defs/gone"}}}, "#/\\$defs/gone"),
        ({"properties": {"mail": {"type": "strin"}}}, "properties/mail/type"),
        ({"properties": {"mail": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}, "without end"),
        ({"$schema": NEWEST, "type": "string"}, "describes a value of type string"),
    ],
)
def test_a_schema_that_cannot_be_followed_is_refused_with_the_place(read, schema, said):
    with pytest.raises(SpecError, match=said):
        read(json.dumps(schema))


def test_a_second_import_adds_nothing_and_severity_stays_as_a_person_set_it(read, interchange, orders):
    once = interchange.merged(orders, read(json.dumps(ORDER)).checks)
    softer = once.model_copy(
        update={"checks": tuple(check.model_copy(update={"severity": "warn"}) for check in once.checks)}
    )

    assert interchange.merged(softer, read(json.dumps(ORDER)).checks) == softer
    assert len(once.checks) == len({check.name for check in once.checks}) == 16
