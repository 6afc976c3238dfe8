"""Imports a large file with Hestia and with DuckDB, three times in turn, and writes down what each took.

    python benchmarks/import_csv.py [--rows N] [--out docs/benchmarks.md]

Each side runs in a process of its own; memory is its largest resident set, as the kernel counts it.
The ratio is the figure to look at: seconds depend on the machine.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from measured import HERE, Measured, measure

ROUNDS = 3


@contextmanager
def data_file(rows: int, folder: Path) -> Iterator[Path]:
    """The generated file, on the disk for good and in the page cache: neither side waits for it to be written."""
    path = folder / f"orders_{rows}.csv"
    subprocess.run([sys.executable, HERE / "generate.py", path, "--rows", str(rows)], check=True)
    os.sync()
    with path.open("rb") as source:
        while source.read(1 << 24):
            pass
    yield path


def compare(rows: int) -> tuple[int, Measured, Measured]:
    """Both sides on the same file; its size in bytes first."""
    with tempfile.TemporaryDirectory(prefix="hestia-bench-") as name, data_file(rows, Path(name)) as path:
        rounds = [_one_round(path, Path(name) / f"home-{number}") for number in range(ROUNDS)]
        theirs, ours = (_middle(side) for side in zip(*rounds, strict=True))
        size = path.stat().st_size
    if ours.facts["state"] != "committed" or not ours.facts["balanced"]:
        raise SystemExit(f"the import did not end well: {ours.facts}")
    if ours.facts["loaded"] + ours.facts["quarantined"] != theirs.facts["loaded"]:
        raise SystemExit(f"the sides disagree: {ours.facts}, {theirs.facts}")
    return size, ours, theirs


def _one_round(path: Path, home: Path) -> tuple[Measured, Measured]:
    """DuckDB, then Hestia in a home of its own, which is removed again."""
    theirs = measure("DuckDB COPY", "duckdb_copy.py", path, path.with_suffix(".parquet"))
    ours = measure("Hestia import", "hestia_import.py", path, home)
    shutil.rmtree(home)
    return theirs, ours


def _middle(runs: Sequence[Measured]) -> Measured:
    """The run with the median time, with the largest memory of all."""
    middle = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    return replace(middle, peak_bytes=max(run.peak_bytes for run in runs))


INTRODUCTION = """\
DuckDB loads typed columns into Parquet and does nothing else. Hestia keeps the original, accounts for every
line, writes the text, the typed rows and the quarantine as Delta tables, and runs ten checks, one of them
uniqueness. Both sides took turns, three times each, in one run of `make bench`; the table has the median time and the
largest memory. Look at the ratio."""


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
        "Memory is the largest resident set of the process, as the kernel counts it.",
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
