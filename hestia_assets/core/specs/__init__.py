"""Specs: the versioned declarations of a dataset, a transform, an export, an alert. The only pydantic models.

YAML on disk, JSON in the metadata database; frozen and closed, so a misspelt field is an error, not a silence.
"""

from hestia_assets.core.specs.alerts import AlertSpec, Channel, ChannelKind, Occurrence
from hestia_assets.core.specs.checks import CheckSpec, Exemption, Severity, Threshold
from hestia_assets.core.specs.datasets import DatasetSpec, Mode, Rhythm
from hestia_assets.core.specs.kinds import SPEC_KINDS, AnySpec, kind_of
from hestia_assets.core.specs.model import ColumnName, Name, Spec, SpecT, parse
from hestia_assets.core.specs.products import ExportSpec, SourceSpec, TransformSpec
from hestia_assets.core.specs.recipes import Column, ColumnType, NoOptions, Recipe

__all__ = [
    "SPEC_KINDS",
    "AlertSpec",
    "AnySpec",
    "Channel",
    "ChannelKind",
    "CheckSpec",
    "Column",
    "ColumnName",
    "ColumnType",
    "DatasetSpec",
    "Exemption",
    "ExportSpec",
    "Mode",
    "Name",
    "NoOptions",
    "Occurrence",
    "Recipe",
    "Rhythm",
    "Severity",
    "SourceSpec",
    "Spec",
    "SpecT",
    "Threshold",
    "TransformSpec",
    "kind_of",
    "parse",
]
