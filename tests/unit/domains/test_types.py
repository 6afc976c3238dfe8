"""Text to types: what would change is a failure; what is unclear stays text."""

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.specs import Column
from hestia_assets.domains.validation.guess import guess_types
from hestia_assets.domains.validation.types import cast_all, expected, misfits


def column(kind: str, **options: object) -> Column:
    return Column.model_validate({"source": "c", "name": "c", "type": kind, **options})


def typed(texts: list[str], how: Column) -> list[object]:
    return cast_all(pl.DataFrame({"c": texts}), (how,))["c"].to_list()


@pytest.mark.parametrize(
    ("kind", "options", "text", "value"),
    [
        ("text", {}, " x ", " x "),
        ("integer", {}, " 42 ", 42),
        ("integer", {}, "-7", -7),
        ("decimal", {}, "1.10", Decimal("1.10")),
        ("decimal", {}, "1.500", Decimal("1.50")),
        ("decimal", {}, ".5", Decimal("0.50")),
        ("decimal", {"scale": 0}, "12", Decimal(12)),
        ("float", {}, "1.5e-3", 0.0015),
        ("boolean", {}, "TRUE", True),
        ("boolean", {"format": "ja|nein"}, "Nein", False),
        ("date", {}, "2026-02-28", date(2026, 2, 28)),
        ("date", {"format": "%d.%m.%Y"}, "01.02.2026", date(2026, 2, 1)),
        ("timestamp", {}, "2026-02-28 10:11:12", datetime(2026, 2, 28, 10, 11, 12)),  # noqa: DTZ001 - no zone in the file
    ],
)
def test_reads_a_value(kind, options, text, value):
    assert typed([text], column(kind, **options)) == [value]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "007"),
        ("integer", "+5"),
        ("integer", "12E4"),
        ("integer", "1.0"),
        ("integer", "9223372036854775808"),
        ("decimal", "1.005"),
        ("decimal", "01.50"),
        ("decimal", "12E4"),
        ("decimal", "1,5"),
        ("float", "12E4"),
        ("float", "nan"),
        ("float", "inf"),
        ("float", "00.5"),
        ("boolean", "maybe"),
        ("date", "2026-02-30"),
        ("date", "26-01-05"),
        ("date", "2026-01-05 10:00"),
        ("timestamp", "2026-01-05"),
        ("float", "0.12345678901234567891"),
        ("float", "12345678901234567891"),
        ("float", "1e-400"),
        ("float", "1.23456789e-320"),
    ],
)
def test_a_value_that_would_change_is_a_misfit(kind, text):
    how = column(kind)
    frame = pl.DataFrame({"c": [text, ""]})

    assert misfits(frame, cast_all(frame, (how,)), how).to_list() == [0]


@pytest.mark.parametrize("text", ["0.1", "0.30000000000000004", "1.7976931348623157e308", "1.5e22",
                                  "-0.0", "0.100000000000000000000", "5e-324", "0.0e5"])  # fmt: skip
def test_a_float_that_gives_its_digits_back_is_a_value(text):
    assert typed([text], column("float")) == [float(text)]


@pytest.mark.parametrize("pattern", ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S.%f"])
def test_a_fraction_of_a_second_below_microseconds_is_a_misfit(pattern):
    texts = ["2026-01-01 10:00:00.123456", "2026-01-01 10:00:00.123456000", "2026-01-01 10:00:00.123456789"]
    found = typed(texts, column("timestamp", format=pattern))
    moment = datetime(2026, 1, 1, 10, 0, 0, 123456)  # noqa: DTZ001 - no zone in the file

    assert found == [moment, moment, None]


@pytest.mark.parametrize("kind", ["text", "integer", "decimal", "float", "boolean", "date", "timestamp"])
def test_an_empty_field_is_null_and_no_misfit(kind):
    frame, how = pl.DataFrame({"c": [""]}), column(kind)

    assert typed([""], how) == [None]
    assert misfits(frame, cast_all(frame, (how,)), how).is_empty()


@settings(deadline=None)
@given(st.text(max_size=12), st.sampled_from(["integer", "decimal"]))
def test_a_number_that_was_accepted_means_what_was_written(text, kind):
    value = typed([text], column(kind))[0]

    if value is not None:
        assert Decimal(str(value)) == Decimal(text.strip())


@settings(deadline=None)
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,24})?(e-?[0-9]{1,3})?", fullmatch=True))
def test_a_float_that_was_accepted_says_what_was_written(text):
    value = typed([text], column("float"))[0]

    if value is not None:
        assert Decimal(repr(value)) == Decimal(text)


def test_four_digits_are_no_two_digit_year():
    assert typed(["1/21/77", "1/21/1977"], column("date", format="%m/%d/%y")) == [date(1977, 1, 21), None]
    assert typed(["1/21/77", "1/21/1977"], column("date", format="%m/%d/%Y")) == [None, date(1977, 1, 21)]


def test_says_what_was_expected_in_plain_words():
    assert expected(column("date", format="%d.%m.%Y")) == "a date like DD.MM.YYYY"
    assert expected(column("boolean", format="ja|nein")) == "one of ja or nein"


def guess(*texts: str) -> tuple[Column, str]:
    guess = guess_types(pl.DataFrame({"c": list(texts)}), (column("text"),))
    return guess.columns[0], guess.reasons[0].because if guess.reasons else ""


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "2", "30"], "integer"),
        (["1.5", "2.25", "3"], "decimal"),
        (["1.5e-3", "2e-7"], "float"),
        (["true", "FALSE"], "boolean"),
        (["2026-01-31", "2026-02-01"], "date"),
        (["31.01.2026", "01.02.2026"], "date"),
        (["2026-01-31 10:00:00", "2026-02-01 11:30:00"], "timestamp"),
        (["2026-01-31T10:00:00Z"], "timestamp"),
        (["00501", "12345"], "text"),
        (["+49 1", "+491234"], "text"),
        (["12345678901234567", "1"], "text"),
        (["12E4", "13E5"], "text"),
        (["NA", "DE", "FR"], "text"),
        (["", ""], "text"),
        (["1,5", "2,5"], "decimal"),
        (["0.12345678901234567891", "0.5"], "text"),
        (["0.1234567890123", "0.5"], "float"),
        (["2026-01-01 10:00:00.123456789", "2026-01-01 10:00:00.5"], "text"),
        (["2026-01-01 10:00:00.123456", "2026-01-01 10:00:00.5"], "timestamp"),
    ],
)
def test_guesses_a_type(texts, kind):
    assert guess(*texts)[0].type == kind


def test_a_date_that_can_be_read_two_ways_stays_text_and_says_so():
    found, why = guess("03/04/2024", "05/06/2024")

    assert found.type == "text"
    assert "DD/MM/YYYY or MM/DD/YYYY" in why


def test_one_day_above_twelve_decides_the_order():
    assert guess("03/04/2024", "25/06/2024")[0].format == "%d/%m/%Y"


def test_says_how_many_values_will_be_set_aside():
    found, why = guess(*["2026-01-01"] * 19, "2026-13-01")

    assert found.type == "date"
    assert why.startswith("19 of 20 values seen fit")
    assert "1 will be set aside" in why


@pytest.mark.parametrize(("values", "word"), [(["1.5"] * 99, "about two"), (["2026-01-01"] * 99, "still there")])
def test_a_column_with_words_among_its_values_stays_text_and_no_row_is_set_aside(values, word):
    found, why = guess(*values, word)

    assert found.type == "text"
    assert f"'{word}'" in why
