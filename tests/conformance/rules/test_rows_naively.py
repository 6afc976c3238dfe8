"""Rules about values and rows: what fails on random rows, as naive Python and pandera say it, in chunks of any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import naive_rows as naive
import phonenumbers
import polars as pl
import pycountry
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from judging import ARRIVED
from pandera.errors import SchemaErrors

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ConditionRule, RecordRule
from hestia_assets.core.specs import CheckSpec
from hestia_assets.domains.validation._passes import failing_rows
from hestia_assets.domains.validation.compiled import pandera_schema
from hestia_assets.rules import RULES
from hestia_assets.rules._postal import PATTERNS, WITHOUT
from hestia_assets.rules.email import SURELY as SURE_MAIL
from hestia_assets.rules.phone import is_number, surely
from hestia_assets.rules.url import SURELY as SURE_WEB

SIGNS = [*"aA019 .-_/@:%+T\u00e4\u00a0\u200b\u0660\u212a\n\U0001f337", ""]
GENERATED = (Phase.generate,)  # a failure names the values; making it smaller would take minutes
NOW = ARRIVED.at.replace(tzinfo=None)
PRESENCE = {"not_null", "not_blank"}
ELSEWHERE = {"json_schema", "row_schema"}
"""Held against the official suite of JSON Schema."""


def near(*samples: str) -> st.SearchStrategy[str | None]:
    """Samples, as they are or with one sign changed, added or left out; now and then none."""

    def slip(sample: str, at: int, sign: str, kept: int) -> str:
        return sample[:at] + sign + sample[at + kept :]

    slipped = st.builds(slip, st.sampled_from(samples), st.integers(0, 24), st.sampled_from(SIGNS), st.integers(0, 1))
    return st.one_of(st.none(), st.sampled_from(samples), slipped, slipped)


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


COLUMNS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (pl.String, near("", "a", "b", "SKU-12345", "SKU-", "  ", "\u00e4\u00e4", "null", "a text beyond twelve")),
    "date": (pl.String, near("29.02.2024", "01.01.1000", "31.12.9999", "30.02.2026")),
    "typed": (pl.String, near("0", "-12", "12.50", "-.5", "1e3", "12E4", "1.5e-3", "9223372036854775807", "true",
                              "FALSE", "2024-02-29", "2024-02-29 23:59:59", "9" * 38)),
    "mail": (pl.String, near("ada@example.com", "a.b+c@x-y.example.org", "zo\u00eb@ex\u00e4mple.de", "a@b.co.uk")),
    "web": (pl.String, near("https://example.com/a?b=c", "http://a.b:80/%20", "http://1.2.3.4/", "http://[::1]/",
                            "http://localhost", "http://b\u00fccher.example/\u00fc")),
    "phone": (pl.String, near("+49 30 901820", "030/90 18-20", "+41 44 668 18 00", "110")),
    "iban": (pl.String, near("DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "no9386011117947")),
    "vat": (pl.String, near("DE136695976", "136695976", "DE 129 273 398")),
    "land": (pl.String, near("DE", "GB", "CA", "HK", "nl", "AT", "XX")),
    "post": (pl.String, near("01067", "1010", "SW1A 1AA", "K1A 0B1", "1012 AB")),
    "code": (pl.String, near("DE", "DEU", "EUR", "USD", "de", "deu", "en", "US")),
    "number": (pl.Int64, some(-(2**63), -1, 0, 1, 5, 500, 2**63 - 1)),
    "other": (pl.Int64, some(-(2**63), 0, 1, 6, 2**63 - 1)),
    "price": (pl.Decimal(38, 2), some(*map(Decimal, ("-0.01", "0.00", "1.50", "99.99", "1000.00", "9" * 30 + ".99")))),
    "fine": (pl.Decimal(38, 3), some(*map(Decimal, ("0.000", "1.500", "99.995", "1.000", "-0.010")))),
    "share": (pl.Float64, some(0.0, -0.0, 0.1, 1.5, 99.99, 1e308, -5e-324)),
    "paid": (pl.Boolean, some(True, False)),
    "day": (pl.Date, some(date(1000, 1, 1), NOW.date(), NOW.date() + timedelta(days=1), date(9999, 12, 31))),
    "at": (pl.Datetime("us"), some(NOW, NOW + timedelta(microseconds=1), datetime(1000, 1, 1), datetime(9999, 12, 31))),  # noqa: DTZ001 - times without a zone
}  # fmt: skip
NAMES = list(COLUMNS)
SCHEMA = {name: dtype for name, (dtype, _) in COLUMNS.items()}
ROW = st.tuples(*(values for _, values in COLUMNS.values()))


@dataclass(frozen=True)
class Twin:
    """A check, and what naive Python says of a row's values."""

    rule: str
    columns: Sequence[str]
    params: dict[str, Any]
    passes: naive.Naive
    asks: Sequence[str] = ()

    def check(self, number: int) -> CheckSpec:
        return CheckSpec(rule=self.rule, columns=tuple(self.columns), params=self.params, label=f"c{number}")

    def fails(self, row: dict[str, Any]) -> bool:
        values = [row[name] for name in (*self.asks, *self.columns)]
        return (self.rule in PRESENCE or None not in values) and not self.passes(*values)


def alpha(kind: Any, length: int) -> set[str]:
    return {code for one in kind if (code := getattr(one, f"alpha_{length}", None))}


COUNTRY = {2: alpha(pycountry.countries, 2), 3: alpha(pycountry.countries, 3)}
CURRENCY, LANGUAGE = alpha(pycountry.currencies, 3), alpha(pycountry.languages, 2)
FIVE = {"rule": "matches", "columns": ["post"], "params": {"pattern": "[0-9]{5}"}}
GERMAN = {"rule": "in_set", "columns": ["land"], "params": {"values": ["DE"]}}
LIST = {"text": ["a", "null"], "number": [1, 500], "price": ["1.5"], "share": [0.1, 0], "paid": [True],
        "day": [str(NOW.date())], "at": [str(NOW)]}  # fmt: skip
LISTED = {"text": {"a", "null"}, "number": {1, 500}, "price": {Decimal("1.5")}, "share": {0.1, 0.0}, "paid": {True},
          "day": {NOW.date()}, "at": {NOW}}  # fmt: skip
TWINS = [
    *(Twin("not_null", [name], {}, lambda value: value is not None) for name in NAMES),
    *(Twin("not_blank", [name], {}, lambda value: not naive.blank(value)) for name in NAMES),
    *(Twin("in_set", [name], {"values": LIST[name]}, lambda value, of=LISTED[name]: value in of) for name in LIST),
    *(Twin("in_set", [name], {"values": LIST[name] * 20}, lambda value, of=LISTED[name]: value in of) for name in LIST),
    *(Twin("not_in_set", [name], {"values": LIST[name]}, lambda value, of=LISTED[name]: value not in of)
      for name in LIST),
    Twin("in_range", ["text"], {"min": "a", "max": "b"}, lambda value: "a" <= value <= "b"),
    Twin("in_range", ["number"], {"min": 0, "max": 5}, lambda value: 0 <= value <= 5),
    Twin("in_range", ["price"], {"min": "0.01"}, lambda value: value >= Decimal("0.01")),
    Twin("in_range", ["share"], {"max": 1.5}, lambda value: value <= 1.5),
    Twin("in_range", ["paid"], {"min": False, "max": False}, lambda value: value is False),
    Twin("in_range", ["at"], {"max": str(NOW)}, lambda value: value <= NOW),
    Twin("greater_than", ["number"], {"value": 0}, lambda value: value > 0),
    Twin("greater_than", ["share"], {"value": 0, "or_equal": True}, lambda value: value >= 0),
    Twin("greater_than", ["day"], {"value": str(NOW.date())}, lambda value: value > NOW.date()),
    Twin("less_than", ["price"], {"value": "99.99"}, lambda value: value < Decimal("99.99")),
    Twin("less_than", ["at"], {"value": str(NOW), "or_equal": True}, lambda value: value <= NOW),
    Twin("length", ["text"], {"min": 1, "max": 9}, lambda value: 1 <= len(value) <= 9),
    Twin("matches", ["text"], {"pattern": "a.*|SKU-[0-9]{5}"},
         lambda value: naive.re.fullmatch("a.*|SKU-[0-9]{5}", value) is not None),
    Twin("starts_with", ["text"], {"values": ["SKU", "\u00e4"]}, lambda value: value.startswith(("SKU", "\u00e4"))),
    Twin("starts_with", ["number"], {"values": ["5", "-"]}, lambda value: str(value).startswith(("5", "-"))),
    Twin("ends_with", ["text"], {"values": ["5", "a "]}, lambda value: value.endswith(("5", "a "))),
    Twin("date_format", ["date"], {"format": "%d.%m.%Y"}, lambda value: naive.as_date(value, "%d.%m.%Y")),
    *(Twin("is_type", ["typed"], {"type": kind}, lambda value, kind=kind: naive.as_type(value, kind))
      for kind in ("integer", "decimal", "float", "boolean", "date", "timestamp")),
    *(Twin("digits", [name], {"integer": 2, "places": 2}, lambda value: naive.few_digits(value, 2, 2))
      for name in ("number", "price", "fine", "typed")),
    Twin("no_future_date", ["day"], {}, naive.come),
    Twin("no_future_date", ["at"], {}, naive.come),
    Twin("no_future_date", ["day"], {"days": 1}, lambda value: value <= naive.in_days(1)),
    Twin("email", ["mail"], {}, naive.mail_address),
    Twin("url", ["web"], {}, naive.web_address),
    Twin("phone", ["phone"], {"region": "DE"}, naive.german_phone),
    Twin("iban", ["iban"], {}, naive.iban),
    Twin("vat_number", ["vat"], {"country": "DE"}, naive.german_vat),
    Twin("postal_code", ["post"], {"country_column": "land"},
         lambda land, code: naive.postal(land, code, PATTERNS, WITHOUT), ["land"]),
    Twin("postal_code", ["post"], {"country": "DE"}, lambda code: naive.re.fullmatch("[0-9]{5}", code) is not None),
    Twin("iso_country", ["code"], {}, lambda value: value in COUNTRY[2]),
    Twin("iso_country", ["code"], {"code": "alpha-3"}, lambda value: value in COUNTRY[3]),
    Twin("iso_currency", ["code"], {}, lambda value: value in CURRENCY),
    Twin("iso_language", ["code"], {}, lambda value: value in LANGUAGE),
    *(Twin("compare_columns", [first, second], {"operator": sign}, lambda a, b, sign=sign: naive.compare(sign, a, b))
      for sign in naive.COMPARE for first, second in (("number", "other"), ("price", "fine"), ("number", "fine"),
                                                      ("share", "price"), ("day", "at"), ("at", "at"))),
    Twin("compare_columns", ["text", "code"], {"operator": "!="}, lambda a, b: a != b),
    Twin("sum_of_columns", ["number", "other"], {"total": "number"},
         lambda total, a, b: naive.adds_up([a, b], total, "0"), ["number"]),
    Twin("sum_of_columns", ["fine", "number"], {"total": "price", "tolerance": "0.01"},
         lambda total, a, b: naive.adds_up([a, b], total, "0.01"), ["price"]),
    Twin("conditional", ["post"], {"if": GERMAN, "then": FIVE},
         lambda land, code: land != "DE" or naive.re.fullmatch("[0-9]{5}", code) is not None, ["land"]),
]  # fmt: skip
CHECKS = [twin.check(number) for number, twin in enumerate(TWINS)]
APPLIED = [(check, check.columns[0]) for check in CHECKS]


def framed(rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def ours(frame: pl.DataFrame, size: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {check.name: [] for check in CHECKS}
    for part, chunk in enumerate(frame.iter_slices(size)):
        for (name, _), rows in failing_rows(chunk, APPLIED, RULES, ARRIVED).items():
            found[name] += [row + part * size for row in rows]
    return found


@settings(max_examples=30, phases=GENERATED)
@given(rows=st.lists(ROW, min_size=10, max_size=10))
def test_the_rows_that_fail_are_those_that_naive_python_names(rows):
    by_name = [dict(zip(NAMES, row, strict=True)) for row in rows]

    found = ours(framed(rows), 1_000_000)

    for check, twin in zip(CHECKS, TWINS, strict=True):
        differ = set(found[check.name]) ^ {n for n, row in enumerate(by_name) if twin.fails(row)}
        assert not differ, f"{check} {[[by_name[n][name] for name in twin.columns] for n in differ]}"


@settings(max_examples=2, phases=GENERATED)
@given(rows=st.lists(ROW, min_size=15, max_size=15))
def test_the_same_rows_fail_in_chunks_of_any_size(rows):
    frame = framed(rows)

    assert ours(frame, 1) == ours(frame, 7) == ours(frame, 1_000_000) != {}


@settings(max_examples=2, phases=GENERATED)
@given(rows=st.lists(ROW, min_size=20, max_size=20))
def test_the_compiled_schema_gives_the_same_verdict_by_pandera(rows):
    frame = framed(rows)
    found: dict[str, list[int]] = {check.name: [] for check in CHECKS}

    try:
        pandera_schema(CHECKS, RULES, ARRIVED).validate(frame, lazy=True)
    except SchemaErrors as error:
        for name, index in error.failure_cases.select("check", "index").sort("index").iter_rows():
            found[name].append(index)

    assert found == ours(frame, 1_000_000)


def test_every_rule_about_values_or_rows_has_a_naive_twin():
    rules = {name for name in RULES.names() if isinstance(RULES.get(name), ConditionRule | RecordRule)}

    assert rules - ELSEWHERE == {twin.rule for twin in TWINS}


@settings(max_examples=60, phases=GENERATED)
@given(st.from_regex(naive.re.compile(SURE_MAIL), fullmatch=True))
def test_an_address_that_is_passed_by_its_looks_is_one_for_the_library(text):
    assert naive.mail_address(text)


@settings(max_examples=60, phases=GENERATED)
@given(st.from_regex(naive.re.compile(f"^https?{SURE_WEB}"), fullmatch=True))
def test_a_web_address_that_is_passed_by_its_looks_is_one_when_it_is_read(text):
    assert naive.web_address(text)


def test_a_number_that_is_passed_by_its_range_is_one_for_the_library():
    for region in ("DE", "FR", "CH", "BR", "JP"):
        wanted = phonenumbers.example_number_for_type(region, 1)
        mobile = f"+{wanted.country_code} {wanted.national_number}"
        digits = [str(digit) for digit in range(10)]
        near = [
            mobile[:at] + digit + mobile[at + kept :]
            for at in range(3, len(mobile))
            for digit in digits
            for kept in (0, 1)
        ]
        found = pl.Series(near).filter(surely(pl.Series(near), region=region))

        assert len(found) > len(near) / 10, region
        assert found.equals(pl.Series(near).filter(surely(pl.Series(near), region=None))), region
        assert [text for text in found if not is_number(text, region=region, only=True)] == [], region


def test_a_check_that_cannot_run_names_itself_and_its_column():
    check = CheckSpec(rule="in_set", columns=("number",), params={"values": ["x"]})

    with pytest.raises(SpecError, match=r"Check 'in_set__number' could not run on column 'number': .*'values' \(x\)"):
        failing_rows(pl.DataFrame({"number": [1]}), [(check, "number")], RULES, ARRIVED)


def test_a_pattern_that_cannot_be_used_is_refused_with_the_reason_in_words():
    table = [("(", "unclosed group"), ("a(?=x)", "look-around"), ("(a{999}){999}", "exceeds size limit")]
    for pattern, reason in table:
        check = CheckSpec(rule="matches", columns=("text",), params={"pattern": pattern})

        with pytest.raises(SpecError, match=reason) as error:
            failing_rows(pl.DataFrame({"text": ["x"]}), [(check, "text")], RULES, ARRIVED)
        assert "col(" not in str(error.value)
