"""Arrow values as exact text: what was stored can be told from the text, digit for digit."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import polars as pl
import pyarrow as pa

Texts = Sequence[str | None]
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass
class TextMaker:
    """Makes texts of columns; ``broken`` collects the rows whose bytes are no text, as row → (bytes in hex)."""

    binary: Literal["text", "hex"] = "hex"
    broken: dict[int, str] = field(default_factory=dict[int, str])

    def texts(self, array: pa.Array) -> pa.Array:
        """The array as strings, null where it is null."""
        array = _plain(array)
        kind = array.type
        if pa.types.is_nested(kind):
            return pa.array(self._json(array), pa.string())
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or _is_binary(kind):
            return self._characters(array)
        return _scalars(array)

    def _characters(self, array: pa.Array) -> pa.Array:
        """Text and bytes; a writer may have called bytes text that are none."""
        if _is_binary(array.type) and self.binary == "hex":
            return pa.array([None if value is None else value.hex() for value in array.to_pylist()], pa.string())
        try:
            array.cast(pa.large_binary()).cast(pa.large_string()).validate(full=True)
            return array.cast(pa.large_binary()).cast(pa.large_string())
        except pa.ArrowInvalid:
            values = array.cast(pa.large_binary()).to_pylist()
        return pa.array([self._decoded(index, value) for index, value in enumerate(values)], pa.large_string())

    def _decoded(self, index: int, value: bytes | None) -> str | None:
        if value is None:
            return None
        try:
            return value.decode()
        except UnicodeDecodeError:
            self.broken.setdefault(index, value.hex())
            return value.hex()

    def _json(self, array: pa.Array) -> list[str | None]:
        """Nested values, one JSON text each; numbers as they are, everything else as text."""
        array = _plain(array)
        kind = array.type
        if pa.types.is_struct(kind):
            return _objects(array, [self._json(child) for child in array.flatten()])
        if pa.types.is_map(kind):
            pairs = list(zip(self._json(array.keys), self._json(array.items), strict=True))
            return _spread(array, partial(_mapping, pairs, by_name=_is_text(kind.key_type)))
        if pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
            array = array.cast(pa.large_list(kind.value_type)) if pa.types.is_fixed_size_list(kind) else array
            values = self._json(array.values)
            return _spread(array, lambda start, end: f"[{', '.join(value or 'null' for value in values[start:end])}]")
        inner = TextMaker()
        texts = inner.texts(array).to_pylist()
        if inner.broken:
            raise pa.ArrowInvalid("a text inside a nested value is not UTF-8")
        return _literals(array, texts)


def _plain(array: pa.Array) -> pa.Array:
    """Without dictionary, extension, view or offset: the values themselves."""
    if isinstance(array, pa.ExtensionArray):
        is_uuid = array.type.extension_name == "arrow.uuid"
        storage = array.storage
        return _uuids(storage) if is_uuid else _plain(storage)
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain(array.dictionary_decode())
    if pa.types.is_binary_view(kind) or pa.types.is_string_view(kind):
        return array.cast(pa.large_binary() if pa.types.is_binary_view(kind) else pa.large_string())
    return pa.concat_arrays([array]) if not array.offset else array.take(pa.array(range(len(array)), pa.int64()))


def _uuids(storage: pa.Array) -> pa.Array:
    hexes = [None if value is None else value.hex() for value in storage.to_pylist()]
    return pa.array([h and f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}" for h in hexes], pa.string())


def _is_binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _scalars(array: pa.Array) -> pa.Array:
    kind = array.type
    makers: tuple[tuple[bool, Callable[[pa.Array], pa.Array]], ...] = (
        (pa.types.is_floating(kind), _floats),
        (pa.types.is_decimal(kind), _decimals),
        (pa.types.is_timestamp(kind), _timestamps),
        (pa.types.is_date(kind), _dates),
        (pa.types.is_time(kind), lambda times: _short_fraction(times.cast(pa.string()))),
        (pa.types.is_duration(kind), _durations),
    )
    make = next((make for is_so, make in makers if is_so), lambda plain: plain.cast(pa.string()))
    return make(array)


def _dates(array: pa.Array) -> pa.Array:
    in_days = pa.types.is_date32(array.type)
    count = array.cast(pa.int32() if in_days else pa.int64())
    return _in_reach(array.cast(pa.string()), count, "days" if in_days else "ms")


def _floats(array: pa.Array) -> pa.Array:
    """The shortest text that gives the same float of that width back, as Python prints it."""
    if pa.types.is_float64(array.type):
        values = array.to_pylist()
    else:
        shortest = array.cast(pa.float32()).cast(pa.string()).to_pylist()
        values = [None if text is None else float(text) for text in shortest]
    return pa.array([None if value is None else _float(value) for value in values], pa.string())


def _float(value: float) -> str:
    return "NaN" if value != value else repr(value)  # noqa: PLR0124 - NaN is the one value that is not itself


def _decimals(array: pa.Array) -> pa.Array:
    texts = array.cast(pa.string())
    if not pl.Series(texts, dtype=pl.String).str.contains("E", literal=True).any():
        return texts
    return pa.array([None if value is None else format(value, "f") for value in array.to_pylist()], pa.string())


def _timestamps(array: pa.Array) -> pa.Array:
    """Without a zone as it stands; with one the moment in UTC, marked by a Z."""
    unit, zone = array.type.unit, array.type.tz
    count = array.cast(pa.int64())
    naive = count.cast(pa.timestamp(unit))
    texts = _short_fraction(naive.cast(pa.string()))
    if zone:
        texts = (pl.Series(texts, dtype=pl.String) + "Z").to_arrow()
    return _in_reach(texts, count, unit)


def _in_reach(texts: pa.Array, count: pa.Array, unit: str) -> pa.Array:
    """The texts; the bare count where Arrow's calendar does not reach that year."""
    far = pl.Series(texts, dtype=pl.String).str.starts_with("<").fill_null(value=False)
    if not far.any():
        return texts
    plain = zip(far, texts.to_pylist(), count.to_pylist(), strict=True)
    return pa.array([f"{n} {unit} after 1970-01-01" if is_far else text for is_far, text, n in plain], pa.string())


def _short_fraction(texts: pa.Array) -> pa.Array:
    """Fractions of a second in milli-, micro- or nanoseconds, whichever is enough; none when there is none."""
    plain = pl.Series(texts, dtype=pl.String).str.replace(r"\.0+$", "")
    return plain.str.replace(r"(\.\d{3}(?:\d{3})??)(?:000)+$", "$1").to_arrow()


def _durations(array: pa.Array) -> pa.Array:
    """ISO 8601 in seconds, such as PT90.5S."""
    per_second = PER_SECOND[array.type.unit]
    digits = len(str(per_second)) - 1
    return pa.array([_duration(n, per_second, digits) for n in array.cast(pa.int64()).to_pylist()], pa.string())


def _duration(count: int | None, per_second: int, digits: int) -> str | None:
    if count is None:
        return None
    whole, part = divmod(abs(count), per_second)
    fraction = f".{part:0{digits}d}".rstrip("0") if part else ""
    return f"{'-' if count < 0 else ''}PT{whole}{fraction}S"


def _literals(array: pa.Array, texts: Texts) -> list[str | None]:
    """JSON literals: numbers and booleans bare, what JSON has no word for as text."""
    kind = array.type
    bare = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind)
    if bare:
        return list(texts)
    finite = re.compile(r"-?\d").match if pa.types.is_floating(kind) else lambda _: None
    return [t if t is None or finite(t) else json.dumps(t, ensure_ascii=False) for t in texts]


def _objects(array: pa.Array, children: Sequence[Texts]) -> list[str | None]:
    names = [json.dumps(array.type.field(i).name, ensure_ascii=False) for i in range(array.type.num_fields)]
    valid = array.is_valid().to_pylist()
    rows = zip(*children, strict=True) if children else ([()] * len(array))
    texts: list[str | None] = []
    for is_valid, row in zip(valid, rows, strict=True):
        pairs = (f"{name}: {value or 'null'}" for name, value in zip(names, row, strict=True))
        texts.append(f"{{{', '.join(pairs)}}}" if is_valid else None)
    return texts


def _spread(array: pa.Array, text: Callable[[int, int], str]) -> list[str | None]:
    """The text of each list, from where its values start and end."""
    offsets, valid = array.offsets.to_pylist(), array.is_valid().to_pylist()
    return [text(offsets[i], offsets[i + 1]) if is_valid else None for i, is_valid in enumerate(valid)]


def _mapping(pairs: Sequence[tuple[str | None, str | None]], start: int, end: int, *, by_name: bool) -> str:
    """An object where the keys are names and unique, else a list of pairs."""
    mine = pairs[start:end]
    keys = [key for key, _ in mine]
    shown = [(key or "null", value or "null") for key, value in mine]
    if by_name and len(set(keys)) == len(keys) and None not in keys:
        return f"{{{', '.join(f'{key}: {value}' for key, value in shown)}}}"
    return f"[{', '.join(f'[{key}, {value}]' for key, value in shown)}]"
