"""Rules in plain words, as Markdown: of a dataset, of a file's results, of a rule that nobody has filled in yet."""

import re
from collections.abc import Iterable

import polars as pl

from hestia_assets.core import sentences
from hestia_assets.core.results import Batch, BatchState, CheckResult
from hestia_assets.core.specs import CheckSpec, DatasetSpec
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia


def _code(text: str) -> str:
    """As code: between more backticks than the text has in a row, on one line, for an empty one would end it."""
    shown = re.sub(r"[\r\n]+", "⏎", text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    edge = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


MARKDOWN = sentences.Style(text=plain, code=_code)
"""What users wrote shows as exactly that text."""


def sentence(check: CheckSpec) -> str:
    """What a check demands; a pattern is shown as code."""
    return sentences.sentence(check, hestia().rules, MARKDOWN)


def in_a_table(check: CheckSpec) -> str:
    """The same as plain text: a table or a list of choices shows no Markdown."""
    return sentences.sentence(check, hestia().rules)


def such_as(check: CheckSpec, rows: pl.DataFrame) -> str:
    """A value of the file that a pattern likes, as words to add; nothing where none is known."""
    pattern = check.params.get("pattern")
    if not pattern or not check.columns or check.columns[0] not in rows.columns:
        return ""
    values = rows[check.columns[0]].cast(pl.String).drop_nulls()
    good = values.filter(values.str.contains(f"^(?:{pattern})$") & (values != ""))  # checked when the rule was added
    return f", such as {plain(good[0])}" if len(good) else ""


def without_columns(name: str) -> str:
    """A rule's sentence without a column, its parameters as dots; plain text."""
    return sentences.without_columns(name, hestia().rules)


def sentence_of(batch: Batch, result: CheckResult) -> str:
    """The rule in words, as the dataset had it when the file came."""
    return sentences.sentence_of(result, hestia().quality.checks_of(batch), hestia().rules, MARKDOWN)


def demands_of(datasets: Iterable[DatasetSpec]) -> dict[str, str]:
    """What checks demand by their names, as plain text; where datasets ask otherwise under one name, each of it."""
    found: dict[str, dict[str, None]] = {}
    for check in (check for dataset in datasets for check in dataset.checks):
        found.setdefault(check.name, {})[in_a_table(check)] = None
    return {name: " / ".join(said) for name, said in found.items()}


def result_in_words(result: CheckResult, checks: Iterable[CheckSpec]) -> str:
    """The rule of a result that no batch has yet."""
    return sentences.sentence_of(result, checks, hestia().rules, MARKDOWN)


def problem_in_words(result: CheckResult) -> str:
    """What a check found wrong: of the whole, or so many rows; as Markdown, without a full stop."""
    if result.problem:
        return plain(result.problem.rstrip("."))
    may = f", {result.allowed_rows:,} may" if result.allowed_rows else ""
    return f"{count(result.failed_rows, 'row')} failed{may}"


def why_held(batch: Batch) -> str:
    """The rules that hold a batch, each with its failing rows, or what else its problem says."""
    failing = [result for result in batch.checks if result.holds]
    if batch.state is BatchState.HELD and failing:
        return "; ".join(held_by(one, sentence_of(batch, one)) for one in failing) + "."
    return plain(batch.problem.message) if batch.problem else "It waits for your decision."


def held_by(result: CheckResult, demands: str) -> str:
    """One rule that holds a file: what is wrong with the whole, or how many rows fail where fewer may."""
    return plain(sentences.held_by(result, "")) if result.problem else sentences.held_by(result, demands)
