"""Writes the benchmark's file: 12 columns, deterministic, 5 million rows are about 533 MB.

Every value has the type its column declares, so that a typed load accepts the file.
One row in a thousand breaks a check, so that there is something to put into quarantine.

    python benchmarks/generate.py orders.csv --rows 5000000
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

CHUNK_ROWS = 250_000
COUNTRIES = ["DE", "FR", "GB", "US", "CH", "ES", "NA", "PL"]
CATEGORIES = ["garden", "kitchen", "lighting", "office", "toys"]
STATES = ["paid", "shipped", "returned", "cancelled"]
CITIES = ["Hamburg", "Lyon", "Leeds", "Boston", "Basel", "Toledo", "Windhoek", "Gdynia"]
NOTES = ["", "at the door", "call first", "gift"]
DAY = 86_400


def chunk(start: int, rows: int, random: np.random.Generator) -> pl.DataFrame:
    """Rows ``start`` to ``start + rows`` of the file."""
    number = np.arange(start, start + rows)
    place = random.integers(0, len(COUNTRIES), rows)
    second = random.integers(0, 365 * DAY, rows)
    bad = random.random(rows) < 0.001
    frame = pl.DataFrame(
        {
            "order_id": number,
            "customer_id": random.integers(1, 400_000, rows),
            "product_code": random.integers(0, 90_000, rows),
            "category": np.array(CATEGORIES)[random.integers(0, len(CATEGORIES), rows)],
            "country": np.array(COUNTRIES)[place],
            "city": np.array(CITIES)[place],
            "second": second,
            "quantity": np.where(bad, 0, random.integers(1, 60, rows)),
            "cents": random.integers(99, 99_999, rows),
            "paid": random.random(rows) < 0.9,
            "status": np.array(STATES)[random.integers(0, len(STATES), rows)],
            "note": np.array(NOTES)[random.integers(0, len(NOTES), rows)],
        }
    )
    moment = pl.datetime(2025, 1, 1) + pl.duration(seconds="second")
    return frame.select(
        pl.col("order_id").cast(pl.String).str.zfill(10),
        pl.format("C{}", pl.col("customer_id").cast(pl.String).str.zfill(8)).alias("customer_id"),
        pl.format("P-{}", pl.col("product_code").cast(pl.String).str.zfill(6)).alias("product_code"),
        "category",
        "country",
        "city",
        moment.dt.date().alias("order_date"),
        moment.dt.strftime("%Y-%m-%d %H:%M:%S").alias("created_at"),
        "quantity",
        pl.format("{}.{}", pl.col("cents") // 100, (pl.col("cents") % 100).cast(pl.String).str.zfill(2)).alias(
            "unit_price"
        ),
        pl.when("paid").then(pl.lit("true")).otherwise(pl.lit("false")).alias("paid"),
        pl.concat_str("status", pl.lit(";"), "note").str.replace(";$", "").alias("remark"),
    )


def write(path: Path, *, rows: int, seed: int = 7) -> None:
    """Write the file in chunks; the same rows and seed give the same bytes."""
    random = np.random.default_rng(seed)
    with path.open("wb") as target:
        for start in range(0, rows, CHUNK_ROWS):
            frame = chunk(start, min(CHUNK_ROWS, rows - start), random)
            frame.write_csv(target, include_header=start == 0)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write(arguments.path, rows=arguments.rows, seed=arguments.seed)


if __name__ == "__main__":
    main()
