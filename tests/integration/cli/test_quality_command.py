"""Quality on the command line."""

import json
from io import BytesIO
from pathlib import Path

from hestia_assets.bootstrap import open_home
from hestia_assets.core.specs import Column, DatasetSpec, Recipe


def test_quality_of_a_dataset_from_its_score_to_its_report(command, facts, tmp_path: Path):
    assert command("quality").stdout == "There is no dataset yet.\n"
    home = open_home(tmp_path / "home")
    spec = DatasetSpec(name="orders", recipe=Recipe(columns=(Column(name="id", source="id"),)))
    home.catalog.save(spec, author="ada")
    home.ingest.run(home.ingest.receive(spec, BytesIO(b"id\n1\n2\n"), file_name="o.csv", author="ada").batch.id)

    (standing,) = facts("quality")
    shown = facts("quality", "orders")
    unusual = facts("quality", "anomalies", "orders")
    missing = facts("quality", "normal", "orders", "rows", "2026-11-20")

    assert standing["dataset"] == shown["dataset"] == "orders"
    assert standing["score"] == shown["score"] is not None
    assert [part["part"] for part in shown["parts"]][:2] == ["completeness", "validity"]
    assert unusual == {
        "dataset": "orders",
        "quiet": "Not enough history: 1 of 14 files.",
        "learning": "",
        "anomalies": [],
        "remarks": [],
    }
    assert missing["error"]["code"] == "not_found"
    assert "hestia quality anomalies" in missing["error"]["hint"]
    assert command("quality", "anomalies", "orders").stdout == "Not enough history: 1 of 14 files.\n"
    assert "Of the last 1 file, 2 rows." in command("quality", "orders").stdout
    assert "validity" in command("quality", "orders").stdout
    for kind, begins in (("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("json", b"{")):
        target = tmp_path / f"report.{kind}"
        assert command("quality", "report", "orders", "--to", target).exit_code == 0
        assert target.read_bytes().startswith(begins)
    (batch,) = shown["files"]
    assert facts("quality", "report", batch, "--to", tmp_path / "b.json")["bytes"] > 100
    assert json.loads((tmp_path / "b.json").read_bytes())["batch"]["id"] == batch
    assert facts("quality", "report", "orders", "--to", tmp_path / "b.docx")["error"]["code"] == "export.failed"
    assert facts("quality", "report", "nobody", "--to", tmp_path / "b.json")["error"]["code"] == "not_found"
