"""Names that Dagster sees: asset keys, operations, jobs, checks, tags. Pages launch runs by these names."""

import re
import unicodedata
import zlib
from collections.abc import Sequence

import dagster as dg

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.specs import AnySpec, CheckSpec, DatasetSpec, kind_of

BATCH_TAG = "hestia/batch"
HELD_TAG = "hestia/held"
WAITING_TAG = "hestia/waiting"
WORKER_TAG = "hestia/worker"

TAGGED_BATCHES = 20
DEFAULT_TENANT = "default"

FETCHER = "source "
"""Author of batches that a fetch brought: this word and the name of the source."""

_VERBS = {"dataset": "import", "source": "fetch", "transform": "transform", "export": "export"}


def asset_key(layer: Layer, spec: AnySpec) -> dg.AssetKey:
    """Layer, tenant, name."""
    return dg.AssetKey([layer.value, spec.tenant, spec.name])


def group(layer: Layer, spec: AnySpec) -> str:
    """The group of an asset: its layer, so that the lineage reads from landing to exported whatever else is there.

    A group per dataset would be one box of four assets each, and a hundred boxes at a hundred datasets. The assets of
    a tenant other than ``default`` are groups of their own.
    """
    return layer.value if spec.tenant == DEFAULT_TENANT else f"{spec.tenant}_{layer.value}"


def table_ref(layer: Layer, spec: AnySpec) -> TableRef:
    """The table behind an asset."""
    return TableRef(layer, spec.tenant, spec.name)


def op_name(dataset: DatasetSpec) -> str:
    """``<tenant>__<dataset>``: where run config names the batch."""
    return f"{dataset.tenant}__{dataset.name}"


def job_name(spec: AnySpec) -> str:
    """``import_<tenant>__<dataset>``; likewise ``fetch_``, ``transform_`` and ``export_`` of what has that name."""
    return f"{_VERBS[kind_of(spec)]}_{spec.tenant}__{spec.name}"


def run_tags(spec: AnySpec) -> dict[str, str]:
    """``hestia/dataset``, ``hestia/source``, ``hestia/transform`` or ``hestia/export`` = tenant/name."""
    return {f"hestia/{kind_of(spec)}": spec.key}


def batches_tag(batches: Sequence[str]) -> str:
    """The ids of a run's batches; of many the first and the last, for databases limit the length of a tag."""
    shown = batches if len(batches) <= TAGGED_BATCHES else (*batches[: TAGGED_BATCHES - 1], batches[-1])
    return ",".join(shown)


def check_name(check: CheckSpec) -> str:
    """The check's own name, or an ASCII one where Dagster would refuse it, and all other assets with it.

    Example:
        >>> check_name(CheckSpec(rule="not_null", columns=("größe",)))
        'not_null__grosse_8f81ad0d'
    """
    name = check.name
    if re.fullmatch(r"\w+", name, re.ASCII):
        return name
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9_]', '', plain)}_{zlib.crc32(name.encode()):08x}"
