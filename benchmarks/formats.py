"""Reads the same file with Hestia and with the usual library, and writes down what each took.

    python benchmarks/formats.py [--rows N] [--out docs/benchmarks-formats.md]

Hestia finds the recipe, reads text with the place of every record and balances the account; the peer just reads.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from measured import HERE, Measured, measure

PEERS = {".ndjson": ("polars", "polars"), ".xml": ("lxml", "lxml"), ".xlsx": ("calamine", "python-calamine"),
         ".parquet": ("pyarrow", "pyarrow")}  # fmt: skip
FEWER = {".xlsx": 5}
"""A sheet is smaller than the other files by this."""


def compare(suffix: str, rows: int) -> tuple[int, int, Measured, Measured]:
    """Rows, bytes, Hestia, the peer."""
    rows //= FEWER.get(suffix, 1)
    with tempfile.TemporaryDirectory(prefix="hestia-bench-") as folder:
        path = Path(folder) / f"orders{suffix}"
        subprocess.run([sys.executable, HERE / "generate_formats.py", path, "--rows", str(rows)], check=True)
        theirs = measure(PEERS[suffix][0], "read_file.py", PEERS[suffix][0], path)
        ours = measure("Hestia", "read_file.py", "hestia", path)
        size = path.stat().st_size
    if not ours.facts["rows"] == theirs.facts["rows"] == rows:
        raise SystemExit(f"the sides disagree on {suffix}: {ours.facts}, {theirs.facts}")
    return rows, size, ours, theirs


def report(rows: int) -> str:
    """The comparison as Markdown."""
    lines = [
        "# Reading other formats, beside the usual library",
        "",
        "Hestia looks through the whole file for its recipe, then reads it as exact text with the place of every",
        "record, and balances the account; the peer reads once into its own types. Whole processes in turn.",
        "",
        "| file | rows | MB | Hestia s | peer | peer s | ratio | Hestia peak | peer peak |",
        "| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for suffix, (_, package) in PEERS.items():
        count, size, ours, theirs = compare(suffix, rows)
        lines.append(
            f"| {suffix[1:]} | {count:,} | {size / 1e6:,.0f} | {ours.seconds:.1f} | {package} {version(package)} | "
            f"{theirs.seconds:.1f} | **{ours.seconds / theirs.seconds:.1f}** | {ours.peak_bytes / 1e6:,.0f} MB | "
            f"{theirs.peak_bytes / 1e6:,.0f} MB |"
        )
    return "\n".join([*lines, "", f"{datetime.now(UTC):%Y-%m-%d}, `make bench`.", ""])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "benchmarks-formats.md")
    arguments = parser.parse_args()
    text = report(arguments.rows)
    arguments.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
