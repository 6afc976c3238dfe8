"""What a file to be corrected looks like: its columns, its ids, and which values it can hold."""

import re
from collections.abc import Mapping

from hestia_assets.core.errors import UnknownPluginError
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import EntryId
from hestia_assets.core.rules import ListingRule, Rule
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.resubmitting.shelf import Held

WRONG = "What is wrong"
ROW_ID = "Row id (do not change)"
"""Headers that no column of a dataset can have."""

MOST_SIGNS = 32_767
"""UTF-16 units of a cell (Excel's specification); what is longer would be cut."""

NO_CELL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""Signs that a workbook loses or changes: control characters, and texts that Excel takes for one of them."""

NUMBER = re.compile(r"[+-]?\d[\d.,]*")
STARTS = ("=", "+", "-", "@", "\t", "\r")


def written_id(held: Held) -> str:
    """How an entry is named in a file: batch, record, and a digest of the original text."""
    return f"{held.id}#{held.entry.digest}"


def parsed_id(text: str) -> tuple[EntryId, str]:
    """The inverse of ``written_id``. Raises ValueError."""
    name, _, digest = text.strip().rpartition("#")
    return EntryId.parse(name), digest


def unfit(value: str) -> str | None:
    """Why a workbook cannot hold a value exactly; None where it can."""
    if len(value.encode("utf-16-le")) // 2 > MOST_SIGNS:
        return f"{len(value):,} characters are more than a cell holds"
    return "it has control characters that a workbook changes" if NO_CELL.search(value) else None


def guarded(value: str) -> str:
    """A value as it stands in a CSV file: what a program would take for a formula gets an apostrophe in front."""
    return f"'{value}" if _is_formula(value) else value


def bare(value: str) -> str:
    """The inverse of ``guarded``, for any text."""
    return value[1:] if value.startswith("'") and _is_formula(value[1:]) else value


def _is_formula(value: str) -> bool:
    inner = value.lstrip("'")
    return inner.startswith(STARTS) and not NUMBER.fullmatch(inner)


def told(held: Held, rules: Registry[Rule]) -> dict[str, str]:
    """By column (empty: of the whole row) what is wrong, and how it is mended."""
    words: dict[str, list[str]] = {}
    for problem in held.problems:
        lines = words.setdefault(problem["column"] or "", [])
        for line in (problem["message"], _advice(problem["rule"], rules)):
            if line and line not in lines:
                lines.append(line)
    if not held.is_row:
        words.setdefault("", []).append(f"In the file: {held.entry.text}")
    return {column: "\n".join(lines) for column, lines in words.items()}


def told_at_once(held: Held, rules: Registry[Rule]) -> str:
    """All of it as one text; a column is named where the words do not begin with it."""
    words = told(held, rules).items()
    return "\n".join(text if not column or text.startswith(column) else f"{column}: {text}" for column, text in words)


def _advice(rule: str, rules: Registry[Rule]) -> str:
    try:
        return rules.get(rule).advice
    except UnknownPluginError:  # of types and of reading
        return ""


def allowed_values(spec: DatasetSpec, rules: Registry[Rule]) -> Mapping[str, list[str]]:
    """By column, the values that a check allows, where its rule knows them all."""
    found: dict[str, list[str]] = {}
    for check in spec.checks:
        rule = rules.get(check.rule)
        if isinstance(rule, ListingRule):
            listed = list(rule.allowed(check))
            found.update({column: listed for column in check.columns if column not in found})
    return found
