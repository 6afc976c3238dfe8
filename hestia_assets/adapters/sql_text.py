"""What a query says before it runs: one SELECT, over tables of the lake, calling nothing that spies."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hestia_assets.adapters.sql_errors import sql_error
from hestia_assets.core.errors import NotFoundError, SqlError
from hestia_assets.core.layers import TableRef

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # its warnings are our SqlErrors

TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
"""Functions that may stand in FROM; everything else there could read a file, a setting or a variable."""

SCALAR_FUNCTIONS_OF_THE_MACHINE = re.compile(
    r"^(getenv|getvariable|current_setting|currval|nextval|setval|setseed|write_log|checkpoint|query|query_table"
    r"|which_secret|sleep_ms|pg_sleep|read_.*|parquet_.*|sniff_.*|duckdb_.*|pragma_.*|glob)$"
)
NOT_READING = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Into, exp.Command)
READ_ONLY = "Write a single SELECT over tables such as validated.orders."


@dataclass(frozen=True)
class Query:
    """A checked query: the text that DuckDB runs, and the tables it reads."""

    text: str
    tables: frozenset[TableRef]


def checked(sql: str, *, tenant: str) -> Query:
    """Read a person's query.

    Raises:
        SqlError: it is no single SELECT, or it reads anything but tables of the lake.
    """
    tree = _tree(sql)
    text = _without_tenant(sql, tree, tenant=tenant)
    _refuse_other_statements(text)
    if not isinstance(tree, exp.Query) or tree.find(*NOT_READING):
        raise SqlError("A query may only read.", hint=READ_ONLY)
    for function in tree.find_all(exp.Func):
        _refuse_machine_functions(function)
    return Query(text, frozenset(_tables(tree, tenant=tenant)))


def _tree(sql: str) -> exp.Expr:
    try:
        parsed = sqlglot.parse(sql, read="duckdb")
    except (SqlglotError, ValueError) as error:
        _refuse_other_statements(sql)  # DuckDB's message says where the mistake is
        raise SqlError("The query is written in a way that cannot be checked.", hint=READ_ONLY) from error
    found = [tree for tree in parsed if tree is not None and not isinstance(tree, exp.Semicolon)]
    if len(found) != 1:
        raise SqlError(f"The text holds {len(found) or 'no'} statements.", hint="Write exactly one SELECT.")
    return found[0]


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """An empty database that only ever parses; opening one per query takes 16 ms."""
    return duckdb.connect(":memory:", config={"errors_as_json": True})


def _refuse_other_statements(sql: str) -> None:
    try:
        with _parser().cursor() as parser:
            statements = parser.extract_statements(sql)
    except duckdb.Error as error:
        raise sql_error(error, sql) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SqlError("A query may only read.", hint=READ_ONLY)


def _refuse_machine_functions(function: exp.Func) -> None:
    name = (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
    if SCALAR_FUNCTIONS_OF_THE_MACHINE.match(name):
        raise SqlError(f"A query may not call {name}().", hint=READ_ONLY)


def _tables(tree: exp.Expr, *, tenant: str) -> Iterator[TableRef]:
    """Each table of the lake that the query names. Raises SqlError for any other source of rows."""
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            _refuse_table_function(table)
        elif not _is_cte(table):
            yield _address(table, tenant=tenant)


def _refuse_table_function(table: exp.Table) -> None:
    function = table.this
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    if name.lower() not in TABLE_FUNCTIONS or table.args.get("db"):
        raise SqlError(f"A query may not read from {name.lower()}(…).", hint=READ_ONLY)


def _is_cte(table: exp.Table) -> bool:
    if table.args.get("db"):
        return False
    above = table.parent
    while above is not None:
        clause = above.args.get("with_")
        if clause and any(cte.alias.lower() == table.name.lower() for cte in clause.expressions):
            return True
        above = above.parent
    return False


def _address(table: exp.Table, *, tenant: str) -> TableRef:
    parts = [part.name.lower() for part in table.parts]
    if len(parts) == 1:
        raise SqlError(
            f"'{table.name}' does not say in which layer the table is.",
            hint=f"Write validated.{_as_name(table.name)} (or imported., quarantine., transformed.).",
        )
    try:
        return TableRef.parse(".".join(parts), tenant=tenant)
    except NotFoundError as error:
        raise SqlError(error.message, hint=error.hint) from error


def _as_name(text: str) -> str:
    return text.lower() if re.fullmatch(r"\w+", text) else "orders"


def _without_tenant(sql: str, tree: exp.Expr, *, tenant: str) -> str:
    """The query with blanks where it says the tenant or ends: its other characters stay where they were.

    ``default.validated.orders`` is no valid SQL otherwise, and errors keep their line and column.
    """
    parts = [node.args.get("catalog") for node in tree.find_all(exp.Table, exp.Column)]
    text = list(sql)
    for token in sqlglot.tokenize(sql, read="duckdb"):
        if token.token_type.name == "SEMICOLON":
            text[token.start] = " "
    for part in parts:
        if part is not None and part.name.lower() == tenant and "start" in part.meta:
            end = sql.index(".", part.meta["end"])
            text[part.meta["start"] : end + 1] = " " * (end + 1 - part.meta["start"])
    return "".join(text)
