"""The benchmark's scripts run and agree; what they measure is never asserted."""

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[3] / "benchmarks"


def test_the_same_rows_and_seed_give_the_same_file(tmp_path: Path):
    for name in ("a.csv", "b.csv"):
        subprocess.run([sys.executable, SCRIPTS / "generate.py", tmp_path / name, "--rows", "1000"], check=True)

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.csv").read_text().count("\n") == 1001


def test_both_sides_load_the_file_and_the_comparison_is_written_down(tmp_path: Path):
    out = tmp_path / "benchmarks.md"

    subprocess.run([sys.executable, SCRIPTS / "import_csv.py", "--rows", "2000", "--out", out], check=True)

    text = out.read_text()
    assert "| Hestia import |" in text
    assert "| DuckDB COPY |" in text
    assert "2,000 rows" in text


def test_every_rule_lists_the_rows_that_naive_python_lists(tmp_path: Path):
    out = tmp_path / "benchmarks-rules.md"
    how = ["--rows", "3000", "--rounds", "1", "--without-gx", "--out", out]

    subprocess.run([sys.executable, SCRIPTS / "rules.py", *how], check=True)

    lines = [line for line in out.read_text().splitlines() if line.startswith(("| Hestia |", "| pandera |"))]
    assert [line.endswith("| none |") for line in lines] == [True, True]
