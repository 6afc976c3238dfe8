"""What the scorers see is what read_file gives, header first; real Parquet files are read or refused."""

import csv
import sys
from pathlib import Path

import pytest

import hestia_assets
from hestia_assets.core.errors import ReadError

ROOT = Path(__file__).parents[3]
PARQUET = ROOT / "../shared/testdata/parquet"
GOOD = sorted(PARQUET.glob("good/*.parquet"))
REFUSED = sorted([*PARQUET.glob("bad/*"), *PARQUET.glob("encrypted/*")])
PRESENT = pytest.mark.skipif(not GOOD, reason="the shared test material is not beside the project")


def test_the_header_comes_first_and_null_stays_null(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    from benchmarks.score_adapter import load

    path = tmp_path / "t.json"
    path.write_text('[{"a": 1.10, "b": null}, {"a": 2, "b": "x"}]')

    assert load(str(path)) == {"t": [["a", "b"], ["1.10", None], ["2", "x"]]}


@PRESENT
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_parquet_file_is_read_and_every_row_has_a_place(path: Path):
    tables = hestia_assets.read_file(path)

    expected = path.with_name(f"{path.stem}_expect.csv")
    assert path.stem in tables
    if expected.exists():
        with expected.open(newline="", encoding="utf-8") as text:
            rows = list(csv.reader(text))[1:]
        found = [column.to_pylist() for column in tables[path.stem].columns]
        assert [[value or "" for value in row] for row in zip(*found, strict=True)] == rows


@PRESENT
@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.name)
def test_a_bad_or_encrypted_parquet_file_is_refused_with_the_reason(path: Path):
    with pytest.raises(ReadError, match=r"damaged|encrypted"):
        hestia_assets.read_file(path)
