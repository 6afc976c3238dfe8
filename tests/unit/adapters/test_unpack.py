"""Archives: unpacked by content, within limits, and refused in words when they are damaged or dangerous."""

import bz2
import gzip
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.adapters import _unpack_limits, _unpack_zip
from hestia_assets.adapters.unpack import LimitedArchives
from hestia_assets.core.errors import ArchiveError, HestiaError, NotFoundError, TooLargeError
from hestia_assets.core.results import Member, SkippedMember

ROWS = b"id,qty\n1,2\n"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return target.getvalue()


def unpacked(content: bytes, name: str = "a.zip", archives: LimitedArchives | None = None) -> dict[str, bytes | str]:
    """The bytes of each member, or why it was skipped."""
    found: dict[str, bytes | str] = {}
    for member in (archives or LimitedArchives()).unpacked(io.BytesIO(content), file_name=name):
        found[member.name] = member.why if isinstance(member, SkippedMember) else everything(member.source)
    return found


def everything(source) -> bytes | str:
    blocks = []
    try:
        while block := source.read(1000):
            blocks.append(block)
    except ArchiveError as error:
        return error.message
    return b"".join(blocks)


@pytest.mark.parametrize("kind", PACKERS)
@given(body=st.binary(max_size=5000))
def test_what_was_packed_comes_out_as_it_was(kind: str, body: bytes):
    assert unpacked(PACKERS[kind](b"x" + body), f"orders.csv.{kind}") == {"orders.csv": b"x" + body}


@given(bodies=st.lists(st.binary(max_size=2000), max_size=5))
def test_a_zip_gives_every_file_in_its_order(bodies: list[bytes]):
    members = [(f"folder/{number}.csv", b"x" + body) for number, body in enumerate(bodies)]

    assert list(unpacked(zipped(*members)).items()) == members


@pytest.mark.parametrize("kind", PACKERS)
def test_streams_one_after_the_other_are_one_file(kind: str):
    pack = PACKERS[kind]

    assert unpacked(pack(b"id\n") + pack(b"1\n"), f"a.{kind}") == {"a": b"id\n1\n"}


@pytest.mark.parametrize("kind", PACKERS)
def test_content_tells_the_kind_and_not_the_name(kind: str):
    assert unpacked(PACKERS[kind](ROWS), "orders.csv") == {"orders.csv": ROWS}
    assert LimitedArchives().members(io.BytesIO(ROWS), file_name=f"orders.csv.{kind}") == []


@pytest.mark.parametrize("content", [b"", b"PK", b"BZh,qty\n1,2\n", b"id\n1\n", b"\x1f\x8b"])
def test_what_is_no_archive_is_left_alone(content: bytes):
    assert LimitedArchives().members(io.BytesIO(content), file_name="a.csv") == []


@pytest.mark.parametrize("first", ["[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"])
def test_a_workbook_is_no_archive(first: str):
    parts = dict.fromkeys([first, "[Content_Types].xml", "xl/sheet1.xml"], b"<x/>")
    workbook = zipped(*parts.items())
    sheet = zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>"))

    assert LimitedArchives().members(io.BytesIO(workbook), file_name="a.xlsx") == []
    assert LimitedArchives().members(io.BytesIO(sheet), file_name="a.ods") == []
    assert unpacked(zipped(("book.xlsx", workbook))) == {"book.xlsx": workbook}
    assert unpacked(gzip.compress(workbook), "book.xlsx.gz") == {"book.xlsx": workbook}


def test_a_cut_off_workbook_is_left_to_the_reader_of_workbooks():
    workbook = zipped(("[Content_Types].xml", b"<x/>" * 100), ("xl/sheet1.xml", os.urandom(500)))

    assert LimitedArchives().members(io.BytesIO(workbook[:-60]), file_name="a.xlsx") == []


def test_folders_and_clutter_are_skipped_without_harm():
    content = zipped(("d/", b""), ("d/a.csv", ROWS), ("__MACOSX/d/._a.csv", b"x"), ("d/.DS_Store", b"x"))

    found = list(LimitedArchives().unpacked(io.BytesIO(content), file_name="a.zip"))

    assert [each.name for each in found if isinstance(each, SkippedMember)] == [
        "d/",
        "__MACOSX/d/._a.csv",
        "d/.DS_Store",
    ]
    assert all(each.harmless for each in found if isinstance(each, SkippedMember))


def test_a_packed_file_in_a_zip_is_unpacked_and_an_archive_in_it_is_named():
    content = zipped(
        ("jan.csv.gz", gzip.compress(ROWS)),
        ("feb.zip", zipped(("x.csv", ROWS))),
        ("twice.gz", gzip.compress(gzip.compress(ROWS))),
        ("mar.csv", ROWS),
    )

    found = unpacked(content)

    assert found["jan.csv"] == ROWS
    assert found["mar.csv"] == ROWS
    assert "archive in an archive" in str(found["feb.zip"])
    assert "archive in an archive" in str(found["twice.gz"])


@pytest.mark.parametrize("kind", PACKERS)
def test_an_archive_in_a_packed_file_is_refused(kind: str):
    with pytest.raises(ArchiveError, match="archive in an archive"):
        unpacked(PACKERS[kind](zipped(("a.csv", ROWS))), f"a.zip.{kind}")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07\x01", "rar"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"a" * 257 + b"ustar", "tar"),
    ],
)
def test_archives_of_other_kinds_get_their_own_answer(head: bytes, kind: str):
    with pytest.raises(ArchiveError, match=f"is a {kind} archive"):
        LimitedArchives().members(io.BytesIO(head + b"\0" * 300), file_name="a.x")


@pytest.mark.parametrize("name", ["../a.csv", "/etc/passwd", "d/../../a.csv", "..\\a.csv", "C:\\a.csv", "\\\\host\\a"])
def test_names_that_lead_out_of_the_folder_are_refused(name: str):
    with pytest.raises(ArchiveError, match="leads out of its folder"):
        unpacked(zipped(("good.csv", ROWS), (name, ROWS)))


def test_links_are_refused():
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(ArchiveError, match="a link instead of a file"):
        unpacked(target.getvalue())


def test_a_locked_file_is_named_and_the_others_come_out():
    content = bytearray(zipped(("secret.csv", ROWS), ("open.csv", ROWS)))
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1

    found = unpacked(bytes(content))

    assert "password" in str(found["secret.csv"])
    assert found["open.csv"] == ROWS


def test_a_method_that_is_unknown_is_named():
    assert "LZMA" in str(unpacked(zipped(("a.csv", ROWS), method=zipfile.ZIP_LZMA))["a.csv"])


def test_a_damaged_file_is_named_and_the_others_come_out():
    content = bytearray(zipped(("bad.csv", os.urandom(500)), ("good.csv", ROWS), method=zipfile.ZIP_STORED))
    content[100] ^= 1

    found = unpacked(bytes(content))

    assert "damaged" in str(found["bad.csv"])
    assert found["good.csv"] == ROWS


@pytest.mark.parametrize("kind", PACKERS)
@given(cut=st.integers(1, 200))
def test_a_cut_off_stream_never_passes_for_a_whole_one(kind: str, cut: int):
    packed = PACKERS[kind](b"".join(b"%d,%d\n" % (n, n * n) for n in range(200)))

    with pytest.raises(ArchiveError, match="damaged"):
        unpacked_strictly(packed[:-cut], f"a.{kind}")


def test_a_wrong_checksum_is_met():
    packed = bytearray(gzip.compress(ROWS))
    packed[-5] ^= 1

    with pytest.raises(ArchiveError, match="damaged"):
        unpacked_strictly(bytes(packed), "a.gz")


def unpacked_strictly(content: bytes, name: str) -> None:
    for member in LimitedArchives().unpacked(io.BytesIO(content), file_name=name):
        assert not isinstance(member, SkippedMember)
        while member.source.read(1000):
            pass


@given(data=st.data())
def test_damage_anywhere_gives_the_bytes_or_a_reason_and_never_a_crash(data: st.DataObject):
    original = b"".join(b"%d,%d\n" % (n, n * n) for n in range(100))
    content = bytearray(zipped(("a.csv", original), ("b/c.csv", original)))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        found = unpacked(bytes(content))
    except HestiaError:
        return

    assert all(isinstance(body, str) or body == original for body in found.values())


def test_a_cut_off_zip_is_refused():
    with pytest.raises(ArchiveError, match="damaged zip"):
        unpacked(zipped(("a.csv", ROWS))[:-10])


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_refused_long_before_it_has_unpacked(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_unpack_limits, "FREE_BYTES", 1_000_000)
    bomb = PACKERS[kind](b"\0" * 50_000_000)

    with pytest.raises(ArchiveError, match="made to fill a disk"):
        unpacked_strictly(bomb, f"a.{kind}")


def test_a_zip_that_tells_it_is_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_unpack_limits, "FREE_BYTES", 1_000_000)

    with pytest.raises(ArchiveError, match="made to fill a disk"):
        LimitedArchives().members(io.BytesIO(zipped(("a.csv", b"\0" * 5_000_000))), file_name="a.zip")


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_told():
    content = bytearray(zipped(("a.csv", b"\0" * 100_000)))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, directory + 24, 10)

    assert "damaged" in str(unpacked(bytes(content))["a.csv"])


def test_all_files_together_are_limited():
    archives = LimitedArchives(limit_bytes=1_000)
    body = os.urandom(600)

    with pytest.raises(TooLargeError, match="larger than"):
        unpacked(zipped(("a.csv", body), ("b.csv", body)), archives=archives)
    with pytest.raises(TooLargeError):
        unpacked(gzip.compress(body * 2), "a.gz", archives)
    assert unpacked(zipped(("a.csv", body)), archives=archives) == {"a.csv": body}


def test_an_endless_list_of_files_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_unpack_zip, "MOST_MEMBERS", 3)

    with pytest.raises(ArchiveError, match="more than 3 files"):
        unpacked(zipped(*((f"{n}.csv", ROWS) for n in range(4))))


def test_files_that_lie_upon_each_other_are_a_bomb(monkeypatch: pytest.MonkeyPatch):
    """A zip whose entries all point at one member, as in Fifield's bomb (USENIX WOOT 2019)."""
    monkeypatch.setattr(_unpack_limits, "FREE_BYTES", 100_000)
    content = zipped(("a.csv", bytes(range(256)) * 300))
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry, count = content[start:end], 2_000
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)

    with pytest.raises(ArchiveError, match="made to fill a disk"):
        unpacked(content[:start] + entry * count + closing)


def test_one_member_can_be_looked_at(tmp_path: Path):
    archives = LimitedArchives(folder=tmp_path)
    source = io.BytesIO(zipped(("a.csv", ROWS), ("b.csv", b"x\n")))

    assert archives.members(source, file_name="a.zip") == [Member("a.csv", len(ROWS)), Member("b.csv", 2)]
    with archives.member(source, "b.csv", file_name="a.zip") as opened:
        assert opened.read() == b"x\n"
        assert opened.seek(0) == 0
    with pytest.raises(NotFoundError, match=r"c\.csv"), archives.member(source, "c.csv", file_name="a.zip"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_names_in_other_scripts_are_kept():
    marked = zipped(("größe/列.csv", ROWS))
    unmarked = bytearray(marked)
    unmarked[7] &= ~8  # bit 11 of the flags, in the member and in the list
    unmarked[marked.index(b"PK\x01\x02") + 9] &= ~8

    assert list(unpacked(marked)) == list(unpacked(bytes(unmarked))) == ["größe/列.csv"]
