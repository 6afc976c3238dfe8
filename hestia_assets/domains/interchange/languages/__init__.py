"""Languages that rules are written in: one file each. ``LANGUAGES.get("dbt")`` is languages/dbt.py's LANGUAGE."""

from hestia_assets.core.registry import Registry
from hestia_assets.domains.interchange.language import Language

LANGUAGES: Registry[Language] = Registry(
    "rule language", package="hestia_assets.domains.interchange.languages", constant="LANGUAGE"
)
