"""The newest value of a batch must be young."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ONE_COLUMN, ArrivedBatch, BatchFinding, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import number_in, type_in


class Freshness:
    """Compares the newest date or time of the rows with the moment the batch arrived, both in UTC.

    A date counts as the end of its day: yesterday's rows are up to 24 hours old today. A batch without any value is
    not fresh.
    """

    sentence: ClassVar[str] = "the newest {columns} must be at most {hours} hours old when the batch arrives"
    advice: ClassVar[str] = "Ask whether an old file was sent once more."
    columns: ClassVar[range] = ONE_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "hours": Parameter("How old the newest value may be.", ParameterKind.NUMBER, required=True),
    }
    example: ClassVar[Mapping[str, Any]] = {"hours": 48}

    def message(self, spec: CheckSpec) -> str:
        """The sentence for this check."""
        return f"The newest {spec.columns[0]} of the batch must not be too old."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def judge(self, spec: CheckSpec, batch: ArrivedBatch) -> BatchFinding:
        """How old the newest value is."""
        name, hours = spec.columns[0], number_in(spec.params.get("hours"), parameter="hours")
        dtype = type_in(batch.rows.collect_schema(), name)
        if not isinstance(dtype, pl.Date | pl.Datetime):
            raise SpecError(f"{name} is neither a date nor a timestamp.", hint="Give the column such a type.")
        newest = batch.rows.select(pl.col(name).max()).collect(engine="streaming").item()
        if newest is None:
            return BatchFinding(f"No row has a value in {name}, expected is one of the last {hours:g} hours.")
        age = (batch.occasion.at - _moment(newest)) / timedelta(hours=1)
        problem = f"The newest {name} is {newest}, {age:,.1f} hours before the batch arrived; {hours:g} are allowed."
        return BatchFinding(problem if age > hours else None, {"age_hours": age})


def _moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if value == date.max:
        return datetime.combine(value, time.max, tzinfo=UTC)
    return datetime.combine(value + timedelta(days=1), time.min, tzinfo=UTC)


RULE = Freshness()
