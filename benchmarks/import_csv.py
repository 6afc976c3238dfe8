"""Imports a large file with Hestia and with DuckDB, one after the other, and writes down what each took.

    python benchmarks/import_csv.py [--rows N] [--out docs/benchmarks.md]

Each side runs in a process of its own; memory is the largest resident set of its process tree, sampled.
The ratio is the figure to look at: seconds depend on the machine.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Measured:
    """What one side took."""

    name: str
    seconds: float
    peak_bytes: int
    facts: dict[str, Any]


def measure(name: str, script: str, *arguments: Path) -> Measured:
    """Run a script of this folder to its end."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, HERE / script, *arguments], stdout=subprocess.PIPE, text=True)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        peak = max(peak, _resident_bytes(watched))
        time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - started
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{script} ended with code {process.returncode}")
    return Measured(name, seconds, peak, json.loads(output.splitlines()[-1]))


def _resident_bytes(process: psutil.Process) -> int:
    total = 0
    with suppress(psutil.NoSuchProcess):
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += each.memory_info().rss
    return total


@contextmanager
def data_file(rows: int, folder: Path) -> Iterator[Path]:
    """The generated file, read once so that both sides find it in the page cache."""
    path = folder / f"orders_{rows}.csv"
    subprocess.run([sys.executable, HERE / "generate.py", path, "--rows", str(rows)], check=True)
    with path.open("rb") as source:
        while source.read(1 << 24):
            pass
    yield path


def compare(rows: int) -> tuple[int, Measured, Measured]:
    """Both sides on the same file; its size in bytes first."""
    with tempfile.TemporaryDirectory(prefix="hestia-bench-") as name, data_file(rows, Path(name)) as path:
        theirs = measure("DuckDB COPY", "duckdb_copy.py", path, path.with_suffix(".parquet"))
        ours = measure("Hestia import", "hestia_import.py", path, Path(name) / "home")
        size = path.stat().st_size
    if ours.facts["state"] != "committed" or not ours.facts["balanced"]:
        raise SystemExit(f"the import did not end well: {ours.facts}")
    if ours.facts["loaded"] + ours.facts["quarantined"] != theirs.facts["loaded"]:
        raise SystemExit(f"the sides disagree: {ours.facts}, {theirs.facts}")
    return size, ours, theirs


INTRODUCTION = """\
DuckDB loads typed columns into Parquet and does nothing else. Hestia keeps the original, accounts for every
line, writes the text, the typed rows and the quarantine as Delta tables, and runs ten checks, one of them
uniqueness. Both sides ran one after the other in one run of `make bench`: look at the ratio."""


def report(rows: int, size: int, ours: Measured, theirs: Measured) -> str:
    """The comparison as Markdown."""
    slower, larger = ours.seconds / theirs.seconds, ours.peak_bytes / theirs.peak_bytes
    libraries = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "polars", "deltalake"))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Benchmarks",
        "",
        f"Import of {rows:,} rows by 12 columns, {size / 1e6:,.0f} MB of CSV.",
        INTRODUCTION,
        "",
        "| | seconds | rows per second | peak memory | rows loaded | rows quarantined |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(_line(rows, each) for each in (ours, theirs)),
        f"| **ratio** | **{slower:.2f}** | | {larger:.2f} | | |",
        "",
        f"{machine}, {libraries}; {datetime.now(UTC):%Y-%m-%d}.",
        f"Memory is the resident set of the process tree, sampled every {SAMPLE_SECONDS * 1000:.0f} ms.",
        "",
    ]
    return "\n".join(lines)


def _line(rows: int, side: Measured) -> str:
    facts = side.facts
    return (
        f"| {side.name} | {side.seconds:.1f} | {rows / side.seconds:,.0f} | {side.peak_bytes / 1e6:,.0f} MB"
        f" | {facts['loaded']:,} | {facts.get('quarantined', '')} |"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    text = report(arguments.rows, *compare(arguments.rows))
    arguments.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
