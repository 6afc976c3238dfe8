"""A text must be one that could become a number, a date or a boolean."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import one_of, refuse_other_than_text, whole_number
from hestia_assets.rules._written import any_number, plain_number, refuse_unusable, written_in
from hestia_assets.rules._written import whole_number as is_whole

TYPES = ("integer", "decimal", "float", "boolean", "date", "timestamp")
FORMATS = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%d %H:%M:%S", "boolean": "true|false"}
MOST_PLACES = 37


class IsType:
    """Fails for each text that a column of the type would not take, though the column itself stays text.

    Blanks around the text do not count, as in columns of these types; an empty field passes.
    """

    sentence: ClassVar[str] = "{columns} must be written as {type}"
    advice: ClassVar[str] = "Write numbers plainly, such as 1234.50, dates and times as the rule says."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "type": Parameter("What the text could become.", ParameterKind.CHOICE, required=True, choices=TYPES),
        "format": Parameter("How dates and times are written (%d.%m.%Y), or yes and no (J|N).", ParameterKind.TEXT),
        "places": Parameter("The most decimal places of a decimal.", ParameterKind.INTEGER),
    }
    example: ClassVar[Mapping[str, Any]] = {"type": "integer"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        kind = {"integer": "a whole number", "decimal": "a decimal number", "float": "a number", "boolean": "yes or no"}
        words = kind.get(str(spec.params.get("type")), "{type}")
        return f"{{columns}} must be {words}{' written as {format:date}' if spec.params.get('format') else ''}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        kind = str(spec.params.get("type"))
        words = spec.params.get("format") or FORMATS.get(kind)
        article = "an" if kind == "integer" else "a"
        return f"{spec.columns[0]} must be {article} {kind}{f' written as {words}' if words else ''}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text could become a value of the type."""
        kind, pattern, places = _read(spec)

        def could_be(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            text = column.str.strip_chars()
            match kind:
                case "integer":
                    return is_whole(text)
                case "decimal":
                    return plain_number(text, places)
                case "float":
                    return any_number(text)
                case "boolean":
                    return text.str.to_lowercase().is_in(pattern.lower().split("|"))
                case _:
                    return written_in(text, pattern)

        return could_be


def _read(spec: CheckSpec) -> tuple[str, str, int | None]:
    kind, places = one_of(spec, "type", TYPES), whole_number(spec, "places")
    pattern = str(spec.params.get("format") or FORMATS.get(kind, ""))
    if kind in ("date", "timestamp"):
        refuse_unusable(pattern)
    if kind == "boolean" and pattern.count("|") != 1:
        raise SpecError(f"'{pattern}' are no two words for yes and no.", hint="Write them like J|N.")
    if places is not None and places > MOST_PLACES:
        raise SpecError(f"A decimal has at most {MOST_PLACES} places.", hint="Give a smaller number as 'places'.")
    return kind, pattern, places


RULE = IsType()
