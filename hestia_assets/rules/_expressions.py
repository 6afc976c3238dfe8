"""Expressions that a person writes over the columns of a row: read, held against a list of what may be, written anew.

What runs is written from what was read, every column in quotes: nothing can be hidden in the text, and a column called
``user`` is that column. Everything is refused that is not on the list.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from hestia_assets.core.errors import SpecError

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

FUNCTIONS = frozenset(
    """
    abs ceil ceiling floor round trunc sign sqrt ln log log10 exp pow power mod greatest least isnan isinf isfinite
    length len strlen lower upper trim ltrim rtrim left right substring substr replace reverse starts_with ends_with
    suffix prefix contains position instr strpos split_part concat concat_ws regexp_matches regexp_full_match
    regexp_replace regexp_extract strip_accents nfc_normalize levenshtein damerau_levenshtein jaccard
    jaro_similarity jaro_winkler_similarity hamming ascii unicode chr md5 sha256 hash
    coalesce nullif ifnull if
    year month day hour minute second quarter week isodow dayofweek dayofyear weekday weekyear isoyear decade century
    date_part datepart date_diff datediff date_sub datesub date_trunc datetrunc date_add last_day extract
    make_date make_timestamp strftime strptime try_strptime epoch monthname dayname to_days to_hours to_minutes
    to_seconds to_months to_years to_weeks
    cast try_cast between in not and or is like ilike case when then else
    """.split()  # noqa: SIM905 - a hundred words in quotes are harder to read
)
"""Names that may stand before a bracket."""

TYPES = re.compile(
    r"^(VARCHAR|TEXT|INT|INTEGER|BIGINT|SMALLINT|DOUBLE|FLOAT|BOOLEAN|DATE|TIMESTAMP|DECIMAL(\([\d, ]+\))?)$"
)
HINT = "Write one condition over the columns, such as quantity * unit_price <= 10000 AND country <> ''."
MOST_CHARACTERS = 4000


def columns_in(expression: object) -> frozenset[str]:
    """The columns that an expression names. Raises SpecError where it is none."""
    from sqlglot import exp

    return frozenset(column.name for column in _tree(_text(expression)).find_all(exp.Column))


def condition_in(expression: object, columns: frozenset[str]) -> str:
    """The expression as DuckDB runs it. Raises SpecError: names what is not allowed or not known, and its place."""
    from sqlglot import exp

    text = _text(expression)
    tree = _tree(text)
    for column in tree.find_all(exp.Column):
        if column.name not in columns:
            raise _unknown(column, columns, text)
    return tree.sql(dialect="duckdb", identify=True, comments=False)


def _text(expression: object) -> str:
    if not isinstance(expression, str) or not expression.strip():
        raise SpecError("'expression' is missing.", hint=HINT)
    if len(expression) > MOST_CHARACTERS:
        raise SpecError(f"The expression has more than {MOST_CHARACTERS:,} characters.", hint="Make two checks of it.")
    return expression


def _tree(text: str) -> "exp.Expr":
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tokens = sqlglot.tokenize(text, read="duckdb")
        _refuse_functions(tokens, text)
        found = sqlglot.parse(f"SELECT ({text}\n)", read="duckdb")
    except (SqlglotError, ValueError, RecursionError) as error:
        raise SpecError("The expression cannot be read.", hint=HINT) from error
    return _only(found)


def _only(found: "list[exp.Expr | None]") -> "exp.Expr":
    """The one condition that was selected. Raises SpecError."""
    from sqlglot import exp

    select = found[0] if len(found) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or _clauses(select):
        raise SpecError("The text is not one condition.", hint=HINT)
    outer = select.expressions[0]
    if not isinstance(outer, exp.Paren):
        raise SpecError("The text is not one condition.", hint=HINT)
    for node in outer.walk():
        if not isinstance(node, _allowed()) or isinstance(node, _refused()):
            raise SpecError(f"A condition may not hold {_called(node)}.", hint=HINT)
        if isinstance(node, exp.DataType) and not TYPES.match(node.sql(dialect="duckdb")):
            raise SpecError(f"A condition may not make a value a {node.sql(dialect='duckdb')}.", hint=HINT)
        if isinstance(node, exp.Column) and len(node.parts) > 1:
            raise SpecError(f"'{node.sql(dialect='duckdb')}' names a table.", hint="Write the column's name alone.")
    return outer


def _clauses(select: "exp.Select") -> list[str]:
    return [name for name, value in select.args.items() if value and name not in {"expressions", "kind"}]


@cache
def _allowed() -> "tuple[type[exp.Expr], ...]":
    from sqlglot import exp

    return (
        exp.Paren, exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Not, exp.Neg, exp.Binary,
        exp.Between, exp.In, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Interval,
        exp.Var, exp.Func, exp.Tuple,
    )  # fmt: skip


@cache
def _refused() -> "tuple[type[exp.Expr], ...]":
    from sqlglot import exp

    return (
        exp.AggFunc, exp.Lambda, exp.Window, exp.Query, exp.Subquery, exp.SubqueryPredicate, exp.Dot, exp.Star,
        exp.Kwarg, exp.PropertyEQ, exp.Slice, exp.Columns, exp.UserDefinedFunction,
        exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime, exp.CurrentUser,
        exp.Localtime, exp.Localtimestamp, exp.SessionUser,
    )  # fmt: skip


def _called(node: "exp.Expr") -> str:
    from sqlglot import exp

    words = {exp.Window: "OVER", exp.Subquery: "a query", exp.Query: "a query", exp.Lambda: "a lambda", exp.Star: "*"}
    word = next((word for kind, word in words.items() if isinstance(node, kind)), None)
    return word or f"'{node.sql(dialect='duckdb')[:40]}'"


def _refuse_functions(tokens: "list[Token]", text: str) -> None:
    """Each name before a bracket must be on the list; behind an operator or a comma a bracket calls nothing."""
    for token, following in _pairs(tokens):
        called = following.token_type.name == "L_PAREN" and re.match(r'^["\w]', token.text)
        if (
            called
            and token.token_type.name != "NUMBER"
            and token.text.lower() not in FUNCTIONS | {"decimal", "numeric"}
        ):
            where = _place(text, token.start)
            raise SpecError(f"A condition may not call {token.text}(){where}.", hint=_functions_like(token.text))
        if token.token_type.name in {"SEMICOLON", "PARAMETER", "PLACEHOLDER"}:
            raise SpecError(f"A condition may not hold '{token.text}'{_place(text, token.start)}.", hint=HINT)


def _pairs(tokens: "list[Token]") -> "Iterator[tuple[Token, Token]]":
    yield from zip(tokens, [*tokens[1:], tokens[0]], strict=True) if tokens else ()


def _functions_like(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), sorted(FUNCTIONS), n=3, cutoff=0.75)
    return (
        f"Did you mean {' or '.join(close)}?" if close else "Use functions over single values, such as round or lower."
    )


def _unknown(column: "exp.Column", columns: frozenset[str], text: str) -> SpecError:
    from difflib import get_close_matches

    name = column.name
    alike = [one for one in sorted(columns) if one.lower() == name.lower()]
    close = alike or get_close_matches(name, sorted(columns), n=1, cutoff=0.5)
    start = column.this.meta.get("start")
    where = _place(text, start - len("SELECT (")) if isinstance(start, int) else ""
    hint = f"Did you mean '{close[0]}'?" if close else f"Use one of: {', '.join(sorted(columns))}."
    return SpecError(f"The dataset has no column '{name}'{where}.", hint=hint)


def _place(text: str, start: int) -> str:
    before = text[: max(0, start)]
    return f" (line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))})"
