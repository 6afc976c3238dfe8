"""What the judge makes of rules: once told, by value, with its place. What each rule fails: tests/conformance/rules."""

import polars as pl
from judging import rule_validator

from hestia_assets.core.specs import CheckSpec, Column, Severity

VALIDATOR = rule_validator()


def test_a_value_of_the_wrong_type_is_reported_once():
    text = pl.DataFrame({"c": ["x"], "_row": [1], "_line": [2]})
    columns = (Column(source="c", name="c", type="integer"),)
    judgement = VALIDATOR.judge(text, columns, [CheckSpec(rule="not_null", columns=("c",))])

    assert judgement.failures["rule"].to_list() == ["type"]


def test_unique_looks_at_rows_of_earlier_batches_by_value():
    rows = pl.DataFrame({"c": ["a", "b"], "_row": [1, 2], "_line": [2, 3]}).lazy()
    existing = pl.DataFrame({"c": ["b", "z"], "_row": [1, 2]}).lazy()
    (failure,) = VALIDATOR.judge_set(rows, existing, [CheckSpec(rule="unique", columns=("c",))])

    assert failure.rows.to_list() == [2]
    assert failure.result.sample[0].value == "b"


def test_unique_over_several_columns_needs_all_of_them_equal():
    rows = pl.DataFrame({"a": ["x", "x", "x"], "b": ["1", "2", "1"], "_row": [1, 2, 3], "_line": [2, 3, 4]}).lazy()
    (failure,) = VALIDATOR.judge_set(rows, None, [CheckSpec(rule="unique", columns=("a", "b"))])

    assert failure.rows.to_list() == [3]


def test_the_sample_names_line_and_value_as_written():
    text = pl.DataFrame({"c": ["1", "007x"], "_row": [1, 2], "_line": [2, 9]})
    check = CheckSpec(rule="matches", columns=("c",), params={"pattern": r"\d"}, severity=Severity.WARN)
    (result,) = VALIDATOR.judge(text, (Column(source="c", name="c"),), [check]).results

    assert (result.failed_rows, result.checked_rows, result.passed) == (1, 2, False)
    assert (result.sample[0].line, result.sample[0].value) == (9, "007x")
