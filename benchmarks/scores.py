"""Score ``hestia_assets.read_file`` and the usual libraries on real files with their truth; write docs/scores.md.

Usage: ``python benchmarks/scores.py [--scorers FOLDER] [--set FOLDER] [--only csv json xml excel parquet]``
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OURS = "py:benchmarks.score_adapter:load"
EXAMS: dict[str, tuple[list[str], list[str]]] = {
    "csv": (["score_csv.py"], ["clevercsv", "duckdb_text", "polars_text", "pandas_text", "pycsv"]),
    "json": (["score_json.py"], ["pycsv", "polars", "duckdb"]),
    "xml": (["score_xml.py"], ["pycsv", "lxml"]),
    "excel": (["score_excel.py"], ["calamine", "openpyxl"]),
    "parquet": (["score_misc.py", "parquet"], ["pyarrow", "duckdb", "polars"]),
    "types": (["score_misc.py", "types"], ["duckdb", "duckdb_lenient", "polars", "pandas"]),
    "dirty": (
        ["score_misc.py", "dirty"],
        [f"py:baselines:{name}" for name in ("empty", "patterns", "rare", "keys", "union")],
    ),
    "schema": (["score_misc.py", "schema"], ["py:baselines:jsonschema_lib"]),
}
TITLES = {
    "csv": "CSV",
    "json": "JSON and NDJSON",
    "xml": "XML",
    "excel": "Excel",
    "parquet": "Parquet",
    "types": "Column types",
    "dirty": "Wrong cells",
    "schema": "JSON Schema",
}
ENTRIES = {
    "types": "py:benchmarks.score_types:load",
    "dirty": "py:benchmarks.wrong_cells:detect",
    "schema": "py:benchmarks.score_schema:fits",
}
"""What the scorer calls where that is not ``read_file``."""

OPTIONS = {"dirty": "--detect", "schema": "--validate"}
INTRO_PART = ""
MARKS = {
    "csv": "CleverCSV 28/28 exact cases and 50/53 real files read perfectly; Python csv 25/28; DuckDB 23/28 and 38/53.",
    "json": "Python json accepts 65/65, refuses 133/135, leaf recall .969; Polars 10/10 tables, 135/135, .983.",
    "xml": "expat accepts 421/425, refuses 880/881.",
    "excel": "calamine .995 of the cells, pandas .991, Polars .969.",
    "parquet": "pyarrow 43/43 good files, DuckDB 41, Polars 40.",
    "schema": "the jsonschema library itself, in the same run.",
    "types": "0.85 of the columns.",
    "dirty": "F1 0.76, of four plain detectors together; precision, recall and F1 of the cells that differ from the"
    " truth.",
}
WHY = {
    "spectrum/location_coordinates": "the truth has the number 1234567890, the file itself 2095257564",
    "qsv__boston311-100.tab": "the label says comma and one column; the file is separated by tabs into 29",
}
REMARKS = {
    "schema": "Each schema is imported as a rule of a column, and each value judged as a row. Thirteen cases refer to"
    " documents on a server of the suite: Hestia fetches nothing and refuses these schemas, naming the reference.",
    "xml": "Documents that need an external entity are refused on purpose where they cannot be read without it.",
    "excel": "A sheet comes as it stands here, titles and totals too; an import leaves them out and accounts for them.",
    "parquet": "`large_string_map.brotli` unpacks 4 KB to 2 GB in two values: it counts as loaded, but both of its rows"
    " are set aside unread, named with their size.",
    "types": "What an import proposes; it asks where a date can be read in two ways.",
    "dirty": "The file is imported, and every suggested rule that is sure enough (0.5) is taken without a person: no"
    " rule is about flights, and none knows the clean file. What finds them is `consistent_within`: rows of one flight"
    " that contradict most others, or say nothing where others do, and all of them where no value has a majority.",
}
INTRO = """# Scores on real files

Files that others wrote, with the truth beside them, read through `hestia_assets.read_file` and through the usual
libraries by the same scorers in the same run ({when:%Y-%m-%d}). Made by `python benchmarks/scores.py`. *exact* compares
text; *lenient* forgives number spelling, date layout and outer blanks.
`pycsv` is Python's own csv, json and expat modules. The marks of others on a larger set of the same kinds stand under
each table, as measured before the first line of Hestia was written.
"""


def run(exam: str, scorers: Path, folder: Path, out: Path) -> str:
    """The table that a scorer prints; details per file go to ``out``."""
    script, *what = EXAMS[exam][0]
    ours = ENTRIES.get(exam, OURS)
    systems = [argument for name in [ours, *EXAMS[exam][1]] for argument in (OPTIONS.get(exam, "--system"), name)]
    command = [sys.executable, str(scorers / script), *what, "--set", str(folder), "--out", str(out), *systems]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{exam}: {done.stderr[-2000:]}")
    return done.stdout.replace(ours, "hestia").replace(ours[3:], "hestia").replace("baselines:", "")


def table(text: str) -> str:
    """The scorer's columns as a Markdown table."""
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines() if line.strip()]
    head, *body = rows
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ruler, *body])


def misses(exam: str, facts: dict[str, Any]) -> list[str]:
    """Files where ours is not what the truth says."""
    if exam == "schema":
        bad = [case for draft in ("draft7", "draft2020-12") for case in facts[ENTRIES[exam] + draft]["bad"]]
        return [f"`{file}`: {group}: {case}" for file, group, case, _ in bad]
    if exam == "dirty":
        return []  # cells, not files
    ours = facts[ENTRIES.get(exam, OURS)]
    missed = {name: value for name, value in ours["per"].items() if _is_miss(exam, name, value)}
    found = [f"`{name}`: {_shown(value)}{f' ({WHY[name]})' if name in WHY else ''}" for name, value in missed.items()]
    if exam == "parquet":
        found += [
            f"`{name}`: {value}" for name, value in ours["per"].items() if name.startswith("bad/") and value == "ok"
        ]
    return found


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _is_miss(exam: str, name: str, value: Any) -> bool:
    if exam == "csv":
        return not (value == "exact" if isinstance(value, str) else value["header"] == value["record"] == 1)
    if exam == "json" and name.startswith(("y_", "n_")):
        return (value == "ok") != name.startswith("y_")
    if exam == "types":
        annotated, _, got = str(value).partition(" got ")
        return got not in annotated
    if exam == "xml" and " -> " in str(value):
        want, _, got = str(value).partition(" -> ")
        return (want, got) not in (("accept", "ok"), ("reject", "refused"))
    if isinstance(value, float | int):
        return value < 0.9999
    return exam == "parquet" and not name.startswith(("bad/", "encrypted/")) and value != "ok"


def main() -> None:
    """Run the exams and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scorers", type=Path, default=ROOT / "../shared/score")
    parser.add_argument("--set", dest="folder", type=Path, default=ROOT / "../shared/testdata")
    parser.add_argument("--only", nargs="*", choices=list(EXAMS), default=list(EXAMS))
    parser.add_argument("--out", type=Path, default=ROOT / "docs/scores.md")
    options = parser.parse_args()
    page = {INTRO_PART: INTRO.format(when=datetime.now(UTC))}
    if set(options.only) != set(EXAMS) and options.out.is_file():
        page |= sections(options.out)
    with tempfile.TemporaryDirectory() as scratch:
        for exam in options.only:
            details = Path(scratch) / f"{exam}.json"
            text = run(exam, options.scorers.resolve(), options.folder.resolve(), details)
            print(text, flush=True)
            missed = misses(exam, json.loads(details.read_text()))
            listed = "\n".join(f"* {line}" for line in missed) or "Nothing."
            remark = f"\n\n{REMARKS[exam]}" if exam in REMARKS else ""
            known = "" if exam == "dirty" else f"\nMissed:\n\n{listed}\n"
            page[TITLES[exam]] = f"## {TITLES[exam]}\n\n{table(text)}\n\nMarks to beat: {MARKS[exam]}{remark}\n{known}"
    options.out.write_text("\n".join(page.values()))


def sections(page: Path) -> dict[str, str]:
    """The page as it is, by title: what is not measured now stays."""
    intro, *rest = page.read_text().split("\n## ")
    return {INTRO_PART: intro} | {part.partition("\n")[0]: f"## {part}" for part in rest}


if __name__ == "__main__":
    main()
