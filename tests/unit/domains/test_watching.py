"""What is seen of a file in passing: a hint, never a reason to refuse it."""

import polars as pl

from hestia_assets.core.results import Judgement
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.ingest.matching.watching import Watch
from hestia_assets.domains.validation.checks import FAILURE_SCHEMA

TEXT = pl.DataFrame({"_row": [1], "_line": [2], "at": ["year 148,000"]})
COLUMNS = (Column(source="at", name="at", type=ColumnType.TIMESTAMP),)
FAR = pl.DataFrame({"at": pl.Series([2**62]).cast(pl.Datetime("us"))})
"""Further than Python's calendar goes."""


class FarAway:
    def judge(self, *_: object) -> Judgement:
        return Judgement(FAR, pl.DataFrame(schema=FAILURE_SCHEMA), ())


def test_values_of_which_no_figures_can_be_taken_keep_no_file_out():
    watch = Watch(FarAway())

    assert watch.judge(TEXT, COLUMNS, ()).typed.equals(FAR)
    assert watch.first is None
