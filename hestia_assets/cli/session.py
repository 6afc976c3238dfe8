"""What the commands share: the home they work on and who they work for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.access import Principal
    from hestia_assets.core.specs import DatasetSpec
    from hestia_assets.settings import Settings

Register = Callable[[typer.Typer], None]
"""Each module of commands has one: it adds them to the application."""


@dataclass(frozen=True)
class Session:
    """The options that stand before the command."""

    home: Path | None = None

    def settings(self) -> "Settings":
        """The environment's settings, with --home where it was given."""
        from hestia_assets.settings import Settings

        return Settings() if self.home is None else Settings(home=self.home)

    def hestia(self) -> "Hestia":
        """Open the home. Raises HomeError."""
        from hestia_assets.bootstrap import open_home

        return open_home(settings=self.settings())


def session(context: typer.Context) -> Session:
    """The session of this call."""
    found = context.find_object(Session)
    return found if found is not None else Session()


def principal(hestia: "Hestia") -> "Principal":
    """Who asks for rows on the command line: the local user of the installation's tenant."""
    from hestia_assets.core.access import Principal

    return Principal(hestia.author, hestia.settings.tenant)


def saved_dataset(hestia: "Hestia", name: str) -> "DatasetSpec":
    """The dataset as it was saved last. Raises NotFoundError."""
    from hestia_assets.core.specs import DatasetSpec

    spec = hestia.catalog.get("dataset", hestia.settings.tenant, name).spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives the kind that it was asked for"
    return spec
