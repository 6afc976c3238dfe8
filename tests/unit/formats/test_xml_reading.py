"""XML documents: repeating elements are tables; text, attributes and places are kept."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nested_reading import TESTDATA, account, chunks, inspected, recipe_for, rejects, rows, tables

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, ReadError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import LineAccount
from hestia_assets.formats.xml import FORMAT

ORDERS = b"""<?xml version="1.0"?>
<orders source="shop">
  <order id="7"><price currency="EUR">1.10</price><address><city>Wien</city></address>
    <line n="1"><sku>x</sku></line><line n="2"><sku>y</sku></line></order>
  <order id="8"><price>2</price><late/></order>
</orders>"""


def test_repeating_elements_are_tables_attributes_and_nested_elements_columns():
    assert tables(FORMAT, ORDERS) == {
        "orders": [{"source": "shop"}],
        "order": [
            {"id": "7", "price_currency": "EUR", "price": "1.10", "address_city": "Wien", "late": None},
            {"id": "8", "price_currency": None, "price": "2", "address_city": None, "late": ""},
        ],
        "line": [
            {"order_number": "1", "order_id": "7", "n": "1", "sku": "x"},
            {"order_number": "1", "order_id": "7", "n": "2", "sku": "y"},
        ],
    }


def test_records_carry_their_line_and_source():
    found = chunks(FORMAT, ORDERS, recipe_for(FORMAT, ORDERS))

    assert found[0].frame.select("_row", "_line", "_lines").rows() == [(1, 3, 1), (2, 5, 1)]
    assert found[0].original([1]) == ['<order id="8"><price>2</price><late/></order>']
    assert account(found) == LineAccount(total=2, loaded=2)


def test_a_document_without_repetition_is_one_row():
    assert tables(FORMAT, b"<a x='1'><b>2</b><c/></a>") == {"a": [{"x": "1", "b": "2", "c": ""}]}
    assert tables(FORMAT, b"<a/>") == {"a": [{"value": ""}]}


def test_mixed_text_and_cdata_are_kept():
    data = b"<r><p>one <b>two</b> three</p><p> <b>x</b>\n</p><p><![CDATA[<raw> & ]]></p></r>"

    found = tables(FORMAT, data)["p"]

    assert [row["value"] for row in found] == [json.dumps(["one ", " three"]), None, "<raw> & "]
    assert [row["b"] for row in found] == ["two", "x", None]


def test_names_do_not_depend_on_the_prefixes_of_a_file():
    one = b'<a:l xmlns:a="urn:1"><a:r a:k="1"><a:v>x</a:v></a:r><a:r/></a:l>'
    other = b'<l xmlns="urn:1" xmlns:z="urn:1"><r z:k="2"><v>y</v></r><r/></l>'

    recipe = recipe_for(FORMAT, one)

    assert [column.source for column in recipe.columns] == ["@k", ".", "v"]
    assert rows(chunks(FORMAT, other, recipe)) == [("2", None, "y"), (None, "", None)]


def test_equal_names_of_two_namespaces_stay_apart():
    data = b'<l xmlns:x="urn:x"><r id="1" x:id="2"><v>3</v><x:v>4</x:v></r><r/></l>'
    same = b'<l xmlns:q="urn:x"><r id="1" q:id="2"><v>3</v><q:v>4</q:v></r><r/></l>'

    recipe = recipe_for(FORMAT, data)

    assert [column.source for column in recipe.columns][:2] == ["@id", "@x:id"]
    assert rows(chunks(FORMAT, same, recipe)) == rows(chunks(FORMAT, data, recipe))
    assert sorted(cell for cell in rows(chunks(FORMAT, data, recipe))[0] if cell) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("record", "rule", "column"),
    [
        ("<r><a>1</a><new>2</new></r>", "unknown_key", "new"),
        ('<r k="1"><a>1</a></r>', "unknown_key", "@k"),
        ("<r><a>1</a><a>2</a></r>", "repeated_element", "a"),
    ],
)
def test_what_the_recipe_has_no_place_for_sets_its_record_aside(record: str, rule: str, column: str):
    recipe = recipe_for(FORMAT, b"<l><r><a>1</a></r><r><a>2</a></r></l>")

    found = chunks(FORMAT, f"<l><r><a>3</a></r>\n{record}</l>".encode(), recipe)

    assert rows(found) == [("3",)]
    assert rejects(found) == [(2, rule, column, record)]
    assert account(found).balanced


def test_a_file_with_none_of_the_columns_is_refused():
    recipe = recipe_for(FORMAT, b"<l><r><a>1</a></r><r><a>2</a></r></l>")

    with pytest.raises(HeaderMismatchError):
        chunks(FORMAT, b"<l><r><b>1</b></r><r><b>2</b></r></l>", recipe)


def test_a_document_that_breaks_off_is_refused_with_its_place_when_inspected():
    with pytest.raises(UnreadableFileError, match="line 2, column 15"):
        inspected(FORMAT, b"<l><r>1</r>\n<r>2</r><r>3</q></l>")


def test_a_document_that_breaks_off_later_loads_what_came_before():
    recipe = recipe_for(FORMAT, b"<l><r><a>1</a></r><r><a>2</a></r></l>")

    found = chunks(FORMAT, b"<l><r><a>1</a></r>\n<r><a>2</a></r>\n<r><a>3</b></r></l>", recipe)

    assert rows(found) == [("1",), ("2",)]
    assert [(line, rule) for line, rule, _, _ in rejects(found)] == [(3, "not_xml")]
    assert rejects(found)[0][3].startswith("<r><a>3</b>")
    assert account(found) == LineAccount(total=3, loaded=2, quarantined=1)


@pytest.mark.parametrize("name", ["r", "l"])
def test_reading_goes_on_from_any_chunk(name: str):
    records = "".join(f"\n<r><n>{n}</n><l>{n}</l><l>{'x' * 50}</l></r>" for n in range(200))
    data = f"<x>{records}</x>".encode()
    path = {"r": "/x/r", "l": "/x/r/l"}[name]
    recipe = recipe_for(FORMAT, data, options={"record_element": path}).model_copy(update={"chunk_bytes": 2048})
    whole = chunks(FORMAT, data, recipe)

    again = list(FORMAT.read(BytesIO(data), recipe, start=whole[2].start))

    assert [row for c in again for row in c.frame.rows()] == [row for c in whole[2:] for row in c.frame.rows()]
    assert account(whole).balanced


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "shift_jis"])
def test_the_source_of_each_record_is_its_own(encoding: str):
    stated = encoding.removesuffix("-sig")
    pairs = "".join(f'<r a="{n}>"><b>t{n}</b></r>\n<r a="x"/>' for n in range(40))
    data = f'<?xml version="1.0" encoding="{stated}"?>\n<l>{pairs}</l>'.encode(encoding)
    recipe = recipe_for(FORMAT, data).model_copy(update={"chunk_bytes": 1024})

    texts = [text for c in chunks(FORMAT, data, recipe) for text in c.original(range(c.frame.height))]

    assert texts == [text for n in range(40) for text in (f'<r a="{n}>"><b>t{n}</b></r>', '<r a="x"/>')]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-15", "cp1252", "shift_jis", "gb18030"])
def test_encodings_are_taken_from_the_document(encoding: str):
    text = "日本" if encoding in ("shift_jis", "gb18030") else "größe"
    stated = "utf-8" if encoding == "utf-8-sig" else encoding
    data = f'<?xml version="1.0" encoding="{stated}"?><l><r>{text}</r><r>b</r></l>'.encode(encoding)

    assert FORMAT.claim(data, file_name="x") is Claim.SURE
    assert rows(chunks(FORMAT, data, recipe_for(FORMAT, data))) == [(text,), ("b",)]


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "<HTML><body>x", "\n<html lang='en'>"]
)
def test_a_web_page_is_called_one(page: str):
    with pytest.raises(UnreadableFileError, match="web page"):
        inspected(FORMAT, page.encode(), file_name="report.xls")


def test_nothing_is_empty():
    with pytest.raises(EmptyFileError):
        inspected(FORMAT, b" \n")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffe\uffff"), max_size=9)
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.none() | TEXT), min_size=2, max_size=8))
def test_what_is_written_and_read_back_loses_nothing(records: list[tuple[str, str, str | None]]):
    written = [tuple(None if cell is None else cell.translate(ESCAPES) for cell in record) for record in records]
    body = "\n".join(
        f'<r k="{key}"><t>{text}</t>{"" if more is None else f"<m>{more}</m>"}</r>' for key, text, more in written
    )
    data = f"<l>{body}</l>".encode()
    recipe = recipe_for(FORMAT, data)

    found = chunks(FORMAT, data, recipe)

    assert [(*row, None)[:3] for row in rows(found)] == records
    assert account(found) == LineAccount(total=len(records), loaded=len(records))


@pytest.mark.skipif(not TESTDATA.exists(), reason="the shared test data are not here")
def test_the_conformance_suite_is_judged_as_its_manifest_says():
    folder = TESTDATA / "xml_conf"
    wrong: list[str] = []
    for case in json.loads((folder / "manifest.json").read_text()):
        refused = _is_refused(folder / case["file"])
        if case["entities"] == "none" and refused != (case["expect"] == "reject"):
            wrong.append(case["id"])

    assert wrong == []


def _is_refused(path: Path) -> bool:
    try:
        chunks(FORMAT, path.read_bytes(), inspected(FORMAT, path.read_bytes()).recipe)
    except ReadError:
        return True
    return False
