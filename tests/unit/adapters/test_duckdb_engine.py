"""User SQL: what it may read, what it gives, how it fails."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from hestia_assets.adapters.duckdb_engine import DuckDBEngine
from hestia_assets.core.errors import SqlError
from hestia_assets.core.layers import TableRef

ORDERS = TableRef.parse("validated.orders")
CUSTOMERS = TableRef.parse("validated.customers")
TABLES = {
    ORDERS: pl.LazyFrame(
        {
            "id": [1, 2, 3],
            "customer": ["a", "b", "a"],
            "price": [Decimal("1.50"), Decimal("2.25"), None],
            "at": pl.Series([datetime(2024, 1, 1, 12, tzinfo=UTC)] * 3),
        },
        schema_overrides={"price": pl.Decimal(18, 2)},
    ),
    CUSTOMERS: pl.LazyFrame({"customer": ["a", "b"], "name": ["Ada", "Zoë"]}),
}
ENGINE = DuckDBEngine(memory_limit="200MB", timeout_seconds=120)
HASTY = DuckDBEngine(memory_limit="200MB", timeout_seconds=0.5)
secret_frame = pl.DataFrame({"password": ["hunter2"]})


def _run(sql: str, *, limit: int | None = None) -> pl.DataFrame:
    return ENGINE.run(sql, TABLES, tenant="default", limit=limit)


def _refusal(sql: str) -> SqlError:
    with pytest.raises(SqlError) as refused:
        _run(sql)
    return refused.value


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("select * from validated.orders", [ORDERS]),
        ("select * from default.validated.orders", [ORDERS]),
        ('select * from "default"."validated"."orders"', [ORDERS]),
        ("SELECT * FROM Validated.Orders", [ORDERS]),
        ("from validated.orders", [ORDERS]),
        ("select 1", []),
        ("select * from range(3)", []),
        ("with orders as (from validated.customers) select * from orders", [CUSTOMERS]),
        ("select * from validated.orders o join validated.customers c using (customer)", [CUSTOMERS, ORDERS]),
        ("select (select max(id) from validated.orders) from validated.customers", [CUSTOMERS, ORDERS]),
        ("from validated.orders union all by name from validated.customers", [CUSTOMERS, ORDERS]),
        ("select * from other.imported.orders", [TableRef.parse("other.imported.orders")]),
        ("with recursive n as (select 1 i union all select i + 1 from n where i < 3) from n", []),
    ],
)
def test_a_query_tells_its_tables(sql: str, tables: list[TableRef]):
    assert ENGINE.tables_in(sql, tenant="default") == tables


ESCAPES = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_csv_auto('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/*')",
    "select * from read_parquet('x.parquet')",
    "select * from parquet_scan('x.parquet')",
    "select * from parquet_metadata('x.parquet')",
    "select * from sniff_csv('/etc/passwd')",
    "select * from glob('/*')",
    "select * from '/etc/passwd'",
    "select * from 'data.csv'",
    'select * from "data.parquet"',
    "select * from 'https://example.org/data.csv'",
    "select * from read_json('https://example.org/data.json')",
    "copy validated.orders to '/tmp/out.csv'",
    "copy (select 1) to '/tmp/out.csv'",
    "attach '/tmp/other.db'",
    "install httpfs",
    "load httpfs",
    "set memory_limit = '100GB'",
    "reset memory_limit",
    "pragma database_list",
    "call pragma_version()",
    "create table t as select 1",
    "create view validated.v as select 1",
    "insert into validated.orders select * from validated.orders",
    "delete from validated.orders",
    "update validated.orders set id = 1",
    "drop view validated.orders",
    "alter table validated.orders add column x int",
    "export database '/tmp/x'",
    "checkpoint",
    "vacuum",
    "use temp",
    "explain select 1",
    "begin; select 1",
    "select 1; drop view validated.orders",
    "select 1 /* harmless */; -- hidden\nattach ':memory:' as x",
    "select 1 into outfile",
    "select getenv('HOME')",
    "select current_setting('home_directory')",
    "select * from duckdb_settings()",
    "select * from duckdb_secrets()",
    "select * from duckdb_functions()",
    "select * from pragma_table_info('validated.orders')",
    "select * from query('select 1')",
    "select * from query_table('secret_frame')",
    "select * from secret_frame",
    "select * from TABLES",
    "select * from _0",
    "select * from temp.main._0",
    "select * from information_schema.tables",
    "select * from pg_catalog.pg_class",
    "select * from sqlite_master",
    "select * from main.read_text('/etc/passwd')",
    "select * from json_execute_serialized_sql('{}')",
    "with t as (select * from read_csv('/etc/passwd')) select * from t",
    "select * from (with hidden as (select 1) select * from hidden), hidden",
    "select write_log('x')",
]


@pytest.mark.parametrize("sql", ESCAPES)
def test_a_query_cannot_reach_beyond_its_tables(sql: str):
    error = _refusal(sql)

    assert error.hint
    with pytest.raises(SqlError):
        ENGINE.tables_in(sql, tenant="default")


@pytest.mark.parametrize("sql", ["select * from validated.secrets", "select * from other.validated.orders"])
def test_a_table_that_was_not_given_is_refused(sql: str):
    assert "may not read" in _refusal(sql).message


def test_even_what_the_parser_lets_through_finds_the_connection_locked():
    with ENGINE._locked(TABLES) as connection:
        for sql in ("from '/etc/passwd'", "set memory_limit='9GB'", "from secret_frame", "attach '/tmp/x.db'"):
            with pytest.raises(Exception, match=r"Error"):
                connection.execute(sql).fetchall()


def test_a_bare_table_name_says_what_to_write():
    error = _refusal("select * from orders")

    assert "validated.orders" in error.hint


def test_both_addresses_can_be_used_with_qualified_columns():
    sql = """select default.validated.orders.id, validated.customers.name -- the name
             from default.validated.orders join validated.customers using (customer)
             order by 1; -- done"""

    assert _run(sql).rows() == [(1, "Ada"), (2, "Zoë"), (3, "Ada")]


def test_a_text_that_looks_like_a_tenant_is_left_alone():
    assert _run("select 'default.validated.orders;' as text").item() == "default.validated.orders;"


def test_limit_takes_the_first_rows_in_order():
    assert _run("select id from validated.orders order by id desc", limit=2)["id"].to_list() == [3, 2]


def test_result_types_do_not_depend_on_values():
    result = _run("""
        select sum(id) total, count(*) n, sum(price) money, avg(id) mean, max("at") latest, 1::ubigint big,
               null as nothing, date '2024-01-01' as day, timestamp '2024-01-01 10:00' as local, true as yes
        from validated.orders
    """)

    assert result.schema == {
        "total": pl.Decimal(38, 0),
        "n": pl.Int64,
        "money": pl.Decimal(38, 2),
        "mean": pl.Float64,
        "latest": pl.Datetime("us", "UTC"),
        "big": pl.Decimal(20, 0),
        "nothing": pl.String,
        "day": pl.Date,
        "local": pl.Datetime("us"),
        "yes": pl.Boolean,
    }
    assert result.row(0)[:3] == (Decimal(6), 3, Decimal("3.75"))
    assert result["day"].item() == date(2024, 1, 1)


def test_types_that_no_table_keeps_become_text():
    result = _run("""
        select interval 1 day as i, time '10:30' as t, '5c7bd8e4-0000-4000-8000-000000000000'::uuid as u,
               '101'::bit as b, map {'a': 1} as m, 'x'::enum('x', 'y') as e, [interval 1 day] as l,
               {'at': time '10:30'} as s
    """)

    assert set(result.dtypes) == {pl.String}
    assert result.row(0)[:2] == ("1 day", "10:30:00")


def test_lists_and_structs_stay():
    result = _run("select list(id order by id) ids, {'n': count(*)} facts from validated.orders")

    assert result.row(0) == ([1, 2, 3], {"n": 3})


def test_instants_are_read_in_utc_wherever_the_server_stands():
    assert (
        _run("""select cast("at" as varchar) as t from validated.orders limit 1""")
        .item()
        .startswith("2024-01-01 12:00")
    )


def test_an_empty_result_has_its_columns():
    assert _run("select id, customer from validated.orders where false").schema == {
        "id": pl.Int64,
        "customer": pl.String,
    }


def test_two_columns_of_one_name_are_refused():
    assert "'id'" in _refusal('select id, id + 1 as "ID" from validated.orders').message.replace("'ID'", "'id'")


@pytest.mark.parametrize(
    ("sql", "where", "hint"),
    [
        ("select 1,\n  nope from validated.orders", "line 2, column 3", "Did you mean"),
        ("select idd from validated.orders", "line 1, column 8", "Did you mean id"),
        ("select id,, from validated.orders", "line 1, column 11", ""),
        ("selec 1", "line 1, column 1", ""),
        ("select summ(id) from validated.orders", "line 1, column 8", "Did you mean"),
        ("select default.validated.orders.idd from default.validated.orders", "line 1, column 16", ""),
        ("select id,\n cast(customer as int) from validated.orders", "line 2, column 2", "try_cast"),
        ("select 'ü', 'ü', nope", "line 1, column 18", ""),
    ],
)
def test_an_error_says_where_and_what_to_do(sql: str, where: str, hint: str):
    error = _refusal(sql)

    assert where in error.message
    assert hint in error.hint


@pytest.mark.parametrize("sql", ["", "   ", "-- nothing", ";"])
def test_no_query_is_an_error(sql: str):
    assert "statement" in _refusal(sql).message


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive n as (select 1 i union all select i + 1 from n) select count(*) from n",
        "select count(*) from range(1000000) a, range(1000000) b where hash(a.range, b.range) = 1",
        "select a.range as x from range(1000000) a, range(1000000) b where hash(a.range, b.range) = 1",
    ],
)
def test_a_query_that_never_ends_is_stopped(sql: str):
    with pytest.raises(SqlError, match=r"longer than 0\.5 s"):
        HASTY.run(sql, {}, tenant="default", limit=None)


def test_a_query_that_needs_too_much_memory_is_stopped():
    error = _refusal("select count(*) from (select distinct a.range, b.range from range(100000) a, range(100000) b)")

    assert "memory" in error.message
    assert "HESTIA_SQL_MEMORY_LIMIT" in error.hint


def test_a_result_that_is_too_large_is_refused():
    engine = DuckDBEngine(memory_limit="200MB", timeout_seconds=120)

    with pytest.raises(SqlError, match="larger than"):
        engine.run("select range, range + 1 as next from range(1000000000)", {}, tenant="default", limit=None)


def test_a_memory_limit_that_is_none_is_named():
    with pytest.raises(SqlError, match="no amount of memory"):
        DuckDBEngine(memory_limit="lots", timeout_seconds=1.0).run("select 1", {}, tenant="default", limit=None)


def test_a_table_can_be_read_twice_in_one_query():
    sql = "select count(*) from validated.orders a join validated.orders b on a.customer = b.customer"

    assert _run(sql).item() == 5


def test_a_preview_reads_no_further_than_it_must():
    read = []

    def watched(chunk: pl.DataFrame) -> pl.DataFrame:
        read.append(chunk.height)
        return chunk

    rows = pl.LazyFrame({"n": range(2_000_000)}).map_batches(watched, streamable=True)

    result = ENGINE.run("select * from validated.orders", {ORDERS: rows}, tenant="default", limit=3)

    assert result["n"].to_list() == [0, 1, 2]
    assert sum(read) < 2_000_000


def test_an_error_while_rows_are_read_is_told():
    def broken(_: pl.DataFrame) -> pl.DataFrame:
        raise FileNotFoundError("part-1.parquet")

    rows = pl.LazyFrame({"n": range(10)}).map_batches(broken, schema={"n": pl.Int64})

    with pytest.raises(SqlError):
        ENGINE.run("select sum(n) from validated.orders", {ORDERS: rows}, tenant="default", limit=None)
