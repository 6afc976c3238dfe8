"""What a spec must keep before it is saved: everything it names exists, every parameter is known.

The words themselves are checked by the models in ``core/specs.py``; here they meet what is installed.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from hestia_assets.core.access import LOCAL, Principal
from hestia_assets.core.addresses import connector_for
from hestia_assets.core.channels import refuse_channel
from hestia_assets.core.errors import SpecError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import Clock, Connector, Format, RowGate, SpecStore, Validator, WritableFormat
from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import (
    AlertSpec,
    AnySpec,
    DatasetSpec,
    ExportSpec,
    SourceSpec,
    TransformSpec,
    parse,
)
from hestia_assets.domains.governance.checking import CheckGuard
from hestia_assets.domains.governance.times import refuse_schedule


@dataclass(frozen=True)
class SpecChecker:
    """Raises a HestiaError for a spec that could not work, and names what is valid."""

    formats: Registry[Format]
    rules: Registry[Rule]
    gate: RowGate
    connectors: Registry[Connector]
    clock: Clock
    validator: Validator
    specs: SpecStore

    def __call__(self, spec: AnySpec) -> None:
        """Check one spec.

        Raises:
            UnknownPluginError: it names a format or rule that is not installed.
            SpecError: a check could not run, or a transform reads itself.
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
        CheckGuard(self.rules, self.validator, self.specs, self.clock)(spec)

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


def _refuse_other_tenant(ref: TableRef, spec: TransformSpec | ExportSpec) -> None:
    if ref.tenant != spec.tenant:
        raise SpecError(
            f"'{spec.name}' reads {ref}, which belongs to another tenant.",
            hint=f"Name a table of {spec.tenant}, such as validated.orders.",
        )
