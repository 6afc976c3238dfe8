"""CSV reading: values as they stand, every line in its place, a bad row costs only itself."""

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, SpecError, UnreadableFileError
from hestia_assets.core.results import LineAccount, TextChunk
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats.csv import FORMAT


def recipe(*names: str, **options: object) -> Recipe:
    columns = tuple(Column(source=name, name=name) for name in names)
    return Recipe.model_validate({"columns": columns, "chunk_bytes": 1024, **options})


def chunks(data: bytes, how: Recipe) -> list[TextChunk]:
    return list(FORMAT.read(BytesIO(data), how))


def rows(found: list[TextChunk]) -> list[tuple[str, ...]]:
    return [row for chunk in found for row in chunk.frame.drop("_row", "_line", "_lines").iter_rows()]


def account(found: list[TextChunk]) -> LineAccount:
    return sum((chunk.account for chunk in found), LineAccount())


def rejects(found: list[TextChunk]) -> list[tuple[int, int, str, str]]:
    return [(r.line, r.lines, r.rule, r.text) for chunk in found for r in chunk.rejects]


def test_keeps_every_value_as_it_stands():
    found = chunks(b'id,zip,note\n1,00501," x "\n2,12E4,"a ""b"""\n', recipe("id", "zip", "note"))

    assert rows(found) == [("1", "00501", " x "), ("2", "12E4", 'a "b"')]


def test_line_numbers_are_physical_lines_where_quoted_fields_span_several():
    found = chunks(b'a,b\n1,"x\ny\nz"\n2,w\n', recipe("a", "b"))

    assert [chunk.frame.select("_row", "_line", "_lines").rows() for chunk in found] == [[(1, 2, 3), (2, 5, 1)]]
    assert account(found) == LineAccount(total=5, header=1, loaded=4)


@pytest.mark.parametrize("bad", ["3", "3,4,5,6", "3,4,"])
def test_a_ragged_row_is_set_aside_with_its_line_and_text(bad):
    found = chunks(f"a,b,c,d,e\n1,2,3,4,5\n{bad}\n6,7,8,9,0\n".encode(), recipe(*"abcde"))

    assert rows(found) == [tuple("12345"), tuple("67890")]
    assert rejects(found) == [(3, 1, "ragged", bad)]
    assert account(found).balanced


def test_an_unclosed_quote_costs_one_row():
    lines = [f'{n},"text {n}",x' for n in range(1, 41)]
    lines[19] = '20,"never closed,x'
    found = chunks(("a,b,c\n" + "\n".join(lines) + "\n").encode(), recipe("a", "b", "c"))

    assert len(rows(found)) == 39
    assert rejects(found) == [(21, 1, "bad_quote", '20,"never closed,x')]
    assert account(found) == LineAccount(total=41, header=1, loaded=39, quarantined=1)


def test_an_unclosed_quote_without_any_later_quote_costs_one_row():
    found = chunks(b'a,b\n1,"open\n2,x\n3,y\n', recipe("a", "b"))

    assert rows(found) == [("2", "x"), ("3", "y")]
    assert rejects(found) == [(2, 1, "bad_quote", '1,"open')]


def test_an_unclosed_quote_that_swallows_rows_up_to_the_next_quote_costs_one_row():
    found = chunks(b'a,b,c\n1,"open,x\n2,y,z\n3,"q",x\n4,"q",r\n', recipe("a", "b", "c"))

    assert ("2", "y", "z") in rows(found)
    assert ("4", "q", "r") in rows(found)
    assert account(found).balanced


def test_a_quote_inside_an_unquoted_field_is_a_character():
    found = chunks(b'a,b\n1,5" pipe\n2,"x"\n', recipe("a", "b"))

    assert rows(found) == [("1", '5" pipe'), ("2", "x")]


def test_text_behind_a_closing_quote_is_set_aside_instead_of_changed():
    found = chunks(b'a,b\n1,"x"y\n2,z\n', recipe("a", "b"))

    assert rows(found) == [("2", "z")]
    assert rejects(found) == [(2, 1, "bad_quote", '1,"x"y')]


def test_only_the_row_with_undecodable_bytes_is_set_aside():
    found = chunks(b"a,b\n1,x\n2,\xff\n3,z\n", recipe("a", "b"))

    assert rows(found) == [("1", "x"), ("3", "z")]
    assert rejects(found) == [(3, 1, "not_text", "2,\\xff")]


def test_only_the_row_with_a_nul_byte_is_set_aside():
    found = chunks(b"a,b\n1,x\n2,y\0\n3,z\n", recipe("a", "b"))

    assert rows(found) == [("1", "x"), ("3", "z")]
    assert [rule for _, _, rule, _ in rejects(found)] == ["not_text"]


def test_a_byte_that_cp1252_does_not_know_costs_its_row():
    found = chunks(b"a,b\n1,\xe9\n2,\x81\n", recipe("a", "b", encoding="cp1252"))

    assert rows(found) == [("1", "é")]
    assert [line for line, _, _, _ in rejects(found)] == [3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be", "utf-16"])
def test_reads_the_encoding_of_the_recipe(encoding):
    data = "name,city\nZoë,Köln\n".encode(encoding)

    assert rows(chunks(data, recipe("name", "city", encoding=encoding))) == [("Zoë", "Köln")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one_line(end):
    data = end.join(["a,b", "1,x", "", '2,"y"', ""]).encode()
    found = chunks(data, recipe("a", "b"))

    assert rows(found) == [("1", "x"), ("2", "y")]
    assert account(found) == LineAccount(total=4, header=1, blank=1, loaded=2)


def test_mixed_line_ends_are_counted_one_by_one():
    found = chunks(b"a,b\r\n1,x\n2,y\r3,z\r\n", recipe("a", "b"))

    assert rows(found) == [("1", "x"), ("2", "y"), ("3", "z")]
    assert account(found) == LineAccount(total=4, header=1, loaded=3)


def test_a_line_end_inside_quotes_stays_what_it_was():
    found = chunks(b'a,b\r\n1,"x\r\ny"\r\n', recipe("a", "b"))

    assert rows(found) == [("1", "x\r\ny")]


def test_preamble_comments_and_blank_lines_have_their_own_place():
    data = b"Report\n\n# made today\na,b\n1,x\n# middle\n\n2,y\n"
    found = chunks(data, recipe("a", "b", preamble_lines=1, comment="#"))

    assert rows(found) == [("1", "x"), ("2", "y")]
    assert account(found) == LineAccount(total=8, preamble=1, blank=2, comment=2, header=1, loaded=2)


def test_without_a_header_the_first_line_is_a_row():
    found = chunks(b"1,x\n2,y\n", recipe("c1", "c2", has_header=False))

    assert rows(found) == [("1", "x"), ("2", "y")]
    assert account(found) == LineAccount(total=2, loaded=2)


def test_columns_in_another_order_are_matched_by_their_header():
    assert rows(chunks(b"b,a\nx,1\n", recipe("a", "b"))) == [("1", "x")]


@pytest.mark.parametrize(("header", "missing", "added"), [("a,c", "missing: b", "new: c"), ("a", "missing: b", "")])
def test_another_header_is_refused_by_name(header, missing, added):
    with pytest.raises(HeaderMismatchError) as refused:
        chunks(f"{header}\n1,2\n".encode(), recipe("a", "b"))

    assert missing in refused.value.message
    assert added in refused.value.message


def test_a_header_alone_is_accounted_for():
    found = chunks(b"a,b\n", recipe("a", "b"))

    assert rows(found) == []
    assert account(found) == LineAccount(total=1, header=1)


def test_no_header_at_all_is_an_empty_file():
    with pytest.raises(EmptyFileError):
        chunks(b"\n\n", recipe("a", "b"))


def test_an_open_quote_in_the_header_is_refused():
    with pytest.raises(UnreadableFileError):
        chunks(b'a,"b\n1,2\n', recipe("a", "b"))


SIGNS = {"delimiter": "|", "escape": "|"}


@pytest.mark.parametrize("wrong", [{"encoding": "no-such"}, {"delimiter": 'a"'}, {"delimiter": "\n"}, SIGNS])
def test_a_recipe_that_cannot_work_is_a_spec_error(wrong):
    with pytest.raises(SpecError):
        chunks(b"a,b\n", recipe("a", "b", **wrong))


def test_the_original_text_of_a_row_can_be_asked_for():
    (chunk,) = chunks(b'a,b\r\n1,"x\r\ny"\r\n2,z\r\n', recipe("a", "b"))

    assert chunk.original([1, 0]) == ["2,z", '1,"x\r\ny"']


def test_a_record_longer_than_the_limit_costs_its_first_line():
    data = b'a,b\n1,"' + (b"x" * 1000 + b"\n") * 1_200 + b"2,y\n"
    found = chunks(data, recipe("a", "b", chunk_bytes=256 * 1024))

    assert rows(found) == [("2", "y")]
    assert account(found).balanced


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=40)
)


@settings(deadline=None)
@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|^~"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    repeat=st.integers(1, 30),
)
def test_any_table_of_text_comes_back_as_it_was_written(table, delimiter, end, quoting, repeat):
    names = [f"c{number}" for number in range(len(table[0]))]
    if any("\r" in value for row in table for value in row):  # Python's writer leaves a lone CR unquoted otherwise
        quoting = csv.QUOTE_ALL
    target = StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([names, *table * repeat])
    found = chunks(target.getvalue().encode(), recipe(*names, delimiter=delimiter))

    expected = [tuple(row) for row in table * repeat]
    assert rows(found) == expected
    assert account(found).balanced
    assert account(found).quarantined == 0


@settings(deadline=None, max_examples=30)
@given(table=TABLES, repeat=st.integers(20, 40))
def test_reading_can_go_on_at_every_chunk(table, repeat):
    names = [f"c{number}" for number in range(len(table[0]))]
    target = StringIO(newline="")
    csv.writer(target, quoting=csv.QUOTE_ALL).writerows([names, *table * repeat])
    data, how = target.getvalue().encode(), recipe(*names)
    found = chunks(data, how)

    for index, chunk in enumerate(found):
        resumed = list(FORMAT.read(BytesIO(data), how, start=chunk.start))
        assert rows(resumed) == rows(found[index:])
        assert resumed[-1].end == found[-1].end


@settings(deadline=None)
@given(
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([b'"', b",", b"\xff", b"\0", b"x"])), max_size=6)
)
def test_damage_never_changes_the_values_of_an_undamaged_row(damage):
    lines = [f'{n:06d},"text, {n}",{n * 7}'.encode() for n in range(60)]
    hit = set()
    for where, byte in damage:
        number = where % len(lines)
        at = where % (len(lines[number]) + 1)
        lines[number] = lines[number][:at] + byte + lines[number][at:]
        hit.add(number)
    found = chunks(b"a,b,c\n" + b"\n".join(lines) + b"\n", recipe("a", "b", "c"))

    whole = {(f"{n:06d}", f"text, {n}", str(n * 7)) for n in range(60) if n not in hit}
    assert account(found).balanced
    assert whole - set(rows(found)) == set() or len(damage) > 1
    clean = [row for row in rows(found) if row[0].isdigit() and len(row[0]) == 6 and int(row[0]) not in hit]
    assert set(clean) <= whole
