"""Zip archives (PKWARE APPNOTE): looked through by their directory, unpacked member by member.

A name that leads out of its folder, or a link, has no business in an archive of tables: the whole archive is refused.
A member that cannot be read is named and does not stop the others.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from hestia_assets.adapters._unpack_limits import SETTING, Budget, CountedStream, refuse_bomb
from hestia_assets.adapters._unpack_single import (
    ZIP_HEAD,
    begins_office_file,
    is_packed,
    opened_single,
    single_kind,
)
from hestia_assets.core.errors import ArchiveError, HestiaError, ReadError, TooLargeError
from hestia_assets.core.results import Member, OpenMember, SkippedMember

MOST_MEMBERS = 20_000
MOST_DIRECTORY_BYTES = 16 * 1024 * 1024

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_END_MAGIC, _LOCATOR_MAGIC = b"PK\x05\x06", b"PK\x06\x07"
_OFFICE_ENTRIES = {"[Content_Types].xml", "mimetype"}
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
_OTHER_METHODS = {9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}
_ENCRYPTED, _UTF8 = 0x1, 0x800
_LINK, _KIND, _REGULAR = 0o120000, 0o170000, 0o100000
_DAMAGE = (zipfile.BadZipFile, EOFError, OSError, zlib.error, struct.error, NotImplementedError, ValueError)
_CLUTTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def is_zip_archive(source: BinaryIO, head: bytes) -> bool:
    """Whether the bytes are a zip of files, and no xlsx, ods or docx, which are zips by nature."""
    if head.startswith(_END_MAGIC):
        return True
    if not head.startswith(ZIP_HEAD):
        return False
    try:
        with _opened(source, file_name="it", limit_bytes=None) as archive:
            return not _OFFICE_ENTRIES & set(archive.namelist())
    except HestiaError:
        return not begins_office_file(head)


def zip_members(source: BinaryIO, *, file_name: str, limit_bytes: int) -> list[Member | SkippedMember]:
    """What the directory lists. Raises ArchiveError, TooLargeError."""
    with _opened(source, file_name=file_name, limit_bytes=limit_bytes) as archive:
        return [_skipped(info) or Member(_name(info), info.file_size) for info in archive.infolist()]


def zip_contents(source: BinaryIO, *, file_name: str, budget: Budget) -> Iterator[OpenMember | SkippedMember]:
    """Each member as it is unpacked. Raises ArchiveError, TooLargeError."""
    with _opened(source, file_name=file_name, limit_bytes=budget.limit_bytes) as archive:
        for info in archive.infolist():
            yield _skipped(info) or _open_member(archive, info, budget=budget)


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, budget: Budget) -> OpenMember | SkippedMember:
    name = _name(info)
    try:
        packed = archive.open(info)
        if kind := single_kind(packed.read(16)):
            packed.seek(0)
            stream = opened_single(kind, cast("BinaryIO", packed), file_name=name, budget=budget)
            return OpenMember(name.rpartition(".")[0] or name, stream)
        packed.seek(0)
        stream = CountedStream(
            cast("BinaryIO", packed),
            name=name,
            budget=budget,
            consumed=lambda: info.compress_size,
            damaged=_DAMAGE,
        )
    except ReadError as error:
        return SkippedMember(name, error.message)
    except _DAMAGE as error:
        return SkippedMember(name, f"damaged ({type(error).__name__})")
    if is_packed(stream.head):
        return SkippedMember(name, "an archive in an archive; unpack it and hand in its files")
    return OpenMember(name, cast("BinaryIO", stream))


def _opened(source: BinaryIO, *, file_name: str, limit_bytes: int | None) -> zipfile.ZipFile:
    """The archive after a look at its directory. Raises ArchiveError, TooLargeError."""
    _refuse_large_directory(source, file_name=file_name)
    try:
        archive = zipfile.ZipFile(source)
    except _DAMAGE as error:
        raise _damaged(file_name) from error
    if limit_bytes is not None:
        for info in archive.infolist():
            _refuse_dangerous(info, file_name=file_name)
        total = sum(info.file_size for info in archive.infolist())
        refuse_bomb(file_name, packed_bytes=source.seek(0, io.SEEK_END), unpacked_bytes=total)
        if total > limit_bytes:
            raise TooLargeError(f"What is packed in {file_name}", limit_bytes=limit_bytes, setting=SETTING)
    return archive


def _refuse_large_directory(source: BinaryIO, *, file_name: str) -> None:
    """The library reads the whole directory into memory, so its size is asked before. Raises ArchiveError."""
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - 65_557 - 20))
    tail = source.read()
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) < at + _END.size:
        raise _damaged(file_name)
    _, _, _, _, count, directory_bytes, _, _ = _END.unpack_from(tail, at)
    locator = tail[max(0, at - 20) : at]
    if locator.startswith(_LOCATOR_MAGIC):
        source.seek(min(int.from_bytes(locator[8:16], "little"), size))
        end = source.read(_END64.size)
        if len(end) < _END64.size:
            raise _damaged(file_name)
        count, directory_bytes = _END64.unpack(end)[7:9]
    if count > MOST_MEMBERS or directory_bytes > MOST_DIRECTORY_BYTES:
        raise ArchiveError(
            f"{file_name} lists more than {MOST_MEMBERS:,} files.", hint="Pack them into several archives."
        )


def _refuse_dangerous(info: zipfile.ZipInfo, *, file_name: str) -> None:
    name = info.orig_filename.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        raise ArchiveError(
            f"{file_name} holds a file whose name leads out of its folder ({_shown(name)}).",
            hint="Do not open this archive elsewhere either; ask its sender for another one.",
        )
    kind = info.external_attr >> 16 & _KIND
    if kind not in (0, _REGULAR) and not info.is_dir():
        what = "a link" if kind == _LINK else "a device"
        raise ArchiveError(
            f"{file_name} holds {what} instead of a file ({_shown(name)}).",
            hint="Pack the file itself.",
        )
    if not info.flag_bits & _ENCRYPTED:
        refuse_bomb(f"{_shown(name)} in {file_name}", packed_bytes=info.compress_size, unpacked_bytes=info.file_size)


def _skipped(info: zipfile.ZipInfo) -> SkippedMember | None:
    """Why a member is not taken in, where its entry tells."""
    name = _name(info)
    if info.is_dir():
        return SkippedMember(name, "a folder", harmless=True)
    if _CLUTTER.search(name):
        return SkippedMember(name, "kept by an operating system for itself", harmless=True)
    if info.flag_bits & _ENCRYPTED:
        return SkippedMember(name, "locked with a password; pack it without one")
    if info.compress_type not in _METHODS:
        method = _OTHER_METHODS.get(info.compress_type, f"method {info.compress_type}")
        return SkippedMember(name, f"packed by {method}, which Hestia does not unpack; pack it as ordinary zip")
    return None


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; most programs write UTF-8, marked or not."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _shown(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:77]}…"


def _damaged(file_name: str) -> ArchiveError:
    return ArchiveError(
        f"{file_name} is a damaged zip archive: its list of files is missing or wrong.",
        hint="It may have been cut off on its way: fetch or pack it again.",
    )
