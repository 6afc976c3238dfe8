"""What every rule owes, run for every file in the folder."""

from collections.abc import Iterable

import polars as pl
import pytest
from judging import rule_validator

from hestia_assets.core.rules import BatchRule, ConditionRule, RecordRule, RowRule, SetRule
from hestia_assets.core.specs import CheckSpec, Column
from hestia_assets.rules import RULES

CHUNKED = 3
VALUES = ["SKU-12345", "EUR", "", "7", "500", "SKU-1", "EUR", "7"] * 4
ROWS = pl.DataFrame({"c": VALUES}).with_row_index("_row", offset=1).with_columns(_line=pl.col("_row") + 1)
FAILING = {
    "in_range": 4,  # 500; what is no number fails its type, not the rule
    "in_set": 20,  # all but EUR and the empty one
    "matches": 24,  # all but SKU-12345 and the empty one
    "not_null": 4,
    "unique": 23,  # 28 that are not empty, 5 of them for the first time
}
"""Of these rows, how many fail each rule's own example."""


@pytest.fixture(params=RULES.names())
def name(request) -> str:
    return request.param


def spec(name: str, **params: object) -> CheckSpec:
    return CheckSpec(rule=name, columns=("c",), params=params or dict(RULES.get(name).example))


def test_is_of_one_kind(name):
    kinds = (ConditionRule, RecordRule, RowRule, SetRule, BatchRule)

    assert sum(isinstance(RULES.get(name), kind) for kind in kinds) == 1


def test_says_in_plain_words_what_it_demands(name):
    rule = RULES.get(name)
    words = {"columns": "price"} | dict.fromkeys(rule.parameters, "X")

    assert "price" in rule.sentence.format(**words)
    assert set(rule.example) <= set(rule.parameters)


def test_says_what_is_wrong_with_a_row(name):
    message = RULES.get(name).message(spec(name))

    assert message.endswith(".")
    assert "{" not in message.replace("\\d{5}", "")


def test_an_empty_field_fails_only_where_a_value_is_demanded(name):
    text = pl.DataFrame({"c": [""], "_row": [1], "_line": [2]})
    columns = (Column(source="c", name="c"),)
    validator = rule_validator()
    row = validator.judge(text, columns, [spec(name)]).failures.height
    rows = validator.judge(text, columns, []).typed.lazy()
    together = sum(failure.rows.len() for failure in validator.judge_set(rows, None, [spec(name)]))

    assert row + together == (name == "not_null")


def test_counts_the_same_whatever_the_size_of_the_chunks(name):
    whole, parts = failed_rows(name, [ROWS]), failed_rows(name, ROWS.iter_slices(CHUNKED))

    assert (whole, parts) == (FAILING[name], FAILING[name])


def test_every_rule_has_an_expected_count():
    assert set(FAILING) == set(RULES.names())


def failed_rows(name: str, parts: Iterable[pl.DataFrame]) -> int:
    """Rows that fail the rule's example; for a set rule the parts before are the table."""
    columns = (Column(source="c", name="c", type="integer" if name == "in_range" else "text"),)
    validator, failed, before = rule_validator(), 0, None
    for part in parts:
        judged = validator.judge(part, columns, [spec(name)])
        failed += sum(result.failed_rows for result in judged.results)
        failed += sum(one.result.failed_rows for one in validator.judge_set(judged.typed.lazy(), before, [spec(name)]))
        before = judged.typed.lazy() if before is None else pl.concat([before, judged.typed.lazy()])
    return failed
