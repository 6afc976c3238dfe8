"""``hestia rules``: what there is, what the rows suggest, what one would do."""

import json
from io import BytesIO

import pytest
from typer.testing import CliRunner

from hestia_assets.bootstrap import open_home
from hestia_assets.cli.app import build_app
from hestia_assets.core.specs import DatasetSpec

DATA = "id,status\n" + "".join(f"{n},{'open' if n % 3 else 'paid'}\n" for n in range(60)) + "60,lost\n"


@pytest.fixture(scope="module")
def hestia(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules") / "home"
    home = open_home(folder)
    recipe = home.ingest.inspect(BytesIO(DATA.encode()), file_name="a.csv").recipe
    spec = DatasetSpec(name="orders", recipe=recipe)
    home.catalog.save(spec, author="test")
    home.ingest.run(home.ingest.receive(spec, BytesIO(DATA.encode()), file_name="a.csv", author="test").batch.id)

    def run(*arguments: object):
        return CliRunner().invoke(build_app(), ["--home", str(folder), "rules", *map(str, arguments)])

    return run


def test_every_rule_is_listed_with_what_it_demands_and_its_parameters(hestia):
    rules = {one["rule"]: one for one in json.loads(hestia("list", "--json").stdout)}

    assert rules["in_set"]["sentence"] == "{columns} must be one of {values}"
    assert rules["in_set"]["parameters"]["values"]["kind"] == "list"
    assert "consistent_within" in hestia("list").stdout


def test_what_is_suggested_can_be_tried_as_it_is_printed(hestia):
    suggested = json.loads(hestia("suggest", "orders", "--json").stdout)

    (unique,) = (one for one in suggested if one["check"]["rule"] == "unique")
    tried = json.loads(hestia("impact", "orders", "--check", json.dumps(unique["check"]), "--json").stdout)

    assert unique["evidence"] == "61 of 61 values are different."
    assert (tried["rows"], tried["failing"], tried["problem"]) == (61, 0, None)
    assert "61 of 61 values are different." in hestia("suggest", "orders").stdout


def test_says_what_a_check_would_reject_with_the_rows(hestia, tmp_path):
    file = tmp_path / "check.yaml"
    file.write_text("rule: in_set\ncolumns: [status]\nparams: {values: [open, paid]}\n")

    said = hestia("impact", "orders", "--file", file)

    assert said.exit_code == 0
    assert "would reject 1 of 61 rows of the last file" in said.stdout
    assert "lost" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--check", '{"rule": "matches", "columns": ["status"], "params": {"pattern": "("}}'), "no regular"),
        (("--check", '{"rule": "nonsense", "columns": ["status"]}'), "nonsense"),
        (("--check", "{"), "could not be read"),
        (("--check", "[1]"), "has no fields"),
        ((), "One check is needed"),
    ],
    ids=["pattern", "rule", "json", "list", "none"],
)  # fmt: skip
def test_a_check_that_cannot_run_is_an_error(hestia, arguments, words):
    result = hestia("impact", "orders", *arguments)

    assert result.exit_code == 1
    assert words in result.stderr
