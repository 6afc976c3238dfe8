"""The benchmark that finds wrong cells by suggested rules alone; scores keep what was not measured anew."""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.mark.usefixtures("benchmarks")
def test_finds_cells_that_contradict_the_others_of_their_key_or_are_missing(tmp_path):
    import wrong_cells

    file = tmp_path / "stops.csv"
    rows = [[f"S{n % 12:02}", f"source{n}", f"{n % 12 + 6}:30"] for n in range(120)]
    rows[15][2] = "23:59"
    rows[40][2] = ""
    file.write_text("\n".join(["Stop,source,Planned time", *(",".join(row) for row in rows), ""]))

    assert wrong_cells.detect(str(file)) == {(15, "Planned time"), (40, "Planned time")}


@pytest.mark.usefixtures("benchmarks")
def test_a_page_of_scores_is_taken_apart_and_put_together_again(tmp_path):
    import scores

    page = tmp_path / "scores.md"
    page.write_text("# Scores\n\nwords\n\n## CSV\n\none\n\n## XML\n\ntwo\n")

    parts = scores.sections(page)

    assert list(parts) == ["", "CSV", "XML"]
    assert "\n".join(parts.values()) == page.read_text()
    assert sys.modules["scores"].ENTRIES["dirty"].endswith("wrong_cells:detect")
