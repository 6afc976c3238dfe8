"""Schemas of pandera as ``pandera.io.to_yaml`` writes them (pandera.readthedocs.io), of old and new releases."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, cast

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import ANYTHING
from hestia_assets.core.specs import Column, ColumnType, Severity
from hestia_assets.domains.interchange.found import Found
from hestia_assets.domains.interchange.language import Wanted

Block = dict[str, Any]
Rules = list[tuple[str, dict[str, Any]]]

PROPERTIES = frozenset(
    {"title", "description", "dtype", "nullable", "checks", "unique", "coerce", "required", "regex", "metadata",
     "default", "drop_invalid_rows", "report_duplicates"}
)  # fmt: skip
OPTIONS = frozenset({"check_name", "raise_warning", "ignore_na", "n_failure_cases", "error", "title", "description",
                     "options", "name", "element_wise", "groupby", "groups"})  # fmt: skip
TYPES = (
    (r"datetime|timestamp", ColumnType.TIMESTAMP),
    (r"u?int", ColumnType.INTEGER),
    (r"decimal", ColumnType.DECIMAL),
    (r"float|double", ColumnType.FLOAT),
    (r"bool", ColumnType.BOOLEAN),
    (r"date", ColumnType.DATE),
    (r"str|object|utf8|category", ColumnType.TEXT),
)
VALUE = {
    "equal_to": "value", "not_equal_to": "value", "greater_than": "min_value", "less_than": "max_value",
    "greater_than_or_equal_to": "min_value", "less_than_or_equal_to": "max_value", "isin": "allowed_values",
    "notin": "forbidden_values", "str_matches": "pattern", "str_contains": "pattern", "str_startswith": "string",
    "str_endswith": "string", "str_length": "exact_value", "in_range": "",
}  # fmt: skip
"""The argument that stands for itself where a check has just one."""
PLAIN = {
    "equal_to": ("in_set", "values"),
    "isin": ("in_set", "values"),
    "not_equal_to": ("not_in_set", "values"),
    "notin": ("not_in_set", "values"),
    "greater_than": ("greater_than", "value"),
    "less_than": ("less_than", "value"),
    "greater_than_or_equal_to": ("in_range", "min"),
    "less_than_or_equal_to": ("in_range", "max"),
    "str_startswith": ("starts_with", "values"),
    "str_endswith": ("ends_with", "values"),
    "str_contains": ("matches", "pattern"),
    "str_matches": ("matches", "pattern"),
}
"""Rule and parameter of each check with one argument."""
BEFORE = {"str_contains": ANYTHING, "str_matches": ""}
"""str_matches looks from the start of the value, and not to its end."""


class PanderaLanguage:
    """Types, nullability and built-in checks of columns."""

    title: ClassVar[str] = "pandera (YAML)"
    suffix: ClassVar[str] = ".yaml"

    def recognises(self, document: Any) -> bool:
        """By the kind of schema it names."""
        return isinstance(document, dict) and "schema_type" in document

    def read(self, document: Any, wanted: Wanted, found: Found) -> None:
        """Rules of each column, then of the frame."""
        if not isinstance(document, dict) or not isinstance(cast("Block", document).get("columns"), dict):
            raise SpecError("The file has no columns of a pandera schema.", hint="Choose what to_yaml has written.")
        schema = cast("Block", document)
        if wanted.model is not None:
            found.note("columns", f"The file has one schema, and no name '{wanted.model}' to choose it by.")
        said = {str(name): cast("Block", one or {}) for name, one in cast("Block", schema["columns"]).items()}
        for name, block in said.items():
            for column in _meant(name, block, found):
                _column(block, column, f"columns.{name}", found)
        _index(schema, found)
        _frame(schema, set(said), found)


def _meant(name: str, block: Block, found: Found) -> list[Column]:
    """The columns that a name or, with ``regex``, a pattern means."""
    if not block.get("regex"):
        one = found.column(name, f"columns.{name}")
        return [one] if one else []
    try:
        known = [column for column in found.dataset.recipe.columns if _fits(name, column.name)]
    except PolarsError:
        known = []
    if not known:
        found.note(f"columns.{name}", "No column has a name like that.")
    return known


def _fits(pattern: str, name: str) -> bool:
    """Whether a name begins as the pattern says, told in linear time. Raises PolarsError."""
    return bool(pl.Series([name]).str.contains(f"^(?:{_rust(pattern)})")[0])


def _column(block: Block, column: Column, place: str, found: Found) -> None:
    dtype = str(block.get("dtype") or "")
    kind = next((kind for words, kind in TYPES if re.search(words, dtype, re.IGNORECASE)), None)
    if kind is not None:
        found.says_type(column, kind)
        if kind is not column.type:
            found.note(
                f"{place}.dtype", f"It says {dtype}, and {column.name} is {column.type.value} here: see Columns."
            )
    elif dtype and dtype != "None":
        found.note(f"{place}.dtype", f"There is no type {dtype} here.")
    if not block.get("nullable", False):
        found.check(f"{place}.nullable", "not_null", [column.name])
    if block.get("unique"):
        found.check(f"{place}.unique", "unique", [column.name])
    if block.get("required") is False:
        found.note(f"{place}.required", "That a file may lack the column is said under Columns.")
    if block.get("default") is not None:
        found.note(f"{place}.default", "An empty value stays empty: rules do not fill in.")
    for name, said in _checks(block):
        _check(name, said, column, f"{place}.{name}", found)


def _checks(block: Block) -> Iterator[tuple[str, Any]]:
    """Checks as newer releases write them, beside the properties, and as older ones do, below ``checks``."""
    yield from ((name, said) for name, said in block.items() if name not in PROPERTIES)
    listed = block.get("checks")
    if isinstance(listed, dict):
        yield from cast("Block", listed).items()
    for one in cast("list[Any]", listed) if isinstance(listed, list) else ():
        said = cast("Block", one) if isinstance(one, dict) else {}
        options = cast("Block", said.get("options") or said)
        yield str(options.get("check_name") or "check"), said or one


def _check(name: str, said: Any, column: Column, place: str, found: Found) -> None:
    given = cast("Block", said) if isinstance(said, dict) else {}
    options = {key: given[key] for key in OPTIONS if key in given} | cast("Block", given.get("options") or {})
    arguments = {key: value for key, value in given.items() if key not in OPTIONS}
    if not isinstance(said, dict):
        arguments = {VALUE.get(name, ""): said}
    elif "value" in arguments and VALUE.get(name):
        arguments[VALUE[name]] = arguments.pop("value")
    made = _rules(name, arguments)
    if isinstance(made, str):
        found.note(place, made)
        return
    severity = Severity.WARN if options.get("raise_warning") else Severity.REJECT
    if options.get("ignore_na") is False:
        found.check(f"{place}.ignore_na", "not_null", [column.name], None, severity)
    if options.get("groupby"):
        found.note(f"{place}.groupby", "It judges groups of rows, which this rule does not.")
        return
    for rule, params in made:
        found.check(place, rule, [column.name], params, severity)


def _rules(name: str, said: Block) -> Rules | str:
    """A built-in check as rules, or why there are none."""
    if name == "in_range":
        return _between(said)
    if name == "str_length":
        return _lengths(said)
    value = said.get(VALUE.get(name, ""))
    if name not in PLAIN or value is None:
        return f"The check {name} is not one of pandera's own, or has no match here."
    rule, parameter = PLAIN[name]
    if name.startswith("str_"):
        value = f"{BEFORE[name]}(?:{_rust(value)}){ANYTHING}" if name in BEFORE else str(value)
    if parameter == "values" and not isinstance(value, list):
        value = [value]
    return [(rule, {parameter: value})]


def _rust(pattern: Any) -> str:
    return str(pattern).replace(r"\Z", r"\z")


def _between(said: Block) -> Rules | str:
    low, high = said.get("min_value"), said.get("max_value")
    open_low, open_high = said.get("include_min") is False, said.get("include_max") is False
    closed = {name: value for name, value, is_open in (("min", low, open_low), ("max", high, open_high))
              if value is not None and not is_open}  # fmt: skip
    found: Rules = [("in_range", closed)] if closed else []
    found += [("greater_than", {"value": low})] if open_low else []
    return found + ([("less_than", {"value": high})] if open_high else [])


def _lengths(said: Block) -> Rules | str:
    exact = said.get("exact_value")
    pairs = {"min": said.get("min_value"), "max": said.get("max_value")}
    if exact is not None:
        pairs = {"min": exact, "max": exact}
    bounds = {name: value for name, value in pairs.items() if value is not None}
    return [("length", bounds)] if bounds else "It has no bound."


def _index(schema: Block, found: Found) -> None:
    for number, one in enumerate(cast("list[Any]", schema.get("index") or [])):
        block = cast("Block", one) if isinstance(one, dict) else {}
        name = block.pop("name", None)
        if name and (column := found.column(name, f"index.{name}")):
            _column(block, column, f"index.{name}", found)
        elif not name:
            found.note(f"index[{number}]", "An index without a name is no column.")


def _frame(schema: Block, named: set[str], found: Found) -> None:
    unique = schema.get("unique")
    names = cast("list[Any]", unique) if isinstance(unique, list) else [unique] if unique else []
    known = [found.column(name, "unique") for name in names]
    if names and all(known):
        found.check("unique", "unique", [one.name for one in known if one is not None])
    for name, _ in _checks({"checks": schema.get("checks")}):
        found.note(f"checks.{name}", "It judges the frame as a whole; add a rule for the columns that it means.")
    others = [one.name for one in found.dataset.recipe.columns if not {one.name, one.source} & named]
    if schema.get("strict") and others:
        found.note("strict", f"The dataset has columns that the schema does not allow: {', '.join(others)}.")
    if schema.get("ordered"):
        found.note("ordered", "The order of columns is not judged: files are matched by their names.")
    if schema.get("unique_column_names") or schema.get("coerce"):
        found.note("coerce", "Values get the types of the dataset's columns when a file is imported.")


LANGUAGE = PanderaLanguage()
