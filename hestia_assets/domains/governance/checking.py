"""What the checks of a dataset must keep before it is saved: each could run, on the columns that the dataset has."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from hestia_assets.core.errors import NotFoundError, SpecError
from hestia_assets.core.ports import Clock, SpecStore, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import LineAccount
from hestia_assets.core.rules import (
    ArrivedBatch,
    BatchRule,
    ConditionRule,
    Occasion,
    ParameterKind,
    RecordRule,
    Relations,
    RowRule,
    Rule,
    SetRule,
)
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity, parse

DEEPEST = 5
"""Checks within checks."""


@dataclass(frozen=True)
class CheckGuard:
    """Raises SpecError for a check that could not work, and names what is valid."""

    rules: Registry[Rule]
    validator: Validator
    specs: SpecStore
    clock: Clock

    def __call__(self, spec: DatasetSpec) -> None:
        """Look at each check of a dataset. Raises SpecError, UnknownPluginError."""
        for check in spec.checks:
            self._check(spec, check)

    def _check(self, spec: DatasetSpec, check: CheckSpec, *, depth: int = 0) -> None:
        rule = self.rules.get(check.rule)
        _refuse_columns(check, rule)
        _refuse_unknown_parameters(check, rule)
        _refuse_missing_parameters(check, rule)
        _refuse_severity(check, rule)
        for name, parameter in rule.parameters.items():
            if parameter.kind is ParameterKind.CHECK and check.params.get(name) is not None:
                self._inner(spec, check, name, depth=depth)
        if isinstance(rule, SetRule | BatchRule):
            others = self._others(spec, check)
            if others is not None and spec.recipe.columns:
                built(partial(self._run, spec, others, rule), check)
        else:
            built(partial(self._build, spec, rule), check)

    def _inner(self, spec: DatasetSpec, check: CheckSpec, name: str, *, depth: int) -> None:
        """A check that is a parameter of another one, judged like one of its own."""
        value, known = check.params[name], {column.name for column in spec.recipe.columns}
        if depth == DEEPEST:
            raise SpecError(f"Check '{check.name}' holds checks within checks within checks.", hint="Make it simpler.")
        if not isinstance(value, dict):
            hint = "Write it as {rule: …, columns: […], params: {…}}."
            raise SpecError(f"Check '{check.name}': '{name}' is no check.", hint=hint)
        given: dict[str, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType] - from JSON
        try:
            inner = parse(CheckSpec, given)
            if known and (unknown := set(inner.columns) - known):
                raise SpecError(f"It names the unknown column '{min(unknown)}'.", hint="Name columns of the dataset.")
            self._check(spec, inner, depth=depth + 1)
        except SpecError as error:
            raise SpecError(f"Check '{check.name}', '{name}': {error.message}", hint=error.hint) from error

    def _build(self, spec: DatasetSpec, rule: Rule, check: CheckSpec) -> None:
        """Let the rule itself judge the values of its parameters, and the types of its columns."""
        occasion = Occasion(spec.tenant, self.clock())
        schema = self.validator.schema(spec.recipe.columns)
        if isinstance(rule, ConditionRule):
            condition = rule.condition(check, occasion)
            for name in set(check.columns) & set(schema):
                condition(pl.col(name), schema[name])
        elif isinstance(rule, RecordRule):
            if schema:
                rule.passes(check, schema, occasion)
        elif isinstance(rule, RowRule):
            rule.check(check)

    def _others(self, spec: DatasetSpec, check: CheckSpec) -> dict[str, pl.Schema] | None:
        """The columns of the datasets that a check reads; None where one has none yet. Raises SpecError."""
        found: dict[str, pl.Schema] = {}
        names: list[str] = []
        built(lambda one: names.extend(self.validator.datasets(one)), check)
        for name in names:
            if name == spec.name:
                hint = "Name another dataset; what is compared within one is unique, row_unique or monotonic."
                raise SpecError(f"Check '{check.name}' reads its own dataset.", hint=hint)
            found[name] = self._columns_of(spec, check, name)
        return found if all(found.values()) else None

    def _columns_of(self, spec: DatasetSpec, check: CheckSpec, name: str) -> pl.Schema:
        try:
            other = self.specs.get("dataset", spec.tenant, name).spec
        except NotFoundError as error:
            known = ", ".join(one.spec.name for one in self.specs.all("dataset", tenant=spec.tenant)) or "none yet"
            message = f"Check '{check.name}' reads the dataset '{name}', which there is not."
            raise SpecError(message, hint=f"Use one of: {known}.") from error
        assert isinstance(other, DatasetSpec), "kept under this kind"
        return self.validator.schema(other.recipe.columns)

    def _run(
        self, spec: DatasetSpec, others: dict[str, pl.Schema], rule: SetRule | BatchRule, check: CheckSpec
    ) -> None:
        """Run it on nothing: a rule over rows in its query, one with SQL of a person in the engine as well."""
        schema = self.validator.schema(spec.recipe.columns)
        if isinstance(rule, SetRule):
            names = {name: f"_other{number}" for number, name in enumerate(others)}
            rule.query(check, Relations("_rows", "_existing", schema, names, others))
            if any(parameter.kind is ParameterKind.SQL for parameter in rule.parameters.values()):
                empty = pl.LazyFrame({name: [None] for name in schema}, schema=schema)
                self.validator.judge_set(empty.with_columns(_row=pl.lit(1), _line=pl.lit(1)), None, [check])
            return
        rows = {name: pl.LazyFrame(schema=columns) for name, columns in others.items()}
        occasion = Occasion(spec.tenant, self.clock())
        rule.judge(check, ArrivedBatch(occasion, pl.LazyFrame(schema=schema), 0, LineAccount(), others=rows))


def built(build: Callable[[CheckSpec], object], check: CheckSpec) -> None:
    """Let the rule itself judge the values of its parameters, and say which check it was."""
    try:
        build(check)
    except SpecError as error:
        if check.name in error.message:
            raise
        raise SpecError(f"Check '{check.name}': {error.message}", hint=error.hint) from error


def _refuse_severity(check: CheckSpec, rule: Rule) -> None:
    if isinstance(rule, BatchRule) and check.severity is Severity.REJECT:
        raise SpecError(
            f"Check '{check.name}' speaks of a whole batch and cannot reject single rows.",
            hint="Let it hold the batch, or only warn.",
        )


def _refuse_columns(check: CheckSpec, rule: Rule) -> None:
    if len(check.columns) not in rule.columns:
        wanted = _how_many(rule.columns)
        raise SpecError(
            f"The rule {check.rule} takes {wanted} (check '{check.name}' names {len(check.columns)}).",
            hint=f"Give the check {wanted}.",
        )


def _how_many(columns: range) -> str:
    most = columns.stop - 1
    if most > 2:
        return "several columns" if columns.start > 1 else "one column or more"
    return ("no column", "one column", "two columns")[most]


def _refuse_unknown_parameters(check: CheckSpec, rule: Rule) -> None:
    unknown = sorted(set(check.params) - set(rule.parameters))
    if unknown:
        known = ", ".join(sorted(rule.parameters))
        raise SpecError(
            f"The rule {check.rule} has no parameter '{unknown[0]}' (check '{check.name}').",
            hint=f"Use one of: {known}." if known else "Leave it out: this rule has no parameters.",
        )


def _refuse_missing_parameters(check: CheckSpec, rule: Rule) -> None:
    missing = sorted(name for name, one in rule.parameters.items() if one.required and name not in check.params)
    if missing:
        name = missing[0]
        raise SpecError(
            f"The rule {check.rule} needs the parameter '{name}' (check '{check.name}').",
            hint=f"Add '{name}': {rule.parameters[name].meaning}",
        )
