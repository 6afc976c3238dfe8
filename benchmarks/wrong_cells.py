"""Wrong cells of a dirty file, found by nothing but what Hestia suggests from the file itself.

    python benchmarks/wrong_cells.py FILE

Imports the file into a fresh home, takes every suggestion that is sure enough, and prints a line ``row,column`` for
each row that fails one, as the scorer of dirty cells reads it; row 0 is the first row of data.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL
from hestia_assets.core.results import Suggestion
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity

SURE = 0.5
"""Suggestions that are less sure are left to a person."""

EVERY = 10**9


def detect(path: str) -> set[tuple[int, str]]:
    """Rows from 0 and columns of the cells that suggested rules find wrong."""
    with tempfile.TemporaryDirectory() as folder:
        hestia = open_home(Path(folder) / "home")
        spec = imported(hestia, Path(path))
        return {cell for check in accepted(hestia, spec) for cell in failing(hestia, spec, check)}


def imported(hestia: Hestia, path: Path) -> DatasetSpec:
    """The dataset that Hestia makes of the file by itself, with the file in it."""
    with path.open("rb") as source:
        recipe = hestia.ingest.inspect(source, file_name=path.name).recipe
    spec = DatasetSpec(name="dirty", recipe=recipe)
    hestia.catalog.save(spec, author="benchmark")
    with path.open("rb") as source:
        received = hestia.ingest.receive(spec, source, file_name=path.name, author="benchmark")
    hestia.ingest.run(received.batch.id)
    return spec


def suggested(hestia: Hestia, spec: DatasetSpec) -> list[Suggestion]:
    """What is sure enough to be accepted without a person."""
    return [one for one in hestia.profiles.suggest(spec, principal=LOCAL) if one.sure >= SURE]


def accepted(hestia: Hestia, spec: DatasetSpec) -> list[CheckSpec]:
    """The checks of those suggestions; none of them sets a row aside, so that each sees them all."""
    return [one.check.model_copy(update={"severity": Severity.WARN}) for one in suggested(hestia, spec)]


def failing(hestia: Hestia, spec: DatasetSpec, check: CheckSpec) -> Iterator[tuple[int, str]]:
    """The cells that a check fails, each named by the header of the file."""
    sources = {column.name: column.source for column in spec.recipe.columns}
    found = hestia.profiles.impact(spec, check, principal=LOCAL, most=EVERY)
    if found.problem is not None:
        raise ValueError(found.problem)
    for row in found.sample["_row"]:
        yield int(row) - 1, sources[check.columns[0]]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows(sorted(detect(parser.parse_args().file)))


if __name__ == "__main__":
    main()
