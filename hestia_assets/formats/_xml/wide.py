"""Names in letters that XML 1.0 allows since its fifth edition (w3.org/TR/xml, 2008) and expat does not know.

Each such sign of a document is replaced by one that stands nowhere in it and that expat takes, of as many bytes, and
put back in all that comes out: names, attributes, text. So places stay what they are.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

BLOCK_BYTES = 1024 * 1024
START = re.compile(
    "[\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]"
)
INSIDE = re.compile("[\xb7\u0300-\u036f\u203f\u2040]")
"""NameStartChar and what NameChar has beside it (productions 4 and 4a), without ASCII."""
REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
POOLS = {
    (True, 2): "\u0100-\u0130\u0400-\u045f",
    (True, 3): "\uac00-\ud7a3",
    (False, 2): "\u0300-\u0345",
    (False, 3): "\u0f90-\u0f95\u0f99-\u0fad",
}
"""Letters, and signs that only stand inside of names, by their bytes."""


@dataclass(frozen=True)
class WideNames:
    """What is replaced by what in one document."""

    there: dict[int, str]
    back: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, source: BinaryIO) -> "WideNames | None":
        """Read a document in UTF-8 to its end; None where there is nothing to replace, or too much."""
        signs = _signs(source)
        free = {kind: _free(pool, signs, "" if kind[0] else "a") for kind, pool in POOLS.items()}
        there: dict[int, str] = {}
        for sign in sorted(signs):
            if (is_start := bool(START.match(sign))) or INSIDE.match(sign):
                if _is_known(sign if is_start else f"a{sign}"):
                    continue
                size = len(sign.encode())
                found = next(free[is_start, min(size, 3)], None)
                if found is None:
                    return None
                there[ord(sign)] = found + "_" * (size - len(found.encode()))
        return cls(there, tuple((stand_in, chr(code)) for code, stand_in in there.items())) if there else None

    def blocks(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same bytes, cut between signs."""
        held = b""
        for block in blocks:
            data = held + block
            cut = next((n for n in range(1, min(4, len(data)) + 1) if data[-n] & 0xC0 == 0xC0), 0)
            whole = len(data) if not cut or _is_whole(data[-cut:]) else len(data) - cut
            held = data[whole:]
            yield data[:whole]
        if held:
            yield held

    def replaced(self, block: bytes) -> bytes:
        """A block as expat gets it."""
        return block.decode("utf-8", "surrogateescape").translate(self.there).encode("utf-8", "surrogateescape")

    def restored(self, text: str) -> str:
        """What expat gave, as it stands in the document."""
        if not text.isascii():
            for stand_in, sign in self.back:
                text = text.replace(stand_in, sign)
        return text


def _signs(source: BinaryIO) -> set[str]:
    """All signs of a document that are not ASCII, those written as numbers too."""
    signs, tail = set[str](), ""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    source.seek(0)
    while block := source.read(BLOCK_BYTES):
        text = tail + decoder.decode(block)
        signs.update(text)
        for found in REFERENCE.finditer(text):
            code = int(found[1], 16) if found[1] else int(found[2])
            signs.update(chr(code) if code < 0x110000 else "")
        tail = text[-12:]
    return {sign for sign in signs if not sign.isascii()}


def _free(pool: str, taken: set[str], before: str) -> Iterator[str]:
    """The signs of a pool that stand nowhere in the document and may stand behind ``before`` in a name."""
    for first, last in re.findall("(.)-(.)", pool):
        signs = map(chr, range(ord(first), ord(last) + 1))
        yield from (sign for sign in signs if sign not in taken and _is_known(before + sign))


def _is_known(name: str) -> bool:
    """Whether expat takes it for a name."""
    try:
        expat.ParserCreate().Parse(f"<{name}/>".encode(), True)
    except expat.ExpatError:
        return False
    return True


def _is_whole(tail: bytes) -> bool:
    try:
        tail.decode()
    except UnicodeDecodeError:
        return False
    return True
