"""A small table written in each format: what a new format adds here, every conformance test then reads."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

import openpyxl
import polars as pl

Row = Sequence[str | None]
Table = Sequence[Row]

HEADER = ("id", "name", "note")
PLAIN: Table = (
    ("00501", "Zoë O\u2019Brien", "plain"),
    ("12E4", "Müller, Łódź", "x"),
    ("7", "\u674e \u96f7", "1.10"),
    ("12345678901234567890123", "a b", "+49 30 1"),
)
QUOTED: Table = (*PLAIN, ("8", 'say "yes"', "two\nlines"), ("9", "semi; colon", "tab\there"))


@dataclass(frozen=True, eq=False)
class Sample:
    """How a table of text is written in a format. ``rows``: what it can hold; ``knows_null``: None is not empty."""

    file_name: str
    write: Callable[[Sequence[str], Table], bytes]
    rows: Table = QUOTED
    knows_null: bool = False
    mark: bytes = b""

    @cache  # noqa: B019 - a handful of samples, and a workbook differs each time it is written
    def many(self, count: int) -> bytes:
        """A file of many rows, longer than a chunk."""
        rows = [(str(1000 + number), f"name {number}", "a note that takes some room " * 3) for number in range(count)]
        return self.write(HEADER, rows)

    @cache  # noqa: B019 - as above
    def table(self) -> bytes:
        """The sample's own rows."""
        return self.write(HEADER, self.rows)


def _csv(header: Sequence[str], rows: Table) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def _json(header: Sequence[str], rows: Table) -> bytes:
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False).encode()


def _ndjson(header: Sequence[str], rows: Table) -> bytes:
    records = (dict(zip(header, row, strict=True)) for row in rows)
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _xml(header: Sequence[str], rows: Table) -> bytes:
    def cell(name: str, value: str | None) -> str:
        return f"<{name}/>" if value is None else f"<{name}>{escape(value)}</{name}>"

    records = (
        f"<row>{''.join(cell(name, value) for name, value in zip(header, row, strict=True))}</row>" for row in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rows>{chr(10).join(records)}</rows>\n'.encode()


def _excel(header: Sequence[str], rows: Table) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [header, *rows]:
        sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _parquet(header: Sequence[str], rows: Table) -> bytes:
    target = io.BytesIO()
    pl.DataFrame([list(row) for row in rows], schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(
        target, row_group_size=100
    )
    return target.getvalue()


def _fixed_width(header: Sequence[str], rows: Table) -> bytes:
    lines = [header, *rows]
    widths = [max(len(row[i] or "") for row in lines) + 2 for i in range(len(header))]
    text = "".join(
        "".join((value or "").ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in lines
    )
    return text.encode()


NARROW: Table = tuple((f"{1000 + number}", f"name{number}", f"note{number % 7}") for number in range(12))

SAMPLES: dict[str, Sample] = {
    "csv": Sample("table.csv", _csv),
    "json": Sample("table.json", _json, (*QUOTED, ("10", None, "")), knows_null=True),
    "ndjson": Sample("table.ndjson", _ndjson, (*QUOTED, ("10", None, "")), knows_null=True),
    "xml": Sample("table.xml", _xml),
    "excel": Sample("table.xlsx", _excel, mark=b"PK\x03\x04"),
    "parquet": Sample("table.parquet", _parquet, (*QUOTED, ("10", None, "")), knows_null=True, mark=b"PAR1"),
    "fixed_width": Sample("table.txt", _fixed_width, NARROW),
}
