"""Rules that hold values and rows to a JSON Schema."""

from cases.shape import Case

ORDER = {"type": "object", "required": ["sku"], "properties": {"sku": {"pattern": r"^\w+$"}}}
TREE = {"type": "object", "properties": {"child": {"$ref": "#"}}, "additionalProperties": False}
STATE = {"if": {"properties": {"a": {"const": "US"}}, "required": ["a"]}, "then": {"required": ["b"]}}
LOOK_AROUND = {"properties": {"a": {"pattern": "(?=x)"}}}
DOUBLING = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 3} for n in range(20)} | {"d20": {}}
CASES = {
    "json_schema": [
        Case(['{"sku":"a1"}', '{"sku": "b", "more": [1]}', None], ["", '{"sku":"a b"}', '{"sku":"ä"}', "{}", "[]", "{",
             "sku", "NaN", '{"sku":"a"} x'], {"schema": ORDER}),
        Case(["{}", '{"child":{"child":{}}}', None], ['{"child":{"child":1}}', '{"x":1}', '{"child":' * 5_000],
             {"schema": TREE}),
        Case([r'"\ud83d\ude00"', r'{"\\ud800":1}'], [r'"\ud83d"', r'{"\uDE00":1}'],
             {"schema": {"type": ["string", "object"], "pattern": "."}}),
        Case(["4.02", "0", "-0.01", "1e400", "1e999999999"], ["0.015", "1e-400", "1e-999999999", "true", '"1"'],
             {"schema": {"type": "number", "multipleOf": 0.01}}),
        Case(["[1, true, 1.5]", "[]"], ["[1, 1.0]", '[{"a": 1}, {"a": 1.0}]'], {"schema": {"uniqueItems": True}}),
        Case(['"no address"', "1"], [], {"schema": {"format": "ipv4"}}),
        Case(['"127.0.0.1"', "1"], ['"127.0.0.256"'], {"schema": {"format": "ipv4"}, "formats": True}),
        Case(["7", "8.0", "1e999999999"], ["7.5", "x", "1e-999999999"], {"schema": {"type": "integer"}}),
        Case(["1", None], ["11"], {"schema": {"$schema": "http://json-schema.org/draft-04/schema#", "maximum": 11,
             "exclusiveMaximum": True}}),
        Case(["3", "null"], ["12"], {"schema": {"maximum": 11}}, ["text"]),
        Case([None], ["1", "x"], {"schema": False}),
    ],
    "row_schema": [
        Case([("US", "CA"), ("DE", None), (None, None), ("", "")], [("US", None)], {"schema": STATE}),
        Case([("1", "2"), ("", "3"), ("1", "")], [("", "")], {"schema": {"minProperties": 1}}, ["integer", "integer"]),
        Case([("2.50", "true"), ("", "")], [("2.51", "true"), ("2.50", "false")],
             {"schema": {"properties": {"A": {"multipleOf": 0.5}, "b": {"const": True}}}, "names": {"a": "A"}},
             ["decimal", "boolean"]),
        Case([("0.10", "0.30"), ("0.20", ""), ("2.00", "0.07")], [("0.09", "0.30"), ("0.10", "0.31"), ("0.10", "0.00")],
             {"schema": {"properties": {"a": {"minimum": 0.1}, "b": {"enum": [0.3, 0.07]}}}}, ["decimal", "decimal"]),
        Case([("2.00", ""), ("90000000000000001.00", "")], [("2.50", "")], {"schema": {"properties": {"a": {
             "type": "integer"}}}}, ["decimal", "decimal"]),
        Case([("2026-01-01", "2026-01-01 10:00:00"), ("", "")], [("2025-12-31", "2026-01-01 10:00:00")],
             {"schema": {"properties": {"a": {"pattern": "^2026-"}, "b": {"format": "date-time"}}}, "formats": True},
             ["date", "timestamp"]),
    ],
}  # fmt: skip
REFUSED = {
    "json_schema": [
        Case(["{}"], [], {}),
        Case(["{}"], [], {"schema": []}),
        Case(["{}"], [], {"schema": {"type": "strin"}}),
        Case(["{}"], [], {"schema": {"$ref": "https://example.org/order.json"}}),
        Case(["{}"], [], {"schema": {"$ref": "#/$defs/gone"}}),
        Case(["{}"], [], {"schema": {"$ref": "#"}}),
        Case(["{}"], [], {"schema": LOOK_AROUND}),
        Case(["{}"], [], {"schema": {}, "formats": "false"}),
        Case(["1"], [], {"schema": {"$ref": "#/$defs/d0", "$defs": DOUBLING}}),
    ],
    "row_schema": [
        Case([("1", "2")], [], {"schema": {"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": DOUBLING}}),
        Case([("1", "2")], [], {}),
        Case([("1", "2")], [], {"schema": LOOK_AROUND}),
        Case([("1", "2")], [], {"schema": {}, "names": ["a"]}),
    ],
}  # fmt: skip
