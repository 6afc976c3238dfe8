"""How commands speak: plain words for people, one JSON value for machines, one way to show an error."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from hestia_assets.core.errors import HestiaError

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]


class ResultFormat(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Signs that a terminal obeys instead of showing them; values of files may hold any."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@dataclass(frozen=True)
class Failure:
    """A HestiaError as the last word of a command."""

    error: HestiaError

    def as_dict(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "error": {"code": self.error.code, "message": self.error.message, "hint": self.error.hint},
        }


@contextmanager
def explained(*, as_json: bool) -> Iterator[None]:
    """Show a HestiaError and end with exit code 1; let bugs keep their traceback.

    Ctrl-C ends with exit code 130: what was done is kept, and the same command goes on from there.
    """
    try:
        yield
    except HestiaError as error:
        show_error(error, as_json=as_json)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        typer.echo("Stopped. Run the same command again to go on.", err=True)
        raise typer.Exit(INTERRUPTED) from error


def show_error(error: HestiaError, *, as_json: bool) -> None:
    """What happened and what to do, on stderr for people and on stdout for machines."""
    if as_json:
        print_json(Failure(error).as_dict())
    else:
        typer.echo(f"{error.message}\n{error.hint}", err=True)


def counted(number: int, noun: str) -> str:
    """A number and what it counts.

    Example:
        >>> counted(1, "line"), counted(4752, "row")
        ('1 line', '4,752 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_json(value: object) -> None:
    """One JSON value; dates and decimals become text."""
    typer.echo(json.dumps(value, default=str, ensure_ascii=False))


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A header and rows as CSV."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table as wide as its content; numbers stand right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = list(rows)
    table = Table()
    for index, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    if title:
        typer.echo(title)
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200).print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return _UNSEEN.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", str(value))
