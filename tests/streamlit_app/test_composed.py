"""A dataset that gains a column from a file of other headers reads its old files as before."""

from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Recipe
from streamlit_app.composed import Changed, composed


def recipe(*columns: Column, ignored: tuple[str, ...] = ()) -> Recipe:
    return Recipe(columns=columns, ignored=ignored)


def test_a_column_that_a_dataset_gains_may_be_missing_in_its_other_files():
    base = DatasetSpec(name="bookings", recipe=recipe(Column(source="Betrag", name="amount"), ignored=("Cost centre",)))
    other = recipe(
        Column(source="Amount", name="amount"),
        Column(source="Cost centre", name="cost_centre", type=ColumnType.INTEGER),
    )

    spec = composed(base, Changed(other, slot=1, added=("Cost centre",)))

    first, second = spec.recipe, spec.other_recipes[0]
    assert [(one.source, one.optional) for one in first.columns] == [("Betrag", False), ("Cost centre", True)]
    assert first.ignored == ()
    assert first.columns[1].type is ColumnType.INTEGER
    assert second == other


def test_a_dataset_that_gains_nothing_stays_as_it_is():
    base = DatasetSpec(name="bookings", recipe=recipe(Column(source="Betrag", name="amount")))
    other = recipe(Column(source="Amount", name="amount"))

    spec = composed(base, Changed(other, slot=1))

    assert (spec.recipe, spec.other_recipes) == (base.recipe, (other,))
