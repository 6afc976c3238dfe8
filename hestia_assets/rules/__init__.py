"""Validation rules: one file each. ``RULES.get("in_range")`` is rules/in_range.py's RULE."""

from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import Rule

RULES: Registry[Rule] = Registry("rule", package="hestia_assets.rules", constant="RULE")
