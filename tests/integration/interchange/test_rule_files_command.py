"""``hestia rules import`` and ``hestia rules export``: rules from other tools' files, and files for them."""

import json
from io import BytesIO

import pytest
from typer.testing import CliRunner

from hestia_assets.bootstrap import open_home
from hestia_assets.cli.app import build_app
from hestia_assets.core.specs import DatasetSpec

DATA = b"Order ID,quantity,country,state\nA-1,2,US,CA\nA-2,3,US,\nB-3,,DE,\n"
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "required": ["Order ID", "quantity"],
    "properties": {"order_id": {"pattern": "^A-"}, "ghost": {"type": "string"}},
    "if": {"properties": {"country": {"const": "US"}}, "required": ["country"]},
    "then": {"required": ["state"]},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A home with one file of orders."""
    folder = tmp_path_factory.mktemp("interchange")
    home = open_home(folder / "home")
    recipe = home.ingest.inspect(BytesIO(DATA), file_name="a.csv").recipe
    spec = DatasetSpec(name="orders", recipe=recipe)
    home.catalog.save(spec, author="test")
    home.ingest.run(home.ingest.receive(spec, BytesIO(DATA), file_name="a.csv", author="test").batch.id)
    (folder / "rules.json").write_text(json.dumps(SCHEMA))
    return folder


def run(place, *arguments):
    return CliRunner().invoke(build_app(), ["--home", str(place / "home"), "rules", *map(str, arguments)])


def test_rules_are_shown_with_what_they_would_do_then_saved_then_obeyed_and_written_again(place):
    def asked(*how):
        return json.loads(run(place, "import", place / "rules.json", "--dataset", "orders", "--json", *how).stdout)

    looked = asked("--dry-run")
    saved = asked()
    again = asked()

    assert looked["added"] == saved["added"]
    assert [(one["check"], one["would fail"], one["from"]) for one in saved["added"]] == [
        ("matches__order_id", "1 of 3", "properties.order_id.pattern"),
        ("not_null__order_id", "0 of 3", "required.Order ID"),
        ("not_null__quantity", "1 of 3", "required.quantity"),
        ("row_schema__country__state", "1 of 3", "if/then"),
    ]
    assert [note["place"] for note in saved["notes"]] == ["properties.ghost"]
    assert (looked["version"], saved["version"], again["version"], again["added"]) == (None, 2, None, [])

    home = open_home(place / "home")
    spec = home.catalog.get("dataset", "default", "orders").spec
    batch = home.ingest.run(
        home.ingest.receive(spec, BytesIO(DATA + b"A-9,1,US,NY\n"), file_name="b.csv", author="t").batch.id
    )
    assert (batch.rows_loaded, batch.rows_quarantined) == (2, 2)

    written = place / "orders.json"
    told = run(place, "export", "orders", "--as", "json_schema", "--to", written)
    assert told.exit_code == 0
    back = run(place, "import", written, "--dataset", "orders", "--dry-run")
    assert "0 rules would be added to orders, 4 there already; 0 notes." in back.stdout
    assert "row_schema__country__state: " in run(place, "export", "orders", "--as", "table_schema").stderr


def test_a_person_reads_the_rules_as_sentences_and_why_others_are_missing(place):
    shown = run(place, "import", place / "rules.json", "--dataset", "orders", "--dry-run").stdout

    (place / "list.json").write_text(json.dumps(SCHEMA | {"properties": {"state": {"enum": ["CA", "NY"]}}}))
    listed = run(place, "import", place / "list.json", "--dataset", "orders", "--dry-run", "--json").stdout

    assert "state must be one of CA, NY" in listed
    assert "The dataset orders has no column 'ghost'." in shown
    assert run(place, "import", place / "rules.json", "--dataset", "orders", "--as", "dbt").exit_code == 1
    assert run(place, "import", place / "home" / "hestia.db", "--dataset", "orders").exit_code == 1
    assert run(place, "export", "orders", "--as", "json_schema", "--to", place).exit_code == 1
