"""Tests of dbt (schema.yml, docs.getdbt.com/reference/resource-properties/data-tests) of one model, seed or source."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import ColumnType, Severity
from hestia_assets.domains.interchange.found import Found
from hestia_assets.domains.interchange.language import Wanted
from hestia_assets.domains.interchange.languages._dbt_tests import TESTS, Rules, Test

Block = dict[str, Any]

GROUPS = ("models", "seeds", "snapshots", "sources")
SETTINGS = frozenset(
    {"severity", "where", "limit", "warn_if", "error_if", "enabled", "store_failures", "store_failures_as", "tags",
     "fail_calc", "meta", "group", "database", "schema", "alias"}
)  # fmt: skip
NAMING = frozenset({"name", "config", "arguments", "description", "test_name", "column_name"})
TYPES = {
    ColumnType.INTEGER: ("int", "bigint", "smallint", "tinyint", "hugeint"),
    ColumnType.DECIMAL: ("decimal", "numeric", "number"),
    ColumnType.FLOAT: ("float", "double", "real"),
    ColumnType.BOOLEAN: ("bool",),
    ColumnType.TIMESTAMP: ("timestamp", "datetime"),
    ColumnType.DATE: ("date",),
    ColumnType.TEXT: ("varchar", "text", "string", "char"),
}


class DbtLanguage:
    """Tests of columns and of the model, of dbt itself, dbt_utils and dbt_expectations."""

    title: ClassVar[str] = "dbt (schema.yml)"
    suffix: ClassVar[str] = ".yml"

    def recognises(self, document: Any) -> bool:
        """By a list of models, seeds, snapshots or sources."""
        return isinstance(document, dict) and any(isinstance(cast("Block", document).get(one), list) for one in GROUPS)

    def read(self, document: Any, wanted: Wanted, found: Found) -> None:
        """Rules of the model's columns, then of the model."""
        known = dict(_models(cast("Block", document))) if isinstance(document, dict) else {}
        name = _name(known, wanted)
        model, place = known[name], name
        for number, column in enumerate(_list(model.get("columns"))):
            if not isinstance(column, dict) or "name" not in column:
                found.note(f"{place}.columns[{number}]", "It is no column with a name.")
                continue
            _column(cast("Block", column), f"{place}.{column['name']}", found)
        for number, test in enumerate(_tests(model)):
            _test(test, None, f"{place}.tests[{number}]", found)
        _constraints(model, None, place, found)


def _models(document: Block) -> Iterator[tuple[str, Block]]:
    for group in GROUPS:
        for one in _blocks(document.get(group)):
            if group == "sources":
                yield from ((f"{one.get('name')}.{table.get('name')}", table) for table in _blocks(one.get("tables")))
            else:
                yield str(one.get("name")), one


def _name(known: dict[str, Block], wanted: Wanted) -> str:
    """Which model is meant. Raises SpecError."""
    asked = wanted.model or wanted.dataset.name
    fitting = [name for name in known if name == asked or name.rpartition(".")[2] == asked]
    if wanted.model is None and not fitting and len(known) == 1:
        return next(iter(known))
    if len(fitting) == 1:
        return fitting[0]
    what = f"no model '{asked}'" if not fitting else f"several models '{asked}'"
    raise SpecError(f"The file has {what}.", hint=f"Name one of its models: {', '.join(known) or 'there is none'}.")


def _column(column: Block, place: str, found: Found) -> None:
    name = str(column["name"])
    own = found.column(name, place)
    if own is None:
        return
    said = str(column.get("data_type", "")).lower()
    kind = next((kind for kind, words in TYPES.items() if said.startswith(words)), None)
    if kind is not None:
        found.says_type(own, kind)
    elif said:
        found.note(f"{place}.data_type", f"There is no type {said} here.")
    for number, test in enumerate(_tests(column)):
        _test(test, name, f"{place}.tests[{number}]", found)
    _constraints(column, name, place, found)


def _tests(block: Block) -> list[Any]:
    return [*_list(block.get("tests")), *_list(block.get("data_tests"))]


def _constraints(block: Block, column: str | None, place: str, found: Found) -> None:
    words = {"not_null": "not_null", "unique": "unique"}
    for number, constraint in enumerate(_blocks(block.get("constraints"))):
        where, kind = f"{place}.constraints[{number}]", str(constraint.get("type"))
        names = _list(constraint.get("columns")) or ([column] if column else [])
        known = [one for one in (found.column(name, where) for name in names) if one is not None]
        if len(known) < len(names) or not names:
            continue
        columns = tuple(one.name for one in known)
        if kind in words:
            found.check(where, words[kind], columns)
        elif kind == "primary_key":
            found.primary_key = columns
            found.check(where, "unique", columns)
            for name in columns:
                found.check(where, "not_null", [name])
        else:
            found.note(where, f"A constraint of type {kind} is not read; a test of the same meaning is.")


def _test(test: Any, column: str | None, place: str, found: Found) -> None:
    name, said = _named(test)
    where = f"{place[: place.rindex('.')]}.{name}" if name else place
    given = cast("Block", said.get("config") or {}) | {key: said[key] for key in SETTINGS if key in said}
    arguments = {key: value for key, value in said.items() if key not in NAMING | SETTINGS}
    arguments |= cast("Block", said.get("arguments") or {})
    column = str(said["column_name"]) if "column_name" in said else column
    if name not in TESTS:
        found.note(where, f"The test {name or test} is not known here.")
        return
    if given.get("enabled") is False:
        found.note(where, "It is switched off.")
        return
    own = found.column(column, where) if column is not None else None
    if column is not None and own is None:
        return
    made = TESTS[name](Test(arguments, own.name if own else None, found, where))
    if isinstance(made, str):
        found.note(where, made)
        return
    _settings(given, where, found)
    _checks(made, given, where, found)


def _named(test: Any) -> tuple[str, Block]:
    """A test's name and what is said of it: ``unique``, ``{accepted_values: {…}}`` or ``{test_name: …, …}``."""
    if isinstance(test, str):
        return test, {}
    if not isinstance(test, dict):
        return "", {}
    said = cast("Block", test)
    if "test_name" in said:
        return str(said["test_name"]), said
    for name, inner in said.items():
        if name not in NAMING | SETTINGS:
            beside = {key: value for key, value in said.items() if key != name}
            return name, beside | (cast("Block", inner) if isinstance(inner, dict) else {})
    return "", {}


def _settings(given: Block, place: str, found: Found) -> None:
    for name in ("limit", "warn_if", "error_if", "fail_calc"):
        if name in given:
            found.note(f"{place}.{name}", "Say with a threshold of the rule how many rows may fail.")


def _checks(made: Rules, given: Block, place: str, found: Found) -> None:
    warns = str(given.get("severity", "error")).lower() == "warn"
    where = given.get("where")
    for rule, columns, params in made:
        severity = Severity.WARN if warns else Severity.HOLD if rule == "row_count" else Severity.REJECT
        if where is None:
            found.check(place, rule, columns, params, severity)
            continue
        expression = _in_sql(rule, columns, params)
        if expression is None:
            found.note(place, f"It holds for some rows only (where: {where}), which the rule {rule} cannot say.")
        else:
            condition = f"({where}) IS NOT TRUE OR ({expression})"
            found.check(place, "sql", columns, {"expression": condition}, severity)


def _in_sql(rule: str, columns: tuple[str, ...], params: Block) -> str | None:
    """A simple rule as a condition, so that it can be bound to some rows."""
    if rule == "sql":
        return str(params["expression"])
    if rule == "not_null":
        return " AND ".join(f'"{name}" IS NOT NULL' for name in columns)
    if rule in ("in_set", "not_in_set"):
        values = ", ".join("'" + str(one).replace("'", "''") + "'" for one in params["values"])
        word = "IN" if rule == "in_set" else "NOT IN"
        return " AND ".join(f'"{name}" {word} ({values})' for name in columns)  # DuckDB gives them the column's type
    return None


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _blocks(value: Any) -> list[Block]:
    return [cast("Block", one) for one in _list(value) if isinstance(one, dict)]


LANGUAGE = DbtLanguage()
