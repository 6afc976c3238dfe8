"""Candidates from how texts are written: their shape, their length, and kinds of text that rules know."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from hestia_assets.domains.profiling.suggesting.seen import BORNE, LEAST, Candidate, Seen
from hestia_assets.domains.profiling.suggesting.values import FEW

KINDS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("iban", {}, "valid IBANs"),
    ("vat_number", {"country": "EU"}, "valid VAT numbers"),
    ("email", {}, "e-mail addresses"),
    ("url", {}, "web addresses"),
    ("phone", {}, "phone numbers with their country"),
    ("iso_country", {"code": "alpha-2"}, "ISO country codes"),
    ("iso_country", {"code": "alpha-3"}, "ISO country codes"),
    ("iso_currency", {}, "ISO currency codes"),
    ("iso_language", {}, "ISO language codes"),
)
"""Rules about kinds of text, the one that says most first: a column gets one of them."""

KIND_RULES = frozenset(rule for rule, _, _ in KINDS)
LONGEST = 40
MOST_RUNS = 9
SIGNS = {"9": r"\d", "A": "[A-Z]", "a": "[a-z]"}


def shape_candidates(seen: Seen) -> Iterator[Candidate]:
    """Those of every column of texts."""
    for column in seen.columns:
        values = seen.values(column.name)
        if values.dtype != pl.String or values.len() < LEAST:
            continue
        kinds = list(_kinds(seen, column.name))
        yield from kinds
        shaped = [] if seen.distinct(column.name) <= FEW else list(_shaped(seen, column.name, values))
        yield from shaped
        if not shaped and seen.distinct(column.name) > FEW:
            yield from _long(seen, column.name, values)


def _kinds(seen: Seen, name: str) -> Iterator[Candidate]:
    """Told by the rules themselves when they are judged; a column gets the first that it passes."""
    for rule, params, words in KINDS:
        for found in seen.candidate(rule, (name,), "", sure=0.88, params=params):
            yield replace(found, kind=words)


def _shaped(seen: Seen, name: str, values: pl.Series) -> list[Candidate]:
    """Runs of digits, capitals or small letters; the number of signs in each may vary where enough else is fixed."""
    shapes = _shape(values)
    exact = shapes.value_counts(name="_rows", sort=True)
    top, rows = str(exact[name][0]), int(exact["_rows"][0])
    if rows >= (1 - BORNE) * values.len() and 1 < len(top) <= LONGEST and re.search(r"9|[^\w\s]", top):
        pattern, example = _pattern(top), str(values.filter(shapes == top)[0])
        signs = "A: capital, a: small letter, 9: digit"
        evidence = f"{rows:,} of {values.len():,} values look like {top} ({signs}), such as {example}."
        return seen.candidate("matches", (name,), evidence, sure=0.8, warn=True, params={"pattern": pattern})
    runs = shapes.str.replace_all("9+", "9").str.replace_all("A+", "A").str.replace_all("a+", "a")
    loose = runs.value_counts(name="_rows", sort=True)
    top, rows = str(loose[name][0]), int(loose["_rows"][0])
    if rows < (1 - BORNE) * values.len() or not 2 < len(top) <= MOST_RUNS or not re.search(r"[^\w\s]", top):
        return []
    pattern, example = _runs(top, values.filter(runs == top)), str(values.filter(runs == top)[0])
    evidence = f"{rows:,} of {values.len():,} values are written like {example}."
    return seen.candidate("matches", (name,), evidence, sure=0.65, warn=True, params={"pattern": pattern})


def _long(seen: Seen, name: str, values: pl.Series) -> list[Candidate]:
    lengths = values.str.len_chars().value_counts(name="_rows", sort=True)
    length, rows = int(lengths[name][0]), int(lengths["_rows"][0])
    if rows < (1 - BORNE) * values.len():
        return []
    evidence = f"{rows:,} of {values.len():,} values have {length} characters."
    return seen.candidate("length", (name,), evidence, sure=0.7, warn=True, params={"min": length, "max": length})


def _shape(values: pl.Series) -> pl.Series:
    return values.str.replace_all("[a-z]", "a").str.replace_all("[A-Z]", "A").str.replace_all("[0-9]", "9")


def _pattern(shape: str) -> str:
    """The regular expression of one shape."""
    parts: list[str] = []
    for run in re.finditer(r"(.)\1*", shape, re.DOTALL):
        sign, count = run[1], len(run[0])
        piece = SIGNS.get(sign) or re.escape(sign)
        parts.append(piece if count == 1 else f"{piece}{{{count}}}")
    return "".join(parts)


def _runs(shape: str, values: pl.Series) -> str:
    """The regular expression of runs, each as long as it was seen at least and at most."""
    split = "".join(f"({SIGNS[sign]}+)" if sign in SIGNS else re.escape(sign) for sign in shape)
    groups = values.str.extract_groups(f"^{split}$").struct.unnest()
    lengths = [(group.str.len_chars().min(), group.str.len_chars().max()) for group in groups.iter_columns()]
    parts: list[str] = []
    for sign in shape:
        if sign not in SIGNS:
            parts.append(re.escape(sign))
            continue
        least, most = lengths.pop(0)
        parts.append(f"{SIGNS[sign]}{{{least}}}" if least == most else f"{SIGNS[sign]}{{{least},{most}}}")
    return "".join(parts)
