"""Files that hold no table Hestia reads: what each is, and what to send instead."""

import io
import re
import zipfile
from typing import BinaryIO

MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"$FL2", "an SPSS file"),
    (b"PGDMP", "a PostgreSQL dump"),
    (b"\0\x01\0\0Standard Jet DB", "an Access database"),
    (b"\0\x01\0\0Standard ACE DB", "an Access database"),
    (b"{\\rtf", "a rich text document (RTF)"),
    (b"%!PS", "a PostScript document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or film"),
    (b"RIFF", "a sound, film or picture"),
)
TEXT_SIGNS = bytes(range(32, 127)) + b"\t\r\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED = ("a gzip archive", "a bzip2 archive", "a zstd archive")
WORDLIKE = (b"BM", b"ORC", b"ID3", b"RIFF", b"GIF8", b"OggS", b"BZh", b"$FL2", b"PGDMP", b"ARROW1")
"""Marks that a text may begin with: they count only where bytes follow that no text has."""

INSIDE_ZIP: tuple[tuple[str, str], ...] = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("Index/Document.iwa", "an Apple Numbers, Pages or Keynote document"),
    ("META-INF/container.xml", "an e-book"),
    ("AndroidManifest.xml", "an Android program"),
    ("META-INF/MANIFEST.MF", "a Java program"),
)
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "an OpenDocument text",
    b"application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation",
    b"application/epub+zip": "an e-book",
}
HTML = re.compile(rb"\s*+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body|table|meta)\b", re.I | re.S)
ARCHIVE_HINT = "Import the archive as it is: its files are unpacked when it arrives."
TABLE_HINT = "Save the table as CSV, Excel, JSON, XML or Parquet and import that file."


def marked_kind(head: bytes, *, file_name: str) -> tuple[str, str]:
    """What a file is by a mark that no table begins with, and what to do; empty texts where there is none."""
    for mark, kind in MARKS:
        if head.startswith(mark) and not (mark in WORDLIKE and is_text(head)):
            return f"{file_name} is {kind}.", ARCHIVE_HINT if kind in UNPACKED else TABLE_HINT
    if head[4:8] == b"ftyp":
        return f"{file_name} is a film or a picture.", TABLE_HINT
    return "", ""


def other_kind(head: bytes, source: BinaryIO, *, file_name: str) -> tuple[str, str]:
    """What a file is that no format knows for its own: a package, a web page, an old Office file."""
    if head.startswith(b"PK\x03\x04"):
        return _zip(source, file_name)
    if head.startswith(OLE):
        return f"{file_name} is an old Office file that is no workbook.", TABLE_HINT
    text = head.removeprefix(b"\xef\xbb\xbf")
    if HTML.match(text):
        return f"{file_name} is a web page (HTML).", "Open it in a spreadsheet and save it as xlsx or CSV."
    if text.lstrip()[:13].lower().startswith(b"mime-version:"):
        return f"{file_name} is a saved web page or mail (MIME).", TABLE_HINT
    return "", ""


def is_text(head: bytes) -> bool:
    """Whether a file begins with plain signs only."""
    return not head[:512].translate(None, TEXT_SIGNS)


def _zip(source: BinaryIO, file_name: str) -> tuple[str, str]:
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            kind = _open_document(archive, names) or next(
                (kind for start, kind in INSIDE_ZIP if any(name.startswith(start) for name in names)), ""
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError):
        return (
            f"{file_name} is a zip archive or an Office file that is damaged or cut off.",
            "Send the whole file again.",
        )
    finally:
        source.seek(0, io.SEEK_SET)
    if kind:
        return f"{file_name} is {kind}.", TABLE_HINT
    return f"{file_name} is a zip archive.", ARCHIVE_HINT


def _open_document(archive: zipfile.ZipFile, names: list[str]) -> str:
    """The kind that the small file ``mimetype`` names."""
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return ""
    return OPEN_DOCUMENTS.get(archive.read("mimetype").strip(), "")
