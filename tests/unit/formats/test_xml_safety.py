"""XML that would reach outside, grow, or exhaust memory is refused, soon and with a reason."""

from io import BytesIO

import pytest
from nested_reading import TESTDATA, chunks, inspected, recipe_for, tables

from hestia_assets.core.errors import ReadError, UnreadableFileError
from hestia_assets.formats._xml import parse as xml_parse
from hestia_assets.formats._xml import records as xml_records
from hestia_assets.formats.xml import FORMAT

GROWING = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 60))
QUADRATIC = f'<!DOCTYPE a [<!ENTITY e "{"x" * 100_000}">]><a>{"&e;" * 100_000}</a>'


@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE a [<!ENTITY e0 "haha">{GROWING}]><a>&e59;</a>',
        f'<!DOCTYPE a [<!ENTITY e0 "haha">{GROWING}]><a b="&e59;"/>',
        f'<!DOCTYPE a [<!ENTITY e0 "haha">{GROWING}<!ATTLIST a b CDATA "&e59;">]><a/>',
        QUADRATIC,
        '<!DOCTYPE a [<!ENTITY e "&f;"><!ENTITY f "&e;">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "x.dtd"><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "x.dtd"><a b="&e;"/>',
    ],
    ids=["bomb", "in attribute", "in default", "quadratic", "circle", "file", "parameter", "undefined", "undefined 2"],
)
def test_entities_that_grow_or_lie_elsewhere_are_refused(document: str):
    with pytest.raises(UnreadableFileError) as refusal:
        inspected(FORMAT, document.encode())

    assert refusal.value.hint


def test_short_entities_of_the_document_itself_are_read():
    data = b'<!DOCTYPE a [<!ENTITY co "Company &#38;#38; Sons">]><a><r>&co;</r><r>&lt;x&gt;</r></a>'

    assert tables(FORMAT, data) == {"r": [{"value": "Company & Sons"}, {"value": "<x>"}]}


def test_a_document_type_that_only_names_a_file_is_harmless_and_not_fetched():
    data = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a><r>1</r><r>2</r></a>'

    assert tables(FORMAT, data) == {"r": [{"value": "1"}, {"value": "2"}]}


def test_deep_nesting_is_refused():
    with pytest.raises(UnreadableFileError, match="500 deep"):
        inspected(FORMAT, b"<a>" * 100_000)


def test_a_flood_of_attributes_is_refused():
    flood = " ".join(f'a{n}="1"' for n in range(6_000))

    with pytest.raises(UnreadableFileError, match="attributes"):
        inspected(FORMAT, f"<a {flood}/>".encode())


def test_a_flood_of_different_elements_is_refused():
    flood = "".join(f"<e{n}/>" for n in range(60_000))

    with pytest.raises(UnreadableFileError, match="different elements"):
        inspected(FORMAT, f"<a>{flood}</a>".encode())


def test_a_tag_without_end_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xml_parse, "TAG_LIMIT", 100_000)

    with pytest.raises(UnreadableFileError, match="tag or comment"):
        inspected(FORMAT, b'<a b="' + b"x" * 3_000_000 + b'"/>')


def test_a_text_that_is_too_large_for_a_record_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xml_records, "RECORD_LIMIT", 100_000)
    data = b"<a><r>1</r><r>" + b"x" * 200_000 + b"</r></a>"

    found = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert [reject.rule for chunk in found for reject in chunk.rejects] == ["not_xml"]


@pytest.mark.skipif(not TESTDATA.exists(), reason="the shared test data are not here")
def test_the_collected_bombs_are_refused_and_their_harmless_twins_read():
    for path in sorted((TESTDATA / "xml_attack").glob("*.xml")):
        if path.name.startswith("lol"):
            with pytest.raises(ReadError):
                inspected(FORMAT, path.read_bytes())
        else:
            assert inspected(FORMAT, path.read_bytes()).tables


@pytest.mark.parametrize("rest", [b"<a><b>1</b><b>2</b></a>", b"<html><body/></html>"])
def test_a_thousand_comments_before_the_root_cost_no_time(rest: bytes):
    data = b"<!-- x -->\n" * 1000 + rest

    if b"html" in rest:
        with pytest.raises(UnreadableFileError, match="web page"):
            FORMAT.inspect(BytesIO(data), file_name="comments.xml")
    else:
        assert FORMAT.inspect(BytesIO(data), file_name="comments.xml").recipe.format == "xml"
