"""Judges a million rows by twenty rules with Hestia, with pandera alone and with Great Expectations, in turn.

    python benchmarks/rules.py [--rows N] [--rounds N] [--gx PYTHON] [--out docs/benchmarks-rules.md]

All sides list every row that fails; the lists are held against naive Python. Great Expectations is no part of Hestia:
it gets an environment of its own in a temporary folder, or that of ``--gx``; where there is none, it is left out,
loudly.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl
import rules_data
from measured import HERE, Measured, measure

GX = "great_expectations==1.24.1"


@dataclass(frozen=True)
class Side:
    """One library: how it runs, and whether it names the first of several equal rows too."""

    name: str
    script: str
    python: Path | str = sys.executable
    first_fails: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a side took in its middle round, and the rules whose rows are not those of naive Python."""

    side: Side
    took: Measured
    wrong: list[str]


def gx_python(folder: Path) -> Path | None:
    """An environment with Great Expectations; nothing where it cannot be had."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run([python, "-m", "pip", "install", "-q", GX, "pyarrow"], check=False)
    if done.returncode:
        print("GREAT EXPECTATIONS COULD NOT BE INSTALLED: IT IS LEFT OUT.", file=sys.stderr)
        return None
    return python


def compare(rows: int, rounds: int, python: Path | None, *, gx: bool = True) -> list[Outcome]:
    """Each side so often, in turn."""
    with tempfile.TemporaryDirectory(prefix="hestia-bench-") as name:
        folder = Path(name)
        python = python or (gx_python(folder / "gx") if gx else None)
        sides = [Side("Hestia", "rules_hestia.py", first_fails=False), Side("pandera", "rules_pandera.py")]
        sides += [Side("Great Expectations", "rules_gx.py", python)] if python else []
        data, rules = folder / "rows.parquet", folder / "rules.json"
        rules_data.write(data, count=rows)
        rules.write_text(json.dumps([[rules_data.name(rule, on), rule, on, how] for rule, on, how in rules_data.RULES]))
        took = [[_run(side, folder) for side in sides] for _ in range(rounds)]
        frame = pl.read_parquet(data)
        truth = {first: rules_data.naive(frame, first_fails=first) for first in (False, True)}
        found = [json.loads((folder / f"{side.script}.json").read_text()) for side in sides]
        middle = [sorted(each, key=lambda one: one.facts["cpu"])[rounds // 2] for each in zip(*took, strict=True)]
        return [
            Outcome(side, run, _wrong(listed, truth[side.first_fails]))
            for side, run, listed in zip(sides, middle, found, strict=True)
        ]


def _run(side: Side, folder: Path) -> Measured:
    found = folder / f"{side.script}.json"
    return measure(side.name, side.script, folder / "rows.parquet", found, folder / "rules.json", python=side.python)


def _wrong(listed: dict[str, list[int]], truth: dict[str, list[int]]) -> list[str]:
    return [rule for rule, rows in truth.items() if sorted(listed.get(rule, [])) != rows]


INTRODUCTION = """\
`not_null`, `unique` over one and three columns, `in_set`, `not_in_set`, `in_range` of numbers, dates and times,
`matches`, `length`. Each side lists every row that fails; the lists are held against naive Python. Hestia starts from
text: its time holds the typing of the values, alone {typing:.2f} CPU seconds; the others are given typed values in
memory. Loading libraries and data is not counted. The sides took turns in one run of `benchmarks/rules.py`; the round
with the middle CPU time is shown. Look at the ratios."""


def report(rows: int, outcomes: Sequence[Outcome]) -> str:
    """The comparison as Markdown."""
    ours = outcomes[0].took.facts
    lines = [
        "# Benchmark of rules",
        "",
        f"{rows:,} rows of 11 columns, {len(rules_data.RULES)} rules that all sides can say.",
        INTRODUCTION.format(typing=ours["typing"]),
        "",
        "| | seconds | CPU seconds | ratio | peak memory | rows listed | rules with other rows than naive Python |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
        *(_line(outcome, ours["cpu"]) for outcome in outcomes),
        "",
        "pandera and Great Expectations name each of several equal rows, Hestia those behind the first, which stays;",
        "naive Python counts as the side does.",
        "",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, polars {version('polars')},"
        f" duckdb {version('duckdb')}, pandera {version('pandera')}, {GX.replace('==', ' ')};"
        f" {datetime.now(UTC):%Y-%m-%d}.",
        "The ratio is of CPU seconds. Peak memory is the largest resident set of the process, libraries and data too.",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _line(outcome: Outcome, cpu: float) -> str:
    took, facts = outcome.took, outcome.took.facts
    return (
        f"| {outcome.side.name} | {facts['seconds']:.2f} | {facts['cpu']:.2f} | {facts['cpu'] / cpu:.2f}"
        f" | {took.peak_bytes / 1e6:,.0f} MB | {facts['listed']:,} | {', '.join(outcome.wrong) or 'none'} |"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gx", type=Path, help="a Python that has Great Expectations")
    parser.add_argument("--without-gx", action="store_true", help="leave Great Expectations out")
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "benchmarks-rules.md")
    arguments = parser.parse_args()
    outcomes = compare(arguments.rows, arguments.rounds, arguments.gx, gx=not arguments.without_gx)
    text = report(arguments.rows, outcomes)
    arguments.out.write_text(text, encoding="utf-8")
    print(text)
    if outcomes[0].wrong:
        raise SystemExit("Hestia's rows differ from those of naive Python")


if __name__ == "__main__":
    main()
