"""What every spec is: a closed, frozen declaration that names what is wrong with it."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from hestia_assets.core.errors import SpecError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

NAME, COLUMN_NAME = r"^[a-z][a-z0-9_]{0,62}$", r"^[^\W_]\w{0,126}$"

Name = Annotated[str, StringConstraints(pattern=NAME)]
"""Name of a dataset, tenant, transform: lower case, digits, underscores."""

ColumnName = Annotated[str, StringConstraints(pattern=COLUMN_NAME)]
"""Name of a column: letters of any script, digits, underscores; a leading underscore is Hestia's own."""

IN_WORDS = {
    NAME: "takes small letters a to z, digits and _, a letter first, at most 63 in all",
    COLUMN_NAME: "takes letters, digits and _, no _ first, at most 127 in all",
}
"""What the names of a spec may hold, for people."""

BY_KIND = {
    "tuple_type": "a list is needed, such as [id, country]",
    "string_type": "a text is needed; write it in quotes",
    "too_short": "at least one is needed",
}
"""What pydantic says in words of Python."""

SpecT = TypeVar("SpecT", bound="Spec")


def refuse_repeats(what: str, names: list[str]) -> None:
    """Raise ValueError where a name stands twice, for the validators of specs."""
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise ValueError(f"two {what}s are called '{min(repeated)}'")


class Spec(BaseModel):
    """A closed, frozen declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


def parse(model: type[SpecT], values: object) -> SpecT:
    """Validate ``values`` as ``model``, with our error instead of pydantic's.

    Raises:
        SpecError: names each field that is wrong, and why.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or model.__name__}: {_in_words(e)}" for e in error.errors()]
        raise SpecError("; ".join(lines) + ".", hint="Correct the fields named above.") from error


def _in_words(error: "ErrorDetails") -> str:
    known = IN_WORDS.get(str(error.get("ctx", {}).get("pattern")))
    return f"'{error['input']}' is no name; it {known}" if known else BY_KIND.get(error["type"], error["msg"])
