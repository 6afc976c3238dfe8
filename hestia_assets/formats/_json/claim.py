"""Is it JSON, and is it one document or one object per line? Told by the first bytes."""

import codecs
import json
from enum import Enum

from hestia_assets.formats._json.values import ExactDecoder, FaultError

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16's mark does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LINES_SUFFIXES = (".ndjson", ".jsonl", ".ldjson")
TRIED_LINES = 20
HEAD_BYTES = 64 * 1024
"""A shorter head is the whole file."""


class Layout(Enum):
    """What the first bytes look like."""

    DOCUMENT = "document"
    LINES = "lines"
    EITHER = "either"
    NEITHER = "neither"


def encoding_of(head: bytes) -> tuple[str, str]:
    """The encoding and the reason: a mark, zero bytes as in UTF-16 and UTF-32, or UTF-8, which is JSON's own."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, "The file begins with this encoding's byte-order mark."
    if len(head) >= 4 and head[:4].count(0) == 3 and (head[0] or head[3]):
        return ("utf-32-le" if head[0] else "utf-32-be"), "Three of four bytes are zero, as in UTF-32 text."
    if len(head) >= 4 and (head[0] == 0) != (head[1] == 0):
        return ("utf-16-be" if head[0] == 0 else "utf-16-le"), "Every other byte is zero, as in UTF-16 text."
    return "utf-8", "JSON is UTF-8 unless its first bytes say otherwise."


def layout(head: bytes, *, file_name: str) -> Layout:
    """One document, one object per line, either (the first line is longer than ``head``), or no JSON."""
    text = head.decode(encoding_of(head)[0], "replace").removeprefix("\ufeff")
    start = text.lstrip(" \t\r\n")
    if start[:1] == "[":
        return Layout.DOCUMENT
    if start[:1] != "{":
        return Layout.NEITHER
    by_name = file_name.lower().endswith(LINES_SUFFIXES)
    try:
        end = ExactDecoder().decode(start, 0, final=len(head) < HEAD_BYTES).end
    except FaultError as fault:
        if fault.reason != "more":
            return Layout.LINES if _has_object_line(start) else Layout.DOCUMENT
        return Layout.DOCUMENT if "\n" in start else Layout.EITHER
    between, _, rest = start[end:].partition("\n")
    on_one_line = "\n" not in start[:end] and not between.strip()
    if on_one_line and (rest.strip() or by_name):
        return Layout.LINES
    return Layout.LINES if not on_one_line and _has_object_line(rest) and by_name else Layout.DOCUMENT


def _has_object_line(text: str) -> bool:
    return any(_is_object(line) for line in text.split("\n")[:TRIED_LINES])


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
