"""Rules about the values of any column: whether one is there, one of a list, between bounds."""

from cases.shape import Case

MOST, LEAST = "9223372036854775807", "-9223372036854775808"
LONG = "x" * 10_000
NOON = "2026-01-01 12:00:00"
CASES = {
    "not_null": [
        Case(["a", "", " ", "ä", LONG, "null"], [None]),
        Case(["0", MOST], ["", None], types=["integer"]),
        Case(["false"], [""], types=["boolean"]),
        Case(["1000-01-01"], [""], types=["date"]),
    ],
    "not_blank": [
        Case(
            ["a", " a ", "ä", "0", ".", "\u3164", "🌷", LONG],
            [None, "", " ", "\t\n", "\u00a0", "\u2003\u200b", "\ufeff"],
        ),
        Case(["0", "-1"], ["", None], types=["integer"]),
        Case(["2026-01-01"], [""], types=["date"]),
    ],
    "in_set": [
        Case(["x", None], ["None"], {"values": ["x", None]}),
        Case(["EUR", "USD", None], ["eur", "EUR ", "", "€", LONG], {"values": ["EUR", "USD"]}),
        Case(["", "ä"], ["a\u0308", "A"], {"values": ["", "ä"]}),
        Case(["EUR", None], ["", "C0"], {"values": ["EUR", *(f"C{number}" for number in range(1, 30))]}),
        Case(["1", MOST, ""], ["2", LEAST], {"values": [1, int(MOST)]}, ["integer"]),
        Case(["1.5", "1.50"], ["1.51"], {"values": [1.5]}, ["decimal"]),
        Case(["true"], ["false"], {"values": [True]}, ["boolean"]),
        Case(["2024-02-29"], ["2024-03-01"], {"values": ["2024-02-29"]}, ["date"]),
        Case([NOON], ["2026-01-01 12:00:01"], {"values": [NOON]}, ["timestamp"]),
    ],
    "not_in_set": [
        Case(["a", "", "TEST", "tést", None, LONG], ["test", "ä"], {"values": ["test", "ä"]}),
        Case(["a"], [""], {"values": [""]}),
        Case(["0", LEAST, ""], ["9999", MOST], {"values": [9999, int(MOST)]}, ["integer"]),
        Case(["0.99"], ["1", "1.00"], {"values": ["1.0"]}, ["decimal"]),
        Case(["1999-12-31"], ["1900-01-01"], {"values": ["1900-01-01"]}, ["date"]),
    ],
    "in_range": [
        Case(["1", "5", ""], ["0", "6", LEAST, MOST], {"min": 1, "max": 5}, ["integer"]),
        Case([LEAST, "1"], ["2", MOST], {"max": 1}, ["integer"]),
        Case(["0.01", "999999999999999999999999999999999999.99"], ["0.00", "-0.01"], {"min": "0.01"}, ["decimal"]),
        Case(["0", "1.5e3", "1.7976931348623157e308"], ["-1e-300"], {"min": 0}, ["float"]),
        Case(["2026-12-31", "1000-01-01"], ["2027-01-01", "9999-12-31"], {"max": "2026-12-31"}, ["date"]),
        Case([NOON, ""], ["2026-01-01 11:59:59"], {"min": NOON}, ["timestamp"]),
        Case(["a", "az", None], ["", "A", "bb", "ä"], {"min": "a", "max": "b"}),
    ],
    "greater_than": [
        Case(["1", MOST, ""], ["0", "-1", LEAST], {"value": 0}, ["integer"]),
        Case(["0", "1"], ["-1"], {"value": 0, "or_equal": True}, ["integer"]),
        Case(["0.01"], ["0.00", "-0.00", "-9.99"], {"value": 0}, ["decimal"]),
        Case(["5e-324"], ["0", "-0.0"], {"value": 0}, ["float"]),
        Case(["2026-01-02"], ["2026-01-01", "1000-01-01"], {"value": "2026-01-01"}, ["date"]),
        Case(["2026-01-01 12:00:01"], [NOON], {"value": NOON}, ["timestamp"]),
    ],
    "less_than": [
        Case(["-1", LEAST, ""], ["0", MOST], {"value": 0}, ["integer"]),
        Case(["100.00", "99.99"], ["100.01"], {"value": 100, "or_equal": True}, ["decimal"]),
        Case(["-1.5e300"], ["1.5e300"], {"value": 1.5}, ["float"]),
        Case(["2025-12-31"], ["2026-01-01", "9999-12-31"], {"value": "2026-01-01"}, ["date"]),
        Case(["2025-12-31 23:59:59"], ["2026-01-01 00:00:00"], {"value": "2026-01-01"}, ["timestamp"]),
    ],
}
REFUSED = {
    "in_set": [
        Case(["NO"], params={"values": ["SE", False]}),
        Case(["x"], params={"values": [None]}),
        Case(["a"], params={"values": []}),
        Case(["a"], params={}),
        Case(["1"], params={"values": ["x"]}, types=["integer"]),
        Case(["1"], params={"values": ["1.005"]}, types=["decimal"]),
    ],
    "not_in_set": [
        Case(["a"], params={"values": "test"}),
        Case(["a"], params={"values": [None]}),
        Case(["1"], params={"values": ["x"]}, types=["date"]),
    ],
    "in_range": [
        Case(["1"]),
        Case(["1"], params={"min": "low"}, types=["integer"]),
        Case(["1"], params={"min": "soon"}, types=["date"]),
        Case(["1"], params={"max": "01/02/2026"}, types=["date"]),
        Case(["1"], params={"max": "2026-01-01T00:00:00Z"}, types=["timestamp"]),
        Case(["1"], params={"max": "0.001"}, types=["decimal"]),
        Case(["1"], params={"max": "nan"}, types=["float"]),
    ],
    "greater_than": [
        Case(["1"], params={}, types=["integer"]),
        Case(["1"], params={"value": 1, "or_equal": "maybe"}, types=["integer"]),
        Case(["1"], params={"value": 1}),
        Case(["true"], params={"value": True}, types=["boolean"]),
    ],
    "less_than": [Case(["1"], params={}, types=["integer"]), Case(["1"], params={"value": "2"})],
}
