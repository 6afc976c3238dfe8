"""The other side of the comparison: DuckDB's typed load, without account, checks or quarantine.

    python benchmarks/duckdb_copy.py orders.csv orders.parquet

Prints the number of rows as one JSON line.
"""

import json
import sys

import duckdb

TYPES = {
    "order_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "product_code": "VARCHAR",
    "category": "VARCHAR",
    "country": "VARCHAR",
    "city": "VARCHAR",
    "order_date": "DATE",
    "created_at": "TIMESTAMP",
    "quantity": "BIGINT",
    "unit_price": "DECIMAL(18,2)",
    "paid": "BOOLEAN",
    "remark": "VARCHAR",
}


def main() -> None:
    """Load the file."""
    source, target = sys.argv[1], sys.argv[2]
    connection = duckdb.connect()
    options = f"auto_detect=false, header=true, delim=',', quote='\"', columns={TYPES}"
    connection.execute(f"COPY (SELECT * FROM read_csv('{source}', {options})) TO '{target}' (FORMAT parquet)")
    rows = connection.execute(f"SELECT count(*) FROM '{target}'").fetchall()[0][0]
    print(json.dumps({"loaded": rows}))


if __name__ == "__main__":
    main()
