"""XML 1.0 through expat: strict, streaming, with places; nothing is fetched, and what could explode is refused.

A document type may declare short entities of its own. Entities that lie elsewhere, or that grow, are refused:
neither is anything read from outside the file, nor does a small file become a large one.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol
from xml.parsers import expat

from hestia_assets.formats._json.values import json_text
from hestia_assets.formats._xml.encoding import TWO_BYTE, encoding_of
from hestia_assets.formats._xml.fault import HINT, XmlFaultError
from hestia_assets.formats._xml.runs import Run
from hestia_assets.formats._xml.wide import WideNames

BLOCK_BYTES = 1024 * 1024
MOST_DEPTH = 500
MOST_ATTRIBUTES = 5_000
TAG_LIMIT = 16 * 1024 * 1024
ENTITY_LIMIT = 4 * 1024
MOST_ENTITIES = 2_000
SAFE_HINT = "Ask for the file without a document type (DOCTYPE), or with its entities written out."
REFERENCE = re.compile(r"&([^#;&\s][^;&\s]*);")
IN_ATTRIBUTE = re.compile(rb"""=\s*(?:"[^"<]*?|'[^'<]*?)&([^#;&\s<"'][^;&\s<"']{0,99});""")
VERSION = re.compile(r"1\.[0-9]+")
PREDEFINED = {"amp", "lt", "gt", "quot", "apos"}


CHILD = "\0"
"""Stands for a child element, or for attributes, in the text of an element: no XML text can hold it."""
FIRST = 2
"""Open elements when the outermost one begins, the document counted."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Reading begins in the middle: the document's first ``head`` bytes, then on from ``offset`` in ``line``."""

    head: int
    offset: int
    line: int


class Ahead(Protocol):
    """Who can do without the parser for elements that look alike."""

    def runs(self, block: bytes) -> Iterable[Run]:
        """What could be passed by in a block."""
        ...

    def take(self, run: Run) -> bool:
        """Whether the run is taken: the parser stands before it, inside of no tag, comment or CDATA section."""
        ...


class Parser:
    """Feeds a document to two handlers: ``start(name, attributes)`` and ``end(text)``.

    ``end`` gets the element's own text, None where it is blank beside children or attributes. Where children stand
    between pieces of text, these are a JSON list.
    """

    def __init__(
        self,
        source: BinaryIO,
        *,
        start: Callable[[str, Mapping[str, str]], Any],
        end: Callable[[str | None], Any],
        jump: Jump | None = None,
        ahead: Ahead | None = None,
        wide: bool = False,
    ) -> None:
        source.seek(0)
        self.encoding = encoding_of(source.read(1024))
        self._wide = WideNames.of(source) if wide and self.encoding == "utf-8" else None
        source.seek(0)
        self.present = source.read(jump.head) if jump else b""
        self._shift = (jump.offset - jump.head, jump.line - 1 - self.present.count(b"\n")) if jump else (0, 0)
        blocks = self._read(source, jump.offset if jump else 0)
        self._blocks = self._wide.blocks(blocks) if self._wide else blocks
        self._on_start, self._on_end = start, end
        self._flow: list[str] = []
        self._marks = [0]
        self._entities: dict[str, str] = {}
        self._outside = False
        self._ahead = ahead if self.encoding == "utf-8" and not self._wide else None
        self._in_cdata = False
        self._column = (0, 0)
        self._fed = 0
        self.expat = self._build()

    def blocks(self) -> Iterator[bytes]:
        """Parse block after block; each is yielded once it is done. Raises XmlFaultError."""
        self._parse(self.present, final=False)
        self._fed = len(self.present)
        for block in self._blocks:
            self.present = block
            self._feed(block)
            if self._fed - self.expat.CurrentByteIndex > TAG_LIMIT:
                raise self.fault(f"a tag or comment is longer than {TAG_LIMIT // 1024 // 1024} MiB")
            if self._outside:
                self._refuse_outsiders(block)
            yield block
        self.present = b""
        self._parse(b"", final=True)
        yield b""

    def _feed(self, block: bytes) -> None:
        """Parse a block, but for the runs that are taken otherwise."""
        at = 0
        for run in self._ahead.runs(block) if self._ahead else ():
            self._parse(block[at : run.start], final=False)
            self._fed += run.start - at
            at = run.start
            if (
                self._ahead
                and self._fed == self.expat.CurrentByteIndex
                and not self._in_cdata
                and self._ahead.take(run)
            ):
                self._pass_by(run)
                at = run.end
        self._parse(block[at:], final=False)
        self._fed += len(block) - at

    def _pass_by(self, run: Run) -> None:
        offset, lines = self._shift
        self._shift = (offset + run.end - run.start, lines + run.breaks)
        if not run.breaks:
            line, before = self._column
            now = self.expat.CurrentLineNumber
            self._column = (now, run.signs + (before if line == now else 0))

    def _column_at(self, line: int, column: int) -> int:
        """The column from 1; what was passed by in its line counts."""
        passed_line, passed = self._column
        return column + 1 + (passed if line == passed_line else 0)

    def _cdata(self, *, inside: bool) -> None:
        self._in_cdata = inside

    @property
    def text_encoding(self) -> str:
        """The encoding of the blocks."""
        return "utf-8" if self.encoding in TWO_BYTE else self.encoding

    @property
    def line(self) -> int:
        """The line of the present tag."""
        return self.expat.CurrentLineNumber + self._shift[1]

    @property
    def offset(self) -> int:
        """The bytes before the present tag."""
        return self.expat.CurrentByteIndex + self._shift[0]

    def fault(self, reason: str, *, hint: str = HINT) -> XmlFaultError:
        """A fault at the present place."""
        column = self._column_at(self.expat.CurrentLineNumber, self.expat.CurrentColumnNumber)
        return XmlFaultError(self.line, column, reason, hint=hint)

    def _read(self, source: BinaryIO, offset: int) -> Iterator[bytes]:
        """The bytes as they are, or as UTF-8 where expat does not know a character set of several bytes."""
        decoder = codecs.getincrementaldecoder(self.encoding)() if self.encoding in TWO_BYTE else None
        source.seek(offset)
        while block := source.read(BLOCK_BYTES):
            try:
                yield decoder.decode(block).encode() if decoder else block
            except UnicodeDecodeError as error:
                raise self.fault(f"the bytes are no {self.encoding} text") from error

    def _build(self) -> Any:
        parser = expat.ParserCreate(self.text_encoding if self.encoding in TWO_BYTE else None)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.XmlDeclHandler = self._declaration
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._flow.append
        parser.EntityDeclHandler = self._entity
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._outsider
        parser.SkippedEntityHandler = self._skipped
        parser.StartCdataSectionHandler = lambda: self._cdata(inside=True)
        parser.EndCdataSectionHandler = lambda: self._cdata(inside=False)
        return parser

    def _parse(self, block: bytes, *, final: bool) -> None:
        try:
            self.expat.Parse(self._wide.replaced(block) if self._wide else block, final)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or str(error)
            column = self._column_at(error.lineno, error.offset)
            raise XmlFaultError(error.lineno + self._shift[1], column, reason) from None
        except (ValueError, LookupError) as error:  # an encoding that expat cannot use
            raise self.fault(f"its encoding cannot be used ({error})") from None

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._wide:
            restored = self._wide.restored
            name, attributes = restored(name), {restored(key): restored(text) for key, text in attributes.items()}
        flow, marks = self._flow, self._marks
        if len(flow) == marks[-1] or (flow[-1] is not CHILD and not flow[-1].isspace()):
            flow.append(CHILD)
        else:
            flow[-1] = CHILD  # blanks between children are no text, and must not pile up
        marks.append(len(flow))
        if attributes:
            flow.append(CHILD)
        if len(marks) == FIRST or len(marks) > MOST_DEPTH or len(attributes) > MOST_ATTRIBUTES:
            self._refuse_danger(attributes)
        self._on_start(name, attributes)

    def _end(self, _: str) -> None:
        flow = self._flow
        first = self._marks.pop()
        if len(flow) == first + 1 and flow[-1] is not CHILD:
            self._on_end(self._restored(flow.pop()))
        elif len(flow) == first:
            self._on_end("")
        else:
            text = "".join(flow[first:])
            del flow[first:]
            self._on_end(self._restored(_mixed(text) if CHILD in text else text))

    def _restored(self, text: str | None) -> str | None:
        return self._wide.restored(text) if self._wide and text else text

    def _refuse_danger(self, attributes: Mapping[str, str]) -> None:
        if len(self._marks) > MOST_DEPTH:
            raise self.fault(f"elements are nested more than {MOST_DEPTH} deep")
        if len(attributes) > MOST_ATTRIBUTES:
            raise self.fault(f"one element has more than {MOST_ATTRIBUTES:,} attributes")
        self._refuse_growth()

    def _declaration(self, version: str | None, *_: object) -> None:
        if version is not None and not VERSION.fullmatch(version):
            raise self.fault(f"it is XML {version}, which is none that is known")

    def _doctype(self, _: str, system: str | None, public: str | None, __: bool) -> None:
        self._outside = self._outside or bool(system or public)
        self._ahead = None  # entities and attributes may mean more than they say

    def _entity(self, name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        self._outside = self._outside or is_parameter
        name, value = self._restored(name) or "", self._restored(value)
        if value is not None and not is_parameter:
            self._entities.setdefault(name, value)
            if len(self._entities) > MOST_ENTITIES:
                raise self.fault(f"more than {MOST_ENTITIES:,} entities are declared", hint=SAFE_HINT)

    def _outsider(self, *_: object) -> int:
        raise self.fault("it needs an entity that lies outside of the file", hint=SAFE_HINT)

    def _skipped(self, name: str, is_parameter: bool) -> None:
        self._outside = True
        if not is_parameter:
            raise self.fault(f"the entity '{name}' is not defined in the file", hint=SAFE_HINT)

    def _refuse_growth(self) -> None:
        """Entities made of entities made of entities: a bomb. Sizes are computed, nothing is expanded."""
        sizes: dict[str, int] = {}
        for name in self._entities:
            if self._size(name, sizes, 0) > ENTITY_LIMIT:
                raise self.fault(f"the entity '{name}' grows beyond {ENTITY_LIMIT // 1024} KiB", hint=SAFE_HINT)

    def _size(self, name: str, sizes: dict[str, int], depth: int) -> int:
        if name not in sizes:
            text = self._entities.get(name, "")
            sizes[name] = ENTITY_LIMIT + 1  # also the answer for one that contains itself
            deep = depth > 50
            inner = [] if deep else [self._size(found, sizes, depth + 1) for found in REFERENCE.findall(text)]
            sizes[name] = ENTITY_LIMIT + 1 if deep else len(text) + sum(inner)
        return sizes[name]

    def _refuse_outsiders(self, block: bytes) -> None:
        """Inside attributes expat passes over entities that only a file elsewhere may define, without a word."""
        known = PREDEFINED | set(self._entities)
        for name in IN_ATTRIBUTE.findall(block):
            if name.decode("utf-8", "replace") not in known:
                raise self.fault("it needs an entity that is not defined in the file", hint=SAFE_HINT)


def _mixed(text: str) -> str | None:
    """The text of an element that has children or attributes."""
    pieces = [piece for piece in text.split(CHILD) if piece and not piece.isspace()]
    return json_text(pieces) if len(pieces) > 1 else pieces[0] if pieces else None
