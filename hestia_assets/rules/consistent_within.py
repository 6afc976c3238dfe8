"""Within rows of one key, a column has one value: rows that deviate from what most of them say fail."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ONE_COLUMN, Parameter, ParameterKind, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import switch
from hestia_assets.rules._sql import filled, listed, names_in, quoted


class ConsistentWithin:
    """Fails for each row whose value is rarer than the most frequent one among rows of the same key.

    Rows of the batch and rows that are in the table count alike. Where several values are equally frequent nobody can
    say which is right, and none of them fails; but where ``share`` says how many must agree and no more do, no value is
    taken as right and all of them fail. Rows with an empty key pass; so does an empty value, unless ``filled`` asks for
    the value that other rows of the key have.
    """

    sentence: ClassVar[str] = "{columns} must be the same in all rows of the same {key}"
    advice: ClassVar[str] = "Compare the row with the others of its key and write the value that is right."
    columns: ClassVar[range] = ONE_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "key": Parameter("The columns whose rows belong together.", ParameterKind.COLUMNS, required=True),
        "filled": Parameter(
            "A missing value fails too, where other rows of its key have one.",
            ParameterKind.SWITCH,
            default=False,
        ),
        "share": Parameter(
            "Share of a key's values that the most frequent must exceed, such as 0.5; else all of them fail.",
            ParameterKind.NUMBER,
            default=0,
        ),
    }
    example: ClassVar[Mapping[str, Any]] = {"key": ["postcode"]}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} is not what most rows of the same {', '.join(_key(spec))} say."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows whose value has fewer votes than another one of their key."""
        key, value = _key(spec), quoted(spec.columns[0])
        keys, some = listed(key), filled(key)
        said = f"SELECT {keys}, {value} FROM {{}} WHERE {some} AND {value} IS NOT NULL"
        rare = f"{value} IS NOT NULL AND (_n < _most OR _most <= {_share(spec)} * _all)"
        missing = f" OR {value} IS NULL" if switch(spec, "filled") else ""
        return f"""
            WITH _said AS ({said.format(relations.rows)} UNION ALL {said.format(relations.existing)}),
            _votes AS (SELECT {keys}, {value}, count(*) AS _n FROM _said GROUP BY ALL),
            _best AS (SELECT {keys}, max(_n) AS _most, sum(_n) AS _all FROM _votes GROUP BY ALL)
            SELECT _row FROM {relations.rows} JOIN _best USING ({keys}) LEFT JOIN _votes USING ({keys}, {value})
            WHERE {rare}{missing}"""


def _key(spec: CheckSpec) -> list[str]:
    names = list(names_in(spec.params.get("key"), parameter="key"))
    if not names or set(names) & set(spec.columns):
        raise SpecError(
            f"Check '{spec.name}' has no key, or its column is part of it.",
            hint="Give 'key' as a list of other columns, such as [postcode].",
        )
    return names


def _share(spec: CheckSpec) -> float:
    share = spec.params.get("share") or 0
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise SpecError(f"The share of check '{spec.name}' is {share}.", hint="Give a number from 0 to below 1.")
    return float(share)


RULE = ConsistentWithin()
