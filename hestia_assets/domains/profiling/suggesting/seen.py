"""The rows that suggestions are drawn from, and what a candidate is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from hestia_assets.core.specs import CheckSpec, Column, Severity

LEAST = 20
"""Rows below which nothing is suggested: what few rows have in common is chance."""

BORNE = 0.005
"""Share of rows that may contradict a rule which is suggested all the same: they may be what it is for."""


@dataclass(frozen=True)
class Candidate:
    """A check that the rows may suggest, with its evidence; ``borne``: share of rows that may fail it.

    ``kind``: what the values are where the check passes; then that is the evidence.
    """

    check: CheckSpec
    evidence: str
    sure: float
    borne: float = BORNE
    kind: str = ""


@dataclass(frozen=True)
class Seen:
    """Rows as text and typed, in the same order, and the names of the rules that are installed."""

    columns: tuple[Column, ...]
    text: pl.DataFrame
    typed: pl.DataFrame
    rules: Collection[str]
    _distinct: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def height(self) -> int:
        """How many rows."""
        return self.typed.height

    def values(self, name: str) -> pl.Series:
        """What is there in a column."""
        return self.typed[name].drop_nulls()

    def distinct(self, name: str) -> int:
        """How many different values."""
        if name not in self._distinct:
            self._distinct[name] = self.values(name).n_unique()
        return self._distinct[name]

    def differ(self, name: str) -> bool:
        """Whether (almost) no value is there twice."""
        return self.distinct(name) >= (1 - BORNE) * self.values(name).len() > 0

    def candidate(
        self,
        rule: str,
        columns: tuple[str, ...],
        evidence: str,
        *,
        sure: float,
        borne: float = BORNE,
        warn: bool = False,
        params: Mapping[str, Any] | None = None,
    ) -> list[Candidate]:
        """One, where the rule is installed. ``warn``: the rows show it, but new ones may well be otherwise."""
        if rule not in self.rules:
            return []
        severity = Severity.WARN if warn else Severity.REJECT
        check = CheckSpec(rule=rule, columns=columns, params=dict(params or {}), severity=severity)
        return [Candidate(check, evidence, sure, borne)]  # fmt: skip


def share(part: float) -> str:
    """A share in words, never rounded up to all.

    Example:
        >>> share(0.9999), share(0.25), share(1.0)
        ('99.9 %', '25 %', '100 %')
    """
    percent = int(part * 1000) / 10
    return f"{percent:g} %"
