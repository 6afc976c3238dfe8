"""Which kind of workbook the bytes are, by their content, and a clear refusal for everything that is none."""

import re
import zipfile
import zlib
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError
from hestia_assets.core.ports import Claim

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
HEAD_BYTES = 64 * 1024
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
OFFICE_NAMES = re.compile(rb"PK\x03\x04.{26}(\[Content_Types\]\.xml|xl/|word/|ppt/|_rels/\.rels|docProps/)", re.S)
WEB_PAGE = re.compile(
    rb"(\xef\xbb\xbf)?\s*+((?><!--.*?-->)\s*+)*+(<!doctype\s+html|<html|<table|<head|<meta|<body|mime-version:)",
    re.I | re.S,
)
XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
OTHER_KINDS = (
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a rar archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)
UNZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    ValueError,
)
"""What zipfile raises on damaged archives, and on ones with a password."""
SAVE_AS = "Open it in Excel or LibreOffice, choose Save As, Excel workbook (.xlsx), and send that file."
UNLOCK = "Open it in Excel, remove the password under File, Info, Protect Workbook, and send it again."
SEND_AGAIN = "Open it in Excel to see whether it is whole, and send it again."


def claim_for(head: bytes, *, file_name: str) -> Claim:
    """How sure it is that these are the first bytes of a workbook, or of something only this format can explain."""
    named = file_name.lower().endswith(SUFFIXES)
    if head.startswith(OLE) or ODS in head[:200]:
        return Claim.SURE
    if head.startswith(ZIP):
        document = head[30:].startswith(b"mimetype") and b"content.xml" in head
        return Claim.SURE if named or document or OFFICE_NAMES.match(head) or b"xl/workbook" in head else Claim.NO
    if XML_2003 in head[:4096] or (head.startswith(OLD_BIFF) and b"\0" in head[4:64]):
        return Claim.SURE
    if not named:
        return Claim.NO
    other = head.startswith(tuple(sign for sign, _ in OTHER_KINDS)) or WEB_PAGE.match(head)
    return Claim.SURE if other else Claim.NAMED


def kind_of(source: BinaryIO, *, file_name: str) -> str:
    """``xlsx``, ``xlsb``, ``ods`` or ``xls``.

    Raises:
        EmptyFileError: no bytes.
        UnreadableFileError: protected, damaged, or something else under a workbook's name.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if not head:
        raise EmptyFileError(file_name)
    if head.startswith(OLE):
        return "xls"
    if head.startswith(ZIP):
        return _kind_of_zip(source, file_name)
    raise _other(head, file_name)


def protected(file_name: str) -> UnreadableFileError:
    """The refusal of a workbook that needs a password."""
    return UnreadableFileError(f"{file_name} is protected with a password.", hint=UNLOCK)


def damaged(file_name: str, why: str = "") -> UnreadableFileError:
    """The refusal of a workbook that is not whole."""
    told = f" ({why})" if why else ""
    return UnreadableFileError(f"{file_name} is damaged or was cut off on its way{told}.", hint=SEND_AGAIN)


def _kind_of_zip(source: BinaryIO, file_name: str) -> str:
    names = _zip_names(source, file_name)
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") and name.endswith(".xml") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return _kind_of_open_document(source, names, file_name)
    if "encryptedpackage" in names:
        raise protected(file_name)
    for folder, what in (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")):
        if any(name.startswith(folder) for name in names):
            raise _is(file_name, what)
    if any(name.endswith(".iwa") for name in names):
        raise _is(file_name, "a Numbers document", hint="In Numbers choose File, Export To, Excel, and send that file.")
    raise _is(file_name, "a zip archive without a workbook's parts", hint=SEND_AGAIN)


def _zip_names(source: BinaryIO, file_name: str) -> set[str]:
    try:
        with zipfile.ZipFile(source) as archive:
            return {name.replace("\\", "/").lower() for name in archive.namelist()}
    except UNZIP_ERRORS as error:
        raise damaged(file_name, "its table of contents cannot be read") from error


def _kind_of_open_document(source: BinaryIO, names: set[str], file_name: str) -> str:
    try:
        with zipfile.ZipFile(source) as archive:
            kind = archive.open("mimetype").read(200) if "mimetype" in names else ODS
            manifest = archive.open("META-INF/manifest.xml").read(1 << 20) if "meta-inf/manifest.xml" in names else b""
    except UNZIP_ERRORS as error:
        raise damaged(file_name, "its description cannot be unpacked") from error
    if not kind.startswith(ODS):
        raise _is(file_name, "an OpenDocument file, but no spreadsheet")
    if b"encryption-data" in manifest:
        raise protected(file_name)
    return "ods"


def _is(file_name: str, what: str, *, hint: str = "") -> UnreadableFileError:
    other = "Send the workbook or table itself: copy the table into Excel and save it as .xlsx."
    return UnreadableFileError(f"{file_name} is {what}, not a workbook.", hint=hint or other)


def _other(head: bytes, file_name: str) -> UnreadableFileError:
    if WEB_PAGE.match(head):
        return _is(file_name, "a web page with a workbook's name", hint=SAVE_AS)
    if XML_2003 in head[:4096]:
        return _is(file_name, "an Excel 2003 XML file", hint=SAVE_AS)
    if head.startswith(OLD_BIFF):
        return _is(file_name, "a file of Excel 4 or older", hint=SAVE_AS)
    for sign, what in OTHER_KINDS:
        if head.startswith(sign):
            return _is(file_name, what)
    if b"\0" not in head:
        return _is(file_name, "plain text with a workbook's name", hint="Give it the ending .csv, and send it again.")
    return _is(file_name, "something else", hint=SEND_AGAIN)
