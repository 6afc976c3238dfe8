"""Conditions that a person writes: what is allowed means what DuckDB means by it; all else is refused in words."""

import duckdb
import polars as pl
import pytest

from hestia_assets.adapters.sql_later import LaterEngine
from hestia_assets.core.errors import SpecError
from hestia_assets.rules._expressions import columns_in, condition_in

TABLE = """
    CREATE TABLE r AS SELECT * FROM (VALUES
        (1, 5, 1.25::DECIMAL(38, 2), 'DE', 'ada', DATE '2024-02-29', true),
        (2, -7, 0.10, '', 'a b', DATE '2026-12-31', false),
        (3, 0, 99.99, 'de', 'Ä''"x', DATE '1000-01-01', NULL),
        (4, NULL, NULL, NULL, NULL, NULL, NULL)
    ) AS t(_row, quantity, unit_price, country, name, d, paid)"""
COLUMNS = frozenset({"quantity", "unit_price", "country", "name", "d", "paid"})
ALLOWED = """
    quantity*unit_price<=10000 AND country <> ''
    quantity IN (5, 0) OR quantity NOT IN (1, -7)
    quantity BETWEEN -7 AND 3
    name LIKE 'a%' OR name ILIKE '%A'
    CASE WHEN paid THEN quantity > 1 ELSE true END
    d >= DATE '2024-01-01' AND d + INTERVAL 3 DAY > d
    date_diff('day', d, DATE '2026-12-31') < 1000
    regexp_matches(name, '^a')
    name IS DISTINCT FROM country
    quantity IS NULL OR unit_price IS NOT NULL
    round(unit_price, 1) = unit_price
    unit_price::DECIMAL(10, 1) > 1 AND CAST(quantity AS DOUBLE) / 2 > 1
    try_cast(name AS DOUBLE) > 1 OR NOT paid
    quantity % 2 = 0 OR quantity // 2 = -4 OR quantity / 2 = 2.5
    -quantity < 0 AND - -quantity = quantity
    extract('year' FROM d) = 2024 OR month(d) = 12 OR date_part('day', d) = 1
    name || country = 'adaDE' OR concat(name, country) = 'a b'
    coalesce(country, 'x') = 'x' OR nullif(country, '') IS NULL
    length(name) >= 3 AND substring(name, 1, 1) = 'a' AND left(name, 1) = lower(upper('A'))
    strftime(d, '%Y') = '2024' OR last_day(d) = d
    name = 'Ä''"x'
    (quantity > 1) -- a note
    (paid AND quantity > 1) = (country = 'DE')
    1 < 2 /* always */
"""
REFUSED = [
    ("", "is missing"),
    ("(SELECT true)", "not one condition"),
    ("quantity IN (SELECT 1 FROM _other0)", "a query"),
    ("quantity > ALL (SELECT 1)", "ALL()"),
    ("EXISTS (FROM _other0)", "EXISTS()"),
    ("read_text('/etc/passwd') = ''", "read_text() (line 1, column 1)"),
    ("name = ''\n OR getenv ('HOME') = 'x'", "getenv() (line 2, column 5)"),
    ("\"getenv\"('HOME') = 'x'", "getenv()"),
    ("'HOME'.getenv() = 'x'", "getenv()"),
    ("current_setting('threads') = '1'", "current_setting()"),
    ("sum(quantity) > 1", "sum()"),
    ("row_number() OVER () > 1", "row_number()"),
    ("list_transform([1], x -> x) = [1]", "list_transform()"),
    ("[1, 2][1] = 1", "may not hold"),
    ("{'a': 1}.a = 1", "may not hold"),
    ("t.quantity > 1", "names a table"),
    ("quantity > 1; DROP TABLE r", "';'"),
    ("quantity > 1) OR (1 = 1", "not one condition"),
    ("quantity > 1, 2", "not one condition"),
    ("quantity > 1 FROM _other0", "cannot be read"),
    ("quantity > 1 UNION SELECT true", "cannot be read"),
    ("quantity AS x", "may not hold"),
    ("*", "may not hold *"),
    ("COLUMNS(*) > 1", "COLUMNS()"),
    ("quantity > $1", "'$'"),
    ("quantity > ?", "'?'"),
    ("d < now()", "now()"),
    ("d < current_date", "CURRENT_DATE"),
    ("d < localtimestamp", "LOCALTIMESTAMP"),
    ("current_user = 'duckdb'", "CURRENT_USER"),
    ("random() > 0.5", "random()"),
    ("repeat('x', 1000000000) = name", "repeat()"),
    ("error('x')", "error()"),
    ("name::JSON IS NULL", "JSON"),
    ("name = E'\\n'", "may not hold"),
    ("quantiti > 1", "no column 'quantiti' (line 1, column 1)"),
    ("1 = 1 AND\n  QUANTITY > 1", "no column 'QUANTITY' (line 2, column 3)"),
    ("(" * 3000 + "paid" + ")" * 3000, "characters"),
    ("(" * 1900 + "paid" + ")" * 1900, "cannot be read"),
]


def test_an_allowed_condition_means_what_duckdb_means_by_it():
    with duckdb.connect(":memory:") as connection:
        connection.execute(TABLE)
        for text in filter(None, map(str.strip, ALLOWED.splitlines())):
            written = condition_in(text, COLUMNS)
            both = [connection.sql(f"SELECT _row, ({one}\n) FROM r ORDER BY 1").fetchall() for one in (text, written)]
            assert both[0] == both[1], (text, written)
            assert columns_in(text) <= COLUMNS


def test_a_column_called_like_a_word_of_sql_is_that_column():
    assert condition_in("user = 'ada'", frozenset({"user"})) == "(\"user\" = 'ada')"


def test_everything_else_is_refused_with_its_place_where_it_has_one():
    for text, says in REFUSED:
        with pytest.raises(SpecError) as refused:
            condition_in(text, COLUMNS)
        assert says in str(refused.value), (text[:60], str(refused.value))


def test_rows_that_do_not_fit_into_the_memory_are_compared_on_disk():
    rows = pl.LazyFrame({"_row": pl.int_range(600_000, eager=True)}).with_columns(
        key=pl.lit("a long key that cannot be kept beside its row ") + pl.col("_row").cast(pl.String)
    )
    query = """SELECT count(*) AS n FROM (
        SELECT row_number() OVER (PARTITION BY key ORDER BY _row) AS nth FROM r) WHERE nth = 1"""

    assert LaterEngine(memory_limit="40MB", timeout_seconds=60).select(query, {"r": rows})["n"].to_list() == [600_000]
