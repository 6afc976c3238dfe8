"""Drift: a new file of a known source is held against the batches before, and each finding says what it rests on."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import rule_validator

from hestia_assets.core.results import BatchProfile, Drift, DriftFinding, DriftKind
from hestia_assets.core.specs import DatasetSpec, Recipe, parse
from hestia_assets.domains.ingest.matching.drift import FileSample, decided, drift, profile
from hestia_assets.domains.validation.guess import guess_types
from hestia_assets.formats._columns import text_columns

VALIDATOR = rule_validator()
ORDERS = parse(
    DatasetSpec,
    {
        "name": "orders",
        "recipe": {
            "columns": [
                {"source": "Order", "name": "order_id", "type": "integer"},
                {"source": "Date", "name": "order_date", "type": "date"},
                {"source": "Price", "name": "price", "type": "decimal"},
                {"source": "Country", "name": "country"},
            ]
        },
    },
)
COUNTRIES = ["DE", "FR", "IT", "NA"]


def orders(rows: int = 100, *, start: int = 0) -> dict[str, list[str]]:
    numbers = range(start, start + rows)
    return {
        "Order": [str(number) for number in numbers],
        "Date": [str(date(2024, 1, 1) + timedelta(days=number % 60)) for number in numbers],
        "Price": [f"{number % 50 + 1}.50" for number in numbers],
        "Country": [COUNTRIES[number % 4] for number in numbers],
    }


def sample(values: dict[str, list[str]]) -> FileSample:
    columns = text_columns(list(values))
    text = pl.DataFrame(list(values.values()), schema={column.name: pl.String for column in columns})
    return FileSample(Recipe(columns=guess_types(text, columns).columns), text, row_count=text.height)


def typed(values: dict[str, list[str]]) -> pl.DataFrame:
    names = {column.source: column.name for column in ORDERS.recipe.columns}
    return VALIDATOR.judge(pl.DataFrame(values).rename(names), ORDERS.recipe.columns, ()).typed


def batch(values: dict[str, list[str]]) -> BatchProfile:
    return profile(typed(values).lazy(), ORDERS.recipe.columns)


PAST = [batch(orders(start=100 * number)) for number in range(5)]


def compared(values: dict[str, list[str]], past: list[BatchProfile] | None = None) -> Drift:
    return drift(sample(values), ORDERS, PAST if past is None else past, validator=VALIDATOR, rows=typed(orders()))


def only(found: Drift, kind: DriftKind) -> DriftFinding:
    assert [finding.kind for finding in found.findings] == [kind]
    return found.findings[0]


def test_a_file_like_those_before_shows_nothing():
    assert compared(orders(start=500)).findings == ()


def test_figures_of_a_batch_are_counted():
    figures = batch({"Order": ["1", "2"], "Date": ["2024-01-01", ""], "Price": ["1", "1.5"], "Country": ["DE", "DE"]})

    assert figures.rows == 2
    assert figures.columns["order_date"].nulls == 1
    assert figures.columns["price"].maximum == Decimal("1.50")
    assert (figures.columns["country"].distinct, figures.columns["country"].minimum) == (1, None)


def test_a_new_column_can_be_left_out_or_added():
    finding = only(compared(orders() | {"Colour": ["red", "blue"] * 50}), DriftKind.ADDED)
    left_out = decided(ORDERS.recipe, finding.choices[1].changes)
    added = decided(ORDERS.recipe, finding.choices[2].changes)

    assert finding.sentence == "'Colour' is new (text)."
    assert left_out.ignored == ("Colour",)
    assert (added.columns[-1].name, added.columns[-1].optional) == ("colour", True)


def test_a_missing_column_can_be_made_optional():
    values = orders()
    del values["Country"]
    finding = only(compared(values), DriftKind.REMOVED)

    assert finding.sentence == "'Country' is gone: country would have no value."
    assert decided(ORDERS.recipe, finding.choices[1].changes).columns[3].optional


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Country", "Land", "synonym"),
        ("Country", "Spalte 9", "4 of 4 different values are in country"),
        ("Price", "XQ", "the only new column, the only one gone, and both hold decimals"),
    ],
)
def test_a_renamed_column_is_suggested_with_its_reason(old, new, why):
    values = {new if name == old else name: texts for name, texts in orders().items()}
    finding = only(compared(values), DriftKind.RENAMED)
    recipe = decided(ORDERS.recipe, finding.choices[1].changes)

    assert why in finding.sentence
    assert new in [column.source for column in recipe.columns]
    assert finding.choices[0].changes == {}


def test_a_column_that_is_written_otherwise_is_found_and_can_be_read_as_it_is_now():
    values = orders()
    values["Price"] = [text.replace(".", ",") for text in values["Price"]]
    finding = only(compared(values), DriftKind.RETYPED)
    recipe = decided(ORDERS.recipe, finding.choices[1].changes)

    assert finding.sentence == "100 of 100 values of price are no decimal any more, such as '1,50'."
    assert recipe.columns[2].decimal_sign == ","


def test_a_column_of_another_type_is_found():
    finding = only(compared(orders() | {"Date": ["soon", "2024-01-01"] * 50}), DriftKind.RETYPED)

    assert finding.sentence == "50 of 100 values of order_date are no date any more, such as 'soon'."
    assert len(finding.choices) == 1


@pytest.mark.parametrize("rows", [49, 201])
def test_fewer_or_more_rows_than_usual_are_found(rows):
    finding = only(compared(orders(rows, start=450)), DriftKind.ROWS)

    assert finding.sentence == f"{rows} rows; the last 5 files had 100."


def test_more_empty_values_than_before_are_found():
    values = orders()
    values["Country"] = ["" if number < 12 else text for number, text in enumerate(values["Country"])]
    finding = only(compared(values), DriftKind.NULLS)

    assert finding.sentence == "country has no value in 12% of the rows (12 of 100); in the last 5 files 0%."


def test_values_far_beyond_those_before_are_found():
    values = orders()
    values["Price"] = [*values["Price"][:99], "5000.00"]
    finding = only(compared(values), DriftKind.RANGE)

    assert finding.sentence == "price has 5,000; the last 5 files had 1.5 to 50.5."


def test_a_date_far_beyond_those_before_is_found_and_the_next_month_is_not():
    values = orders()
    assert compared(orders() | {"Date": ["2024-03-15"] * 100}).of(DriftKind.RANGE) == ()
    found = compared(values | {"Date": [*values["Date"][:99], "2204-01-01"]})

    assert "order_date has 2204-01-01" in only(found, DriftKind.RANGE).sentence


def test_a_list_of_few_words_that_becomes_many_is_found():
    found = compared(orders() | {"Country": [f"X{number}" for number in range(100)]})

    assert "country has" in only(found, DriftKind.DISTINCT).sentence


def test_a_number_that_named_rows_and_repeats_now_is_found():
    found = compared(orders() | {"Order": ["7"] * 100})

    assert "order_id had hardly a value twice" in only(found, DriftKind.DISTINCT).sentence


def test_without_batches_before_only_the_columns_are_compared():
    found = compared(orders(3) | {"Colour": ["red"] * 3}, past=[])

    assert [finding.kind for finding in found.findings] == [DriftKind.ADDED]
    assert found.batches == 0


def test_only_the_last_five_batches_count():
    large = [batch(orders(1000))] * 5

    assert compared(orders(), past=[*large, *PAST]).of(DriftKind.ROWS) == ()


def test_a_column_that_another_source_calls_otherwise_is_no_drift():
    other = ORDERS.recipe.with_changes({"columns": {"country": {"source": "Land"}}})
    dataset = ORDERS.model_copy(update={"other_recipes": (other,)})
    values = {"Land" if name == "Country" else name: texts for name, texts in orders().items()}

    assert drift(sample(values), dataset, PAST, validator=VALIDATOR).findings == ()


@settings(deadline=None, max_examples=30)
@given(st.integers(20, 400), st.integers(0, 5000))
def test_a_batch_never_differs_from_itself(rows, start):
    values = orders(rows, start=start)

    assert compared(values, past=[batch(values)]).findings == ()
