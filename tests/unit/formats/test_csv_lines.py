"""Where lines and blocks end, however they lie across the blocks that are looked at."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.formats._csv import lines
from hestia_assets.formats._csv.window import line_blocks

TEXTS = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf"]), max_size=60).map(b"".join)


@given(text=TEXTS, block=st.integers(1, 9))
def test_lines_are_counted_and_found_as_splitting_finds_them(text, block):
    expected = text.split(b"\n")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", block)
        count, spans = lines.newlines(text), lines.spans_of(text, list(range(len(expected))))

    assert count == len(expected) - 1
    assert [text[start:end] for start, end in zip(*spans, strict=True)] == [
        line.removesuffix(b"\r") for line in expected
    ]


@given(text=TEXTS, size=st.integers(1, 40), offset=st.integers(0, 50))
def test_blocks_are_the_file_and_only_the_last_one_says_so(text, size, offset):
    found = list(line_blocks(io.BytesIO(text), "utf-8", offset=offset, size=size))

    assert b"".join(block for block, _ in found) == text.removeprefix(b"\xef\xbb\xbf")[offset:]
    assert [final for _, final in found] == [False] * (len(found) - 1) + [True]
    for before, after in pairwise(found):
        assert size <= len(before[0]) <= size + max(1, size // 4)
        assert not (before[0].endswith(b"\r") and after[0].startswith(b"\n"))


def test_a_block_ends_with_a_line_where_one_ends_soon():
    text = b"12345678\n" * 100

    found = list(line_blocks(io.BytesIO(text), "utf-8", offset=0, size=100))

    assert all(block.endswith(b"\n") for block, _ in found)
