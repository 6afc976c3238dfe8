"""Is this installation well, and what to do where it is not."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import Session, session

if TYPE_CHECKING:
    from hestia_assets.settings import Settings

LIBRARIES = ("dagster", "polars", "duckdb", "deltalake", "pandera", "sqlalchemy", "streamlit")
LITTLE_BYTES = 2 * 1024**3
"""Less room than this is worth a word."""
GIGABYTE = 1024**3
ELSEWHERE = (
    "Stop that one, or give this home ports of its own: HESTIA_UI_PORT, HESTIA_DAGSTER_PORT, HESTIA_CODE_SERVER_PORT."
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``state``: ok, note (works without), problem."""

    what: str
    state: str
    found: str
    hint: str = ""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("doctor")(doctor)


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at versions, disk, database and services; say what to do about each problem."""
    with explained(as_json=as_json):
        findings = list(examine(session(context)))
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            rows = [(f.what, f.state, f.found, f.hint) for f in findings]
            print_table(("what", "state", "found", "what to do"), rows)
        if any(finding.state == "problem" for finding in findings):
            raise typer.Exit(1)


def examine(current: Session) -> Iterator[Finding]:
    """Look at everything."""
    settings = current.settings()
    yield Finding("versions", "ok", _versions())
    yield _database(current)
    yield _disk(settings)
    yield from _services(settings)


def _versions() -> str:
    import platform
    from importlib.metadata import version

    from hestia_assets import __version__

    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"hestia {__version__}, Python {platform.python_version()}, {libraries}"


def _database(current: Session) -> Finding:
    from hestia_assets.core.errors import HestiaError

    try:
        hestia = current.hestia()
        datasets = len(hestia.catalog.all("dataset"))
    except HestiaError as error:
        return Finding("home", "problem", error.message, error.hint)
    return Finding("home", "ok", f"{hestia.settings.home.resolve()}, {counted(datasets, 'dataset')}")


def _disk(settings: "Settings") -> Finding:
    free = shutil.disk_usage(_existing(settings)).free
    found = f"{free / GIGABYTE:.1f} GB free"
    if free < LITTLE_BYTES:
        return Finding("disk", "problem", found, "Free some room, or move HESTIA_HOME to a larger disk.")
    return Finding("disk", "ok", found)


def _existing(settings: "Settings") -> str:
    home = settings.home.resolve()
    return str(next(path for path in (home, *home.parents) if path.exists()))


def _services(settings: "Settings") -> Iterator[Finding]:
    from hestia_assets.adapters.services import build_services
    from hestia_assets.cli.code_location import serving_home

    serving = serving_home(settings)
    stranger = serving if serving != settings.home.resolve() else None
    for service in build_services(settings):
        healthy = service.healthy()
        if healthy and stranger:
            yield Finding(service.name, "note", f"serves another home: {stranger}", ELSEWHERE)
        elif healthy:
            yield Finding(service.name, "ok", service.url or "healthy")
        else:
            yield Finding(service.name, "note", "not up", "Start it with: hestia up")
