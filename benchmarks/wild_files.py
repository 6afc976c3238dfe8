"""Import every file of a folder of real files and print what became of each as a Markdown table.

Usage: ``python benchmarks/wild_files.py FOLDER [--encodings utf-8 utf-8-sig cp1252 latin-1]``. The folder may hold a
``manifest.json`` that names each file's encoding; without one, every file is taken.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def wanted(folder: Path, encodings: list[str]) -> list[Path]:
    """The files whose encoding is one of ``encodings``."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return sorted(path for path in folder.iterdir() if path.is_file())
    entries = json.loads(manifest.read_text())
    return sorted(folder / entry["file"] for entry in entries if entry["encoding"] in encodings)


def imported(path: Path, home: Path, number: int) -> dict[str, object]:
    """What ``hestia import --json`` prints for one file."""
    command = [sys.executable, "-m", "hestia_assets.cli.app", "--home", str(home)]
    command += ["import", str(path), "--dataset", f"wild_{number}", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def row(path: Path, result: dict[str, object]) -> str:
    """One line of the table."""
    if "error" in result:
        error = result["error"]
        assert isinstance(error, dict)
        return f"| {path.name} | refused | | | | | | {error['message']} {error['hint']} |"
    lines = result["lines"]
    assert isinstance(lines, dict)
    others = sum(lines[part] for part in ("header", "preamble", "blank", "comment", "footer", "skipped"))
    balanced = lines["total"] == others + lines["loaded"] + lines["quarantined"]
    counts = (lines["total"], others, lines["loaded"], lines["quarantined"])
    return f"| {path.name} | {result['state']} | {' | '.join(map(str, counts))} | {'yes' if balanced else 'NO'} | |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encodings", nargs="*", default=["utf-8", "utf-8-sig", "cp1252", "latin-1"])
    options = parser.parse_args()
    print("| file | state | lines | header, preamble, blank, comment | loaded | quarantined | balances | answer |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as home:
        for number, path in enumerate(wanted(options.folder, options.encodings)):
            print(row(path, imported(path, Path(home), number)), flush=True)


if __name__ == "__main__":
    main()
