"""A place in a JSON text that is read a stretch at a time; values are decoded one by one."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from hestia_assets.formats._json.values import MORE, RECORD_LIMIT, Decoded, ExactDecoder, FaultError
from hestia_assets.formats._text.source import blocks

BLOCK_BYTES = 1024 * 1024
MOST_LEVELS = 200
SPACE = re.compile(r"[ \t\n\r]*")


class Cursor:
    """Reads forward through a JSON text; bytes that are no text stay in it as lone surrogates.

    ``index`` is where it stands in ``text``, ``offset`` the same in UTF-8 bytes of the file.
    """

    def __init__(self, source: BinaryIO, encoding: str, *, offset: int = 0, line: int = 1) -> None:
        self._stream = blocks(source, encoding, offset=offset, size=BLOCK_BYTES)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._exact = ExactDecoder()
        self.text, self.index, self._final = "", 0, False
        self._offset, self._offset_index = offset, 0
        self._line, self._line_index, self._line_start = line, 0, 0
        self._levels = 0

    def peek(self) -> str:
        """The next sign that is no space, or nothing at the end."""
        while True:
            self.index = SPACE.match(self.text, self.index).end()  # type: ignore[union-attr] - it matches anywhere
            if self.index < len(self.text):
                return self.text[self.index]
            if self._final:
                return ""
            self._fill()

    def value(self) -> Decoded:
        """Decode the value here and step behind it. Raises FaultError: it is no JSON, or too large."""
        return self.sized_value()[0]

    def sized_value(self) -> tuple[Decoded, int]:
        """The same, and the index where the value begins in the text as it now is."""
        self.peek()
        while True:
            first = self.index
            try:
                found = self._exact.decode(self.text, first, final=self._final)
            except FaultError as fault:
                if fault.reason != MORE:
                    raise
                self._refuse_giants()
                self._fill()
                continue
            self.index = found.end
            return found, first

    def members(self, *, entered: bool = False) -> Iterator[str]:
        """Step through an object: each key, the cursor before its value, which the caller takes.

        ``entered``: the cursor stands inside it already, behind a value.
        """
        self._enter("}", entered=entered)
        while self.peek() != "}":
            if self.peek() != '"':
                raise self.fault("a name in double quotes is expected here")
            key = self.value().value
            self._sign(":", "a colon is expected here")
            yield key
            if self.peek() == ",":
                self._comma("}", "a name is expected behind the comma")
            elif self.peek() != "}":
                raise self.fault("a comma or the end of the object is expected here")
        self._leave()

    def elements(self, *, entered: bool = False) -> Iterator[None]:
        """Step through a list: the cursor before each element, which the caller takes."""
        self._enter("]", entered=entered)
        while self.peek() != "]":
            yield
            if self.peek() == ",":
                self._comma("]", "a value is expected behind the comma")
            elif self.peek() != "]":
                raise self.fault("a comma or the end of the list is expected here")
        self._leave()

    def skip(self) -> None:
        """Step over a value of any size, a piece at a time."""
        sign = self.peek()
        if sign == "{":
            for _ in self.members():
                self.skip()
        elif sign == "[":
            for _ in self.elements():
                self.value() if self.peek() not in "[{" else self._skip_element()
        else:
            self.value()

    def _skip_element(self) -> None:
        """Decode what is small, walk through what is large."""
        try:
            self.index = self._exact.decode(self.text, self.index, final=self._final).end
        except FaultError as fault:
            if fault.reason != MORE:
                raise
            self.skip()

    def at_end(self) -> None:
        """Nothing but space may follow. Raises FaultError."""
        sign = self.peek()
        if sign and sign in "{[":
            raise self.fault("a second value follows; several records need a list around them, or each its own line")
        if sign:
            raise self.fault("the document has ended, but text follows")

    def fault(self, reason: str) -> FaultError:
        """A fault at the place where the cursor stands."""
        ended = self.index >= len(self.text) and self._final
        return FaultError(self.index, "the text ends here, too early" if ended else reason)

    def line(self, index: int | None = None) -> int:
        """The physical line of an index; indices only grow."""
        at = self.index if index is None else index
        if at > self._line_index:
            count = self.text.count("\n", self._line_index, at)
            if count:
                self._line += count
                self._line_start = self.text.rfind("\n", 0, at) + 1
            self._line_index = at
        return self._line

    def column(self, index: int) -> int:
        """The place within the line; ask for the line first."""
        return index - self._line_start + 1

    @property
    def offset(self) -> int:
        """Bytes of the file before the cursor."""
        passed = self.text[self._offset_index : self.index]
        self._offset += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogateescape"))
        self._offset_index = self.index
        return self._offset

    def rest(self, limit: int) -> str:
        """What follows, up to ``limit`` characters."""
        while len(self.text) - self.index < limit and not self._final:
            self._fill()
        return self.text[self.index : self.index + limit]

    def _sign(self, sign: str, reason: str) -> None:
        if self.peek() != sign:
            raise self.fault(reason)
        self.index += 1

    def _comma(self, closing: str, reason: str) -> None:
        self.index += 1
        if self.peek() in (closing, ""):
            raise self.fault(reason)

    def _enter(self, closing: str, *, entered: bool) -> None:
        self._levels += 1
        if self._levels > MOST_LEVELS:
            raise self.fault("lists and objects are nested too deeply")
        if not entered:
            self.index += 1
        elif self.peek() == ",":
            self._comma(closing, "more is expected behind the comma")

    def _leave(self) -> None:
        self._levels -= 1
        self.index += 1

    def _refuse_giants(self) -> None:
        if len(self.text) - self.index > RECORD_LIMIT:
            raise FaultError(self.index, f"one record is larger than {RECORD_LIMIT // 1024 // 1024} MiB")

    def _fill(self) -> None:
        """At least as much again as is left, so that looking again and again costs no more than looking twice."""
        _ = self.line(), self.offset
        left = self.text[self.index :]
        pieces, more, wanted = [left], 0, max(len(left), 1)
        while more < wanted and not self._final:
            block, self._final = next(self._stream)
            piece = self._decoder.decode(block, final=self._final)
            pieces.append(piece)
            more += len(piece)
        self._line_start -= self.index
        self.text, self.index, self._offset_index, self._line_index = "".join(pieces), 0, 0, 0
