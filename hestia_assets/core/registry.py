"""Plugins: one file whose name is its key and which binds one constant; strangers come by entry point."""

import pkgutil
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from hestia_assets.core.errors import UnknownPluginError

PluginT = TypeVar("PluginT")


class Registry(Generic[PluginT]):
    """Finds the plugins of one kind; a plugin is imported when it is first used.

    Args:
        kind: the word in error messages, such as ``format``.
        package: the folder of our own plugins; the entry-point group has the same name.
        constant: the name that each module binds, such as ``FORMAT``.
    """

    def __init__(self, kind: str, *, package: str, constant: str) -> None:
        self._kind, self._package, self._constant = kind, package, constant
        self._loaded: dict[str, PluginT] = {}
        self._found: dict[str, EntryPoint] | None = None

    def names(self) -> list[str]:
        """Every installed plugin's key, sorted."""
        own = pkgutil.iter_modules(import_module(self._package).__path__)
        return sorted({module.name for module in own if not module.name.startswith("_")} | set(self._strangers()))

    def get(self, name: str) -> PluginT:
        """The plugin called ``name``.

        Raises:
            UnknownPluginError: none is installed under that name.
        """
        if name not in self._loaded:
            if name not in self.names():
                raise UnknownPluginError(self._kind, name, known=self.names())
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> PluginT:
        if entry := self._strangers().get(name):
            return cast("PluginT", entry.load())
        return cast("PluginT", getattr(import_module(f"{self._package}.{name}"), self._constant))

    def _strangers(self) -> dict[str, EntryPoint]:
        """Plugins that are installed beside ours; the environment is searched once, for it takes some milliseconds."""
        if self._found is None:
            self._found = {entry.name: entry for entry in entry_points(group=self._package)}
        return self._found
