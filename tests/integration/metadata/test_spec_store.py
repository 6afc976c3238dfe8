import math
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, ExportSpec, Recipe, TransformSpec

ORDERS = DatasetSpec(name="orders", recipe=Recipe(columns=(Column(source="Größe (cm)", name="größe"),)))


def _described(text):
    return ORDERS.model_copy(update={"description": text})


def test_gives_back_what_was_saved(metadata, clock):
    saved = metadata.specs.save(ORDERS, author="ada")

    assert metadata.specs.get("dataset", "default", "orders") == saved
    assert (saved.spec, saved.version, saved.author) == (ORDERS, 1, "ada")
    assert saved.created_at == clock.now


def test_every_change_is_a_new_version(metadata):
    metadata.specs.save(ORDERS, author="ada")

    second = metadata.specs.save(_described("all of them"), author="bob")

    assert second.version == 2
    assert metadata.specs.get("dataset", "default", "orders") == second
    assert metadata.specs.get("dataset", "default", "orders", version=1).spec == ORDERS
    assert [item.version for item in metadata.specs.history("dataset", "default", "orders")] == [2, 1]


def test_an_unchanged_spec_keeps_its_version_and_author(metadata):
    first = metadata.specs.save(ORDERS, author="ada")

    assert metadata.specs.save(ORDERS.model_copy(), author="bob") == first


def test_going_back_to_an_old_text_is_a_new_version(metadata):
    for text in ("a", "b", "a"):
        latest = metadata.specs.save(_described(text), author="ada")

    assert latest.version == 3


def test_one_and_true_are_different_parameters(metadata):
    for value in (1, True):
        check = CheckSpec(rule="in_range", columns=("größe",), params={"min": value})
        latest = metadata.specs.save(ORDERS.model_copy(update={"checks": (check,)}), author="ada")

    assert latest.version == 2


def test_keeps_parameters_that_json_has_no_word_for(metadata):
    params = {"max": math.inf, "after": date(2024, 2, 29), "zero": "a\0b"}
    check = CheckSpec(rule="in_range", columns=("größe",), params=params)
    spec = ORDERS.model_copy(update={"checks": (check,)})
    metadata.specs.save(spec, author="ada")

    stored = metadata.specs.get("dataset", "default", "orders")

    assert stored.spec.checks[0].params == params | {"after": "2024-02-29"}
    assert metadata.specs.save(stored.spec, author="ada").version == 1


def test_kinds_and_tenants_have_names_of_their_own(metadata):
    metadata.specs.save(ORDERS, author="ada")
    metadata.specs.save(TransformSpec(name="orders", sql="select 1"), author="ada")
    metadata.specs.save(ExportSpec(name="orders", table="validated.orders"), author="ada")
    metadata.specs.save(DatasetSpec(name="orders", tenant="north"), author="ada")

    assert {item.version for kind in ("dataset", "transform", "export") for item in metadata.specs.all(kind)} == {1}
    assert [item.spec.tenant for item in metadata.specs.all("dataset")] == ["default", "north"]
    assert [item.spec.tenant for item in metadata.specs.all("dataset", tenant="north")] == ["north"]


def test_lists_the_latest_of_each_in_order_of_names(metadata):
    for name in ("b_2", "b1", "a"):
        metadata.specs.save(DatasetSpec(name=name), author="ada")
    metadata.specs.save(DatasetSpec(name="a", description="new"), author="ada")

    found = [(item.spec.name, item.version) for item in metadata.specs.all("dataset")]

    assert found == [("a", 2), ("b1", 1), ("b_2", 1)]


def test_a_misspelt_name_is_answered_with_the_right_one(metadata):
    metadata.specs.save(ORDERS, author="ada")

    with pytest.raises(NotFoundError, match="Did you mean 'orders'"):
        metadata.specs.get("dataset", "default", "ordrs")
    with pytest.raises(NotFoundError, match="orders version 1"):
        metadata.specs.get("dataset", "default", "orders", version=7)
    with pytest.raises(NotFoundError, match="Did you mean 'dataset'"):
        metadata.specs.get("datasets", "default", "orders")


def test_a_spec_that_was_never_saved_has_no_history(metadata):
    assert metadata.specs.history("dataset", "default", "orders") == []


def _save_many(url: str, home: Path, author: str) -> list[int]:
    metadata = open_metadata(url, home=home, clock=lambda: datetime.now(UTC))
    return [metadata.specs.save(_described(f"{author} {n}"), author=author).version for n in range(10)]


def test_of_saves_at_the_same_moment_none_is_lost(metadata, race, database_url, tmp_path):
    versions = race(_save_many, [(database_url, tmp_path, author) for author in ("ada", "bob", "cy")])

    assert sorted(number for each in versions for number in each) == list(range(1, 31))
    texts = [item.spec.description for item in metadata.specs.history("dataset", "default", "orders")]
    assert sorted(texts) == sorted(f"{author} {n}" for author in ("ada", "bob", "cy") for n in range(10))
