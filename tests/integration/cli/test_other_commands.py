"""Questions, specs as code, transforms, exports, the doctor, and how errors are shown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import Result

Command = Callable[..., Result]
Facts = Callable[..., Any]
SPECS = """\
kind: transform
name: totals
sql: select count(*) as n from validated.orders
---
kind: export
name: totals
table: transformed.totals
"""


@pytest.fixture
def imported(facts: Facts, orders: Path) -> None:
    """The orders are in."""
    facts("import", orders, "--dataset", "orders")


def test_a_query_prints_a_table_csv_or_json(command: Command, imported: None):
    query = "select id from validated.orders order by id"

    assert "001" in command("sql", query).output
    assert command("sql", query, "--format", "csv").output == "id\n001\n002\n"
    assert json.loads(command("sql", query, "--json").output) == [{"id": "001"}, {"id": "002"}]
    assert command("sql", query, "--format", "csv", "--limit", "1").output == "id\n001\n"


def test_a_query_that_writes_is_refused(command: Command, imported: None):
    refused = command("sql", "drop table validated.orders")

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "single SELECT" in refused.stderr


def test_an_error_is_one_json_value_on_stdout(facts: Facts, imported: None):
    assert facts("sql", "select * from validated.orderz") == {
        "error": {
            "code": "not_found",
            "message": "There is no table called 'validated.orderz'.",
            "hint": "Did you mean 'validated.orders'?",
        }
    }


def test_specs_are_applied_transformed_and_exported(command: Command, facts: Facts, imported: None, tmp_path: Path):
    file = tmp_path / "specs.yaml"
    file.write_text(SPECS)

    applied = facts("apply", "-f", file)
    transformed, exported = facts("transform", "run", "totals"), facts("export", "run", "totals")

    assert [(one["kind"], one["outcome"]) for one in applied] == [("transform", "new"), ("export", "new")]
    assert transformed["rows"] == 1
    assert Path(exported["path"]).read_text() == "n\n2\n"
    assert "1 row," in command("transform", "run", "totals").output
    assert exported["path"] in command("export", "run", "totals").output


def test_applying_again_keeps_the_version(facts: Facts, imported: None, tmp_path: Path):
    file = tmp_path / "specs.yaml"
    file.write_text(SPECS)
    facts("apply", "-f", file)

    assert {(one["version"], one["outcome"]) for one in facts("apply", "-f", file)} == {(1, "unchanged")}


def test_what_get_prints_can_be_applied(command: Command, facts: Facts, imported: None, tmp_path: Path):
    file = tmp_path / "dataset.yaml"
    file.write_text(command("get", "dataset", "orders", "-o", "yaml").output)

    assert yaml.safe_load(file.read_text())["kind"] == "dataset"
    assert facts("apply", "-f", file)[0]["outcome"] == "unchanged"
    assert command("apply", "-f", file).exit_code == 0
    assert [one["name"] for one in facts("get", "dataset")] == ["orders"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: nonsense\n", "no known kind"),
        ("a: [\n", "no YAML"),
        ("kind: dataset\nnam: x\n", "nam"),
        ("kind: dataset\nname: Orders 2026\n", "'Orders 2026' is no name; it takes small letters a to z, digits and _"),
        ("a: 2026-02-31", "day"),
        ("kind: dataset\nname: a\nprimary_key: id\n", "a list is needed, such as [id, country]"),
        ("kind: dataset\nname: 5\n", "a text is needed; write it in quotes"),
    ],
)
def test_a_wrong_spec_file_says_what_is_wrong(command: Command, tmp_path: Path, text: str, said: str):
    file = tmp_path / "specs.yaml"
    file.write_text(text)

    refused = command("apply", "-f", file)

    assert refused.exit_code == 1
    assert said in refused.stderr


@pytest.mark.parametrize("group", [("transform", "run"), ("export", "run"), ("quarantine", "list"), ("batches",)])
def test_what_does_not_exist_is_named(command: Command, group: tuple[str, ...]):
    missing = command(*group, "nothing")

    assert missing.exit_code == 1
    assert "'nothing'" in missing.stderr


def test_an_empty_home_has_nothing_to_show(command: Command, facts: Facts):
    assert "No dataset yet" in command("datasets").output
    assert "Nothing has arrived" in command("batches").output
    assert facts("get", "transform") == []


def test_the_doctor_names_what_is_not_up_without_calling_it_a_problem(command: Command, facts: Facts):
    states = {finding["what"]: finding["state"] for finding in facts("doctor")}

    assert states["versions"] == states["home"] == states["disk"] == "ok"
    assert set(states) == {"versions", "home", "disk", "code-server", "webserver", "daemon", "pages"}
    assert "hestia up" in command("doctor").output


def test_the_doctor_counts_in_plain_words(facts: Facts, imported: None):
    (home,) = [finding for finding in facts("doctor") if finding["what"] == "home"]

    assert home["found"].endswith(", 1 dataset")


def test_the_doctor_finds_a_home_that_cannot_be_used(command: Command, tmp_path: Path):
    (tmp_path / "home").write_text("a file, not a folder")

    sick = command("doctor")

    assert sick.exit_code == 1
    assert "problem" in sick.output


def test_the_impact_of_a_rule_takes_json_of_any_script_and_advises_what_works_here(facts: Facts, imported: None):
    checks = [
        {"rule": "sql", "severity": "warn", "params": {"expression": one}}
        for one in ("id <> '\U0001f389'", "1 % (length(id) - 3) = 0")
    ]

    found = [facts("rules", "impact", "orders", "--check", json.dumps(check)) for check in checks]

    assert found[0]["problem"] is None
    assert "nullif(" in found[1]["problem"]
    assert "SET " not in found[1]["problem"]
