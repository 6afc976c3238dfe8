"""XML records taken many at a time and records parsed one by one give the same chunks, whatever stands between them."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nested_reading import chunks, inspected, recipe_for, rows

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import TextChunk
from hestia_assets.formats._xml import parse as xml_parse
from hestia_assets.formats._xml import runs as xml_runs
from hestia_assets.formats.xml import FORMAT

MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REGULAR = [
    '<r id="1" k="a&amp;b"><t>x</t><n>1.10</n><e/></r>',
    '<r id="2" k=""><t>Zoë \U0001f600</t><n></n><e> </e></r>',
    '<r  id = "3" k="&quot;"><t>a &lt;b&gt; &amp;amp; </t>\n<n>0</n> <e>x</e>\n</r>',
]
ODD = [
    '<r id="4" k="a"><n>another order</n><t>x</t><e/></r>',
    '<r id="5" k="a"><t>x</t><n>1</n><e/><late>new</late></r>',
    '<r id="5" k="a" new="x"><t>x</t><n>1</n><e/></r>',
    '<r k="a" id="5"><t>x</t><n>1</n><e/></r>',
    '<r id="6" k="a"><t>&#233;&#10;</t><n>1</n><e/></r>',
    '<r id="6" k="a&#9;b\tc\nd"><t>two\r\nlines</t><n>1</n><e/></r>',
    '<r id="7" k="a"><t><![CDATA[</r>\n<r>]]></t><n>1</n><e/></r>',
    '<r id="8" k="a"><t>x</t><n>1</n><e/>text</r>',
    '<r id="9" k="a"><t>x<b>y</b></t><n>1</n><e/></r>',
    '<r id="9" k="a"><t>x</t><t>twice</t><n>1</n><e/></r>',
    '<r id="10" k="a" xmlns="urn:other"><t>x</t><n>1</n><e/></r>',
    '<r id="11" k="a"><t a="new">x</t><n>1</n><e/></r>',
    '<r id="12" k="a"><t>x</t><n>1</n><e></e><r id="13" k="inner"><t>x</t><n>1</n><e/></r></r>',
    "<r/>",
    "<other>1</other>",
    "text between",
    "<!-- note -->",
    "<?note x?>",
    "\r\n",
]
BROKEN = ['<r id="1" k="a"><t>x</n><n>1</n><e/></r>', '<r id="1" id="2"/>', "<r>&nothing;</r>", "</r>", "<r>]]></r>"]
BROKEN += ["<r id='1' k='<'/>", "<r>\x01</r>", "<r>\ufffe</r>", "<!-- a -- b -->"]
AROUND = [
    "<l>%s</l>",
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- note -->\n<a><m>1</m><l>%s</l><z><r id="1">behind</r></z></a>',
    '<l xmlns="urn:a" xmlns:b="urn:b">%s</l>',
    "<l><!-- %s --><r/><r/></l>",
    "<l><![CDATA[%s]]><r/><r/></l>",
    "<l><?x %s?></l>",
    '<!DOCTYPE l [<!ENTITY own "x"><!ATTLIST t a CDATA "given">]><l>%s</l>',
    "<g><l>%s</l><l><r id='1'/></l></g>",
    '<?xml version="1.0" encoding="iso-8859-1"?><l>%s</l>',
    "<l>%s",
]


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Mostly alike, with anything between them."""
    odd = ODD if draw(st.booleans()) else [*ODD, *BROKEN]
    kinds = draw(st.lists(st.sampled_from(REGULAR), min_size=1, max_size=3))
    found = [kinds[i % len(kinds)] for i in range(draw(st.integers(1, 220)))]
    for place, text in draw(st.lists(st.tuples(st.integers(0, 220), st.sampled_from(odd)), max_size=6)):
        found.insert(min(place, len(found)), text)
    blanks = draw(st.sampled_from(["\n", "", "\r\n", "\n  ", " "]))
    around = draw(st.sampled_from([*AROUND[:2], *AROUND]))
    return (around.replace("%s", blanks.join(found))).encode()


def seen(read: list[TextChunk]) -> list[Any]:
    """All that a chunk tells."""
    return [
        (c.frame.rows(), c.frame.schema, c.rejects, c.account, c.start, c.end, c.original(range(c.frame.height)))
        for c in read
    ]


def outcome(data: bytes, chunk_bytes: int) -> Any:
    """The inspection, and the chunks under its recipe and under one of another file; each or its refusal."""
    found: list[Any] = []
    for sample in (data, f"<l>{REGULAR[0] * 2}</l>".encode()):
        try:
            found.append(inspected(FORMAT, data))
            recipe = recipe_for(FORMAT, sample).model_copy(update={"chunk_bytes": chunk_bytes})
            read = chunks(FORMAT, data, recipe)
            found.append(seen(read))
            for chunk in read[1:3]:
                found.append(seen(list(FORMAT.read(BytesIO(data), recipe, start=chunk.start))))
        except HestiaError as error:
            found.append(error.message)
    return found


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parse, "BLOCK_BYTES", 3_000)


def assert_same_with_and_without(data: bytes, chunk_bytes: int) -> None:
    fast = outcome(data, chunk_bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml_runs, "MOST_TEMPLATES", 0)
        careful = outcome(data, chunk_bytes)

    assert fast == careful


@settings(MANY, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(documents(), st.sampled_from([1024, 4096, 1 << 20]))
def test_records_taken_many_at_a_time_are_those_parsed_one_by_one(data: bytes, chunk_bytes: int):
    assert_same_with_and_without(data, chunk_bytes)


def test_records_that_look_alike_are_spared_the_parser():
    (run,) = xml_runs.Runs(cells=True).of(REGULAR[0].encode() * 100, "r")

    assert len(run) == 99


@pytest.mark.parametrize("column", range(1, 40, 13))
def test_a_fault_behind_records_taken_at_once_has_its_line_and_column(column: int):
    line = REGULAR[0] * 100 + " " * column + "<r></x>"
    data = f"<l>\n{line}\n</l>".encode()

    read = chunks(FORMAT, data, recipe_for(FORMAT, f"<l>{REGULAR[0] * 2}</l>".encode()))
    (reject,) = [reject for chunk in read for reject in chunk.rejects]

    assert f"line 2, column {line.index('</x>') + 3:,}" in reject.message
    assert len(rows(read)) == 100
