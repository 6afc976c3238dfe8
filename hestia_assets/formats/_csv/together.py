r"""Delimiters that more than one sign makes: ``||``, ``~|~``, ``, `` before a quote, a tab written as ``\t``."""

import re
from collections import Counter
from itertools import pairwise

from hestia_assets.formats._csv.evidence import NEARLY_ALL, SNIFF_BYTES, consistency

QUOTED = re.compile(rb'"[^"]*+"')
RUN = re.compile(r"[^\w\s\"'.\-]{2,8}|\t{2,8}|\\t")
NEVER_DOUBLED = (",", ";")
"""Two of them enclose an empty value."""
WITH_DIFFERENT_ENDS = ("\\t", "<>", "><", "[]", "][", "{}", "}{", "()", ")(")
SPACED = (",", ";", "|")
WRAPPED = {quote: re.compile(rb"%b(?:[^%b]|%b%b)*+%b" % ((quote.encode(),) * 5)) for quote in "\"'"}
LONGEST = 8
FEWEST = 4
"""Wrapped values that tell what stands between them."""


def long_delimiter(body: bytes) -> str:
    """Several signs that nearly always stand together, or where they do not, divide the lines better than one."""
    bare = QUOTED.sub(b"", body)
    lines = [line.decode("utf-8", "replace") for line in bare.splitlines() if line.strip()]
    found = Counter(part for line in lines[:50] for run in RUN.findall(line) for part in set(_parts(run)))
    most = max(found.values(), default=0)
    for part in sorted((part for part, count in found.items() if count * 2 >= most), key=len, reverse=True):
        if len(lines) < 2 or consistency(body, part, '"') < NEARLY_ALL:
            continue
        together = sum(line.count(part) for line in lines)
        signs = {sign for sign in part if not sign.isalnum()}
        alone = sum(line.replace(part, "").count(sign) for line in lines for sign in signs)
        if part.startswith("\t") and together < 2 * len(lines):  # one of them is an empty value
            continue
        if part not in lines[0] and any(sign in lines[0] and consistency(body, sign, '"') >= 1 for sign in signs):
            continue  # the names show it: a column between two of the signs is always empty
        if alone * 10 <= together or (part in lines[0] and _divides_better(body, part, together, alone)):
            return part
    return ""


def _divides_better(body: bytes, part: str, together: int, alone: int) -> bool:
    """Whether the signs together divide the lines alike and a single one does not, or only beside empty values."""
    single = max(consistency(body, sign, '"') for sign in set(part))
    return alone < together if single >= NEARLY_ALL else consistency(body, part, '"') > single


def _parts(run: str) -> list[str]:
    """The run and its beginnings that may divide: behind a delimiter a value may begin with a sign."""
    return [run[:end] for end in range(2, len(run) + 1) if _is_one(run[:end])]


def _is_one(part: str) -> bool:
    """Whether signs that stand together are one delimiter: ``|+`` is a delimiter and a value that begins with +."""
    if part.startswith(NEVER_DOUBLED) or part in WITH_DIFFERENT_ENDS:
        return part in WITH_DIFFERENT_ENDS
    return part[0] == part[-1]


def between_quotes(body: bytes) -> tuple[str, str]:
    """What always stands between two wrapped values where every value is wrapped, and the quote; else nothing."""
    for quote, pattern in WRAPPED.items():
        found = list(pattern.finditer(body))
        if len(found) < FEWEST or body[: found[0].start()].strip():
            continue
        gaps = [body[one.end() : two.start()] for one, two in pairwise(found)]
        rest = body[found[-1].end() :].strip()
        signs = Counter(gap for gap in gaps if not (b"\n" in gap or b"\r" in gap) or gap.strip())
        gap, count = signs.most_common(1)[0] if signs else (b"", 0)
        whole = count == signs.total() and (not rest or len(body) >= SNIFF_BYTES)
        sign = gap.decode("utf-8", "replace").lstrip(" ") or " "
        if whole and _may_divide(sign, gap) and consistency(body, sign, quote) >= NEARLY_ALL:
            return sign, quote
    return "", ""


def _may_divide(sign: str, gap: bytes) -> bool:
    return 0 < len(gap) <= LONGEST and (sign == "\\t" or not re.search(r"[\w\"']", sign))


def with_a_blank(body: bytes, sign: str) -> str:
    """The sign and a blank, where every sign between values has one and quotes open behind it; else nothing."""
    spaced = sign + " "
    bare = QUOTED.sub(b"", body)
    signs = len(re.findall(re.escape(sign.encode()) + rb"(?![\r\n])", bare))
    spaces = sign in SPACED and bare.count(spaced.encode()) * 10 >= signs * 9
    opens = spaces and spaced.encode() + b'"' in body
    return spaced if opens and consistency(body, spaced, '"') >= NEARLY_ALL else ""
