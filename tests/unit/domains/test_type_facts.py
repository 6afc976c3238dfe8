"""FACTS 6 to 9: what the usual parts change without an error, typing and guessing keep."""

import polars as pl
import pytest

from hestia_assets.core.specs import Column
from hestia_assets.domains.validation.guess import guess_types
from hestia_assets.domains.validation.types import cast_all, misfits


def kept(*texts: str) -> list[object]:
    """The values after guessing and typing."""
    frame = pl.DataFrame({"c": texts})
    return cast_all(frame, guess_types(frame, (Column(source="c", name="c"),)).columns)["c"].to_list()


def test_fact_6_a_code_with_leading_zeros_stays_as_it_is():
    assert kept("01569", "00123") == ["01569", "00123"]


def test_fact_6_one_code_with_leading_zeros_after_300_000_plain_ones_keeps_them():
    assert kept(*map(str, range(10_000, 310_000)), "00042")[-1] == "00042"


def test_fact_6_a_leading_zero_that_the_guess_never_saw_is_set_aside():
    integer = Column(source="c", name="c", type="integer")
    later = pl.DataFrame({"c": ["42", "00042"]})

    assert misfits(later, cast_all(later, (integer,)), integer).to_list() == [1]


def test_fact_7_a_product_code_is_no_number():
    assert kept("12E4", "13E5") == ["12E4", "13E5"]


@pytest.mark.parametrize("kind", ["integer", "decimal", "float"])
def test_fact_7_a_product_code_in_a_number_column_is_set_aside(kind):
    number, frame = Column(source="c", name="c", type=kind), pl.DataFrame({"c": ["12E4", "1"]})

    assert misfits(frame, cast_all(frame, (number,)), number).to_list() == [0]


def test_fact_8_no_order_of_a_date_is_picked_silently():
    guess = guess_types(pl.DataFrame({"c": ["03/04/2024"]}), (Column(source="c", name="c"),))

    assert guess.columns[0].type == "text"
    assert [choice.label for choice in guess.questions[0].choices[1:]] == ["Read as DD/MM/YYYY", "Read as MM/DD/YYYY"]


def test_fact_9_the_country_na_is_a_country():
    assert kept("NA", "DE", "US") == ["NA", "DE", "US"]
