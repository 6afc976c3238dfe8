"""A check that could not be saved is not tried: it would find nothing, and look like one that every row passes."""

from io import BytesIO

import pytest

from hestia_assets.bootstrap import open_home
from hestia_assets.core.access import LOCAL
from hestia_assets.core.errors import HestiaError, UnknownPluginError
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe

COLUMNS = (Column(source="id", name="id", type="integer"), Column(source="city", name="city"))
WRONG = (
    (CheckSpec(rule="in_set", params={"values": [1]}), "one column or more"),
    (CheckSpec(rule="unique"), "one column or more"),
    (CheckSpec(rule="compare_columns", columns=("id",), params={"operator": "<"}), "two columns"),
    (CheckSpec(rule="in_set", columns=("id",), params={"values": [1], "vlaues": [2]}), "no parameter 'vlaues'"),
    (CheckSpec(rule="foreign_key", columns=("id",), params={"dataset": "nobody"}), "which there is not"),
    (CheckSpec(rule="row_count", params={"min": 1}), "cannot reject single rows"),
    (CheckSpec(rule="in_range", columns=("id",), params={"min": 5, "max": 1}), "No value lies between"),
    (CheckSpec(rule="in_range", columns=("id",), params={"min": "many"}), "does not fit a column of type integer"),
    (CheckSpec(rule="no_future_date", columns=("city",)), "this one is text"),
)


def test_each_wrong_check_is_a_problem_with_the_words_of_saving_it(tmp_path):
    home = open_home(tmp_path)
    spec = DatasetSpec(name="towns", recipe=Recipe(columns=COLUMNS))
    home.catalog.save(spec, author="test")
    home.ingest.run(
        home.ingest.receive(spec, BytesIO(b"id,city\n1,Bonn\n2,Brno\n"), file_name="t.csv", author="t").batch.id
    )

    for check, said in WRONG:
        found = home.profiles.impact(spec, check, principal=LOCAL)
        assert said in (found.problem or ""), (check, found.problem)
        assert (found.rows, found.failing) == (0, 0)
        with pytest.raises(HestiaError):
            home.catalog.save(DatasetSpec(name="towns", recipe=spec.recipe, checks=(check,)), author="test")
    unknown = home.profiles.impact(spec, CheckSpec(rule="not_null", columns=("town",)), principal=LOCAL)
    assert "no column 'town'" in (unknown.problem or "")
    with pytest.raises(UnknownPluginError):
        home.profiles.impact(spec, CheckSpec(rule="nosuch", columns=("id",)), principal=LOCAL)
