"""What has arrived: datasets, batches, line accounts."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.drifting import drift_facts
from hestia_assets.cli.output import AsJson, ResultFormat, counted, explained, print_csv, print_json, print_table
from hestia_assets.cli.session import principal, session
from hestia_assets.core.access import Purpose
from hestia_assets.core.layers import Layer, TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch, SpecVersion


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("datasets")(list_datasets)
    app.command("batches")(list_batches)
    app.command("account")(show_account)


def list_datasets(context: typer.Context, as_json: AsJson = False) -> None:
    """List the datasets: the rows of their tables, and what became of their last file."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        found = [_dataset_fact(hestia, saved) for saved in hestia.catalog.all("dataset", tenant=hestia.settings.tenant)]
        if as_json:
            print_json(found)
        elif found:
            print_table(list(found[0]), [list(fact.values()) for fact in found])
        else:
            typer.echo("No dataset yet. Make one with: hestia import FILE --dataset NAME")


def list_batches(
    context: typer.Context,
    dataset: Annotated[str | None, typer.Argument(help="Only this dataset.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what arrived, newest first."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        if dataset is not None:
            hestia.catalog.get("dataset", hestia.settings.tenant, dataset)
        found = hestia.batches.recent(hestia.settings.tenant, dataset, limit=limit)
        if as_json:
            print_json([batch_fact(batch) | {"file": batch.file_name} for batch in found])
        else:
            print_batches(found)


def show_account(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(help="A batch id.")],
    format: Annotated[ResultFormat, typer.Option("--format", help="How to print it.")] = ResultFormat.TABLE,
    as_json: AsJson = False,
) -> None:
    """Show where every line, record or sheet row of a file went, and what each check counted."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        found = hestia.batches.get(batch)
        unit = unit_of(hestia, found)
        if as_json or format is ResultFormat.JSON:
            facts = {
                "file": found.file_name,
                "unit": unit,
                "checks": _check_facts(found, hestia.quality.demands_of(found)),
            }
            print_json(batch_fact(found) | facts)
        elif format is ResultFormat.CSV:
            print_csv(("batch", "file", "unit", "place", "count"), _account_rows(found, unit))
        else:
            _tell_account(found, unit, hestia.quality.demands_of(found))


def unit_of(hestia: "Hestia", batch: "Batch") -> str:
    """What the batch's account counts: line, record, or row of a sheet."""
    from hestia_assets.core.specs import DatasetSpec

    saved = hestia.catalog.get("dataset", batch.tenant, batch.dataset, version=batch.spec_version)
    assert isinstance(saved.spec, DatasetSpec), "the catalogue gives the kind that it was asked for"
    return hestia.formats.get(saved.spec.recipe.format).unit


def _account_rows(batch: "Batch", unit: str) -> list[tuple[object, ...]]:
    return [(batch.id, batch.file_name, unit, place, count) for place, count in batch.account.as_dict().items()]


def _tell_account(batch: "Batch", unit: str, demands: "Mapping[str, str]") -> None:
    from hestia_assets.core.sentences import left_as_edited

    print_batches([batch])
    print_table((f"{unit}s", "count"), batch.account.as_dict().items(), title=_verdict(batch, unit))
    checks = [
        (demands[c.name], c.name, c.severity.value, c.checked_rows, c.failed_rows, c.exempt_rows) for c in batch.checks
    ]
    if checks:
        print_table(("rule", "check", "severity", "rows checked", "rows failed", "rows exempt"), checks)
    if batch.drift:
        rows = [(one.kind.value, one.column, one.sentence) for one in batch.drift]
        print_table(("what", "column", "different from the files before"), rows)
    if twice := left_as_edited(batch.checks, unit):
        typer.echo(twice)
    if batch.problem:
        typer.echo(f"{batch.problem.message}\n{batch.problem.hint}")


def batch_fact(batch: "Batch") -> dict[str, Any]:
    """What ``hestia import --json`` prints for one file."""
    return {
        "batch": batch.id,
        "dataset": batch.dataset,
        "state": batch.state.value,
        "lines": batch.account.as_dict(),
        "rows": {"loaded": batch.rows_loaded, "quarantined": batch.rows_quarantined},
        "seconds": round(batch.seconds, 3),
        **({"drift": drift_facts(batch.drift)} if batch.drift else {}),
    }


def print_batches(found: "list[Batch]") -> None:
    """Batches as a table."""
    if not found:
        typer.echo("Nothing has arrived yet.")
        return
    columns = ("batch", "dataset", "file", "state", "rows loaded", "rows quarantined", "different", "seconds")
    print_table(
        columns,
        [
            (
                b.id,
                b.dataset,
                b.file_name,
                b.state.value,
                b.rows_loaded,
                b.rows_quarantined,
                len(b.drift) or "",
                f"{b.seconds:.1f}",
            )
            for b in found
        ],
    )


def _verdict(batch: "Batch", unit: str) -> str:
    account = batch.account
    if account.balanced:
        return f"Every {unit} has its place."
    return f"No place yet: {account.total - account.accounted:,} of {counted(account.total, unit)}."


def _check_facts(batch: "Batch", demands: "Mapping[str, str]") -> list[dict[str, Any]]:
    return [
        {
            "check": check.name,
            "sentence": demands[check.name],
            "severity": check.severity.value,
            "checked_rows": check.checked_rows,
            "failed_rows": check.failed_rows,
            "exempt_rows": check.exempt_rows,
        }
        for check in batch.checks
    ]


def _dataset_fact(hestia: "Hestia", saved: "SpecVersion") -> dict[str, Any]:
    last = next(iter(hestia.batches.recent(saved.spec.tenant, saved.spec.name, limit=1)), None)
    return {
        "dataset": saved.spec.name,
        "version": saved.version,
        "rows": _rows(hestia, Layer.VALIDATED, saved.spec.name),
        "quarantined": _rows(hestia, Layer.QUARANTINE, saved.spec.name),
        "last_file": last.file_name if last else None,
        "last_state": last.state.value if last else None,
    }


def _rows(hestia: "Hestia", layer: Layer, name: str) -> int:
    """How many rows the table holds now; none where there is no table yet."""
    import polars as pl

    ref = TableRef(layer, hestia.settings.tenant, name)
    if not hestia.tables.exists(ref):
        return 0
    rows = hestia.gate.read(principal(hestia), ref, purpose=Purpose.PREVIEW)
    return rows.select(pl.len()).collect().item()
