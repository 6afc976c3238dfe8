"""What a spec must keep before it is saved: everything it names exists, every parameter is known.

The words themselves are checked by the models in ``core/specs.py``; here they meet what is installed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from hestia_assets.core.access import LOCAL, Principal
from hestia_assets.core.addresses import connector_for
from hestia_assets.core.channels import refuse_channel
from hestia_assets.core.errors import SpecError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import Clock, Connector, Format, RowGate, WritableFormat
from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import BatchRule, ConditionRule, Occasion, RowRule, Rule
from hestia_assets.core.specs import (
    AlertSpec,
    AnySpec,
    CheckSpec,
    DatasetSpec,
    ExportSpec,
    Severity,
    SourceSpec,
    TransformSpec,
    parse,
)
from hestia_assets.domains.governance.times import refuse_schedule


@dataclass(frozen=True)
class SpecChecker:
    """Raises a HestiaError for a spec that could not work, and names what is valid."""

    formats: Registry[Format]
    rules: Registry[Rule]
    gate: RowGate
    connectors: Registry[Connector]
    clock: Clock

    def __call__(self, spec: AnySpec) -> None:
        """Check one spec.

        Raises:
            UnknownPluginError: it names a format or rule that is not installed.
            SpecError: a rule's parameters are wrong, or a transform reads itself.
            SqlError: a transform's query is no single SELECT.
            SpecError: a source's address, time or time zone is none.
            NotFoundError: an export's table address is none.
        """
        match spec:
            case DatasetSpec():
                self._dataset(spec)
            case SourceSpec():
                self._source(spec)
            case TransformSpec():
                self._transform(spec)
            case ExportSpec():
                self._export(spec)
            case AlertSpec():
                _alert(spec)

    def _dataset(self, spec: DatasetSpec) -> None:
        for recipe in (spec.recipe, *spec.other_recipes):
            parse(self.formats.get(recipe.format).options, recipe.options)
        if spec.rhythm is not None and spec.rhythm.schedule:
            refuse_schedule(spec.rhythm.schedule, time_zone=spec.rhythm.time_zone)
        for check in spec.checks:
            rule = self.rules.get(check.rule)
            _refuse_columns(check, rule)
            _refuse_unknown_parameters(check, rule)
            _refuse_missing_parameters(check, rule)
            if isinstance(rule, BatchRule) and check.severity is Severity.REJECT:
                raise SpecError(
                    f"Check '{check.name}' speaks of a whole batch and cannot reject single rows.",
                    hint="Let it hold the batch, or only warn.",
                )
            if isinstance(rule, ConditionRule):
                _built(partial(rule.condition, occasion=Occasion(spec.tenant, self.clock())), check)
            elif isinstance(rule, RowRule):
                _built(rule.check, check)

    def _transform(self, spec: TransformSpec) -> None:
        own = TableRef(Layer.TRANSFORMED, spec.tenant, spec.name)
        inputs = self.gate.tables_in(Principal(LOCAL.name, spec.tenant), spec.sql)
        if own in inputs:
            raise SpecError(
                f"The transform '{spec.name}' reads its own table.",
                hint="Read the table it is made from, or give the transform another name.",
            )
        for ref in inputs:
            _refuse_other_tenant(ref, spec)

    def _source(self, spec: SourceSpec) -> None:
        connector_for(self.connectors, spec.url)
        if "@" in urlsplit(spec.url).netloc:
            raise SpecError(
                f"The address of '{spec.name}' holds a password, which everybody could read here.",
                hint="Leave it out, and use an address that needs none.",
            )
        if spec.schedule:
            refuse_schedule(spec.schedule, time_zone=spec.time_zone)

    def _export(self, spec: ExportSpec) -> None:
        if not isinstance(self.formats.get(spec.format), WritableFormat):
            raise SpecError(f"The format {spec.format} can be read, but not yet be written.", hint="Export as csv.")
        _refuse_other_tenant(TableRef.parse(spec.table, tenant=spec.tenant), spec)


def _alert(spec: AlertSpec) -> None:
    refuse_channel(spec.channel)
    if spec.digest:
        refuse_schedule(spec.digest, time_zone=spec.time_zone)


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


def _built(build: Callable[[CheckSpec], object], check: CheckSpec) -> None:
    """Let the rule itself judge the values of its parameters, and say which check it was."""
    try:
        build(check)
    except SpecError as error:
        if check.name in error.message:
            raise
        raise SpecError(f"Check '{check.name}': {error.message}", hint=error.hint) from error


def _refuse_other_tenant(ref: TableRef, spec: TransformSpec | ExportSpec) -> None:
    if ref.tenant != spec.tenant:
        raise SpecError(
            f"'{spec.name}' reads {ref}, which belongs to another tenant.",
            hint=f"Name a table of {spec.tenant}, such as validated.orders.",
        )
