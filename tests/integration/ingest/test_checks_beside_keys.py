"""Checks over rows and batches where a file updates rows by their key: what is compared is the table as it will be."""

from io import BytesIO

import pytest
from ingest_modes import HEADER, bring, keyed, said
from ingest_orders import check

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.specs import CheckSpec, DatasetSpec


def looked_at(home: Hestia, text: str, spec: DatasetSpec):
    return home.ingest.verdict(BytesIO((HEADER + text).encode()), spec)


@pytest.mark.parametrize("delete_missing", [False, True])
def test_the_old_row_of_a_key_whose_new_row_is_set_aside_stays_and_is_compared_with(home: Hestia, delete_missing):
    """Row 1 may not have 30, so it keeps 10, so row 2 may not have 10, so it keeps 20, so a new row may not have 20."""
    spec = keyed(check("unique", "qty"), delete_missing=delete_missing)
    bring(home, "3,30,\n2,20,\n1,10,\n", spec)
    text = "3,30,2026-01-01\n1,30,\n2,10,\n4,20,\n5,50,\n"

    verdict = looked_at(home, text, spec)
    batch = bring(home, text, spec)

    assert said(home) == [("1", 10), ("2", 20), ("3", 30), ("5", 50)]
    assert (verdict.rows_good, verdict.rows_aside, batch.rows_quarantined) == (2, 3, 3)
    assert [(one.name, one.checked_rows, one.failed_rows) for one in (*verdict.checks, *batch.checks)
            if one.failed_rows] == [("unique__qty", 5, 3)] * 2  # fmt: skip


@pytest.mark.parametrize("delete_missing", [False, True])
def test_the_old_row_of_a_bad_row_stays_and_is_compared_with(home: Hestia, delete_missing):
    spec = keyed(check("in_range", "qty", max=100), check("unique", "qty"), delete_missing=delete_missing)
    bring(home, "1,10,\n2,20,\n", spec)
    text = "1,many,\n2,500,\n3,10,\n4,20,\n5,50,\n"

    verdict = looked_at(home, text, spec)
    batch = bring(home, text, spec)

    assert said(home) == [("1", 10), ("2", 20), ("5", 50)]
    assert (verdict.rows_good, verdict.rows_aside, batch.rows_quarantined) == (1, 4, 4)


def test_a_row_that_says_again_what_a_later_one_says_is_counted_once(home: Hestia):
    spec = keyed(CheckSpec.model_validate({"rule": "row_count", "severity": "warn", "params": {"max": 1}}))
    text = "1,10,2026-01-01\n1,10,2026-01-01\n"

    verdict = looked_at(home, text, spec)
    batch = bring(home, text, spec)

    assert [dict(one.figures) for one in (*verdict.checks, *batch.checks) if one.figures] == [{"rows": 1}] * 2
