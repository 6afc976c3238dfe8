"""Patterns of ECMA-262 as Rust means them."""

import polars as pl
import pytest

from hestia_assets.core.patterns import anywhere, from_ecma, is_ecma, whole

FOUND = [
    (r"^\d+$", "12", True),
    (r"^\d+$", "१२", False),
    (r"^\w$", "ä", False),
    (r"^[\w.-]+$", "a-b.c", True),
    (r"^[\w-]+$", "a b", False),
    (r"^[^\s]+$", "a\u00a0b", False),
    (r"\s", "\ufeff", True),
    (r"^[\S]$", " ", False),
    (r"^.$", "\u2028", False),
    (r"^[[a]$", "[", True),
    (r"^[a&&b]$", "&", True),
    (r"[]", "a", False),
    (r"^[^]$", "\n", True),
    (r"\bx\b", "äx", True),
    (r"[\b]", "\b", True),
    (r"\cJ", "\n", True),
    (r"\0", "\0", True),
    (r"^\ud83d\ude00$", "😀", True),
    (r"^\p{Letter}+$", "äö", True),
    (r"a$", "a\n", False),
    (r"\/\-", "/-", True),
]


@pytest.mark.parametrize(("pattern", "text", "found"), FOUND)
def test_finds_what_ecma_script_finds(pattern, text, found):
    assert pl.Series([text]).str.contains(from_ecma(pattern))[0] is found
    assert pl.Series([text]).str.contains(f"^(?:{whole(from_ecma(pattern))})$")[0] is found


@pytest.mark.parametrize("pattern", ["^a$", "a", "^a", "a$", "a|b", "^a|b$", r"a\$", r"^[a|b]$", "^(a|b)$", "", "^$"])
def test_a_pattern_comes_back_from_one_for_the_whole_value(pattern):
    texts = pl.Series(["a", "b", "ab", "ba", "xax", "a$", "|", "", "\n"])

    assert texts.str.contains(anywhere(whole(pattern))).to_list() == texts.str.contains(pattern).to_list()


def test_tells_what_only_rust_understands():
    assert all(is_ecma(from_ecma(pattern)) for pattern in (r"^[\w.-]+\d$", r"\s.", r"[[]", r"(?:a)(?<n>b)"))
    assert not any(map(is_ecma, ["(?i)a", r"\Aa", r"[a[^b]]", "[a&&b]", r"\x{1f600}", r"\pL"]))
