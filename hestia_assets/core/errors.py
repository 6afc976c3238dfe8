"""Every error a person can meet.

    HestiaError
    ├── SpecError                    a declaration is wrong
    │   └── UnknownPluginError       it names a format, rule … that is not installed
    ├── NotFoundError                a dataset, batch, table … does not exist
    ├── ReadError                    a file cannot be read
    │   ├── UnreadableFileError      wrong kind of bytes
    │   ├── EmptyFileError           no bytes, or no rows
    │   ├── HeaderMismatchError      the columns are not those of the recipe
    │   ├── ArchiveError             an archive cannot be unpacked
    │   └── TooLargeError            more bytes than are allowed
    ├── FetchError                   another place does not give the file
    ├── HeldError                    a batch waits for a person
    ├── EditError                    an edit would make a row that is not valid
    ├── SqlError                     a query was refused or failed
    ├── HomeError                    HESTIA_HOME cannot be used
    │   └── HomeTooNewError          made by a newer Hestia
    ├── TableError                   a table in the lake
    │   ├── SchemaConflictError      a column changed its type
    │   ├── RetypeError              values of the table do not fit a column's new type
    │   └── CorruptTableError        a rewrite damaged it and was rolled back
    ├── ExportError                  a written file did not prove complete
    ├── UnavailableError             a service or library is not there
    ├── UndeliveredError             a message was refused for good
    └── TransientError               may succeed when tried again
        ├── LeaseHeldError           somebody else rewrites this table
        └── NotNowError              a message was not taken yet

Each has a code for machines, a message that says what happened, a hint that says what to do.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import ClassVar


class HestiaError(Exception):
    """What happened and what to do about it.

    Args:
        message: one sentence that says what happened.
        hint: one sentence that says what to do; starts with a verb.
    """

    code: ClassVar[str] = "hestia.error"

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.message, self.hint)


def _restore(kind: type[HestiaError], message: str, hint: str) -> HestiaError:
    """Rebuild an error after it crossed a process border: subclasses have constructors of their own."""
    error = kind.__new__(kind, message)
    HestiaError.__init__(error, message, hint=hint)
    return error


def _did_you_mean(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Use one of: {', '.join(sorted(known))}." if known else "Create it first: there is none yet."


def _where_to_look(kind: str) -> str:
    """Of things too many to list, the place that lists them."""
    lists = {"batch": "hestia batches", "unusual figure": "hestia quality anomalies DATASET"}
    return f"Choose one that is listed by: {lists[kind]}" if kind in lists else "Check the name."


class SpecError(HestiaError):
    """A declaration is wrong."""

    code = "spec.invalid"


class UnknownPluginError(SpecError):
    """The spec names a format, rule or connector that is not installed."""

    code = "spec.unknown_plugin"

    def __init__(self, kind: str, name: str, *, known: Collection[str]) -> None:
        super().__init__(f"There is no {kind} called '{name}'.", hint=_did_you_mean(name, known))


class NotFoundError(HestiaError):
    """The thing asked for does not exist."""

    code = "not_found"

    def __init__(self, kind: str, name: str, *, known: Collection[str] | None = None) -> None:
        hint = _where_to_look(kind) if known is None else _did_you_mean(name, known)
        super().__init__(f"There is no {kind} called '{name}'.", hint=hint)


class ReadError(HestiaError):
    """A file cannot be read."""

    code = "read.failed"


class UnreadableFileError(ReadError):
    """The bytes are not what the format or the recipe says."""

    code = "read.unreadable"


class EmptyFileError(ReadError):
    """The file holds no bytes, or no row."""

    code = "read.empty"

    def __init__(self, file_name: str) -> None:
        super().__init__(f"{file_name} is empty.", hint="Check the export that wrote it and send it again.")


def _few(names: Sequence[str], *, most: int = 20, longest: int = 60) -> str:
    clean = ["".join(sign if sign.isprintable() else "\ufffd" for sign in name) for name in names[:most]]
    shown = [name if len(name) <= longest else f"{name[:longest]}…" for name in clean]
    return ", ".join(shown) + (f" and {len(names) - most:,} more" if len(names) > most else "")


class HeaderMismatchError(ReadError):
    """The columns of the file are not those of the recipe."""

    code = "read.header_mismatch"

    def __init__(self, *, missing: Sequence[str], added: Sequence[str], twice: Sequence[str] = ()) -> None:
        parts = [
            f"missing: {_few(missing)}" if missing else "",
            f"new: {_few(added)}" if added else "",
            f"more than once: {_few(twice)}" if twice else "",
        ]
        super().__init__(
            f"The columns of this file are not those of the dataset ({'; '.join(filter(None, parts))}).",
            hint="Correct the file, or take over its columns on the Import page.",
        )


class ArchiveError(ReadError):
    """An archive cannot be unpacked, or not safely."""

    code = "read.archive"


class TooLargeError(ReadError):
    """The file has more bytes than are allowed."""

    code = "read.too_large"

    def __init__(self, file_name: str, *, limit_bytes: int, setting: str) -> None:
        super().__init__(
            f"{file_name} is larger than {limit_bytes / 1_000_000:,.0f} MB, the most that is allowed.",
            hint=f"Hand it in in smaller files, or set {setting} to a larger number.",
        )


class FetchError(HestiaError):
    """Another place does not give the file."""

    code = "fetch.failed"


class HeldError(HestiaError):
    """A batch waits for a person's decision."""

    code = "batch.held"


class HistoryExpiredError(HeldError):
    """What a batch had replaced is kept no longer, so that it can be neither undone nor redone."""

    code = "history.expired"

    def __init__(self, file_name: str, closed_at: datetime) -> None:
        super().__init__(
            f"{file_name} can be neither undone nor redone any more: the rows that it replaced were given up on "
            f"{closed_at:%Y-%m-%d}, as HESTIA_HISTORY_DAYS says.",
            hint="Hand in a corrected file, or edit the rows.",
        )


class EditError(HestiaError):
    """An edit names a row that is not there, or would make one that is not valid; nothing was changed."""

    code = "edit.refused"


class SqlError(HestiaError):
    """A query was refused or failed."""

    code = "sql.failed"


class HomeError(HestiaError):
    """HESTIA_HOME cannot be used."""

    code = "home.unusable"


class HomeTooNewError(HomeError):
    """The home was made by a newer Hestia."""

    code = "home.too_new"

    def __init__(self, home: str, revision: str) -> None:
        super().__init__(
            f"The home {home} was made by a newer version of Hestia (its database is at '{revision}').",
            hint="Install that version or newer, or set HESTIA_HOME to another folder.",
        )


class TableError(HestiaError):
    """A table in the lake cannot be used as asked."""

    code = "table.failed"


class SchemaConflictError(TableError):
    """A column would change its type."""

    code = "table.schema_conflict"

    def __init__(self, table: str, column: str, *, have: str, got: str) -> None:
        super().__init__(
            f"Column '{column}' of {table} holds {have}; these rows bring {got}.",
            hint="Set the column's type back to what the table has, or import into a new dataset.",
        )


class RetypeError(TableError):
    """A column cannot have its new type, because of rows that are in the table."""

    code = "table.retype"


class CorruptTableError(TableError):
    """A rewrite damaged the table; the state before it was restored."""

    code = "table.corrupt"


class ExportError(HestiaError):
    """A written file did not prove complete; nothing was published."""

    code = "export.failed"


class UnavailableError(HestiaError):
    """A service or library that is needed is not there."""

    code = "unavailable"


class TransientError(HestiaError):
    """May succeed when tried again."""

    code = "transient"


class LeaseHeldError(TransientError):
    """Somebody else is rewriting this table; ``seconds_left`` until the hold ends, if the owner does not renew it."""

    code = "lease.held"

    def __init__(self, name: str, *, owner: str, seconds_left: float) -> None:
        hint = f"Try again in {max(1, round(seconds_left))} s, when its lease ends at the latest."
        super().__init__(f"{name} is being rewritten by {owner}.", hint=hint)
        self.owner, self.seconds_left = owner, seconds_left


class UndeliveredError(HestiaError):
    """A message was refused for good: sending it again as it is would not help."""

    code = "alert.undelivered"


class NotNowError(TransientError):
    """A message was not taken yet.

    ``uncertain``: it may have arrived all the same. ``after_seconds``: how long the other side asked us to wait.
    """

    code = "alert.not_now"

    def __init__(self, message: str, *, hint: str, uncertain: bool = False, after_seconds: float = 0) -> None:
        super().__init__(message, hint=hint)
        self.uncertain = uncertain
        self.after_seconds = after_seconds
