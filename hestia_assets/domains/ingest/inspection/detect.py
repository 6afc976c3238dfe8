"""Which format a file is in: its content decides, never its name alone."""

import re
from dataclasses import replace
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, ReadError, UnreadableFileError
from hestia_assets.core.ports import Claim, Format
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Inspection, Reason
from hestia_assets.domains.ingest.inspection.wrong_kinds import is_text, marked_kind, other_kind

HEAD_BYTES = 64 * 1024
BLOCK_BYTES = 1024 * 1024
BLANK = b" \t\r\n\x0b\x0c\x00"
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
STARTERS = (b"[", b"{", b"<")
"""A text that begins so is JSON or XML that broke, not a table."""

BRACKETED = re.compile(rb"(?:\[[^][{}<>,;|\t\r\n]+\]|\{[^][{}<>,;|\t\r\n\"]+\}|<[^][{}<>,;|\t\r\n]+>)[,;|\t]")
"""A first value in brackets, and a delimiter right behind it."""

PLAIN = "csv"
"""The format that takes any text in which it sees a table."""


def detect(formats: Registry[Format], source: BinaryIO, *, file_name: str) -> Inspection:
    """The recipe of the format that the file is in, with text columns.

    Raises:
        EmptyFileError: there are no bytes, or nothing but blanks.
        UnreadableFileError: it is another kind of file, or damaged.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if _is_blank(source, head):
        raise EmptyFileError(file_name)
    claims = {name: formats.get(name).claim(head, file_name=file_name) for name in formats.names()}
    sure = _claiming(claims, Claim.SURE)
    if not sure or is_text(head):  # somebody's own format may know bytes that ours do not; RTF begins like JSON
        _refuse(*marked_kind(head, file_name=file_name))
    for name in sure:
        try:
            return _inspected(formats, name, source, file_name)
        except ReadError as error:
            if not _begins_with_a_bracketed_name(formats, head, file_name):
                raise
            return _table_after_all(formats, source, file_name, error)
    _refuse(*other_kind(head, source, file_name=file_name))
    refusal: ReadError | None = None
    for name in _claiming(claims, Claim.NAMED):
        try:
            return _inspected(formats, name, source, file_name)
        except ReadError as error:
            if name == PLAIN:
                raise
            refusal = refusal or error
    if refusal is not None:
        if _start(head).startswith(STARTERS):
            raise refusal
        return _table_after_all(formats, source, file_name, refusal)
    for name in _claiming(claims, Claim.FALLBACK):
        return _inspected(formats, name, source, file_name)
    raise UnreadableFileError(f"{file_name} is in no format Hestia reads.", hint="Save the table as CSV.")


def _refuse(kind: str, hint: str) -> None:
    if kind:
        raise UnreadableFileError(kind, hint=hint)


def _claiming(claims: dict[str, Claim], claim: Claim) -> list[str]:
    return [name for name in sorted(claims) if claims[name] is claim]


def _inspected(formats: Registry[Format], name: str, source: BinaryIO, file_name: str) -> Inspection:
    source.seek(0)
    return formats.get(name).inspect(source, file_name=file_name)


def _begins_with_a_bracketed_name(formats: Registry[Format], head: bytes, file_name: str) -> bool:
    """Whether a text by its name begins ``[id],[name]`` as some databases write names, and no list or document."""
    named = file_name.lower().endswith(formats.get(PLAIN).suffixes)
    return named and BRACKETED.match(_start(head)) is not None


def _table_after_all(formats: Registry[Format], source: BinaryIO, file_name: str, refusal: ReadError) -> Inspection:
    """Plain text where name or first sign say otherwise, if it clearly is a table; else that format's refusal."""
    try:
        found = _inspected(formats, PLAIN, source, file_name)
    except ReadError:
        raise refusal from None
    if len(found.recipe.columns) < 2 or not _has_two_rows(formats, found, source):
        raise refusal
    why = f"Its name or first sign says otherwise, but that does not hold: {refusal.message}"
    return replace(found, reasons=(Reason("format", PLAIN, why), *found.reasons))


def _has_two_rows(formats: Registry[Format], found: Inspection, source: BinaryIO) -> bool:
    rows = 0
    for chunk in formats.get(found.recipe.format).read(source, found.recipe):
        rows += chunk.frame.height
        if rows >= 2:
            break
    return rows >= 2


def _start(head: bytes) -> bytes:
    for mark in MARKS:
        head = head.removeprefix(mark)
    return head.lstrip(BLANK)


def _is_blank(source: BinaryIO, head: bytes) -> bool:
    """Whether the file holds nothing but blanks; most files tell by their first bytes."""
    if _start(head):
        return False
    while block := source.read(BLOCK_BYTES):
        if block.strip(BLANK):
            return False
    return True
