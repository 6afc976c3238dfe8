"""Rules about several values of one row."""

from cases.shape import Case

MOST, LEAST = "9223372036854775807", "-9223372036854775808"
TWO = ("integer", "integer")
DE = {"rule": "in_set", "columns": ["a"], "params": {"values": ["DE"]}}
FIVE = {"rule": "matches", "columns": ["b"], "params": {"pattern": "[0-9]{5}"}}
FILLED = {"rule": "not_null", "columns": ["b"]}
CASES = {
    "compare_columns": [
        Case([("1", "2"), (LEAST, MOST), ("", "1"), ("1", "")], [("2", "2"), (MOST, LEAST)], {"operator": "<"}, TWO),
        Case([("2", "2"), ("1", "2")], [("3", "2")], {"operator": "<="}, TWO),
        Case([("2", "1")], [("2", "2"), ("1", "2")], {"operator": ">"}, TWO),
        Case([("2", "2"), ("3", "2")], [("1", "2")], {"operator": ">="}, TWO),
        Case([("9007199254740993", "9007199254740993.00")], [("9007199254740993", "9007199254740992.00")],
             {"operator": "=="}, ["integer", "decimal"]),
        Case([("0.10", "0.1"), ("1.5", "1.500")], [("0.10", "0.101")], {"operator": "=="}, ["decimal", "decimal:3"]),
        Case([("0.10", "0.1")], [("0.11", "0.1")], {"operator": "=="}, ["decimal", "float"]),
        Case([("a", "a"), ("", ""), ("ä", "ä"), (None, "a")], [("a", "A"), ("ä", "a\u0308"), ("", " ")],
             {"operator": "=="}),
        Case([("a", "b")], [("a", "a"), ("", "")], {"operator": "!="}),
        Case([("2026-01-01", "2026-01-02")], [("2026-01-02", "2026-01-01")], {"operator": "<"}, ["date", "date"]),
        Case([("2026-01-01", "2026-01-01 23:59:59")], [("2025-12-31", "2026-01-01 00:00:00")], {"operator": ">="},
             ["date", "timestamp"]),
        Case([("true", "true")], [("true", "false")], {"operator": "=="}, ["boolean", "boolean"]),
    ],
    "sum_of_columns": [
        Case([("1", "2", "3"), (MOST, MOST, ""), ("", "2", "3")], [("1", "2", "4"), (MOST, "1", LEAST)],
             {"total": "c"},
             ["integer"] * 3, "ab"),
        Case([("1", "", "1"), ("", "", "0"), ("1", "1", "")], [("1", "", "2")], {"total": "c", "empty_is_zero": True},
             ["integer"] * 3, "ab"),
        Case([("0.10", "0.200", "0.30"), ("-1", "1", "0")], [("0.10", "0.201", "0.30")], {"total": "c"},
             ["decimal", "decimal:3", "decimal"], "ab"),
        Case([("0.10", "0.20", "0.31"), ("0.10", "0.20", "0.29")], [("0.10", "0.20", "0.32")],
             {"total": "c", "tolerance": 0.01}, ["decimal"] * 3, "ab"),
        Case([("1", "0.50", "1.5")], [("1", "0.50", "1.6")], {"total": "c", "tolerance": "0.001"},
             ["integer", "decimal", "float"], "ab"),
        Case([("0.1", "0.2", "0.30000000000000004")], [("0.1", "0.2", "0.3")], {"total": "c"}, ["float"] * 3, "ab"),
        Case([("1", "2")], [("1", "4")], {"total": "b", "tolerance": 1.9}, TWO, "a"),
    ],
    "conditional": [
        Case([("DE", "01067"), ("AT", "1010"), (None, "x"), ("", "x"), ("DE", None)], [("DE", "1010"), ("DE", ""),
             ("DE", "ä")],
             {"if": DE, "then": FIVE}),
        Case([("DE", "x"), ("AT", None)], [("DE", None)], {"if": DE, "then": FILLED}),
        Case([("x", "x"), (None, None)], [("x", "y")],
             {"if": {"rule": "not_null", "columns": ["a", "b"]},
              "then": {"rule": "compare_columns", "columns": ["a", "b"], "params": {"operator": "=="}}}),
        Case([("DE", "1", "2"), ("AT", "2", "1")], [("DE", "2", "1")],
             {"if": DE, "then": {"rule": "compare_columns", "columns": ["b", "c"], "params": {"operator": "<"}}},
             ["text", "integer", "integer"]),
        Case([("DE", "12345")], [("DE", "1")], {"if": DE, "then": {"rule": "length", "params": {"min": 5}}},
             columns="b"),
        Case([("DE", "1010", "x"), ("AT", "1", None)], [("DE", "1", "x")],
             {"if": DE, "then": {"rule": "conditional", "params": {"if": FILLED | {"columns": ["c"]},
                                                                    "then": {"rule": "length", "columns": ["b"],
                                                                         "params": {"min": 4}}}}},
             ["text"] * 3),
    ],
}  # fmt: skip
REFUSED = {
    "compare_columns": [
        Case([("1", "2")], params={"operator": "="}, types=TWO),
        Case([("1", "2")], types=TWO),
        Case([("1", "2")], params={"operator": "<"}),
        Case([("1", "2")], params={"operator": "=="}, types=("text", "integer")),
        Case([("1", "2026-01-01")], params={"operator": "<"}, types=("integer", "date")),
        Case([("true", "false")], params={"operator": "<"}, types=("boolean", "boolean")),
    ],
    "sum_of_columns": [
        Case([("1", "2")], params={"total": "b", "tolerance": 1e40}, types=("decimal", "decimal"), columns="a"),
        Case([("1", "2")], types=TWO, columns="a"),
        Case([("1", "2")], params={"total": "z"}, types=TWO, columns="a"),
        Case([("1", "2")], params={"total": "b"}, types=("text", "integer"), columns="a"),
        Case([("1", "2")], params={"total": "b", "tolerance": -1}, types=TWO, columns="a"),
        Case([("1", "2")], params={"total": "b", "tolerance": "nan"}, types=TWO, columns="a"),
    ],
    "conditional": [
        Case([("DE", "1")], params={"if": DE}),
        Case([("DE", "1")], params={"if": DE, "then": "matches"}),
        Case([("DE", "1")], params={"if": DE, "then": {"rule": "matchs", "columns": ["b"]}}),
        Case([("DE", "1")], params={"if": DE, "then": {"rule": "matches", "columns": ["b"]}}),
        Case([("DE", "1")], params={"if": DE, "then": {"rule": "unique", "columns": ["b"]}}),
        Case([("DE", "1")], params={"if": DE, "then": FILLED | {"columns": ["z"]}}),
        Case([("DE", "1")], params={"if": {"rule": "not_null"}, "then": FILLED}),
        Case([("DE", "1")], params={"if": DE, "then": FIVE | {"params": {"patern": "x"}}}),
        Case([("DE", "1")], params={"if": DE | {"severity": "warn"}, "then": FIVE}),
    ],
}
