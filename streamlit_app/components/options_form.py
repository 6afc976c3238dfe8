"""A form for whatever a format needs to know, made from the model of its options: a new format needs no page."""

import re
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import streamlit as st
from pydantic import JsonValue

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Spec

_PER_LINE = 3


def options_form(
    model: type[Spec], options: Mapping[str, JsonValue], *, key: str, settled: Collection[str] = ()
) -> dict[str, JsonValue]:
    """One widget per field of ``model``; gives all options with the present choices.

    Fields that no widget fits, and those ``settled`` elsewhere, keep their value. One that has its default and is not
    in ``options`` is left out.
    """
    schema = model.model_json_schema()
    fields = {name: _plain_field(schema, field) for name, field in schema.get("properties", {}).items()}
    shown = [name for name, field in fields.items() if name not in settled and _kind(field)]
    given = dict(options)
    for start in range(0, len(shown), _PER_LINE):
        places = st.columns(_PER_LINE, vertical_alignment="bottom")
        for place, name in zip(places, shown[start : start + _PER_LINE], strict=False):
            default = fields[name].get("default")
            value = _widget(place, name, fields[name], options.get(name, default), key=f"{key}-{name}")
            if name in options or value != default:
                given[name] = value
    return given


def _plain_field(schema: Mapping[str, Any], field: Mapping[str, Any]) -> dict[str, Any]:
    """The field with its references looked up and "or nothing" taken out."""
    plain = dict(field)
    for one in (*field.get("allOf", ()), *field.get("anyOf", ())):
        if one.get("type") == "null":
            plain["nullable"] = True
        else:
            plain = {**_plain_field(schema, one), **plain}
    if "$ref" in plain:
        referred = schema.get("$defs", {}).get(plain.pop("$ref").rsplit("/", 1)[-1], {})
        plain = {**referred, **plain}
    return plain


def _kind(field: Mapping[str, Any]) -> str:
    """What the field holds, where there is a widget for it."""
    if "enum" in field:
        return "enum"
    if field.get("type") == "array" and field.get("items", {}).get("type") in {"string", "integer"}:
        return "array"
    return field["type"] if field.get("type") in {"boolean", "integer", "string"} else ""


def _widget(place: Any, name: str, field: Mapping[str, Any], value: Any, *, key: str) -> Any:
    title = str(field.get("title", name))
    label = title[:1].upper() + title[1:]
    about = {"key": key, "help": field.get("description")}
    match _kind(field):
        case "enum":
            options = list(field["enum"])
            at = options.index(value) if value in options else 0
            words = partial(option_words, about=field.get("description", ""))
            return place.selectbox(label, options, at, format_func=words, **about)
        case "boolean":
            return place.toggle(label, bool(value), **about)
        case "integer":
            return _whole(place.number_input(label, value=value, step=1, **_bounds(field), **about))
        case "array":
            written = ", ".join(map(str, value or ()))
            return _listed(place.text_input(label, written, placeholder="none", **about), field)
        case _:
            given = place.text_input(label, value or "", placeholder="none", **about)
            return None if field.get("nullable") and not given else given


def option_words(option: object, *, about: str) -> str:
    """What the description says about a choice, as in ``keep: they are data. skip: left out.``; else its own name."""
    said = re.search(rf"(?:^|[.;] ){re.escape(str(option))}: (.+?)(?=[.;] \S+: |\.?$)", about)
    return said[1] if said else str(option).replace("_", " ") or "none"


def _bounds(field: Mapping[str, Any]) -> dict[str, int]:
    limits = {"min_value": "minimum", "max_value": "maximum"}
    return {name: int(field[limit]) for name, limit in limits.items() if limit in field}


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _listed(text: str, field: Mapping[str, Any]) -> list[Any]:
    """Values between commas. Raises SpecError."""
    values = [value.strip() for value in text.split(",") if value.strip()]
    if field["items"]["type"] == "string":
        return values
    try:
        return [int(value) for value in values]
    except ValueError as error:
        hint = f"Write them like 1, 2, 3 under {field.get('title', 'the list')}."
        raise SpecError(f"'{text}' is no list of whole numbers.", hint=hint) from error
