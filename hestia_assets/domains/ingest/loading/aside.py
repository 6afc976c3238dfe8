"""Rows of a chunk that are set aside, each with its place, the reason and its original text."""

import polars as pl

from hestia_assets.core.results import Reject, TextChunk


def without(rows: pl.DataFrame, fatal: pl.DataFrame) -> pl.DataFrame:
    """The rows of which no failure is known; both frames have an ``index``."""
    return rows.join(fatal.select("index"), on="index", how="anti", maintain_order="left")


def first_failures(fatal: pl.DataFrame) -> pl.DataFrame:
    """One failure per row: the first."""
    return fatal.unique("index", keep="first", maintain_order=True)


def failed_rows(chunk: TextChunk, fatal: pl.DataFrame) -> list[Reject]:
    """The rows of a chunk that failed, each with its first failure."""
    first = first_failures(fatal)
    places = chunk.frame.select("_row", "_line", "_lines")[first["index"]]
    texts = chunk.original(first["index"].to_list())
    problems = first.select("rule", "message", "column", "value").iter_rows()
    return [
        Reject(row, line, lines, rule, message, text, column, value)
        for (row, line, lines), (rule, message, column, value), text in zip(
            places.iter_rows(), problems, texts, strict=True
        )
    ]
