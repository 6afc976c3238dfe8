"""Uploads on disk: tokens, slices, limits, cleaning up."""

import os
import time
from pathlib import Path

import pytest

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
    folder.accept(token, offset=offset, size=size)
    with folder.appending(token) as target:
        target.write(data)
    return folder.finish(token, size=size)


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
