"""Quarantine rows: what was wrong, where, and the original text."""

import json
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from hestia_assets.core.results import Reject, TextChunk

SCHEMA = pl.Schema(
    {
        "_batch": pl.String(),
        "_row": pl.Int64(),
        "_line": pl.Int64(),
        "_lines": pl.Int32(),
        "rule": pl.String(),
        "column": pl.String(),
        "message": pl.String(),
        "value": pl.String(),
        "problems": pl.Int32(),
        "details": pl.String(),
        "text": pl.String(),
        "state": pl.String(),
        "at": pl.Datetime("us", "UTC"),
    }
)
"""One row per bad record: ``_line`` first physical line, ``_lines`` lines spanned, the first problem in ``rule``,
``column``, ``message``, ``value``; all of them as JSON in ``details``; ``text`` as it stands in the file."""

PROBLEM = ("rule", "column", "message", "value")


def from_rejects(rejects: Sequence[Reject], *, batch: str, at: datetime) -> pl.DataFrame:
    """Records that are no rows."""
    rows = [
        (
            batch,
            r.row,
            r.line,
            r.lines,
            r.rule,
            r.column,
            r.message,
            r.value,
            1,
            _details([r]),
            r.text,
            "open",
            at,
        )
        for r in rejects
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def from_failures(chunk: TextChunk, failures: pl.DataFrame, *, batch: str, at: datetime) -> pl.DataFrame:
    """Rows of a chunk that failed typing or a check; ``failures`` as in Judgement, rejecting ones only."""
    if failures.is_empty():
        return SCHEMA.to_frame()
    problems = failures.group_by("index", maintain_order=True).agg(*PROBLEM).sort("index")
    index = problems["index"].to_list()
    places = chunk.frame.select("_row", "_line", "_lines")[problems["index"]]
    details = [_json(*lists) for lists in problems.select(PROBLEM).iter_rows()]
    firsts = problems.select(pl.col(name).list.first() for name in PROBLEM)
    counts = problems.select(pl.col("rule").list.len().alias("problems"))
    frame = pl.concat([places, firsts, counts], how="horizontal").with_columns(
        pl.lit(batch).alias("_batch"),
        pl.Series("details", details, dtype=pl.String),
        pl.Series("text", chunk.original(index), dtype=pl.String),
        pl.lit("open").alias("state"),
        pl.lit(at).alias("at"),
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _details(rejects: Sequence[Reject]) -> str:
    facts = [{"rule": r.rule, "column": r.column, "message": r.message, "value": r.value} for r in rejects]
    return json.dumps(facts, ensure_ascii=False)


def _json(rules: list[str], columns: list[str], messages: list[str], values: list[str | None]) -> str:
    facts = [dict(zip(PROBLEM, fact, strict=True)) for fact in zip(rules, columns, messages, values, strict=True)]
    return json.dumps(facts, ensure_ascii=False)
