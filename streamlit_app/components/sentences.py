"""Rules in plain words, as Markdown: of a dataset, of a file's results, of a rule that nobody has filled in yet."""

import re
from collections.abc import Mapping
from string import Formatter

import polars as pl

from hestia_assets.core.errors import HestiaError, NotFoundError
from hestia_assets.core.results import Batch, BatchState, CheckResult
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity, parse
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia


def sentence(check: CheckSpec) -> str:
    """What a check demands; a pattern is shown as code."""
    rule = hestia().rules.get(check.rule)
    columns = ", ".join(map(plain, check.columns))
    needed = set(_fields(rule)) - {"columns"}
    if needed - set(check.params):  # an optional one was left out; the rule's own message knows how to say that
        return plain(rule.message(check).rstrip("."))
    text = rule.sentence.format(columns=columns, **{name: _shown(name, check.params[name]) for name in needed})
    return text.strip()  # a rule may name no column at its end, and no blank closes what is bold


def _fields(rule: Rule) -> list[str]:
    return [name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(rule.sentence) if name]


def _shown(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return _nested(value)
    if isinstance(value, list | tuple):
        return ", ".join(plain(str(one)) for one in value)
    if name not in {"pattern", "sql", "expression"}:
        return plain(str(value))
    fence = "``" if "`" in str(value) else "`"
    return f"{fence}{value}{fence}"


def _nested(value: Mapping[object, object]) -> str:
    """A check within a check says its own sentence."""
    try:
        return sentence(parse(CheckSpec, dict(value)))
    except HestiaError:
        return plain(str(dict(value)))


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
    rule = hestia().rules.get(name)
    text = " ".join(rule.sentence.format(**dict.fromkeys({*rule.parameters, *_fields(rule), "columns"}, "…")).split())
    return re.sub(r"^…[:,]? ", "", text) if rule.sentence.startswith("{columns}") else text


def messages_of(batch: Batch) -> dict[str, str]:
    """What is wrong with a row that fails, by the name of each check the dataset had when the file came; plain text."""
    return {
        check.name: hestia().rules.get(check.rule).message(check)
        for check in _checks_then(batch)
        if check.rule in hestia().rules.names()
    }


def _checks_then(batch: Batch) -> tuple[CheckSpec, ...]:
    """Of the version that the file was judged by; none where that is no longer there."""
    try:
        saved = hestia().catalog.get("dataset", batch.tenant, batch.dataset, version=batch.spec_version).spec
    except NotFoundError:  # results have names all the same
        return ()
    return saved.checks if isinstance(saved, DatasetSpec) else ()


def sentence_of(batch: Batch, result: CheckResult) -> str:
    """The rule in words, as the dataset had it when the file came."""
    return next((sentence(check) for check in _checks_then(batch) if check.name == result.name), _of_result(result))


def _of_result(result: CheckResult) -> str:
    """The sentence of a rule whose parameters are no longer known, or of the key, which is no rule of its own."""
    if result.rule not in hestia().rules.names():
        return f"{', '.join(map(plain, result.columns))} must be there and name one row only"
    rule = hestia().rules.get(result.rule)
    dots = dict.fromkeys({*rule.parameters, *_fields(rule)}, "…")
    return rule.sentence.format(**dots | {"columns": ", ".join(map(plain, result.columns))})


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
        return "; ".join(_why(batch, one) for one in failing) + "."
    return plain(batch.problem.message) if batch.problem else "It waits for your decision."


def _why(batch: Batch, result: CheckResult) -> str:
    """One rule that holds a file: what is wrong with the whole, or how many rows fail where fewer may."""
    if result.problem:
        return plain(result.problem.rstrip("."))
    borne = f", and only {count(result.allowed_rows, 'row')} may" if result.severity is Severity.REJECT else ""
    failed = f"{count(result.failed_rows, 'row')} {'fails' if result.failed_rows == 1 else 'fail'}"
    return f"{sentence_of(batch, result)}, but {failed} that{borne}"
