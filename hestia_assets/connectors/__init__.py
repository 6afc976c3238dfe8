"""Connectors: one file per kind of place that files are fetched from. ``CONNECTORS.get("s3")`` is connectors/s3.py."""

from hestia_assets.core.ports import Connector
from hestia_assets.core.registry import Registry

CONNECTORS: Registry[Connector] = Registry("connector", package="hestia_assets.connectors", constant="CONNECTOR")
