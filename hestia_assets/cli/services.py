"""Starting an installation and keeping it up."""

from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.output import AsJson, explained, print_json, print_table
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.adapters.services import Service
    from hestia_assets.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up")(up)


def up(
    context: typer.Context,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only this service: code-server, webserver, daemon or pages. May be repeated."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Start nothing; exit 0 if the services are well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start the pages, the Dagster UI, its daemon and the code server; Ctrl-C stops them all."""
    from hestia_assets.adapters.services import build_services

    with explained(as_json=as_json):
        settings = session(context).settings()
        services = build_services(settings, only=only or ())
        if check:
            _check(services, as_json=as_json)
        else:
            from hestia_assets.defs.resources import open_instance

            session(context).hestia()  # makes or migrates the home before four processes want it at once
            open_instance(settings).dispose()  # and Dagster's databases
            _run(settings, services, as_json=as_json)


def _check(services: "list[Service]", *, as_json: bool) -> None:
    states = {service.name: service.healthy() for service in services}
    if as_json:
        print_json(states)
    else:
        print_table(("service", "state"), [(name, "healthy" if well else "down") for name, well in states.items()])
    if not all(states.values()):
        raise typer.Exit(1)


def _run(settings: "Settings", services: "list[Service]", *, as_json: bool) -> None:
    from hestia_assets.adapters.services import environment, write_workspace
    from hestia_assets.adapters.supervisor import Supervisor

    def report(service: str, event: str) -> None:
        if as_json:
            print_json({"service": service, "event": event})
        else:
            typer.echo(f"{service:<12} {event}")

    def ready() -> None:
        urls = {service.name: service.url for service in services if service.url}
        if as_json:
            print_json({"ready": True, "urls": urls})
        elif urls:
            typer.echo("\n" + "\n".join(f"{name:<12} {url}" for name, url in urls.items()) + "\n")

    _warn_if_open(settings)
    write_workspace(settings)
    logs = settings.home.resolve() / "logs"
    Supervisor(services, logs, environment(settings), report, host=settings.host, on_ready=ready).run()


def _warn_if_open(settings: "Settings") -> None:
    if settings.host not in {"127.0.0.1", "localhost", "::1"}:
        typer.echo(
            f"Listening on {settings.host}: neither the pages nor Dagster ask for a password, so let only"
            " trusted machines reach it.",
            err=True,
        )
