"""Words and numbers as reports print them, and text from files made fit for print: shortened, nothing hidden."""

from collections.abc import Sequence
from datetime import timedelta

from hestia_assets.core.results import CheckResult
from hestia_assets.core.results.quality import Report, ReportedRow, ScorePart
from hestia_assets.core.sentences import SEVERITY_WORDS
from hestia_assets.domains.quality.wording import unjudged

PART_WORDS = {
    "total": "all lines",
    "preamble": "above the header",
    "comment": "comments",
    "loaded": "accepted: fit for the table",
    "quarantined": "set aside",
}
"""Places of the line account that people call otherwise."""

LONGEST = 300
"""Characters of a value that are printed; how many there are is said."""

ROW_HEADER = ("File row", "Column", "What is wrong", "Value", "The row as it came")
CHECK_HEADER = ("Rule", "If it fails", "Rows that failed")


def fit(text: str | None) -> str:
    """Text from a file, in one piece: control characters as their code point, long text cut with its length said."""
    if text is None:
        return "no value"
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    shown = "".join(_visible(sign) for sign in whole[:LONGEST])
    return shown if len(whole) <= LONGEST else f"{shown}… ({len(whole):,} characters)"


def _visible(sign: str) -> str:
    """Signs that cannot be seen, among them those that turn the direction of writing, are printed as their number."""
    hidden = not sign.isprintable() and sign != " "
    return f"[U+{ord(sign):04X}]" if hidden else sign


def remarks(report: Report) -> list[str]:
    """What is too new for an alarm, with its day: of a batch, or of a dataset in the month before the report."""
    month = report.made_at - timedelta(days=30)
    found = [each for each in (report.trend.points if report.trend else ()) if each.remark]
    told = [each for each in found if (each.point.batch == report.batch.id if report.batch else each.point.at >= month)]
    return [f"{each.point.at:%Y-%m-%d}: {each.remark}" for each in told]


def no_alarm(report: Report) -> list[str]:
    """What is said where no figure raised an alarm: the remarks, or why nothing was judged; that is no success."""
    subject = report.batch.id if report.batch else ""
    return remarks(report) or [unjudged(report.trend, subject) or "No figure was unusual."]


def cells(row: ReportedRow) -> tuple[str, ...]:
    """One failing row by ``ROW_HEADER``."""
    place = f"line {row.line:,}" if row.line else f"row {row.row:,}"
    return (place, fit(row.column), fit(row.message), fit(row.value), fit(row.text))


def check_cells(report: Report) -> list[tuple[str, str, str]]:
    """The worst checks by ``CHECK_HEADER``."""
    return [_check(each, report) for each in report.worst]


def _check(check: CheckResult, report: Report) -> tuple[str, str, str]:
    does = ". ".join(report.terms.get(check.name, (SEVERITY_WORDS[check.severity],)))
    failed = f"{check.failed_rows:,} of {check.checked_rows:,}"
    said = fit(report.sentences.get(check.name, check.name))
    return said, fit(does), fit(check.problem) if check.problem else failed


def part_cells(part: ScorePart) -> tuple[str, str, str]:
    """One part of a score: name, value, how it comes about."""
    if part.value is None:
        return part.name.value, "not rated", part.why
    return part.name.value, f"{part.value:.1f}", f"{part.formula}: {part.good:,} ÷ {part.of:,}"


def account_cells(report: Report) -> Sequence[tuple[str, str]]:
    """The line account, parts without a line left out."""
    return [
        (PART_WORDS.get(name, name), f"{lines:,}") for name, lines in report.account.items() if lines or name == "total"
    ]


def about_rows(report: Report) -> str:
    """How many of the failing rows are shown."""
    if not report.failed:
        return "No row failed."
    return f"The first {len(report.rows):,} of {report.failed:,}."
