"""Names in every letter that XML 1.0 allows since its fifth edition, and no others."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml brings no types
from nested_reading import chunks, inspected, recipe_for, tables

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats.xml import FORMAT

AMHARIC = "<ትእዛዞች><ትእዛዝ ቁጥር='1'><ከተማ>አዲስ አበባ</ከተማ></ትእዛዝ><ትእዛዝ ቁጥር='2'/></ትእዛዞች>"
SIGNS = st.characters(min_codepoint=0xB7, exclude_categories=["Cs", "Cn", "Co"])


def test_records_in_a_script_that_the_first_editions_did_not_know_are_read_under_their_names():
    found = tables(FORMAT, AMHARIC.encode())["ትእዛዝ"]

    assert found == [{"ቁጥር": "1", "ከተማ": "አዲስ አበባ"}, {"ቁጥር": "2", "ከተማ": None}]


def test_places_and_source_are_those_of_the_document():
    data = AMHARIC.encode()
    (chunk,) = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert chunk.original([1]) == ["<ትእዛዝ ቁጥር='2'/>"]
    assert chunk.end.offset <= len(data)


def test_signs_that_stand_for_others_come_back_also_where_a_number_means_them():
    data = "<𠀀><a>가𠀀_ &#xAC00;&#44033;</a><b ʰ='각ʰ'>Ā</b></𠀀>".encode()

    assert tables(FORMAT, data) == {"𠀀": [{"a": "가𠀀_ 가각", "b_h": "각ʰ", "b": "Ā"}]}


def test_usual_names_need_no_care():
    assert "wide_names" not in inspected(FORMAT, "<заказ><номер>1</номер></заказ>".encode()).recipe.options


@pytest.mark.parametrize(
    "name", ["\u203fa", "\u0300a", "a\u037e", "a\u00d7", "a\u2190", "\u1200\u3000", "\u1200>", "\U000f0000a"]
)
def test_what_is_no_name_in_any_edition_is_refused(name):
    with pytest.raises(UnreadableFileError):
        FORMAT.inspect(BytesIO(f"<{name}/>".encode()), file_name="a.xml")


@given(st.text(SIGNS, min_size=1, max_size=3), st.text(SIGNS, max_size=6))
@settings(max_examples=150, deadline=None)
def test_a_name_is_one_for_us_where_it_is_one_for_libxml(name, text):
    data = f"<r><{name}>{text}</{name}></r>".encode()
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        with pytest.raises(UnreadableFileError):
            FORMAT.inspect(BytesIO(data), file_name="a.xml")
    else:
        recipe = inspected(FORMAT, data).recipe
        (chunk,) = chunks(FORMAT, data, recipe)
        assert [column.source for column in recipe.columns] == [root[0].tag]
        assert chunk.frame[:, 0].to_list() == [root[0].text or ""]


def test_another_version_than_one_is_refused():
    with pytest.raises(UnreadableFileError, match=r"XML 2\.0"):
        FORMAT.inspect(BytesIO(b"<?xml version='2.0'?><a/>"), file_name="a.xml")
    assert tables(FORMAT, b"<?xml version='1.1'?><a>1</a>") == {"a": [{"value": "1"}]}
