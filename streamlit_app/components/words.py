"""How the pages write numbers, sizes, times and states: plain words, the same everywhere."""

import re
import unicodedata
from datetime import UTC, datetime

from hestia_assets.core.results import EDIT, RESUBMIT, Batch, BatchState
from hestia_assets.core.specs import ColumnType

BY_HAND = (EDIT, RESUBMIT)
"""Origins of batches that people make on the pages; they are no files."""
STATE_WORDS = {
    BatchState.RECEIVED: "waiting to start",
    BatchState.READING: "reading",
    BatchState.CHECKING: "checking",
    BatchState.COMMITTED: "imported",
    BatchState.HELD: "waiting for you",
    BatchState.FAILED: "not imported",
    BatchState.UNDONE: "discarded",
}
TYPE_WORDS = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "whole number",
    ColumnType.DECIMAL: "decimal number",
    ColumnType.FLOAT: "floating number",
    ColumnType.BOOLEAN: "yes or no",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "date and time",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>$~:-])")


def state_words(batch: Batch) -> str:
    """The state of a batch; one that was in the table before is undone, not discarded; an edit is no import."""
    if batch.origin in BY_HAND and batch.state is BatchState.COMMITTED:
        return "saved" if batch.origin == EDIT else "loaded"
    return "undone" if batch.state is BatchState.UNDONE and batch.sequence else STATE_WORDS[batch.state]


def batch_name(batch: Batch) -> str:
    """What a person calls it: the file's name, or whose edit it is."""
    if batch.origin == RESUBMIT:
        return f"rows fixed by {batch.author}"
    return f"edit by {batch.author}" if batch.origin == EDIT else batch.file_name


def plain(text: str) -> str:
    """Text of a user as Markdown that shows exactly that text."""
    return _MARKDOWN.sub(r"\\\1", text)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Example:
        >>> count(1, "row"), count(1200, "row")
        ('1 row', '1,200 rows')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def every(number: int, one: str) -> str:
    """All of so many things.

    Example:
        >>> every(1, "row"), every(1200, "row")
        ('the only row', 'all 1,200 rows')
    """
    return f"the only {one}" if number == 1 else f"all {count(number, one)}"


def size(size_bytes: int) -> str:
    """Bytes in the unit a person would use.

    Example:
        >>> size(999), size(20_480), size(5_400_000_000)
        ('999 bytes', '20 KB', '5.0 GB')
    """
    if size_bytes < 1024:
        return count(size_bytes, "byte")
    value, unit = float(size_bytes), "bytes"
    for unit in ("KB", "MB", "GB", "TB"):  # noqa: B007 - the unit it stops at is the answer
        value /= 1024
        if value < 1024:
            break
    return f"{value:.1f} {unit}" if unit not in {"KB"} and value < 100 else f"{value:.0f} {unit}"


def seconds(duration: float) -> str:
    """How long something took."""
    if duration < 60:
        return f"{duration:.1f} s"
    return f"{int(duration // 60)} min {int(duration % 60)} s"


def ago(moment: datetime | None, *, now: datetime | None = None) -> str:
    """How long ago a moment in UTC was."""
    if moment is None:
        return "never"
    passed = ((now or datetime.now(UTC)) - moment.astimezone(UTC)).total_seconds()
    if passed < 60:
        return "just now"
    for limit, unit, length in ((3600, "minute", 60), (86400, "hour", 3600), (86400 * 30, "day", 86400)):
        if passed < limit:
            return f"{count(int(passed // length), unit)} ago"
    return moment.strftime("%d %b %Y")


def dataset_name(file_name: str) -> str:
    """A dataset's name from a file's: without suffix, dates and counters.

    Example:
        >>> dataset_name("Orders 2024-03.csv"), dataset_name("2024_été-ventes (2).tsv")
        ('orders', 'ete_ventes')
    """
    stem = file_name.rsplit(".", 1)[0] if "." in file_name else file_name
    return usable_name(" ".join(word for word in _words(stem) if not word.isdigit())) or "dataset"


def usable_name(text: str) -> str:
    """What a person wrote as a name that Hestia can use; empty where nothing is left of it.

    Example:
        >>> usable_name("My Flights 2024"), usable_name("2024"), usable_name("my_flights")
        ('my_flights_2024', '', 'my_flights')
    """
    return re.sub(r"^[^a-z]+", "", "_".join(_words(text)))[:63]


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", _ascii(text).lower()) if word]


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
