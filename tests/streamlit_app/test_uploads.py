"""Uploads on disk: tokens, slices, limits, cleaning up."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from hestia_assets.core.errors import NotFoundError
from streamlit_app.uploads import (
    DAY_SECONDS,
    SliceMismatchError,
    UnknownUploadError,
    UploadFolder,
    UploadTooLargeError,
    safe_file_name,
)


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "uploads", max_bytes=100)


def send(folder: UploadFolder, token: str, data: bytes, *, offset: int, size: int) -> bool:
    return folder.add(token, BytesIO(data), offset=offset, size=size)


def test_a_file_sent_in_slices_arrives_whole(folder):
    token = folder.open_token()

    assert not send(folder, token, b"abc", offset=0, size=6)
    assert send(folder, token, b"def", offset=3, size=6)

    assert folder.path(token).read_bytes() == b"abcdef"


def test_an_unfinished_upload_cannot_be_read(folder):
    token = folder.open_token()
    send(folder, token, b"abc", offset=0, size=6)

    with pytest.raises(UnknownUploadError):
        folder.path(token)


def test_a_slice_out_of_order_says_where_to_go_on(folder):
    token = folder.open_token()
    send(folder, token, b"abc", offset=0, size=6)

    with pytest.raises(SliceMismatchError) as refused:
        folder.accept(token, offset=0, size=6)

    assert refused.value.received == 3


def test_one_slice_sent_twice_at_once_is_stored_once(tmp_path):
    folder = UploadFolder(tmp_path, max_bytes=10_000_000)
    data = bytes(range(256)) * 4000

    def attempt(token: str) -> int:
        try:
            send(folder, token, data, offset=0, size=len(data) * 2)
        except SliceMismatchError as refused:
            return refused.received
        return 0

    for _ in range(10):
        token = folder.open_token()
        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(attempt, [token, token]))

        assert outcomes == [0, len(data)]
        assert folder.received(token) == len(data)


def test_the_last_slice_again_finds_the_file_complete(folder):
    token = folder.open_token()
    send(folder, token, b"abcdef", offset=0, size=6)

    assert send(folder, token, b"abcdef", offset=0, size=6)
    assert folder.path(token).read_bytes() == b"abcdef"


def test_a_slice_that_fails_half_way_leaves_nothing(folder):
    class Broken(BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("disk")
            return super().read(3)

    token = folder.open_token()
    send(folder, token, b"ab", offset=0, size=8)

    with pytest.raises(OSError, match="disk"):
        folder.add(token, Broken(b"cdefgh"), offset=2, size=8)

    assert folder.received(token) == 2
    assert send(folder, token, b"cdefgh", offset=2, size=8)
    assert folder.path(token).read_bytes() == b"abcdefgh"


def test_a_claimed_file_goes_back_to_its_place(folder, tmp_path):
    path = tmp_path / "orders" / "march.csv"
    path.parent.mkdir()
    path.write_bytes(b"old")

    token = folder.claim(path)
    gone = not path.exists()
    kept = folder.path(token).read_bytes()
    folder.give_back(token)

    assert gone
    assert kept == b"old"
    assert path.read_bytes() == b"old"
    assert list(folder.root.iterdir()) == []


def test_a_claimed_file_goes_back_beside_a_newer_one(folder, tmp_path):
    path = tmp_path / "march.csv"
    path.write_bytes(b"old")
    token = folder.claim(path)
    path.write_bytes(b"new")

    folder.give_back(token)

    assert path.read_bytes() == b"new"
    assert (tmp_path / "march (2).csv").read_bytes() == b"old"


def test_a_file_that_somebody_else_took_cannot_be_claimed(folder, tmp_path):
    with pytest.raises(NotFoundError):
        folder.claim(tmp_path / "gone.csv")

    assert list(folder.root.iterdir()) == []


def test_a_claimed_file_is_never_cleaned_up_but_goes_back_when_nobody_looks_at_it(folder, tmp_path):
    path = tmp_path / "march.csv"
    path.write_bytes(b"old")
    os.utime(path, (0, 0))
    token = folder.claim(path)

    folder.clean(older_than_seconds=0)
    folder.give_back_unused(older_than_seconds=60)
    still_here = folder.path(token).read_bytes()
    folder.give_back_unused(older_than_seconds=0)

    assert still_here == b"old"
    assert path.read_bytes() == b"old"


def test_a_file_that_is_too_large_is_refused_before_its_bytes_are_read(folder):
    token = folder.open_token()

    with pytest.raises(UploadTooLargeError) as refused:
        folder.accept(token, offset=0, size=101)

    assert "HESTIA_MAX_UPLOAD_MB" in refused.value.hint


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "0" * 48, "g" * 48, "0" * 47 + "\n"])
def test_a_token_that_was_not_given_out_opens_nothing(folder, token):
    with pytest.raises(UnknownUploadError):
        folder.accept(token, offset=0, size=1)
    with pytest.raises(UnknownUploadError):
        folder.path(token)


def test_tokens_are_long_and_different(folder):
    tokens = {folder.open_token() for _ in range(50)}

    assert len(tokens) == 50
    assert all(len(token) == 48 for token in tokens)


def test_uploads_older_than_a_day_are_removed_when_the_next_begins(folder):
    old = folder.open_token()
    done = folder.open_token()
    send(folder, done, b"x", offset=0, size=1)
    yesterday = time.time() - DAY_SECONDS - 60
    for path in folder.root.iterdir():
        os.utime(path, (yesterday, yesterday))

    fresh = folder.open_token()

    assert [path.name for path in folder.root.iterdir()] == [f"{fresh}.part"]
    with pytest.raises(UnknownUploadError):
        folder.received(old)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\orders.csv", "orders.csv"),
        (".hidden", "hidden"),
        ("a\x00b\n.csv", "ab.csv"),
        ("", "upload"),
        ("..", "upload"),
        ("Größe (1).csv", "Größe (1).csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_file_names_from_browsers_are_made_safe(given, kept):
    assert safe_file_name(given) == kept
