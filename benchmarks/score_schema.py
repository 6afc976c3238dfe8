"""What the scorer of JSON Schema calls: whether a value fits a schema, as the product says it."""

import json
import tempfile
from functools import cache
from typing import Any

import polars as pl

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, DatasetSpec, Recipe

DRAFTS = {
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}
DATASET = DatasetSpec(name="values", recipe=Recipe(columns=(Column(source="value", name="value", null_words=()),)))


def fits(schema: Any, value: Any, draft: str) -> bool:
    """Whether a value fits: the schema is imported as a rule of a column, and the value judged as a row of a file."""
    if isinstance(schema, dict) and "$schema" not in schema:
        schema = {"$schema": DRAFTS[draft]} | schema
    text = json.dumps(schema).encode()
    found = _home().interchange.read(text, dataset=DATASET, language="json_schema", column="value")
    if not found.checks:
        raise SpecError("; ".join(note.why for note in found.notes), hint="Correct the schema.")
    row = pl.DataFrame({"value": [json.dumps(value)], "_row": [1], "_line": [2]})
    return _home().interchange.validator.judge(row, DATASET.recipe.columns, found.checks).failures.is_empty()


@cache
def _home() -> Hestia:
    return open_home(tempfile.mkdtemp(prefix="hestia-score-"))
