"""Content decides what a file is; what holds no table is told what it is."""

import io
import zipfile
from typing import BinaryIO, cast

import pytest

from hestia_assets.core.errors import EmptyFileError, ReadError, UnreadableFileError
from hestia_assets.core.ports import Claim, Format
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Inspection, Reason
from hestia_assets.core.specs import Recipe
from hestia_assets.domains.ingest.inspection.detect import detect
from hestia_assets.domains.ingest.inspection.wrong_kinds import other_kind
from hestia_assets.formats import FORMATS
from hestia_assets.formats.csv import CsvFormat


def found(data: bytes, file_name: str) -> str:
    return detect(FORMATS, io.BytesIO(data), file_name=file_name).recipe.format


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (b'[{"a": 1}, {"a": 2}]', "export.csv", "json"),
        (b'{"a": 1}\n{"a": 2}\n', "export.csv", "ndjson"),
        (b"a,b\n1,2\n3,4\n", "export.json", "csv"),
        (b"a,b\n1,2\n3,4\n", "export.parquet", "csv"),
        (b"a;b\n1;2\n3;4\n", "export", "csv"),
        (b"[id],[name]\n1,Ann\n2,Bob\n", "dump.csv", "csv"),
        (b"<id>\tn\n<1>\ta\n<2>\tb\n", "dump.tsv", "csv"),
        (b"{id};n\n{1-2};a\n{3-4};b\n", "guids.csv", "csv"),
        (b"BM;Ort\n1;Ulm\n2;Aalen\n", "marks.csv", "csv"),
        (b"ID3,name\n1,x\n2,y\n", "ids.csv", "csv"),
    ],
)
def test_the_name_is_not_believed_where_the_content_says_otherwise(data: bytes, name: str, format: str):
    assert found(data, name) == format


def test_the_reason_tells_that_the_name_was_wrong():
    inspection = detect(FORMATS, io.BytesIO(b"a,b\n1,2\n3,4\n"), file_name="export.parquet")

    assert inspection.reasons[0].what == "format"
    assert "name" in inspection.reasons[0].because


@pytest.mark.parametrize("data", [b'{"a": ', b"[1, 2", b'[{"a": 1},]'])
def test_broken_json_is_refused_and_never_taken_for_a_table(data: bytes):
    with pytest.raises(UnreadableFileError):
        found(data, "export.json")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"SQLite format 3\0" + bytes(80), "a SQLite database"),
        (b"\xff\xd8\xff\xe0" + bytes(20), r"a picture \(JPEG\)"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), r"a picture \(PNG\)"),
        (b"BM\x36\0\0\0\0\0" + bytes(20), r"a picture \(BMP\)"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "a film or a picture"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "a 7z archive"),
        (b"\x7fELF\x02\x01" + bytes(20), "a program"),
        (b"ARROW1\0\0" + bytes(20), "an Arrow"),
        (b"Obj\x01\x04\x14avro", "an Avro file"),
        (b"{\\rtf1\\ansi hello}", "a rich text document"),
        (b"<!DOCTYPE html>\n<html><body><table><tr><td>1</td></tr></table>", "web page"),
        (b"\xef\xbb\xbf  <HTML><head></head><body>x</body></HTML>", "web page"),
        (zipped(word__document=b"<w/>"), "a Word document"),
        (zipped(ppt__slides=b"<p/>"), "a PowerPoint presentation"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "an OpenDocument text|not a workbook"),
        (zipped(a=b"1,2"), "a zip archive"),
        (b"PK\x03\x04" + bytes(40), "damaged or (was )?cut off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("name", ["export.csv", "export.xls", "export"])
def test_a_file_without_a_table_is_told_what_it_is(data: bytes, words: str, name: str):
    with pytest.raises(ReadError, match=words) as refused:
        found(data, name)

    assert refused.value.hint


@pytest.mark.parametrize("data", [b"", b"\n\n", b" \t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", bytes(100)], ids=repr)
def test_a_file_of_nothing_but_blanks_is_empty(data: bytes):
    with pytest.raises(EmptyFileError):
        found(data, "export.csv")


def test_a_blank_start_is_not_an_empty_file():
    assert found(b"\n" * 200_000 + b"a,b\n1,2\n3,4\n", "export.csv") == "csv"


@pytest.mark.parametrize("rest", [b"<html><body>", b"no table"])
def test_a_thousand_comments_before_a_page_cost_no_time(rest: bytes):
    data = b"<!-- x -->\n" * 1000 + rest

    kind, _ = other_kind(data, io.BytesIO(data), file_name="page")

    assert ("web page" in kind) == (b"html" in rest)


class Avro(CsvFormat):
    """A stranger's format that knows a mark which ours refuse."""

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        return Claim.SURE if head.startswith(b"Obj\x01") and file_name else Claim.NO

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        return Inspection(Recipe(format="avro"), (Reason("format", file_name, "Its mark."),) if source else ())


class WithAStranger:
    """Our formats and one more, as an entry point would add it."""

    def names(self) -> list[str]:
        return [*FORMATS.names(), "avro"]

    def get(self, name: str) -> Format:
        return Avro() if name == "avro" else FORMATS.get(name)


def test_a_format_of_somebody_else_may_know_what_ours_refuse():
    formats = cast("Registry[Format]", WithAStranger())

    assert detect(formats, io.BytesIO(b"Obj\x01\0\0"), file_name="rows.avro").recipe.format == "avro"
    with pytest.raises(UnreadableFileError, match="RTF"):
        detect(formats, io.BytesIO(rb"{\rtf1\ansi rows}"), file_name="rows.rtf")
