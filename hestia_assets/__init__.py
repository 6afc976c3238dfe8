"""Hestia: a self-service data platform that accounts for every line of every file.

``open_home(path)`` gives the façade that the pages, the CLI and the Dagster assets use; ``read_file(path)`` reads any
file without one. Importing this package is cheap: heavy libraries load on first use.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hestia_assets.bootstrap import open_home as open_home
    from hestia_assets.reading import read_file as read_file

__version__ = "0.1.0"
__all__ = ["__version__", "open_home", "read_file"]


def __getattr__(name: str) -> object:
    if name == "open_home":
        from hestia_assets.bootstrap import open_home

        return open_home
    if name == "read_file":
        from hestia_assets.reading import read_file

        return read_file
    raise AttributeError(f"module 'hestia_assets' has no attribute '{name}'")
