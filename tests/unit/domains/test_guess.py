"""Guessing: evidence for every decision, and a question where two readings are really possible."""

import polars as pl
import pytest

from hestia_assets.core.results import Guess
from hestia_assets.core.specs import Recipe
from hestia_assets.domains.validation.guess import guess_types
from hestia_assets.domains.validation.types import cast_all
from hestia_assets.formats._columns import text_columns


def guess(**texts: list[str | None]) -> Guess:
    columns = text_columns(list(texts))
    frame = pl.DataFrame(list(texts.values()), schema={column.name: pl.String for column in columns})
    return guess_types(frame, columns)


def why(found: Guess, name: str) -> str:
    return next((reason.because for reason in found.reasons if reason.what == name), "")


@pytest.mark.parametrize(
    ("header", "texts", "proof"),
    [
        ("plz", ["01069", "10115", "80331"], "1 of 3 values begin with 0"),
        ("tel", ["+49 30 123456", "+49 40 98765"], "2 of 2 values begin with +"),
        ("card", ["4000123412341234", "5000123412341234"], "have more than 15 digits"),
        ("product", ["12E4", "13", "14"], "1 of 3 values look like 12E4"),
        ("EAN", ["4006381333931", "4006381333948"], "have 13 digits"),
        ("PLZ", ["10115", "80331", "80331"], "have 4 to 6 digits, and 'PLZ' names places"),
        ("orderNo", ["10000001", "10000002"], "have 8 digits"),
        ("price", ["€ 5.00", "€ 12.50"], "carry a currency ('€ 5.00')"),
        ("rate", ["5%", "12.5%"], "carry a percent sign"),
    ],
)
def test_digits_that_are_no_number_stay_text_with_the_count_that_proves_it(header, texts, proof):
    found = guess(**{header: texts})

    assert found.columns[0].type == "text"
    assert proof in why(found, found.columns[0].name)


def test_long_digits_are_numbers_where_no_header_says_otherwise():
    assert guess(population=["10000001", "20000002"]).columns[0].type == "integer"


@pytest.mark.parametrize(
    ("texts", "signs", "kind"),
    [
        (["12,50", "3,99"], (",", ""), "decimal"),
        (["1.234,50", "7,25"], (",", "."), "decimal"),
        (["1,234.50", "7.25"], (".", ","), "decimal"),
        (["1.234.567", "1.000"], (",", "."), "integer"),
        (["1 234,5", "12,0"], (",", " "), "decimal"),
        (["1'234.50", "99.95"], (".", "'"), "decimal"),
        (["1.234", "12.5"], (".", ""), "decimal"),
        (["1.234", "0.125"], (".", ""), "decimal"),
    ],
)
def test_recognises_how_numbers_are_written(texts, signs, kind):
    found = guess(amount=texts)
    column = found.columns[0]

    assert (column.decimal_sign, column.thousands_sign) == signs
    assert (column.type, found.questions) == (kind, ())


def test_a_number_that_can_be_read_two_ways_stays_text_and_becomes_a_question():
    found = guess(amount=["1,234", "25,678"])
    (question,) = found.questions

    assert found.columns[0].type == "text"
    assert question.what == "numbers: amount"
    assert {dict(choice.sample)["1,234"] for choice in question.choices} == {"1,234", "1234", "1.234"}


def test_another_column_of_the_file_settles_how_numbers_are_written():
    found = guess(amount=["1,234", "25,678"], price=["12.50", "3.99"])

    assert found.questions == ()
    assert found.columns[0].type == "integer"
    assert "'12.50' in price" in why(found, "amount")


def test_dates_that_fit_two_orders_become_one_question_for_all_columns():
    found = guess(ordered=["03/04/2024", "05/06/2024"], sent=["04/04/2024", "06/07/2024"])
    (question,) = found.questions
    recipe = Recipe(columns=found.columns).with_changes(question.choices[1].changes)

    assert question.what == "dates: ordered, sent"
    assert question.choices[question.chosen].label == "Keep as text"
    assert [column.type for column in found.columns] == ["text", "text"]
    assert [(column.type, column.format) for column in recipe.columns] == [("date", "%d/%m/%Y")] * 2


def test_the_value_that_proves_the_order_is_named():
    found = guess(day=["03/04/2024", "25/06/2024"])

    assert found.columns[0].format == "%d/%m/%Y"
    assert "'25/06/2024' can only be read so" in why(found, "day")


def test_values_that_speak_for_both_orders_become_a_question():
    found = guess(day=["03/04/2024"] * 97 + ["25/06/2024", "26/06/2024", "06/27/2024"])

    assert found.columns[0].type == "text"
    assert found.questions[0].choices[1].because.startswith("3 of 4 different values can be read so")


def test_two_digits_of_a_birth_year_become_a_question():
    assert guess(geburtsdatum=["13.02.45", "24.12.01"]).questions[0].what == "years: geburtsdatum"
    assert guess(day=["13.02.24", "24.12.25"]).columns[0].format == "%d.%m.%y"


@pytest.mark.parametrize(
    ("texts", "kind", "said"),
    [
        (["2024-01-02T03:04:05Z", "2024-01-02T13:04:05Z"], "timestamp", "in UTC (Z)"),
        (["2024-01-02T03:04:05+00:00"], "timestamp", "in UTC (+00:00)"),
        (["2024-01-02T03:04:05+02:00", "2024-07-02T03:04:05+01:00"], "text", "several zones (+02:00, +01:00)"),
        (["2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05"], "text", "several zones"),
        (["2024-01-02T03:04:05+02:00"], "text", "one offset from UTC"),
    ],
)
def test_no_time_loses_its_zone_silently(texts, kind, said):
    found = guess(at=texts)

    assert found.columns[0].type == kind
    assert said in why(found, "at")


@pytest.mark.parametrize(
    "texts",
    [
        ["1/2/2024 3:04 PM", "1/13/2024 11:00 AM"],
        ["01-JAN-2024 10:00", "02-FEB-2024 10:00"],
        ["Mon, 01 Jan 2024 10:00", "Tue, 02 Jan 2024 10:00"],
        ["Jan 31, 2024 10:00:00 AM", "Feb 1, 2024 11:30:00 PM"],
        ["31/Jan/2024:10:00:00 +0000", "01/Feb/2024:11:30:00 +0000"],
        ["Wed Jan 31 10:00:00 2024", "Thu Feb  1 11:30:00 2024"],
    ],
)
def test_reads_times_as_people_write_them(texts):
    assert guess(at=texts).columns[0].type == "timestamp"


def test_eight_digits_are_a_day_where_the_header_says_so():
    assert guess(datum=["20240131", "20241231"]).columns[0].type == "date"
    assert guess(size=["20240131", "20241231"]).columns[0].type == "integer"


@pytest.mark.parametrize("word", ["n/a", "NA", "null", "-", "#N/A", "Unknown", "k.A."])
def test_a_word_among_numbers_means_no_value(word):
    found = guess(price=["1.50", word, "2.25"])
    column = found.columns[0]
    typed = cast_all(pl.DataFrame({"price": ["1.50", word]}), found.columns)

    assert (column.type, column.null_words) == ("decimal", ("", word))
    assert typed["price"].null_count() == 1
    assert f"'{word}' (1) means that there is no value" in why(found, "price")


def test_a_word_among_texts_is_a_text():
    found = guess(country=["NA", "DE", "FR"], answer=["yes", "no", "unknown"], error=["1.5", "#DIV/0!", "2"])

    assert [(column.type, column.null_words) for column in found.columns] == [("text", ("",))] * 3


def test_beside_yes_and_no_only_what_programs_write_means_no_value():
    found = guess(paid=["yes", "no", "NULL"], sent=["yes", "no", "-"])

    assert [(column.type, column.null_words) for column in found.columns] == [
        ("boolean", ("", "NULL")),
        ("text", ("",)),
    ]


def test_an_empty_text_among_numbers_means_no_value_even_where_the_format_knows_null():
    frame = pl.DataFrame({"n": ["1", "", None]})
    found = guess_types(frame, text_columns(["n"], null_words=()))

    assert (found.columns[0].type, found.columns[0].null_words) == ("integer", ("",))


def test_one_letter_alone_is_no_boolean():
    assert guess(direction=["N", "N"]).columns[0].type == "text"
    assert guess(paid=["Y", "N"]).columns[0].type == "boolean"


def test_a_number_is_offered_once_for_each_way_to_read_it():
    (question,) = guess(size=["1.234", "12.345"], price=["1,23", "7,50"]).questions

    assert [dict(choice.sample)["1.234"] for choice in question.choices] == ["1.234", "1.234", "1234"]
    assert "'1,23' in price is written with a decimal comma" in question.choices[1].because


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-Jan-31"],
        ["Jan/31/2024"],
        ["Jan-31-2024"],
        ["Jan. 31, 2024"],
        ["January 31 2024"],
        ["31/Jan/2024"],
        ["2024 Jan 31"],
    ],
)
def test_reads_days_with_names_of_months(texts):
    assert guess(at=texts).columns[0].type == "date"


def test_other_dates_of_the_file_settle_the_order_of_day_and_month():
    found = guess(ordered=["03/04/2024", "05/06/2024"], sent=["04/04/2024", "26/07/2024"])

    assert found.questions == ()
    assert [column.format for column in found.columns] == ["%d/%m/%Y"] * 2
    assert "in sent '26/07/2024' can only be read so" in why(found, "ordered")


def test_dates_of_both_orders_in_a_file_settle_nothing():
    found = guess(one=["03/04/2024"], two=["26/07/2024"], three=["07/26/2024"])

    assert found.questions[0].what == "dates: one"


def test_a_few_numbers_with_an_exponent_among_others_are_numbers():
    assert guess(p=["0.002", "1E-05", "3.1"]).columns[0].type == "float"


def test_ten_numbers_with_a_comma_beside_small_ones_without_are_thousands():
    found = guess(people=[*(f"{n},{n}00" for n in range(1, 10)), "12,345", "567"])

    assert (found.columns[0].type, found.columns[0].thousands_sign) == ("integer", ",")
    assert guess(people=["1,234", "567", "12,345"]).questions[0].what == "numbers: people"


def test_versions_are_no_numbers():
    assert guess(version=["1.9", "1.10"]).columns[0].type == "text"
    assert guess(size=["1.9", "1.10"]).columns[0].type == "decimal"


def test_zero_dates_of_databases_mean_no_day():
    assert guess(day=["2024-01-31", "0000-00-00"]).columns[0].type == "date"


def test_on_and_off_are_yes_and_no_but_on_alone_may_be_ontario():
    assert guess(light=["on", "off"]).columns[0].type == "boolean"
    assert guess(state=["ON", "ON"]).columns[0].type == "text"


def test_most_of_the_values_are_never_called_all_of_them():
    found = guess(quantity=[*map(str, range(5_000)), "two"])

    assert "99.9% of its values are numbers" in why(found, "quantity")
