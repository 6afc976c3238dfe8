"""DuckDB's errors in our words, with the line and column of the problem where DuckDB knows them."""

import json
from typing import Any

import duckdb

from hestia_assets.core.errors import SqlError

HINTS = {
    "Parser": "Check the spelling and the commas at this place.",
    "Binder": "Check the names and types at this place.",
    "Catalog": "Check the names at this place.",
    "Conversion": "Use try_cast(… as …) to get NULL where a value does not fit.",
    "Out of Memory": "Read fewer rows or columns, aggregate earlier, or raise HESTIA_SQL_MEMORY_LIMIT.",
    "Permission": "Import the file as a dataset and read its table.",
}

DIVISION_ADVICE = ". Use TRY(...) to return NULL"
"""Where DuckDB begins to advise settings that a query here cannot change."""


def sql_error(error: duckdb.Error, sql: str, *, offset: int = 0) -> SqlError:
    """The error a person sees.

    Args:
        error: raised by a connection with ``errors_as_json`` on.
        sql: the person's text.
        offset: how many characters stood before that text when it ran.
    """
    facts = _facts(error)
    kind = str(facts.get("exception_type", ""))
    message = str(facts["exception_message"]).strip()
    first, _, rest = message.partition("\n")
    where = _where(facts, sql, offset)
    if kind == "Out of Memory":
        first = "The query needs more memory than it may take"
    first, advice, _ = first.partition(DIVISION_ADVICE)
    if advice:
        return SqlError(f"{first}{where}.", hint="Write nullif(…, 0) around the divisor to get NULL there.")
    return SqlError(f"{first.rstrip('.')}{where}.", hint=_hint(kind, facts, rest))


def _facts(error: duckdb.Error) -> dict[str, Any]:
    text = str(error)
    start = text.find("{")
    try:
        return json.loads(text[start:]) if start >= 0 else {"exception_message": text}
    except ValueError:
        kind, _, message = text.partition(" Error: ")
        return {"exception_type": kind, "exception_message": message or text}


def _where(facts: dict[str, Any], sql: str, offset: int) -> str:
    if "position" not in facts:
        return ""
    before = sql.encode()[: max(0, int(facts["position"]) - offset)].decode(errors="ignore")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return f" (line {line}, column {column})"


def _hint(kind: str, facts: dict[str, Any], rest: str) -> str:
    candidates = [name for name in str(facts.get("candidates", "")).split(",") if name]
    if candidates and "(" not in candidates[0] and kind in {"Binder", "Catalog"}:
        return f"Did you mean {' or '.join(candidates[:3])}?"
    if rest.startswith("Did you mean"):
        return rest.partition("\n")[0]
    return HINTS.get(kind, "Change the query and run it again.")
