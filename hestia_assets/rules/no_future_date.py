"""A date must not lie behind the day on which the batch arrived."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import TIMES, refuse_other_types, whole_number

LONGEST_DAYS = 36_525
"""A hundred years: more is a slip, and would leave the calendar."""


class NoFutureDate:
    """Fails for each date or time later than the batch arrived; an empty field passes.

    The arrival is kept with the batch, so a batch that is judged again later is judged alike. It is compared as clocks
    show it in ``time_zone``: the columns hold times without a zone.
    """

    sentence: ClassVar[str] = "{columns} must not be in the future"
    advice: ClassVar[str] = "Correct the date: look at the year, and whether day and month are swapped."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "days": Parameter("How many days ahead are still allowed.", ParameterKind.INTEGER, default=0),
        "time_zone": Parameter("Whose clocks the times are of, such as Europe/Berlin.", ParameterKind.TEXT,
                               default="UTC"),
    }  # fmt: skip
    example: ClassVar[Mapping[str, Any]] = {"days": 0, "time_zone": "Europe/Berlin"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "{columns} must be at most {days} days in the future" if whole_number(spec, "days") else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        days = whole_number(spec, "days")
        return f"{spec.columns[0]} is {f'more than {days} days ' if days else ''}in the future."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a date had come when the batch arrived."""
        latest = _latest(spec, occasion)

        def come(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_types(spec, dtype, TIMES, hint="Make the column a date or a timestamp.")
            return column <= (latest.date() if dtype == pl.Date else latest)

        return come


def _latest(spec: CheckSpec, occasion: Occasion) -> datetime:
    days, zone = whole_number(spec, "days") or 0, str(spec.params.get("time_zone") or "UTC")
    if days > LONGEST_DAYS:
        raise SpecError(f"Check '{spec.name}' allows {days} days ahead.", hint="Give fewer 'days', or leave it out.")
    try:
        local = occasion.at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SpecError(
            f"'{zone}' is no time zone.", hint="Write it like Europe/Berlin, or leave it out: UTC."
        ) from error
    return local.replace(tzinfo=None) + timedelta(days=days)


RULE = NoFutureDate()
