"""Rules: what passes, what fails, what cannot run."""

import polars as pl
import pytest
from judging import rule_validator

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import CheckSpec, Column, Severity

VALIDATOR = rule_validator()


def failing(texts: list[str], rule: str, *, kind: str = "text", **params: object) -> list[int]:
    text = pl.DataFrame({"c": texts}).with_row_index("_row", offset=1).with_columns(_line=pl.col("_row") + 1)
    columns = (Column.model_validate({"source": "c", "name": "c", "type": kind}),)
    check = CheckSpec(rule=rule, columns=("c",), params=params)
    judgement = VALIDATOR.judge(text, columns, [check])
    together = VALIDATOR.judge_set(judgement.typed.lazy(), None, [check])
    rows = [index + 1 for index in judgement.failures["index"].to_list()]
    return rows + [row for failure in together for row in failure.rows.to_list()]


@pytest.mark.parametrize(
    ("rule", "kind", "params", "texts", "bad"),
    [
        ("not_null", "text", {}, ["a", "", " "], [2]),
        ("in_set", "text", {"values": ["EUR", "USD"]}, ["EUR", "eur", "USD"], [2]),
        ("in_set", "integer", {"values": [1, 2]}, ["1", "3"], [2]),
        ("in_set", "boolean", {"values": [True]}, ["true", "false"], [2]),
        ("in_range", "integer", {"min": 1, "max": 5}, ["0", "1", "5", "6"], [1, 4]),
        ("in_range", "decimal", {"min": "0.01"}, ["0.00", "0.01"], [1]),
        ("in_range", "date", {"max": "2026-12-31"}, ["2026-12-31", "2027-01-01"], [2]),
        ("in_range", "timestamp", {"min": "2026-01-01 00:00:00"}, ["2025-12-31 23:59:59"], [1]),
        ("matches", "text", {"pattern": "A|B"}, ["A", "AB", "B"], [2]),
        ("matches", "integer", {"pattern": r"\d{2}"}, ["12", "123"], [2]),
        ("unique", "text", {}, ["a", "b", "a", "", "", "a"], [3, 6]),
        ("unique", "decimal", {}, ["1.5", "1.50"], [2]),
    ],
)
def test_names_the_rows_that_fail(rule, kind, params, texts, bad):
    assert failing(texts, rule, kind=kind, **params) == bad


@pytest.mark.parametrize(
    ("rule", "kind", "params"),
    [
        ("in_range", "integer", {"min": "low"}),
        ("in_range", "date", {"min": "soon"}),
        ("in_range", "text", {}),
        ("in_set", "integer", {"values": ["x"]}),
        ("in_set", "text", {"values": []}),
        ("matches", "text", {"pattern": "("}),
    ],
)
def test_a_check_that_cannot_run_is_an_error_never_a_pass(rule, kind, params):
    with pytest.raises(SpecError):
        failing(["1"], rule, kind=kind, **params)


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
