"""A value must be there in another dataset."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.rules import SOME_COLUMNS, Parameter, ParameterKind, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import filled, listed, names_in, refuse_unlike, renamed, text_in


class ForeignKey:
    """Fails for each row whose values no row of another dataset's validated table has; an empty field passes."""

    sentence: ClassVar[str] = "{columns} must be there in {dataset}"
    advice: ClassVar[str] = "Correct the value, or import the row that is missing in the other dataset first."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "dataset": Parameter("The dataset that has the values.", ParameterKind.DATASET, required=True),
        "other_columns": Parameter(
            "Its columns, in the same order; empty: those of the same names.", ParameterKind.OTHER_COLUMNS
        ),
    }
    example: ClassVar[Mapping[str, Any]] = {"dataset": "customers", "other_columns": ["id"]}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{self.sentence} as {{other_columns}}" if _differs(spec) else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} is not in the dataset {spec.params.get('dataset')}."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """The one that has the values."""
        return (text_in(spec, "dataset"),)

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows whose key is not among the other table's; of that table only keys of the batch are kept."""
        dataset = text_in(spec, "dataset")
        theirs = names_in(spec.params.get("other_columns"), parameter="other_columns", default=spec.columns)
        refuse_unlike(spec.columns, theirs, dataset, relations)
        keys, rows = listed(spec.columns), relations.rows
        return f"""
            WITH _known AS MATERIALIZED (
                SELECT DISTINCT {keys}
                FROM (SELECT {renamed(theirs, spec.columns)} FROM {relations.others[dataset]})
                SEMI JOIN {rows} USING ({keys})
            )
            SELECT _row FROM {rows} ANTI JOIN _known USING ({keys}) WHERE {filled(spec.columns)}"""


def _differs(spec: CheckSpec) -> bool:
    """Whether the other dataset calls the columns otherwise."""
    theirs = names_in(spec.params.get("other_columns"), parameter="other_columns", default=spec.columns)
    return theirs != tuple(spec.columns)


RULE = ForeignKey()
