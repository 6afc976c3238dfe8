"""A file of which no row can be read takes the place of nothing until a person says so."""

import pytest
from ingest_modes import hand_in, keyed, said

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import BatchState

GOOD = "1,1,2026-01-01\n2,2,\n"


@pytest.mark.parametrize("rows", ["1,one,\n2,two,\n", "1\n2\n"], ids=["wrong types", "ragged"])
def test_a_table_is_not_emptied_by_a_file_without_a_good_row(home: Hestia, rows: str):
    spec = keyed(mode="replace")
    home.catalog.save(spec, author="ada")
    home.ingest.run(hand_in(home, GOOD, spec).id)
    batch = home.ingest.run(hand_in(home, rows, spec).id)

    assert batch.state is BatchState.HELD
    assert "all 2 rows" in (batch.problem.message if batch.problem else "")
    assert said(home) == [("1", 1), ("2", 2)]

    home.ingest.release(batch.id, author="ada")
    home.ingest.run(batch.id)
    assert said(home) == []
