"""Every kind of spec, by the word under which it is kept."""

from hestia_assets.core.specs.alerts import AlertSpec
from hestia_assets.core.specs.datasets import DatasetSpec
from hestia_assets.core.specs.products import ExportSpec, SourceSpec, TransformSpec

AnySpec = DatasetSpec | SourceSpec | TransformSpec | ExportSpec | AlertSpec

SPEC_KINDS: dict[str, type[AnySpec]] = {
    "dataset": DatasetSpec,
    "source": SourceSpec,
    "transform": TransformSpec,
    "export": ExportSpec,
    "alert": AlertSpec,
}


def kind_of(spec: AnySpec) -> str:
    """The word under which a spec is kept: dataset, source, transform, export, alert."""
    return next(kind for kind, model in SPEC_KINDS.items() if type(spec) is model)
