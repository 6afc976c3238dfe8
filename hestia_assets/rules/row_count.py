"""A batch must have as many rows as expected: within bounds, or beside what earlier batches had."""

from collections.abc import Mapping
from statistics import median
from typing import Any, ClassVar

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import NO_COLUMN, ArrivedBatch, BatchFinding, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import number_in


class RowCount:
    """Counts the rows that would be loaded. Beside earlier batches it is quiet until there are ``history`` of them."""

    sentence: ClassVar[str] = "a batch must have between {min} and {max} rows, {least} to {most} times as many as usual"
    advice: ClassVar[str] = "Ask whoever sends the file whether rows are missing or there twice."
    columns: ClassVar[range] = NO_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "min": Parameter("The fewest rows.", ParameterKind.INTEGER),
        "max": Parameter("The most rows.", ParameterKind.INTEGER),
        "least": Parameter("At least so many times the median of earlier batches, such as 0.5.", ParameterKind.NUMBER),
        "most": Parameter("At most so many times the median of earlier batches, such as 2.", ParameterKind.NUMBER),
        "history": Parameter("Earlier batches that must be there to compare with.", ParameterKind.INTEGER, default=3),
    }
    example: ClassVar[Mapping[str, Any]] = {"min": 1, "least": 0.5, "most": 2}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        bounds = _between(spec, "min", "max"), _between(spec, "least", "most")
        usual = f"{bounds[1]} times as many rows as usual" if bounds[1] else ""
        rows = "row" if bounds[0] == "at least {min}" and str(spec.params["min"]) == "1" else "rows"
        said = [f"{bounds[0]} {rows}" if bounds[0] else "", usual]
        return f"a file must have {', and '.join(filter(None, said)) or 'as many rows as expected'}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence for this check."""
        low, high, least, most = (spec.params.get(name) for name in ("min", "max", "least", "most"))
        bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
        bounds += [f"at least {least} times as many as usual"] * (least is not None)
        bounds += [f"at most {most} times as many as usual"] * (most is not None)
        return f"The number of rows must be {' and '.join(bounds) or 'as expected'}."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def reads(self, spec: CheckSpec) -> frozenset[str]:
        """No column: rows are counted."""
        return frozenset()

    def judge(self, spec: CheckSpec, batch: ArrivedBatch) -> BatchFinding:
        """The first bound that the batch breaks."""
        bounds = _bounds(spec)
        figures: dict[str, float] = {"rows": batch.row_count}
        problems = [_beyond(batch.row_count, bounds.get("min"), bounds.get("max"), "")]
        earlier = [one.rows_loaded for one in batch.earlier]
        if len(earlier) >= bounds.get("history", 3) and earlier and bounds.keys() & {"least", "most"}:
            usual = figures["usual_rows"] = median(earlier)
            few, many = ((bounds[name] * usual if name in bounds else None) for name in ("least", "most"))
            problems.append(_beyond(batch.row_count, few, many, f"; the last {len(earlier)} had {usual:,.0f} (median)"))
        return BatchFinding(next((problem for problem in problems if problem), None), figures)


def _bounds(spec: CheckSpec) -> dict[str, float]:
    given = {name: value for name, value in spec.params.items() if value is not None}
    if not given.keys() & {"min", "max", "least", "most"}:
        raise SpecError(f"Check '{spec.name}' has no bound.", hint="Give 'min', 'max', 'least' or 'most'.")
    return {name: number_in(value, parameter=name) for name, value in given.items()}


def _beyond(rows: int, low: float | None, high: float | None, beside: str) -> str | None:
    if low is not None and rows < low:
        return f"The batch has {rows:,} rows, expected are at least {low:,.0f}{beside}."
    if high is not None and rows > high:
        return f"The batch has {rows:,} rows, expected are at most {high:,.0f}{beside}."
    return None


def _between(spec: CheckSpec, low: str, high: str) -> str:
    least, most = (spec.params.get(name) is not None for name in (low, high))
    if least and most:
        return f"between {{{low}}} and {{{high}}}"
    return f"at least {{{low}}}" if least else f"at most {{{high}}}" * most


RULE = RowCount()
