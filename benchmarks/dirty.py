"""A million rows, one in a hundred bad in eight ways: every good row must load, every bad one be named.

    python benchmarks/dirty.py --rows 1000000

Writes the file and its truth, imports it in a fresh home, compares line by line, and prints the counts as JSON.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Recipe

HEADER = "id,day,quantity,price,country,note"
ONE_IN = 100
COUNTRIES = ("DE", "FR", "NA", "US")


@dataclass(frozen=True)
class Truth:
    """What a file holds: the line and kind of each bad record, the ids of the good ones."""

    bad: dict[int, str]
    good: set[str]
    lines: int


def spec() -> DatasetSpec:
    """The dataset that the file is imported into."""
    columns = (
        Column(source="id", name="id"),
        Column(source="day", name="day", type=ColumnType.DATE, format="%Y-%m-%d"),
        Column(source="quantity", name="quantity", type=ColumnType.INTEGER),
        Column(source="price", name="price", type=ColumnType.DECIMAL),
        Column(source="country", name="country"),
        Column(source="note", name="note"),
    )
    checks = (
        CheckSpec(rule="not_null", columns=("id",)),
        CheckSpec(rule="in_set", columns=("country",), params={"values": list(COUNTRIES)}),
        CheckSpec(rule="in_range", columns=("quantity",), params={"min": 1}),
    )
    return DatasetSpec(name="dirty", recipe=Recipe(columns=columns), checks=checks)


def _good(number: int, luck: random.Random) -> str:
    note = luck.choice(["", "plain", '"with, comma"', '"two\nlines"', '"a ""quoted"" word"', "ähnlich"])
    day = f"2025-{luck.randint(1, 12):02}-{luck.randint(1, 28):02}"
    price = f"{luck.randint(0, 999)}.{luck.randint(0, 99):02}"
    return f"{number:08},{day},{luck.randint(1, 90)},{price},{luck.choice(COUNTRIES)},{note}"


KINDS: dict[str, bytes] = {
    "short": b"B{n},2025-01-01,3",
    "long": b"B{n},2025-01-01,3,1.00,DE,x,y",
    "bytes": b"B{n},2025-01-01,3,1.00,DE,caf\xe9",
    "nul": b"B{n},2025-01-01,3,1.00,DE,a\x00b",
    "number": b"B{n},2025-01-01,three,1.00,DE,x",
    "date": b"B{n},2025-02-30,3,1.00,DE,x",
    "set": b"B{n},2025-01-01,3,1.00,XX,x",
    "missing": b",2025-01-01,3,1.00,DE,x",
}
OPEN_QUOTE = b'B{n},2025-01-01,3,1.00,DE,"never closed'


def records(rows: int, seed: int) -> Iterator[tuple[bytes, str]]:
    """Records with their kind, empty for a good one; exactly one has a quote that is never closed."""
    luck = random.Random(seed)
    kinds = list(KINDS)
    for number in range(rows):
        if number == rows // 2:
            yield OPEN_QUOTE.replace(b"{n}", b"%08d" % number), "quote"
        elif luck.randrange(ONE_IN) == 0:
            kind = luck.choice(kinds)
            yield KINDS[kind].replace(b"{n}", b"%08d" % number), kind
        else:
            yield _good(number, luck).encode(), ""


def write(path: Path, *, rows: int, seed: int = 11) -> Truth:
    """Write the file; the same rows and seed give the same bytes."""
    bad: dict[int, str] = {}
    good: set[str] = set()
    line = 2
    with path.open("wb") as target:
        target.write(HEADER.encode() + b"\n")
        for record, kind in records(rows, seed):
            if kind:
                bad[line] = kind
            else:
                good.add(record[:8].decode())
            target.write(record + b"\n")
            line += 1 + record.count(b"\n")
    return Truth(bad, good, line - 1)


def load(hestia: Hestia, path: Path) -> Batch:
    """Import the file into a new dataset."""
    hestia.catalog.save(spec(), author="benchmark")
    with path.open("rb") as source:
        received = hestia.ingest.receive(spec(), source, file_name=path.name, author="benchmark")
    return hestia.ingest.run(received.batch.id)


def differences(hestia: Hestia, batch: Batch, truth: Truth) -> dict[str, int]:
    """How many rows are not where the truth has them; all zero when nothing was lost or spoilt."""
    validated = hestia.gate.read(LOCAL, TableRef(Layer.VALIDATED, "default", "dirty"), purpose=Purpose.PREVIEW)
    aside = hestia.gate.read(LOCAL, TableRef(Layer.QUARANTINE, "default", "dirty"), purpose=Purpose.PREVIEW)
    loaded = set(validated.select("id").collect()["id"].to_list())
    named = aside.select("_line", "message", "text").collect()
    lines = set(named["_line"].to_list())
    return {
        "good rows missing": len(truth.good - loaded),
        "rows too many": len(loaded - truth.good) + batch.rows_loaded - len(loaded),
        "bad rows not named": len(truth.bad.keys() - lines),
        "rows named without need": len(lines - truth.bad.keys()),
        "without reason or text": named.filter((named["message"] == "") | (named["text"] == "")).height,
        "lines out of account": abs(batch.account.total - truth.lines) + (not batch.account.balanced),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        truth = write(Path(folder) / "dirty.csv", rows=arguments.rows)
        started = time.monotonic()
        hestia = open_home(Path(folder) / "home")
        batch = load(hestia, Path(folder) / "dirty.csv")
        seconds = round(time.monotonic() - started, 1)
        facts = {"rows": arguments.rows, "loaded": batch.rows_loaded, "set aside": batch.rows_quarantined}
        print(json.dumps(facts | differences(hestia, batch, truth) | {"seconds": seconds}))


if __name__ == "__main__":
    main()
