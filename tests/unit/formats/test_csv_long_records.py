"""Records longer than a chunk: what is read never depends on where the chunks end."""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.results import LineAccount
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats._csv import careful as csv_careful
from hestia_assets.formats.csv import FORMAT

MEGABYTE = 1024 * 1024
WHOLE = 256 * MEGABYTE


def recipe(*names: str, **options: object) -> Recipe:
    columns = tuple(Column(source=name, name=name) for name in names)
    return Recipe.model_validate({"columns": columns, **options})


def read(data: bytes, how: Recipe) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], LineAccount]:
    """Rows with their places, rejects, the account."""
    found = list(FORMAT.read(BytesIO(data), how))
    rows = [row for chunk in found for row in chunk.frame.iter_rows()]
    rejects = [(r.row, r.line, r.lines, r.rule, r.text) for chunk in found for r in chunk.rejects]
    return rows, rejects, sum((chunk.account for chunk in found), LineAccount())


def outcome(data: bytes, how: Recipe) -> object:
    try:
        return read(data, how)
    except UnreadableFileError as error:
        return error.message


@pytest.fixture
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_careful, "RECORD_LIMIT", 4096)


def test_quoted_texts_of_more_than_a_megabyte_are_rows_in_every_chunk():
    text = b"line of text\n" * (1_400_000 // 13)
    data = b"id,text\n" + b"".join(b'%d,"%s"\n' % (n, text) for n in range(20))
    rows, rejects, account = read(data, recipe("id", "text"))

    assert [row[0] for row in rows] == [str(n) for n in range(20)]
    assert {row[1] for row in rows} == {text.decode()}
    assert rejects == []
    assert account.balanced


def test_lines_inside_a_long_quoted_text_are_never_rows():
    text = b"0.123,\n" * (2_000_000 // 7)
    data = b"id,text\n" + b"".join(b'%d,"%s"\n' % (n, text) for n in range(20))
    rows, rejects, _ = read(data, recipe("id", "text"))

    assert len(rows) == 20
    assert rejects == []


def test_long_lines_without_quotes_are_not_cut_where_the_buffer_ends():
    data = b"id,text\n" + b"".join(b"%d,%s\n%d\n" % (n, b"x" * 1_800_000, n) for n in range(40))
    rows, rejects, account = read(data, recipe("id", "text"))

    assert len(rows) == 40
    assert [reject[3] for reject in rejects] == ["ragged"] * 40
    assert account.balanced


def test_a_record_longer_than_a_chunk_is_read_whole():
    data = b'id,text\n1,"' + b"x\n" * 50_000 + b'"\n2,y\n'
    rows, _, account = read(data, recipe("id", "text", chunk_bytes=1024))

    assert [(row[0], len(str(row[1]))) for row in rows] == [("1", 100_000), ("2", 1)]
    assert account.balanced


def test_a_header_longer_than_a_megabyte_is_read_whole():
    name = "x" * 100 + "\n" + "y" * 3 * MEGABYTE
    data = f'id,"{name}"\n1,2\n'.encode()
    how = Recipe(columns=(Column(source="id", name="id"), Column(source=name, name="long")), chunk_bytes=1024)

    assert read(data, how)[0] == [("1", "2", 1, 3, 1)]


@pytest.mark.usefixtures("short_limit")
@pytest.mark.parametrize("chunk_bytes", [1024, 3000, WHOLE])
def test_an_open_quote_costs_its_line_once_the_limit_is_reached(chunk_bytes):
    data = b'a,b\n1,"' + (b"x" * 100 + b"\n") * 50 + b'2,y\n3,""\n4,""""\n'
    rows, rejects, account = read(data, recipe("a", "b", chunk_bytes=chunk_bytes))

    assert [row[:2] for row in rows] == [("2", "y"), ("3", ""), ("4", '"')]
    assert len(rejects) == 50
    assert account.balanced


@pytest.mark.usefixtures("short_limit")
@pytest.mark.parametrize("chunk_bytes", [1024, 3000, WHOLE])
def test_a_line_that_no_buffer_holds_is_refused(chunk_bytes):
    with pytest.raises(UnreadableFileError, match="line of more than"):
        read(b"a,b\n1," + b"x" * 5_000 + b"\n2,y\n", recipe("a", "b", chunk_bytes=chunk_bytes))


def test_an_open_quote_in_a_long_file_is_looked_at_a_few_times_only(monkeypatch: pytest.MonkeyPatch):
    seen = 0
    certain: Callable[..., csv_careful.Record | None] = csv_careful.certain_record

    def counting(data: bytes, *places: object, **options: object) -> csv_careful.Record | None:
        nonlocal seen
        seen += 1
        return certain(data, *places, **options)

    monkeypatch.setattr("hestia_assets.formats._csv.chunks.certain_record", counting)
    monkeypatch.setattr(csv_careful, "RECORD_LIMIT", 128 * 1024)
    data = b'a,b\n1,"open\n' + b'2,""\n' * 100_000
    rows, rejects, _ = read(data, recipe("a", "b", chunk_bytes=1024))

    assert (len(rows), len(rejects)) == (100_000, 1)
    assert seen < 50


BITS = st.one_of(
    st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "x", "é", "\ufeff", "\0", "# ", " ", "\t"]),
    st.sampled_from(['1,"two",3\n', "1,2,3\n", '1,"a\nb",3\r\n', '1,"a""b",3\n', '1,"a" ,3\n', "1,2\n", ",,\n"]),
    st.builds(lambda n, sign: sign * n, st.integers(200, 3000), st.sampled_from(["x", "\n", "y\n", "z,", '""'])),
    st.builds(lambda n: '1,"' + "line\n" * n + '",3\n', st.integers(100, 1200)),
    st.builds(lambda n: "1,2,3\n" * n, st.integers(20, 400)),
)


@pytest.mark.usefixtures("short_limit")
@settings(deadline=None, max_examples=150)
@given(
    bits=st.lists(BITS, max_size=25),
    chunk_bytes=st.integers(1024, 6000),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-16-le", "cp1252"]),
    width=st.sampled_from([1, 3]),
)
@example(bits=["x" * 1017, "\r\n", "1,2,3\n"], chunk_bytes=1024, encoding="utf-8", width=1)
@example(bits=["1,2," + "x" * 1018, '"', '"', ",3\n"], chunk_bytes=1024, encoding="utf-8", width=3)
def test_the_size_of_chunks_changes_nothing(bits, chunk_bytes, encoding, width):
    names = [f"c{number}" for number in range(width)]
    data = (",".join(names) + "\n" + "".join(bits)).encode(encoding, "ignore")
    how = recipe(*names, encoding=encoding, comment="#", chunk_bytes=chunk_bytes)
    whole = how.model_copy(update={"chunk_bytes": WHOLE})

    assert outcome(data, how) == outcome(data, whole)
    result = outcome(data, how)
    assert isinstance(result, str) or result[2].balanced
