"""The ``hestia`` command: one module per group of commands; heavy libraries load when a command runs."""

from pathlib import Path
from typing import Annotated

import typer

from hestia_assets import __version__
from hestia_assets.cli import (
    alerts,
    batches,
    convert,
    decisions,
    deleting,
    demo,
    doctor,
    editing,
    exports,
    importing,
    inspecting,
    profile,
    quality,
    quarantine,
    rules,
    services,
    sources,
    specs,
    sql,
    transforms,
    undoing,
)
from hestia_assets.cli.session import Register, Session

GROUPS: tuple[Register, ...] = (
    demo.register,
    services.register,
    inspecting.register,
    convert.register,
    importing.register,
    sources.register,
    batches.register,
    decisions.register,
    undoing.register,
    editing.register,
    quarantine.register,
    profile.register,
    rules.register,
    quality.register,
    sql.register,
    transforms.register,
    exports.register,
    alerts.register,
    specs.register,
    deleting.register,
    doctor.register,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hestia {__version__}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="hestia",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def start(
        context: typer.Context,
        home: Annotated[
            Path | None,
            typer.Option(help="Everything Hestia keeps is below this folder. [default: ./.hestia]"),
        ] = None,
        _version: Annotated[
            bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
        ] = False,
    ) -> None:
        """A file becomes a trusted table, and every line of it is accounted for."""
        context.obj = Session(home)

    for register in GROUPS:
        register(app)
    return app


def main() -> None:
    """Run the command line."""
    build_app()()


if __name__ == "__main__":
    main()
