"""Rules about how texts are written, and about digits and days."""

from cases.shape import Case

LONG = "x" * 10_000
CASES = {
    "length": [
        Case(["ab", "abcd", "äöü", "🌷🌷", "  ", None], ["", "a", "abcde", "🌷", LONG], {"min": 2, "max": 4}),
        Case(["", "é"], ["e\u0301", "ab"], {"max": 1}),
        Case([LONG], ["", "a"], {"min": 2}),
        Case([""], [" ", "a"], {"min": 0, "max": 0}),
    ],
    "matches": [
        Case(
            ["SKU-12345", None], ["", "sku-12345", "SKU-1234", " SKU-12345", "SKU-12345\n"], {"pattern": r"SKU-\d{5}"}
        ),
        Case(["A", "B", ""], ["AB", "ä"], {"pattern": "A|B|"}),
        Case(["äöü", "ΑΒΓ"], ["a1", "🌷"], {"pattern": r"\p{L}+"}),
        Case(["12"], ["123", "-1"], {"pattern": r"\d{2}"}, ["integer"]),
    ],
    "starts_with": [
        Case(
            ["INV-1", "INV-", "CN-ä", None], ["", "inv-1", " INV-1", "XINV-", "INV", LONG], {"values": ["INV-", "CN-"]}
        ),
        Case(["über", "ü"], ["u\u0308ber", "uber"], {"values": ["ü"]}),
        Case(["40", "4071", ""], ["14", "-40"], {"values": ["40"]}, ["integer"]),
        Case(["a.b", "a."], ["ab"], {"values": ["a."]}),
    ],
    "ends_with": [
        Case(["a.pdf", ".pdf", "🌷.PDF", None], ["", "a.Pdf", "a.pdf ", "pdf", LONG], {"values": [".pdf", ".PDF"]}),
        Case(["naïve", "ïve"], ["naive"], {"values": ["ïve"]}),
        Case(["100", "-100", ""], ["101", "0"], {"values": ["00"]}, ["integer"]),
    ],
    "date_format": [
        Case(
            ["01.02.2026", "29.02.2024", "31.12.9999", "01.01.1000", None],
            [
                "",
                "1.2.2026",
                "01.02.26",
                "29.02.2025",
                "31.04.2026",
                "00.01.2026",
                "01.13.2026",
                " 01.02.2026",
                "01.02.2026 ",
                "01.02.02026",
                "01.01.0999",
                "\u0660\u0661.\u0660\u0662.\u0662\u0660\u0662\u0666",
                "01/02/2026",
                "heute",
                LONG,
            ],
            {"format": "%d.%m.%Y"},
        ),
        Case(["1.2.2026"], ["01.02.2026", "1.2.26"], {"format": "%-d.%-m.%Y"}),
        Case(["01.02.69", "31.12.68"], ["01.02.2069", "1.2.69"], {"format": "%d.%m.%y"}),
        Case(["00:00", "23:59"], ["24:00", "8:30", "08:60", "08:30:00", ""], {"format": "%H:%M"}),
        Case(["12:59 AM", "01:00 PM"], ["13:00 PM", "00:10 AM", "1:00 PM", "01:00 pm"], {"format": "%I:%M %p"}),
        Case(
            ["2026-12-31T23:59:59Z"], ["2026-12-31T23:59:60Z", "2026-12-31 23:59:59Z"], {"format": "%Y-%m-%dT%H:%M:%SZ"}
        ),
        Case(["10:11:12.000001"], ["10:11:12.5", "10:11:12"], {"format": "%H:%M:%S.%f"}),
        Case(["2026-02", "1999-12"], ["2026-2", "2026-13", "2026-02-01"], {"format": "%Y-%m"}),
        Case(["29.02.", "01.01."], ["30.02.", "1.1."], {"format": "%d.%m."}),
        Case(["2026", "1000"], ["26", "0026", "10000"], {"format": "%Y"}),
        Case(["Feb 01, 2026"], ["feb 01, 2026", "Mär 01, 2026", "Feb 1, 2026"], {"format": "%b %d, %Y"}),
        Case(["20260201"], ["2026021", "260201", "20260230"], {"format": "%Y%m%d"}),
        Case(["2020-W53-5"], ["2021-W53-5", "2020-W53-8"], {"format": "%G-W%V-%u"}),
    ],
    "is_type": [
        Case(
            ["0", "-7", " 42 ", "9223372036854775807", "-9223372036854775808", None],
            ["", " ", "007", "+5", "-0", "1.0", "1e3", "1,000", "9223372036854775808", "\u0664\u0662", "four", LONG],
            {"type": "integer"},
        ),
        Case(
            ["1.50", "-.5", "0", "1.", "12345678901234567890.123456789012345678", None],
            ["", "1,5", "01.5", "1e3", ".", "-", "€5", "1" * 39, "1.5.0"],
            {"type": "decimal"},
        ),
        Case(["1.50", "1.5000", "7"], ["1.505", "1" * 37], {"type": "decimal", "places": 2}),
        Case(["1.5e3", "-2E-7", "0.1", "10.0"], ["12E4", "1e999", "nan", "inf", ""], {"type": "float"}),
        Case(["true", "FALSE", " True "], ["yes", "1", "", "wahr"], {"type": "boolean"}),
        Case(["ja", "Nein"], ["j", "true", "ja|nein"], {"type": "boolean", "format": "ja|nein"}),
        Case(["2024-02-29", " 2026-01-01"], ["2026-1-1", "2025-02-29", "01.02.2026", ""], {"type": "date"}),
        Case(["01.02.2026"], ["2026-02-01"], {"type": "date", "format": "%d.%m.%Y"}),
        Case(["2026-01-01 00:00:00"], ["2026-01-01", "2026-01-01 24:00:00"], {"type": "timestamp"}),
    ],
    "digits": [
        Case(["0", "999", "-999", ""], ["1000", "-1000", "9223372036854775807"], {"integer": 3}, ["integer"]),
        Case(["0.5", "999.990", "-999.99", ""], ["1000.00", "0.125"], {"integer": 3, "places": 2}, ["decimal:3"]),
        Case(["0.99", "-0.01"], ["1.00"], {"integer": 0}, ["decimal"]),
        Case(["7", "7.000"], ["7.001"], {"places": 0}, ["decimal:3"]),
        Case(
            ["1", "01.5", "12.34", ".5", None],
            ["", "123", "1.234", "1,5", "1e1", "\u0661", "abc"],
            {"integer": 2, "places": 2},
        ),
    ],
    "no_future_date": [
        Case(["2026-11-20", "1000-01-01", ""], ["2026-11-21", "9999-12-31"], {}, ["date"]),
        Case(["2026-11-21"], ["2026-11-22"], {"days": 1}, ["date"]),
        Case(["2026-11-20 09:30:00"], ["2026-11-20 09:30:01"], {}, ["timestamp"]),
        Case(["2026-11-20 10:30:00"], ["2026-11-20 10:30:01"], {"time_zone": "Europe/Berlin"}, ["timestamp"]),
        Case(["2026-11-19"], ["2026-11-20"], {"time_zone": "Pacific/Pago_Pago"}, ["date"]),
    ],
}
REFUSED = {
    "length": [
        Case(["a"], params={"max": 10**60}),
        Case(["a"]),
        Case(["a"], params={"min": "many"}),
        Case(["a"], params={"min": -1}),
        Case(["a"], params={"min": True}),
        Case(["a"], params={"min": 3, "max": 2}),
        Case(["1"], params={"min": 1}, types=["integer"]),
    ],
    "matches": [
        Case(["a"]),
        Case(["a"], params={"pattern": ""}),
        Case(["a"], params={"pattern": "("}),
        Case(["a"], params={"pattern": "(?=a)"}),
        Case(["a"], params={"pattern": "x)|(?:a"}),
    ],
    "starts_with": [
        Case(["a"], params={"values": "a"}),
        Case(["a"], params={"values": [""]}),
        Case(["1"], params={"values": ["1"]}, types=["decimal"]),
    ],
    "ends_with": [Case(["a"], params={"values": []}), Case(["1"], params={"values": ["1"]}, types=["date"])],
    "date_format": [
        Case(["a"]),
        Case(["a"], params={"format": "day"}),
        Case(["a"], params={"format": "%I:%M"}),
        Case(["a"], params={"format": "%Q"}),
        Case(["a"], params={"format": "%Y-%m-%d %z"}),
        Case(["2026-01-01"], params={"format": "%Y-%m-%d"}, types=["date"]),
    ],
    "is_type": [
        Case(["a"]),
        Case(["a"], params={"type": "number"}),
        Case(["a"], params={"type": "date", "format": "day"}),
        Case(["a"], params={"type": "boolean", "format": "yes"}),
        Case(["a"], params={"type": "decimal", "places": 38}),
        Case(["1"], params={"type": "integer"}, types=["integer"]),
    ],
    "digits": [
        Case(["1"], types=["integer"]),
        Case(["1"], params={"integer": "2.5"}, types=["integer"]),
        Case(["1"], params={"integer": 2}, types=["float"]),
        Case(["true"], params={"integer": 2}, types=["boolean"]),
    ],
    "no_future_date": [
        Case(["2026-01-01"]),
        Case(["2026-01-01"], params={"days": -1}, types=["date"]),
        Case(["2026-01-01"], params={"days": 10**9}, types=["date"]),
        Case(["2026-01-01"], params={"time_zone": "Berlin"}, types=["date"]),
        Case(["2026-01-01"], params={"time_zone": "../etc"}, types=["date"]),
    ],
}
