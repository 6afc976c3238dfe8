"""Values must rise, or fall, from row to row."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ONE_COLUMN, Parameter, ParameterKind, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import filled, listed, names_in, quoted

DIRECTIONS = ("rising", "falling")


class Monotonic:
    """Fails for each value that lies behind the highest (lowest) one of the rows above it in the file.

    Without the rows that fail, the others are in order. Rows without a value, or without a group, pass. Text is
    compared by its characters' code points.
    """

    sentence: ClassVar[str] = "{columns} must be {direction} from row to row"
    advice: ClassVar[str] = "Correct the value, or bring the rows into order."
    columns: ClassVar[range] = ONE_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "direction": Parameter("Where values go.", ParameterKind.CHOICE, choices=DIRECTIONS, default="rising"),
        "strict": Parameter("The same value again fails too.", ParameterKind.SWITCH, default=False),
        "within": Parameter("Columns: each group of rows that agree in them by itself.", ParameterKind.COLUMNS),
    }
    example: ClassVar[Mapping[str, Any]] = {"direction": "rising"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        falling, strict = spec.params.get("direction") == "falling", bool(spec.params.get("strict"))
        within = " among rows of the same {within}" if _group(spec) else ""
        return f"{{columns}} must {'fall' if falling else 'rise'}{'' if strict else ' or stay'} from row to row{within}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        falling = spec.params.get("direction") == "falling"
        strict = bool(spec.params.get("strict"))
        wrong = "above" if falling else "below"
        of = f" of the same {', '.join(group)}" if (group := _group(spec)) else ""
        return f"{spec.columns[0]} is {wrong}{' or equal to' if strict else ''} the value of an earlier row{of}."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows behind the most extreme value above them."""
        direction, strict = spec.params.get("direction", "rising"), spec.params.get("strict", False)
        if direction not in DIRECTIONS:
            raise SpecError(f"'{direction}' is no direction.", hint=f"Use one of: {', '.join(DIRECTIONS)}.")
        if not isinstance(strict, bool):
            raise SpecError(f"'strict' ({strict}) is neither true nor false.", hint="Use true or false.")
        best, worse = ("max", "<") if direction == "rising" else ("min", ">")
        value, group = quoted(spec.columns[0]), _group(spec)
        apart = f"PARTITION BY {listed(group)} " if group else ""
        return f"""
            SELECT _row FROM (
                SELECT _row, {value} AS _value, {best}({value}) OVER (
                    {apart}ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS _best
                FROM {relations.rows} WHERE {filled([*spec.columns, *group])}
            ) WHERE _value {worse}{"=" if strict else ""} _best"""


def _group(spec: CheckSpec) -> tuple[str, ...]:
    return names_in(spec.params.get("within"), parameter="within")


RULE = Monotonic()
