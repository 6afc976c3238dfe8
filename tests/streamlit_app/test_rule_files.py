"""Rules from a file of another tool, on the tab of a dataset's rules."""

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from hestia_assets.core.specs import DatasetSpec

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

DATA = b"no,amount,mail\nR-1,5,a@example.org\nR-2,70,b@example.org\n"
SCHEMA = json.dumps(
    {"required": ["no"], "properties": {"amount": {"maximum": 10, "type": "number"}, "mail": {"pattern": r"^\S+@"},
                                        "ghost": {"type": "string"}}}
).encode()  # fmt: skip


@pytest.fixture
def orders(pages_home: "Hestia") -> DatasetSpec:
    recipe = pages_home.ingest.inspect(BytesIO(DATA), file_name="a.csv").recipe
    spec = DatasetSpec(name="orders", recipe=recipe)
    pages_home.catalog.save(spec, author="ada")
    received = pages_home.ingest.receive(spec, BytesIO(DATA), file_name="a.csv", author="ada")
    pages_home.ingest.run(received.batch.id)
    return spec


def test_a_file_is_looked_at_then_its_rules_are_kept_and_can_be_undone(open_page, orders, pages_home):
    at = open_page("datasets", dataset="orders")
    at.session_state["tab-orders"] = "Rules"
    at.run()
    (files,) = (one for one in at.file_uploader if one.label == "File of rules")
    files.set_value(("rules.json", SCHEMA, "application/json")).run()

    words = " ".join(one.value for one in at.markdown)
    tables = [frame.value.to_dict("list") for frame in at.dataframe]
    assert not at.exception
    assert "**3 new rules of rules" in words
    assert ["The dataset orders has no column 'ghost'."] in [one.get("Why") for one in tables]

    next(button for button in at.button if button.label == "Add 3 rules").click().run()
    kept = pages_home.catalog.get("dataset", "default", "orders").spec

    assert [check.name for check in kept.checks] == ["in_range__amount", "matches__mail", "not_null__no"]
    assert any("hold from the next file on" in one.value for one in at.success)
    assert any(button.label.startswith("Yes, undo it") for button in at.button)


def test_a_file_that_cannot_be_read_says_so_in_words(open_page, orders):
    at = open_page("datasets", dataset="orders")
    at.session_state["tab-orders"] = "Rules"
    at.run()
    (files,) = (one for one in at.file_uploader if one.label == "File of rules")
    files.set_value(("rules.json", b"{", "application/json")).run()

    assert not at.exception
    assert any("neither JSON nor YAML" in one.value for one in at.error)
