"""Rows that may fail a check: told by their values as the table shows them."""

import polars as pl

from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import CheckSpec, Exemption


def exempt(check: CheckSpec, occasion: Occasion) -> pl.Expr | None:
    """Whether a typed row may fail the check; None where no row may."""
    day = occasion.at.date()
    rules = [_matches(one) for one in check.exemptions if one.holds(day)]
    return pl.any_horizontal(rules) if rules else None


def _matches(one: Exemption) -> pl.Expr:
    return pl.all_horizontal(
        pl.col(name).cast(pl.String).eq_missing(pl.lit(value)) for name, value in one.match.items()
    )
