"""JSON values exactly as written (RFC 8259): numbers keep their text, repeated keys are seen, nothing lenient."""

import json
from dataclasses import dataclass
from json.encoder import encode_basestring  # type: ignore[attr-defined] - json's own, in no stub
from typing import Any

from hestia_assets.core.errors import UnreadableFileError

RECORD_LIMIT = 32 * 1024 * 1024
"""Characters of one record; a larger one is refused, so that memory stays bounded."""
SHORT = 16
"""An error this near to the end of what was read may be a token that goes on behind it."""
MORE = "more"
HINT = "Ask for the file again, or correct the place named above."
REASONS = {
    "Expecting property name enclosed in double quotes": "a name in double quotes is expected here",
    "Expecting ',' delimiter": "a comma or the end of the list or object is expected here",
    "Expecting ':' delimiter": "a colon is expected here",
    "Unterminated string starting at": "the text that begins here is never closed",
    "Invalid control character at": "a control character must be written as an escape",
    "Invalid \\escape": "this escape is not known to JSON",
    "Invalid \\uXXXX escape": "this escape is not complete",
}


class Number(str):
    """A number, as its text: ``1.10`` stays ``1.10``."""

    __slots__ = ()


class FaultError(Exception):
    """The text is no JSON at an index, or (reason ``more``) goes on behind what was read."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at, self.reason = at, reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """A value, the index behind it, and the first key that an object in it has twice."""

    value: Any
    end: int
    repeated: str | None


class ExactDecoder:
    """Decodes one value after another out of a text; without ``numbers``, all of them are one and the same."""

    def __init__(self, *, numbers: bool = True) -> None:
        self._repeated: list[str] = []
        number = Number if numbers else _any_number
        hooks = {"parse_float": number, "parse_int": number, "parse_constant": _refuse_constant}
        decoder = json.JSONDecoder(object_pairs_hook=self._object, **hooks)
        self._scan = decoder.scan_once  # type: ignore[attr-defined] - set in its constructor, in no stub

    def decode(self, text: str, at: int, *, final: bool) -> Decoded:
        """The value that begins at an index. Raises FaultError."""
        self._repeated.clear()
        try:
            value, end = self._scan(text, at)
        except StopIteration as error:
            raise _fault(text, int(error.value), "a value is expected here", final=final) from None
        except json.JSONDecodeError as error:
            raise _fault(text, error.pos, error.msg, final=final) from None
        except _ConstantError as error:
            place = text.find(str(error), at)
            raise FaultError(max(place, at), f"{error} is no JSON number") from None
        except RecursionError:
            raise FaultError(at, "lists and objects are nested too deeply") from None
        if end == len(text) and not final and type(value) is Number:
            raise FaultError(end, MORE)
        return Decoded(value, end, self._repeated[0] if self._repeated else None)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            self._repeated.append(next(key for key in found if keys.count(key) > 1))
        return found


ANY = Number("0")


def _any_number(_: str) -> Number:
    return ANY


class _ConstantError(Exception):
    pass


def _refuse_constant(word: str) -> None:
    raise _ConstantError(word)


def _fault(text: str, at: int, reason: str, *, final: bool) -> FaultError:
    open_end = reason.startswith("Unterminated") or at >= len(text) - SHORT
    if open_end and not final:
        return FaultError(at, MORE)
    return FaultError(at, REASONS.get(reason, reason) if at < len(text) else "the text ends here, too early")


def json_text(value: Any) -> str:
    """A decoded value as JSON text again; numbers as they were written."""
    pieces: list[str] = []
    _write(value, pieces)
    return "".join(pieces)


def _write(value: Any, pieces: list[str]) -> None:
    if isinstance(value, dict):
        mark = "{"
        for key, item in value.items():
            pieces.append(f"{mark}{encode_basestring(key)}: ")
            _write(item, pieces)
            mark = ", "
        pieces.append("}" if value else "{}")
    elif isinstance(value, list):
        mark = "["
        for item in value:
            pieces.append(mark)
            _write(item, pieces)
            mark = ", "
        pieces.append("]" if value else "[]")
    else:
        pieces.append(scalar_json(value))


def scalar_json(value: Any) -> str:
    """A scalar as JSON text: text in quotes."""
    return encode_basestring(value) if type(value) is str else scalar_text(value)


def scalar_text(value: Any) -> str:
    """A scalar as a cell's text: text without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else value


def unreadable(line: int, column: int, reason: str) -> UnreadableFileError:
    """The refusal of a file, with the place."""
    return UnreadableFileError(f"The file is no JSON: line {line:,}, column {column:,}: {reason}.", hint=HINT)
