"""What is different in files of a known dataset: told as warnings; no import waits for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from hestia_assets.core.errors import HestiaError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch, Drift

MOST_FILES = 20
"""Files of one command that are held against those before: the first ones, for each is looked into for it."""


def held_against_earlier(hestia: "Hestia", waiting: "Sequence[Batch]") -> "dict[str, Drift]":
    """The drift of batches that are not imported yet, by their ids; nothing for a dataset without an earlier file."""
    known = [batch for batch in waiting if hestia.batches.last_sequence(batch.tenant, batch.dataset)]
    found = {batch.id: _drift(hestia, batch) for batch in known[:MOST_FILES]}
    if len(known) > MOST_FILES:
        typer.echo(f"The first {MOST_FILES} of {len(known):,} files were held against earlier files.", err=True)
    return {batch: drift for batch, drift in found.items() if drift is not None}


def drift_facts(drift: "Drift") -> list[dict[str, Any]]:
    """What --json prints."""
    return [{"kind": one.kind.value, "column": one.column, "message": one.sentence} for one in drift.findings]


def tell_drift(name: str, drift: "Drift") -> None:
    """One line for each difference."""
    for finding in drift.findings:
        typer.echo(f"{name}: different this time: {finding.sentence}", err=True)


def _drift(hestia: "Hestia", batch: "Batch") -> "Drift | None":
    from hestia_assets.core.specs import DatasetSpec

    try:
        dataset = hestia.catalog.get("dataset", batch.tenant, batch.dataset).spec
        assert isinstance(dataset, DatasetSpec), "the catalogue gives the kind that it was asked for"
        with hestia.ingest.original(batch).open("rb") as source:
            return hestia.ingest.drift(source, dataset, file_name=batch.file_name)
    except (HestiaError, OSError):  # the import of this file says it
        return None
