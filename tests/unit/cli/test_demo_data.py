"""The sample files and what they know about themselves."""

from collections import Counter

import pytest

from hestia_assets.cli.demo_data import make_files
from hestia_assets.cli.demo_sheet import DemoFile, Entry
from hestia_assets.cli.demo_specs import CHECKS, TYPES

FILES = {file.dataset: file for file in make_files(orders=500)}


def test_the_same_seed_gives_the_same_bytes():
    again = {file.dataset: file for file in make_files(orders=500)}

    assert all(FILES[name].content() == again[name].content() for name in FILES)


def test_another_seed_gives_other_bytes():
    other = {file.dataset: file for file in make_files(seed=8, orders=500)}

    assert FILES["orders"].content() != other["orders"].content()


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.dataset)
def test_the_truth_counts_every_line_end_of_the_file(file: DemoFile):
    truth = file.truth

    assert truth.lines["total"] == file.content().count(b"\n")
    assert truth.lines["total"] == sum(count for place, count in truth.lines.items() if place != "total")


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.dataset)
def test_every_bad_row_has_a_reason_and_no_good_row_has_one(file: DemoFile):
    assert all((entry.place == "quarantined") == (entry.problem is not None) for entry in file.entries)


def test_a_record_of_two_lines_counts_twice():
    file = DemoFile("x.csv", [Entry("a", "header"), Entry('"b\nc"'), Entry("d", "quarantined", problem="ragged")])

    assert file.truth.lines == {"total": 4, "header": 1, "loaded": 2, "quarantined": 1}
    assert (file.truth.rows_loaded, file.truth.rows_quarantined) == (1, 1)


def test_the_files_hold_what_real_files_do_to_people():
    orders, customers = FILES["orders"].content(), FILES["customers"].content()

    assert orders.count(b'"') % 2 == 1, "one quote never closes"
    assert b'"2nd floor\nleft"' in orders
    assert "€".encode("cp1252") in customers
    with pytest.raises(UnicodeDecodeError):
        customers.decode()
    assert customers.count(b"\r\n") == customers.count(b"\n")
    assert FILES["products"].content().startswith(b"\xef\xbb\xbf")
    assert Counter(entry.place for entry in FILES["products"].entries)["comment"] == 4


def test_every_dataset_declares_types_and_checks():
    assert set(FILES) == set(TYPES) == set(CHECKS)
