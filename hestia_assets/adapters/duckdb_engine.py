"""User SQL in a DuckDB connection that can reach nothing but the tables it is given."""

import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import polars as pl
import pyarrow as pa

from hestia_assets.adapters.sql_errors import sql_error
from hestia_assets.adapters.sql_rows import RowStream
from hestia_assets.adapters.sql_text import checked
from hestia_assets.core.errors import SqlError
from hestia_assets.core.layers import TableRef

BATCH_ROWS = 122_880
PATIENCE = 30
UNITS = {"": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
STORED_AS = {
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "UTINYINT": "SMALLINT",
    "USMALLINT": "INTEGER",
    "UINTEGER": "BIGINT",
    "UBIGINT": "DECIMAL(20,0)",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
    "MAP": "VARCHAR",
    "INTERVAL": "VARCHAR",
    "TIME": "VARCHAR",
    "TIME_NS": "VARCHAR",
    "TIME WITH TIME ZONE": "VARCHAR",
    "UUID": "VARCHAR",
    "BIT": "VARCHAR",
    "BIGNUM": "VARCHAR",
    "VARIANT": "VARCHAR",
    "JSON": "VARCHAR",
    "ENUM": "VARCHAR",
    "UNION": "VARCHAR",
    '"NULL"': "VARCHAR",
    "NULL": "VARCHAR",
}
"""Types that a table cannot keep, and what a result has instead. The type never depends on the values."""

UNSTORABLE_INSIDE = re.compile(r"(?<!WITH )\b(INTERVAL|TIME|TIME_NS|MAP|UUID|BIT|BIGNUM|VARIANT|UNION|U?HUGEINT)\b")
"""Inside a list or struct there is no casting one by one: the whole value becomes text."""


@dataclass(frozen=True)
class DuckDBEngine:
    """Each query has a fresh connection: no file, no network, no setting, a limit of memory and of time.

    The person's text runs as it is written: nothing is lost in translation. It is parsed to learn its tables.
    """

    memory_limit: str
    timeout_seconds: float

    def tables_in(self, sql: str, *, tenant: str) -> list[TableRef]:
        """The tables that a query reads, sorted. Raises SqlError when it is no single SELECT."""
        return sorted(checked(sql, tenant=tenant).tables)

    def run(self, sql: str, tables: Mapping[TableRef, pl.LazyFrame], *, tenant: str, limit: int | None) -> pl.DataFrame:
        """The result, at most ``limit`` rows.

        Raises:
            SqlError: the query was refused, failed, took too long or too much memory.
        """
        query = checked(sql, tenant=tenant)
        foreign = [ref for ref in query.tables if ref not in tables or ref.tenant != tenant]
        if foreign:
            raise SqlError(f"The query may not read {min(foreign)}.", hint="Name a table of your own.")
        max_bytes = _bytes(self.memory_limit)
        with self._locked(tables) as connection, self._timed(connection):
            return _result(connection, query.text, limit=limit, max_bytes=max_bytes)

    def select(self, sql: str, relations: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
        """The result of Hestia's own query over relations by name, in any order; nothing else is in reach.

        What does not fit into the memory waits in a folder of its own: a table is compared whole, whatever its size. It
        may take ``PATIENCE`` times as long as a person's query: a large import must not fail because others are busy.

        Raises:
            SqlError: it failed, or took too long.
        """
        with (
            tempfile.TemporaryDirectory(prefix="hestia-sql-") as folder,
            self._locked({}, relations, folder=folder) as connection,
            self._timed(connection, times=PATIENCE),
        ):
            try:
                return pl.DataFrame(pl.from_arrow(connection.sql(sql).to_arrow_table()))
            except duckdb.InterruptException:
                raise
            except duckdb.Error as error:
                raise sql_error(error, sql, offset=0) from error

    @contextmanager
    def _locked(
        self,
        tables: Mapping[TableRef, pl.LazyFrame],
        relations: Mapping[str, pl.LazyFrame] | None = None,
        *,
        folder: str = "",
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        settings = {
            "memory_limit": self.memory_limit,
            "temp_directory": folder,
            "errors_as_json": True,
            "python_enable_replacements": False,
            "preserve_insertion_order": not folder,  # our own queries say what order they mean, and are faster so
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            for number, (ref, frame) in enumerate(tables.items()):
                connection.register(f"_{number}", RowStream(frame))
                connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{ref.layer}"')
                connection.execute(f'CREATE VIEW "{ref.layer}"."{ref.name}" AS FROM temp.main."_{number}"')
            for name, frame in (relations or {}).items():
                connection.register(name, RowStream(frame))
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection

    @contextmanager
    def _timed(self, connection: duckdb.DuckDBPyConnection, *, times: int = 1) -> Iterator[None]:
        seconds = self.timeout_seconds * times
        timer = threading.Timer(seconds, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise SqlError(
                f"The query took longer than {seconds:g} s and was stopped.",
                hint="Read fewer rows, or raise HESTIA_SQL_TIMEOUT_SECONDS.",
            ) from error
        finally:
            timer.cancel()


def _result(connection: duckdb.DuckDBPyConnection, sql: str, *, limit: int | None, max_bytes: int) -> pl.DataFrame:
    columns = _described(connection, sql)
    selected = ", ".join(_stored(name, dtype) for name, dtype in columns)
    prefix = f"SELECT {selected} FROM (\n"  # noqa: S608 - the text was checked, the connection is locked
    bound = "" if limit is None else f" LIMIT {limit:d}"
    try:
        reader = connection.sql(f"{prefix}{sql}\n){bound}").to_arrow_reader(BATCH_ROWS)
        return _collect(reader, max_bytes=max_bytes)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise sql_error(error, sql, offset=len(prefix.encode())) from error


def _described(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    prefix = "DESCRIBE "
    try:
        rows = connection.execute(prefix + sql).fetchall()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise sql_error(error, sql, offset=len(prefix)) from error
    names = [str(row[0]) for row in rows]
    repeated = {name for name in names if [other.lower() for other in names].count(name.lower()) > 1}
    if repeated:
        raise SqlError(
            f"Two columns of the result are called '{min(repeated)}'.", hint="Give one another name with AS."
        )
    return [(str(row[0]), str(row[1])) for row in rows]


def _stored(name: str, dtype: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    kind = re.split(r"[(]", dtype, maxsplit=1)[0]
    if dtype.endswith("]") or kind == "STRUCT":
        target = "VARCHAR" if UNSTORABLE_INSIDE.search(dtype) else None
    else:
        target = STORED_AS.get(kind)
    return f"CAST({quoted} AS {target}) AS {quoted}" if target else quoted


def _collect(reader: pa.RecordBatchReader, *, max_bytes: int) -> pl.DataFrame:
    batches, size = [], 0
    for batch in reader:
        batches.append(batch)
        size += batch.nbytes
        if size > max_bytes:
            raise SqlError(
                "The result is larger than a query may return.",
                hint="Add a LIMIT or aggregate, or raise HESTIA_SQL_MEMORY_LIMIT.",
            )
    return pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches, schema=reader.schema)))


def _bytes(limit: str) -> int:
    """DuckDB's way to write a size, such as ``1GB`` or ``512 MiB``, as a number."""
    match = re.fullmatch(r"([\d.]+)\s*([a-z]*)", limit.strip().lower())
    if match is None or match[2] not in UNITS:
        raise SqlError(f"'{limit}' is no amount of memory.", hint="Set HESTIA_SQL_MEMORY_LIMIT to something like 1GB.")
    return int(float(match[1]) * UNITS[match[2]])
