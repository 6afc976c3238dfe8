"""The main job end to end on sample data."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, explained, print_json, print_table
from hestia_assets.cli.session import Session, session

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.cli.demo_sheet import DemoFile
    from hestia_assets.cli.importing import Imported
    from hestia_assets.core.results import ExportResult, TransformResult
    from hestia_assets.core.specs import AnySpec

ORDERS = 12_000


@dataclass(frozen=True)
class Demo:
    """What the demo did."""

    imported: "Sequence[Imported]"
    transformed: "TransformResult"
    exported: "ExportResult"

    @property
    def proved(self) -> bool:
        """Whether every file is in the tables and every line has its place; an export here is complete."""
        batches = [one.batch for one in self.imported if one.batch and not one.error]
        return len(batches) == len(self.imported) and all(batch.account.balanced for batch in batches)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Work in this home instead.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes other files.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Make a shop's dirty files, import, check, transform and export them, and account for every line."""
    with explained(as_json=as_json):
        hestia = (Session(home) if home else session(context)).hestia()
        done = run_demo(hestia, seed=seed)
        if as_json:
            print_json(_facts(hestia, done))
        else:
            _tell(hestia, done)
    if not done.proved:
        raise typer.Exit(1)


def run_demo(hestia: "Hestia", *, seed: int, orders: int = ORDERS) -> Demo:
    """Files, specs, imports, transform, export. Raises HestiaError."""
    from hestia_assets.cli.code_location import reload_code_location
    from hestia_assets.cli.dagster_runs import run_export, run_transform
    from hestia_assets.cli.demo_data import make_files, write_files
    from hestia_assets.cli.demo_specs import EXPORT, TRANSFORM
    from hestia_assets.cli.importing import import_file
    from hestia_assets.cli.session import saved_dataset

    files = make_files(seed=seed, orders=orders)
    paths = write_files(hestia.settings.home / "demo", files)
    for file, path in zip(files, paths, strict=True):
        _declare_dataset(hestia, file, path)
    datasets = [saved_dataset(hestia, file.dataset) for file in files]
    imported = [import_file(hestia, path, spec) for path, spec in zip(paths, datasets, strict=True)]
    for spec in (TRANSFORM, EXPORT):
        _save_once(hestia, spec.model_copy(update={"tenant": hestia.settings.tenant}))
    reload_code_location(hestia.settings)
    return Demo(imported, run_transform(hestia, TRANSFORM.name), run_export(hestia, EXPORT.name))


def _declare_dataset(hestia: "Hestia", file: "DemoFile", path: Path) -> None:
    from hestia_assets.cli.demo_specs import CHECKS, declared
    from hestia_assets.cli.importing import inspect_file
    from hestia_assets.core.specs import DatasetSpec

    recipe = declared(inspect_file(hestia, path).recipe, file.dataset)
    checks = CHECKS[file.dataset]
    spec = DatasetSpec(name=file.dataset, tenant=hestia.settings.tenant, recipe=recipe, checks=checks)
    _save_once(hestia, spec)


def _save_once(hestia: "Hestia", spec: "AnySpec") -> None:
    """What a person has declared under that name already stays as it is."""
    if not hestia.catalog.exists(spec):
        hestia.catalog.save(spec, author=hestia.author)


def _facts(hestia: "Hestia", done: Demo) -> dict[str, Any]:
    from dataclasses import asdict

    from hestia_assets.cli.exports import exported_path

    return {
        "proved": done.proved,
        "files": [one.as_dict() | {"known": one.known} for one in done.imported],
        "transform": asdict(done.transformed),
        "export": asdict(done.exported) | {"path": str(exported_path(hestia, done.exported))},
    }


def _tell(hestia: "Hestia", done: Demo) -> None:
    from hestia_assets.cli.exports import exported_path

    _print_accounts(done)
    home, lake = hestia.settings.home.resolve(), hestia.settings.lake.resolve() / hestia.settings.tenant
    results = [
        ("files", home / "demo", "as a shop might send them"),
        ("good rows", lake / "validated", "one Delta table per file"),
        ("bad rows", lake / "quarantine", "with line, reason and original text"),
        ("transform", lake / "transformed" / "revenue", f"{done.transformed.rows:,} rows"),
        (
            "export",
            exported_path(hestia, done.exported),
            f"{done.exported.rows:,} rows, read again and counted",
        ),
    ]
    print_table(("result", "where", ""), results)
    if done.proved:
        typer.echo("Every line of every file is accounted for, and the export is complete.")
    else:
        typer.echo("Not every line has its place: see the table above.", err=True)
    typer.echo(_next_steps(home))


def _print_accounts(done: Demo) -> None:
    from hestia_assets.core.results import ACCOUNT_PARTS

    parts = [
        part for part in ACCOUNT_PARTS if any(one.batch and getattr(one.batch.account, part) for one in done.imported)
    ]
    rows = [
        (
            one.path.name,
            one.batch.account.total,
            *(getattr(one.batch.account, part) for part in parts),
            "yes" if one.batch.account.balanced else "NO",
            one.batch.rows_loaded,
            one.batch.rows_quarantined,
            "here before, nothing changed" if one.known else one.batch.state.value,
        )
        for one in done.imported
        if one.batch
    ]
    print_table(("file", "lines", *parts, "balances", "rows loaded", "rows quarantined", ""), rows)


def _next_steps(home: Path) -> str:
    program = "hestia" if shutil.which("hestia") else sys.argv[0]  # as it was called: perhaps .venv/bin/hestia
    command = program if home == Path(".hestia").resolve() else f"{program} --home {home}"
    steps = (
        ("Look at what was set aside:", "quarantine list orders"),
        ("Ask the tables:", 'sql "select * from transformed.revenue limit 5"'),
        ("Open the pages and Dagster:", "up"),
    )
    return "\n" + "\n".join(f"{what:<28} {command} {arguments}" for what, arguments in steps)
