"""Datasets: what a user declares and follows from landing to delivery."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from hestia_assets.core.specs.checks import CheckSpec
from hestia_assets.core.specs.model import ColumnName, Name, Spec, refuse_repeats
from hestia_assets.core.specs.recipes import Recipe


class Mode(StrEnum):
    """What a batch does to the rows that are there: joins them, takes their place, or updates them by key."""

    APPEND = "append"
    REPLACE = "replace"
    UPSERT = "upsert"


class Rhythm(Spec):
    """When a dataset is expected: a batch at the latest so many hours after the last, or after each time of a schedule.

    Example:
        >>> Rhythm(every_hours=26).every_hours
        26.0
    """

    every_hours: float | None = Field(default=None, gt=0, description="Longest time between two batches.")
    schedule: str = Field(default="", description="Cron expression of the times a batch is due, such as 0 6 * * 1-5.")
    grace_hours: float = Field(default=1.0, ge=0, description="A batch may be this late after its time.")
    time_zone: str = "UTC"

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.every_hours is None) == (not self.schedule):
            raise ValueError("a rhythm needs every_hours or schedule, one of the two")
        return self


class DatasetSpec(Spec):
    """A dataset from landing to export.

    Example:
        >>> DatasetSpec(name="orders").key
        'default/orders'
    """

    name: Name
    tenant: Name = "default"
    description: str = ""
    recipe: Recipe = Recipe()
    other_recipes: tuple[Recipe, ...] = Field(
        default=(), description="How other sources of the same columns are read; the first whose header fits is used."
    )
    mode: Mode = Mode.APPEND
    primary_key: tuple[ColumnName, ...] = Field(default=(), description="Columns that together name a row; for upsert.")
    blank_overwrites: bool = Field(default=False, description="On upsert an empty value takes a value's place.")
    delete_missing: bool = Field(default=False, description="On upsert, rows whose key is not in the file go.")
    delete_limit: float = Field(
        default=0.1, ge=0, le=1, description="A batch that would delete a larger share of rows waits for a person."
    )
    checks: tuple[CheckSpec, ...] = ()
    rhythm: Rhythm | None = Field(default=None, description="When batches are expected; empty: whenever they come.")
    watched: bool = Field(default=True, description="Figures that are unlike those of earlier batches raise an alarm.")

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"

    @model_validator(mode="after")
    def _checks_fit(self) -> Self:
        refuse_repeats("check", [check.name for check in self.checks])
        known = {column.name for column in self.recipe.columns}
        for check in self.checks:
            named = set(check.columns).union(*(each.match for each in check.exemptions))
            if known and (unknown := named - known):
                raise ValueError(f"check '{check.name}' names the unknown column '{min(unknown)}'")
        return self

    @model_validator(mode="after")
    def _mode_fits(self) -> Self:
        known = {column.name for column in self.recipe.columns}
        if known and (unknown := set(self.primary_key) - known):
            raise ValueError(f"primary_key names the unknown column '{min(unknown)}'")
        if self.mode is Mode.UPSERT and not self.primary_key:
            raise ValueError("upsert needs primary_key: the columns that name a row")
        if self.delete_missing and self.mode is not Mode.UPSERT:
            raise ValueError("delete_missing needs the mode upsert")
        return self

    @model_validator(mode="after")
    def _recipes_agree(self) -> Self:
        """Every recipe makes the same columns: what differs is how they are found in the file."""
        made = {(column.name, column.type, column.scale) for column in self.recipe.columns}
        for recipe in self.other_recipes:
            if {(column.name, column.type, column.scale) for column in recipe.columns} != made:
                raise ValueError("another recipe makes other columns, or columns of other types")
        return self
