"""Bytes of a rule file as one JSON or YAML value, without the traps that such files can hold."""

import json
from collections.abc import Hashable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

import yaml

from hestia_assets.core.errors import SpecError

MOST_BYTES = 4_000_000
MOST_VALUES = 200_000
"""Of values in all, each counted as often as an anchor repeats it."""
MOST_DEPTH = 60
MOST_MERGED = 2_000
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def parse_document(content: bytes) -> Any:
    """JSON, or else YAML; dates become text. Raises SpecError: no text, neither of both, two values of a key, bombs."""
    text = _decoded(content)
    try:
        value = _json(text) if text.lstrip()[:1] in ("{", "[", '"') else None
        value = _yaml(text) if value is None else value
    except RecursionError as error:
        raise _too_deep() from error
    return _plain(value)


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise SpecError(
            f"The file has {len(content):,} bytes, and no rule file is so long.",
            hint=f"Choose a file of rules of at most {MOST_BYTES:,} bytes.",
        )
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SpecError(
            f"The file is no {encoding} text: byte {error.start:,} is no part of one.",
            hint="Save it as UTF-8, or choose the file with the rules.",
        ) from error
    if not text.strip():
        raise SpecError("The file is empty.", hint="Choose the file with the rules.")
    return text


def _json(text: str) -> Any:
    """None where the text is no JSON: YAML may begin with the same signs."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError:
        return None
    except ValueError as error:  # an integer of thousands of digits
        raise SpecError(f"The file holds a number that is too long: {error}.", hint="Shorten it.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _twice(twice)
    return found


class _Loader(yaml.SafeLoader):
    """Plain values only; written in Python, as the one in C ends the process where a file is nested too deeply."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._merged: set[int] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge ``<<``, within bounds: merges of merges double with every line."""
        if id(node) in self._merged:  # an anchor that was met before, and may override what it merged
            return
        self._merged.add(id(node))
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for name in names:
            if name != "<<" and names.count(name) > 1:
                raise _twice(str(name))
        super().flatten_mapping(node)
        if len(node.value) > MOST_MERGED:
            raise _too_much()


def _yaml(text: str) -> Any:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        why = " ".join(str(error).split())
        raise SpecError(
            f"The file is neither JSON nor YAML: {why}.", hint="Correct the place named above, or choose another file."
        ) from error
    except (ValueError, TypeError) as error:  # a date that does not exist, a key that is a list
        raise SpecError(f"The file's YAML holds an impossible value: {error}.", hint="Write it in quotes.") from error
    finally:
        loader.dispose()  # pyright: ignore[reportUnknownMemberType] - untyped there


def _plain(value: Any) -> Any:
    """Dates as text, keys as text; counted, so that repeated anchors end."""
    budget = iter(range(MOST_VALUES))
    return _copied(value, budget, 0)


def _copied(value: Any, budget: Iterator[int], depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise _too_deep()
    if next(budget, None) is None:
        raise _too_much()
    if isinstance(value, dict):
        pairs = cast("Mapping[Hashable, Any]", value).items()
        return {_key(name): _copied(one, budget, depth + 1) for name, one in pairs}
    if isinstance(value, list | tuple | set):
        return [_copied(one, budget, depth + 1) for one in cast("list[Any]", value)]
    if isinstance(value, str):
        return _whole(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _key(name: Hashable) -> str:
    return name.isoformat() if isinstance(name, date | datetime) else _whole(str(name))


def _whole(text: str) -> str:
    """The text, if it is one: half a pair of surrogates is no character and could not be kept. Raises SpecError."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        shown = text.encode("ascii", "backslashreplace").decode()
        hint = "Write the whole character, or leave it out."
        raise SpecError(f"'{shown[:80]}' holds half a character, which is none.", hint=hint) from error
    return text


def _twice(name: str) -> SpecError:
    return SpecError(f"'{name}' stands twice in one object: one of them would be lost.", hint="Remove one of the two.")


def _too_deep() -> SpecError:
    return SpecError(f"The file is nested more than {MOST_DEPTH} levels deep.", hint="Choose a file of rules.")


def _too_much() -> SpecError:
    return SpecError(
        f"The file holds more than {MOST_VALUES:,} values, counted as often as anchors repeat them.",
        hint="Choose a file of rules, without anchors that repeat each other.",
    )
