"""A file that a dataset of text cannot read because it is no text says so, not that its columns are others."""

import io
import random

import pytest

from hestia_assets.core.errors import HeaderMismatchError, UnreadableFileError
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats.csv import FORMAT

RECIPE = Recipe(columns=(Column(source="id", name="id"), Column(source="city", name="city")))


def read(data: bytes) -> None:
    list(FORMAT.read(io.BytesIO(data), RECIPE))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR,\n1,2\n", "picture"), (random.Random(1).randbytes(5_000), "no text")],
    ids=["picture", "noise"],
)
def test_bytes_that_are_no_text_are_said_to_be_so(data: bytes, said: str):
    with pytest.raises(UnreadableFileError, match=said):
        read(data)


@pytest.mark.parametrize("data", [b"name,town\n1,Leeds\n", b"PK\x03\x04 a workbook,\n1,2\n"], ids=["text", "workbook"])
def test_text_and_workbooks_of_other_columns_are_told_apart_by_their_columns(data: bytes):
    with pytest.raises(HeaderMismatchError):
        read(data)


def test_a_header_of_odd_signs_is_shown_without_them():
    error = HeaderMismatchError(missing=["id"], added=["a\x01b"])

    assert "a\ufffdb" in error.message
