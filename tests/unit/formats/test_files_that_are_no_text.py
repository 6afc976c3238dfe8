"""Bytes that are no text, or not quite, and headers that do not fit: told in words, never guessed away."""

import random
from io import BytesIO

import pytest

from hestia_assets.core.errors import HeaderMismatchError, UnreadableFileError
from hestia_assets.core.results import LineAccount
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import matched, text_columns
from hestia_assets.formats._text.encoding import guess_encoding
from hestia_assets.formats.csv import FORMAT as CSV


@pytest.mark.parametrize("begin", [b"", b"MZ", b"id,name\n"])
def test_packed_or_encrypted_bytes_are_no_table(begin: bytes):
    with pytest.raises(UnreadableFileError, match="control signs"):
        CSV.inspect(BytesIO(begin + random.Random(1).randbytes(20_000)), file_name="x.csv")


@pytest.mark.parametrize("sign", ["\x01", "\x1f", "\x1e"])
def test_a_control_sign_may_divide_columns(sign: str):
    found = CSV.inspect(BytesIO("".join(f"{i}{sign}a{i}{sign}b\n" for i in range(50)).encode()), file_name="x.txt")

    assert len(found.recipe.columns) == 3


def test_a_sign_in_two_halves_is_set_aside_and_makes_no_other_encoding():
    data = b"id,n\n1,\xed\xa0\xbd\xed\xb8\x80\n2,b\n3,M\xc3\xbcller\n"
    recipe = CSV.inspect(BytesIO(data), file_name="x.csv").recipe
    account = sum((chunk.account for chunk in CSV.read(BytesIO(data), recipe)), LineAccount())

    assert recipe.encoding == "utf-8"
    assert (account.loaded, account.quarantined) == (2, 1)


def test_cp1252_with_a_capital_i_acute_before_a_blank_is_no_half_sign():
    assert guess_encoding(BytesIO("n\ní \x80\nMüller\n".encode("cp1252", "replace")), file_name="x.csv").name != "utf-8"


def test_a_header_that_names_a_column_twice_says_which():
    recipe = Recipe(columns=text_columns(["id", "name"]))

    with pytest.raises(HeaderMismatchError, match="more than once: name"):
        matched(["id", "name", "name"], recipe)


def test_a_header_with_thousands_of_new_columns_names_a_few_of_them():
    recipe = Recipe(columns=text_columns(["id"]))

    with pytest.raises(HeaderMismatchError, match="and 49,980 more") as raised:
        matched(["id", *(f"c{number}" for number in range(50_000))], recipe)
    assert len(raised.value.message) < 2_000


def test_a_header_longer_than_a_sample_is_read_whole():
    lines = [",".join(f"column_number_{i}" for i in range(20_000)), *(",".join(["7"] * 20_000) for _ in range(3))]
    data = "\n".join(lines).encode()
    recipe = CSV.inspect(BytesIO(data), file_name="x.csv").recipe
    account = sum((chunk.account for chunk in CSV.read(BytesIO(data), recipe)), LineAccount())

    assert len(recipe.columns) == 20_000
    assert (account.header, account.loaded) == (1, 3)


def test_a_first_line_without_an_end_is_no_header():
    with pytest.raises(UnreadableFileError, match="first line is longer than 4 MiB"):
        CSV.inspect(BytesIO(b"a,b," * 2_000_000), file_name="x.csv")
