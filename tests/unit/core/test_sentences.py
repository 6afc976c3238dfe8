"""The sentence of a check: every rule's, whatever was given, and everything else that a rule may carry."""

from datetime import date

import pytest

from hestia_assets.core.results import CheckResult
from hestia_assets.core.rules import Parameter
from hestia_assets.core.sentences import (
    Style,
    as_it_is,
    borne,
    exempted,
    held_by,
    sentence,
    sentence_of,
    terms,
    without_columns,
)
from hestia_assets.core.specs import CheckSpec, Exemption, Severity, Threshold
from hestia_assets.rules import RULES

EXAMPLES = {
    "agrees_with": "the number of rows of a file must agree with that in orders",
    "compare_columns": "price must not be greater than cost",
    "completeness": "each of Hamburg, Lyon must be there in price of a file",
    "conditional": "if country is DE, postal_code must look like [0-9]{5}",
    "consistent_within": "price must be the same in all rows of the same postcode",
    "date_format": "price must be a date written as DD.MM.YYYY",
    "digits": "price must have at most 6 digits before and 2 after the point",
    "distribution_drift": "the values of price must be spread as before (stability index at most 0.2)",
    "email": "price must be an e-mail address",
    "ends_with": "price must end with .pdf or .PDF",
    "foreign_key": "price must be there in customers as id",
    "freshness": "the newest price must be at most 48 hours old when the batch arrives",
    "greater_than": "price must be greater than 0",
    "iban": "price must be an IBAN of DE",
    "in_range": "price must be between 1 and 100",
    "in_set": "price must be one of EUR, USD",
    "is_type": "price must be a whole number",
    "iso_country": "price must be a country code",
    "iso_currency": "price must be a currency code",
    "iso_language": "price must be a language code",
    "json_schema": "price must be JSON that fits the JSON Schema",
    "length": "price must have between 2 and 40 characters",
    "less_than": "price must be less than 0",
    "matches": "price must look like SKU-\\d{5}",
    "monotonic": "price must rise or stay from row to row",
    "no_future_date": "price must not be in the future",
    "not_blank": "price must not be empty or blank",
    "not_in_set": "price must not be test or unknown",
    "not_null": "price must not be empty",
    "phone": "price must be a phone number",
    "postal_code": "price must be a postal code of DE",
    "row_count": "a file must have at least 1 row, and between 0.5 and 2 times as many rows as usual",
    "row_schema": "each row must fit the JSON Schema",
    "row_unique": "no row may appear twice",
    "schema_unchanged": "columns and their types must be as in the files before",
    "sql": "for each row must hold: quantity * unit_price <= 10000 OR country = 'DE'",
    "starts_with": "price must start with INV- or CN-",
    "sum_of_columns": "price must add up to total (±0.01)",
    "totals_match": "the net of each price must add up to net in invoices (±0.01)",
    "unique": "price must not appear twice",
    "url": "price must be a web address with https",
    "vat_number": "price must be a VAT number of a country of the EU",
}

GIVEN = [
    ("in_range", ("price",), {"min": 0}, "price must be at least 0"),
    ("in_range", ("price", "cost"), {"max": 9}, "price, cost must be at most 9"),
    ("greater_than", ("price",), {"value": 0, "or_equal": True}, "price must be at least 0"),
    ("less_than", ("price",), {"value": 9, "or_equal": True}, "price must be at most 9"),
    ("length", ("code",), {"min": 5, "max": 5}, "code must have exactly 5 characters"),
    ("length", ("code",), {"max": 5}, "code must have at most 5 characters"),
    ("length", ("code",), {}, "code must have between … and … characters"),
    ("digits", ("price",), {"places": 2}, "price must have at most 2 digits after the point"),
    ("in_set", ("a",), {"values": list(range(25))},
     "a must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 … (25 in all)"),
    ("in_set", ("a",), {"values": ["{x}", "{0}"]}, "a must be one of {x}, {0}"),
    ("monotonic", ("n",), {"direction": "falling", "strict": True, "within": ["shop"]},
     "n must fall from row to row among rows of the same shop"),
    ("completeness", ("shop",), {"dataset": "shops"}, "each shop of shops must be there in a file"),
    ("agrees_with", ("net",), {"measure": "sum", "dataset": "ledger", "other_column": "amount"},
     "the sum of net in the table must agree with that of amount in ledger"),
    ("postal_code", ("zip",), {"country_column": "land"}, "zip must be a postal code of the country in land"),
    ("row_count", (), {"max": 350}, "a file must have at most 350 rows"),
    ("row_unique", ("a", "b"), {}, "no row may appear twice with the same values in a, b"),
    ("no_future_date", ("day",), {"days": 3}, "day must be at most 3 days in the future"),
    ("sql", ("qty",), {"expression": "qty\n > 1"}, "for each row must hold: qty > 1"),
    ("matches", ("a",), {"pattern": "x" * 900}, f"a must look like {'x' * 199}…"),
    ("matches", ("a",), {"pattern": "A  B"}, "a must look like A  B"),
    ("matches", ("a",), {"pattern": None}, "a must look like …"),
    ("in_range", ("a",), {"min": None, "max": 9}, "a must be at most 9"),
    ("foreign_key", ("a",), {"dataset": "b", "other_columns": True}, "a must be there in b"),
    ("foreign_key", ("a",), {"dataset": "b", "other_columns": "id"}, "a must be there in b as id"),
    ("conditional", ("qty", ), {"if": {"rule": "not_null", "columns": ["a", "b"]}, "then": {"rule": "not_blank"}},
     "if a, b are not empty, qty must not be empty or blank"),
    ("conditional", (), {"if": {"rule": "sql", "params": {"expression": "a > 1"}},
                         "then": {"rule": "row_schema", "params": {"schema": {}}}},
     "if a > 1, each row must fit the JSON Schema"),
    ("conditional", (), {"if": {"no": "rule"}}, "if {'no': 'rule'}, …"),
    ("gone_rule", ("a", "b"), {}, "gone rule of a, b"),
]  # fmt: skip


def example_of(name: str) -> CheckSpec:
    """A check of a rule with its example, on as few columns as it takes."""
    rule = RULES.get(name)
    least = rule.columns.start or (1 if name == "totals_match" else 0)
    return CheckSpec(rule=name, columns=("price", "cost")[:least], params=dict(rule.example))


def test_every_rule_says_its_example_in_plain_words():
    said = {name: sentence(example_of(name), RULES) for name in RULES.names()}

    assert said == EXAMPLES


@pytest.mark.parametrize(("rule", "columns", "params", "said"), GIVEN, ids=range(len(GIVEN)))
def test_a_sentence_says_what_was_given_and_nothing_else(rule, columns, params, said):
    assert sentence(CheckSpec(rule=rule, columns=columns, params=params), RULES) == said


class Strangers:
    """A rule that somebody installed: it has no wording of its own."""

    def __init__(self) -> None:
        self.sentence = "{columns} must be near {place}"
        self.parameters = {"place": Parameter("Where."), "far": Parameter("How far.", default=5)}

    def names(self) -> list[str]:
        """The rules."""
        return ["near"]

    def get(self, name: str):
        """The rule of this name."""
        assert name == "near"
        return self

    def message(self, spec: CheckSpec) -> str:
        """What is wrong."""
        return f"{spec.columns[0]} must be near something."


def test_a_rule_without_wordings_says_its_message_where_a_parameter_was_left_out():
    check = CheckSpec(rule="near", columns=("a",))

    assert sentence(check.model_copy(update={"params": {"place": "Lyon"}}), Strangers()) == "a must be near Lyon"
    assert sentence(check, Strangers()) == "a must be near something"


def test_no_sentence_has_braces_or_the_name_of_its_rule_where_that_is_no_word():
    for name in RULES.names():
        for said in (sentence(CheckSpec(rule=name, columns=("a", "b")), RULES), without_columns(name, RULES)):
            assert not set("{}") & set(said), name
            assert "_" not in said, name


def test_what_users_wrote_is_written_in_the_style_of_the_face():
    style = Style(text=lambda text: f"<{text}>", code=lambda text: f"`{text}`")

    assert sentence(example_of("matches"), RULES, style) == "<price> must look like `SKU-\\d{5}`"
    assert sentence(example_of("conditional"), RULES, style) == (
        "if <country> is <DE>, <postal_code> must look like `[0-9]{5}`"
    )
    assert as_it_is(example_of("starts_with"), RULES) == "price starts with INV- or CN-"


def test_threshold_owner_and_exceptions_are_words_too():
    pardon = Exemption(match={"no": "7", "shop": None}, reason="agreed", by="ada", until=date(2031, 12, 31))
    check = CheckSpec(
        rule="not_null", columns=("no",), owner="ada@example.org", threshold=Threshold(rows=3, share=0.05),
        exemptions=(pardon,),
    )  # fmt: skip

    assert terms(check) == (
        "May fail: 3 rows or 5 % of the rows, whichever is less", "Ask ada@example.org", "1 exception",
    )  # fmt: skip
    assert borne(Threshold(rows=1)) == "1 row"
    assert exempted(pardon) == ("no = 7, shop = (empty) may fail, until 31 Dec 2031", "agreed · allowed by ada")
    assert terms(CheckSpec(rule="not_null", columns=("no",))) == ()


def test_a_result_says_what_its_check_demanded_even_where_that_is_no_longer_known():
    check = CheckSpec(rule="in_range", columns=("price",), params={"min": 0}, severity=Severity.HOLD)
    result = CheckResult(check.name, check.rule, check.columns, check.severity, 10, 2)

    assert sentence_of(result, [check], RULES) == "price must be at least 0"
    assert sentence_of(result, [], RULES) == "price must be between … and …"
    assert held_by(result, "price must be at least 0") == "price must be at least 0, but 2 rows fail that"
    key = CheckResult("primary_key", "key", ("no",), Severity.REJECT, 10, 1)
    assert sentence_of(key, [], RULES) == "no must be there and name one row only"
    assert held_by(key, "x") == "x, but 1 row fails that, and only 0 rows may"
    whole = CheckResult("row_count", "row_count", (), Severity.HOLD, 0, 0, problem="3 rows came, 'secret'.")
    assert held_by(whole, "x") == "3 rows came, 'secret'"
    assert "secret" not in held_by(whole, "x", quotes=False)
