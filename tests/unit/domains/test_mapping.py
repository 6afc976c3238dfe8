"""Mapping: what is suggested is right, what is not sure is not suggested, and each suggestion says why."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_lists import CONTACTS, LISTS, MIXED, ORDERS

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import ColumnMatch, FoundColumn, MappingSuggestion
from hestia_assets.core.specs import Column, DatasetSpec, Recipe, parse
from hestia_assets.domains.ingest.matching.mapping import CUT, apply, suggest


def dataset(*names: str, types: dict[str, str] | None = None, **changes: object) -> DatasetSpec:
    columns = [
        {"source": f"Old {n}", "name": name, "type": (types or {}).get(name, "text")} for n, name in enumerate(names)
    ]
    return parse(DatasetSpec, {"name": "rows", "recipe": {"columns": columns}, **changes})


def suggested(headers: list[str], *targets: str) -> MappingSuggestion:
    return suggest([FoundColumn(header) for header in headers], dataset(*targets))


def pairs(found: MappingSuggestion) -> dict[str, str | None]:
    return {match.source: match.target for match in found.matches}


@pytest.mark.parametrize("name", list(LISTS))
def test_of_twenty_everyday_headers_eighteen_are_right_and_none_is_wrong(name):
    targets, wanted = LISTS[name]
    found = pairs(suggested(list(wanted), *targets))

    assert sum(found[source] == target for source, target in wanted.items()) >= 18
    assert [source for source, target in found.items() if target and target != wanted[source]] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("First Name", "last_name"), ("Vorname", "last_name"), ("Prénom", "last_name"), ("Name", "first_name"),
        ("Ship Address", "bill_address"), ("Lieferadresse", "billing_address"), ("Address", "shipping_address"),
        ("Start Date", "end_date"), ("von", "end_date"), ("Date", "end_date"), ("Price", "quantity"),
        ("Menge", "price"), ("Phone", "fax"), ("Telefax", "phone"), ("City", "country"), ("Land", "city"),
        ("Net Amount", "gross_amount"), ("Brutto", "net_amount"), ("Amount", "net_amount"), ("Order ID", "customer_id"),
        ("ID", "order_id"), ("Order Date", "delivery_date"), ("Customer Name", "product_name"), ("Phone 1", "phone_2"),
        ("Address 1", "address_2"), ("Quality", "quantity"), ("Sender", "gender"), ("Home Phone", "work_phone"),
        ("Country Code", "postal_code"), ("Unit Price", "total_price"), ("Min Price", "max_price"),
    ],
)  # fmt: skip
def test_columns_that_are_easily_confused_are_never_mapped_to_each_other(one, other):
    assert pairs(suggested([one], other)) == {one: None}


def test_every_suggestion_has_its_reason():
    found = suggested(["Tel", "old 1", "City", "Xyz", "Custmer Group"], "phone", "plz", "city", "custmer_groop")
    reasons = {match.source: match.reason for match in found.matches}

    assert reasons["Tel"] == "synonym: Tel = phone (en)"
    assert reasons["old 1"] == reasons["City"] == "same name"
    assert reasons["Xyz"] == "nothing in the dataset looks like it"
    assert reasons["Custmer Group"] == "spelled almost like custmer_groop"
    assert found.unmapped_sources == ("Xyz",)


def test_two_columns_that_could_be_the_same_are_both_left_to_a_person():
    found = suggested(["PLZ", "Zip"], "postal_code")

    assert pairs(found) == {"PLZ": None, "Zip": None}
    assert found.matches[0].reason == "could be postal_code, and so could Zip"
    assert found.missing_targets == ("postal_code",)


def test_the_weaker_of_two_columns_is_left_out_with_the_reason():
    found = suggested(["phone", "Customer Tel"], "phone")

    assert pairs(found) == {"phone": "phone", "Customer Tel": None}
    assert found.matches[1].reason == "phone is taken by phone, which fits better"


def test_what_a_person_chose_before_is_suggested_again():
    earlier = Recipe(columns=(Column(source="Spalte A", name="phone"),))
    found = suggest([FoundColumn("Spalte A")], dataset("phone"), history=[Recipe(), Recipe(), earlier])

    assert found.matches == (ColumnMatch("Spalte A", "phone", 0.97, "was mapped so in version 3"),)


def test_another_source_of_the_dataset_knows_the_header():
    other = {"columns": [{"source": "Spalte A", "name": "phone"}]}
    found = suggest([FoundColumn("Spalte A")], dataset("phone", other_recipes=[other]))

    assert found.matches[0].reason == "another source of this dataset calls it so"


def test_values_that_the_table_knows_speak_for_a_column():
    profile = pl.DataFrame({"country": ["DE", "FR", "IT", "ES", "NA"], "size": ["S", "M", "L", "XL", "XXL"]})
    found = suggest([FoundColumn("Spalte 7", ("DE", "IT", "NA", "ES"))], dataset("country", "size"), profile=profile)

    assert found.matches[0].target == "country"
    assert found.matches[0].reason == "4 of 4 different values are in country: DE, ES, IT"


def test_dates_of_the_years_that_the_table_has_speak_for_the_only_date_column():
    profile = pl.DataFrame({"order_date": ["2024-01-01", "2024-12-31"]}).with_columns(pl.all().str.to_date())
    wanted = dataset("order_date", "price", types={"order_date": "date", "price": "decimal"})
    found = suggest([FoundColumn("Wann", ("12.03.2024", "13.04.2024"))], wanted, profile=profile)

    assert found.matches[0].target == "order_date"
    assert found.matches[0].reason == "values look like dates in 12.03.2024, as order_date has"


def test_a_synonym_whose_values_are_of_another_kind_is_not_suggested():
    wanted = dataset("date_of_birth", types={"date_of_birth": "date"})
    found = suggest([FoundColumn("DOB", ("yes", "no"))], wanted)

    assert found.matches[0].target is None
    assert found.matches[0].reason.endswith("but its values look otherwise")


@pytest.mark.parametrize(
    ("header", "values", "target"),
    [
        ("Nombre", ("3", "12", "5"), "name"),
        ("Mail", ("Hauptstr. 1", "Ringweg 2"), "email"),
        ("Cell", ("A", "B"), "phone"),
    ],
)
def test_a_text_column_is_not_suggested_for_values_that_it_never_holds(header, values, target):
    assert suggest([FoundColumn(header, values)], dataset(target)).matches[0].target is None


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([*CONTACTS[1], *ORDERS[1], *MIXED[1], "", "?", "x1"]), max_size=12), st.randoms())
def test_each_column_has_one_match_and_no_target_has_two(headers, chance):
    targets = chance.sample([*CONTACTS[0], "order_id", "quantity", "net_amount"], k=12)
    found = suggested(headers, *targets)
    taken = [match.target for match in found.matches if match.target]

    assert [match.source for match in found.matches] == headers
    assert len(set(taken)) == len(taken)
    assert set(found.missing_targets) == set(targets) - set(taken)
    assert all(match.score >= CUT and match.reason for match in found.matches if match.target)


def test_the_name_of_the_dataset_tells_whose_id_it_is():
    assert pairs(suggest([FoundColumn("ID")], dataset("customer_id", name="customers"))) == {"ID": "customer_id"}


def test_applying_keeps_names_and_types_and_takes_how_the_file_is_written():
    wanted = dataset("day", "price", "note", types={"day": "date", "price": "decimal"}).recipe
    written = parse(Recipe, {"delimiter": ";", "columns": [
        {"source": "Datum", "name": "datum", "type": "date", "format": "%d.%m.%Y"},
        {"source": "Preis", "name": "preis", "type": "decimal", "decimal_sign": ","},
        {"source": "X", "name": "x"},
    ]})  # fmt: skip
    matches = [ColumnMatch("Datum", "day", 1, ""), ColumnMatch("Preis", "price", 1, ""), ColumnMatch("X", None, 0, "")]
    recipe = apply(wanted, matches, ["X"], reading=written)

    assert (recipe.delimiter, recipe.ignored) == (";", ("X",))
    assert [(column.source, column.name, column.optional) for column in recipe.columns] == [
        ("Datum", "day", False), ("Preis", "price", False), ("Old 2", "note", True)]  # fmt: skip
    assert (recipe.columns[0].format, recipe.columns[1].decimal_sign) == ("%d.%m.%Y", ",")


def test_two_sources_for_one_target_are_refused():
    with pytest.raises(SpecError, match="mapped to one"):
        apply(dataset("a").recipe, [ColumnMatch("X", "a", 1, ""), ColumnMatch("Y", "a", 1, "")])
