"""File formats: one file each, reading and writing. ``FORMATS.get("csv")`` is formats/csv.py's FORMAT."""

from hestia_assets.core.ports import Format
from hestia_assets.core.registry import Registry

FORMATS: Registry[Format] = Registry("format", package="hestia_assets.formats", constant="FORMAT")
