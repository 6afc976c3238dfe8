"""A JSON Schema means the same as the rules that it becomes, and as the schema that is written of these."""

import json
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hestia_assets.core.specs import Column, DatasetSpec, Recipe
from hestia_assets.rules._json_schema import judge

KINDS = {"state": "text", "country": "text", "quantity": "integer", "price": "decimal", "paid": "boolean"}
COLUMNS = tuple(Column(source=name, name=name, type=kind) for name, kind in KINDS.items())
DATASET = DatasetSpec(name="orders", recipe=Recipe(columns=COLUMNS))
TYPES = {"text": "string", "integer": "integer", "decimal": "number", "boolean": "boolean"}

words = st.text("ab1-\n", min_size=1, max_size=4)
values = {
    "text": words,
    "integer": st.integers(-4, 12),
    "decimal": st.integers(-40, 120).map(lambda n: Decimal(n) / 4),
    "boolean": st.booleans(),
}
low = st.integers(-8, 8).map(lambda n: n / 2)
high = st.integers(10, 24).map(lambda n: n / 2)
patterns = st.sampled_from(["^a", "b$", "a|b", "^[ab]+$", r"\d", "^(a|b)$", r"^a\$", "[[ab]", r"\s", "^$", ".b"])
keywords = {
    "integer": [("minimum", low), ("maximum", high), ("exclusiveMinimum", low), ("exclusiveMaximum", high),
                ("multipleOf", st.sampled_from([1, 2, 1.5])), ("enum", st.lists(st.integers(0, 9), min_size=1))],
    "decimal": [("minimum", low), ("exclusiveMaximum", high), ("multipleOf", st.sampled_from([0.25, 0.5])),
                ("const", st.integers(0, 9))],
    "boolean": [("const", st.booleans())],
    "text": [("minLength", st.integers(0, 2)), ("maxLength", st.integers(2, 3)), ("pattern", patterns),
             ("enum", st.lists(words, min_size=1)), ("not", st.builds(lambda word: {"const": word}, words)),
             ("anyOf", st.just([{"maxLength": 1}, {"pattern": "^b"}])), ("const", words)],
}  # fmt: skip


def properties(kind: str) -> st.SearchStrategy[Any]:
    said = st.fixed_dictionaries({}, optional=dict(keywords[kind]))
    typed = said.map(lambda one: {"type": TYPES[kind], **one})
    return st.one_of(said, typed, st.builds(lambda one, two: {"allOf": [one, two]}, said, typed))


some_names = st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=2, unique=True)
schemas = st.fixed_dictionaries(
    {"properties": st.fixed_dictionaries({}, optional={name: properties(kind) for name, kind in KINDS.items()})},
    optional={
        "required": some_names,
        "dependentRequired": st.dictionaries(st.sampled_from(list(KINDS)), some_names, max_size=2),
        "anyOf": st.lists(st.builds(lambda names: {"required": names}, some_names), min_size=1, max_size=2),
        "minProperties": st.integers(0, 3),
        "if": st.builds(lambda word: {"properties": {"state": {"const": word}}, "required": ["state"]}, words),
        "then": st.builds(lambda names: {"required": names}, some_names),
    },
)
rows = st.fixed_dictionaries({}, optional={name: values[kind] for name, kind in KINDS.items()})


@settings(max_examples=12, phases=(Phase.explicit, Phase.generate))
@given(schema=schemas, rows=st.lists(rows, min_size=1, max_size=12))
def test_rows_fit_the_schema_where_they_pass_the_rules_and_fit_the_written_schema(interchange, schema, rows):
    found = interchange.read(json.dumps(schema).encode(), dataset=DATASET, language="json_schema")
    written = interchange.write(interchange.merged(DATASET, found.checks), language="json_schema")

    fits, fits_written = judge(schema), judge(json.loads(written.content))
    texts = [{name: _text(row.get(name)) for name in KINDS} for row in rows]
    text = pl.DataFrame(texts, schema=dict.fromkeys(KINDS, pl.String))
    numbered = text.with_columns(_row=pl.int_range(pl.len()), _line=pl.int_range(pl.len()))
    failing = set(interchange.validator.judge(numbered, COLUMNS, found.checks).failures["index"])

    assert found.notes == ()
    assert written.notes == ()
    for number, row in enumerate(rows):
        assert (number not in failing, fits_written(row)) == (fits(row), fits(row)), (row, found.checks)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
