"""A value must be less than a bound."""

from collections.abc import Mapping
from operator import le, lt
from typing import Any, ClassVar

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._bounds import PARAMETERS, bounded, said_bound
from hestia_assets.rules._params import switch


class LessThan:
    """Fails for each number, date or time above the bound, and at it unless ``or_equal``; an empty field passes.

    Another column as the bound is the rule ``compare_columns``.
    """

    sentence: ClassVar[str] = "{columns} must be less than {value}"
    advice: ClassVar[str] = "Correct the value, or move the bound if it is right."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = PARAMETERS
    example: ClassVar[Mapping[str, Any]] = {"value": 0}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "{columns} must be at most {value}" if switch(spec, "or_equal") else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return said_bound(spec, "less")

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value lies beyond the bound."""
        return bounded(spec, lt, le)


RULE = LessThan()
