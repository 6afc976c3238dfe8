"""Numbers with other signs, and words that mean no value: nothing changes its meaning."""

from decimal import Decimal
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.core.specs import Column
from hestia_assets.domains.validation.types import cast_all, expected, misfits


def column(kind: str, **options: object) -> Column:
    return Column.model_validate({"source": "c", "name": "c", "type": kind, **options})


def read(texts: list[str | None], how: Column) -> tuple[list[object], list[int]]:
    frame = pl.DataFrame({"c": texts}, schema={"c": pl.String})
    typed = cast_all(frame, (how,))
    return typed["c"].to_list(), misfits(frame, typed, how).to_list()


GERMAN = {"decimal_sign": ",", "thousands_sign": "."}


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,50", "1234.50"), ("1234,5", "1234.5"), ("0,5", "0.5"), ("-1.234.567,8", "-1234567.8"), ("1.234", "1234")],
)
def test_reads_a_number_with_a_decimal_comma(text, value):
    assert read([text], column("decimal", **GERMAN)) == ([Decimal(value)], [])


@pytest.mark.parametrize("text", ["12.34,5", "1.5", "1,234.5", "00,5", "€ 5", "5 %", "1.2345", "0.123", "1,5,5"])
def test_a_number_whose_signs_do_not_stand_as_they_must_is_a_misfit(text):
    assert read([text], column("decimal", **GERMAN)) == ([None], [0])


def test_a_sign_that_would_mean_both_makes_every_value_with_it_a_misfit():
    assert read(["1.234", "12"], column("decimal", thousands_sign=".")) == ([None, Decimal(12)], [0])


def test_blanks_between_thousands_that_look_alike_are_alike():
    assert read(["1 234", "1\u00a0234", "1\u202f234"], column("integer", thousands_sign=" ")) == ([1234] * 3, [])


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", ".", " ", "'", "\u00a0"]))
def test_a_grouped_number_gives_back_the_number(number, sign):
    decimal = "," if sign == "." else "."
    how = column("integer", thousands_sign=sign, decimal_sign=decimal)

    assert read([f"{number:,}".replace(",", sign)], how) == ([number], [])


@given(st.text(alphabet="0123456789.,-' ", max_size=12))
def test_a_number_that_was_accepted_has_the_digits_that_were_written(text):
    (value,), _ = read([text], column("decimal", scale=4, **GERMAN))

    if value is not None:
        written = Decimal(text.strip().replace(".", "").replace(",", "."))
        assert value == written


def test_says_how_a_number_should_have_been_written():
    assert expected(column("decimal", **GERMAN)).endswith("written like 1.234,5")


def test_null_words_and_nulls_are_no_values_and_no_misfits():
    how = column("integer", null_words=("", "n/a", "0"))

    assert read(["n/a", " n/a ", "0", "", None, "5", "N/A"], how) == ([None] * 5 + [5, None], [6])


def test_text_is_null_only_where_it_is_exactly_a_null_word():
    assert read(["NA", " NA", "", None], column("text", null_words=("NA",)))[0] == [None, " NA", "", None]


def test_an_empty_text_is_a_value_where_the_format_knows_null():
    assert read(["", None], column("text", null_words=()))[0] == ["", None]
    assert read(["", None, "7"], column("integer", null_words=())) == ([None, None, 7], [0])


def test_a_day_without_signs_between_needs_all_its_digits():
    assert read(["20240131", "2024013"], column("date", format="%Y%m%d"))[1] == [1]


BEFORE, AFTER = ("", " ", "\t", "\u00a0"), ("", " ")
TEXTS = ("0", "-1", "7", "1900-01-01", "2024-01-02", "2024-01-02 03:04:05", "true", "FALSE", "n/a", "1.5", "")


@pytest.mark.parametrize("kind", ["integer", "decimal", "float", "boolean", "date", "timestamp"])
def test_blanks_around_a_value_or_a_null_word_make_no_difference(kind):
    how = column(kind, null_words=("", "0", "n/a", "1900-01-01", "false"))

    for before, after, text in product(BEFORE, AFTER, TEXTS):
        assert read([before + text + after], how) == read([text], how)
